//! Slashes (DESIGN §6): the bond pays first, then stake: what has cooled and was held back, the soonest cooling, stake.

use super::{least, Allocation, Ledger, Q};
use num_traits::Zero;

impl Allocation {
    /// What the AVS can take of `active`.
    pub fn slashable(&self, active: &Q) -> Q {
        least(&self.stake + self.cooling(), active.clone())
    }

    fn take_slashed(&mut self, amount: Q) {
        let mut rest = amount;
        let mut take = |from: &mut Q| {
            let taken = least(rest.clone(), from.clone());
            *from -= &taken;
            rest -= taken;
        };
        take(&mut self.held);
        self.coolings.values_mut().for_each(&mut take);
        take(&mut self.stake);
        self.coolings.retain(|_, amount| !amount.is_zero());
    }
}

impl Ledger {
    pub(super) fn propose(&mut self, operator: &str, avs: &str, amount: Q) {
        let slot = self.slot;
        let allocation = self.allocation(operator, avs);
        allocation.ripen(slot);
        allocation.disputed = amount;
        allocation.proposed = slot;
    }

    /// A veto, or an expiry.
    pub(super) fn let_go(&mut self, operator: &str, avs: &str) {
        let slot = self.slot;
        let allocation = self.allocation(operator, avs);
        allocation.ripen(slot);
        allocation.disputed = Q::zero();
        allocation.ripen(slot);
    }

    pub(super) fn execute(&mut self, name: &str, avs: &str) {
        let slot = self.slot;
        let mut operator = self.operators[name].clone();
        let allocation = self.allocation(name, avs);
        allocation.ripen(slot);
        let amount = std::mem::take(&mut allocation.disputed);
        let from_bond = least(amount.clone(), operator.bond.clone());
        let from_stake = least(amount - &from_bond, allocation.slashable(&operator.active));
        allocation.take_slashed(from_stake.clone());
        allocation.ripen(slot);
        operator.bond -= &from_bond;
        operator.bond_cooling = least(operator.bond_cooling, operator.bond.clone());
        operator.active -= &from_stake;
        self.operators.insert(name.to_owned(), operator);
        let taken = from_bond + from_stake;
        self.vault -= &taken;
        if let Some(user) = self.avss[avs].destination.clone() {
            self.wallet(&user).collateral += taken;
        }
    }
}

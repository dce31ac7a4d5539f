//! Allocations (DESIGN §5): what warms, what cools, what is free.

use super::{floor, least, q, Allocation, Avs, Ledger, Q};
use num_traits::Zero;

impl Allocation {
    pub fn total(&self) -> Q {
        &self.stake + &self.warming
    }

    pub fn cooling(&self) -> Q {
        self.coolings.values().cloned().sum::<Q>() + &self.held
    }

    /// What time has done: stake that warmed, coolings that are over, as far as a dispute allows.
    pub fn ripen(&mut self, slot: u64) {
        if slot >= self.warm_slot {
            self.stake += std::mem::take(&mut self.warming);
        }
        let later = self.coolings.split_off(&(slot + 1));
        let over = std::mem::replace(&mut self.coolings, later);
        self.held += over.into_values().sum::<Q>();
        let carried = &self.stake + self.coolings.values().cloned().sum::<Q>();
        let needed = (&self.disputed - carried).max(Q::zero());
        self.held = least(needed, self.held.clone());
    }

    /// Takes `amount` back: what warms first, which is free; stake cools.
    fn take_back(&mut self, amount: Q, release_slot: u64) {
        let from_warming = least(amount.clone(), self.warming.clone());
        self.warming -= &from_warming;
        let cooling = amount - from_warming;
        if !cooling.is_zero() {
            self.stake -= &cooling;
            *self.coolings.entry(release_slot).or_insert_with(Q::zero) += cooling;
        }
    }
}

impl Avs {
    /// Multiples of a seventh of the exit delay, rounded up; counted from the end of an AVS that has ended.
    pub fn release_slot(&self, slot: u64) -> u64 {
        let from = match self.ended {
            0 => slot,
            ended => slot.min(ended),
        };
        let grid = self.exit_delay.div_ceil(7);
        (from + self.exit_delay).div_ceil(grid) * grid
    }
}

impl Ledger {
    pub(super) fn allocation(&mut self, operator: &str, avs: &str) -> &mut Allocation {
        let pair = (operator.to_owned(), avs.to_owned());
        self.allocations.entry(pair).or_default()
    }

    pub(super) fn allocate(&mut self, operator: &str, avs: &str, amount: Q) {
        let (slot, warmup) = (self.slot, self.setup.params.warmup_slots);
        let allocation = self.allocation(operator, avs);
        allocation.ripen(slot);
        allocation.warming += amount;
        allocation.warm_slot = slot + warmup;
        allocation.ripen(slot);
    }

    pub(super) fn deallocate(&mut self, operator: &str, avs: &str, amount: Q) {
        let slot = self.slot;
        let release_slot = self.avss[avs].release_slot(slot);
        let allocation = self.allocation(operator, avs);
        allocation.ripen(slot);
        allocation.take_back(amount, release_slot);
        allocation.ripen(slot);
    }

    /// Stake that is free: now, or (`without_cooling`) once all coolings are over.
    pub fn free(&self, name: &str, without_cooling: bool) -> Q {
        let active = &self.operators[name].active;
        let own = self.allocations.iter().filter(|(pair, _)| pair.0 == name);
        let pledges = own.map(|(_, allocation)| {
            let cooling = match without_cooling {
                true => Q::zero(),
                false => allocation.cooling(),
            };
            least(allocation.total() + cooling, active.clone())
        });
        let pledges: Vec<Q> = pledges.collect();
        let largest = pledges.iter().max().cloned().unwrap_or_default();
        let leverage = Q::new(self.setup.params.leverage_bps.into(), 10_000.into());
        let spread = (pledges.iter().sum::<Q>() / leverage).ceil();
        let pledged = largest.max(spread).max(self.disputed(name));
        (active - pledged).max(Q::zero())
    }

    /// Σ over operators of what will be free once all coolings are over.
    pub fn freeing(&self) -> Q {
        let names = self.operators.keys();
        names.map(|name| self.free(name, true)).sum()
    }

    /// What may still be allocated of an operator's stake to an AVS: stake and leverage, caps left out.
    pub fn allocatable(&self, operator: &str, avs: &str) -> u64 {
        let active = &self.operators[operator].active;
        let pair = (operator.to_owned(), avs.to_owned());
        let all = |a: &Allocation| a.total() + a.cooling();
        let this = self.allocations.get(&pair).map(all).unwrap_or_default();
        let own = self
            .allocations
            .iter()
            .filter(|(pair, _)| pair.0 == operator);
        let sum: Q = own.map(|(_, a)| least(all(a), active.clone())).sum();
        let leverage = q(self.setup.params.leverage_bps.into()) / q(10_000);
        let room = least(active - this, (active * leverage).floor() - sum);
        floor(&room.max(Q::zero()))
    }
}

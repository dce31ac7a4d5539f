//! What anyone may do for a queue past its grace, or with a retired operator (DESIGN §5).

use super::{floor, least, q, Ledger, Pair, Round, Q};
use num_traits::Zero;

impl Ledger {
    /// What the queue lacks, if its head is past its grace.
    fn overdue_shortage(&self) -> Option<Q> {
        let head = &self.batches[&self.head()?];
        let lacks = self.owed() - &self.idle;
        let is_past_grace = self.slot >= head.due + self.setup.params.grace_slots;
        let is_overdue = is_past_grace && !head.unsettled().is_zero() && lacks > Q::zero();
        is_overdue.then_some(lacks)
    }

    fn open_round(&mut self) {
        let Some(lacks) = self.overdue_shortage() else {
            return;
        };
        let freeing = self.freeing();
        let mut shortage = lacks - &freeing;
        if shortage <= Q::zero() || self.slot < self.round.end {
            return;
        }
        if self.setup.params.leverage_bps > 10_000 {
            // A delegation's pledge is a rounded-up quotient then: each may free one unit less than its share.
            shortage += q(self.operators.len() as u64 - 1);
        }
        let used = self.delegated() - freeing;
        let length = (8 * self.setup.fixed.max_exit_delay).div_ceil(7);
        self.round = Round {
            number: self.round.number + 1,
            end: self.slot + length,
            shortage: floor(&least(shortage, used.clone())),
            used: floor(&used),
        };
    }

    fn call(&mut self, pair: &Pair) {
        let (slot, round) = (self.slot, self.round);
        let (operator, avs) = pair;
        let active = self.operators[operator].active.clone();
        let is_over = self.operators[operator].retired || self.avss[avs].ended != 0;
        let allocation = &self.allocations[pair];
        let kept = if is_over {
            Q::zero()
        } else if slot < round.end && allocation.round != round.number && round.used > 0 {
            let share = Q::new((round.used - round.shortage).into(), round.used.into());
            (least(allocation.total(), active) * share).floor()
        } else {
            return;
        };
        let amount = allocation.total() - kept;
        if amount <= Q::zero() {
            return;
        }
        self.deallocate(operator, avs, amount);
        if !is_over {
            self.allocation(operator, avs).round = round.number;
        }
    }

    /// Releases, a round, every allocation of the operator once, and its free stake to idle: what is refused is left out.
    pub(super) fn force_exit(&mut self, name: &str) {
        let slot = self.slot;
        let pairs = self.allocations.keys().filter(|pair| pair.0 == name);
        let pairs: Vec<Pair> = pairs.cloned().collect();
        for (operator, avs) in &pairs {
            self.allocation(operator, avs).ripen(slot);
        }
        self.open_round();
        for pair in &pairs {
            self.call(pair);
        }
        let free = self.free(name, false);
        let wanted = match self.operators[name].retired {
            true => Some(free.clone()),
            false => self.overdue_shortage(),
        };
        let amount = least(wanted.unwrap_or_default(), free);
        self.idle += &amount;
        self.operator(name).active -= amount;
    }
}

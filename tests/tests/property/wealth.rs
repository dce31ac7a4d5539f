//! What everybody is worth, and how much a step may change it.

use liquid_restaking_sdk::{
    address,
    program::state::{WithdrawBatch, WithdrawTicket},
};
use lrt_cli::scenario::{Op, Runner};

/// Worth of each user in base units: collateral, the exit value of LRT and queued shares, and what is claimable.
pub struct Wealth {
    /// Name, worth, and how many open tickets are part of it.
    users: Vec<(String, u128, u32)>,
    /// Every collateral token outside the vault or in it.
    tokens: u128,
    /// What a drip still holds.
    drip: u64,
    /// Value of one share, rounded up, at least one unit.
    tolerance: u128,
    /// Whether a share is worth less than a unit.
    below_par: bool,
    virtual_units: u128,
}

impl Wealth {
    pub fn of(runner: &Runner) -> Self {
        let now = runner.observed().expect("an LRT");
        let price = now.lrt.exit_price().expect("a price");
        let totals = now.lrt.totals().expect("totals");
        let worth = |shares: u64| match now.lrt.supply {
            0 => 0,
            _ => u128::from(price.value_of_floor(shares).expect("a value")),
        };
        let (vm, keys) = (runner.vm(), runner.keys());
        let mut tokens = u128::from(vm.token_balance(&keys.vault));
        let mut users = Vec::new();
        for (name, key) in runner.users() {
            let own = keys.of(key);
            let collateral = u128::from(vm.token_balance(&own.collateral));
            tokens += collateral;
            let mut sum = collateral + worth(vm.token_balance(&own.lrt));
            let mut tickets = 0;
            for (_, ticket) in runner.tickets() {
                let Some(ticket) = vm.state::<WithdrawTicket>(&ticket.ticket) else {
                    continue;
                };
                if ticket.owner != *key {
                    continue;
                }
                tickets += 1;
                let batch: WithdrawBatch = vm
                    .state(&address::batch(&keys.stake_pool, ticket.batch_epoch))
                    .expect("a ticket has a batch");
                let entitled = ticket.entitled_floor(&batch).expect("a sound batch");
                let waiting = u128::from(ticket.shares)
                    * u128::from(batch.shares - batch.shares_settled)
                    / u128::from(batch.shares);
                sum += u128::from(entitled - ticket.claimed);
                sum += worth(u64::try_from(waiting).expect("a part of 64 bits"));
            }
            users.push((name.clone(), sum, tickets));
        }
        Self {
            users,
            tokens,
            drip: now.row().expect("a row").drip.rest,
            tolerance: (worth(1) + 1).max(1),
            below_par: totals.nav < totals.supply,
            virtual_units: u128::from(now.lrt.virtual_units()),
        }
    }

    fn total(&self) -> u128 {
        self.users.iter().map(|(_, worth, _)| worth).sum()
    }

    /// Compares with what came after a step.
    pub fn compare(&self, after: &Self, op: &Op, ok: bool) -> Result<(), String> {
        let tolerance = self.tolerance.max(after.tolerance);
        let given = match op {
            Op::Donate { amount } if ok => u128::from(*amount),
            _ => 0,
        };
        if after.tokens != self.tokens + given {
            return Err(format!(
                "{}: {} tokens became {}",
                op.name(),
                self.tokens,
                after.tokens
            ));
        }
        match op {
            // Only a drip makes anybody richer, and by no more than it released.
            Op::Warp { .. } => {
                let released = u128::from(self.drip.saturating_sub(after.drip));
                if after.total() > self.total() + released + tolerance * 3 {
                    return Err(format!(
                        "a drip of {released} made {} into {}",
                        self.total(),
                        after.total()
                    ));
                }
            }
            // A gift from one to another.
            Op::TransferTicket { .. } => {
                if after.total().abs_diff(self.total()) > tolerance {
                    return Err(format!(
                        "a transfer made {} into {}",
                        self.total(),
                        after.total()
                    ));
                }
            }
            _ => self.compare_users(after, op, tolerance)?,
        }
        Ok(())
    }

    fn compare_users(&self, after: &Self, op: &Op, tolerance: u128) -> Result<(), String> {
        let actor = match op {
            Op::Deposit { user, .. }
            | Op::RequestWithdraw { user, .. }
            | Op::RedeemInstant { user, .. }
            | Op::BurnLrt { user, .. } => Some(user.as_str()),
            _ => None,
        };
        for ((name, before, tickets), (_, now, _)) in self.users.iter().zip(&after.users) {
            // What is compared is rounded down itself: a ticket's entitlement and its waiting shares each.
            let rounding = tolerance * (1 + 2 * u128::from(*tickets));
            // Below par the virtual units leave a part of somebody else's deposit to the others: V units at the most.
            let gift = match op {
                Op::Deposit { .. } if actor != Some(name) && self.below_par => self.virtual_units,
                _ => 0,
            };
            if *now > before + rounding + gift {
                return Err(format!(
                    "{}: {name} gained: {before} became {now}",
                    op.name()
                ));
            }
            // Fees and burns are the actor's own; a cancel's fee is its owner's.
            let may_pay = actor == Some(name) || matches!(op, Op::Cancel { .. });
            if !may_pay && now + rounding < *before {
                return Err(format!("{}: {name} lost: {before} became {now}", op.name()));
            }
        }
        Ok(())
    }
}

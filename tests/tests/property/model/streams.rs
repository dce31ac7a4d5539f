//! Rewards in other tokens (DESIGN §7): what each staker has earned by now, exactly. What he has been paid may not be more,
//! and after a claim not less, by more than a unit for every update so far: each hands out whole units and leaves the rest to the next.

use super::{least, q, Ledger, Q};
use lrt_cli::scenario::{Op, Runner};
use num_traits::{One, Zero};
use std::collections::BTreeMap;

#[derive(Debug, Clone)]
struct Stream {
    rest: Q,
    end: u64,
    earned: BTreeMap<String, Q>,
}

/// Every stream, followed from its beginning.
#[derive(Debug, Clone, Default)]
pub struct Streams {
    streams: BTreeMap<String, Stream>,
    updates: u64,
}

impl Streams {
    /// Follows an accepted step.
    pub fn follow(
        &mut self,
        before: &Ledger,
        op: &Op,
        slot: u64,
        runner: &Runner,
    ) -> Result<(), String> {
        self.pass(before, slot);
        match op {
            Op::Stream {
                name,
                amount,
                slots,
                ..
            } => {
                let stream = Stream {
                    rest: q(*amount),
                    end: slot + slots,
                    earned: BTreeMap::new(),
                };
                self.streams.insert(name.clone(), stream);
            }
            Op::StakePosition { .. } | Op::UnstakePosition { .. } | Op::ClaimStream { .. } => {
                self.updates += 1;
            }
            _ => {}
        }
        let tolerance = q(1 + self.updates);
        for (name, keys) in runner.streams() {
            for (user, key) in runner.users() {
                let paid = q(runner.vm().token_balance(&keys.of(key)));
                let earned = self.streams[name].earned.get(user);
                let earned = earned.cloned().unwrap_or_default();
                let claimed = matches!(op, Op::ClaimStream { user: who, stream } if who == user && stream == name);
                let is_short = claimed && &paid + &tolerance < earned;
                if paid > &earned + &tolerance || is_short {
                    return Err(format!(
                        "stream {name}: {user} earned {earned}, was paid {paid}"
                    ));
                }
            }
        }
        Ok(())
    }

    fn pass(&mut self, before: &Ledger, slot: u64) {
        let passed = slot - before.slot;
        let staked: Q = before.wallets.values().map(|w| w.staked.clone()).sum();
        for stream in self.streams.values_mut() {
            if passed == 0 || stream.rest.is_zero() {
                continue;
            }
            if staked.is_zero() {
                stream.end += passed;
                continue;
            }
            let share = Q::new(passed.into(), (stream.end - before.slot).into());
            let released = &stream.rest * least(share, Q::one());
            stream.rest -= &released;
            for (user, wallet) in &before.wallets {
                let part = &released * &wallet.staked / &staked;
                *stream.earned.entry(user.clone()).or_default() += part;
            }
        }
    }
}

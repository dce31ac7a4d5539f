//! What everybody is worth, and how much a step and a whole run may change it (invariants 4, 5 and 8). Exact numbers.
//!
//! A step: nobody gains by his own acting, nobody gains or loses by another's, to within one base unit or the value of one
//! share, whichever is more. What moves the price for everyone alike (time, a dispute, a slash) changes no holding, and
//! every holder's and ticket's loss or gain is pro rata. A run: no token is made or lost; what such steps did not explain
//! adds up to at most one unit (or share) a step, for each user and for all together.

use crate::model::{q, Ledger, Q};
use lrt_cli::scenario::Op;
use num_traits::{One, Signed, Zero};
use std::collections::BTreeMap;

/// A run so far.
#[derive(Debug, Clone)]
pub struct Wealth {
    start: Q,
    /// What was given to holders from outside: the most that all together may have gained.
    given: Q,
    /// Σ over the steps of what each may be off by.
    slack: Q,
    /// What each user gained by everything but prices, gifts and transfers.
    gained: BTreeMap<String, Q>,
    /// Of it, what others brought about.
    by_others: BTreeMap<String, Q>,
}

/// What a user's shares are: in wallets and positions, and one entry for each ticket.
type Holdings = BTreeMap<String, Q>;

fn holdings(l: &Ledger) -> Holdings {
    let wallets = l
        .wallets
        .iter()
        .map(|(name, w)| (name.clone(), &w.lrt + &w.staked));
    let tickets = l
        .tickets
        .iter()
        .map(|(name, t)| (format!("ticket {name}"), l.waiting(t)));
    let fees = [("fee shares".to_owned(), l.fee_shares.clone())];
    wallets.chain(tickets).chain(fees).collect()
}

/// A user's collateral, what he can claim, and his shares at the price of exits.
fn worth(l: &Ledger, user: &str, price: &Q) -> Q {
    let wallet = &l.wallets[user];
    let mut worth = &wallet.collateral + (&wallet.lrt + &wallet.staked) * price;
    for ticket in l.tickets.values().filter(|ticket| ticket.owner == user) {
        worth += l.entitled(ticket) - &ticket.claimed + l.waiting(ticket) * price;
    }
    worth
}

fn users(l: &Ledger) -> impl Iterator<Item = &String> {
    let is_user = |name: &&String| !name.starts_with('(') && !l.operators.contains_key(*name);
    l.wallets.keys().filter(is_user)
}

fn total(l: &Ledger) -> Q {
    let price = l.exit_price();
    users(l).map(|user| worth(l, user, &price)).sum()
}

fn tokens(l: &Ledger) -> Q {
    let outside: Q = l.wallets.values().map(|w| w.collateral.clone()).sum();
    outside + &l.vault
}

impl Wealth {
    pub fn new(l: &Ledger) -> Self {
        Self {
            start: total(l),
            given: Q::zero(),
            slack: Q::zero(),
            gained: BTreeMap::new(),
            by_others: BTreeMap::new(),
        }
    }

    /// Checks an accepted step.
    pub fn check(&mut self, before: &Ledger, after: &Ledger, op: &Op) -> Result<(), String> {
        let (then, now) = (before.exit_price(), after.exit_price());
        let mut unit = Q::one().max(then.clone()).max(now.clone());
        if matches!(op, Op::Cancel { .. }) {
            unit += Q::one(); // it rounds twice, shares and assets, both for those who stay in the batch
        }
        self.slack += &unit;
        let taken = before.bonds() + before.delegated() - after.bonds() - after.delegated();
        let destination = match op {
            Op::ExecuteSlash { avs, .. } => before.avss[avs].destination.as_ref(),
            _ => None,
        };
        self.check_tokens(before, after, op, &taken, destination.is_some())?;
        match op {
            Op::Warp { .. }
            | Op::Operator { .. }
            | Op::Avs { .. }
            | Op::OptIn { .. }
            | Op::Bond { .. }
            | Op::WithdrawBond { .. }
            | Op::ProposeSlash { .. }
            | Op::VetoSlash { .. }
            | Op::ExpireSlash { .. }
            | Op::ExecuteSlash { .. } => pro_rata(before, after, op)?,
            // A gift from one to another.
            Op::TransferTicket { .. } => {
                if (total(after) - total(before)).abs() > unit {
                    return Err(format!(
                        "a transfer made {} of {}",
                        total(after),
                        total(before)
                    ));
                }
            }
            _ => self.check_users(before, after, op, &unit)?,
        }
        if total(after) > &self.start + &self.given + &self.slack {
            let (start, given) = (&self.start, &self.given);
            return Err(format!(
                "all together have {}, of {start} and {given} given",
                total(after)
            ));
        }
        Ok(())
    }

    /// No token is made but what the runner mints, none lost but what a slash burns.
    fn check_tokens(
        &mut self,
        before: &Ledger,
        after: &Ledger,
        op: &Op,
        taken: &Q,
        to_user: bool,
    ) -> Result<(), String> {
        let mut should_be = tokens(before);
        match op {
            Op::Donate { amount } | Op::Rewards { amount, .. } => {
                should_be += q(*amount);
                self.given += q(*amount);
            }
            Op::Bond { amount, .. } => should_be += q(*amount),
            Op::ExecuteSlash { .. } if to_user => self.given += taken,
            Op::ExecuteSlash { .. } => should_be -= taken,
            _ => {}
        }
        if tokens(after) != should_be {
            return Err(format!(
                "there are {} tokens, not {should_be}",
                tokens(after)
            ));
        }
        Ok(())
    }

    fn check_users(
        &mut self,
        before: &Ledger,
        after: &Ledger,
        op: &Op,
        unit: &Q,
    ) -> Result<(), String> {
        let (then, now) = (before.exit_price(), after.exit_price());
        let actor = match op {
            Op::Deposit { user, .. }
            | Op::RequestWithdraw { user, .. }
            | Op::RedeemInstant { user, .. }
            | Op::BurnLrt { user, .. } => Some(user),
            Op::Cancel { ticket } => Some(&before.tickets[ticket].owner),
            _ => None,
        };
        let change = |user: &str| worth(after, user, &now) - worth(before, user, &then);
        // Below par the virtual units, in a dispute the lower price of exits, leave a part of a deposit to the others.
        let is_below = before.nav() < before.supply || !before.uncovered().is_zero();
        let is_gift = matches!(op, Op::Deposit { .. }) && is_below;
        let gift = match actor.filter(|_| is_gift) {
            Some(actor) => (-change(actor)).max(Q::zero()),
            None => Q::zero(),
        };
        for user in users(before) {
            let gained = change(user);
            let is_actor = actor == Some(user);
            let may_gain = if is_actor { unit.clone() } else { unit + &gift };
            if gained > may_gain {
                return Err(format!("{user} gained {gained}"));
            }
            if !is_actor && -&gained > *unit {
                return Err(format!("{user} lost {}", -gained));
            }
            if !gift.is_zero() {
                continue;
            }
            let sum = self.gained.entry(user.clone()).or_default();
            *sum += &gained;
            if *sum > self.slack {
                return Err(format!("{user} has gained {sum} by now"));
            }
            if !is_actor {
                let sum = self.by_others.entry(user.clone()).or_default();
                *sum += gained;
                if sum.abs() > self.slack {
                    return Err(format!("others have brought {user} {sum} by now"));
                }
            }
        }
        Ok(())
    }
}

/// Nobody's shares and claims changed, and all bear the change of the price alike: each holder's, and each ticket's, part of
/// the whole change is his part of the shares, to within a unit. What time brings is no more than the drip released.
fn pro_rata(before: &Ledger, after: &Ledger, op: &Op) -> Result<(), String> {
    let (then, mut now) = (holdings(before), holdings(after));
    // A new operator has a wallet.
    now.retain(|name, _| then.contains_key(name));
    if then != now || before.claimable != after.claimable {
        return Err(format!("{then:?} became {now:?}"));
    }
    let value = |shares: &Q, price: &Q| (shares * price).floor();
    let change =
        |shares: &Q| value(shares, &after.exit_price()) - value(shares, &before.exit_price());
    let all: Q = then.values().sum();
    let changes: Q = then
        .values()
        .map(|shares| shares * (after.exit_price() - before.exit_price()))
        .sum();
    for (name, shares) in &then {
        if !all.is_zero() && (change(shares) - shares * &changes / &all).abs() > Q::one() {
            return Err(format!("{name}'s part of {changes} is {}", change(shares)));
        }
    }
    let fell = |l: &Ledger| l.nav() - l.uncovered();
    let (lost, gained) = (fell(before) - fell(after), fell(after) - fell(before));
    // Shares burned in wallets bear their part too; virtual ones, at or above par.
    if changes > gained.clone().max(Q::zero()) + Q::one()
        || -changes > lost.max(Q::zero()) + Q::one()
    {
        return Err(format!("{gained} more are worth more than that"));
    }
    let price = after.exit_price();
    let is_slash = matches!(op, Op::ExecuteSlash { .. });
    for user in users(before).filter(|_| !is_slash) {
        if worth(after, user, &price) - worth(before, user, &price) != Q::zero() {
            return Err(format!("{user} got something else"));
        }
    }
    Ok(())
}

//! What may not be refused to whoever it belongs to: nobody can stop a claim, a cancel, a slash in its window, or stake
//! that is free from coming back (DESIGN §1, §5, §6, §8). Other refusals are the program's to decide.

use super::{bps, q, Allocation, Ledger};
use lrt_cli::scenario::Op;
use num_traits::Zero;

/// Whether `op`, signed by whom it should be, has to be accepted.
pub fn must_succeed(l: &Ledger, op: &Op) -> bool {
    match op {
        Op::Accrue | Op::Warp { .. } | Op::Donate { .. } => true,
        Op::Claim { ticket } => l.tickets.get(ticket).is_some_and(|ticket| {
            l.entitled(ticket).floor() > ticket.claimed
                || l.batches[&ticket.batch].unsettled().is_zero()
        }),
        Op::Cancel { ticket } => l.tickets.contains_key(ticket),
        Op::TransferTicket { ticket, to } => l
            .tickets
            .get(ticket)
            .is_some_and(|ticket| ticket.owner != *to),
        Op::RequestWithdraw { user, shares, .. } => {
            let fee = bps(&q(*shares), l.setup.params.withdrawal_fee_bps).ceil();
            q(*shares) <= l.wallets[user].lrt && q(*shares) > fee
        }
        Op::Settle => l.head().is_some_and(|head| {
            let batch = &l.batches[&head];
            let tolerated = bps(&l.nav(), l.setup.params.dispute_tolerance_bps);
            let is_calm = l.uncovered() <= tolerated && !l.has_new_proposal();
            let is_paid = batch.unsettled() * l.exit_price() <= l.idle;
            l.slot >= batch.due && (batch.unsettled().is_zero() || is_calm && is_paid)
        }),
        Op::Sweep => !l.surplus().is_zero(),
        Op::Collect => {
            !(l.fee_shares.is_zero() && l.fees_owed.is_zero() && l.operators_owed().is_zero())
        }
        Op::UnstakePosition { user, shares } => *shares > 0 && q(*shares) <= l.wallets[user].staked,
        Op::Undelegate { operator, amount } => *amount > 0 && q(*amount) <= l.free(operator, false),
        Op::Deallocate {
            operator,
            avs,
            amount,
        } => known(l, operator, avs).is_some_and(|a| *amount > 0 && q(*amount) <= a.total()),
        Op::Release { operator, avs } => known(l, operator, avs).is_some_and(|allocation| {
            let mut ripe = allocation.clone();
            ripe.ripen(l.slot);
            ripe.warming != allocation.warming || ripe.cooling() != allocation.cooling()
        }),
        Op::VetoSlash { operator, avs } => {
            open_since(l, operator, avs).is_some_and(|slot| l.slot < slot + l.avss[avs].veto)
        }
        Op::ExecuteSlash { operator, avs } => open_since(l, operator, avs).is_some_and(|slot| {
            let from = slot + l.avss[avs].veto;
            (from..from + l.avss[avs].execution).contains(&l.slot)
        }),
        Op::ExpireSlash { operator, avs } => open_since(l, operator, avs)
            .is_some_and(|slot| l.slot >= slot + l.avss[avs].veto + l.avss[avs].execution),
        Op::EndAvs { avs } => l.avss.get(avs).is_some_and(|avs| avs.ended == 0),
        Op::Retire { operator } => l.operators.get(operator).is_some_and(|one| !one.retired),
        _ => false,
    }
}

fn known<'a>(l: &'a Ledger, operator: &str, avs: &str) -> Option<&'a Allocation> {
    l.allocations.get(&(operator.to_owned(), avs.to_owned()))
}

/// The slot in which the open proposal on an allocation was made.
fn open_since(l: &Ledger, operator: &str, avs: &str) -> Option<u64> {
    let open = known(l, operator, avs).filter(|allocation| !allocation.disputed.is_zero());
    open.map(|allocation| allocation.proposed)
}

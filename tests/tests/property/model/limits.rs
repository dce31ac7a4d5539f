//! What no accepted step may have done: the limits of DESIGN §5, §6 and §8, computed anew. The model does not predict
//! refusals; here it objects where one is missing.

use super::{bps, floor, q, Allocation, Avs, Ledger};
use lrt_cli::scenario::Op;
use num_traits::Zero;

/// Why `op` should have been refused in the ledger before it.
pub fn forbidden(l: &Ledger, op: &Op) -> Option<&'static str> {
    let not = |allowed: bool, why| (!allowed).then_some(why);
    match op {
        Op::Settle => {
            let batch = &l.batches[&l.head()?];
            let tolerated = bps(&l.nav(), l.setup.params.dispute_tolerance_bps);
            let waits = !batch.unsettled().is_zero() && l.uncovered() > tolerated;
            not(l.slot >= batch.due, "it is not due")
                .or_else(|| not(!waits, "too much is disputed"))
                .or_else(|| {
                    not(
                        !l.has_new_proposal() || batch.unsettled().is_zero(),
                        "a proposal opened in this slot",
                    )
                })
        }
        Op::RedeemInstant { shares, .. } => {
            let gross = (q(*shares) * l.exit_price()).floor();
            not(&l.idle - gross >= l.owed(), "the queue is owed it")
                .or_else(|| not(!l.has_new_proposal(), "a proposal opened in this slot"))
        }
        Op::Delegate { operator, amount } => {
            let one = &l.operators[operator];
            let active = &one.active + q(*amount);
            let lasting = &one.bond - &one.bond_cooling;
            let multiple = l.setup.params.bond_multiple;
            let is_bonded = multiple == 0 || active <= lasting * q(multiple.into());
            not(&l.idle - q(*amount) >= l.owed(), "the queue is owed it")
                .or_else(|| not(is_bonded, "its bond does not carry it"))
        }
        Op::Undelegate { operator, amount } => {
            not(q(*amount) <= l.free(operator, false), "it is not free")
        }
        Op::WithdrawBond { operator, amount } => {
            let after = super::after(l, op, l.slot);
            let one = &after.operators[operator];
            let lasting = &one.bond - &one.bond_cooling;
            not(
                *amount == 0 || lasting >= l.least_bond(operator),
                "the bond is needed",
            )
        }
        Op::Allocate {
            operator,
            avs,
            amount,
        } => {
            let mut ripe = l.clone();
            ripe.allocation(operator, avs).ripen(l.slot);
            let after = super::after(l, op, l.slot);
            not(
                *amount <= ripe.allocatable(operator, avs),
                "it is beyond stake or leverage",
            )
            .or_else(|| {
                not(
                    &after.idle + after.freeing() >= after.owed(),
                    "the queue is owed it",
                )
            })
            .or_else(|| not(l.avss[avs].ended == 0, "the AVS has ended"))
            .or_else(|| not(!l.operators[operator].retired, "the operator has retired"))
        }
        Op::ProposeSlash {
            operator,
            avs,
            amount,
        } => {
            let (mut allocation, terms) = both(l, operator, avs);
            let was_open = !allocation.disputed.is_zero();
            allocation.ripen(l.slot);
            let slashable = allocation.slashable(&l.operators[operator].active);
            let capacity = floor(&bps(&slashable, terms.slash_cap_bps));
            not(!was_open, "a proposal is open")
                .or_else(|| not(*amount <= capacity, "it is beyond the cap"))
        }
        Op::VetoSlash { operator, avs } => {
            let (allocation, terms) = both(l, operator, avs);
            let may = l.slot < allocation.proposed + terms.veto;
            not(
                may && !allocation.disputed.is_zero(),
                "nothing may be vetoed",
            )
        }
        Op::ExecuteSlash { operator, avs } => {
            let (allocation, terms) = both(l, operator, avs);
            let from = allocation.proposed + terms.veto;
            let may = (from..from + terms.execution).contains(&l.slot);
            not(
                may && !allocation.disputed.is_zero(),
                "nothing may be executed",
            )
        }
        Op::ExpireSlash { operator, avs } => {
            let (allocation, terms) = both(l, operator, avs);
            let over = l.slot >= allocation.proposed + terms.veto + terms.execution;
            not(
                over && !allocation.disputed.is_zero(),
                "nothing has expired",
            )
        }
        _ => None,
    }
}

fn both<'a>(l: &'a Ledger, operator: &str, avs: &str) -> (Allocation, &'a Avs) {
    let pair = (operator.to_owned(), avs.to_owned());
    (l.allocations[&pair].clone(), &l.avss[avs])
}

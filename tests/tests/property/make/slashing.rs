//! Steps of slashers, resolvers and the guardian.

use super::{amounts::until, part_of, pick, restaking::allocation, Kind, Raw};
use crate::model::{bps, floor, Allocation, Ledger, Pair};
use lrt_cli::scenario::Op;
use num_traits::Zero;

pub fn make(l: &Ledger, kind: Kind, raw: &Raw) -> Option<Op> {
    let a = raw.a;
    Some(match kind {
        Kind::Propose => {
            let (operator, avs) = allocation(l, raw)?;
            let mut one = l.allocations[&(operator.clone(), avs.clone())].clone();
            one.ripen(l.slot);
            let slashable = one.slashable(&l.operators[&operator].active);
            let capacity = bps(&slashable, l.avss[&avs].slash_cap_bps);
            let limit = if a.is_multiple_of(9) {
                slashable
            } else {
                capacity
            };
            Op::ProposeSlash {
                operator,
                avs,
                amount: part_of(floor(&limit), a),
            }
        }
        Kind::Veto => {
            let (operator, avs) = disputed(l, raw)?;
            Op::VetoSlash { operator, avs }
        }
        Kind::Execute => {
            let (operator, avs) = disputed(l, raw)?;
            let from = one(l, &operator, &avs).proposed + l.avss[&avs].veto;
            if l.slot >= from + l.avss[&avs].execution && !a.is_multiple_of(6) {
                return Some(Op::ExpireSlash { operator, avs });
            }
            if from > l.slot && !a.is_multiple_of(6) {
                let slots = until(l, from, a / 6);
                return Some(Op::Warp { slots });
            }
            Op::ExecuteSlash { operator, avs }
        }
        Kind::Expire => {
            let (operator, avs) = disputed(l, raw)?;
            let terms = &l.avss[&avs];
            let from = one(l, &operator, &avs).proposed + terms.veto + terms.execution;
            if from > l.slot && !a.is_multiple_of(6) {
                let slots = until(l, from, a / 6);
                return Some(Op::Warp { slots });
            }
            Op::ExpireSlash { operator, avs }
        }
        Kind::EndAvs if a.is_multiple_of(2) => Op::EndAvs {
            avs: pick(l.avss.keys(), raw.b.into())?.clone(),
        },
        _ => return None,
    })
}

fn one<'a>(l: &'a Ledger, operator: &str, avs: &str) -> &'a Allocation {
    &l.allocations[&(operator.to_owned(), avs.to_owned())]
}

/// An allocation on which a proposal is open; else any, most often none.
fn disputed(l: &Ledger, raw: &Raw) -> Option<Pair> {
    let open = l
        .allocations
        .iter()
        .filter(|(_, one)| !one.disputed.is_zero());
    let open = pick(open, raw.b.into()).map(|(pair, _)| pair.clone());
    open.or_else(|| allocation(l, raw).filter(|_| raw.a.is_multiple_of(4)))
}

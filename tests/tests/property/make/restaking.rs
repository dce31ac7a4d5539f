//! Steps of operators, AVSs and the manager.

use super::{amounts::until, part_of, pick, Kind, Raw, AVSS, OPERATORS};
use crate::model::{floor, Ledger, Pair};
use liquid_restaking_sdk::program::state::AvsTerms;
use lrt_cli::scenario::Op;
use num_traits::Zero;

pub fn make(l: &Ledger, kind: Kind, raw: &Raw) -> Option<Op> {
    let (a, b) = (raw.a, u64::from(raw.b));
    if kind == Kind::Operator {
        let unknown = OPERATORS
            .iter()
            .find(|name| !l.operators.contains_key(**name));
        return unknown.map(|name| Op::Operator {
            name: (*name).to_owned(),
            commission_bps: [0, 1, 2_000, 2_001][raw.b as usize % 4],
        });
    }
    if kind == Kind::Avs {
        let unknown = AVSS.iter().find(|name| !l.avss.contains_key(**name));
        return unknown.map(|name| terms(l, (*name).to_owned(), a));
    }
    let operator = pick(l.operators.keys(), b)?.clone();
    let avs = pick(l.avss.keys(), b / 16)?.clone();
    let one = &l.operators[&operator];
    let (active, bond, idle) = (floor(&one.active), floor(&one.bond), floor(&l.idle));
    Some(match kind {
        Kind::OptIn => Op::OptIn { operator, avs },
        Kind::OptOut => Op::OptOut { operator, avs },
        Kind::Bond => Op::Bond {
            operator,
            amount: part_of(idle / 10, a),
        },
        Kind::WithdrawBond => {
            let spare = &one.bond - &one.bond_cooling - l.least_bond(&operator);
            let limit = match a % 3 {
                0 => bond,
                _ => floor(&spare.max(Zero::zero())),
            };
            let amount = if a.is_multiple_of(4) {
                0
            } else {
                part_of(limit, a / 4)
            };
            Op::WithdrawBond { operator, amount }
        }
        Kind::Delegate => {
            let spare = floor(&(&l.idle - l.owed()).max(Zero::zero()));
            let limit = match l.setup.params.bond_multiple {
                0 => spare,
                // What the bond carries.
                multiple => (bond * u64::from(multiple))
                    .saturating_sub(active)
                    .min(spare),
            };
            let amount = if a.is_multiple_of(3) {
                limit
            } else {
                part_of(limit, a / 3)
            };
            Op::Delegate { operator, amount }
        }
        Kind::Undelegate => {
            let amount = part_of(floor(&l.free(&operator, false)), a);
            Op::Undelegate { operator, amount }
        }
        Kind::Allocate => {
            let amount = part_of(l.allocatable(&operator, &avs), a);
            Op::Allocate {
                operator,
                avs,
                amount,
            }
        }
        Kind::Deallocate => {
            let (operator, avs) = allocation(l, raw)?;
            let total = l.allocations[&(operator.clone(), avs.clone())].total();
            Op::Deallocate {
                operator,
                avs,
                amount: part_of(floor(&total), a),
            }
        }
        Kind::Release => {
            let (operator, avs) = allocation(l, raw)?;
            let cooling = &l.allocations[&(operator.clone(), avs.clone())].coolings;
            match cooling.keys().next() {
                Some(slot) if *slot > l.slot && !a.is_multiple_of(4) => Op::Warp {
                    slots: until(l, *slot, a / 4),
                },
                _ => Op::Release { operator, avs },
            }
        }
        Kind::Retire if a.is_multiple_of(3) => Op::Retire { operator },
        Kind::Retire | Kind::ForceExit => force_or_wait(l, raw, operator),
        Kind::Rewards => Op::Rewards {
            operator,
            avs,
            amount: part_of(idle / 50, a),
            payer: match raw.c % 3 {
                0 => lrt_cli::scenario::RewardPayer::Stranger,
                _ => lrt_cli::scenario::RewardPayer::Avs,
            },
        },
        _ => return None,
    })
}

/// An allocation that exists.
pub fn allocation(l: &Ledger, raw: &Raw) -> Option<Pair> {
    pick(l.allocations.keys(), raw.b.into()).cloned()
}

/// Forces, once the head is past its grace.
fn force_or_wait(l: &Ledger, raw: &Raw, operator: String) -> Op {
    let grace = l.setup.params.grace_slots;
    let over = l.head().map_or(0, |head| l.batches[&head].due + grace);
    let lacks = l.owed() > l.idle && over > l.slot;
    if lacks && !l.operators[&operator].retired && !raw.a.is_multiple_of(4) {
        return Op::Warp {
            slots: until(l, over, raw.a / 4),
        };
    }
    Op::ForceExit { operator }
}

/// An AVS with terms at the bounds; one in sixteen beyond them.
pub fn terms(l: &Ledger, name: String, n: u64) -> Op {
    let bit = |place: u64| (n >> place) & 1;
    let longest = l.setup.fixed.max_exit_delay;
    let exit_delay = [longest, 7, longest / 2 + 4, longest][(n % 4) as usize].min(longest);
    let (least, most) = (exit_delay.div_ceil(20), exit_delay / 3);
    let veto_window = if bit(2) == 0 { least } else { most };
    let terms = AvsTerms {
        veto_window,
        execution_window: if bit(3) == 0 { most } else { veto_window },
        exit_delay: exit_delay + u64::from(n >= 256 && n.is_multiple_of(16)),
        slash_window: if bit(1) == 0 {
            exit_delay
        } else {
            3 * exit_delay
        },
        slash_cap_bps: [5_000, 1_000, 5_000, 1][(n / 5 % 4) as usize],
        ..AvsTerms::default()
    };
    Op::Avs {
        name,
        terms,
        cap_bps: if n.is_multiple_of(3) { 5_000 } else { 10_000 },
        destination: n.is_multiple_of(2).then(|| "bob".to_owned()),
    }
}

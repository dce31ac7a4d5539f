//! Steps of holders and keepers.

use super::{
    amounts::{edges, until},
    part_of, pick, Kind, Raw, USERS,
};
use crate::model::{floor, Ledger};
use lrt_cli::scenario::{Op, Paused};
use num_traits::Zero;

pub fn make(l: &Ledger, kind: Kind, raw: &Raw, number: usize) -> Option<Op> {
    let user = USERS[usize::from(raw.b) % USERS.len()].to_owned();
    let wallet = &l.wallets[&user];
    let (collateral, lrt) = (floor(&wallet.collateral), floor(&wallet.lrt));
    let ticket = open_ticket(l, raw);
    let is_staker = |user: &&&str| !l.wallets[**user].staked.is_zero();
    Some(match kind {
        Kind::Deposit => Op::Deposit {
            user,
            // Not so much at once that all stake is idle.
            amount: match raw.b % 4 {
                0 => part_of(collateral, raw.a),
                _ => part_of(collateral.min(floor(&l.nav()) / 8 + 1_000), raw.a),
            },
            min_shares: 0,
        },
        Kind::Request => Op::RequestWithdraw {
            user,
            shares: part_of(lrt, raw.a),
            ticket: format!("t{number}"),
        },
        Kind::Settle => settle_or_wait(l, raw),
        Kind::Claim => {
            let is_payable = |name: &&String| {
                let ticket = &l.tickets[*name];
                l.entitled(ticket) > ticket.claimed
            };
            let payable = pick(l.tickets.keys().filter(is_payable), raw.a).cloned();
            if payable.is_none() && !raw.a.is_multiple_of(4) {
                return Some(settle_or_wait(l, raw));
            }
            let ticket = payable.filter(|_| !raw.a.is_multiple_of(8)).or(ticket);
            Op::Claim { ticket: ticket? }
        }
        Kind::Cancel => Op::Cancel { ticket: ticket? },
        Kind::Transfer => Op::TransferTicket {
            ticket: ticket?,
            to: user,
        },
        Kind::Redeem => {
            let spare =
                (&l.idle - l.owed()).max(Zero::zero()) / l.exit_price().max(crate::model::q(1));
            let limit = if raw.a.is_multiple_of(2) {
                lrt
            } else {
                lrt.min(floor(&spare))
            };
            Op::RedeemInstant {
                user,
                shares: part_of(limit, raw.a / 2),
                min_assets: 0,
            }
        }
        Kind::Donate => Op::Donate {
            amount: raw.a % 1_000_000_000,
        },
        Kind::Burn => Op::BurnLrt {
            user,
            shares: part_of(lrt, raw.a) / 3,
        },
        Kind::Sweep => Op::Sweep,
        Kind::Accrue => Op::Accrue,
        Kind::Collect => Op::Collect,
        Kind::Pause if raw.a.is_multiple_of(4) => Op::Pause {
            what: vec![Paused::Deposit, Paused::Instant],
            slots: 1 + raw.a % 50,
        },
        Kind::Pause | Kind::Warp => Op::Warp { slots: raw.a % 160 },
        Kind::WarpTo => Op::Warp {
            slots: match pick(edges(l), raw.a) {
                Some(slot) => until(l, slot, raw.a / 64),
                None => raw.a % 160,
            },
        },
        Kind::Stream => Op::Stream {
            name: format!("s{number}"),
            decimals: 6,
            amount: 1 + raw.a % 1_000_000,
            slots: 1 + raw.a % 300,
        },
        Kind::Stake => Op::StakePosition {
            user,
            shares: part_of(lrt, raw.a),
        },
        Kind::Unstake => {
            let staker = pick(USERS.iter().filter(is_staker), raw.a).unwrap_or(&USERS[0]);
            Op::UnstakePosition {
                user: (*staker).to_owned(),
                shares: part_of(floor(&l.wallets[*staker].staked), raw.a),
            }
        }
        Kind::ClaimStream => {
            let staker = pick(USERS.iter().filter(is_staker), raw.a).unwrap_or(&USERS[0]);
            Op::ClaimStream {
                user: (*staker).to_owned(),
                stream: pick(&l.streams, raw.b.into())?.clone(),
            }
        }
        _ => return None,
    })
}

/// Settles the head batch, once it is due.
fn settle_or_wait(l: &Ledger, raw: &Raw) -> Op {
    let due = l.head().map_or(0, |head| l.batches[&head].due);
    if due > l.slot && !raw.a.is_multiple_of(8) {
        return Op::Warp {
            slots: until(l, due, raw.a / 8),
        };
    }
    Op::Settle
}

/// An open ticket; half of the time one of a batch that is settled in part, if there is one.
fn open_ticket(l: &Ledger, raw: &Raw) -> Option<String> {
    let is_partly_settled = |batch: u64| {
        let batch = &l.batches[&batch];
        !batch.settled.is_zero() && !batch.unsettled().is_zero()
    };
    let partly = l
        .tickets
        .iter()
        .filter(|(_, ticket)| is_partly_settled(ticket.batch));
    let partly = pick(partly, raw.a).filter(|_| raw.b < 128);
    let any = || pick(&l.tickets, raw.a);
    partly.or_else(any).map(|(name, _)| name.clone())
}

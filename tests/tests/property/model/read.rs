//! The numbers of a line, and from the accounts those that a line does not show.

use super::{q, Allocation, Avs, Batch, Ledger, Operator, Round, Ticket, Wallet, FEE_WALLET};
use liquid_restaking_sdk::{
    address,
    anchor_lang::prelude::Pubkey,
    program::state::{Lrt, RewardPosition, StakePool, WithdrawBatch},
};
use lrt_cli::scenario::{Line, Runner, Setup};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The ledger that a line shows. What only an earlier step knew is taken from the ledger `before`.
pub fn read(
    runner: &Runner,
    setup: Setup,
    line: &Line,
    before: Option<&Ledger>,
) -> Result<Ledger, String> {
    let keys = runner.keys();
    let lrt: Lrt = runner.vm().state(&keys.lrt).expect("an LRT");
    let pool: StakePool = runner.vm().state(&keys.stake_pool).expect("a pool");
    let mut ledger = Ledger {
        setup,
        slot: line.slot,
        supply: q(line.lrt.supply),
        fee_shares: q(line.lrt.fee_shares),
        idle: q(line.pool.idle),
        drip: q(line.pool.drip),
        drip_end: 0,
        claimable: q(line.pool.claimable),
        fees_owed: q(line.pool.fees_owed),
        vault: q(line.pool.vault_balance),
        round: Round {
            number: pool.round.number,
            end: pool.round.end_slot,
            shortage: pool.round.shortage,
            used: pool.round.used,
        },
        wallets: wallets(runner, &line.users),
        tickets: line.tickets.iter().map(ticket).collect(),
        batches: batches(runner),
        operators: BTreeMap::new(),
        avss: BTreeMap::new(),
        allocations: BTreeMap::new(),
        streams: runner
            .streams()
            .iter()
            .map(|(name, _)| name.clone())
            .collect(),
    };
    if line.pool.drip > 0 {
        let drip = lrt.pools[0].drip;
        let stands_still = ledger.supply < ledger.virtual_units();
        let held_up = if stands_still {
            line.slot - drip.last
        } else {
            0
        };
        ledger.drip_end = drip.end + held_up;
    }
    read_wallet(runner, &lrt.params.fee_wallet, FEE_WALLET, &mut ledger);
    read_restaking(runner, line, before, &mut ledger);

    // What a line says twice has to agree.
    let sums = [
        ("nav", ledger.nav(), line.lrt.nav),
        ("disputed", ledger.uncovered(), line.lrt.disputed),
        ("delegated", ledger.delegated(), line.pool.delegated),
        ("bonds", ledger.bonds(), line.pool.bonds),
        (
            "operators_owed",
            ledger.operators_owed(),
            line.pool.operators_owed,
        ),
    ];
    for (what, sum, shown) in sums {
        if sum != q(shown) {
            return Err(format!(
                "{what} is {sum} by its parts, the line shows {shown}"
            ));
        }
    }
    Ok(ledger)
}

fn number(line: &Value, field: &str) -> u64 {
    line[field].as_u64().expect("a number of the line")
}

fn wallets(runner: &Runner, lines: &Map<String, Value>) -> BTreeMap<String, Wallet> {
    let keys = runner.keys();
    let wallets = runner.users().iter().map(|(name, key)| {
        let position: Option<RewardPosition> = runner.vm().state(&keys.position(key));
        let wallet = Wallet {
            collateral: q(number(&lines[name], "collateral")),
            lrt: q(number(&lines[name], "lrt")),
            staked: q(position.map_or(0, |position| position.shares)),
        };
        (name.clone(), wallet)
    });
    wallets.collect()
}

fn read_wallet(runner: &Runner, owner: &Pubkey, name: &str, ledger: &mut Ledger) {
    let own = runner.keys().of(owner);
    let wallet = ledger.wallets.entry(name.to_owned()).or_default();
    wallet.collateral = q(runner.vm().token_balance(&own.collateral));
    wallet.lrt = q(runner.vm().token_balance(&own.lrt));
}

fn ticket((name, line): (&String, &Value)) -> (String, Ticket) {
    let ticket = Ticket {
        owner: line["owner"].as_str().expect("an owner").to_owned(),
        batch: number(line, "batch"),
        shares: q(number(line, "shares")),
        claimed: q(number(line, "claimed")),
    };
    (name.clone(), ticket)
}

fn batches(runner: &Runner) -> BTreeMap<u64, Batch> {
    let epochs: std::collections::BTreeSet<u64> = runner
        .tickets()
        .iter()
        .map(|(_, t)| t.batch_epoch)
        .collect();
    let batches = epochs.into_iter().filter_map(|epoch| {
        let address = address::batch(&runner.keys().stake_pool, epoch);
        let batch: WithdrawBatch = runner.vm().state(&address)?;
        let batch = Batch {
            due: batch.due_slot,
            shares: q(batch.shares),
            settled: q(batch.shares_settled),
            assets: q(batch.assets_settled),
            claimed: q(batch.assets_claimed),
            left_queue: batch.left_queue == 1,
        };
        Some((epoch, batch))
    });
    batches.collect()
}

fn read_restaking(runner: &Runner, line: &Line, before: Option<&Ledger>, ledger: &mut Ledger) {
    let restaking = runner.restaking();
    for one in &restaking.avss {
        let (offer, terms) = (one.pool_avs.accepted, one.pool_avs.accepted.terms);
        let to = runner
            .users()
            .iter()
            .find(|(_, key)| *key == offer.destination);
        let avs = Avs {
            veto: terms.veto_window,
            execution: terms.execution_window,
            exit_delay: terms.exit_delay,
            slash_cap_bps: terms.slash_cap_bps,
            destination: to.map(|(name, _)| name.clone()),
            ended: one.pool_avs.ended_slot,
        };
        ledger.avss.insert(one.name.clone(), avs);
    }
    for one in &restaking.operators {
        let shown = &line.operators[&one.name];
        let operator = Operator {
            active: q(number(shown, "active")),
            bond: q(number(shown, "bond")),
            bond_cooling: q(one.delegation.bond_cooling),
            bond_slot: one.delegation.bond_release_slot,
            owed: q(number(shown, "owed")),
            commission_bps: one.operator.commission_bps,
            retired: one.operator.retired_slot != 0,
        };
        read_wallet(runner, &one.operator.authority.holder, &one.name, ledger);
        ledger.operators.insert(one.name.clone(), operator);
        for (place, stored) in &one.allocations {
            let pair = (one.name.clone(), restaking.avs_name(*place).to_owned());
            let shown = &line.allocations[&format!("{}/{}", pair.0, pair.1)];
            let cooling = stored.coolings.iter().filter(|entry| entry.amount > 0);
            let known = before.and_then(|before| before.allocations.get(&pair));
            let allocation = Allocation {
                stake: q(number(shown, "stake")),
                warming: q(number(shown, "warming")),
                warm_slot: stored.warm_slot,
                coolings: cooling
                    .map(|entry| (entry.release_slot, q(entry.amount)))
                    .collect(),
                held: q(stored.held),
                disputed: q(number(shown, "disputed")),
                proposed: known.map_or(0, |known| known.proposed),
                round: stored.round,
            };
            assert_eq!(allocation.cooling(), q(number(shown, "cooling")));
            ledger.allocations.insert(pair, allocation);
        }
    }
}

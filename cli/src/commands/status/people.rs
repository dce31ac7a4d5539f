//! Who does what: operators, roles, and what is proposed and waits.

use super::section::{grid, percent, Row, Section};
use crate::{
    cluster::{self, AllBooks, Outcome, Trouble},
    commands::avs::state_of,
};
use liquid_restaking_sdk::{
    anchor_lang::prelude::Pubkey,
    program::state::{Lrt, SlashState, Timelock},
};
use serde_json::Value;

/// Operators with their stake, and their allocations below them.
pub fn operators(books: &AllBooks) -> Outcome<Section> {
    let tokens = |units: u64| books.view.tokens(units);
    let mut rows = Vec::new();
    for pledge in &books.pledges {
        let delegation = &pledge.delegation;
        let operator = &pledge.operator;
        let retired = if operator.is_retired() {
            " (retired)"
        } else {
            ""
        };
        let of_operator = Row::from(vec![
            format!("{}{retired}", delegation.operator),
            percent(operator.commission_at(books.view.slot).into()),
            tokens(delegation.active),
            String::new(),
            String::new(),
            tokens(delegation.disputed),
            tokens(delegation.bond),
            tokens(delegation.owed),
        ]);
        let key = delegation.operator.to_string();
        let of_both = |row: Row| {
            row.with("operator", key.as_str())
                .with("retired", operator.is_retired())
        };
        rows.push(of_both(of_operator).with("AVS", Value::Null));
        for (_, allocation) in &pledge.allocations {
            let cooling = allocation.cooling();
            let cooling = cooling.map_err(|error| Trouble::of_rule(&error))?;
            let of_allocation = Row::from(vec![
                format!("  {}", allocation.avs),
                String::new(),
                tokens(allocation.stake),
                tokens(allocation.warming),
                tokens(cooling),
                tokens(allocation.disputed),
                String::new(),
                String::new(),
            ]);
            rows.push(of_both(of_allocation).with("AVS", allocation.avs.to_string()));
        }
    }
    let header = [
        "operator, its AVSs",
        "commission",
        "stake",
        "warming",
        "cooling",
        "disputed",
        "bond",
        "owed",
    ];
    Ok(grid("operators", "Operators", &header, 1, rows))
}

/// Slashes that are proposed and not decided.
pub fn open_slashes(books: &AllBooks) -> Section {
    let open = books.proposals.iter();
    let open = open.filter(|(_, one)| one.state() == SlashState::Open);
    let rows = open.map(|(key, one)| {
        let (operator, avs) = books.allocation(&one.allocation).unwrap_or_default();
        let amount = books.view.tokens(one.amount);
        let row = Row::from(vec![
            key.to_string(),
            avs.to_string(),
            amount,
            state_of(books, one),
        ]);
        row.with("operator", operator.to_string())
            .with("execution_slot", one.execution_slot)
            .with("expiry_slot", one.expiry_slot)
    });
    let rows: Vec<_> = rows.collect();
    let header = ["proposal", "AVS", "amount", "state"];
    let title = "Open slash proposals (`lrt avs proposals` shows the evidence)";
    grid("proposals", title, &header, 2, rows)
}

/// Who holds which role.
pub fn roles(lrt: &Lrt) -> Section {
    let roles = [
        ("admin", &lrt.admin),
        ("manager", &lrt.manager),
        ("guardian", &lrt.guardian),
    ];
    let mut rows: Vec<Vec<String>> = roles
        .iter()
        .map(|(name, role)| {
            let successor = match role.pending == Pubkey::default() {
                true => String::new(),
                false => role.pending.to_string(),
            };
            vec![(*name).to_owned(), role.holder.to_string(), successor]
        })
        .collect();
    let wallet = lrt.params.fee_wallet.to_string();
    rows.push(vec!["fee wallet".to_owned(), wallet, String::new()]);
    grid(
        "roles",
        "Roles",
        &["role", "holder", "named successor"],
        3,
        rows,
    )
}

/// Fields for programs.
type Fields = Vec<(&'static str, String)>;

/// What is proposed and waits out the timelock.
pub fn pending(books: &AllBooks) -> Section {
    let view = &books.view;
    let mut rows: Vec<Row> = Vec::new();
    let mut note = |what: String, timelock: &Timelock, fields: Fields| {
        if timelock.is_pending() {
            let state = match view.slot {
                slot if slot < timelock.ripe_slot => "waits",
                slot if slot < timelock.lapse_slot => "anyone may apply it",
                _ => "has lapsed",
            };
            let row = Row::from(vec![
                what,
                timelock.ripe_slot.to_string(),
                timelock.lapse_slot.to_string(),
                state.to_owned(),
            ]);
            let row = row
                .with("ripe_slot", timelock.ripe_slot)
                .with("lapse_slot", timelock.lapse_slot);
            let fields = fields.into_iter();
            rows.push(fields.fold(row, |row, (name, value)| row.with(name, value)));
        }
    };
    let kind = |kind: &str| ("kind", kind.to_owned());
    note(
        "parameters (`lrt admin params show`)".to_owned(),
        &view.lrt.pending_params.timelock,
        vec![kind("parameters")],
    );
    let deposit_cap = &view.pool.deposit_cap;
    let cap = cluster::cap(deposit_cap.pending, view.decimals());
    note(
        format!("deposit cap {cap}"),
        &deposit_cap.timelock,
        vec![kind("deposit_cap"), ("cap", cap)],
    );
    for pledge in &books.pledges {
        let pending = &pledge.delegation.cap;
        let cap = cluster::cap(pending.pending, view.decimals());
        let operator = pledge.delegation.operator.to_string();
        note(
            format!("operator {operator}, cap {cap}"),
            &pending.timelock,
            vec![kind("operator_cap"), ("operator", operator), ("cap", cap)],
        );
    }
    for (_, pool_avs) in &books.avss {
        let (avs, cap) = (
            pool_avs.avs.to_string(),
            percent(pool_avs.pending_cap_bps.into()),
        );
        note(
            format!("AVS {avs}, cap {cap}"),
            &pool_avs.timelock,
            vec![kind("avs"), ("AVS", avs), ("cap", cap)],
        );
    }
    let header = ["what", "ripe in slot", "lapses in slot", "state"];
    grid("pending", "Proposed under the timelock", &header, 4, rows)
}

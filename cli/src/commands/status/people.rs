//! Who does what: operators, roles, and what is proposed and waits.

use super::section::{grid, percent, Section};
use crate::{
    cluster::{self, AllBooks, Outcome, Trouble},
    commands::avs::state_of,
};
use liquid_restaking_sdk::{
    anchor_lang::prelude::Pubkey,
    program::state::{Lrt, SlashState, Timelock},
};

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
        rows.push(vec![
            format!("{}{retired}", delegation.operator),
            percent(operator.commission_at(books.view.slot).into()),
            tokens(delegation.active),
            String::new(),
            String::new(),
            tokens(delegation.disputed),
            tokens(delegation.bond),
            tokens(delegation.owed),
        ]);
        for (_, allocation) in &pledge.allocations {
            let cooling = allocation.cooling();
            let cooling = cooling.map_err(|error| Trouble::of_rule(&error))?;
            rows.push(vec![
                format!("  {}", allocation.avs),
                String::new(),
                tokens(allocation.stake),
                tokens(allocation.warming),
                tokens(cooling),
                tokens(allocation.disputed),
                String::new(),
                String::new(),
            ]);
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
        let (_, avs) = books.allocation(&one.allocation).unwrap_or_default();
        let amount = books.view.tokens(one.amount);
        vec![
            key.to_string(),
            avs.to_string(),
            amount,
            state_of(books, one),
        ]
    });
    let header = ["proposal", "AVS", "amount", "state"];
    let title = "Open slash proposals (`lrt avs proposals` shows the evidence)";
    grid("proposals", title, &header, 2, rows.collect())
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

/// What is proposed and waits out the timelock.
pub fn pending(books: &AllBooks) -> Section {
    let view = &books.view;
    let mut rows = Vec::new();
    let mut note = |what: String, timelock: &Timelock| {
        if timelock.is_pending() {
            let state = match view.slot {
                slot if slot < timelock.ripe_slot => "waits",
                slot if slot < timelock.lapse_slot => "anyone may apply it",
                _ => "has lapsed",
            };
            rows.push(vec![
                what,
                timelock.ripe_slot.to_string(),
                timelock.lapse_slot.to_string(),
                state.to_owned(),
            ]);
        }
    };
    note(
        "parameters (`lrt admin params show`)".to_owned(),
        &view.lrt.pending_params.timelock,
    );
    let cap = &view.pool.deposit_cap;
    note(
        format!("deposit cap {}", cluster::cap(cap.pending, view.decimals())),
        &cap.timelock,
    );
    for pledge in &books.pledges {
        let cap = &pledge.delegation.cap;
        let what = format!(
            "operator {}, cap {}",
            pledge.delegation.operator,
            cluster::cap(cap.pending, view.decimals())
        );
        note(what, &cap.timelock);
    }
    for (_, avs) in &books.avss {
        let what = format!(
            "AVS {}, cap {}",
            avs.avs,
            percent(avs.pending_cap_bps.into())
        );
        note(what, &avs.timelock);
    }
    let header = ["what", "ripe in slot", "lapses in slot", "state"];
    grid("pending", "Proposed under the timelock", &header, 4, rows)
}

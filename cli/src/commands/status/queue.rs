//! The queue, how it will be paid, and a wallet's tickets in it.

use super::section::{grid, pairs, Section};
use crate::{
    cluster::{AllBooks, Cluster, Outcome, Trouble},
    commands::withdraw::{ticket_rows, tickets_of, TICKET_HEADER},
};
use liquid_restaking_sdk::{anchor_lang::prelude::Pubkey, exit_plan::ExitPlan, Observed};
use serde_json::json;

/// Who waits, and until when.
pub fn queue(books: &AllBooks, now: &Observed) -> Outcome<Section> {
    let view = &books.view;
    let owed = now.lrt.queue_owed_ceil(&now.pool);
    let owed = owed.map_err(|error| Trouble::of_rule(&error))?;
    let head = match books.head() {
        Some(head) => format!(
            "epoch {}, {} LRT unsettled, due in slot {} ({})",
            head.epoch,
            view.tokens(head.shares.saturating_sub(head.shares_settled)),
            head.due_slot,
            match head.due_slot.checked_sub(view.slot) {
                Some(left) if left > 0 => format!("{left} slots from now"),
                _ => "due".to_owned(),
            }
        ),
        None => "none".to_owned(),
    };
    let next = now.lrt.next_due_slot(&now.pool, view.slot);
    let rows = vec![
        ("LRT in the queue", view.tokens(now.pool.queued)),
        ("owed", view.tokens(owed)),
        ("batches in the queue", now.pool.queue_length.to_string()),
        ("head batch", head),
        (
            "a request now is due in slot",
            next.map_or_else(|_| String::new(), |slot| slot.to_string()),
        ),
        ("settled and not claimed", view.tokens(now.pool.claimable)),
    ];
    Ok(pairs("queue", "Queue", rows))
}

/// How the queue will be paid.
pub fn exit_plan(books: &AllBooks, now: &Observed) -> Outcome<Vec<Section>> {
    let view = &books.view;
    let plan = ExitPlan::read(&now.lrt, &now.pool, view.slot, &books.pledged())?;
    let tokens = |units: u64| view.tokens(units);
    let at_once = plan.idle.saturating_add(plan.free);
    let row = |what: &str, amount: u64, by_then: u64, slot: u64| {
        vec![
            what.to_owned(),
            tokens(amount),
            tokens(by_then),
            slot.to_string(),
        ]
    };
    let mut rows = vec![
        row("idle", plan.idle, plan.idle, view.slot),
        row("free stake", plan.free, at_once, view.slot),
    ];
    for freeing in &plan.freeing {
        let by_then = at_once.saturating_add(freeing.by_then);
        rows.push(row("cools", freeing.amount, by_then, freeing.slot));
    }
    let title = format!(
        "Exit plan: the queue is owed {}, it lacks {}",
        tokens(plan.owed),
        tokens(plan.shortage)
    );
    let header = ["what", "amount", "all by then", "in slot"];
    let total = json!({ "owed": tokens(plan.owed), "shortage": tokens(plan.shortage) });
    let parts = grid("exit_plan", &title, &header, 1, rows);
    let mut sections = vec![parts.beside("exit_plan_total", total)];
    if !plan.by_allocation.is_empty() {
        let parts = plan.by_allocation.iter().map(|part| {
            vec![
                part.operator.to_string(),
                part.avs.to_string(),
                tokens(part.amount),
                tokens(part.at_once),
                part.release_slot.to_string(),
            ]
        });
        let header = [
            "operator",
            "AVS",
            "deallocate",
            "free at once",
            "the rest in slot",
        ];
        let title = "What would cover what it lacks, if it were deallocated now";
        let rows: Vec<_> = parts.collect();
        sections.push(grid("to_deallocate", title, &header, 2, rows));
    }
    Ok(sections)
}

/// A wallet's tickets.
pub fn tickets(cluster: &Cluster, books: &AllBooks, owner: &Pubkey) -> Outcome<Section> {
    let tickets = tickets_of(cluster, &books.view, owner)?;
    let title = format!("Tickets of {owner}");
    let rows = ticket_rows(&books.view, &tickets);
    Ok(grid("tickets", &title, &TICKET_HEADER, 1, rows))
}

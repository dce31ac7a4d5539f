//! `lrt verify`: DESIGN §9, recomputed from the accounts of a cluster.

mod accounts;
mod shared;

use crate::cluster::{print_json, print_line, progress, AllBooks, Cluster, Outcome, Trouble};
use clap::Args;
use liquid_restaking_sdk::program::state::InvariantReport;
use serde_json::json;
use std::process::ExitCode;

/// Exit status when an invariant is broken.
const BROKEN: u8 = 1;

/// Every sum, counter and claim, recomputed from the accounts.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit status: 0 when all holds, 1 when something is broken, 2 bad input, 3 trouble with the cluster.
The node must list accounts (getProgramAccounts); what it lists is read as of one moment."
)]
pub struct Verify {
    /// Leave out what depends on the leverage: after a change of it, until each delegation has been written once.
    #[arg(long)]
    leverage_changed: bool,
}

impl Verify {
    /// Runs the command.
    pub fn run(&self, cluster: &Cluster) -> Outcome<ExitCode> {
        let books = cluster.books()?;
        let reading = progress("recomputing");
        let mut found = shared::broken(cluster, &books, self.leverage_changed)?;
        accounts::check(cluster, &books, &mut found)?;
        match cluster.ask::<InvariantReport>(books.view.keys.check_invariants()) {
            Err(refused @ Trouble::Refused(_)) => {
                found.push(format!("the program's own check: {refused}"));
            }
            Err(trouble @ Trouble::Cluster(_)) => return Err(trouble),
            // Without a wallet to simulate in the name of, the same rule has run here all the same.
            Ok(_) | Err(Trouble::Input(_)) => {}
        }
        reading.finish_and_clear();
        report(cluster, &books, &found)?;
        Ok(match found.is_empty() {
            true => ExitCode::SUCCESS,
            false => ExitCode::from(BROKEN),
        })
    }
}

fn report(cluster: &Cluster, books: &AllBooks, found: &[String]) -> Outcome<()> {
    let allocations: usize = books.pledges.iter().map(|one| one.allocations.len()).sum();
    let counts = [
        ("batches", books.batches.len()),
        ("tickets", books.tickets.len()),
        ("operators", books.pledges.len()),
        ("allocations", allocations),
        ("AVSs", books.avss.len()),
        ("slash proposals", books.proposals.len()),
    ];
    if cluster.json {
        let mut line =
            json!({ "held": found.is_empty(), "slot": books.view.slot, "broken": found });
        for (what, count) in counts {
            line[what.replace(' ', "_")] = json!(count);
        }
        return print_json(&line);
    }
    let read: Vec<String> = counts
        .iter()
        .map(|(what, count)| format!("{count} {what}"))
        .collect();
    for what in found {
        print_line(what)?;
    }
    let verdict = match found.len() {
        0 => "all invariants hold".to_owned(),
        count => format!("{count} broken"),
    };
    print_line(&format!(
        "slot {}: read {}; {verdict}",
        books.view.slot,
        read.join(", ")
    ))
}

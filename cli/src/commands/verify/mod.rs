//! `lrt verify`: DESIGN §9, recomputed from the accounts of a cluster.

mod accounts;
mod losses;
mod shared;

use crate::cluster::{print_json, print_line, progress, AllBooks, Cluster, Outcome, Trouble};
use clap::Args;
use liquid_restaking_sdk::program::state::InvariantReport;
use serde_json::json;
use std::{process::ExitCode, thread::sleep, time::Duration};

/// Exit status when an invariant is broken.
const BROKEN: u8 = 1;
/// How often to read at most.
const READINGS: u32 = 5;
/// Between two readings: a few slots.
const MOMENT: Duration = Duration::from_secs(2);

/// Every sum, counter and claim, recomputed from the accounts.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  lrt verify
  lrt verify --json

Exit status: 0 when all holds, 1 when something is broken, 2 bad input, 3 trouble with the cluster.
The node must list accounts (getProgramAccounts). LRT, pool, queue and delegations are read as of one moment; opt-ins, the
operators' other delegations and the reward book a little later. So what is broken counts only when the next reading, some slots
later, finds it broken too. The program's own check is simulated: it needs a wallet that exists, and is left out without one.")]
pub struct Verify {
    /// Leave out what depends on the leverage: after a change of it, until each delegation has been written once.
    #[arg(long)]
    leverage_changed: bool,
}

/// What one reading found.
struct Reading {
    books: AllBooks,
    found: Vec<String>,
    own_check: OwnCheck,
}

/// What the program itself says.
enum OwnCheck {
    Held,
    Refused,
    /// Why it was not asked.
    LeftOut(String),
}

impl Verify {
    /// Runs the command.
    pub fn run(&self, cluster: &Cluster) -> Outcome<ExitCode> {
        let reading = self.certain(cluster)?;
        report(cluster, &reading)?;
        Ok(match reading.found.is_empty() {
            true => ExitCode::SUCCESS,
            false => ExitCode::from(BROKEN),
        })
    }

    /// Reads until nothing is broken, or the same twice in a row: then only that counts.
    fn certain(&self, cluster: &Cluster) -> Outcome<Reading> {
        let mut last = self.read(cluster)?;
        for _ in 1..READINGS {
            if last.found.is_empty() {
                return Ok(last);
            }
            sleep(MOMENT);
            let mut next = self.read(cluster)?;
            let again = again(&last.found, &next.found);
            if !again.is_empty() {
                next.found = again;
                return Ok(next);
            }
            last = next;
        }
        match last.found.is_empty() {
            true => Ok(last),
            false => Err(Trouble::Cluster(
                "each reading found something else broken: the accounts are written faster than they can be read, try again, or take a faster node"
                    .to_owned(),
            )),
        }
    }

    fn read(&self, cluster: &Cluster) -> Outcome<Reading> {
        let books = cluster.books()?;
        let reading = progress("recomputing");
        let mut found = shared::broken(cluster, &books, self.leverage_changed)?;
        accounts::check(cluster, &books, &mut found)?;
        let own_check = match cluster.ask::<InvariantReport>(books.view.keys.check_invariants()) {
            Ok(_) => OwnCheck::Held,
            Err(refused @ Trouble::Refused(_)) => {
                found.push(format!("the program's own check: {refused}"));
                OwnCheck::Refused
            }
            Err(trouble @ Trouble::Cluster(_)) => return Err(trouble),
            // Nobody to simulate in the name of. The same rule has run here all the same.
            Err(Trouble::Input(why)) => OwnCheck::LeftOut(why),
        };
        reading.finish_and_clear();
        Ok(Reading {
            books,
            found,
            own_check,
        })
    }
}

/// What both readings found. Numbers move on while something stays broken, so only what is said of whom is compared.
fn again(before: &[String], now: &[String]) -> Vec<String> {
    let known: Vec<String> = before.iter().map(|what| without_numbers(what)).collect();
    let again = now
        .iter()
        .filter(|what| known.contains(&without_numbers(what)));
    again.cloned().collect()
}

/// A text without the words that are numbers. An address is none, though it has digits.
fn without_numbers(text: &str) -> String {
    let words = text.split(|one: char| !one.is_ascii_alphanumeric());
    let words = words.filter(|word| !word.bytes().all(|byte| byte.is_ascii_digit()));
    words.collect::<Vec<_>>().join(" ")
}

fn report(cluster: &Cluster, reading: &Reading) -> Outcome<()> {
    let Reading {
        books,
        found,
        own_check,
    } = reading;
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
        let own_check = match own_check {
            OwnCheck::Held => "held".to_owned(),
            OwnCheck::Refused => "refused".to_owned(),
            OwnCheck::LeftOut(why) => format!("left out: {why}"),
        };
        let mut line = json!({
            "held": found.is_empty(), "slot": books.view.slot, "broken": found,
            "programs_own_check": own_check,
        });
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
    if let OwnCheck::LeftOut(why) = own_check {
        print_line(&format!("the program's own check was left out: {why}"))?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_broken_twice_counts_whatever_its_numbers_are() {
        let opt_ins = |who: &str, counter: u64, accounts: u64| {
            format!("invariant 3: opt_ins of {who} is {counter}, the accounts say {accounts}")
        };
        let before = [opt_ins("7xA1", 5, 4), opt_ins("9yB2", 1, 2)];
        let now = [opt_ins("7xA1", 8, 7), opt_ins("9zB2", 1, 2)];
        assert_eq!(again(&before, &now), [opt_ins("7xA1", 8, 7)]);
        assert!(again(&before, &[]).is_empty() && again(&[], &now).is_empty());
    }
}

//! `lrt status`: all that somebody who holds the LRT may want to know.

mod people;
mod queue;
mod section;
mod upgrade;
mod value;
mod yields;

use crate::cluster::{parse_pubkey, print_json, print_line, Cluster, Outcome};
use clap::Args;
use liquid_restaking_sdk::anchor_lang::prelude::Pubkey;
use section::Section;
use serde_json::{Map, Value};
use std::path::PathBuf;
pub use upgrade::who_can;

/// Rate, value, yield, risk, the queue and its exit plan, roles, and what waits under the timelock.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  lrt status --lrt MINT
  lrt status --owner WALLET     its tickets too
  lrt status --mark             later yields are read since now
  lrt status --json

The yield is read between two readings of the program's indices: this one, and the one saved under
~/.cache/lrt (the first `lrt status` saves it) or in the file that --since names. --mark starts a new one.

With --json one object, a part under each name; amounts are text in whole tokens:
  value           the rows of the table: LRT, collateral, supply, value, one_LRT_costs, one_LRT_is_paid, idle …
  yield           rows: part, since_then, a_year; AVS (or null) and kind: rewards, slashes, unattributed, dripping, timing, all
  yield_period    since_slot, slots, commissions, fees; null without an earlier reading: then each row of yield is
                  AVS, paid_so_far, slashed_so_far
  risk            rows: AVS (or \"all together\"), cap_of_assets, counts_on, of_value, may_take_in_one_window
  operators       rows: operator, AVS, retired, commission, stake, warming, cooling, disputed, bond, owed;
                  AVS is null in an operator's own row, the rows of its allocations follow
  proposals       open slashes: proposal, AVS, operator, amount, state, execution_slot, expiry_slot
  queue           the rows of the table
  exit_plan       rows: what, amount, all_by_then, in_slot
  exit_plan_total owed, shortage
  to_deallocate   only in a shortage: operator, AVS, deallocate, free_at_once, the_rest_in_slot
  tickets         only with --owner
  roles           rows: role, holder, named_successor
  pending         rows: what, ripe_in_slot, lapses_in_slot, state; kind: parameters, deposit_cap, operator_cap, avs;
                  operator, AVS and cap where there is one; ripe_slot, lapse_slot as numbers
  program         address, who_can_upgrade_it, authority (a key or null), kind: single_key, program_account, nobody,
                  not_deployed, unknown")]
pub struct Status {
    /// Show the tickets of this wallet too, and when they can be claimed.
    #[arg(long, value_parser = parse_pubkey)]
    owner: Option<Pubkey>,
    /// Read the yield since the reading in this file.
    #[arg(long, value_name = "FILE")]
    since: Option<PathBuf>,
    /// Keep this reading as the one that later yields are read since.
    #[arg(long)]
    mark: bool,
}

impl Status {
    /// Runs the command.
    pub fn run(&self, cluster: &Cluster) -> Outcome<()> {
        let books = cluster.books()?;
        let now = books.view.observed()?;
        let mut sections = vec![
            value::value(&books, &now)?,
            yields::yields(cluster, &books, &now, self.since.as_deref(), self.mark)?,
            value::risk(&books, &now)?,
            people::operators(&books)?,
            people::open_slashes(&books),
            queue::queue(&books, &now)?,
        ];
        sections.extend(queue::exit_plan(&books, &now)?);
        if let Some(owner) = &self.owner {
            sections.push(queue::tickets(cluster, &books, owner)?);
        }
        sections.push(people::roles(&books.view.lrt));
        sections.push(people::pending(&books));
        sections.push(upgrade::upgrade(cluster)?);
        print(cluster.json, sections)
    }
}

fn print(as_json: bool, sections: Vec<Section>) -> Outcome<()> {
    if as_json {
        let parts = sections.into_iter().flat_map(|section| {
            let own = Some((section.key, section.json));
            [own, section.more].into_iter().flatten()
        });
        let parts = parts.map(|(key, json)| (key.to_owned(), json));
        return print_json(&Value::Object(parts.collect::<Map<_, _>>()));
    }
    for section in sections {
        print_line(&format!("{}\n{}\n", section.title, section.body))?;
    }
    Ok(())
}

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
#[command(
    after_help = "The yield is read between two readings of the program's indices: this one, and the one saved under
~/.cache/lrt (the first `lrt status` saves it) or in the file that --since names. --mark starts a new one."
)]
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
        let parts = sections
            .into_iter()
            .map(|section| (section.key.to_owned(), section.json));
        return print_json(&Value::Object(parts.collect::<Map<_, _>>()));
    }
    for section in sections {
        print_line(&format!("{}\n{}\n", section.title, section.body))?;
    }
    Ok(())
}

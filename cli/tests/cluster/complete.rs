//! Whether every command was run: read from the command line's own tree, so that a new command can not be forgotten.

use clap::{Command, Subcommand};
use lrt_cli::commands::ClusterCommand;
use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
};

/// Commands that something else runs, with the reason.
const ELSEWHERE: [(&str, &str); 3] = [
    (
        "program deploy",
        "`cargo xtask e2e` deploys and upgrades the program",
    ),
    (
        "program set-authority",
        "the authority is that of the whole cluster's program: `cargo xtask e2e`",
    ),
    (
        "program close-buffer",
        "takes a deployment that broke off: `cargo xtask e2e`",
    ),
];

/// The words of every command that has succeeded.
static TRIED: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

fn tree() -> Command {
    ClusterCommand::augment_subcommands(Command::new("lrt"))
}

/// Notes that a command has succeeded.
pub fn tried(args: &[&str]) {
    let (mut at, mut words) = (tree(), Vec::new());
    for word in args {
        let Some(next) = at.find_subcommand(word).cloned() else {
            break;
        };
        words.push(*word);
        at = next;
    }
    let mut tried = TRIED.lock().unwrap_or_else(PoisonError::into_inner);
    tried.insert(words.join(" "));
}

/// Fails with the names of the commands that nothing has run.
pub fn check() {
    let mut leaves = Vec::new();
    leaves_of(&tree(), "", &mut leaves);
    assert!(leaves.len() > 60, "this is not the tree: {leaves:?}");
    let tried = TRIED.lock().unwrap_or_else(PoisonError::into_inner);
    leaves.retain(|leaf| !tried.contains(leaf) && ELSEWHERE.iter().all(|(known, _)| known != leaf));
    assert!(
        leaves.is_empty(),
        "no run of these has succeeded: {leaves:#?}"
    );
}

fn leaves_of(command: &Command, before: &str, leaves: &mut Vec<String>) {
    for sub in command.get_subcommands() {
        let words = format!("{before} {}", sub.get_name());
        let words = words.trim_start();
        match sub.has_subcommands() {
            true => leaves_of(sub, words, leaves),
            false => leaves.push(words.to_owned()),
        }
    }
}

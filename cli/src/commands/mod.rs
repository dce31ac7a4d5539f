//! The commands on a cluster, one file an actor.

mod admin;
mod avs;
mod create;
mod deposit;
mod find;
mod guard;
mod keep;
mod keeper;
mod manage;
mod operator;
mod params;
mod position;
mod program;
mod status;
mod verify;
mod wallet;
mod withdraw;

use crate::cluster::{print_json, print_line, Cluster, ClusterArgs, Outcome};
use crate::scenario::table;
use clap::Subcommand;
use liquid_restaking_sdk::program::state::Lrt;
use serde_json::json;
use std::process::ExitCode;

/// What to do on a cluster.
#[derive(Debug, Subcommand)]
pub enum ClusterCommand {
    /// Collateral in, LRT out, at the current rate.
    Deposit(deposit::Deposit),
    /// Leave at once, against a fee that drips to those who stay.
    Redeem(deposit::Redeem),
    /// Leave through the queue.
    #[command(subcommand)]
    #[command(after_help = "Examples:
  lrt withdraw request 2.5
  lrt withdraw claim --wait")]
    Withdraw(withdraw::Withdraw),
    /// Stake LRT for rewards in other tokens.
    #[command(subcommand)]
    #[command(after_help = "Examples:
  lrt position stake 4
  lrt position claim")]
    Position(position::Position),
    /// What operators do.
    #[command(subcommand)]
    #[command(after_help = "Examples:
  lrt operator register --commission-bps 1000
  lrt operator bond OPERATOR 5 --lrt MINT")]
    Operator(operator::OperatorCommand),
    /// What AVSs do.
    #[command(subcommand)]
    #[command(after_help = "Examples:
  lrt avs show AVS
  lrt avs pay-rewards AVS OPERATOR 1.5")]
    Avs(avs::AvsCommand),
    /// What anyone may do.
    #[command(subcommand)]
    #[command(after_help = "Examples:
  lrt keep settle
  lrt keep execute-slash PROPOSAL")]
    Keep(keep::Keep),
    /// What the LRT's manager does.
    #[command(subcommand)]
    #[command(after_help = "Examples:
  lrt manage delegate OPERATOR 30
  lrt manage allocate OPERATOR AVS 20")]
    Manage(manage::Manage),
    /// What the LRT's admin does, and what anyone may apply of it.
    #[command(subcommand)]
    #[command(after_help = "Examples:
  lrt admin params show
  lrt admin operator-cap set OPERATOR 500")]
    Admin(admin::Admin),
    /// What the LRT's guardian does.
    #[command(subcommand)]
    #[command(after_help = "Examples:
  lrt guard pause deposits
  lrt guard end-avs AVS")]
    Guard(guard::Guard),
    /// Rate, value, yield, risk, the queue, roles, and what waits under the timelock.
    Status(status::Status),
    /// Recompute every invariant from the accounts.
    Verify(verify::Verify),
    /// Do what is due, for ever.
    Keeper(keeper::Keeper),
    /// The LRTs of the program.
    #[command(after_help = "Example:
  lrt list")]
    List,
    /// The program itself: deploy it, compare it, hand over who may upgrade it.
    #[command(subcommand)]
    #[command(after_help = "Example:
  lrt program show")]
    Program(program::Program),
    /// A wallet: make one, what it holds, send it on.
    #[command(subcommand)]
    #[command(after_help = "Examples:
  lrt wallet new
  lrt wallet show")]
    Wallet(wallet::Wallet),
}

/// Runs a command.
///
/// # Errors
/// What is refused, what was asked for in error, and what the cluster does.
pub fn run(args: &ClusterArgs, command: &ClusterCommand) -> Outcome<ExitCode> {
    let cluster = Cluster::open(args)?;
    match command {
        ClusterCommand::Deposit(deposit) => deposit.run(&cluster)?,
        ClusterCommand::Redeem(redeem) => redeem.run(&cluster)?,
        ClusterCommand::Withdraw(withdraw) => withdraw.run(&cluster)?,
        ClusterCommand::Position(position) => position.run(&cluster)?,
        ClusterCommand::Operator(operator) => operator.run(&cluster)?,
        ClusterCommand::Avs(avs) => avs.run(&cluster)?,
        ClusterCommand::Keep(keep) => keep.run(&cluster)?,
        ClusterCommand::Manage(manage) => manage.run(&cluster)?,
        ClusterCommand::Admin(admin) => admin.run(&cluster)?,
        ClusterCommand::Guard(guard) => guard.run(&cluster)?,
        ClusterCommand::Status(status) => status.run(&cluster)?,
        ClusterCommand::Verify(verify) => return verify.run(&cluster),
        ClusterCommand::Keeper(keeper) => keeper.run(&cluster)?,
        ClusterCommand::List => list(&cluster)?,
        ClusterCommand::Program(program) => program.run(&cluster)?,
        ClusterCommand::Wallet(wallet) => wallet.run(&cluster)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn list(cluster: &Cluster) -> Outcome<()> {
    let lrts = cluster.every::<Lrt>()?;
    if lrts.is_empty() {
        cluster.require_program()?;
    }
    if cluster.json {
        let mints = lrts.iter().map(|(_, lrt)| lrt.mint.to_string());
        return print_json(&json!({ "lrts": mints.collect::<Vec<_>>() }));
    }
    let mut rows = table(&["mint", "supply", "admin"]);
    for (_, lrt) in &lrts {
        rows.add_row([
            lrt.mint.to_string(),
            crate::cluster::tokens(lrt.supply, lrt.fixed.decimals),
            lrt.admin.holder.to_string(),
        ]);
    }
    print_line(&rows.to_string())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that can not go on ends")]
mod tests {
    use super::*;
    use clap::{Arg, Args, Command};

    /// Calls with every command and its words, the groups too.
    fn visit(command: &Command, before: &str, what: &mut dyn FnMut(&Command, &str)) {
        for sub in command.get_subcommands() {
            let words = format!("{before} {}", sub.get_name());
            what(sub, &words);
            visit(sub, &words, what);
        }
    }

    fn tree() -> Command {
        ClusterCommand::augment_subcommands(Command::new("lrt"))
    }

    #[test]
    fn every_command_and_group_has_an_example() {
        let (mut bare, mut seen) = (Vec::new(), 0);
        visit(&tree(), "lrt", &mut |command, words| {
            seen += 1;
            let help = command.get_after_help().map(ToString::to_string);
            let has_one = help.is_some_and(|help| {
                let mut lines = help.lines().skip_while(|line| !line.starts_with("Example"));
                lines.any(|line| line.starts_with(&format!("  {words}")))
            });
            if !has_one {
                bare.push(words.to_owned());
            }
        });
        assert!(seen > 75, "this is not the tree: {seen}");
        assert!(bare.is_empty(), "no example in the help of {bare:#?}");
    }

    #[test]
    fn examples_are_what_the_parser_takes() {
        let key = "So11111111111111111111111111111111111111112";
        let mut wrong = Vec::new();
        visit(&tree(), "lrt", &mut |command, _| {
            let help = command.get_after_help().map(ToString::to_string);
            let help = help.unwrap_or_default().replace("\\\n      ", "");
            let examples = help.lines().skip_while(|line| !line.starts_with("Example"));
            for line in examples.skip(1).take_while(|line| !line.is_empty()) {
                let text = line.trim().split("    ").next().unwrap_or_default();
                if !line.starts_with("  lrt ") {
                    continue; // more about the one before
                }
                let words = text.split_whitespace().map(|word| match word {
                    "MINT" | "WALLET" | "OPERATOR" | "AVS" | "TICKET" | "PROPOSAL" | "KEY" => key,
                    word => word,
                });
                let parser = ClusterArgs::augment_args(tree());
                if let Err(error) = parser.try_get_matches_from(words) {
                    wrong.push(format!("{text}: {error}"));
                }
            }
        });
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    #[test]
    fn shares_are_no_more_than_a_whole() {
        let mut open = Vec::new();
        visit(&tree(), "lrt", &mut |command, name| {
            let is_share = |arg: &&Arg| arg.get_id().as_str().ends_with("_bps");
            for arg in command.get_arguments().filter(is_share) {
                let alone = Command::new("lrt").no_binary_name(true).arg(arg.clone());
                let flag = arg.get_long().map(|name| format!("--{name}"));
                let words = flag.into_iter().chain(["10001".to_owned()]);
                let taken = alone.try_get_matches_from(words);
                if taken.is_ok() {
                    open.push(format!("{name} {}", arg.get_id()));
                }
            }
        });
        // The leverage may be more than once.
        open.retain(|arg| !arg.ends_with(" leverage_bps"));
        assert!(open.is_empty(), "{open:#?}");
    }
}

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
    Withdraw(withdraw::Withdraw),
    /// Stake LRT for rewards in other tokens.
    #[command(subcommand)]
    Position(position::Position),
    /// What operators do.
    #[command(subcommand)]
    Operator(operator::OperatorCommand),
    /// What AVSs do.
    #[command(subcommand)]
    Avs(avs::AvsCommand),
    /// What anyone may do.
    #[command(subcommand)]
    Keep(keep::Keep),
    /// What the LRT's manager does.
    #[command(subcommand)]
    Manage(manage::Manage),
    /// What the LRT's admin does, and what anyone may apply of it.
    #[command(subcommand)]
    Admin(admin::Admin),
    /// What the LRT's guardian does.
    #[command(subcommand)]
    Guard(guard::Guard),
    /// Rate, value, yield, risk, the queue, roles, and what waits under the timelock.
    Status(status::Status),
    /// Recompute every invariant from the accounts.
    Verify(verify::Verify),
    /// Do what is due, for ever.
    Keeper(keeper::Keeper),
    /// The LRTs of the program.
    List,
    /// The program itself: deploy it, compare it, hand over who may upgrade it.
    #[command(subcommand)]
    Program(program::Program),
    /// A wallet: make one, what it holds, send it on.
    #[command(subcommand)]
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

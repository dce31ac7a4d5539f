//! `lrt manage`.

use super::find;
use crate::cluster::{parse_pubkey, Amount, Cluster, Outcome, Work};
use clap::{Args, Subcommand};
use liquid_restaking_sdk::{
    anchor_lang::prelude::Pubkey,
    program::state::{Allocation, Delegation},
};

/// What the manager does.
#[derive(Debug, Subcommand)]
pub enum Manage {
    /// Delegate idle collateral to an operator; ALL is what the queue can spare.
    #[command(after_help = "Example:
  lrt manage delegate OPERATOR 30")]
    Delegate(OfOperator),
    /// Move an operator's free stake back to idle; ALL is all that is free.
    #[command(after_help = "Example:
  lrt manage undelegate OPERATOR ALL")]
    Undelegate(OfOperator),
    /// Allocate an operator's stake to an AVS; ALL is what is free.
    #[command(after_help = "Example:
  lrt manage allocate OPERATOR AVS 20")]
    Allocate(OfAllocation),
    /// Take stake back from an AVS; it cools for the exit delay.
    #[command(after_help = "Example:
  lrt manage deallocate OPERATOR AVS ALL")]
    Deallocate(OfAllocation),
}

/// An operator and an amount.
#[derive(Debug, Args)]
pub struct OfOperator {
    /// The operator: its account or base key, or the base key's file.
    #[arg(value_parser = parse_pubkey)]
    operator: Pubkey,
    /// Collateral tokens, or ALL.
    amount: Amount,
}

/// An operator, an AVS and an amount.
#[derive(Debug, Args)]
pub struct OfAllocation {
    /// The operator: its account or base key, or the base key's file.
    #[arg(value_parser = parse_pubkey)]
    operator: Pubkey,
    /// The AVS: its account or base key, or the base key's file.
    #[arg(value_parser = parse_pubkey)]
    avs: Pubkey,
    /// Collateral tokens, or ALL.
    amount: Amount,
}

impl Manage {
    /// Runs the command.
    pub fn run(&self, cluster: &Cluster) -> Outcome<()> {
        let (view, me) = (cluster.pool()?, cluster.me()?);
        let keys = &view.keys;
        let free = |operator: &Pubkey| {
            let delegation: Delegation = cluster.state(&keys.delegation(operator), "delegation")?;
            Ok(delegation.free(view.lrt.params.leverage_bps))
        };
        let work = match self {
            Self::Delegate(of) => {
                let (operator, _) = find::operator(cluster, &of.operator)?;
                let amount = of.amount.units(view.decimals(), || {
                    let now = view.observed()?;
                    let owed = now.lrt.queue_owed_ceil(&now.pool);
                    let owed = owed.map_err(|error| crate::cluster::Trouble::of_rule(&error))?;
                    Ok(now.pool.idle.saturating_sub(owed))
                })?;
                Work::new("manage delegate")
                    .then(keys.delegate(&me, &operator, amount))
                    .tell("delegate", view.tokens(amount))
            }
            Self::Undelegate(of) => {
                let (operator, _) = find::operator(cluster, &of.operator)?;
                let amount = of.amount.units(view.decimals(), || free(&operator))?;
                Work::new("manage undelegate")
                    .then(keys.undelegate(&me, &operator, amount))
                    .tell("undelegate", view.tokens(amount))
            }
            Self::Allocate(of) => {
                let (operator, avs) = of.sides(cluster)?;
                let amount = of.amount.units(view.decimals(), || free(&operator))?;
                Work::new("manage allocate")
                    .then(keys.allocate(&me, &operator, &avs, amount))
                    .tell("allocate", view.tokens(amount))
            }
            Self::Deallocate(of) => {
                let (operator, avs) = of.sides(cluster)?;
                let amount = of.amount.units(view.decimals(), || {
                    let key = keys.allocation(&operator, &avs);
                    let allocation: Allocation = cluster.state(&key, "allocation")?;
                    Ok(allocation.stake.saturating_add(allocation.warming))
                })?;
                Work::new("manage deallocate")
                    .then(keys.deallocate(&me, &operator, &avs, amount))
                    .tell("deallocate", view.tokens(amount))
            }
        };
        cluster.perform(work).map(drop)
    }
}

impl OfAllocation {
    fn sides(&self, cluster: &Cluster) -> Outcome<(Pubkey, Pubkey)> {
        let (operator, _) = find::operator(cluster, &self.operator)?;
        let (avs, _) = find::avs(cluster, &self.avs)?;
        Ok((operator, avs))
    }
}

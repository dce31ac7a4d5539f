//! `lrt admin cap`, `operator-cap` and `avs`: how much, and by whom.

use super::from_when;
use crate::{
    cluster::{self, parse_pubkey, Amount, Cluster, Outcome, Work},
    commands::find,
};
use clap::Subcommand;
use liquid_restaking_sdk::{anchor_lang::prelude::Pubkey, program::state::Delegation};

/// The deposit cap.
#[derive(Debug, Subcommand)]
pub enum CapCommand {
    /// Set it.
    #[command(after_help = "Examples:
  lrt admin cap set 1000
  lrt admin cap set ALL    no cap")]
    Set {
        /// Collateral tokens; ALL: no cap.
        amount: Amount,
    },
    /// Put a higher one in force.
    #[command(after_help = "Example:
  lrt admin cap apply")]
    Apply,
}

/// An operator's cap.
#[derive(Debug, Subcommand)]
pub enum OperatorCapCommand {
    /// Set it.
    #[command(after_help = "Examples:
  lrt admin operator-cap set OPERATOR 500
  lrt admin operator-cap set OPERATOR 0    removes it")]
    Set {
        /// The operator: its account or base key, or the base key's file.
        #[arg(value_parser = parse_pubkey)]
        operator: Pubkey,
        /// Collateral tokens; ALL: no cap; 0: remove.
        amount: Amount,
    },
    /// Put a higher one in force.
    #[command(after_help = "Example:
  lrt admin operator-cap apply OPERATOR")]
    Apply {
        /// The operator: its account or base key, or the base key's file.
        #[arg(value_parser = parse_pubkey)]
        operator: Pubkey,
    },
}

/// An AVS's acceptance.
#[derive(Debug, Subcommand)]
pub enum AvsCap {
    /// Propose to accept what it offers now, with a cap as a share of the pool's assets.
    #[command(after_help = "Example:
  lrt admin avs propose AVS 5000    up to half of the assets")]
    Propose {
        /// The AVS: its account or base key, or the base key's file.
        #[arg(value_parser = parse_pubkey)]
        avs: Pubkey,
        /// The cap: share of the assets, in basis points.
        #[arg(value_parser = clap::value_parser!(u16).range(0..=10_000))]
        cap_bps: u16,
    },
    /// Put the acceptance in force.
    #[command(after_help = "Example:
  lrt admin avs apply AVS")]
    Apply {
        /// The AVS: its account or base key, or the base key's file.
        #[arg(value_parser = parse_pubkey)]
        avs: Pubkey,
    },
    /// Lower the cap at once; 0 removes the AVS.
    #[command(after_help = "Examples:
  lrt admin avs lower AVS 2500
  lrt admin avs lower AVS 0    removes it")]
    Lower {
        /// The AVS: its account or base key, or the base key's file.
        #[arg(value_parser = parse_pubkey)]
        avs: Pubkey,
        /// The cap: share of the assets, in basis points.
        #[arg(value_parser = clap::value_parser!(u16).range(0..=10_000))]
        cap_bps: u16,
    },
}

impl CapCommand {
    /// What is to be sent.
    pub fn work(&self, cluster: &Cluster) -> Outcome<Work> {
        let view = cluster.pool()?;
        Ok(match self {
            Self::Set { amount } => {
                let cap = amount.units(view.decimals(), || Ok(u64::MAX))?;
                let rises = cap > view.pool.deposit_cap.now;
                Work::new("admin cap set")
                    .then(view.keys.set_deposit_cap(&cluster.me()?, cap))
                    .tell("cap", cluster::cap(cap, view.decimals()))
                    .tell("in force", from_when(&view.lrt, view.slot, rises))
            }
            Self::Apply => Work::new("admin cap apply").then(view.keys.apply_deposit_cap()),
        })
    }
}

impl OperatorCapCommand {
    /// What is to be sent.
    pub fn work(&self, cluster: &Cluster) -> Outcome<Work> {
        let view = cluster.pool()?;
        Ok(match self {
            Self::Set { operator, amount } => {
                let (operator, _) = find::operator(cluster, operator)?;
                let cap = amount.units(view.decimals(), || Ok(u64::MAX))?;
                let known = cluster.find_state::<Delegation>(&view.keys.delegation(&operator))?;
                let rises = cap > known.map_or(0, |delegation| delegation.cap.now);
                Work::new("admin operator-cap set")
                    .then(view.keys.set_operator_cap(&cluster.me()?, &operator, cap))
                    .tell("cap", cluster::cap(cap, view.decimals()))
                    .tell("in force", from_when(&view.lrt, view.slot, rises))
            }
            Self::Apply { operator } => {
                let (operator, _) = find::operator(cluster, operator)?;
                Work::new("admin operator-cap apply").then(view.keys.apply_operator_cap(&operator))
            }
        })
    }
}

impl AvsCap {
    /// What is to be sent.
    pub fn work(&self, cluster: &Cluster) -> Outcome<Work> {
        let view = cluster.pool()?;
        Ok(match self {
            Self::Propose { avs, cap_bps } => {
                let (avs, _) = find::avs(cluster, avs)?;
                let propose = view.keys.propose_avs(&cluster.me()?, &avs, *cap_bps);
                Work::new("admin avs propose")
                    .then(propose)
                    .tell("in force", from_when(&view.lrt, view.slot, true))
            }
            Self::Apply { avs } => {
                let (avs, _) = find::avs(cluster, avs)?;
                Work::new("admin avs apply").then(view.keys.apply_avs(&avs))
            }
            Self::Lower { avs, cap_bps } => {
                let (avs, _) = find::avs(cluster, avs)?;
                let lower = view.keys.lower_avs_cap(&cluster.me()?, &avs, *cap_bps);
                Work::new("admin avs lower").then(lower)
            }
        })
    }
}

//! `lrt admin`.

mod book;
mod caps;

use super::{
    create::{AddPool, Create},
    params::{self, ParamFlags},
};
use crate::cluster::{parse_pubkey, Cluster, Outcome, Trouble, Work};
use book::{Existence, StreamCommand};
use caps::{AvsCap, CapCommand, OperatorCapCommand};
use clap::{Subcommand, ValueEnum};
use liquid_restaking_sdk::{
    anchor_lang::prelude::Pubkey,
    program::state::{Lrt, RoleKind},
};

/// What the admin does; `apply` is open to anyone once the timelock is over.
#[derive(Debug, Subcommand)]
pub enum Admin {
    /// Create an LRT.
    Create(Box<Create>),
    /// Add the stake pool of a collateral.
    AddPool(AddPool),
    /// Parameters, under the timelock.
    #[command(subcommand)]
    #[command(after_help = "Examples:
  lrt admin params show
  lrt admin params propose --reward-fee-bps 700")]
    Params(ParamsCommand),
    /// The cap on deposits: lower at once, higher after the timelock.
    #[command(subcommand)]
    #[command(after_help = "Examples:
  lrt admin cap set 1000
  lrt admin cap apply")]
    Cap(CapCommand),
    /// Accept an operator with a cap, or remove it with 0.
    #[command(subcommand)]
    #[command(after_help = "Examples:
  lrt admin operator-cap set OPERATOR 500
  lrt admin operator-cap apply OPERATOR")]
    OperatorCap(OperatorCapCommand),
    /// Accept an AVS, under the timelock.
    #[command(subcommand)]
    #[command(after_help = "Examples:
  lrt admin avs propose AVS 5000
  lrt admin avs apply AVS")]
    Avs(AvsCap),
    /// Hand a role over, in two steps.
    #[command(subcommand)]
    #[command(after_help = "Examples:
  lrt admin role propose manager WALLET
  lrt admin role accept manager --keypair successor.json")]
    Role(RoleCommand),
    /// The reward book: rewards in other tokens.
    #[command(subcommand)]
    #[command(after_help = "Example:
  lrt admin reward-book create")]
    RewardBook(Existence),
    /// A stream of the reward book.
    #[command(subcommand)]
    #[command(after_help = "Example:
  lrt admin stream add 0 MINT 216000")]
    Stream(StreamCommand),
    /// Close a stake pool that nothing depends on any more.
    #[command(after_help = "Example:
  lrt admin close-pool")]
    ClosePool,
    /// Close an LRT without a stake pool.
    #[command(after_help = "Example:
  lrt admin close")]
    Close,
}

/// Parameters.
#[derive(Debug, Subcommand)]
pub enum ParamsCommand {
    /// Propose changes of the parameters in force.
    #[command(after_help = "Example:
  lrt admin params propose --reward-fee-bps 700 --min-settle 0.5")]
    Propose(Box<ParamFlags>),
    /// Take the proposal back.
    #[command(after_help = "Example:
  lrt admin params withdraw")]
    Withdraw,
    /// Put the proposal in force.
    #[command(after_help = "Example:
  lrt admin params apply")]
    Apply,
    /// Show what is in force and what is proposed.
    #[command(after_help = "Example:
  lrt admin params show")]
    Show,
}

/// A handover.
#[derive(Debug, Subcommand)]
pub enum RoleCommand {
    /// Name a successor, as the holder.
    #[command(after_help = "Example:
  lrt admin role propose manager WALLET")]
    Propose {
        /// The role.
        role: RoleName,
        /// The successor; 11111111111111111111111111111111 takes the name back.
        #[arg(value_parser = parse_pubkey)]
        successor: Pubkey,
    },
    /// Accept, as the successor named.
    #[command(after_help = "Example:
  lrt admin role accept manager --keypair successor.json")]
    Accept {
        /// The role.
        role: RoleName,
    },
}

/// The roles.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum RoleName {
    /// Proposes parameters and pools, raises caps.
    Admin,
    /// Delegates and allocates.
    Manager,
    /// Pauses, and ends what must end at once.
    Guardian,
}

impl From<RoleName> for RoleKind {
    fn from(role: RoleName) -> Self {
        match role {
            RoleName::Admin => Self::Admin,
            RoleName::Manager => Self::Manager,
            RoleName::Guardian => Self::Guardian,
        }
    }
}

impl Admin {
    /// Runs the command.
    pub fn run(&self, cluster: &Cluster) -> Outcome<()> {
        let work = match self {
            Self::Create(create) => return create.run(cluster),
            Self::AddPool(add) => return add.run(cluster),
            Self::Params(params) => return params.run(cluster),
            Self::Cap(cap) => cap.work(cluster)?,
            Self::OperatorCap(cap) => cap.work(cluster)?,
            Self::Avs(avs) => avs.work(cluster)?,
            Self::Role(role) => role.work(cluster)?,
            Self::RewardBook(book) => book.work(cluster)?,
            Self::Stream(stream) => stream.work(cluster)?,
            Self::ClosePool => {
                let (view, me) = (cluster.pool()?, cluster.me()?);
                let wallet = view.lrt.params.fee_wallet;
                let close = view
                    .keys
                    .close_stake_pool(&me, &wallet, &view.pool.rent_payer);
                Work::new("admin close-pool")
                    .then_all(view.open_collateral(cluster, &wallet)?)
                    .then(close)
            }
            Self::Close => {
                let (found, me) = (cluster.lrt()?, cluster.me()?);
                let close = found.keys.close_lrt(&me, &found.lrt.rent_payer);
                Work::new("admin close").then(close)
            }
        };
        cluster.perform(work).map(drop)
    }
}

/// When a change is in force: while nobody holds a share, and where it does not wait, at once.
fn from_when(lrt: &Lrt, slot: u64, waits: bool) -> String {
    if !waits || lrt.supply == 0 {
        return "at once".to_owned();
    }
    let ripe = slot.saturating_add(lrt.params.timelock_slots);
    format!("once it is applied, in slot {ripe} or later")
}

impl ParamsCommand {
    fn run(&self, cluster: &Cluster) -> Outcome<()> {
        let work = match self {
            Self::Show => return params::show(cluster),
            Self::Propose(flags) => {
                let (found, me) = (cluster.lrt()?, cluster.me()?);
                let params = flags.over(found.lrt.params, found.lrt.fixed.decimals)?;
                let sound = params.validate(&found.lrt.fixed);
                sound.map_err(|error| Trouble::of_rule(&error))?; // or the note would stand beside a refusal
                params::note(&found.lrt.fixed, &params);
                Work::new("admin params propose")
                    .then(found.keys.propose_params(&me, params))
                    .tell("in force", from_when(&found.lrt, found.slot, true))
            }
            Self::Withdraw => {
                let (keys, me) = (cluster.lrt()?.keys, cluster.me()?);
                Work::new("admin params withdraw").then(keys.withdraw_params(&me))
            }
            Self::Apply => Work::new("admin params apply").then(cluster.lrt()?.keys.apply_params()),
        };
        cluster.perform(work).map(drop)
    }
}

impl RoleCommand {
    fn work(&self, cluster: &Cluster) -> Outcome<Work> {
        let (keys, me) = (cluster.lrt()?.keys, cluster.me()?);
        Ok(match self {
            Self::Propose { role, successor } => Work::new("admin role propose")
                .then(keys.propose_role(&me, (*role).into(), *successor))
                .tell("successor", successor),
            Self::Accept { role } => {
                Work::new("admin role accept").then(keys.accept_role(&me, (*role).into()))
            }
        })
    }
}

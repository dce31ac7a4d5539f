//! `lrt guard`.

use super::find;
use crate::cluster::{parse_pubkey, Cluster, Outcome, Work};
use clap::{Subcommand, ValueEnum};
use liquid_restaking_sdk::{
    anchor_lang::prelude::Pubkey,
    program::{state::Pausable, MAX_PAUSE_SLOTS},
};

/// What the guardian does.
#[derive(Debug, Subcommand)]
pub enum Guard {
    /// Pause deposits or instant exits for a bounded time. Nobody can pause the queue or a claim.
    #[command(after_help = "Examples:
  lrt guard pause deposits
  lrt guard pause instant-exits --slots 9000")]
    Pause {
        /// What to pause.
        what: What,
        /// For how long; the next pause may begin only after three times that.
        #[arg(long, default_value_t = MAX_PAUSE_SLOTS)]
        slots: u64,
    },
    /// End a pause early.
    #[command(after_help = "Example:
  lrt guard unpause deposits")]
    Unpause {
        /// What is paused.
        what: What,
    },
    /// End an AVS at once: it gets no new stake, and anyone may take back what it has.
    #[command(after_help = "Example:
  lrt guard end-avs AVS")]
    EndAvs {
        /// The AVS: its account or base key, or the base key's file.
        #[arg(value_parser = parse_pubkey)]
        avs: Pubkey,
    },
}

/// What can be paused.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum What {
    /// `lrt deposit`.
    Deposits,
    /// `lrt redeem`.
    InstantExits,
}

impl From<What> for Pausable {
    fn from(what: What) -> Self {
        match what {
            What::Deposits => Self::Deposits,
            What::InstantExits => Self::InstantExits,
        }
    }
}

impl Guard {
    /// Runs the command.
    pub fn run(&self, cluster: &Cluster) -> Outcome<()> {
        let me = cluster.me()?;
        let work = match self {
            Self::Pause { what, slots } => {
                let keys = cluster.lrt()?.keys;
                Work::new("guard pause")
                    .then(keys.set_pause(&me, (*what).into(), Some(*slots)))
                    .tell("slots", slots)
            }
            Self::Unpause { what } => {
                let keys = cluster.lrt()?.keys;
                Work::new("guard unpause").then(keys.set_pause(&me, (*what).into(), None))
            }
            Self::EndAvs { avs } => {
                let view = cluster.pool()?;
                let (avs, _) = find::avs(cluster, avs)?;
                Work::new("guard end-avs").then(view.keys.end_avs(&me, &avs))
            }
        };
        cluster.perform(work).map(drop)
    }
}

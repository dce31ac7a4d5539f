//! What a scenario file says, once it has been checked.

use liquid_restaking_sdk::program::state::{FixedParams, Params};

/// A checked scenario.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// The LRT.
    pub setup: Setup,
    /// Users and the collateral they start with, in the file's order.
    pub users: Vec<(String, u64)>,
    /// What happens.
    pub steps: Vec<Step>,
}

/// Parameters of the LRT, inside the program's bounds. The fee wallet is the runner's.
#[derive(Debug, Clone, Copy)]
pub struct Setup {
    /// Fixed at creation.
    pub fixed: FixedParams,
    /// What can change.
    pub params: Params,
}

/// One step.
#[derive(Debug, Clone)]
pub struct Step {
    /// What is done.
    pub op: Op,
    /// Who signs in the place of whom it should be.
    pub signed_as: Option<String>,
}

/// What `pause` pauses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paused {
    /// Deposits.
    Deposit,
    /// Instant exits.
    Instant,
}

/// Every operation; amounts in base units. The names are the file's.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub enum Op {
    Deposit {
        user: String,
        amount: u64,
        min_shares: u64,
    },
    RequestWithdraw {
        user: String,
        shares: u64,
        ticket: String,
    },
    Settle,
    Claim {
        ticket: String,
    },
    Cancel {
        ticket: String,
    },
    TransferTicket {
        ticket: String,
        to: String,
    },
    RedeemInstant {
        user: String,
        shares: u64,
        min_assets: u64,
    },
    Donate {
        amount: u64,
    },
    BurnLrt {
        user: String,
        shares: u64,
    },
    Sweep,
    Accrue,
    Collect,
    Pause {
        what: Vec<Paused>,
        slots: u64,
    },
    Warp {
        slots: u64,
    },
}

impl Op {
    /// The operation's name in a file.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Deposit { .. } => "deposit",
            Self::RequestWithdraw { .. } => "request_withdraw",
            Self::Settle => "settle",
            Self::Claim { .. } => "claim",
            Self::Cancel { .. } => "cancel",
            Self::TransferTicket { .. } => "transfer_ticket",
            Self::RedeemInstant { .. } => "redeem_instant",
            Self::Donate { .. } => "donate",
            Self::BurnLrt { .. } => "burn_lrt",
            Self::Sweep => "sweep",
            Self::Accrue => "accrue",
            Self::Collect => "collect",
            Self::Pause { .. } => "pause",
            Self::Warp { .. } => "warp",
        }
    }
}

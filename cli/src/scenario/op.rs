//! The operations of a scenario.

use liquid_restaking_sdk::program::state::AvsTerms;
use serde_json::{json, Value};

/// Where slashed tokens go when no user gets them.
pub const BURN: &str = "burn";

/// What `pause` pauses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paused {
    /// Deposits.
    Deposit,
    /// Instant exits.
    Instant,
}

impl Paused {
    /// Its name in a file.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Deposit => "deposit",
            Self::Instant => "instant",
        }
    }
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
    Operator {
        name: String,
        commission_bps: u16,
    },
    Avs {
        name: String,
        terms: AvsTerms,
        cap_bps: u16,
        /// A user; `None`: what is slashed is burned.
        destination: Option<String>,
    },
    OptIn {
        operator: String,
        avs: String,
    },
    OptOut {
        operator: String,
        avs: String,
    },
    Bond {
        operator: String,
        amount: u64,
    },
    WithdrawBond {
        operator: String,
        amount: u64,
    },
    Delegate {
        operator: String,
        amount: u64,
    },
    Undelegate {
        operator: String,
        amount: u64,
    },
    Allocate {
        operator: String,
        avs: String,
        amount: u64,
    },
    Deallocate {
        operator: String,
        avs: String,
        amount: u64,
    },
    Release {
        operator: String,
        avs: String,
    },
    Retire {
        operator: String,
    },
    ForceExit {
        operator: String,
    },
}

impl Op {
    /// The operation as a file's step.
    pub fn to_json(&self) -> Value {
        let mut step = match self {
            Self::Deposit {
                user,
                amount,
                min_shares,
            } => {
                json!({"user": user, "amount": amount, "min_shares": min_shares})
            }
            Self::RequestWithdraw {
                user,
                shares,
                ticket,
            } => {
                json!({"user": user, "shares": shares, "ticket": ticket})
            }
            Self::Claim { ticket } | Self::Cancel { ticket } => json!({"ticket": ticket}),
            Self::TransferTicket { ticket, to } => json!({"ticket": ticket, "to": to}),
            Self::RedeemInstant {
                user,
                shares,
                min_assets,
            } => {
                json!({"user": user, "shares": shares, "min_assets": min_assets})
            }
            Self::Donate { amount } => json!({"amount": amount}),
            Self::BurnLrt { user, shares } => json!({"user": user, "shares": shares}),
            Self::Pause { what, slots } => {
                let what: Vec<_> = what.iter().map(Paused::name).collect();
                json!({"what": what, "slots": slots})
            }
            Self::Warp { slots } => json!({"slots": slots}),
            Self::Settle | Self::Sweep | Self::Accrue | Self::Collect => json!({}),
            Self::Operator {
                name,
                commission_bps,
            } => json!({"name": name, "commission_bps": commission_bps}),
            Self::Avs {
                name,
                terms,
                cap_bps,
                destination,
            } => json!({
                "name": name,
                "veto_slots": terms.veto_window,
                "execute_slots": terms.execution_window,
                "exit_delay": terms.exit_delay,
                "slash_cap_bps": terms.slash_cap_bps,
                "slash_window": terms.slash_window,
                "cap_bps": cap_bps,
                "destination": destination.as_deref().unwrap_or(BURN),
            }),
            Self::Bond { operator, amount }
            | Self::WithdrawBond { operator, amount }
            | Self::Delegate { operator, amount }
            | Self::Undelegate { operator, amount } => {
                json!({"operator": operator, "amount": amount})
            }
            Self::Allocate {
                operator,
                avs,
                amount,
            }
            | Self::Deallocate {
                operator,
                avs,
                amount,
            } => json!({"operator": operator, "avs": avs, "amount": amount}),
            Self::OptIn { operator, avs }
            | Self::OptOut { operator, avs }
            | Self::Release { operator, avs } => json!({"operator": operator, "avs": avs}),
            Self::Retire { operator } | Self::ForceExit { operator } => {
                json!({"operator": operator})
            }
        };
        step["op"] = self.name().into();
        step
    }

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
            Self::Operator { .. } => "operator",
            Self::Avs { .. } => "avs",
            Self::OptIn { .. } => "opt_in",
            Self::OptOut { .. } => "opt_out",
            Self::Bond { .. } => "bond",
            Self::WithdrawBond { .. } => "withdraw_bond",
            Self::Delegate { .. } => "delegate",
            Self::Undelegate { .. } => "undelegate",
            Self::Allocate { .. } => "allocate",
            Self::Deallocate { .. } => "deallocate",
            Self::Release { .. } => "release",
            Self::Retire { .. } => "retire",
            Self::ForceExit { .. } => "force_exit",
        }
    }
}

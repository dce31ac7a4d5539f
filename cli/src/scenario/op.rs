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

/// Who pays a reward.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RewardPayer {
    /// The AVS's authority: it counts as the AVS's yield.
    Avs,
    /// Anyone else: it counts as nobody's.
    Stranger,
}

impl RewardPayer {
    /// Its name in a file.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Avs => "avs",
            Self::Stranger => "stranger",
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
    Rewards {
        operator: String,
        avs: String,
        amount: u64,
        payer: RewardPayer,
    },
    Stream {
        name: String,
        decimals: u8,
        amount: u64,
        slots: u64,
    },
    StakePosition {
        user: String,
        shares: u64,
    },
    UnstakePosition {
        user: String,
        shares: u64,
    },
    ClaimStream {
        user: String,
        stream: String,
    },
    ProposeSlash {
        operator: String,
        avs: String,
        amount: u64,
    },
    VetoSlash {
        operator: String,
        avs: String,
    },
    ExecuteSlash {
        operator: String,
        avs: String,
    },
    ExpireSlash {
        operator: String,
        avs: String,
    },
    EndAvs {
        avs: String,
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
            Self::BurnLrt { user, shares }
            | Self::StakePosition { user, shares }
            | Self::UnstakePosition { user, shares } => json!({"user": user, "shares": shares}),
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
            }
            | Self::ProposeSlash {
                operator,
                avs,
                amount,
            } => json!({"operator": operator, "avs": avs, "amount": amount}),
            Self::OptIn { operator, avs }
            | Self::OptOut { operator, avs }
            | Self::Release { operator, avs }
            | Self::VetoSlash { operator, avs }
            | Self::ExecuteSlash { operator, avs }
            | Self::ExpireSlash { operator, avs } => json!({"operator": operator, "avs": avs}),
            Self::Retire { operator } | Self::ForceExit { operator } => {
                json!({"operator": operator})
            }
            Self::Rewards {
                operator,
                avs,
                amount,
                payer,
            } => {
                json!({"operator": operator, "avs": avs, "amount": amount, "signed": payer.name()})
            }
            Self::Stream {
                name,
                decimals,
                amount,
                slots,
            } => json!({"name": name, "decimals": decimals, "amount": amount, "slots": slots}),
            Self::ClaimStream { user, stream } => json!({"user": user, "stream": stream}),
            Self::EndAvs { avs } => json!({"avs": avs}),
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
            Self::Rewards { .. } => "rewards",
            Self::Stream { .. } => "stream",
            Self::StakePosition { .. } => "stake_position",
            Self::UnstakePosition { .. } => "unstake_position",
            Self::ClaimStream { .. } => "claim_stream",
            Self::ProposeSlash { .. } => "propose_slash",
            Self::VetoSlash { .. } => "veto_slash",
            Self::ExecuteSlash { .. } => "execute_slash",
            Self::ExpireSlash { .. } => "expire_slash",
            Self::EndAvs { .. } => "end_avs",
        }
    }
}

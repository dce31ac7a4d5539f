//! The lines that a run prints.

use serde::Serialize;
use serde_json::{Map, Value};

/// One step's line. Amounts are what an `accrue` in the line's slot would leave.
#[derive(Debug, Clone, Serialize)]
pub struct Line {
    /// Number of the step, from 1.
    pub step: u64,
    /// Its operation.
    pub op: &'static str,
    /// Whether the program accepted it.
    pub ok: bool,
    /// Name of the error, if not.
    pub error: Option<String>,
    /// Compute units of the step's transactions.
    pub compute_units: u64,
    /// The slot it ran in.
    pub slot: u64,
    /// The LRT.
    pub lrt: LrtLine,
    /// Its stake pool.
    pub pool: PoolLine,
    /// By name.
    pub users: Map<String, Value>,
    /// By name; closed ones are left out.
    pub tickets: Map<String, Value>,
    /// By name; those whose delegation is closed are left out.
    pub operators: Map<String, Value>,
    /// By "operator/avs", as they are stored; closed ones are left out.
    pub allocations: Map<String, Value>,
}

/// The LRT, in its own unit.
#[derive(Debug, Clone, Copy, Serialize)]
#[allow(missing_docs)]
pub struct LrtLine {
    pub supply: u64,
    pub nav: u64,
    pub disputed: u64,
    pub fee_shares: u64,
}

/// The stake pool, in collateral units.
#[derive(Debug, Clone, Copy, Serialize)]
#[allow(missing_docs)]
pub struct PoolLine {
    pub idle: u64,
    pub delegated: u64,
    pub drip: u64,
    pub claimable: u64,
    pub bonds: u64,
    pub fees_owed: u64,
    pub operators_owed: u64,
    pub vault_balance: u64,
}

/// A user's tokens.
#[derive(Debug, Clone, Copy, Serialize)]
#[allow(missing_docs)]
pub struct UserLine {
    pub collateral: u64,
    pub lrt: u64,
}

/// An open ticket.
#[derive(Debug, Clone, Serialize)]
#[allow(missing_docs)]
pub struct TicketLine {
    pub owner: String,
    pub batch: u64,
    pub shares: u64,
    pub claimed: u64,
}

/// An operator's place in the stake pool, in collateral units.
#[derive(Debug, Clone, Copy, Serialize)]
#[allow(missing_docs)]
pub struct OperatorLine {
    pub active: u64,
    /// All of it, cooling included.
    pub bond: u64,
    pub owed: u64,
}

/// An operator's stake that an AVS counts on, in collateral units.
#[derive(Debug, Clone, Copy, Serialize)]
#[allow(missing_docs)]
pub struct AllocationLine {
    pub stake: u64,
    pub warming: u64,
    /// All of it, what only a dispute holds back included.
    pub cooling: u64,
    pub disputed: u64,
}

/// The run as a whole.
#[derive(Debug, Clone, Serialize)]
pub struct Summary {
    /// Steps that ran.
    pub steps: u64,
    /// Of these, refused by the program.
    pub failed: u64,
    /// `"held"`, or what broke.
    pub invariants: Value,
}

impl Summary {
    /// Sums up a run.
    pub fn new(steps: u64, failed: u64, broken: &[String]) -> Self {
        let invariants = if broken.is_empty() {
            Value::from("held")
        } else {
            Value::from(broken)
        };
        Self {
            steps,
            failed,
            invariants,
        }
    }

    /// Whether every invariant held.
    pub fn held(&self) -> bool {
        self.invariants.is_string()
    }
}

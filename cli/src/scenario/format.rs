//! What a scenario file says, once it has been checked.

use super::op::Op;
use liquid_restaking_sdk::program::state::{FixedParams, Params};
use serde_json::{json, Value};

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

impl Setup {
    /// What a person should know about these parameters although they are allowed.
    pub fn note(&self) -> Option<String> {
        let (drip, epoch) = (self.params.drip_slots, self.fixed.epoch_length);
        let epochs = self.params.cooldown_epochs.saturating_add(1);
        let exit = epochs.saturating_mul(epoch);
        (drip < exit).then(|| {
            format!(
                "rewards drip over {drip} slots, less than the {exit} slots of cooldown + 1 epochs that an exit may take: who deposits just after a reward and leaves by the queue has a share in all of it"
            )
        })
    }
}

impl Scenario {
    /// The scenario as a file's content: what [`super::parse`] reads back.
    pub fn to_json(&self) -> Value {
        let Setup { fixed, params } = &self.setup;
        let users: serde_json::Map<String, Value> = self
            .users
            .iter()
            .map(|(name, amount)| (name.clone(), Value::from(*amount)))
            .collect();
        let steps: Vec<Value> = self.steps.iter().map(Step::to_json).collect();
        json!({
            "params": {
                "decimals": fixed.decimals,
                "epoch_length": fixed.epoch_length,
                "max_exit_delay": fixed.max_exit_delay,
                "cooldown_epochs": params.cooldown_epochs,
                "timelock_slots": params.timelock_slots,
                "grace_slots": params.grace_slots,
                "warmup_slots": params.warmup_slots,
                "drip_slots": params.drip_slots,
                "leverage_bps": params.leverage_bps,
                "bond_multiple": params.bond_multiple,
                "dispute_tolerance_bps": params.dispute_tolerance_bps,
                "instant_limit_bps": params.instant_limit_bps,
                "min_settle": params.min_settle,
                "min_reward": params.min_reward,
                "min_slash": params.min_slash,
                "fees": {
                    "deposit_bps": params.deposit_fee_bps,
                    "withdraw_bps": params.withdrawal_fee_bps,
                    "instant_bps": params.instant_fee_bps,
                    "reward_bps": params.reward_fee_bps,
                },
            },
            "users": users,
            "steps": steps,
        })
    }
}

impl Step {
    /// The step as an object of a file.
    pub fn to_json(&self) -> Value {
        let mut step = self.op.to_json();
        if let Some(name) = &self.signed_as {
            step["as"] = name.as_str().into();
        }
        step
    }
}

/// One step.
#[derive(Debug, Clone)]
pub struct Step {
    /// What is done.
    pub op: Op,
    /// Who signs in the place of whom it should be.
    pub signed_as: Option<String>,
}

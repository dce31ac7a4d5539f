//! Parameters as flags, and the ones a new LRT gets where none are given.

use crate::{
    cluster::{parse_pubkey, print_json, print_line, tokens, Amount, Cluster, Outcome, Trouble},
    scenario::{table, Setup},
};
use clap::Args;
use liquid_restaking_sdk::{
    anchor_lang::prelude::Pubkey,
    program::state::{FixedParams, Params},
};
use serde_json::{json, Map};

/// Every parameter; what is not given stays, or is a default.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Parameters")]
pub struct ParamFlags {
    /// Owner of the token accounts that fees are paid to.
    #[arg(long, value_parser = parse_pubkey)]
    fee_wallet: Option<Pubkey>,
    /// Whole epochs that a batch waits after its own.
    #[arg(long, value_name = "EPOCHS")]
    cooldown_epochs: Option<u64>,
    /// Slots between proposing a change and applying it.
    #[arg(long, value_name = "SLOTS")]
    timelock: Option<u64>,
    /// Slots past its due slot after which a batch entitles anyone to force stake out.
    #[arg(long, value_name = "SLOTS")]
    grace: Option<u64>,
    /// Slots that newly allocated stake warms.
    #[arg(long, value_name = "SLOTS")]
    warmup: Option<u64>,
    /// Slots over which a reward drips.
    #[arg(long, value_name = "SLOTS")]
    drip: Option<u64>,
    /// Slots that an operator's bond cools.
    #[arg(long, value_name = "SLOTS")]
    bond_cooldown: Option<u64>,
    /// Least value of a partial settlement, in tokens.
    #[arg(long, value_name = "AMOUNT")]
    min_settle: Option<Amount>,
    /// Least reward, in tokens.
    #[arg(long, value_name = "AMOUNT")]
    min_reward: Option<Amount>,
    /// Least slash, in tokens.
    #[arg(long, value_name = "AMOUNT")]
    min_slash: Option<Amount>,
    /// How often the same stake may be pledged: 10000 is once.
    #[arg(long, value_name = "BPS")]
    leverage_bps: Option<u16>,
    /// An operator's stake is at most this multiple of its bond; 0: no bond is asked.
    #[arg(long, value_name = "TIMES")]
    bond_multiple: Option<u16>,
    /// Share of nav that may be disputed and uncovered while settlement goes on.
    #[arg(long, value_name = "BPS", value_parser = clap::value_parser!(u16).range(0..=10_000))]
    dispute_tolerance_bps: Option<u16>,
    /// Share of nav that instant exits may take in one epoch.
    #[arg(long, value_name = "BPS", value_parser = clap::value_parser!(u16).range(0..=10_000))]
    instant_limit_bps: Option<u16>,
    /// Fee on deposits.
    #[arg(long, value_name = "BPS", value_parser = clap::value_parser!(u16).range(0..=10_000))]
    deposit_fee_bps: Option<u16>,
    /// Fee on withdrawal requests.
    #[arg(long, value_name = "BPS", value_parser = clap::value_parser!(u16).range(0..=10_000))]
    withdrawal_fee_bps: Option<u16>,
    /// Fee on instant exits.
    #[arg(long, value_name = "BPS", value_parser = clap::value_parser!(u16).range(0..=10_000))]
    instant_fee_bps: Option<u16>,
    /// Fee on rewards, after the operator's commission.
    #[arg(long, value_name = "BPS", value_parser = clap::value_parser!(u16).range(0..=10_000))]
    reward_fee_bps: Option<u16>,
}

impl ParamFlags {
    /// `old` with what the flags change.
    ///
    /// # Errors
    /// When an amount has too many decimals.
    pub fn over(&self, old: Params, decimals: u8) -> Outcome<Params> {
        let amount = |new: &Option<Amount>, old: u64| match new {
            Some(new) => new.exact_units(decimals),
            None => Ok(old),
        };
        Ok(Params {
            fee_wallet: self.fee_wallet.unwrap_or(old.fee_wallet),
            cooldown_epochs: self.cooldown_epochs.unwrap_or(old.cooldown_epochs),
            timelock_slots: self.timelock.unwrap_or(old.timelock_slots),
            grace_slots: self.grace.unwrap_or(old.grace_slots),
            warmup_slots: self.warmup.unwrap_or(old.warmup_slots),
            drip_slots: self.drip.unwrap_or(old.drip_slots),
            bond_cooldown_slots: self.bond_cooldown.unwrap_or(old.bond_cooldown_slots),
            min_settle: amount(&self.min_settle, old.min_settle)?,
            min_reward: amount(&self.min_reward, old.min_reward)?,
            min_slash: amount(&self.min_slash, old.min_slash)?,
            leverage_bps: self.leverage_bps.unwrap_or(old.leverage_bps),
            bond_multiple: self.bond_multiple.unwrap_or(old.bond_multiple),
            dispute_tolerance_bps: self
                .dispute_tolerance_bps
                .unwrap_or(old.dispute_tolerance_bps),
            instant_limit_bps: self.instant_limit_bps.unwrap_or(old.instant_limit_bps),
            deposit_fee_bps: self.deposit_fee_bps.unwrap_or(old.deposit_fee_bps),
            withdrawal_fee_bps: self.withdrawal_fee_bps.unwrap_or(old.withdrawal_fee_bps),
            instant_fee_bps: self.instant_fee_bps.unwrap_or(old.instant_fee_bps),
            reward_fee_bps: self.reward_fee_bps.unwrap_or(old.reward_fee_bps),
        })
    }

    /// Those of a new LRT: the flags over the defaults, the shortest timelock and bond cooldown that the bounds allow
    /// where none are given.
    ///
    /// # Errors
    /// When an amount has too many decimals, or a parameter is out of its bounds.
    pub fn of_new(&self, fixed: &FixedParams, fee_wallet: Pubkey) -> Outcome<Params> {
        let rule = |error| Trouble::of_rule(&error);
        let whole = fixed.whole_token();
        let part = |divisor: u64| whole.checked_div(divisor).unwrap_or(0);
        let defaults = Params {
            fee_wallet,
            cooldown_epochs: 1,
            grace_slots: fixed.epoch_length,
            bond_cooldown_slots: fixed.longest_exit().map_err(rule)?,
            min_settle: part(100),
            min_reward: part(1_000),
            min_slash: part(1_000),
            leverage_bps: 10_000,
            dispute_tolerance_bps: 10,
            instant_limit_bps: 500,
            instant_fee_bps: 30,
            reward_fee_bps: 500,
            ..Params::default()
        };
        let mut params = self.over(defaults, fixed.decimals)?;
        if self.timelock.is_none() {
            params.timelock_slots = params.least_timelock(fixed).map_err(rule)?;
        }
        if self.drip.is_none() {
            params.drip_slots = params.default_drip(fixed).map_err(rule)?;
        }
        params.validate(fixed).map_err(rule)?;
        note(fixed, &params);
        Ok(params)
    }
}

/// Says what a person should know about parameters although they are allowed.
pub fn note(fixed: &FixedParams, params: &Params) {
    let setup = Setup {
        fixed: *fixed,
        params: *params,
    };
    if let Some(note) = setup.note() {
        eprintln!("lrt: note: {note}");
    }
}

/// Shows what is in force and what is proposed.
///
/// # Errors
/// When there is no such LRT.
pub fn show(cluster: &Cluster) -> Outcome<()> {
    let lrt = cluster.lrt()?.lrt;
    let decimals = lrt.fixed.decimals;
    let pending = lrt.pending_params;
    let is_pending = pending.timelock.is_pending();
    let proposed = |params: &Params| described(params, decimals);
    if cluster.json {
        let object = |rows: Vec<(&str, String)>| {
            let fields = rows.into_iter();
            fields
                .map(|(name, value)| (name.to_owned(), json!(value)))
                .collect::<Map<_, _>>()
        };
        return print_json(&json!({
            "epoch_length": lrt.fixed.epoch_length,
            "max_exit_delay": lrt.fixed.max_exit_delay,
            "decimals": decimals,
            "in_force": object(proposed(&lrt.params)),
            "proposed": is_pending.then(|| object(proposed(&pending.params))),
            "ripe_slot": is_pending.then_some(pending.timelock.ripe_slot),
            "lapse_slot": is_pending.then_some(pending.timelock.lapse_slot),
        }));
    }
    let mut rows = table(&["parameter", "in force", "proposed"]);
    rows.add_row([
        "epoch length, fixed",
        &lrt.fixed.epoch_length.to_string(),
        "",
    ]);
    rows.add_row([
        "max exit delay, fixed",
        &lrt.fixed.max_exit_delay.to_string(),
        "",
    ]);
    rows.add_row(["decimals, fixed", &decimals.to_string(), ""]);
    let new = proposed(&pending.params);
    for ((name, old), (_, new)) in proposed(&lrt.params).iter().zip(&new) {
        let change = if is_pending && new != old { new } else { "" };
        rows.add_row([name, old.as_str(), change]);
    }
    print_line(&rows.to_string())?;
    match is_pending {
        true => print_line(&format!(
            "the proposal may be applied from slot {} until before slot {}",
            pending.timelock.ripe_slot, pending.timelock.lapse_slot
        )),
        false => Ok(()),
    }
}

/// Parameters by name, under the names of the flags.
fn described(params: &Params, decimals: u8) -> Vec<(&'static str, String)> {
    let amount = |units: u64| tokens(units, decimals);
    let Params {
        fee_wallet,
        cooldown_epochs,
        timelock_slots,
        grace_slots,
        warmup_slots,
        drip_slots,
        bond_cooldown_slots,
        min_settle,
        min_reward,
        min_slash,
        leverage_bps,
        bond_multiple,
        dispute_tolerance_bps,
        instant_limit_bps,
        deposit_fee_bps,
        withdrawal_fee_bps,
        instant_fee_bps,
        reward_fee_bps,
    } = params;
    vec![
        ("fee-wallet", fee_wallet.to_string()),
        ("cooldown-epochs", cooldown_epochs.to_string()),
        ("timelock", timelock_slots.to_string()),
        ("grace", grace_slots.to_string()),
        ("warmup", warmup_slots.to_string()),
        ("drip", drip_slots.to_string()),
        ("bond-cooldown", bond_cooldown_slots.to_string()),
        ("min-settle", amount(*min_settle)),
        ("min-reward", amount(*min_reward)),
        ("min-slash", amount(*min_slash)),
        ("leverage-bps", leverage_bps.to_string()),
        ("bond-multiple", bond_multiple.to_string()),
        ("dispute-tolerance-bps", dispute_tolerance_bps.to_string()),
        ("instant-limit-bps", instant_limit_bps.to_string()),
        ("deposit-fee-bps", deposit_fee_bps.to_string()),
        ("withdrawal-fee-bps", withdrawal_fee_bps.to_string()),
        ("instant-fee-bps", instant_fee_bps.to_string()),
        ("reward-fee-bps", reward_fee_bps.to_string()),
    ]
}

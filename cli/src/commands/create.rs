//! `lrt admin create` and `lrt admin add-pool`.

use super::params::ParamFlags;
use crate::cluster::{parse_pubkey, read_or_new_keypair, Amount, Cluster, Outcome, Work};
use clap::Args;
use liquid_restaking_sdk::{
    anchor_lang::prelude::Pubkey,
    program::{instructions::CreateLrtArgs, state::FixedParams, SLOTS_PER_DAY},
    PoolKeys,
};
use solana_signer::Signer;
use std::path::PathBuf;

/// A new LRT; the wallet becomes its admin.
#[derive(Debug, Args)]
#[command(after_help = "Example:
  lrt admin create --collateral So11111111111111111111111111111111111111112 --manager KEY --guardian KEY

Creates the LRT, its mint and the stake pool of the collateral in one transaction, and prints the mint.
`lrt admin params show` shows all parameters.")]
pub struct Create {
    /// Mint of the collateral, whose stake pool is added at once [default: none yet].
    #[arg(long, value_name = "MINT", value_parser = parse_pubkey)]
    collateral: Option<Pubkey>,
    /// Decimals of the LRT and of its collateral [default: the collateral's].
    #[arg(long)]
    decimals: Option<u8>,
    /// No deposit may raise the assets above it; ALL: no cap.
    #[arg(long, value_name = "AMOUNT", default_value = "ALL")]
    deposit_cap: Amount,
    /// Accept a collateral that can be frozen.
    #[arg(long)]
    allow_freeze: bool,
    /// Delegates and allocates [default: the wallet].
    #[arg(long, value_parser = parse_pubkey)]
    manager: Option<Pubkey>,
    /// Pauses, and ends what must end at once [default: the wallet].
    #[arg(long, value_parser = parse_pubkey)]
    guardian: Option<Pubkey>,
    /// Slots of one epoch, for ever.
    #[arg(long, value_name = "SLOTS", default_value_t = SLOTS_PER_DAY)]
    epoch_length: u64,
    /// Longest exit delay that any AVS may have, in slots, for ever.
    #[arg(long, value_name = "SLOTS", default_value_t = 7 * SLOTS_PER_DAY)]
    max_exit_delay: u64,
    /// Keypair of the LRT's mint [default: a fresh one].
    #[arg(long, value_name = "KEYPAIR")]
    mint: Option<PathBuf>,
    #[command(flatten)]
    params: ParamFlags,
}

/// The stake pool of a collateral.
#[derive(Debug, Args)]
#[command(after_help = "Example:
  lrt admin add-pool So11111111111111111111111111111111111111112 --deposit-cap 1000")]
pub struct AddPool {
    /// Mint of the collateral.
    #[arg(value_parser = parse_pubkey)]
    collateral: Pubkey,
    /// No deposit may raise the assets above it; ALL: no cap.
    #[arg(long, value_name = "AMOUNT", default_value = "ALL")]
    deposit_cap: Amount,
    /// Accept a collateral that can be frozen.
    #[arg(long)]
    allow_freeze: bool,
}

impl Create {
    /// Runs the command.
    pub fn run(&self, cluster: &Cluster) -> Outcome<()> {
        let me = cluster.me()?;
        let collateral = self.collateral.map(|key| cluster.mint(&key)).transpose()?;
        let decimals = match (self.decimals, &collateral) {
            (Some(decimals), _) => decimals,
            (None, Some(mint)) => mint.decimals,
            (None, None) => 9,
        };
        let fixed = FixedParams {
            epoch_length: self.epoch_length,
            max_exit_delay: self.max_exit_delay,
            decimals,
            ..FixedParams::default()
        };
        let args = CreateLrtArgs {
            manager: self.manager.unwrap_or(me),
            guardian: self.guardian.unwrap_or(me),
            fixed,
            params: self.params.of_new(&fixed, me)?,
        };
        let mint = read_or_new_keypair(self.mint.as_ref())?;
        let (key, program) = collateral
            .map(|mint| (mint.key, mint.program))
            .unwrap_or_default();
        let keys = PoolKeys::derive(mint.pubkey(), key, program);
        let mut work = Work::new("admin create")
            .then(keys.create_lrt(&me, &me, args))
            .tell("lrt", mint.pubkey())
            .tell("account", keys.lrt);
        if collateral.is_some() {
            let cap = self.deposit_cap.units(decimals, || Ok(u64::MAX))?;
            work = work
                .then(keys.add_stake_pool(&me, &me, cap, self.allow_freeze))
                .tell("stake pool", keys.stake_pool);
        }
        cluster.perform(work.signed_by(mint)).map(drop)
    }
}

impl AddPool {
    /// Runs the command.
    pub fn run(&self, cluster: &Cluster) -> Outcome<()> {
        let (found, me) = (cluster.lrt()?, cluster.me()?);
        let mint = cluster.mint(&self.collateral)?;
        let keys = PoolKeys::derive(found.keys.lrt_mint, mint.key, mint.program);
        let cap = self.deposit_cap.units(mint.decimals, || Ok(u64::MAX))?;
        let work = Work::new("admin add-pool")
            .then(keys.add_stake_pool(&me, &me, cap, self.allow_freeze))
            .tell("stake pool", keys.stake_pool);
        cluster.perform(work).map(drop)
    }
}

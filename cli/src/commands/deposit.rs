//! `lrt deposit` and `lrt redeem`.

use crate::cluster::{
    tokens, unwrap, wrap, Amount, Cluster, Outcome, PoolView, TokenMint, Trouble, Work,
};
use clap::Args;
use liquid_restaking_sdk::{anchor_lang::prelude::Pubkey, Instruction, NATIVE_MINT};

/// Basis points of a whole.
const BPS: u64 = 10_000;

/// Collateral in, LRT out.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  lrt deposit 1.5 --lrt MINT
  lrt deposit 1.5 --lrt MINT --dry-run

Where the collateral is wrapped SOL, SOL of the wallet is wrapped as needed; ALL is only what is wrapped already.")]
pub struct Deposit {
    /// Collateral tokens, or ALL: all that the wallet has in its associated account.
    amount: Amount,
    /// Least LRT to receive [default: what is quoted now, less --slippage-bps].
    #[arg(long, value_name = "AMOUNT")]
    min_shares: Option<Amount>,
    /// By how much the rate may worsen until the transaction lands.
    #[arg(long, value_name = "BPS", default_value_t = 50, value_parser = clap::value_parser!(u16).range(0..=10_000))]
    slippage_bps: u16,
}

/// LRT in, collateral out, at once.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  lrt redeem 1 --dry-run
  lrt redeem 1 --unwrap")]
pub struct Redeem {
    /// LRT, or ALL.
    amount: Amount,
    /// Least collateral to receive [default: what is quoted now, less --slippage-bps].
    #[arg(long, value_name = "AMOUNT")]
    min_assets: Option<Amount>,
    /// By how much the rate may worsen until the transaction lands.
    #[arg(long, value_name = "BPS", default_value_t = 50, value_parser = clap::value_parser!(u16).range(0..=10_000))]
    slippage_bps: u16,
    /// Turn all wrapped SOL of the wallet into SOL afterwards.
    #[arg(long)]
    unwrap: bool,
}

impl Deposit {
    /// Runs the command.
    pub fn run(&self, cluster: &Cluster) -> Outcome<()> {
        let (view, me) = (cluster.pool()?, cluster.me()?);
        let amount = view.collateral(cluster, &self.amount, &me)?;
        let funding = fund(cluster, &view, &me, amount)?;

        let mut quoted = view.observed()?;
        let minted = quoted
            .lrt
            .deposit(&mut quoted.pool, amount, view.slot)
            .map_err(|error| Trouble::of_rule(&error))?;
        let least = match &self.min_shares {
            Some(least) => least.exact_units(view.decimals())?,
            None => less(minted.net_shares, self.slippage_bps),
        };
        let work = Work::new("deposit")
            .then_all(funding)
            .then_all(view.open_lrt(cluster, &me)?)
            .then(view.keys.deposit(&me, amount, least))
            .tell("deposit", view.tokens(amount))
            .tell("LRT quoted", view.tokens(minted.net_shares))
            .tell("LRT at least", view.tokens(least));
        cluster.perform(work).map(drop)
    }
}

impl Redeem {
    /// Runs the command.
    pub fn run(&self, cluster: &Cluster) -> Outcome<()> {
        let (view, me) = (cluster.pool()?, cluster.me()?);
        let shares = view.shares(cluster, &self.amount, &me)?;
        let mut quoted = view.observed()?;
        let exit = quoted
            .lrt
            .redeem_instant(&mut quoted.pool, shares, view.slot)
            .map_err(|error| Trouble::of_rule(&error))?;
        let least = match &self.min_assets {
            Some(least) => least.exact_units(view.decimals())?,
            None => less(exit.net_assets, self.slippage_bps),
        };
        let work = Work::new("redeem")
            .then_all(view.open_collateral(cluster, &me)?)
            .then(view.keys.redeem_instant(&me, shares, least))
            .then_all(unwrapped(&view, &me, self.unwrap)?)
            .tell("LRT redeemed", view.tokens(shares))
            .tell("quoted", view.tokens(exit.net_assets))
            .tell("fee", view.tokens(exit.fee_assets))
            .tell("at least", view.tokens(least));
        cluster.perform(work).map(drop)
    }
}

/// Wraps what is missing of the collateral, where that is wrapped SOL; elsewhere says what is missing.
pub fn fund(
    cluster: &Cluster,
    view: &PoolView,
    wallet: &Pubkey,
    amount: u64,
) -> Outcome<Vec<Instruction>> {
    let mint = TokenMint {
        key: view.keys.collateral_mint,
        program: view.keys.collateral_token_program,
        decimals: view.decimals(),
    };
    fund_token(cluster, &mint, wallet, amount)
}

/// The same for any token.
pub fn fund_token(
    cluster: &Cluster,
    mint: &TokenMint,
    wallet: &Pubkey,
    amount: u64,
) -> Outcome<Vec<Instruction>> {
    let holdings = cluster.holdings(wallet, &mint.key, &mint.program)?;
    let missing = amount.saturating_sub(holdings.balance);
    if missing == 0 {
        return Ok(Vec::new());
    }
    if mint.key != NATIVE_MINT {
        return Err(Trouble::Input(format!(
            "the wallet has {} of the token {} in its account {}, {} are needed",
            tokens(holdings.balance, mint.decimals),
            mint.key,
            holdings.account,
            tokens(amount, mint.decimals),
        )));
    }
    let mut instructions = Vec::new();
    instructions.extend(cluster.opened(wallet, &mint.key, &mint.program)?);
    instructions.extend(wrap(wallet, missing));
    Ok(instructions)
}

/// Unwraps the wallet's SOL, if that is asked for.
pub fn unwrapped(view: &PoolView, wallet: &Pubkey, wanted: bool) -> Outcome<Option<Instruction>> {
    if wanted && view.keys.collateral_mint != NATIVE_MINT {
        return Err(Trouble::Input(
            "--unwrap is for an LRT whose collateral is wrapped SOL".to_owned(),
        ));
    }
    Ok(wanted.then(|| unwrap(wallet)))
}

/// A quote less what it may worsen by.
fn less(quote: u64, slippage_bps: u16) -> u64 {
    let kept = u128::from(BPS.saturating_sub(slippage_bps.into()));
    let least = u128::from(quote)
        .saturating_mul(kept)
        .checked_div(BPS.into());
    least
        .and_then(|least| u64::try_from(least).ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::less;

    #[test]
    fn slippage_lowers_the_least() {
        assert_eq!(less(10_000, 50), 9_950);
        assert_eq!(less(u64::MAX, 0), u64::MAX);
        assert_eq!(less(5, 10_000), 0);
    }
}

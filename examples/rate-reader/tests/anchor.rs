//! The same question asked by an Anchor program, with the crate's feature `cpi`: compiled here, so that the guide shows
//! what compiles (docs/guides/integrator.md).

// Nothing calls a program but a cluster; Anchor's macro asks about features that a program would have.
#![allow(dead_code, unexpected_cfgs)]

use anchor_lang::prelude::*;
use liquid_restaking::{
    cpi::{accounts::Quote, quote_withdraw},
    program::LiquidRestaking,
    state::{Lrt, StakePool},
};

declare_id!("Lender1111111111111111111111111111111111111");

#[program]
pub mod lender {
    use super::*;

    /// What `shares` of the LRT that this market takes are worth as collateral.
    pub fn value(ctx: Context<Value>, shares: u64) -> Result<u64> {
        let Value {
            lrt,
            stake_pool,
            lrt_mint,
            liquid_restaking,
        } = ctx.accounts;
        // The loader has checked owner and type; which LRT it is, and its layout, are yours to check.
        let (mint, version) = {
            let lrt = lrt.load()?;
            (lrt.mint, lrt.version)
        };
        require_keys_eq!(mint, lrt_mint.key());
        require_eq!(version, liquid_restaking::LAYOUT_VERSION);

        let accounts = Quote {
            lrt: lrt.to_account_info(),
            stake_pool: stake_pool.to_account_info(),
        };
        let call = CpiContext::new(liquid_restaking.key(), accounts);
        let quote = quote_withdraw(call, shares)?.get();
        Ok(quote.assets_now)
    }
}

/// The accounts of `value`; the mint stands for what your market has stored.
#[derive(Accounts)]
pub struct Value<'info> {
    pub lrt: AccountLoader<'info, Lrt>,
    pub stake_pool: AccountLoader<'info, StakePool>,
    /// CHECK: compared with the LRT's.
    pub lrt_mint: UncheckedAccount<'info>,
    pub liquid_restaking: Program<'info, LiquidRestaking>,
}

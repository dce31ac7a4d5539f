use crate::{
    error::RestakingError,
    events::{emit, Claimed},
    instructions::{account, token},
    state::{Lrt, StakePool, WithdrawBatch, WithdrawTicket},
};
use anchor_lang::prelude::*;

/// Pays a ticket what is settled and not yet claimed.
///
/// Specification:
/// - the owner is paid wherever he wants; a stranger can have him paid only to his associated token account
/// - the last claim closes the ticket, even with nothing left to pay; its rent goes back to whoever paid it
/// - no pause, no role and no program but the token program stands in its way
#[event_cpi]
#[derive(Accounts)]
pub struct Claim<'info> {
    /// The LRT.
    #[account(mut)]
    pub lrt: AccountLoader<'info, Lrt>,
    /// The stake pool.
    #[account(
        mut,
        has_one = lrt @ RestakingError::WrongLrt,
        has_one = vault @ RestakingError::WrongVault,
    )]
    pub stake_pool: AccountLoader<'info, StakePool>,
    /// The stake pool's vault.
    /// CHECK: `stake_pool` has it.
    #[account(mut)]
    pub vault: UncheckedAccount<'info>,
    /// The ticket's batch.
    #[account(
        mut,
        has_one = stake_pool @ RestakingError::WrongStakePool,
        constraint = batch.load()?.epoch == ticket.load()?.batch_epoch @ RestakingError::WrongBatch,
    )]
    pub batch: AccountLoader<'info, WithdrawBatch>,
    /// The ticket.
    #[account(mut, has_one = stake_pool @ RestakingError::WrongStakePool)]
    pub ticket: AccountLoader<'info, WithdrawTicket>,
    /// Where the collateral goes.
    /// CHECK: see the specification.
    #[account(mut)]
    pub destination: UncheckedAccount<'info>,
    /// The ticket's owner, or anyone.
    pub claimer: Signer<'info>,
    /// Gets the ticket's rent back when it closes.
    /// CHECK: by address, when the rent is returned.
    #[account(mut)]
    pub rent_payer: UncheckedAccount<'info>,
    /// The collateral's token program.
    /// CHECK: by address.
    #[account(address = stake_pool.load()?.token_program @ RestakingError::WrongTokenProgram)]
    pub collateral_token_program: UncheckedAccount<'info>,
}

impl Claim<'_> {
    /// See the struct.
    pub fn handler(ctx: Context<Self>) -> Result<()> {
        let accounts = &ctx.accounts;
        let slot = Clock::get()?.slot;
        let (event, rent_payer, signer) = {
            let lrt = &mut *accounts.lrt.load_mut()?;
            let pool = &mut *accounts.stake_pool.load_mut()?;
            let batch = &mut *accounts.batch.load_mut()?;
            let ticket = &mut *accounts.ticket.load_mut()?;
            token::check_destination(
                &accounts.destination,
                accounts.vault.key,
                accounts.claimer.key,
                &ticket.owner,
                &pool.collateral_mint,
                &pool.token_program,
            )?;
            lrt.accrue(pool, slot)?;
            let claimed = ticket.claim(batch)?;
            lrt.pay_claim(pool, claimed.assets)?;
            let event = Claimed {
                stake_pool: accounts.stake_pool.key(),
                ticket: accounts.ticket.key(),
                owner: ticket.owner,
                destination: accounts.destination.key(),
                batch_epoch: batch.epoch,
                assets: claimed.assets,
                closed: claimed.closes,
            };
            (event, ticket.rent_payer, pool.signer())
        };
        if event.assets > 0 {
            token::pay(
                &accounts.collateral_token_program,
                &accounts.vault,
                &accounts.destination,
                accounts.stake_pool.as_ref(),
                event.assets,
                &signer.seeds(),
            )?;
        }
        emit(&accounts.event_authority, &event)?;
        if event.closed {
            account::close(accounts.ticket.as_ref(), &accounts.rent_payer, &rent_payer)?;
        }
        Ok(())
    }
}

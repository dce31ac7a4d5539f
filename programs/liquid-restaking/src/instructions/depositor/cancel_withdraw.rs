use crate::{
    error::RestakingError,
    events::{emit, WithdrawalCancelled},
    instructions::{
        account,
        token::{self, TOKEN_PROGRAM_ID},
    },
    state::{Lrt, LrtSigner, PoolSigner, Requested, StakePool, WithdrawBatch, WithdrawTicket},
};
use anchor_lang::prelude::*;

/// Takes a ticket back: pays what is settled, returns the rest as LRT, closes the ticket.
///
/// Specification:
/// - always possible, whatever has been settled; with nothing unsettled it is a claim
/// - the other tickets' entitlements do not fall
/// - after the batch's own epoch the withdrawal fee is taken again
#[event_cpi]
#[derive(Accounts)]
pub struct CancelWithdraw<'info> {
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
    /// The LRT's mint.
    /// CHECK: by address.
    #[account(mut, address = lrt.load()?.mint @ RestakingError::WrongLrtMint)]
    pub lrt_mint: UncheckedAccount<'info>,
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
    /// The ticket, closed here.
    #[account(
        mut,
        has_one = stake_pool @ RestakingError::WrongStakePool,
        has_one = owner @ RestakingError::NotTicketOwner,
    )]
    pub ticket: AccountLoader<'info, WithdrawTicket>,
    /// Where settled collateral goes.
    /// CHECK: the token program checks its mint; not the vault.
    #[account(mut, constraint = user_collateral.key() != vault.key() @ RestakingError::VaultNotAllowed)]
    pub user_collateral: UncheckedAccount<'info>,
    /// Where the LRT goes.
    /// CHECK: the token program checks its mint; the owner chooses it.
    #[account(mut)]
    pub user_lrt: UncheckedAccount<'info>,
    /// The ticket's owner.
    pub owner: Signer<'info>,
    /// Gets the ticket's rent back.
    /// CHECK: by address, when the rent is returned.
    #[account(mut)]
    pub rent_payer: UncheckedAccount<'info>,
    /// SPL Token, for the LRT.
    /// CHECK: by address.
    #[account(address = TOKEN_PROGRAM_ID @ RestakingError::WrongTokenProgram)]
    pub token_program: UncheckedAccount<'info>,
    /// The collateral's token program.
    /// CHECK: by address.
    #[account(address = stake_pool.load()?.token_program @ RestakingError::WrongTokenProgram)]
    pub collateral_token_program: UncheckedAccount<'info>,
}

impl CancelWithdraw<'_> {
    /// See the struct.
    pub fn handler(ctx: Context<Self>) -> Result<()> {
        let accounts = &ctx.accounts;
        let slot = Clock::get()?.slot;
        let done = accounts.cancel(slot)?;
        if done.assets > 0 {
            token::pay(
                &accounts.collateral_token_program,
                &accounts.vault,
                &accounts.user_collateral,
                accounts.stake_pool.as_ref(),
                done.assets,
                &done.pool_signer.seeds(),
            )?;
        }
        if done.returned.net_shares > 0 {
            token::mint(
                &accounts.token_program,
                &accounts.lrt_mint,
                &accounts.user_lrt,
                accounts.lrt.as_ref(),
                done.returned.net_shares,
                &done.lrt_signer.seeds(),
            )?;
        }
        emit(
            &accounts.event_authority,
            &WithdrawalCancelled {
                lrt: accounts.lrt.key(),
                stake_pool: accounts.stake_pool.key(),
                ticket: accounts.ticket.key(),
                owner: accounts.owner.key(),
                batch_epoch: done.batch_epoch,
                assets: done.assets,
                returned: done.returned,
                queued: done.queued,
            },
        )?;
        account::close(
            accounts.ticket.as_ref(),
            &accounts.rent_payer,
            &done.rent_payer,
        )
    }

    fn cancel(&self, slot: u64) -> Result<Cancelled> {
        let lrt = &mut *self.lrt.load_mut()?;
        let pool = &mut *self.stake_pool.load_mut()?;
        let batch = &mut *self.batch.load_mut()?;
        let ticket = &mut *self.ticket.load_mut()?;
        lrt.accrue(pool, slot)?;
        let (assets, returned) = if batch.unsettled()? == 0 {
            let nothing = Requested {
                fee_shares: 0,
                net_shares: 0,
            };
            (ticket.claim(batch)?.assets, nothing)
        } else {
            let left = ticket.leave(batch)?;
            let returned = lrt.requeue_to_wallet(pool, left.back, batch.epoch, slot)?;
            (left.assets, returned)
        };
        lrt.pay_claim(pool, assets)?;
        Ok(Cancelled {
            assets,
            returned,
            batch_epoch: batch.epoch,
            queued: pool.queued,
            rent_payer: ticket.rent_payer,
            pool_signer: pool.signer(),
            lrt_signer: lrt.signer(),
        })
    }
}

struct Cancelled {
    assets: u64,
    returned: Requested,
    batch_epoch: u64,
    queued: u64,
    rent_payer: Pubkey,
    pool_signer: PoolSigner,
    lrt_signer: LrtSigner,
}

use crate::{
    error::RestakingError,
    events::{emit, WithdrawalRequested},
    instructions::{
        account,
        token::{self, TOKEN_PROGRAM_ID},
    },
    state::{Lrt, StakePool, WithdrawBatch, WithdrawTicket},
    BATCH_SEED, LAYOUT_VERSION, TICKET_SEED,
};
use anchor_lang::prelude::*;
use core::cell::RefMut;

/// What a request is made of.
#[derive(Debug, Clone, Copy, AnchorSerialize, AnchorDeserialize)]
pub struct RequestWithdrawArgs {
    /// LRT base units to burn.
    pub shares: u64,
    /// The owner's choice; with pool and owner it makes the ticket's address.
    pub nonce: u64,
    /// The LRT's current epoch.
    pub epoch: u64,
    /// A bump of the ticket's address. Any valid one will do: a ticket's address is its identity.
    pub ticket_bump: u8,
}

/// Asks to leave: burns LRT in the wallet and opens a ticket in the current epoch's batch.
///
/// Specification:
/// - the shares live on as the ticket's, less the withdrawal fee: the supply stays, rewards and losses go on
/// - `epoch` is the current one; the first request of an epoch opens its batch and links it to the queue's tail;
///   of two openers in one slot both succeed
/// - a batch's due slot is the first slot of epoch `batch.epoch + cooldown + 1`
/// - can not be paused
#[event_cpi]
#[derive(Accounts)]
pub struct RequestWithdraw<'info> {
    /// The LRT.
    #[account(mut)]
    pub lrt: AccountLoader<'info, Lrt>,
    /// The stake pool to leave through.
    #[account(mut, has_one = lrt @ RestakingError::WrongLrt)]
    pub stake_pool: AccountLoader<'info, StakePool>,
    /// The LRT's mint.
    /// CHECK: by address.
    #[account(mut, address = lrt.load()?.mint @ RestakingError::WrongLrtMint)]
    pub lrt_mint: UncheckedAccount<'info>,
    /// The current epoch's batch, opened here if it does not exist.
    /// CHECK: by its fields, or by its seeds when it is opened.
    #[account(mut)]
    pub batch: UncheckedAccount<'info>,
    /// The queue's tail; needed only to open a batch behind it.
    /// CHECK: by its fields.
    #[account(mut)]
    pub tail_batch: Option<UncheckedAccount<'info>>,
    /// The ticket, created here.
    /// CHECK: created with the bump given, which the runtime checks.
    #[account(mut)]
    pub ticket: UncheckedAccount<'info>,
    /// Where the LRT is burned.
    /// CHECK: the token program checks mint and owner.
    #[account(mut)]
    pub user_lrt: UncheckedAccount<'info>,
    /// Owner or delegate of `user_lrt`; owner of the ticket.
    pub owner: Signer<'info>,
    /// Pays the rent of ticket and batch, and gets it back.
    #[account(mut)]
    pub payer: Signer<'info>,
    /// SPL Token, for the LRT.
    /// CHECK: by address.
    #[account(address = TOKEN_PROGRAM_ID @ RestakingError::WrongTokenProgram)]
    pub token_program: UncheckedAccount<'info>,
    /// Creates accounts.
    pub system_program: Program<'info, System>,
}

impl<'info> RequestWithdraw<'info> {
    /// See the struct.
    pub fn handler(ctx: Context<Self>, args: RequestWithdrawArgs) -> Result<()> {
        let accounts = &ctx.accounts;
        let slot = Clock::get()?.slot;
        let opens_batch = account::is_new(&accounts.batch);
        if opens_batch {
            accounts.open_batch(args.epoch, slot)?;
        }
        let (requested, due_slot, queued) = {
            // First, so that another account in its place is refused by name.
            let batch = &mut *load_batch(&accounts.batch, &accounts.stake_pool.key())?;
            let lrt = &mut *accounts.lrt.load_mut()?;
            let pool = &mut *accounts.stake_pool.load_mut()?;
            require!(args.epoch == lrt.epoch_of(slot), RestakingError::WrongEpoch);
            require!(batch.epoch == args.epoch, RestakingError::WrongBatch);
            lrt.accrue(pool, slot)?;
            let requested = lrt.request_withdraw(pool, batch, args.shares)?;
            (requested, batch.due_slot, pool.queued)
        };
        token::burn(
            &accounts.token_program,
            &accounts.user_lrt,
            &accounts.lrt_mint,
            &accounts.owner,
            args.shares,
            &[],
        )?;
        accounts.open_ticket(args, requested.net_shares)?;
        emit(
            &accounts.event_authority,
            &WithdrawalRequested {
                lrt: accounts.lrt.key(),
                stake_pool: accounts.stake_pool.key(),
                ticket: accounts.ticket.key(),
                owner: accounts.owner.key(),
                batch_epoch: args.epoch,
                due_slot,
                requested,
                opened_batch: opens_batch,
                queued,
            },
        )
    }

    #[inline(never)]
    fn open_batch(&self, epoch: u64, slot: u64) -> Result<()> {
        let stake_pool = self.stake_pool.key();
        let epoch_bytes = epoch.to_le_bytes();
        let seeds = [BATCH_SEED, stake_pool.as_ref(), &epoch_bytes];
        let due_slot = {
            let lrt = self.lrt.load()?;
            let pool = &mut *self.stake_pool.load_mut()?;
            require!(epoch == lrt.epoch_of(slot), RestakingError::WrongEpoch);
            let due_slot = lrt.due_slot_of(epoch)?;
            match &self.tail_batch {
                Some(tail) if pool.queue_length > 0 => {
                    let tail = &mut *load_batch(tail, &stake_pool)
                        .map_err(|_| error!(RestakingError::TailBatchMissing))?;
                    pool.link_tail(epoch, due_slot, Some(tail))?;
                }
                _ => pool.link_tail(epoch, due_slot, None)?,
            }
            due_slot
        };
        let bump = account::search_bump(self.batch.key, &seeds)?;
        let mut batch: RefMut<WithdrawBatch> = account::create_state(
            &self.payer,
            &self.batch,
            &[BATCH_SEED, stake_pool.as_ref(), &epoch_bytes, &[bump]],
        )?;
        batch.stake_pool = stake_pool;
        batch.rent_payer = self.payer.key();
        batch.epoch = epoch;
        batch.due_slot = due_slot;
        batch.bump = bump;
        batch.version = LAYOUT_VERSION;
        Ok(())
    }

    #[inline(never)]
    fn open_ticket(&self, args: RequestWithdrawArgs, shares: u64) -> Result<()> {
        let (stake_pool, owner) = (self.stake_pool.key(), self.owner.key());
        let mut ticket: RefMut<WithdrawTicket> = account::create_state(
            &self.payer,
            &self.ticket,
            &[
                TICKET_SEED,
                stake_pool.as_ref(),
                owner.as_ref(),
                &args.nonce.to_le_bytes(),
                &[args.ticket_bump],
            ],
        )?;
        ticket.stake_pool = stake_pool;
        ticket.owner = owner;
        ticket.rent_payer = self.payer.key();
        ticket.batch_epoch = args.epoch;
        ticket.nonce = args.nonce;
        ticket.shares = shares;
        ticket.bump = args.ticket_bump;
        ticket.version = LAYOUT_VERSION;
        Ok(())
    }
}

/// A view of a batch of that stake pool. Only this program creates batches, one for each pool and epoch, so its fields
/// say as much as its address.
fn load_batch<'a>(info: &'a AccountInfo, stake_pool: &Pubkey) -> Result<RefMut<'a, WithdrawBatch>> {
    let batch: RefMut<WithdrawBatch> = account::load_state(info, RestakingError::WrongBatch)?;
    require_keys_eq!(
        batch.stake_pool,
        *stake_pool,
        RestakingError::WrongStakePool
    );
    Ok(batch)
}

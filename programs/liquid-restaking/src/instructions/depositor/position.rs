use crate::{
    error::RestakingError,
    events::{emit, PositionChanged, PositionClosed},
    instructions::{
        account,
        token::{self, TOKEN_PROGRAM_ID},
    },
    math::Checked,
    state::{RewardBook, RewardPosition},
    LAYOUT_VERSION, POSITION_SEED,
};
use anchor_lang::prelude::*;
use core::cell::RefMut;

/// A holder stakes LRT in a reward book.
///
/// Specification:
/// - the first time creates the position
/// - from this slot on it shares every stream by time and amount; the LRT carries the rate as before
#[event_cpi]
#[derive(Accounts)]
pub struct StakePosition<'info> {
    /// The reward book.
    #[account(
        mut,
        constraint = book.load()?.vault == book_vault.key() @ RestakingError::WrongVault,
    )]
    pub book: AccountLoader<'info, RewardBook>,
    /// Holds staked LRT.
    /// CHECK: `book` has it.
    #[account(mut)]
    pub book_vault: UncheckedAccount<'info>,
    /// The position, created here if it does not exist.
    /// CHECK: by its fields, or by its seeds when it is created.
    #[account(mut)]
    pub position: UncheckedAccount<'info>,
    /// Where the LRT comes from.
    /// CHECK: the token program checks mint and owner.
    #[account(mut)]
    pub user_lrt: UncheckedAccount<'info>,
    /// Owner or delegate of `user_lrt`; owner of the position.
    pub owner: Signer<'info>,
    /// Pays the rent, and gets it back.
    #[account(mut)]
    pub payer: Signer<'info>,
    /// SPL Token, for the LRT.
    /// CHECK: by address.
    #[account(address = TOKEN_PROGRAM_ID @ RestakingError::WrongTokenProgram)]
    pub token_program: UncheckedAccount<'info>,
    /// Creates accounts.
    pub system_program: Program<'info, System>,
}

impl StakePosition<'_> {
    /// See the struct.
    pub fn handler(ctx: Context<Self>, shares: u64) -> Result<()> {
        let accounts = &ctx.accounts;
        let slot = Clock::get()?.slot;
        if account::is_new(&accounts.position) {
            accounts.create()?;
        }
        let event = {
            let book = &mut *accounts.book.load_mut()?;
            let mut position: RefMut<RewardPosition> =
                account::load_state(&accounts.position, RestakingError::NotPositionOwner)?;
            require_keys_eq!(
                position.book,
                accounts.book.key(),
                RestakingError::WrongRewardBook
            );
            require_keys_eq!(
                position.owner,
                accounts.owner.key(),
                RestakingError::NotPositionOwner
            );
            let old = position.shares;
            position.stake(book, shares, slot)?;
            PositionChanged {
                book: accounts.book.key(),
                owner: position.owner,
                old,
                new: position.shares,
                staked: book.staked,
            }
        };
        token::pull(
            &accounts.token_program,
            &accounts.user_lrt,
            &accounts.book_vault,
            &accounts.owner,
            shares,
        )?;
        emit(&accounts.event_authority, &event)
    }

    #[inline(never)]
    fn create(&self) -> Result<()> {
        let (book_key, owner) = (self.book.key(), self.owner.key());
        let seeds = [POSITION_SEED, book_key.as_ref(), owner.as_ref()];
        let bump = account::search_bump(self.position.key, &seeds)?;
        let mut position: RefMut<RewardPosition> = account::create_state(
            &self.payer,
            &self.position,
            &[seeds[0], seeds[1], seeds[2], &[bump]],
        )?;
        position.book = book_key;
        position.owner = owner;
        position.rent_payer = self.payer.key();
        position.bump = bump;
        position.version = LAYOUT_VERSION;
        let book = &mut *self.book.load_mut()?;
        book.positions = book.positions.plus(1)?;
        book.positions_opened = book.positions_opened.plus(1)?;
        Ok(())
    }
}

/// A holder takes LRT out of a reward book, at any time; what it has earned stays claimable.
#[event_cpi]
#[derive(Accounts)]
pub struct UnstakePosition<'info> {
    /// The reward book.
    #[account(
        mut,
        constraint = book.load()?.vault == book_vault.key() @ RestakingError::WrongVault,
    )]
    pub book: AccountLoader<'info, RewardBook>,
    /// Holds staked LRT.
    /// CHECK: `book` has it.
    #[account(mut)]
    pub book_vault: UncheckedAccount<'info>,
    /// The position.
    #[account(
        mut,
        has_one = book @ RestakingError::WrongRewardBook,
        has_one = owner @ RestakingError::NotPositionOwner,
    )]
    pub position: AccountLoader<'info, RewardPosition>,
    /// Where the LRT goes.
    /// CHECK: the token program checks the mint; it is not the vault.
    #[account(mut, constraint = user_lrt.key() != book_vault.key() @ RestakingError::VaultNotAllowed)]
    pub user_lrt: UncheckedAccount<'info>,
    /// Owner of the position.
    pub owner: Signer<'info>,
    /// SPL Token, for the LRT.
    /// CHECK: by address.
    #[account(address = TOKEN_PROGRAM_ID @ RestakingError::WrongTokenProgram)]
    pub token_program: UncheckedAccount<'info>,
}

impl UnstakePosition<'_> {
    /// See the struct.
    pub fn handler(ctx: Context<Self>, shares: u64) -> Result<()> {
        let accounts = &ctx.accounts;
        let slot = Clock::get()?.slot;
        let (event, signer) = {
            let book = &mut *accounts.book.load_mut()?;
            let position = &mut *accounts.position.load_mut()?;
            let old = position.shares;
            position.unstake(book, shares, slot)?;
            let event = PositionChanged {
                book: accounts.book.key(),
                owner: position.owner,
                old,
                new: position.shares,
                staked: book.staked,
            };
            (event, book.signer())
        };
        token::pay(
            &accounts.token_program,
            &accounts.book_vault,
            &accounts.user_lrt,
            accounts.book.as_ref(),
            shares,
            &signer.seeds(),
        )?;
        emit(&accounts.event_authority, &event)
    }
}

/// Closes a position without LRT and without anything to claim; its rent goes to its payer. Anyone may: an abandoned one
/// keeps no book open.
#[event_cpi]
#[derive(Accounts)]
pub struct ClosePosition<'info> {
    /// The reward book.
    #[account(mut)]
    pub book: AccountLoader<'info, RewardBook>,
    /// The position, closed here.
    #[account(mut, has_one = book @ RestakingError::WrongRewardBook)]
    pub position: AccountLoader<'info, RewardPosition>,
    /// Gets the rent back.
    /// CHECK: by address, when the rent is returned.
    #[account(mut)]
    pub rent_payer: UncheckedAccount<'info>,
}

impl ClosePosition<'_> {
    /// See the struct.
    pub fn handler(ctx: Context<Self>) -> Result<()> {
        let accounts = &ctx.accounts;
        let (owner, recorded) = {
            let book = &mut *accounts.book.load_mut()?;
            let position = accounts.position.load()?;
            position.require_closable(book)?;
            book.positions = book.positions.minus(1)?;
            (position.owner, position.rent_payer)
        };
        let event = PositionClosed {
            book: accounts.book.key(),
            owner,
        };
        emit(&accounts.event_authority, &event)?;
        account::close(accounts.position.as_ref(), &accounts.rent_payer, &recorded)
    }
}

use crate::{
    error::RestakingError,
    events::{emit, RewardBookClosed, RewardBookCreated},
    instructions::{
        account,
        token::{self, TOKEN_PROGRAM_ID},
    },
    state::{Lrt, RewardBook},
    LAYOUT_VERSION, REWARD_BOOK_SEED, REWARD_VAULT_SEED,
};
use anchor_lang::prelude::*;
use core::cell::RefMut;

/// Creates an LRT's reward book, in which holders stake LRT for rewards in other tokens.
#[event_cpi]
#[derive(Accounts)]
pub struct CreateRewardBook<'info> {
    /// The LRT.
    #[account(
        mut,
        constraint = lrt.load()?.admin.holder == admin.key() @ RestakingError::NotAdmin,
    )]
    pub lrt: AccountLoader<'info, Lrt>,
    /// The admin.
    pub admin: Signer<'info>,
    /// Pays the rent, and gets it back.
    #[account(mut)]
    pub payer: Signer<'info>,
    /// The LRT's mint.
    /// CHECK: by address.
    #[account(address = lrt.load()?.mint @ RestakingError::WrongLrtMint)]
    pub lrt_mint: UncheckedAccount<'info>,
    /// The reward book, created here.
    /// CHECK: by seeds, when it is created.
    #[account(mut)]
    pub book: UncheckedAccount<'info>,
    /// Holds staked LRT, created here.
    /// CHECK: by seeds, when it is created.
    #[account(mut)]
    pub book_vault: UncheckedAccount<'info>,
    /// SPL Token, for the LRT.
    /// CHECK: by address.
    #[account(address = TOKEN_PROGRAM_ID @ RestakingError::WrongTokenProgram)]
    pub token_program: UncheckedAccount<'info>,
    /// Creates accounts.
    pub system_program: Program<'info, System>,
}

impl CreateRewardBook<'_> {
    /// See the struct.
    pub fn handler(ctx: Context<Self>) -> Result<()> {
        let accounts = &ctx.accounts;
        let (lrt_key, book_key) = (accounts.lrt.key(), accounts.book.key());
        account::create_token_account(
            &accounts.payer,
            &accounts.book_vault,
            &accounts.lrt_mint,
            &accounts.token_program,
            &book_key,
            &[REWARD_VAULT_SEED, book_key.as_ref()],
        )?;
        let seeds = [REWARD_BOOK_SEED, lrt_key.as_ref()];
        let bump = account::search_bump(&book_key, &seeds)?;
        {
            let mut book: RefMut<RewardBook> = account::create_state(
                &accounts.payer,
                &accounts.book,
                &[seeds[0], seeds[1], &[bump]],
            )?;
            book.lrt = lrt_key;
            book.vault = accounts.book_vault.key();
            book.rent_payer = accounts.payer.key();
            book.bump = bump;
            book.version = LAYOUT_VERSION;
            accounts.lrt.load_mut()?.has_reward_book = 1;
        }
        let event = RewardBookCreated {
            lrt: lrt_key,
            book: book_key,
        };
        emit(&accounts.event_authority, &event)
    }
}

/// Closes a reward book without streams and positions; what its vault still holds, sent there by nobody knows whom, goes
/// to the fee wallet.
#[event_cpi]
#[derive(Accounts)]
pub struct CloseRewardBook<'info> {
    /// The LRT.
    #[account(
        mut,
        constraint = lrt.load()?.admin.holder == admin.key() @ RestakingError::NotAdmin,
    )]
    pub lrt: AccountLoader<'info, Lrt>,
    /// The admin.
    pub admin: Signer<'info>,
    /// The reward book, closed here.
    #[account(
        mut,
        has_one = lrt @ RestakingError::WrongLrt,
        constraint = book.load()?.vault == book_vault.key() @ RestakingError::WrongVault,
    )]
    pub book: AccountLoader<'info, RewardBook>,
    /// Its vault, closed here.
    /// CHECK: `book` has it.
    #[account(mut)]
    pub book_vault: UncheckedAccount<'info>,
    /// The fee wallet's LRT account.
    /// CHECK: the fee wallet's associated token account, when something is paid to it.
    #[account(mut)]
    pub fee_lrt: UncheckedAccount<'info>,
    /// Gets the rent of book and vault back.
    /// CHECK: by address, when the rent is returned.
    #[account(mut)]
    pub rent_payer: UncheckedAccount<'info>,
    /// SPL Token, for the LRT.
    /// CHECK: by address.
    #[account(address = TOKEN_PROGRAM_ID @ RestakingError::WrongTokenProgram)]
    pub token_program: UncheckedAccount<'info>,
}

impl CloseRewardBook<'_> {
    /// See the struct.
    pub fn handler(ctx: Context<Self>) -> Result<()> {
        let accounts = &ctx.accounts;
        let (signer, recorded, fee_wallet, mint) = {
            let book = accounts.book.load()?;
            book.require_closable()?;
            let mut lrt = accounts.lrt.load_mut()?;
            lrt.has_reward_book = 0;
            (
                book.signer(),
                book.rent_payer,
                lrt.params.fee_wallet,
                lrt.mint,
            )
        };
        token::close_paying_rest(
            &accounts.token_program,
            &accounts.book_vault,
            accounts.book.as_ref(),
            &signer.seeds(),
            &accounts.rent_payer,
            &recorded,
            (&accounts.fee_lrt, &fee_wallet, &mint),
        )?;
        let event = RewardBookClosed {
            lrt: accounts.lrt.key(),
            book: accounts.book.key(),
        };
        emit(&accounts.event_authority, &event)?;
        account::close(accounts.book.as_ref(), &accounts.rent_payer, &recorded)
    }
}

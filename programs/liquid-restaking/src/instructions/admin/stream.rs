use crate::{
    error::RestakingError,
    events::{emit, StreamAdded, StreamClosed},
    instructions::{
        account,
        token::{self, TOKEN_2022_PROGRAM_ID, TOKEN_PROGRAM_ID},
    },
    state::{check_collateral, Lrt, RewardBook},
    STREAM_SEED,
};
use anchor_lang::prelude::*;

/// The admin adds a stream of a reward token at a free place of the reward book.
///
/// Specification:
/// - the mint passes the collateral's allow-list
/// - fundings are shared out over `slots`, which is at most 365 days
/// - nobody can take a stream's tokens out but those who earn them
#[event_cpi]
#[derive(Accounts)]
pub struct AddStream<'info> {
    /// The LRT.
    #[account(
        constraint = lrt.load()?.admin.holder == admin.key() @ RestakingError::NotAdmin,
    )]
    pub lrt: AccountLoader<'info, Lrt>,
    /// The admin.
    pub admin: Signer<'info>,
    /// Pays the rent, and gets it back.
    #[account(mut)]
    pub payer: Signer<'info>,
    /// The reward book.
    #[account(mut, has_one = lrt @ RestakingError::WrongLrt)]
    pub book: AccountLoader<'info, RewardBook>,
    /// The reward token's mint.
    /// CHECK: its owner is `reward_token_program`; its bytes are read.
    #[account(owner = reward_token_program.key() @ RestakingError::NotAMint)]
    pub reward_mint: UncheckedAccount<'info>,
    /// Holds the stream's tokens, created here.
    /// CHECK: by seeds, when it is created.
    #[account(mut)]
    pub stream_vault: UncheckedAccount<'info>,
    /// SPL Token or Token-2022, whichever owns the mint.
    /// CHECK: by address.
    #[account(
        constraint = [TOKEN_PROGRAM_ID, TOKEN_2022_PROGRAM_ID].contains(reward_token_program.key)
            @ RestakingError::WrongTokenProgram,
    )]
    pub reward_token_program: UncheckedAccount<'info>,
    /// Creates accounts.
    pub system_program: Program<'info, System>,
}

impl AddStream<'_> {
    /// See the struct.
    pub fn handler(ctx: Context<Self>, place: u8, slots: u64, allow_freeze: bool) -> Result<()> {
        let accounts = &ctx.accounts;
        let mint = check_collateral(&accounts.reward_mint.try_borrow_data()?, allow_freeze)?;
        let book_key = accounts.book.key();
        {
            let book = &mut *accounts.book.load_mut()?;
            let stream = book.open_stream(place, slots, mint.decimals)?;
            stream.mint = accounts.reward_mint.key();
            stream.vault = accounts.stream_vault.key();
            stream.token_program = accounts.reward_token_program.key();
            stream.rent_payer = accounts.payer.key();
        }
        account::create_token_account(
            &accounts.payer,
            &accounts.stream_vault,
            &accounts.reward_mint,
            &accounts.reward_token_program,
            &book_key,
            &[STREAM_SEED, book_key.as_ref(), &[place]],
        )?;
        let event = StreamAdded {
            book: book_key,
            place,
            mint: accounts.reward_mint.key(),
            slots,
        };
        emit(&accounts.event_authority, &event)
    }
}

/// The admin closes a stream that is over and claimed; its place becomes free.
///
/// Specification:
/// - what rounding has left, less than a unit for each position and a thousandth of a token at most, goes to the fee wallet
#[event_cpi]
#[derive(Accounts)]
pub struct CloseStream<'info> {
    /// The LRT.
    #[account(
        constraint = lrt.load()?.admin.holder == admin.key() @ RestakingError::NotAdmin,
    )]
    pub lrt: AccountLoader<'info, Lrt>,
    /// The admin.
    pub admin: Signer<'info>,
    /// The reward book.
    #[account(mut, has_one = lrt @ RestakingError::WrongLrt)]
    pub book: AccountLoader<'info, RewardBook>,
    /// The stream's vault, closed here.
    /// CHECK: the stream has it.
    #[account(mut)]
    pub stream_vault: UncheckedAccount<'info>,
    /// The fee wallet's account for the reward token.
    /// CHECK: the fee wallet's associated token account, when something is paid to it.
    #[account(mut)]
    pub fee_reward: UncheckedAccount<'info>,
    /// Gets the vault's rent back.
    /// CHECK: by address.
    #[account(mut)]
    pub rent_payer: UncheckedAccount<'info>,
    /// The reward token's program.
    /// CHECK: the stream has it.
    pub reward_token_program: UncheckedAccount<'info>,
}

impl CloseStream<'_> {
    /// See the struct.
    pub fn handler(ctx: Context<Self>, place: u8) -> Result<()> {
        let accounts = &ctx.accounts;
        let slot = Clock::get()?.slot;
        let fee_wallet = accounts.lrt.load()?.params.fee_wallet;
        let (signer, closed) = {
            let book = &mut *accounts.book.load_mut()?;
            let positions = book.positions_opened;
            let stream = book.updated_stream(place, slot)?;
            let closed = *stream;
            stream.close(positions)?;
            (book.signer(), closed)
        };
        closed.require_accounts(accounts.stream_vault.key, accounts.reward_token_program.key)?;
        token::close_paying_rest(
            &accounts.reward_token_program,
            &accounts.stream_vault,
            accounts.book.as_ref(),
            &signer.seeds(),
            &accounts.rent_payer,
            &closed.rent_payer,
            (&accounts.fee_reward, &fee_wallet, &closed.mint),
        )?;
        let event = StreamClosed {
            book: accounts.book.key(),
            place,
            mint: closed.mint,
        };
        emit(&accounts.event_authority, &event)
    }
}

use crate::{
    error::RestakingError,
    events::{emit, StreamClaimed},
    instructions::token,
    state::{RewardBook, RewardPosition},
};
use anchor_lang::prelude::*;

/// Pays a position what it has earned in one stream.
///
/// Specification:
/// - by the owner to any account, by a stranger only to the owner's associated token account
#[event_cpi]
#[derive(Accounts)]
pub struct ClaimStream<'info> {
    /// The reward book.
    #[account(mut)]
    pub book: AccountLoader<'info, RewardBook>,
    /// The position.
    #[account(mut, has_one = book @ RestakingError::WrongRewardBook)]
    pub position: AccountLoader<'info, RewardPosition>,
    /// The stream's vault.
    /// CHECK: the stream has it.
    #[account(mut)]
    pub stream_vault: UncheckedAccount<'info>,
    /// Where the tokens go.
    /// CHECK: see the specification.
    #[account(mut)]
    pub destination: UncheckedAccount<'info>,
    /// The owner, or anyone.
    pub claimer: Signer<'info>,
    /// The reward token's program.
    /// CHECK: the stream has it.
    pub reward_token_program: UncheckedAccount<'info>,
}

impl ClaimStream<'_> {
    /// See the struct.
    pub fn handler(ctx: Context<Self>, place: u8) -> Result<()> {
        let accounts = &ctx.accounts;
        let slot = Clock::get()?.slot;
        let (event, mint, signer) = {
            let book = &mut *accounts.book.load_mut()?;
            let position = &mut *accounts.position.load_mut()?;
            let stream = book.stream_mut(place)?;
            let mint = stream.mint;
            stream
                .require_accounts(accounts.stream_vault.key, accounts.reward_token_program.key)?;
            let event = StreamClaimed {
                book: accounts.book.key(),
                owner: position.owner,
                place,
                destination: accounts.destination.key(),
                amount: position.claim(book, place, slot)?,
            };
            (event, mint, book.signer())
        };
        token::check_destination(
            &accounts.destination,
            accounts.stream_vault.key,
            accounts.claimer.key,
            &event.owner,
            &mint,
            accounts.reward_token_program.key,
        )?;
        token::pay(
            &accounts.reward_token_program,
            &accounts.stream_vault,
            &accounts.destination,
            accounts.book.as_ref(),
            event.amount,
            &signer.seeds(),
        )?;
        emit(&accounts.event_authority, &event)
    }
}

use crate::{
    events::{emit, StreamFunded},
    instructions::token,
    state::RewardBook,
};
use anchor_lang::prelude::*;

/// Adds tokens to a stream; anyone may. They are shared out over the stream's slots, with what is left of earlier ones.
#[event_cpi]
#[derive(Accounts)]
pub struct FundStream<'info> {
    /// The reward book.
    #[account(mut)]
    pub book: AccountLoader<'info, RewardBook>,
    /// The stream's vault.
    /// CHECK: the stream has it.
    #[account(mut)]
    pub stream_vault: UncheckedAccount<'info>,
    /// Where the tokens come from.
    /// CHECK: the token program checks mint and owner.
    #[account(mut)]
    pub source: UncheckedAccount<'info>,
    /// Owner or delegate of `source`.
    pub funder: Signer<'info>,
    /// The reward token's program.
    /// CHECK: the stream has it.
    pub reward_token_program: UncheckedAccount<'info>,
}

impl FundStream<'_> {
    /// See the struct.
    pub fn handler(ctx: Context<Self>, place: u8, amount: u64) -> Result<()> {
        let accounts = &ctx.accounts;
        let slot = Clock::get()?.slot;
        let event = {
            let book = &mut *accounts.book.load_mut()?;
            let stream = book.updated_stream(place, slot)?;
            stream
                .require_accounts(accounts.stream_vault.key, accounts.reward_token_program.key)?;
            stream.fund(amount, slot)?;
            StreamFunded {
                book: accounts.book.key(),
                place,
                funder: accounts.funder.key(),
                amount,
                rest: stream.drip.rest,
                end: stream.drip.end,
            }
        };
        token::pull(
            &accounts.reward_token_program,
            &accounts.source,
            &accounts.stream_vault,
            &accounts.funder,
            amount,
        )?;
        emit(&accounts.event_authority, &event)
    }
}

use crate::{
    error::RestakingError,
    events::{emit, SlashExecuted},
    instructions::{account, dispute::*, token},
    state::PoolSigner,
    SINK_SEED,
};
use anchor_lang::prelude::*;

/// Executes a proposal that nobody vetoed.
///
/// Specification:
/// - anyone may, while proposed + veto window ≤ slot < proposed + veto window + execution window
/// - the operator's bond pays first, then the holders' stake, soonest cooling first; nav falls in this very call
/// - the tokens are burned, or go to the wallet fixed when the AVS was created: to its associated token account if that
///   can receive them, else they are burned, so that nobody can stop a slash by closing, freezing or giving away an account
/// - wrapped SOL can not be burned: it goes to a sink that no instruction can draw on
/// - calls no program but the token program
#[event_cpi]
#[derive(Accounts)]
pub struct ExecuteSlash<'info> {
    /// The proposal, and what it is about.
    pub disputed: Disputed<'info>,
    /// The stake pool's vault.
    /// CHECK: by address.
    #[account(mut, address = disputed.stake_pool.load()?.vault @ RestakingError::WrongVault)]
    pub vault: UncheckedAccount<'info>,
    /// The collateral's mint, from which tokens are burned.
    /// CHECK: by address.
    #[account(
        mut,
        address = disputed.stake_pool.load()?.collateral_mint @ RestakingError::WrongCollateralMint,
    )]
    pub collateral_mint: UncheckedAccount<'info>,
    /// The associated token account of the AVS's wallet; needed unless the AVS burns.
    /// CHECK: by address, when it is paid.
    #[account(mut)]
    pub destination: Option<UncheckedAccount<'info>>,
    /// Where wrapped SOL goes instead of being burned; needed for no other collateral.
    /// CHECK: by address, when it is paid.
    #[account(mut)]
    pub sink: Option<UncheckedAccount<'info>>,
    /// The collateral's token program.
    /// CHECK: by address.
    #[account(
        address = disputed.stake_pool.load()?.token_program @ RestakingError::WrongTokenProgram,
    )]
    pub collateral_token_program: UncheckedAccount<'info>,
}

impl<'info> ExecuteSlash<'info> {
    /// See the struct.
    pub fn handler(ctx: Context<Self>) -> Result<()> {
        let accounts = &ctx.accounts;
        let slot = Clock::get()?.slot;
        let (mut event, wallet, signer) = accounts.disputed.rule(slot, |lrt, on| {
            let before = lrt.totals()?;
            let slashed = lrt.execute_slash(on, slot)?;
            let event = SlashExecuted {
                stake_pool: accounts.disputed.stake_pool.key(),
                operator: on.delegation.operator,
                avs: on.pool_avs.avs,
                proposal: accounts.disputed.proposal.key(),
                slashed,
                destination: Pubkey::default(),
                before,
                after: lrt.totals()?,
            };
            Ok((event, on.pool_avs.accepted.destination, on.pool.signer()))
        })?;
        let amount = event
            .slashed
            .from_bond
            .saturating_add(event.slashed.from_stake);
        if amount > 0 {
            event.destination = accounts.send_away(amount, &wallet, &signer)?;
        }
        emit(&accounts.event_authority, &event)
    }

    /// Pays or burns; returns where the tokens went, the default key when they were burned.
    fn send_away(&self, amount: u64, wallet: &Pubkey, signer: &PoolSigner) -> Result<Pubkey> {
        let missing = || error!(RestakingError::WrongDestination);
        let to = if *wallet == Pubkey::default() {
            None
        } else {
            let account = self.destination.as_ref().ok_or_else(missing)?;
            self.receiver(account, wallet)?
        };
        let to = match to {
            None if *self.collateral_mint.key == token::NATIVE_MINT => {
                let sink = self.sink.as_ref().ok_or_else(missing)?;
                let stake_pool = self.disputed.stake_pool.key();
                account::search_bump(sink.key, &[SINK_SEED, stake_pool.as_ref()])?;
                Some(sink)
            }
            to => to,
        };
        let (program, pool) = (
            &self.collateral_token_program,
            self.disputed.stake_pool.as_ref(),
        );
        match to {
            Some(to) => {
                token::pay(program, &self.vault, to, pool, amount, &signer.seeds())?;
                Ok(to.key())
            }
            None => {
                let mint = &self.collateral_mint;
                token::burn(program, &self.vault, mint, pool, amount, &[&signer.seeds()])?;
                Ok(Pubkey::default())
            }
        }
    }

    /// The account itself, which must be the wallet's associated one, if it can receive.
    fn receiver<'a>(
        &self,
        account: &'a UncheckedAccount<'info>,
        wallet: &Pubkey,
    ) -> Result<Option<&'a UncheckedAccount<'info>>> {
        let (mint, program) = (self.collateral_mint.key, self.collateral_token_program.key);
        require_keys_eq!(
            *account.key,
            token::associated(wallet, mint, program),
            RestakingError::WrongDestination
        );
        let can_receive = account.owner == program
            && token::can_receive(&account.try_borrow_data()?, wallet, mint);
        Ok(can_receive.then_some(account))
    }
}

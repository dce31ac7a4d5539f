use crate::{
    error::RestakingError,
    events::{emit, StakePoolAdded},
    instructions::{
        account,
        token::{self, TOKEN_2022_PROGRAM_ID, TOKEN_PROGRAM_ID},
    },
    state::{check_collateral, Cap, Lrt, StakePool},
    LAYOUT_VERSION, LRT_SEED, SINK_SEED, STAKE_POOL_SEED, VAULT_SEED,
};
use anchor_lang::{prelude::*, system_program};
use core::cell::RefMut;

/// Adds the stake pool of a collateral to an LRT.
///
/// Specification:
/// - SPL Token or Token-2022; extensions by allow-list, each other one refused with its own error (attack 31)
/// - a freeze authority is taken only with `allow_freeze`, which stays readable in `StakePool.freezable`
/// - the LRT's decimals, no LRT of this program, and not Token-2022's wrapped SOL, which can not be burned
/// - a vault at a fresh PDA: no delegate, no close authority (attack 20)
/// - for wrapped SOL a sink, which owns itself: no instruction can draw on it
#[event_cpi]
#[derive(Accounts)]
pub struct AddStakePool<'info> {
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
    /// The stake pool, created here.
    /// CHECK: by seeds, when it is created.
    #[account(mut)]
    pub stake_pool: UncheckedAccount<'info>,
    /// The collateral's mint.
    /// CHECK: its owner is `collateral_token_program`; its bytes are read.
    #[account(owner = collateral_token_program.key() @ RestakingError::NotAMint)]
    pub collateral_mint: UncheckedAccount<'info>,
    /// The address that an LRT with this mint would have: nothing may be there.
    /// CHECK: by seeds.
    pub lrt_of_collateral: UncheckedAccount<'info>,
    /// The vault, created here.
    /// CHECK: by seeds, when it is created.
    #[account(mut)]
    pub vault: UncheckedAccount<'info>,
    /// For wrapped SOL, which can not be burned: where slashed collateral goes, created here if it does not exist.
    /// CHECK: by seeds.
    #[account(mut)]
    pub sink: Option<UncheckedAccount<'info>>,
    /// SPL Token or Token-2022, whichever owns the mint.
    /// CHECK: by address.
    #[account(
        constraint = [TOKEN_PROGRAM_ID, TOKEN_2022_PROGRAM_ID].contains(collateral_token_program.key)
            @ RestakingError::WrongTokenProgram,
    )]
    pub collateral_token_program: UncheckedAccount<'info>,
    /// Creates accounts.
    pub system_program: Program<'info, System>,
}

impl<'info> AddStakePool<'info> {
    /// See the struct.
    pub fn handler(ctx: Context<Self>, deposit_cap: u64, allow_freeze: bool) -> Result<()> {
        let accounts = &ctx.accounts;
        let freezable = accounts.check_mint(allow_freeze)?;
        let slot = Clock::get()?.slot;
        let vault_bump = accounts.create_vault()?;
        if *accounts.collateral_mint.key == token::NATIVE_MINT {
            accounts.create_sink()?;
        }
        accounts.create_pool(deposit_cap, freezable, vault_bump, slot)?;
        emit(
            &accounts.event_authority,
            &StakePoolAdded {
                lrt: accounts.lrt.key(),
                stake_pool: accounts.stake_pool.key(),
                collateral_mint: accounts.collateral_mint.key(),
                vault: accounts.vault.key(),
                deposit_cap,
                freezable,
            },
        )
    }

    fn check_mint(&self, allow_freeze: bool) -> Result<bool> {
        require_keys_neq!(
            *self.collateral_mint.key,
            token::NATIVE_2022_MINT,
            RestakingError::CollateralIsNative2022
        );
        let mint = check_collateral(&self.collateral_mint.try_borrow_data()?, allow_freeze)?;
        require_eq!(
            mint.decimals,
            self.lrt.load()?.fixed.decimals,
            RestakingError::DecimalsMismatch
        );
        let seeds = [LRT_SEED, self.collateral_mint.key.as_ref()];
        account::search_bump(self.lrt_of_collateral.key, &seeds)?;
        require_keys_eq!(
            *self.lrt_of_collateral.owner,
            system_program::ID,
            RestakingError::CollateralIsLrt
        );
        Ok(mint.freezable)
    }

    fn create_vault(&self) -> Result<u8> {
        self.create_token_account(&self.vault, VAULT_SEED, self.stake_pool.key)
    }

    /// A sink outlives its pool: one that is there already is the same.
    fn create_sink(&self) -> Result<()> {
        let sink = self.sink.as_ref();
        let sink = sink.ok_or_else(|| error!(RestakingError::WrongDestination))?;
        if sink.owner == self.collateral_token_program.key {
            account::search_bump(sink.key, &[SINK_SEED, self.stake_pool.key.as_ref()])?;
            return Ok(());
        }
        self.create_token_account(sink, SINK_SEED, sink.key)?;
        Ok(())
    }

    fn create_token_account(
        &self,
        account: &AccountInfo<'info>,
        seed: &[u8],
        owner: &Pubkey,
    ) -> Result<u8> {
        account::create_token_account(
            &self.payer,
            account,
            &self.collateral_mint,
            &self.collateral_token_program,
            owner,
            &[seed, self.stake_pool.key.as_ref()],
        )
    }

    fn create_pool(
        &self,
        deposit_cap: u64,
        freezable: bool,
        vault_bump: u8,
        slot: u64,
    ) -> Result<()> {
        let (lrt_key, mint) = (self.lrt.key(), self.collateral_mint.key());
        let seeds = [STAKE_POOL_SEED, lrt_key.as_ref(), mint.as_ref()];
        let bump = account::search_bump(self.stake_pool.key, &seeds)?;
        let mut pool: RefMut<StakePool> = account::create_state(
            &self.payer,
            &self.stake_pool,
            &[seeds[0], seeds[1], seeds[2], &[bump]],
        )?;
        let mut lrt = self.lrt.load_mut()?;
        pool.lrt = lrt_key;
        pool.collateral_mint = mint;
        pool.vault = self.vault.key();
        pool.token_program = self.collateral_token_program.key();
        pool.rent_payer = self.payer.key();
        pool.deposit_cap = Cap::of(deposit_cap);
        pool.epoch = lrt.epoch_of(slot);
        pool.row = lrt.add_row(self.stake_pool.key())?;
        pool.bump = bump;
        pool.version = LAYOUT_VERSION;
        pool.vault_bump = vault_bump;
        pool.freezable = u8::from(freezable);
        Ok(())
    }
}

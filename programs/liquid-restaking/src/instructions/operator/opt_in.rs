use crate::{
    error::RestakingError,
    events::{emit, OptInChanged},
    instructions::account,
    math::Count,
    state::{Avs, Consent, Operator, OptIn as OptInState, Side},
    LAYOUT_VERSION, OPT_IN_SEED,
};
use anchor_lang::prelude::*;
use core::cell::RefMut;

/// An operator or an AVS gives or withdraws its consent to work with the other, each side for itself.
///
/// Specification:
/// - the first consent creates the account
/// - a consent warms for each LRT's `warmup_slots` before that LRT may allocate; given anew, it warms anew
/// - an operator that has retired gives none
/// - withdrawing it stops new allocations and frees no stake: what is allocated stays until it is deallocated
#[event_cpi]
#[derive(Accounts)]
pub struct OptIn<'info> {
    /// The operator; to withdraw the AVS's consent it may be closed.
    /// CHECK: by its type when it consents, by the opt-in's fields.
    #[account(mut)]
    pub operator: UncheckedAccount<'info>,
    /// The AVS; to withdraw the operator's consent it may be closed.
    /// CHECK: by its type when it consents, by the opt-in's fields.
    #[account(mut)]
    pub avs: UncheckedAccount<'info>,
    /// Their opt-in, created here if it does not exist.
    /// CHECK: by its fields, or by its seeds when it is created.
    #[account(mut)]
    pub opt_in: UncheckedAccount<'info>,
    /// Acts for the side that the argument names.
    pub authority: Signer<'info>,
    /// Pays the rent, and gets it back.
    #[account(mut)]
    pub payer: Signer<'info>,
    /// Creates accounts.
    pub system_program: Program<'info, System>,
}

impl OptIn<'_> {
    /// Gives one side's consent.
    pub fn give(ctx: Context<Self>, side: Side) -> Result<()> {
        let accounts = &ctx.accounts;
        drop(accounts.operator()?);
        drop(accounts.avs()?);
        if account::is_new(&accounts.opt_in) {
            accounts.create()?;
        }
        accounts.change(side, true)
    }

    /// Withdraws one side's consent. The other side may be gone: nobody is held by an account that another can close.
    pub fn withdraw(ctx: Context<Self>, side: Side) -> Result<()> {
        ctx.accounts.change(side, false)
    }

    fn change(&self, side: Side, holds: bool) -> Result<()> {
        let slot = Clock::get()?.slot;
        {
            let mut opt_in: RefMut<OptInState> =
                account::load_state(&self.opt_in, RestakingError::NothingToDo)?;
            require_keys_eq!(
                opt_in.operator,
                self.operator.key(),
                RestakingError::WrongOperator
            );
            require_keys_eq!(opt_in.avs, self.avs.key(), RestakingError::WrongAvs);
            let consent = opt_in.consent_mut(side);
            match side {
                Side::Operator => {
                    let operator = &mut *self.operator()?;
                    require_keys_eq!(
                        operator.authority.holder,
                        self.authority.key(),
                        RestakingError::NotOperatorAuthority
                    );
                    if holds {
                        operator.require_in_service()?;
                    }
                    set(consent, holds, &mut operator.opt_ins, slot)?;
                }
                Side::Avs => {
                    let avs = &mut *self.avs()?;
                    require_keys_eq!(
                        avs.authority.holder,
                        self.authority.key(),
                        RestakingError::NotAvsAuthority
                    );
                    set(consent, holds, &mut avs.opt_ins, slot)?;
                }
            }
        }
        let event = OptInChanged {
            operator: self.operator.key(),
            avs: self.avs.key(),
            side,
            holds,
        };
        emit(&self.event_authority, &event)
    }

    fn operator(&self) -> Result<RefMut<'_, Operator>> {
        account::load_state(&self.operator, RestakingError::WrongOperator)
    }

    fn avs(&self) -> Result<RefMut<'_, Avs>> {
        account::load_state(&self.avs, RestakingError::WrongAvs)
    }

    fn create(&self) -> Result<()> {
        let (operator, avs) = (self.operator.key(), self.avs.key());
        let seeds = [OPT_IN_SEED, operator.as_ref(), avs.as_ref()];
        let bump = account::search_bump(self.opt_in.key, &seeds)?;
        let mut opt_in: RefMut<OptInState> = account::create_state(
            &self.payer,
            &self.opt_in,
            &[seeds[0], seeds[1], seeds[2], &[bump]],
        )?;
        opt_in.operator = operator;
        opt_in.avs = avs;
        opt_in.rent_payer = self.payer.key();
        opt_in.bump = bump;
        opt_in.version = LAYOUT_VERSION;
        Ok(())
    }
}

/// Gives or withdraws a consent, and counts it where its giver is closed by it.
fn set(consent: &mut Consent, holds: bool, count: &mut u32, slot: u64) -> Result<()> {
    if holds {
        consent.give(slot)?;
        *count = count.up()?;
    } else {
        consent.withdraw(slot)?;
        *count = count.down()?;
    }
    Ok(())
}

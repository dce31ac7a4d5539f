use crate::{
    events::{emit, RoleAccepted, RoleProposed},
    state::{Lrt, RoleKind},
};
use anchor_lang::prelude::*;

/// The holder of a role names a successor, or takes the name back; the successor accepts.
///
/// Specification:
/// - each role is handed over by its own holder: an admin can not replace the guardian that watches it
/// - a wrong key can not end up with a role, for it has to sign
#[event_cpi]
#[derive(Accounts)]
pub struct HandOverRole<'info> {
    /// The LRT.
    #[account(mut)]
    pub lrt: AccountLoader<'info, Lrt>,
    /// The role's holder, or the successor it has named. The rule checks which is needed.
    pub signer: Signer<'info>,
}

impl HandOverRole<'_> {
    /// Names `successor`; the default key takes the name back.
    pub fn propose(ctx: Context<Self>, kind: RoleKind, successor: Pubkey) -> Result<()> {
        let accounts = &ctx.accounts;
        let old_pending = {
            let mut lrt = accounts.lrt.load_mut()?;
            let role = lrt.role_mut(kind);
            let old = role.pending;
            role.propose(accounts.signer.key, successor)?;
            old
        };
        let event = RoleProposed {
            lrt: accounts.lrt.key(),
            role: kind,
            holder: accounts.signer.key(),
            old_pending,
            pending: successor,
        };
        emit(&accounts.event_authority, &event)
    }

    /// The successor accepts.
    pub fn accept(ctx: Context<Self>, kind: RoleKind) -> Result<()> {
        let accounts = &ctx.accounts;
        let old = {
            let mut lrt = accounts.lrt.load_mut()?;
            lrt.role_mut(kind).accept(accounts.signer.key)?
        };
        let event = RoleAccepted {
            lrt: accounts.lrt.key(),
            role: kind,
            old,
            new: accounts.signer.key(),
        };
        emit(&accounts.event_authority, &event)
    }
}

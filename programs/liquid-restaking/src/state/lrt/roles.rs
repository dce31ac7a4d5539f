//! Admin, manager and guardian: each handed over by its own holder, in two steps.

use crate::error::RestakingError;
use anchor_lang::prelude::*;

/// Which role an instruction is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, AnchorSerialize, AnchorDeserialize)]
pub enum RoleKind {
    /// Proposes parameters and pools, raises caps.
    Admin,
    /// Delegates and allocates.
    Manager,
    /// Pauses, and ends what must end at once.
    Guardian,
}

/// A role's holder and the successor that it has named.
#[zero_copy]
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Role {
    /// Who acts in the role now.
    pub holder: Pubkey,
    /// Who may accept it; the default key when nobody is named.
    pub pending: Pubkey,
}

impl Role {
    /// A role of `holder`, with no successor named.
    pub fn held_by(holder: Pubkey) -> Self {
        Self {
            holder,
            pending: Pubkey::default(),
        }
    }

    /// Names a successor; the default key withdraws the one named before.
    ///
    /// # Errors
    /// `NotRoleHolder`; `NothingToDo` when the successor is named already or holds the role.
    pub fn propose(&mut self, signer: &Pubkey, successor: Pubkey) -> Result<()> {
        require!(*signer == self.holder, RestakingError::NotRoleHolder);
        require!(
            successor != self.pending && successor != self.holder,
            RestakingError::NothingToDo
        );
        self.pending = successor;
        Ok(())
    }

    /// Makes the signer, whom the holder has named, the holder. Returns the old one.
    ///
    /// # Errors
    /// `NotPendingSuccessor`.
    pub fn accept(&mut self, signer: &Pubkey) -> Result<Pubkey> {
        require!(
            *signer == self.pending && self.pending != Pubkey::default(),
            RestakingError::NotPendingSuccessor
        );
        let old = self.holder;
        *self = Self::held_by(*signer);
        Ok(old)
    }
}

impl super::Lrt {
    /// The role of that kind.
    pub fn role_mut(&mut self, kind: RoleKind) -> &mut Role {
        match kind {
            RoleKind::Admin => &mut self.admin,
            RoleKind::Manager => &mut self.manager,
            RoleKind::Guardian => &mut self.guardian,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_passes_in_two_steps_and_can_be_withdrawn_between_them() {
        let (alice, bob, eve) = (
            Pubkey::new_unique(),
            Pubkey::new_unique(),
            Pubkey::new_unique(),
        );
        let mut role = Role::held_by(alice);
        assert!(role.propose(&eve, eve).is_err());
        assert!(role.accept(&Pubkey::default()).is_err());
        assert!(role.propose(&alice, Pubkey::default()).is_err()); // nothing to withdraw
        role.propose(&alice, bob).unwrap();
        assert!(role.accept(&eve).is_err());
        role.propose(&alice, Pubkey::default()).unwrap();
        assert!(role.accept(&bob).is_err());
        role.propose(&alice, bob).unwrap();
        assert_eq!(role.accept(&bob).unwrap(), alice);
        assert_eq!(role, Role::held_by(bob));
    }
}

//! An operator and an AVS agree to work together, each side for itself.

use crate::{error::RestakingError, math::Checked};
use anchor_lang::prelude::*;

/// Which side of an opt-in an instruction is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, AnchorSerialize, AnchorDeserialize)]
pub enum Side {
    /// The operator's.
    Operator,
    /// The AVS's.
    Avs,
}

/// One side's consent.
#[zero_copy]
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Consent {
    /// The slot in which it was last given; 0: never.
    pub since_slot: u64,
    /// The slot in which it was withdrawn; 0: it holds.
    pub until_slot: u64,
}

/// Both sides' consent. Needed to allocate, and for nothing else: withdrawing it frees no stake.
#[account(zero_copy)]
#[derive(Debug)]
pub struct OptIn {
    /// The operator.
    pub operator: Pubkey,
    /// The AVS.
    pub avs: Pubkey,
    /// Paid for this account and gets its rent back.
    pub rent_payer: Pubkey,
    /// The operator's consent.
    pub by_operator: Consent,
    /// The AVS's consent.
    pub by_avs: Consent,
    /// Bump of this account's address.
    pub bump: u8,
    /// Layout version, `LAYOUT_VERSION` when created.
    pub version: u8,
    /// Explicit padding.
    pub padding: [u8; 6],
    /// Room to grow.
    pub reserved: [u64; 4],
}

const _: () = assert!(core::mem::size_of::<OptIn>() == 168);

impl Consent {
    /// Whether it is given.
    pub fn holds(&self) -> bool {
        self.since_slot != 0 && self.until_slot == 0
    }

    /// # Errors
    /// `NothingToDo` when it is given already.
    pub fn give(&mut self, slot: u64) -> Result<()> {
        require!(!self.holds(), RestakingError::NothingToDo);
        *self = Self {
            since_slot: slot,
            until_slot: 0,
        };
        Ok(())
    }

    /// # Errors
    /// `NothingToDo` when it is not given.
    pub fn withdraw(&mut self, slot: u64) -> Result<()> {
        require!(self.holds(), RestakingError::NothingToDo);
        self.until_slot = slot;
        Ok(())
    }
}

impl OptIn {
    /// Bytes of the account, discriminator included.
    pub const SPACE: usize = 8 + core::mem::size_of::<Self>();

    /// One side's consent.
    pub fn consent_mut(&mut self, side: Side) -> &mut Consent {
        match side {
            Side::Operator => &mut self.by_operator,
            Side::Avs => &mut self.by_avs,
        }
    }

    /// Both sides have consented, and for at least `warmup_slots`.
    ///
    /// # Errors
    /// `OperatorNotOptedIn`; `AvsNotOptedIn`; `OptInWarming`.
    pub fn require_warm(&self, slot: u64, warmup_slots: u64) -> Result<()> {
        require!(self.by_operator.holds(), RestakingError::OperatorNotOptedIn);
        require!(self.by_avs.holds(), RestakingError::AvsNotOptedIn);
        let since = self.by_operator.since_slot.max(self.by_avs.since_slot);
        require!(
            slot >= since.plus(warmup_slots)?,
            RestakingError::OptInWarming
        );
        Ok(())
    }

    /// # Errors
    /// `OptInInUse` while one side consents.
    pub fn require_closable(&self) -> Result<()> {
        require!(
            !self.by_operator.holds() && !self.by_avs.holds(),
            RestakingError::OptInInUse
        );
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytemuck::Zeroable;

    #[test]
    fn both_sides_consent_and_the_younger_consent_warms() {
        let mut opt_in = OptIn::zeroed();
        let refused = |opt_in: &OptIn, slot| opt_in.require_warm(slot, 10).unwrap_err();
        assert_eq!(
            refused(&opt_in, 1),
            RestakingError::OperatorNotOptedIn.into()
        );
        opt_in.consent_mut(Side::Operator).give(5).unwrap();
        assert_eq!(refused(&opt_in, 99), RestakingError::AvsNotOptedIn.into());
        opt_in.consent_mut(Side::Avs).give(7).unwrap();
        assert_eq!(refused(&opt_in, 16), RestakingError::OptInWarming.into());
        opt_in.require_warm(17, 10).unwrap();
        assert!(opt_in.by_avs.give(8).is_err() && opt_in.require_closable().is_err());

        opt_in.consent_mut(Side::Operator).withdraw(20).unwrap();
        assert!(opt_in.by_operator.withdraw(20).is_err());
        assert_eq!(
            refused(&opt_in, 99),
            RestakingError::OperatorNotOptedIn.into()
        );
        opt_in.by_operator.give(30).unwrap(); // warms anew
        assert!(opt_in.require_warm(39, 10).is_err() && opt_in.require_warm(40, 10).is_ok());
        opt_in.by_operator.withdraw(41).unwrap();
        opt_in.by_avs.withdraw(41).unwrap();
        opt_in.require_closable().unwrap();
    }
}

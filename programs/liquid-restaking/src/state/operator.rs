//! An operator: runs services for AVSs with stake that pools delegate to it. Known to every LRT of the program.

use crate::{constants::*, error::RestakingError, math::Checked, state::Role};
use anchor_lang::prelude::*;

/// An operator.
///
/// Invariants:
/// - `delegations` = delegation accounts that name it, `opt_ins` = opt-ins that it has given and not withdrawn
#[account(zero_copy)]
#[derive(Debug)]
pub struct Operator {
    /// Signed the registration; part of the address.
    pub base: Pubkey,
    /// Acts for the operator, and the successor that it has named.
    pub authority: Role,
    /// Paid for this account and gets its rent back.
    pub rent_payer: Pubkey,
    /// First slot in which `pending_commission_bps` is in force; 0: none is pending.
    pub commission_slot: u64,
    /// The slot in which it retired; 0: in service.
    pub retired_slot: u64,
    /// Delegations that name it.
    pub delegations: u32,
    /// Opt-ins that it has given.
    pub opt_ins: u32,
    /// Share of a reward that it keeps, in basis points.
    pub commission_bps: u16,
    /// A higher commission that waits out its delay.
    pub pending_commission_bps: u16,
    /// Bump of this account's address.
    pub bump: u8,
    /// Layout version, `LAYOUT_VERSION` when created.
    pub version: u8,
    /// Explicit padding.
    pub padding: [u8; 2],
    /// Who it is, for people.
    pub uri: [u8; URI_LEN],
    /// Room to grow.
    pub reserved: [u64; 8],
}

const _: () = assert!(core::mem::size_of::<Operator>() == 352);

impl Operator {
    /// Bytes of the account, discriminator included.
    pub const SPACE: usize = 8 + core::mem::size_of::<Self>();

    /// The commission in force in `slot`.
    pub fn commission_at(&self, slot: u64) -> u16 {
        if self.commission_slot != 0 && slot >= self.commission_slot {
            return self.pending_commission_bps;
        }
        self.commission_bps
    }

    /// A lower commission is in force at once and takes a pending rise back; a higher one waits `COMMISSION_DELAY_SLOTS`.
    ///
    /// # Errors
    /// `CommissionOutOfBounds`; `NothingToDo` when it is in force and no rise is pending.
    pub fn set_commission(&mut self, bps: u16, slot: u64) -> Result<()> {
        require!(
            bps <= MAX_COMMISSION_BPS,
            RestakingError::CommissionOutOfBounds
        );
        let now = self.commission_at(slot);
        let rise_pending = self.commission_slot > slot;
        require!(bps != now || rise_pending, RestakingError::NothingToDo);
        if bps > now {
            self.commission_bps = now;
            self.pending_commission_bps = bps;
            self.commission_slot = slot.plus(COMMISSION_DELAY_SLOTS)?;
        } else {
            self.commission_bps = bps;
            self.pending_commission_bps = 0;
            self.commission_slot = 0;
        }
        Ok(())
    }

    /// Whether it has retired.
    pub fn is_retired(&self) -> bool {
        self.retired_slot != 0
    }

    /// # Errors
    /// `OperatorRetired`.
    pub fn require_in_service(&self) -> Result<()> {
        require!(!self.is_retired(), RestakingError::OperatorRetired);
        Ok(())
    }

    /// Retires for good: it takes no new stake, and anyone may move what it has back to idle.
    ///
    /// # Errors
    /// `OperatorRetired` when it has already.
    pub fn retire(&mut self, slot: u64) -> Result<()> {
        self.require_in_service()?;
        self.retired_slot = slot;
        Ok(())
    }

    /// # Errors
    /// `OperatorInUse` while a delegation names it or it has given an opt-in.
    pub fn require_closable(&self) -> Result<()> {
        require!(
            self.delegations == 0 && self.opt_ins == 0,
            RestakingError::OperatorInUse
        );
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytemuck::Zeroable;

    #[test]
    fn a_commission_rises_after_the_delay_and_falls_at_once() {
        let mut operator = Operator::zeroed();
        operator.set_commission(100, 5).unwrap();
        let rise = 5 + COMMISSION_DELAY_SLOTS;
        assert_eq!(
            (
                operator.commission_at(rise - 1),
                operator.commission_at(rise)
            ),
            (0, 100)
        );
        operator.set_commission(0, 6).unwrap(); // takes the rise back
        assert_eq!(operator.commission_at(rise), 0);
        assert_eq!(
            operator.set_commission(0, 6),
            Err(RestakingError::NothingToDo.into())
        );
        operator.set_commission(100, 10).unwrap();
        operator.set_commission(50, rise + 10).unwrap(); // the rise is in force: this is a cut
        assert_eq!(operator.commission_at(rise + 10), 50);
        operator.set_commission(200, rise + 11).unwrap();
        assert_eq!(operator.commission_at(rise + 12), 50);
        assert!(operator.set_commission(2_001, rise).is_err());
    }

    #[test]
    fn an_operator_retires_once_and_closes_when_nothing_names_it() {
        let mut operator = Operator::zeroed();
        operator.delegations = 1;
        operator.retire(9).unwrap();
        assert!(operator.retire(10).is_err() && operator.require_in_service().is_err());
        assert!(operator.require_closable().is_err());
        operator.delegations = 0;
        operator.require_closable().unwrap();
        operator.opt_ins = 1;
        assert!(operator.require_closable().is_err());
    }
}

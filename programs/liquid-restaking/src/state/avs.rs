//! An AVS: a service that stake secures, and that may slash it within terms it has published.

use crate::{constants::*, error::RestakingError, math::Checked, state::Role};
use anchor_lang::prelude::*;

/// An AVS. What it says here binds nobody: each stake pool accepts a copy of the terms, and the copy rules.
///
/// Invariants:
/// - `opt_ins` = opt-ins that it has given and not withdrawn
#[account(zero_copy)]
#[derive(Debug)]
pub struct Avs {
    /// Signed the registration; part of the address.
    pub base: Pubkey,
    /// Acts for the AVS, and the successor that it has named.
    pub authority: Role,
    /// Paid for this account and gets its rent back.
    pub rent_payer: Pubkey,
    /// What it asks pools to accept.
    pub offer: AvsOffer,
    /// Opt-ins that it has given.
    pub opt_ins: u32,
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

const _: () = assert!(core::mem::size_of::<Avs>() == 464);

/// Everything about an AVS that a stake pool accepts, and copies when its acceptance is proposed.
#[derive(
    Debug,
    Default,
    Clone,
    Copy,
    PartialEq,
    Eq,
    AnchorSerialize,
    AnchorDeserialize,
    bytemuck::Pod,
    bytemuck::Zeroable,
)]
#[repr(C)]
pub struct AvsOffer {
    /// Proposes slashes.
    pub slasher: Pubkey,
    /// May veto them.
    pub resolver: Pubkey,
    /// Owner of the token accounts that slashed collateral goes to, fixed at creation; the default key: it is burned.
    pub destination: Pubkey,
    /// Windows and caps.
    pub terms: AvsTerms,
}

/// What an AVS promises about slashing and leaving. All windows are in slots.
#[derive(
    Debug,
    Default,
    Clone,
    Copy,
    PartialEq,
    Eq,
    AnchorSerialize,
    AnchorDeserialize,
    bytemuck::Pod,
    bytemuck::Zeroable,
)]
#[repr(C)]
pub struct AvsTerms {
    /// How long a proposal may be vetoed.
    pub veto_window: u64,
    /// How long it may be executed after that.
    pub execution_window: u64,
    /// How long stake stays slashable after it was deallocated.
    pub exit_delay: u64,
    /// How long used room takes to refill.
    pub slash_window: u64,
    /// Share of an allocation that may be slashed before room has refilled.
    pub slash_cap_bps: u16,
    /// Explicit padding.
    pub padding: [u8; 6],
}

impl AvsOffer {
    /// With padding zero, so that equal offers are equal.
    pub fn normalized(mut self) -> Self {
        self.terms.padding = [0; 6];
        self
    }
}

impl AvsTerms {
    /// The bounds of DESIGN §3. `max_exit_delay` is an LRT's own when it accepts, the program's when an AVS registers.
    ///
    /// # Errors
    /// `ExitDelayOutOfBounds`, `VetoWindowOutOfBounds`, `ExecutionWindowOutOfBounds`, `SlashWindowOutOfBounds`,
    /// `SlashCapOutOfBounds`.
    pub fn validate(&self, max_exit_delay: u64) -> Result<()> {
        require!(
            (MIN_EXIT_DELAY..=max_exit_delay).contains(&self.exit_delay),
            RestakingError::ExitDelayOutOfBounds
        );
        let least_veto = self.exit_delay.div_ceil(VETO_WINDOW_DIVISOR);
        let longest = self.exit_delay.checked_div(WINDOW_DIVISOR).unwrap_or(0);
        require!(
            (least_veto..=longest).contains(&self.veto_window),
            RestakingError::VetoWindowOutOfBounds
        );
        require!(
            (self.veto_window..=longest).contains(&self.execution_window),
            RestakingError::ExecutionWindowOutOfBounds
        );
        require!(
            (self.exit_delay..=MAX_SLASH_WINDOW).contains(&self.slash_window),
            RestakingError::SlashWindowOutOfBounds
        );
        require!(
            self.slash_cap_bps <= MAX_SLASH_CAP_BPS,
            RestakingError::SlashCapOutOfBounds
        );
        Ok(())
    }

    /// The slot in which stake deallocated in `slot` is released: after the exit delay, rounded up to a multiple of a
    /// seventh of it, so that at most [`MAX_COOLINGS`] are pending.
    ///
    /// # Errors
    /// `MathOverflow` when it does not fit.
    pub fn release_slot(&self, slot: u64) -> Result<u64> {
        let grid = self.exit_delay.div_ceil(COOLING_GRID).max(1);
        slot.plus(self.exit_delay)?.div_ceil(grid).times(grid)
    }
}

impl Avs {
    /// Bytes of the account, discriminator included.
    pub const SPACE: usize = 8 + core::mem::size_of::<Self>();

    /// # Errors
    /// `AvsInUse` while it has given an opt-in.
    pub fn require_closable(&self) -> Result<()> {
        require!(self.opt_ins == 0, RestakingError::AvsInUse);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::fixtures::terms;

    type Edit = (fn(&mut AvsTerms), RestakingError);

    #[test]
    fn every_bound_of_the_terms_has_its_error() {
        terms().validate(300).unwrap();
        let refused: [Edit; 9] = [
            (|t| t.exit_delay = 6, RestakingError::ExitDelayOutOfBounds),
            (|t| t.exit_delay = 301, RestakingError::ExitDelayOutOfBounds),
            (
                |t| t.veto_window = 34,
                RestakingError::VetoWindowOutOfBounds,
            ),
            (|t| t.veto_window = 4, RestakingError::VetoWindowOutOfBounds),
            (
                |t| t.execution_window = 9,
                RestakingError::ExecutionWindowOutOfBounds,
            ),
            (
                |t| t.execution_window = 34,
                RestakingError::ExecutionWindowOutOfBounds,
            ),
            (
                |t| t.slash_window = 99,
                RestakingError::SlashWindowOutOfBounds,
            ),
            (
                |t| t.slash_window = MAX_SLASH_WINDOW + 1,
                RestakingError::SlashWindowOutOfBounds,
            ),
            (
                |t| t.slash_cap_bps = 5_001,
                RestakingError::SlashCapOutOfBounds,
            ),
        ];
        for (edit, error) in refused {
            let mut changed = terms();
            edit(&mut changed);
            assert_eq!(changed.validate(300), Err(error.into()));
        }
    }

    #[test]
    fn the_smallest_exit_delay_has_windows() {
        let small = AvsTerms {
            veto_window: 1,
            execution_window: 2,
            exit_delay: 7,
            slash_window: 7,
            ..terms()
        };
        small.validate(7).unwrap();
        assert_eq!(small.release_slot(10).unwrap(), 17);
    }

    #[test]
    fn release_slots_are_rounded_up_to_the_grid() {
        let terms = terms(); // exit delay 100: a grid of 15
        assert_eq!(terms.release_slot(0).unwrap(), 105);
        assert_eq!(terms.release_slot(5).unwrap(), 105);
        assert_eq!(terms.release_slot(6).unwrap(), 120);
        assert!(terms.release_slot(u64::MAX).is_err());
    }
}

//! A slash that an AVS has proposed: public from the first slot, executed by anyone after the veto window (DESIGN §6).

use super::AvsTerms;
use crate::{constants::URI_LEN, error::RestakingError, math::Checked};
use anchor_lang::prelude::*;

/// How a proposal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, AnchorSerialize, AnchorDeserialize)]
#[repr(u8)]
pub enum SlashState {
    /// Locks stake.
    Open,
    /// The resolver, or the guardian of an ended AVS, said no.
    Vetoed,
    /// Bond and stake were taken.
    Executed,
    /// Nobody executed it in time.
    Expired,
}

/// One proposal. Collateral units.
///
/// Invariants:
/// - once executed: `amount` = `from_bond` + `from_stake` + what it was short
#[account(zero_copy)]
#[derive(Debug)]
pub struct SlashProposal {
    /// The acceptance of the AVS that proposed it.
    pub pool_avs: Pubkey,
    /// The allocation.
    pub allocation: Pubkey,
    /// Paid for this account and gets its rent back.
    pub rent_payer: Pubkey,
    /// Counts the AVS's proposals on this pool; part of the address.
    pub index: u64,
    /// What is proposed to be taken.
    pub amount: u64,
    /// The slot it was proposed in.
    pub proposed_slot: u64,
    /// First slot in which it may no longer be vetoed, and may be executed.
    pub execution_slot: u64,
    /// First slot in which it may no longer be executed.
    pub expiry_slot: u64,
    /// The slot in which it ended; 0 while it is open.
    pub ended_slot: u64,
    /// What the operator's bond paid.
    pub from_bond: u64,
    /// What the holders' stake paid.
    pub from_stake: u64,
    /// Hash of the evidence.
    pub evidence: [u8; 32],
    /// Where the evidence is.
    pub uri: [u8; URI_LEN],
    /// A [`SlashState`].
    pub state: u8,
    /// Bump of this account's address.
    pub bump: u8,
    /// Layout version, `LAYOUT_VERSION` when created.
    pub version: u8,
    /// Explicit padding.
    pub padding: [u8; 5],
    /// Room to grow.
    pub reserved: [u64; 4],
}

const _: () = assert!(core::mem::size_of::<SlashProposal>() == 360);

impl SlashProposal {
    /// Bytes of the account, discriminator included.
    pub const SPACE: usize = 8 + core::mem::size_of::<Self>();

    /// Starts the windows of the terms that rule when it is proposed.
    ///
    /// # Errors
    /// `MathOverflow` when the slots do not fit.
    pub fn open(&mut self, amount: u64, terms: &AvsTerms, slot: u64) -> Result<()> {
        self.amount = amount;
        self.proposed_slot = slot;
        self.execution_slot = slot.plus(terms.veto_window)?;
        self.expiry_slot = self.execution_slot.plus(terms.execution_window)?;
        Ok(())
    }

    /// How it stands.
    pub fn state(&self) -> SlashState {
        match self.state {
            1 => SlashState::Vetoed,
            2 => SlashState::Executed,
            3 => SlashState::Expired,
            _ => SlashState::Open,
        }
    }

    /// Slots for which it has been open in `slot`.
    pub fn open_for(&self, slot: u64) -> u64 {
        slot.saturating_sub(self.proposed_slot)
    }

    /// Ends it in `slot`, if `state` is possible then.
    ///
    /// # Errors
    /// `ProposalEnded`; `VetoWindowOver`; `VetoWindowRunning`; `ExecutionWindowOver`; `ExecutionWindowRunning`.
    pub fn end(&mut self, state: SlashState, slot: u64) -> Result<()> {
        require!(
            self.state() == SlashState::Open,
            RestakingError::ProposalEnded
        );
        match state {
            SlashState::Vetoed | SlashState::Open => {
                require!(slot < self.execution_slot, RestakingError::VetoWindowOver)
            }
            SlashState::Executed => {
                require!(
                    slot >= self.execution_slot,
                    RestakingError::VetoWindowRunning
                );
                require!(slot < self.expiry_slot, RestakingError::ExecutionWindowOver);
            }
            SlashState::Expired => require!(
                slot >= self.expiry_slot,
                RestakingError::ExecutionWindowRunning
            ),
        }
        self.state = state as u8;
        self.ended_slot = slot;
        Ok(())
    }

    /// # Errors
    /// `ProposalOpen`.
    pub fn require_closable(&self) -> Result<()> {
        require!(
            self.state() != SlashState::Open,
            RestakingError::ProposalOpen
        );
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::fixtures::*;
    use bytemuck::Zeroable;

    fn proposal() -> SlashProposal {
        let mut proposal = SlashProposal::zeroed();
        proposal.open(5, &terms(), 100).unwrap(); // veto until 110, execution until 130
        proposal
    }

    #[test]
    fn each_window_begins_and_ends_in_its_slot() {
        use SlashState::*;
        let allowed = |state, slot| proposal().end(state, slot);
        assert!(allowed(Vetoed, 109).is_ok());
        assert_eq!(
            allowed(Vetoed, 110),
            Err(RestakingError::VetoWindowOver.into())
        );
        assert_eq!(
            allowed(Executed, 109),
            Err(RestakingError::VetoWindowRunning.into())
        );
        assert!(allowed(Executed, 110).is_ok() && allowed(Executed, 129).is_ok());
        assert_eq!(
            allowed(Executed, 130),
            Err(RestakingError::ExecutionWindowOver.into())
        );
        assert_eq!(
            allowed(Expired, 129),
            Err(RestakingError::ExecutionWindowRunning.into())
        );
        assert!(allowed(Expired, 130).is_ok());
    }

    #[test]
    fn a_proposal_ends_once() {
        for state in [
            SlashState::Vetoed,
            SlashState::Executed,
            SlashState::Expired,
        ] {
            let mut proposal = proposal();
            assert!(proposal.require_closable().is_err());
            let slot = match state {
                SlashState::Vetoed => 100,
                SlashState::Executed => 110,
                _ => 130,
            };
            proposal.end(state, slot).unwrap();
            assert_eq!((proposal.state(), proposal.ended_slot), (state, slot));
            assert_eq!(
                proposal.end(state, slot),
                Err(RestakingError::ProposalEnded.into())
            );
            proposal.require_closable().unwrap();
        }
    }
}

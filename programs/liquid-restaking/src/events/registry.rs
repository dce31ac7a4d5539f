//! Operators, AVSs, and what they agree on.

use crate::state::{AvsOffer, Side};
use anchor_lang::prelude::*;

/// An operator registered.
#[event]
pub struct OperatorRegistered {
    pub operator: Pubkey,
    pub authority: Pubkey,
    pub commission_bps: u16,
    pub uri: String,
}

/// An operator changed what it says of itself.
#[event]
pub struct OperatorUpdated {
    pub operator: Pubkey,
    pub authority: Pubkey,
    pub pending_authority: Pubkey,
    /// In force before.
    pub old_commission_bps: u16,
    /// In force now.
    pub commission_bps: u16,
    /// In force from `commission_slot` on, if that is not 0.
    pub pending_commission_bps: u16,
    pub commission_slot: u64,
    /// The new one, if it changed.
    pub uri: Option<String>,
}

/// A successor accepted an operator's authority.
#[event]
pub struct OperatorHandedOver {
    pub operator: Pubkey,
    pub old: Pubkey,
    pub new: Pubkey,
}

/// An operator retired.
#[event]
pub struct OperatorRetired {
    pub operator: Pubkey,
}

/// An operator was closed.
#[event]
pub struct OperatorClosed {
    pub operator: Pubkey,
}

/// An AVS registered.
#[event]
pub struct AvsRegistered {
    pub avs: Pubkey,
    pub authority: Pubkey,
    pub offer: AvsOffer,
    pub uri: String,
}

/// An AVS changed what it offers; no stake pool is bound by it.
#[event]
pub struct AvsUpdated {
    pub avs: Pubkey,
    pub authority: Pubkey,
    pub pending_authority: Pubkey,
    pub old: AvsOffer,
    pub new: AvsOffer,
    /// The new one, if it changed.
    pub uri: Option<String>,
}

/// A successor accepted an AVS's authority.
#[event]
pub struct AvsHandedOver {
    pub avs: Pubkey,
    pub old: Pubkey,
    pub new: Pubkey,
}

/// An AVS was closed.
#[event]
pub struct AvsClosed {
    pub avs: Pubkey,
}

/// One side of an opt-in gave or withdrew its consent.
#[event]
pub struct OptInChanged {
    pub operator: Pubkey,
    pub avs: Pubkey,
    pub side: Side,
    /// Whether it consents now.
    pub holds: bool,
}

/// An opt-in that neither side gives was closed.
#[event]
pub struct OptInClosed {
    pub operator: Pubkey,
    pub avs: Pubkey,
}

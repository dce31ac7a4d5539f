//! The seeds with which the program's accounts sign calls, kept apart from the accounts: no view of an account outlives a
//! call.

use super::{Lrt, RewardBook, StakePool};
use crate::{LRT_SEED, REWARD_BOOK_SEED, STAKE_POOL_SEED};
use anchor_lang::prelude::*;

/// Signs as an LRT: mints.
#[derive(Debug, Clone, Copy)]
pub struct LrtSigner {
    mint: Pubkey,
    bump: [u8; 1],
}

/// Signs as a stake pool: pays out of the vault.
#[derive(Debug, Clone, Copy)]
pub struct PoolSigner {
    lrt: Pubkey,
    collateral_mint: Pubkey,
    bump: [u8; 1],
}

impl LrtSigner {
    /// For a signed call.
    pub fn seeds(&self) -> [&[u8]; 3] {
        [LRT_SEED, self.mint.as_ref(), &self.bump]
    }
}

impl PoolSigner {
    /// For a signed call.
    pub fn seeds(&self) -> [&[u8]; 4] {
        [
            STAKE_POOL_SEED,
            self.lrt.as_ref(),
            self.collateral_mint.as_ref(),
            &self.bump,
        ]
    }
}

impl Lrt {
    /// What signs as this LRT.
    pub fn signer(&self) -> LrtSigner {
        LrtSigner {
            mint: self.mint,
            bump: [self.bump],
        }
    }
}

impl StakePool {
    /// What signs as this stake pool.
    pub fn signer(&self) -> PoolSigner {
        PoolSigner {
            lrt: self.lrt,
            collateral_mint: self.collateral_mint,
            bump: [self.bump],
        }
    }
}

/// Signs as a reward book: gives staked LRT back, and pays out of streams.
#[derive(Debug, Clone, Copy)]
pub struct BookSigner {
    lrt: Pubkey,
    bump: [u8; 1],
}

impl BookSigner {
    /// For a signed call.
    pub fn seeds(&self) -> [&[u8]; 3] {
        [REWARD_BOOK_SEED, self.lrt.as_ref(), &self.bump]
    }
}

impl RewardBook {
    /// What signs as this reward book.
    pub fn signer(&self) -> BookSigner {
        BookSigner {
            lrt: self.lrt,
            bump: [self.bump],
        }
    }
}

//! A row of the pool table: what an LRT's price needs to know of one stake pool.

use super::Drip;
use anchor_lang::prelude::*;

/// One stake pool in an LRT's table, in collateral units unless said otherwise.
#[zero_copy]
#[derive(Debug, PartialEq, Eq)]
pub struct PoolRow {
    /// The stake pool.
    pub stake_pool: Pubkey,
    /// Idle and delegated collateral, released drip included.
    pub assets: u64,
    /// Σ of what is disputed and no bond covers (DESIGN §6).
    pub uncovered: u64,
    /// The account that the collateral's rate is read from; the default key: the rate is one.
    pub rate_source: Pubkey,
    /// Numerator of the rate last read, in lamports.
    pub rate_lamports: u64,
    /// Denominator of the rate last read, in collateral units.
    pub rate_tokens: u64,
    /// Cluster epoch in which the rate was read.
    pub rate_epoch: u64,
    /// Rewards, fees of instant exits and swept surplus that drip into `assets`.
    pub drip: Drip,
    /// Released from the drip and not yet booked into the stake pool's `idle`.
    pub released: u64,
    /// A risen rate drips too, in lamports.
    pub lamport_drip: Drip,
    /// Reserved for what rates need (paused, stale): always 0 so far.
    pub state: u8,
    /// Explicit padding.
    pub padding: [u8; 7],
    /// Room to grow.
    pub reserved: [u64; 4],
}

const _: () = assert!(core::mem::size_of::<PoolRow>() == 200);

impl PoolRow {
    /// An empty row at rate one.
    pub fn new(stake_pool: Pubkey) -> Self {
        Self {
            stake_pool,
            ..bytemuck::Zeroable::zeroed()
        }
    }

    /// The value of `assets`, in the LRT's unit: at rate one, the collateral itself.
    pub fn value(&self) -> u64 {
        self.assets
    }

    /// What exits count: the value less what is uncovered.
    pub fn exit_value(&self) -> u64 {
        self.value().saturating_sub(self.uncovered_value())
    }

    /// The value of what is uncovered, in the LRT's unit.
    pub fn uncovered_value(&self) -> u64 {
        self.uncovered
    }
}

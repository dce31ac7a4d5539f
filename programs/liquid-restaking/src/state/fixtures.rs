//! A world for unit tests: one LRT with one pool, and a queue with one batch.

use super::*;
use anchor_lang::prelude::*;
use bytemuck::Zeroable;

pub const EPOCH: u64 = 100;
pub const SLOT: u64 = 1_000 * EPOCH;
/// Due slot of a batch opened in `SLOT`'s epoch, two epochs of cooldown.
pub const DUE: u64 = SLOT + 3 * EPOCH;

pub fn fixed_params() -> FixedParams {
    FixedParams {
        epoch_length: EPOCH,
        max_exit_delay: 300,
        decimals: 9,
        padding: [0; 7],
    }
}

pub fn params() -> Params {
    Params {
        cooldown_epochs: 2,
        timelock_slots: 1_043,
        grace_slots: 200,
        warmup_slots: 10,
        drip_slots: 100,
        bond_cooldown_slots: 443,
        min_settle: 1,
        min_reward: 1,
        min_slash: 1,
        leverage_bps: 10_000,
        dispute_tolerance_bps: 50,
        instant_limit_bps: 10_000,
        ..Params::default()
    }
}

pub fn world() -> (Lrt, StakePool) {
    let mut lrt = Lrt::zeroed();
    lrt.fixed = fixed_params();
    lrt.params = params();
    let mut pool = StakePool::zeroed();
    pool.deposit_cap = u64::MAX;
    pool.epoch = lrt.epoch_of(SLOT);
    pool.row = lrt.add_row(Pubkey::new_unique()).unwrap();
    lrt.instant_window.epoch = pool.epoch;
    (lrt, pool)
}

/// Opens a batch in `SLOT`'s epoch, and an empty ticket of it.
pub fn queue(lrt: &Lrt, pool: &mut StakePool) -> (WithdrawBatch, WithdrawTicket) {
    let mut batch = WithdrawBatch::zeroed();
    batch.epoch = lrt.epoch_of(SLOT);
    batch.due_slot = DUE;
    pool.link_tail(batch.epoch, DUE, None).unwrap();
    let mut ticket = WithdrawTicket::zeroed();
    ticket.batch_epoch = batch.epoch;
    (batch, ticket)
}

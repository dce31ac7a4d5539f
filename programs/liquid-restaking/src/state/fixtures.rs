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
    pool.deposit_cap.now = u64::MAX;
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

/// An AVS's terms within the bounds of a longest exit delay of 300.
pub fn terms() -> AvsTerms {
    AvsTerms {
        veto_window: 10,
        execution_window: 20,
        exit_delay: 100,
        slash_window: 100,
        slash_cap_bps: 1_000,
        padding: [0; 6],
    }
}

pub fn offer() -> AvsOffer {
    AvsOffer {
        terms: terms(),
        ..AvsOffer::default()
    }
}

/// One operator and one AVS, accepted without caps of their own, for the rules of DESIGN §5.
pub struct Restaking {
    pub lrt: Lrt,
    pub pool: StakePool,
    pub delegation: Delegation,
    pub allocation: Allocation,
    pub pool_avs: PoolAvs,
}

impl Restaking {
    /// With `assets` idle.
    pub fn new(assets: u64) -> Self {
        let (mut lrt, mut pool) = world();
        lrt.deposit(&mut pool, assets, SLOT).unwrap();
        let place = pool.take_avs_place(Pubkey::new_unique()).unwrap();
        pool.avs_mut(place).unwrap().cap_bps = 10_000;
        let mut delegation = Delegation::zeroed();
        delegation.cap = Cap::of(u64::MAX);
        pool.delegations = 1;
        Self {
            lrt,
            pool,
            delegation,
            allocation: Allocation::zeroed(),
            pool_avs: PoolAvs {
                accepted: offer(),
                ..PoolAvs::zeroed()
            },
        }
    }

    // What a transaction does: a refusal changes nothing.
    pub fn attempt<T>(&mut self, rule: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let before = (
            self.lrt,
            self.pool,
            self.delegation,
            self.allocation,
            self.pool_avs,
        );
        let result = rule(self);
        if result.is_err() {
            (
                self.lrt,
                self.pool,
                self.delegation,
                self.allocation,
                self.pool_avs,
            ) = before;
        }
        result
    }

    pub fn delegate(&mut self, amount: u64) -> Result<()> {
        self.attempt(|w| w.lrt.delegate(&mut w.pool, &mut w.delegation, amount))
    }

    pub fn undelegate(&mut self, amount: u64) -> Result<()> {
        self.attempt(|w| w.lrt.undelegate(&mut w.pool, &mut w.delegation, amount))
    }

    /// In `SLOT`.
    pub fn allocate(&mut self, amount: u64) -> Result<Ripened> {
        self.attempt(|w| {
            w.lrt.allocate(
                &mut w.pool,
                &mut w.delegation,
                &mut w.allocation,
                amount,
                SLOT,
            )
        })
    }

    pub fn deallocate(&mut self, amount: u64, slot: u64) -> Result<Deallocated> {
        self.attempt(|w| {
            let (pool, delegation) = (&mut w.pool, &mut w.delegation);
            w.lrt.deallocate(
                pool,
                delegation,
                &mut w.allocation,
                &w.pool_avs,
                amount,
                slot,
            )
        })
    }

    pub fn release(&mut self, slot: u64) -> Result<Ripened> {
        self.attempt(|w| {
            w.lrt
                .release(&mut w.pool, &mut w.delegation, &mut w.allocation, slot)
        })
    }

    pub fn force_deallocate(&mut self, slot: u64) -> Result<Deallocated> {
        self.attempt(|w| {
            let (pool, delegation) = (&mut w.pool, &mut w.delegation);
            w.lrt.force_deallocate(
                pool,
                delegation,
                &mut w.allocation,
                &w.pool_avs,
                false,
                slot,
            )
        })
    }
}

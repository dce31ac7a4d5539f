//! Parameters and their bounds (DESIGN §3, "Bounds" and "Changes").

use super::Lrt;
use crate::{constants::*, error::RestakingError, math::Checked, state::Timelock};
use anchor_lang::prelude::*;

/// What is fixed when an LRT is created.
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
pub struct FixedParams {
    /// Slots of one epoch.
    pub epoch_length: u64,
    /// Longest exit delay that any AVS of this LRT may have, in slots.
    pub max_exit_delay: u64,
    /// Decimals of the LRT and of its collateral.
    pub decimals: u8,
    /// Explicit padding.
    pub padding: [u8; 7],
}

/// What an admin may propose to change, under the timelock.
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
pub struct Params {
    /// Owner of the token accounts that fees are paid to.
    pub fee_wallet: Pubkey,
    /// Whole epochs that a batch waits after its own.
    pub cooldown_epochs: u64,
    /// Slots between proposing a change and applying it.
    pub timelock_slots: u64,
    /// Slots past its due slot after which a batch entitles anyone to force stake out.
    pub grace_slots: u64,
    /// Slots that newly allocated stake warms before it counts for an AVS.
    pub warmup_slots: u64,
    /// Slots over which a reward drips.
    pub drip_slots: u64,
    /// Slots that an operator's bond cools.
    pub bond_cooldown_slots: u64,
    /// Least value of a partial settlement, in collateral units.
    pub min_settle: u64,
    /// Least reward, in collateral units.
    pub min_reward: u64,
    /// Least slash, in collateral units.
    pub min_slash: u64,
    /// How often the same stake may be pledged: 10 000 is once.
    pub leverage_bps: u16,
    /// An operator's stake is at most this multiple of its bond; 0: no bond is asked.
    pub bond_multiple: u16,
    /// Up to this share of nav may be disputed and uncovered while settlement goes on.
    pub dispute_tolerance_bps: u16,
    /// Share of nav that instant exits may take in one epoch.
    pub instant_limit_bps: u16,
    /// Fee on the shares of a deposit.
    pub deposit_fee_bps: u16,
    /// Fee on the shares of a withdrawal request.
    pub withdrawal_fee_bps: u16,
    /// Fee on the shares of an instant exit.
    pub instant_fee_bps: u16,
    /// Fee on rewards, after the operator's commission.
    pub reward_fee_bps: u16,
}

/// Parameters that wait out the timelock.
#[zero_copy]
#[derive(Debug, Default, PartialEq, Eq)]
pub struct PendingParams {
    /// What will be in force.
    pub params: Params,
    /// When it may be applied.
    pub timelock: Timelock,
}

impl FixedParams {
    /// # Errors
    /// `DecimalsOutOfBounds`, `EpochLengthOutOfBounds`, `MaxExitDelayOutOfBounds`.
    pub fn validate(&self) -> Result<()> {
        require!(
            (MIN_DECIMALS..=MAX_DECIMALS).contains(&self.decimals),
            RestakingError::DecimalsOutOfBounds
        );
        require!(
            (1..=MAX_EPOCH_LENGTH).contains(&self.epoch_length),
            RestakingError::EpochLengthOutOfBounds
        );
        require!(
            (MIN_EXIT_DELAY..=MAX_EXIT_DELAY).contains(&self.max_exit_delay),
            RestakingError::MaxExitDelayOutOfBounds
        );
        Ok(())
    }

    /// The longest that a cooling lasts, rounding to its grid included: `ceil(8 · max_exit_delay / 7)`.
    ///
    /// # Errors
    /// `MathOverflow`, which a validated `max_exit_delay` can not reach.
    pub fn longest_release(&self) -> Result<u64> {
        Ok(self.max_exit_delay.times(8)?.div_ceil(COOLING_GRID))
    }

    /// The longest that stake can be held after its exit began: `ceil(8 · max_exit_delay / 7) + max_exit_delay / 3`.
    ///
    /// # Errors
    /// `MathOverflow`, which a validated `max_exit_delay` can not reach.
    pub fn longest_exit(&self) -> Result<u64> {
        let windows = self.max_exit_delay.checked_div(WINDOW_DIVISOR).unwrap_or(0);
        self.longest_release()?.plus(windows)
    }

    /// One whole token, in base units.
    pub fn whole_token(&self) -> u64 {
        10u64.saturating_pow(u32::from(self.decimals))
    }
}

impl Params {
    /// Least timelock that lets everybody leave before a change takes effect:
    /// `(cooldown + 2) epochs + grace + longest exit`.
    ///
    /// # Errors
    /// `MathOverflow`.
    pub fn least_timelock(&self, fixed: &FixedParams) -> Result<u64> {
        let leaving = self.cooldown_epochs.plus(2)?.times(fixed.epoch_length)?;
        leaving.plus(self.grace_slots)?.plus(fixed.longest_exit()?)
    }

    /// The drip of a new LRT: (cooldown + 1) epochs, so that leaving through the queue takes as long as a reward drips.
    ///
    /// # Errors
    /// `MathOverflow`, which parameters within their bounds can not reach.
    pub fn default_drip(&self, fixed: &FixedParams) -> Result<u64> {
        let leaving = self.cooldown_epochs.plus(1)?.times(fixed.epoch_length)?;
        Ok(leaving.min(MAX_DRIP_SLOTS))
    }

    /// Every bound of DESIGN §3.
    ///
    /// # Errors
    /// One per bound: `CooldownOutOfBounds`, `GraceOutOfBounds`, `TimelockTooShort`, `TimelockTooLong`, `WarmupOutOfBounds`,
    /// `DripOutOfBounds`, `BondCooldownOutOfBounds`, `MinSettleOutOfBounds`, `LeverageOutOfBounds`,
    /// `DisputeToleranceOutOfBounds`, `InstantLimitOutOfBounds`, `FeeOutOfBounds`.
    pub fn validate(&self, fixed: &FixedParams) -> Result<()> {
        require!(
            (1..=MAX_COOLDOWN_EPOCHS).contains(&self.cooldown_epochs),
            RestakingError::CooldownOutOfBounds
        );
        require!(
            self.grace_slots <= self.cooldown_epochs.times(fixed.epoch_length)?,
            RestakingError::GraceOutOfBounds
        );
        require!(
            self.timelock_slots >= self.least_timelock(fixed)?,
            RestakingError::TimelockTooShort
        );
        require!(
            self.timelock_slots <= MAX_TIMELOCK_SLOTS,
            RestakingError::TimelockTooLong
        );
        require!(
            self.warmup_slots <= fixed.max_exit_delay,
            RestakingError::WarmupOutOfBounds
        );
        require!(
            self.drip_slots <= MAX_DRIP_SLOTS,
            RestakingError::DripOutOfBounds
        );
        require!(
            (fixed.longest_exit()?..=MAX_BOND_COOLDOWN).contains(&self.bond_cooldown_slots),
            RestakingError::BondCooldownOutOfBounds
        );
        require!(
            self.min_settle <= fixed.whole_token(),
            RestakingError::MinSettleOutOfBounds
        );
        require!(
            self.leverage_bps <= MAX_LEVERAGE_BPS,
            RestakingError::LeverageOutOfBounds
        );
        require!(
            self.dispute_tolerance_bps <= MAX_DISPUTE_TOLERANCE_BPS,
            RestakingError::DisputeToleranceOutOfBounds
        );
        require!(
            u64::from(self.instant_limit_bps) <= BPS,
            RestakingError::InstantLimitOutOfBounds
        );
        require!(
            self.deposit_fee_bps <= MAX_DEPOSIT_FEE_BPS
                && self.withdrawal_fee_bps <= MAX_WITHDRAWAL_FEE_BPS
                && self.instant_fee_bps <= MAX_INSTANT_FEE_BPS
                && self.reward_fee_bps <= MAX_REWARD_FEE_BPS,
            RestakingError::FeeOutOfBounds
        );
        Ok(())
    }
}

impl Lrt {
    /// Proposes parameters: in force at once while no share is in being, else after the timelock. A second proposal
    /// takes the first one's place and starts the clock anew. Returns when it may be applied, if it waits.
    ///
    /// # Errors
    /// `NothingToDo` when they are in force already; what [`Params::validate`] refuses.
    pub fn propose_params(&mut self, params: Params, slot: u64) -> Result<Option<Timelock>> {
        require!(params != self.params, RestakingError::NothingToDo);
        params.validate(&self.fixed)?;
        if self.supply == 0 {
            self.params = params;
            self.pending_params = PendingParams::default();
            return Ok(None);
        }
        let timelock = Timelock::start(slot, self.params.timelock_slots)?;
        self.pending_params = PendingParams { params, timelock };
        Ok(Some(timelock))
    }

    /// Puts the proposed parameters in force. Returns the old ones.
    ///
    /// # Errors
    /// `NothingProposed`, `TimelockRunning`, `ProposalLapsed`.
    pub fn apply_params(&mut self, slot: u64) -> Result<Params> {
        self.pending_params.timelock.require_ripe(slot)?;
        let old = self.params;
        self.params = self.pending_params.params;
        self.pending_params = PendingParams::default();
        Ok(old)
    }

    /// Takes the proposed parameters back. Returns them.
    ///
    /// # Errors
    /// `NothingProposed`.
    pub fn withdraw_params(&mut self) -> Result<Params> {
        require!(
            self.pending_params.timelock.is_pending(),
            RestakingError::NothingProposed
        );
        let withdrawn = self.pending_params.params;
        self.pending_params = PendingParams::default();
        Ok(withdrawn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::fixtures::*;

    #[test]
    fn the_least_timelock_is_the_time_to_leave() {
        let fixed = fixed_params(); // epoch 100, max exit delay 300
        assert_eq!(fixed.longest_exit().unwrap(), 343 + 100);
        assert_eq!(params().least_timelock(&fixed).unwrap(), 400 + 200 + 443);
        assert_eq!(params().default_drip(&fixed).unwrap(), 300);
    }

    type Edit = (fn(&mut Params), RestakingError);

    #[test]
    fn every_bound_has_its_error() {
        let fixed = fixed_params();
        assert!(params().validate(&fixed).is_ok());
        let refused: [Edit; 18] = [
            (
                |p| p.cooldown_epochs = 0,
                RestakingError::CooldownOutOfBounds,
            ),
            (
                |p| p.cooldown_epochs = 31,
                RestakingError::CooldownOutOfBounds,
            ),
            (|p| p.grace_slots = 201, RestakingError::GraceOutOfBounds),
            (|p| p.timelock_slots -= 1, RestakingError::TimelockTooShort),
            (|p| p.warmup_slots = 301, RestakingError::WarmupOutOfBounds),
            (
                |p| p.drip_slots = MAX_DRIP_SLOTS + 1,
                RestakingError::DripOutOfBounds,
            ),
            (
                |p| p.bond_cooldown_slots -= 1,
                RestakingError::BondCooldownOutOfBounds,
            ),
            (
                |p| p.bond_cooldown_slots = MAX_BOND_COOLDOWN + 1,
                RestakingError::BondCooldownOutOfBounds,
            ),
            (
                |p| p.min_settle = 1_000_000_001,
                RestakingError::MinSettleOutOfBounds,
            ),
            (
                |p| p.timelock_slots = MAX_TIMELOCK_SLOTS + 1,
                RestakingError::TimelockTooLong,
            ),
            (
                |p| p.leverage_bps = 50_001,
                RestakingError::LeverageOutOfBounds,
            ),
            (
                |p| p.dispute_tolerance_bps = 51,
                RestakingError::DisputeToleranceOutOfBounds,
            ),
            (
                |p| p.instant_limit_bps = 10_001,
                RestakingError::InstantLimitOutOfBounds,
            ),
            (|p| p.deposit_fee_bps = 101, RestakingError::FeeOutOfBounds),
            (
                |p| p.withdrawal_fee_bps = 101,
                RestakingError::FeeOutOfBounds,
            ),
            (|p| p.instant_fee_bps = 501, RestakingError::FeeOutOfBounds),
            (|p| p.reward_fee_bps = 2_001, RestakingError::FeeOutOfBounds),
            (
                |p| p.cooldown_epochs = u64::MAX,
                RestakingError::CooldownOutOfBounds,
            ),
        ];
        for (edit, error) in refused {
            let mut params = params();
            edit(&mut params);
            assert_eq!(params.validate(&fixed), Err(error.into()));
        }
    }

    #[test]
    fn what_is_fixed_has_bounds_too() {
        type FixedEdit = (fn(&mut FixedParams), RestakingError);
        let edits: [FixedEdit; 6] = [
            (|f| f.decimals = 5, RestakingError::DecimalsOutOfBounds),
            (|f| f.decimals = 19, RestakingError::DecimalsOutOfBounds),
            (
                |f| f.epoch_length = 0,
                RestakingError::EpochLengthOutOfBounds,
            ),
            (
                |f| f.epoch_length = MAX_EPOCH_LENGTH + 1,
                RestakingError::EpochLengthOutOfBounds,
            ),
            (
                |f| f.max_exit_delay = 6,
                RestakingError::MaxExitDelayOutOfBounds,
            ),
            (
                |f| f.max_exit_delay = MAX_EXIT_DELAY + 1,
                RestakingError::MaxExitDelayOutOfBounds,
            ),
        ];
        for (edit, error) in edits {
            let mut fixed = fixed_params();
            edit(&mut fixed);
            assert_eq!(fixed.validate(), Err(error.into()));
        }
    }

    #[test]
    fn parameters_change_at_once_only_while_nobody_holds_a_share() {
        let (mut lrt, mut pool) = world();
        let mut next = params();
        next.deposit_fee_bps = 10;
        assert_eq!(lrt.propose_params(next, SLOT).unwrap(), None);
        assert_eq!(lrt.params, next);
        assert_eq!(
            lrt.propose_params(next, SLOT),
            Err(RestakingError::NothingToDo.into())
        );

        lrt.deposit(&mut pool, 1_000, SLOT).unwrap();
        let lock = lrt.propose_params(params(), SLOT).unwrap().unwrap();
        assert_eq!(lock.ripe_slot, SLOT + params().timelock_slots);
        assert_eq!(lrt.params, next);
        assert!(lrt.apply_params(lock.ripe_slot - 1).is_err());
        assert_eq!(lrt.apply_params(lock.ripe_slot).unwrap(), next);
        assert_eq!(lrt.params, params());
        assert!(lrt.apply_params(lock.ripe_slot).is_err());
    }

    #[test]
    fn a_proposal_can_be_replaced_withdrawn_or_lapse() {
        let (mut lrt, mut pool) = world();
        lrt.deposit(&mut pool, 1_000, SLOT).unwrap();
        let mut next = params();
        next.deposit_fee_bps = 10;
        lrt.propose_params(next, SLOT).unwrap();
        next.deposit_fee_bps = 20;
        let lock = lrt.propose_params(next, SLOT + 5).unwrap().unwrap();
        assert_eq!(lock.ripe_slot, SLOT + 5 + params().timelock_slots);
        assert_eq!(
            lrt.apply_params(lock.lapse_slot),
            Err(RestakingError::ProposalLapsed.into())
        );
        assert_eq!(lrt.withdraw_params().unwrap(), next);
        assert!(lrt.withdraw_params().is_err());
    }
}

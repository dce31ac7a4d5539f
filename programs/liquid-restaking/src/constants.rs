//! Seeds, and the bounds that no parameter may leave.
//!
//! Maxima are absolute; minima are relative to other parameters and live in [`crate::state::Params::validate`].

use anchor_lang::prelude::*;

/// Seed of the [`crate::state::Lrt`] account, followed by the LRT mint.
#[constant]
pub const LRT_SEED: &[u8] = b"lrt";
/// Seed of the [`crate::state::StakePool`] account, followed by the LRT and the collateral mint.
#[constant]
pub const STAKE_POOL_SEED: &[u8] = b"stake_pool";
/// Seed of a stake pool's token account, followed by the stake pool.
#[constant]
pub const VAULT_SEED: &[u8] = b"vault";
/// Seed of the [`crate::state::WithdrawBatch`] account, followed by the stake pool and the epoch (u64, little endian).
#[constant]
pub const BATCH_SEED: &[u8] = b"batch";
/// Seed of the [`crate::state::WithdrawTicket`] account, followed by the stake pool, the owner at creation and
/// the nonce (u64, little endian).
#[constant]
pub const TICKET_SEED: &[u8] = b"ticket";

/// Version of the account layouts.
pub const LAYOUT_VERSION: u8 = 1;

/// One hundred percent in basis points.
pub const BPS: u64 = 10_000;
/// Slots of one day at 400 ms a slot.
pub const SLOTS_PER_DAY: u64 = 216_000;

/// Rows of an LRT's pool table.
pub const MAX_POOLS: usize = 8;
/// Fewest decimals of a collateral mint: virtual shares are `10^(decimals - 3)`.
pub const MIN_DECIMALS: u8 = 6;
/// Most decimals of a collateral mint: one whole token fits 64 bits with room above it.
pub const MAX_DECIMALS: u8 = 18;

/// Longest epoch, in slots: 10 days.
pub const MAX_EPOCH_LENGTH: u64 = 10 * SLOTS_PER_DAY;
/// Longest cooldown, in epochs.
pub const MAX_COOLDOWN_EPOCHS: u64 = 30;
/// Longest drip, in slots: 30 days.
pub const MAX_DRIP_SLOTS: u64 = 30 * SLOTS_PER_DAY;
/// Largest `Lrt.max_exit_delay`, in slots: 30 days.
pub const MAX_EXIT_DELAY: u64 = 30 * SLOTS_PER_DAY;
/// Smallest exit delay, in slots: coolings are released on a grid of a seventh of it.
pub const MIN_EXIT_DELAY: u64 = 7;
/// Longest cooldown of an operator's bond, in slots: 90 days.
pub const MAX_BOND_COOLDOWN: u64 = 90 * SLOTS_PER_DAY;
/// Longest timelock, in slots: 1,000 days, half as long again as the longest that the other bounds can ask for. A slip of
/// the pen must not freeze an LRT's parameters for ever.
pub const MAX_TIMELOCK_SLOTS: u64 = 1_000 * SLOTS_PER_DAY;
/// Longest pause of deposits or instant exits, in slots: 3 days.
pub const MAX_PAUSE_SLOTS: u64 = 3 * SLOTS_PER_DAY;
/// A pause may begin again only after this many times the length of the one before.
pub const PAUSE_REST_FACTOR: u64 = 3;

/// Highest deposit fee: 1 %.
pub const MAX_DEPOSIT_FEE_BPS: u16 = 100;
/// Highest withdrawal fee: 1 %.
pub const MAX_WITHDRAWAL_FEE_BPS: u16 = 100;
/// Highest instant-exit fee: 5 %.
pub const MAX_INSTANT_FEE_BPS: u16 = 500;
/// Highest reward fee: 20 %.
pub const MAX_REWARD_FEE_BPS: u16 = 2_000;
/// Highest leverage: stake is pledged five times over.
pub const MAX_LEVERAGE_BPS: u16 = 50_000;
/// Highest dispute tolerance, as a share of nav.
pub const MAX_DISPUTE_TOLERANCE_BPS: u16 = 50;
/// Deposits are refused while one share is worth less than this part of a unit (see DESIGN §4).
pub const MIN_SHARE_VALUE_DIVISOR: u128 = 10_000;

/// Seed of the [`crate::state::Operator`] account, followed by a base key that signs its registration.
#[constant]
pub const OPERATOR_SEED: &[u8] = b"operator";
/// Seed of the [`crate::state::Avs`] account, followed by a base key that signs its registration.
#[constant]
pub const AVS_SEED: &[u8] = b"avs";
/// Seed of the [`crate::state::OptIn`] account, followed by the operator and the AVS.
#[constant]
pub const OPT_IN_SEED: &[u8] = b"opt_in";
/// Seed of the [`crate::state::PoolAvs`] account, followed by the stake pool and the AVS.
#[constant]
pub const POOL_AVS_SEED: &[u8] = b"pool_avs";
/// Seed of the [`crate::state::Delegation`] account, followed by the stake pool and the operator.
#[constant]
pub const DELEGATION_SEED: &[u8] = b"delegation";
/// Seed of the [`crate::state::Allocation`] account, followed by the delegation and the AVS.
#[constant]
pub const ALLOCATION_SEED: &[u8] = b"allocation";

/// AVSs that a stake pool may accept, and allocations that a delegation may have.
pub const MAX_AVSS: usize = 16;
/// Release slots that may be pending in one allocation: those of one exit delay on a grid of a seventh of it.
pub const MAX_COOLINGS: usize = 8;
/// Parts of an exit delay on whose multiples coolings are released.
pub const COOLING_GRID: u64 = 7;
/// Highest commission of an operator: 20 %.
pub const MAX_COMMISSION_BPS: u16 = 2_000;
/// Slots that a higher commission waits before it is in force: 7 days.
pub const COMMISSION_DELAY_SLOTS: u64 = 7 * SLOTS_PER_DAY;
/// Longest window over which an AVS's room to slash refills, in slots: 60 days.
pub const MAX_SLASH_WINDOW: u64 = 60 * SLOTS_PER_DAY;
/// Highest share of an allocation that an AVS may take in one slash window.
pub const MAX_SLASH_CAP_BPS: u16 = 5_000;
/// A veto window is at least the exit delay divided by this.
pub const VETO_WINDOW_DIVISOR: u64 = 20;
/// Veto and execution window are each at most the exit delay divided by this.
pub const WINDOW_DIVISOR: u64 = 3;
/// Bytes of a URI.
pub const URI_LEN: usize = 128;
/// After a veto or an expiry an AVS waits this many times as long as its proposal was open.
pub const VETO_BLOCK_FACTOR: u64 = 4;
/// Seed of the [`crate::state::SlashProposal`] account, followed by the pool's acceptance of the AVS and the proposal's
/// index (u64, little endian).
#[constant]
pub const SLASH_SEED: &[u8] = b"slash";
/// Seed of the token account that slashed wrapped SOL goes to, for it can not be burned; followed by the stake pool.
/// It owns itself, and the program never signs for it.
#[constant]
pub const SINK_SEED: &[u8] = b"sink";
/// Seed of the [`crate::state::RewardBook`] account, followed by the LRT.
#[constant]
pub const REWARD_BOOK_SEED: &[u8] = b"reward_book";
/// Seed of the token account that holds staked LRT, followed by the reward book.
#[constant]
pub const REWARD_VAULT_SEED: &[u8] = b"reward_vault";
/// Seed of a stream's token account, followed by the reward book and the stream's place (u8).
#[constant]
pub const STREAM_SEED: &[u8] = b"stream";
/// Seed of the [`crate::state::RewardPosition`] account, followed by the reward book and the owner.
#[constant]
pub const POSITION_SEED: &[u8] = b"position";
/// Streams of a reward book.
pub const MAX_STREAMS: usize = 8;
/// Longest time over which a stream shares out a funding, in slots: 365 days.
pub const MAX_STREAM_SLOTS: u64 = 365 * SLOTS_PER_DAY;

//! Where the program's accounts are.

use crate::ASSOCIATED_TOKEN_PROGRAM_ID;
use anchor_lang::prelude::Pubkey;
use liquid_restaking::{
    ALLOCATION_SEED, AVS_SEED, BATCH_SEED, DELEGATION_SEED, ID, LRT_SEED, OPERATOR_SEED,
    OPT_IN_SEED, POOL_AVS_SEED, POSITION_SEED, REWARD_BOOK_SEED, REWARD_VAULT_SEED, SINK_SEED,
    SLASH_SEED, STAKE_POOL_SEED, STREAM_SEED, TICKET_SEED, VAULT_SEED,
};

fn find(seeds: &[&[u8]]) -> (Pubkey, u8) {
    Pubkey::find_program_address(seeds, &ID)
}

/// The `Lrt` of a mint.
pub fn lrt(lrt_mint: &Pubkey) -> Pubkey {
    find(&[LRT_SEED, lrt_mint.as_ref()]).0
}

/// The `StakePool` of a collateral in an LRT.
pub fn stake_pool(lrt: &Pubkey, collateral_mint: &Pubkey) -> Pubkey {
    find(&[STAKE_POOL_SEED, lrt.as_ref(), collateral_mint.as_ref()]).0
}

/// A stake pool's vault.
pub fn vault(stake_pool: &Pubkey) -> Pubkey {
    find(&[VAULT_SEED, stake_pool.as_ref()]).0
}

/// The `WithdrawBatch` of an epoch.
pub fn batch(stake_pool: &Pubkey, epoch: u64) -> Pubkey {
    find(&[BATCH_SEED, stake_pool.as_ref(), &epoch.to_le_bytes()]).0
}

/// The `WithdrawTicket` of an owner's nonce, with the bump that `request_withdraw` wants.
pub fn ticket(stake_pool: &Pubkey, owner: &Pubkey, nonce: u64) -> (Pubkey, u8) {
    find(&[
        TICKET_SEED,
        stake_pool.as_ref(),
        owner.as_ref(),
        &nonce.to_le_bytes(),
    ])
}

/// The `Operator` of a base key.
pub fn operator(base: &Pubkey) -> Pubkey {
    find(&[OPERATOR_SEED, base.as_ref()]).0
}

/// The `Avs` of a base key.
pub fn avs(base: &Pubkey) -> Pubkey {
    find(&[AVS_SEED, base.as_ref()]).0
}

/// The `OptIn` of an operator and an AVS.
pub fn opt_in(operator: &Pubkey, avs: &Pubkey) -> Pubkey {
    find(&[OPT_IN_SEED, operator.as_ref(), avs.as_ref()]).0
}

/// The `PoolAvs` of a stake pool and an AVS.
pub fn pool_avs(stake_pool: &Pubkey, avs: &Pubkey) -> Pubkey {
    find(&[POOL_AVS_SEED, stake_pool.as_ref(), avs.as_ref()]).0
}

/// The `Delegation` of a stake pool and an operator.
pub fn delegation(stake_pool: &Pubkey, operator: &Pubkey) -> Pubkey {
    find(&[DELEGATION_SEED, stake_pool.as_ref(), operator.as_ref()]).0
}

/// The `Allocation` of a delegation and an AVS.
pub fn allocation(delegation: &Pubkey, avs: &Pubkey) -> Pubkey {
    find(&[ALLOCATION_SEED, delegation.as_ref(), avs.as_ref()]).0
}

/// The `SlashProposal` of an acceptance's index.
pub fn proposal(pool_avs: &Pubkey, index: u64) -> Pubkey {
    find(&[SLASH_SEED, pool_avs.as_ref(), &index.to_le_bytes()]).0
}

/// Where a stake pool's slashed wrapped SOL goes.
pub fn sink(stake_pool: &Pubkey) -> Pubkey {
    find(&[SINK_SEED, stake_pool.as_ref()]).0
}

/// An LRT's `RewardBook`.
pub fn reward_book(lrt: &Pubkey) -> Pubkey {
    find(&[REWARD_BOOK_SEED, lrt.as_ref()]).0
}

/// Where a reward book's staked LRT lies.
pub fn reward_vault(book: &Pubkey) -> Pubkey {
    find(&[REWARD_VAULT_SEED, book.as_ref()]).0
}

/// Where the tokens of the stream at a place lie.
pub fn stream_vault(book: &Pubkey, place: u8) -> Pubkey {
    find(&[STREAM_SEED, book.as_ref(), &[place]]).0
}

/// A holder's `RewardPosition`.
pub fn position(book: &Pubkey, owner: &Pubkey) -> Pubkey {
    find(&[POSITION_SEED, book.as_ref(), owner.as_ref()]).0
}

/// The authority that signs the program's events.
pub fn event_authority() -> Pubkey {
    find(&[b"__event_authority"]).0
}

/// A wallet's associated token account.
pub fn associated(owner: &Pubkey, mint: &Pubkey, token_program: &Pubkey) -> Pubkey {
    let seeds = [owner.as_ref(), token_program.as_ref(), mint.as_ref()];
    Pubkey::find_program_address(&seeds, &ASSOCIATED_TOKEN_PROGRAM_ID).0
}

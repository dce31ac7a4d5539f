//! Asking: a call of `quote_withdraw`. Exact to the unit: the program accrues copies of its accounts to this slot and
//! applies the rule of the request itself, with the withdrawal fee taken off.

use crate::{by_offsets::checked_lrt, number, Refused, LIQUID_RESTAKING};
use solana_account_info::AccountInfo;
use solana_cpi::{get_return_data, invoke};
use solana_instruction::{AccountMeta, Instruction};
use solana_program_error::ProgramError;
use solana_pubkey::Pubkey;

/// The first eight bytes of SHA-256 of "global:quote_withdraw".
pub const QUOTE_WITHDRAW: [u8; 8] = [200, 103, 235, 129, 119, 9, 220, 200];

/// What the program answers, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quote {
    /// Shares that the fee wallet would get.
    pub fee_shares: u64,
    /// Shares of the ticket.
    pub net_shares: u64,
    /// First slot in which it may be settled.
    pub due_slot: u64,
    /// Collateral units that the ticket would be paid now.
    pub assets_now: u64,
}

/// What `shares` of the LRT of `mint` would be paid by the queue, were they settled now.
///
/// # Errors
/// What the account check and the program refuse; `NotAnAnswer` when something else answered.
pub fn ask<'a>(
    mint: &Pubkey,
    lrt: &AccountInfo<'a>,
    stake_pool: &AccountInfo<'a>,
    program: &AccountInfo<'a>,
    shares: u64,
) -> Result<Quote, ProgramError> {
    // The program checks that both accounts are its own and belong together, but not that they are the ones you mean.
    checked_lrt(mint, lrt.owner, &lrt.try_borrow_data()?)?;

    let mut data = QUOTE_WITHDRAW.to_vec();
    data.extend_from_slice(&shares.to_le_bytes());
    let question = Instruction {
        program_id: LIQUID_RESTAKING, // never the key of an account that the caller passed
        accounts: vec![
            AccountMeta::new_readonly(*lrt.key, false),
            AccountMeta::new_readonly(*stake_pool.key, false),
        ],
        data,
    };
    invoke(
        &question,
        &[lrt.clone(), stake_pool.clone(), program.clone()],
    )?;

    let (from, data) = get_return_data().ok_or(Refused::NotAnAnswer)?;
    if from != LIQUID_RESTAKING || data.len() != 32 {
        return Err(Refused::NotAnAnswer.into());
    }
    Ok(Quote {
        fee_shares: number(&data, 0)?,
        net_shares: number(&data, 8)?,
        due_slot: number(&data, 16)?,
        assets_now: number(&data, 24)?,
    })
}

//! The one call of another program that almost every client needs.

use crate::{address, AccountMeta, Instruction, ASSOCIATED_TOKEN_PROGRAM_ID};
use anchor_lang::{prelude::Pubkey, system_program};

/// Makes a wallet's associated token account where it is missing (`CreateIdempotent`): a depositor's for the LRT, a
/// leaver's for the collateral.
pub fn create_associated(
    payer: &Pubkey,
    wallet: &Pubkey,
    mint: &Pubkey,
    token_program: &Pubkey,
) -> Instruction {
    const CREATE_IDEMPOTENT: u8 = 1;
    Instruction {
        program_id: ASSOCIATED_TOKEN_PROGRAM_ID,
        accounts: vec![
            AccountMeta::new(*payer, true),
            AccountMeta::new(address::associated(wallet, mint, token_program), false),
            AccountMeta::new_readonly(*wallet, false),
            AccountMeta::new_readonly(*mint, false),
            AccountMeta::new_readonly(system_program::ID, false),
            AccountMeta::new_readonly(*token_program, false),
        ],
        data: vec![CREATE_IDEMPOTENT],
    }
}

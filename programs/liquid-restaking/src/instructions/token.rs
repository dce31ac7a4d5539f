//! Calls to the token program, and the two numbers read from its accounts.
//!
//! The instructions are laid out by hand: the same bytes for SPL Token and Token-2022, no account is parsed that the
//! token program parses itself. Callers pin the program's id; state is written before any call (attack 4).

use crate::error::RestakingError;
use anchor_lang::{
    prelude::*,
    solana_program::{instruction::Instruction, program::invoke_signed_unchecked},
};

/// SPL Token: the program of every LRT mint.
pub const TOKEN_PROGRAM_ID: Pubkey = pubkey!("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA");
/// Token-2022: a collateral's program may be this one.
pub const TOKEN_2022_PROGRAM_ID: Pubkey = pubkey!("TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb");
/// Derives everybody's own token account.
pub const ASSOCIATED_TOKEN_PROGRAM_ID: Pubkey =
    pubkey!("ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL");

/// Bytes of a token account.
pub const TOKEN_ACCOUNT_LEN: usize = 165;
/// Bytes of an SPL Token mint.
pub const MINT_LEN: usize = 82;

/// The mint of wrapped SOL, which the token program does not burn.
pub const NATIVE_MINT: Pubkey = pubkey!("So11111111111111111111111111111111111111112");

/// Token-2022's own mint of wrapped SOL.
pub const NATIVE_2022_MINT: Pubkey = pubkey!("9pan9bMn5HatX4EJdBwg9VgCa7Uz5HL8N1m5D3NdXejP");

const ACCOUNT_INITIALIZED: u8 = 1;
/// Behind a token account's base and the byte that says what it is.
const EXTENSIONS_OFFSET: usize = 166;
const IMMUTABLE_OWNER: u16 = 7;

const TRANSFER: u8 = 3;
const MINT_TO: u8 = 7;
const BURN: u8 = 8;
const CLOSE_ACCOUNT: u8 = 9;
const INITIALIZE_ACCOUNT_3: u8 = 18;
const INITIALIZE_MINT_2: u8 = 20;

/// The balance of a token account.
///
/// # Errors
/// `NotAMint` never; `TransferMismatch` when the data is too short to be a token account's.
pub fn balance(account: &AccountInfo) -> Result<u64> {
    let data = account.try_borrow_data()?;
    let bytes = data.get(64..72).and_then(|bytes| bytes.try_into().ok());
    Ok(u64::from_le_bytes(
        bytes.ok_or_else(|| error!(RestakingError::TransferMismatch))?,
    ))
}

/// Moves tokens out of a user's account that the user signs for, and measures what arrived: a source that is the
/// destination, or a mint that takes a fee, is refused (attacks 31, 34).
///
/// # Errors
/// `TransferMismatch`; what the token program refuses.
pub fn pull<'info>(
    program: &AccountInfo<'info>,
    from: &AccountInfo<'info>,
    vault: &AccountInfo<'info>,
    authority: &AccountInfo<'info>,
    amount: u64,
) -> Result<()> {
    let before = balance(vault)?;
    let accounts = [
        (from, true, false),
        (vault, true, false),
        (authority, false, true),
    ];
    call(program, TRANSFER, amount, accounts, &[])?;
    require!(
        balance(vault)?.checked_sub(before) == Some(amount),
        RestakingError::TransferMismatch
    );
    Ok(())
}

/// Moves tokens out of a vault, signed by the stake pool that owns it. Needs no mint: the allow-list admits no
/// extension that would ask for it.
///
/// # Errors
/// What the token program refuses.
pub fn pay<'info>(
    program: &AccountInfo<'info>,
    vault: &AccountInfo<'info>,
    to: &AccountInfo<'info>,
    stake_pool: &AccountInfo<'info>,
    amount: u64,
    seeds: &[&[u8]],
) -> Result<()> {
    let accounts = [
        (vault, true, false),
        (to, true, false),
        (stake_pool, false, true),
    ];
    call(program, TRANSFER, amount, accounts, &[seeds])
}

/// Mints shares, signed by the LRT.
///
/// # Errors
/// What the token program refuses.
pub fn mint<'info>(
    program: &AccountInfo<'info>,
    mint: &AccountInfo<'info>,
    to: &AccountInfo<'info>,
    lrt: &AccountInfo<'info>,
    shares: u64,
    seeds: &[&[u8]],
) -> Result<()> {
    let accounts = [(mint, true, false), (to, true, false), (lrt, false, true)];
    call(program, MINT_TO, shares, accounts, &[seeds])
}

/// Burns tokens: shares out of a holder's account, whose owner signs for it, or collateral out of the vault, signed by
/// the stake pool's seeds.
///
/// # Errors
/// What the token program refuses.
pub fn burn<'info>(
    program: &AccountInfo<'info>,
    from: &AccountInfo<'info>,
    mint: &AccountInfo<'info>,
    authority: &AccountInfo<'info>,
    amount: u64,
    signer_seeds: &[&[&[u8]]],
) -> Result<()> {
    let accounts = [
        (from, true, false),
        (mint, true, false),
        (authority, false, true),
    ];
    call(program, BURN, amount, accounts, signer_seeds)
}

/// Closes an empty vault, signed by the stake pool that owns it; its rent goes to `to`.
///
/// # Errors
/// What the token program refuses.
pub fn close<'info>(
    program: &AccountInfo<'info>,
    vault: &AccountInfo<'info>,
    to: &AccountInfo<'info>,
    stake_pool: &AccountInfo<'info>,
    seeds: &[&[u8]],
) -> Result<()> {
    let accounts = [
        (vault, true, false),
        (to, true, false),
        (stake_pool, false, true),
    ];
    invoke(program, vec![CLOSE_ACCOUNT], accounts, &[seeds])
}

/// Closes a token account that `authority` owns, after paying what it still holds to a wallet's associated token account.
///
/// # Errors
/// `WrongRentPayer`; as [`check_destination`]; what the token program refuses.
pub fn close_paying_rest<'info>(
    program: &AccountInfo<'info>,
    account: &AccountInfo<'info>,
    authority: &AccountInfo<'info>,
    seeds: &[&[u8]],
    rent_payer: &AccountInfo<'info>,
    recorded_payer: &Pubkey,
    (to, wallet, mint): (&AccountInfo<'info>, &Pubkey, &Pubkey),
) -> Result<u64> {
    require_keys_eq!(
        *rent_payer.key,
        *recorded_payer,
        RestakingError::WrongRentPayer
    );
    let rest = balance(account)?;
    if rest > 0 {
        let nobody = Pubkey::default(); // signs for no wallet: only the associated account will do
        check_destination(to, account.key, &nobody, wallet, mint, program.key)?;
        pay(program, account, to, authority, rest, seeds)?;
    }
    close(program, account, rent_payer, authority, seeds)?;
    Ok(rest)
}

/// Makes `account` a token account of `mint`, owned by `owner`.
///
/// # Errors
/// What the token program refuses.
pub fn initialize_account<'info>(
    program: &AccountInfo<'info>,
    account: &AccountInfo<'info>,
    mint: &AccountInfo<'info>,
    owner: &Pubkey,
) -> Result<()> {
    let mut data = vec![INITIALIZE_ACCOUNT_3];
    data.extend_from_slice(owner.as_ref());
    invoke(
        program,
        data,
        [(account, true, false), (mint, false, false)],
        &[],
    )
}

/// Makes `mint` a mint of `authority` without a freeze authority.
///
/// # Errors
/// What the token program refuses.
pub fn initialize_mint<'info>(
    program: &AccountInfo<'info>,
    mint: &AccountInfo<'info>,
    decimals: u8,
    authority: &Pubkey,
) -> Result<()> {
    let mut data = vec![INITIALIZE_MINT_2, decimals];
    data.extend_from_slice(authority.as_ref());
    data.push(0);
    invoke(program, data, [(mint, true, false)], &[])
}

/// Checks where a payment may go: wherever its owner, who signs, wants; else only to his associated token account
/// while that is still his. Never to the vault itself.
///
/// # Errors
/// `VaultNotAllowed`; `NotOwnersAssociatedAccount`.
pub fn check_destination(
    destination: &AccountInfo,
    vault: &Pubkey,
    signer: &Pubkey,
    owner: &Pubkey,
    mint: &Pubkey,
    token_program: &Pubkey,
) -> Result<()> {
    require_keys_neq!(*destination.key, *vault, RestakingError::VaultNotAllowed);
    if signer == owner {
        return Ok(());
    }
    let data = destination.try_borrow_data()?;
    require!(
        *destination.key == associated(owner, mint, token_program)
            && data.get(32..64) == Some(owner.as_ref()),
        RestakingError::NotOwnersAssociatedAccount
    );
    Ok(())
}

/// A wallet's associated token account.
pub fn associated(owner: &Pubkey, mint: &Pubkey, token_program: &Pubkey) -> Pubkey {
    let seeds = [owner.as_ref(), token_program.as_ref(), mint.as_ref()];
    Pubkey::find_program_address(&seeds, &ASSOCIATED_TOKEN_PROGRAM_ID).0
}

/// Whether a token account takes a transfer, whatever its owner has done to it: it exists, is of that mint, still the
/// wallet's, not frozen, and asks for nothing (a Token-2022 account may ask for a memo, for one).
pub fn can_receive(data: &[u8], wallet: &Pubkey, mint: &Pubkey) -> bool {
    let is_open = data.get(..32) == Some(mint.as_ref())
        && data.get(32..64) == Some(wallet.as_ref())
        && data.get(108) == Some(&ACCOUNT_INITIALIZED);
    let mut extensions = data.get(EXTENSIONS_OFFSET..).unwrap_or(&[]);
    while let [low, high, rest @ ..] = extensions {
        match u16::from_le_bytes([*low, *high]) {
            0 => break,                                                   // the unused end
            IMMUTABLE_OWNER => extensions = rest.get(2..).unwrap_or(&[]), // of length 0
            _ => return false,
        }
    }
    is_open
}

/// An account of a call: the account, whether it is written, whether it signs.
type CallAccount<'a, 'info> = (&'a AccountInfo<'info>, bool, bool);

fn call<'info>(
    program: &AccountInfo<'info>,
    tag: u8,
    amount: u64,
    accounts: [CallAccount<'_, 'info>; 3],
    signer_seeds: &[&[&[u8]]],
) -> Result<()> {
    let mut data = Vec::with_capacity(9);
    data.push(tag);
    data.extend_from_slice(&amount.to_le_bytes());
    invoke(program, data, accounts, signer_seeds)
}

fn invoke<'info, const N: usize>(
    program: &AccountInfo<'info>,
    data: Vec<u8>,
    accounts: [CallAccount<'_, 'info>; N],
    signer_seeds: &[&[&[u8]]],
) -> Result<()> {
    let metas = accounts.map(|(account, is_writable, is_signer)| AccountMeta {
        pubkey: *account.key,
        is_signer,
        is_writable,
    });
    let infos = accounts.map(|(account, _, _)| account.clone());
    let instruction = Instruction {
        program_id: *program.key,
        accounts: metas.into(),
        data,
    };
    // Unchecked: no account is borrowed here, the views into state are dropped before any call.
    invoke_signed_unchecked(&instruction, &infos, signer_seeds)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_receives_only_while_nothing_stands_in_the_way() {
        let (wallet, mint) = (Pubkey::new_unique(), Pubkey::new_unique());
        let account = |state: u8, extensions: &[u8]| {
            let mut data = vec![0; TOKEN_ACCOUNT_LEN];
            data[..32].copy_from_slice(mint.as_ref());
            data[32..64].copy_from_slice(wallet.as_ref());
            data[108] = state;
            if !extensions.is_empty() {
                data.push(2);
                data.extend_from_slice(extensions);
            }
            data
        };
        let receives = |data: &[u8]| can_receive(data, &wallet, &mint);
        assert!(receives(&account(1, &[])) && receives(&account(1, &[7, 0, 0, 0])));
        assert!(receives(&account(1, &[7, 0, 0, 0, 0, 0])));
        assert!(!receives(&account(0, &[])) && !receives(&account(2, &[])));
        assert!(!receives(&account(1, &[7, 0, 0, 0, 8, 0, 1, 0, 1]))); // asks for a memo
        assert!(!receives(&[]) && !receives(&account(1, &[])[..100]));
        assert!(!can_receive(&account(1, &[]), &mint, &mint));
        assert!(!can_receive(&account(1, &[]), &wallet, &wallet));
    }
}

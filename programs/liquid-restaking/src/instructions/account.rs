//! Creating and closing the program's own accounts.

use crate::{error::RestakingError, instructions::token};
use anchor_lang::{
    prelude::*,
    solana_program::{instruction::Instruction, program::invoke_signed_unchecked},
    system_program, Discriminator, ZeroCopy,
};
use core::cell::RefMut;

const CREATE_ACCOUNT: u32 = 0;
const ASSIGN: u32 = 1;
const TRANSFER: u32 = 2;
const ALLOCATE: u32 = 8;

/// Creates the account, even if somebody has sent lamports to its address before: then the rest of the rent is
/// transferred, and the space allocated and assigned (DESIGN §3, "Refusals"). The address signs: with seeds when it is
/// a PDA's, else in the transaction.
///
/// # Errors
/// `AlreadyInUse` when a program owns it; what the runtime says when the seeds do not give the address.
pub fn create<'info>(
    payer: &AccountInfo<'info>,
    account: &AccountInfo<'info>,
    owner: &Pubkey,
    space: usize,
    signer_seeds: &[&[&[u8]]],
) -> Result<()> {
    require!(
        *account.owner == system_program::ID && account.data_is_empty(),
        RestakingError::AlreadyInUse
    );
    let rent = Rent::get()?.minimum_balance(space);
    let space = u64::try_from(space).map_err(|_| error!(RestakingError::MathOverflow))?;
    let present = account.lamports();
    let pair = [payer.clone(), account.clone()];
    let called = if present == 0 {
        let mut data = tagged(CREATE_ACCOUNT, 52);
        data.extend_from_slice(&rent.to_le_bytes());
        data.extend_from_slice(&space.to_le_bytes());
        data.extend_from_slice(owner.as_ref());
        system_call(data, &pair, &[true, true], signer_seeds)
    } else {
        let missing = rent.saturating_sub(present);
        if missing > 0 {
            let mut data = tagged(TRANSFER, 12);
            data.extend_from_slice(&missing.to_le_bytes());
            system_call(data, &pair, &[true, false], &[])?;
        }
        let mut data = tagged(ALLOCATE, 12);
        data.extend_from_slice(&space.to_le_bytes());
        system_call(data, &pair[1..], &[true], signer_seeds)?;
        let mut data = tagged(ASSIGN, 36);
        data.extend_from_slice(owner.as_ref());
        system_call(data, &pair[1..], &[true], signer_seeds)
    };
    called?;
    Ok(())
}

/// Creates an account of this program and gives a view of it, zeroed, discriminator written.
///
/// # Errors
/// As [`create`].
pub fn create_state<'a, 'info, T: ZeroCopy + Discriminator>(
    payer: &AccountInfo<'info>,
    account: &'a AccountInfo<'info>,
    seeds: &[&[u8]],
) -> Result<RefMut<'a, T>> {
    let size = core::mem::size_of::<T>();
    let space = size
        .checked_add(T::DISCRIMINATOR.len())
        .ok_or_else(|| error!(RestakingError::MathOverflow))?;
    create(payer, account, &crate::ID, space, &[seeds])?;
    let mut data = account.try_borrow_mut_data()?;
    let (discriminator, _) = data.split_at_mut(T::DISCRIMINATOR.len());
    discriminator.copy_from_slice(T::DISCRIMINATOR);
    Ok(RefMut::map(data, |data| {
        bytemuck::from_bytes_mut(&mut data[T::DISCRIMINATOR.len()..space])
    }))
}

/// A view of an account of this program that is passed unchecked because it may not exist yet. Whoever calls compares
/// the fields that make its address: only this program writes them.
///
/// # Errors
/// `wrong` when it is no account of this kind.
pub fn load_state<'a, T: ZeroCopy + Discriminator>(
    info: &'a AccountInfo,
    wrong: RestakingError,
) -> Result<RefMut<'a, T>> {
    let data = info.try_borrow_mut_data()?;
    let space = core::mem::size_of::<T>().saturating_add(T::DISCRIMINATOR.len());
    if info.owner != &crate::ID || data.len() != space || !data.starts_with(T::DISCRIMINATOR) {
        return Err(wrong.into());
    }
    Ok(RefMut::map(data, |data| {
        bytemuck::from_bytes_mut(&mut data[T::DISCRIMINATOR.len()..])
    }))
}

/// Whether the program has still to create this account.
pub fn is_new(info: &AccountInfo) -> bool {
    info.owner != &crate::ID
}

/// Creates a token account of `mint`, owned by `owner`, at the address of `seeds`. Returns its bump.
///
/// # Errors
/// `WrongAddress`; as [`create`]; what the token program refuses.
pub fn create_token_account<'info>(
    payer: &AccountInfo<'info>,
    account: &AccountInfo<'info>,
    mint: &AccountInfo<'info>,
    token_program: &AccountInfo<'info>,
    owner: &Pubkey,
    seeds: &[&[u8]],
) -> Result<u8> {
    let bump = search_bump(account.key, seeds)?;
    let bump_seed = [bump];
    let mut signer_seeds = seeds.to_vec();
    signer_seeds.push(&bump_seed);
    let space = token::TOKEN_ACCOUNT_LEN;
    create(payer, account, token_program.key, space, &[&signer_seeds])?;
    token::initialize_account(token_program, account, mint, owner)?;
    Ok(bump)
}

/// The canonical bump of an account that must be at the seeds' address.
///
/// # Errors
/// `WrongAddress`.
pub fn search_bump(address: &Pubkey, seeds: &[&[u8]]) -> Result<u8> {
    let (expected, bump) = Pubkey::find_program_address(seeds, &crate::ID);
    require_keys_eq!(*address, expected, RestakingError::WrongAddress);
    Ok(bump)
}

/// Empties an account of this program and gives its rent back to whoever paid it. It can not be revived in the same
/// transaction: owner, size and lamports go at once (attack 33).
///
/// # Errors
/// `WrongRentPayer`; `MathOverflow` when the lamports do not fit.
pub fn close(account: &AccountInfo, rent_payer: &AccountInfo, recorded: &Pubkey) -> Result<()> {
    require_keys_eq!(*rent_payer.key, *recorded, RestakingError::WrongRentPayer);
    let sum = rent_payer
        .lamports()
        .checked_add(account.lamports())
        .ok_or_else(|| error!(RestakingError::MathOverflow))?;
    **rent_payer.try_borrow_mut_lamports()? = sum;
    **account.try_borrow_mut_lamports()? = 0;
    account.assign(&system_program::ID);
    account.resize(0)?;
    Ok(())
}

fn tagged(tag: u32, capacity: usize) -> Vec<u8> {
    let mut data = Vec::with_capacity(capacity);
    data.extend_from_slice(&tag.to_le_bytes());
    data
}

fn system_call(
    data: Vec<u8>,
    accounts: &[AccountInfo],
    signers: &[bool],
    signer_seeds: &[&[&[u8]]],
) -> Result<()> {
    let metas = accounts
        .iter()
        .zip(signers)
        .map(|(account, is_signer)| AccountMeta::new(*account.key, *is_signer))
        .collect();
    let instruction = Instruction {
        program_id: system_program::ID,
        accounts: metas,
        data,
    };
    invoke_signed_unchecked(&instruction, accounts, signer_seeds)?;
    Ok(())
}

//! What a program of your own does to learn what an LRT is worth: it asks ([`by_quote`]), or it reads ([`by_offsets`]).
//! Read with docs/guides/integrator.md. It needs no crate of ours: addresses, discriminators and offsets are written out,
//! and `tests/tests/integrator` compares them with the program's.
//!
//! An instruction is a way (`0`: ask, `1`: read) and a number of shares (u64, little endian). Its accounts: the mint that
//! this market takes as collateral, the `Lrt`, the `StakePool`, and to ask also the program. It answers by return data.

pub mod by_offsets;
pub mod by_quote;

use solana_account_info::AccountInfo;
use solana_cpi::set_return_data;
use solana_program_error::{ProgramError, ProgramResult};
use solana_pubkey::Pubkey;

/// The program that owns every LRT.
pub const LIQUID_RESTAKING: Pubkey =
    Pubkey::from_str_const("EL54Ur8RUvmoyCq7T81YV6vvBbhcnSkQVQnqaAjiK1ix");

/// Why this program refuses; the number is the custom error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// The account is not the program's.
    WrongOwner = 1,
    /// The account is of another type.
    WrongType = 2,
    /// The account has a layout that this reader does not know.
    OtherLayout = 3,
    /// The LRT is another than the one this market takes.
    OtherMint = 4,
    /// The stake pool is not the LRT's.
    OtherPool = 5,
    /// The LRT has no stake pool, or one whose rate this reader can not value.
    NoPrice = 6,
    /// The answer is not the program's.
    NotAnAnswer = 7,
    /// A sum does not fit.
    Overflow = 8,
}

impl From<Refused> for ProgramError {
    fn from(refused: Refused) -> Self {
        Self::Custom(refused as u32)
    }
}

#[cfg(target_os = "solana")]
solana_program_entrypoint::entrypoint!(process);

/// The one instruction.
///
/// # Errors
/// `InvalidInstructionData`, `NotEnoughAccountKeys`, and what the two ways refuse.
pub fn process(_id: &Pubkey, accounts: &[AccountInfo], data: &[u8]) -> ProgramResult {
    let (way, shares) = data
        .split_first()
        .and_then(|(way, rest)| Some((*way, u64::from_le_bytes(rest.try_into().ok()?))))
        .ok_or(ProgramError::InvalidInstructionData)?;
    let [mint, lrt, stake_pool, others @ ..] = accounts else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    match (way, others) {
        (0, [program, ..]) => {
            let quote = by_quote::ask(mint.key, lrt, stake_pool, program, shares)?;
            answer(&[quote.assets_now, quote.due_slot]);
        }
        (1, _) => {
            let reading = by_offsets::read(mint.key, lrt, stake_pool, shares)?;
            answer(&[
                reading.at_least,
                reading.at_most,
                reading.idle,
                reading.queued,
            ]);
        }
        (0, []) => return Err(ProgramError::NotEnoughAccountKeys),
        _ => return Err(ProgramError::InvalidInstructionData),
    }
    Ok(())
}

fn answer(numbers: &[u64]) {
    let bytes: Vec<u8> = numbers.iter().flat_map(|n| n.to_le_bytes()).collect();
    set_return_data(&bytes);
}

/// `N` bytes at an offset.
pub(crate) fn bytes<const N: usize>(data: &[u8], at: usize) -> Result<[u8; N], Refused> {
    let found = data.get(at..).and_then(|rest| rest.first_chunk::<N>());
    found.copied().ok_or(Refused::WrongType)
}

/// A u64 at an offset.
pub(crate) fn number(data: &[u8], at: usize) -> Result<u64, Refused> {
    bytes(data, at).map(u64::from_le_bytes)
}

/// An address at an offset.
pub(crate) fn key(data: &[u8], at: usize) -> Result<Pubkey, Refused> {
    bytes(data, at).map(Pubkey::new_from_array)
}

//! Names for the numbers that failed transactions carry.

use crate::{TOKEN_2022_PROGRAM_ID, TOKEN_PROGRAM_ID};
use anchor_lang::{error::ErrorCode, prelude::Pubkey, system_program};
use liquid_restaking::{error::RestakingError, ID_CONST};

/// Name of a custom error code that `program` failed with: this program (its own errors and Anchor's), a token program
/// or the system program. `None` when nobody has it.
pub fn error_name(program: &Pubkey, code: u32) -> Option<String> {
    match *program {
        ID_CONST => own(code).or_else(|| anchor(code)),
        TOKEN_PROGRAM_ID | TOKEN_2022_PROGRAM_ID => listed(&TOKEN_ERRORS, code),
        system_program::ID => listed(&SYSTEM_ERRORS, code),
        _ => None,
    }
}

fn own(code: u32) -> Option<String> {
    let error: RestakingError = bytemuck::checked::try_cast(code.checked_sub(6000)?).ok()?;
    Some(error.name())
}

fn anchor(code: u32) -> Option<String> {
    let name = match code {
        101 => ErrorCode::InstructionFallbackNotFound,
        102 => ErrorCode::InstructionDidNotDeserialize,
        2000 => ErrorCode::ConstraintMut,
        2001 => ErrorCode::ConstraintHasOne,
        2002 => ErrorCode::ConstraintSigner,
        2003 => ErrorCode::ConstraintRaw,
        2004 => ErrorCode::ConstraintOwner,
        2006 => ErrorCode::ConstraintSeeds,
        2012 => ErrorCode::ConstraintAddress,
        3001 => ErrorCode::AccountDiscriminatorNotFound,
        3002 => ErrorCode::AccountDiscriminatorMismatch,
        3003 => ErrorCode::AccountDidNotDeserialize,
        3005 => ErrorCode::AccountNotEnoughKeys,
        3006 => ErrorCode::AccountNotMutable,
        3007 => ErrorCode::AccountOwnedByWrongProgram,
        3008 => ErrorCode::InvalidProgramId,
        3010 => ErrorCode::AccountNotSigner,
        3012 => ErrorCode::AccountNotInitialized,
        _ => return None,
    };
    Some(name.name())
}

/// The token program's errors, by number; both token programs share these.
const TOKEN_ERRORS: [&str; 20] = [
    "NotRentExempt",
    "InsufficientFunds",
    "InvalidMint",
    "MintMismatch",
    "OwnerMismatch",
    "FixedSupply",
    "AlreadyInUse",
    "InvalidNumberOfProvidedSigners",
    "InvalidNumberOfRequiredSigners",
    "UninitializedState",
    "NativeNotSupported",
    "NonNativeHasBalance",
    "InvalidInstruction",
    "InvalidState",
    "Overflow",
    "AuthorityTypeNotSupported",
    "MintCannotFreeze",
    "AccountFrozen",
    "MintDecimalsMismatch",
    "NonNativeNotSupported",
];

/// The system program's errors, by number.
const SYSTEM_ERRORS: [&str; 9] = [
    "AccountAlreadyInUse",
    "ResultWithNegativeLamports",
    "InvalidProgramId",
    "InvalidAccountDataLength",
    "MaxSeedLengthExceeded",
    "AddressWithSeedMismatch",
    "NonceNoRecentBlockhashes",
    "NonceBlockhashNotExpired",
    "NonceUnexpectedBlockhashValue",
];

fn listed(names: &[&str], code: u32) -> Option<String> {
    let index = usize::try_from(code).ok()?;
    names.get(index).map(|name| (*name).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_names_of_the_programs_that_made_them() {
        assert_eq!(error_name(&ID_CONST, 6000).as_deref(), Some("MathOverflow"));
        assert_eq!(error_name(&ID_CONST, 6002).as_deref(), Some("NothingToDo"));
        assert_eq!(error_name(&ID_CONST, 6119).as_deref(), Some("RoundServed"));
        assert_eq!(error_name(&ID_CONST, 6151), None);
        assert_eq!(
            error_name(&ID_CONST, 3012).as_deref(),
            Some("AccountNotInitialized")
        );
        assert_eq!(
            error_name(&TOKEN_PROGRAM_ID, 4).as_deref(),
            Some("OwnerMismatch")
        );
        assert_eq!(
            error_name(&system_program::ID, 0).as_deref(),
            Some("AccountAlreadyInUse")
        );
        assert_eq!(error_name(&Pubkey::default(), 99), None);
    }
}

//! Which mints may be collateral: an allow-list of extensions, read from the mint's own bytes (attack 31).

use crate::error::RestakingError;
use anchor_lang::prelude::*;

/// Bytes of a mint without extensions.
const MINT_LEN: usize = 82;
/// A mint with extensions is padded to a token account's length, then says what it is in one byte.
const ACCOUNT_TYPE_OFFSET: usize = 165;
const ACCOUNT_TYPE_MINT: u8 = 1;
/// Type and length in front of each extension.
const TLV_HEADER_LEN: usize = 4;

/// What the program needs to know of a mint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CollateralMint {
    /// Decimals.
    pub decimals: u8,
    /// Whether a freeze authority is set.
    pub freezable: bool,
    /// Supply in base units.
    pub supply: u64,
}

impl CollateralMint {
    /// Reads the base of a mint's data, in either token program's layout.
    ///
    /// # Errors
    /// `NotAMint` when the data is none, or not initialised.
    pub fn parse(data: &[u8]) -> Result<Self> {
        let invalid = || error!(RestakingError::NotAMint);
        let base: &[u8; MINT_LEN] = data.first_chunk().ok_or_else(invalid)?;
        let is_mint =
            data.len() == MINT_LEN || data.get(ACCOUNT_TYPE_OFFSET) == Some(&ACCOUNT_TYPE_MINT);
        let initialised = base.get(45) == Some(&1);
        require!(is_mint && initialised, RestakingError::NotAMint);
        let supply = base.get(36..44).and_then(|bytes| bytes.try_into().ok());
        Ok(Self {
            decimals: *base.get(44).ok_or_else(invalid)?,
            freezable: base.get(46..50) != Some(&[0; 4]),
            supply: u64::from_le_bytes(supply.ok_or_else(invalid)?),
        })
    }
}

/// Reads a collateral mint and refuses what could move, stop or change balances behind the ledger's back.
///
/// # Errors
/// `NotAMint`; an error that names the extension; `CollateralCanBeFrozen` unless `allow_freeze`;
/// `CollateralExtensionMalformed`.
pub fn check_collateral(data: &[u8], allow_freeze: bool) -> Result<CollateralMint> {
    let mint = CollateralMint::parse(data)?;
    require!(
        !mint.freezable || allow_freeze,
        RestakingError::CollateralCanBeFrozen
    );
    let mut rest = data.get(ACCOUNT_TYPE_OFFSET + 1..).unwrap_or(&[]);
    while let Some(header) = rest.first_chunk::<TLV_HEADER_LEN>() {
        let kind = u16::from_le_bytes([header[0], header[1]]);
        let length = usize::from(u16::from_le_bytes([header[2], header[3]]));
        if kind == 0 {
            return Ok(mint); // the unused end
        }
        check_extension(kind)?;
        rest = TLV_HEADER_LEN
            .checked_add(length)
            .and_then(|next| rest.get(next..))
            .ok_or_else(|| error!(RestakingError::CollateralExtensionMalformed))?;
    }
    require!(
        rest.iter().all(|byte| *byte == 0),
        RestakingError::CollateralExtensionMalformed
    );
    Ok(mint)
}

/// The numbers are those of Token-2022's `ExtensionType`.
fn check_extension(kind: u16) -> Result<()> {
    match kind {
        // MetadataPointer, TokenMetadata, GroupPointer, TokenGroup, GroupMemberPointer, TokenGroupMember: names only
        18..=23 => Ok(()),
        1 => err!(RestakingError::CollateralHasTransferFee),
        3 => err!(RestakingError::CollateralCanBeClosed),
        4 | 16 | 24 => err!(RestakingError::CollateralIsConfidential),
        6 => err!(RestakingError::CollateralHasDefaultAccountState),
        9 => err!(RestakingError::CollateralIsNonTransferable),
        12 => err!(RestakingError::CollateralHasPermanentDelegate),
        14 => err!(RestakingError::CollateralHasTransferHook),
        26 => err!(RestakingError::CollateralIsPausable),
        other => {
            msg!("Extension {}", other);
            err!(RestakingError::CollateralExtensionNotAllowed)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mint(extensions: &[(u16, usize)], freezable: bool) -> Vec<u8> {
        let mut data = vec![0u8; MINT_LEN];
        data[36..44].copy_from_slice(&7u64.to_le_bytes());
        data[44] = 9;
        data[45] = 1;
        data[46] = u8::from(freezable);
        if !extensions.is_empty() {
            data.resize(ACCOUNT_TYPE_OFFSET, 0);
            data.push(ACCOUNT_TYPE_MINT);
            for (kind, length) in extensions {
                data.extend_from_slice(&kind.to_le_bytes());
                data.extend_from_slice(&u16::try_from(*length).unwrap().to_le_bytes());
                data.resize(data.len() + length, 1);
            }
        }
        data
    }

    #[test]
    fn a_plain_mint_and_harmless_extensions_pass() {
        let read = check_collateral(&mint(&[], false), false).unwrap();
        assert_eq!(
            read,
            CollateralMint {
                decimals: 9,
                freezable: false,
                supply: 7
            }
        );
        assert!(check_collateral(&mint(&[(18, 64), (19, 120)], false), false).is_ok());
    }

    #[test]
    fn a_freeze_authority_needs_to_be_accepted() {
        let data = mint(&[], true);
        assert_eq!(
            check_collateral(&data, false),
            Err(RestakingError::CollateralCanBeFrozen.into())
        );
        assert!(check_collateral(&data, true).unwrap().freezable);
    }

    #[test]
    fn every_other_extension_is_refused_by_name() {
        for (kind, error) in [
            (1, RestakingError::CollateralHasTransferFee),
            (3, RestakingError::CollateralCanBeClosed),
            (4, RestakingError::CollateralIsConfidential),
            (6, RestakingError::CollateralHasDefaultAccountState),
            (9, RestakingError::CollateralIsNonTransferable),
            (10, RestakingError::CollateralExtensionNotAllowed),
            (12, RestakingError::CollateralHasPermanentDelegate),
            (14, RestakingError::CollateralHasTransferHook),
            (16, RestakingError::CollateralIsConfidential),
            (24, RestakingError::CollateralIsConfidential),
            (25, RestakingError::CollateralExtensionNotAllowed),
            (26, RestakingError::CollateralIsPausable),
            (999, RestakingError::CollateralExtensionNotAllowed),
        ] {
            // Behind a harmless one, so that the walk is tested too.
            let data = mint(&[(18, 64), (kind, 8)], true);
            assert_eq!(check_collateral(&data, true), Err(error.into()), "{kind}");
        }
    }

    #[test]
    fn what_is_no_mint_is_refused() {
        let mut token_account = vec![0u8; 165];
        token_account[45] = 1;
        assert!(check_collateral(&token_account, true).is_err());
        assert!(check_collateral(&[], true).is_err());
        let mut uninitialised = mint(&[], false);
        uninitialised[45] = 0;
        assert!(check_collateral(&uninitialised, true).is_err());
        let mut cut = mint(&[(18, 64)], false);
        cut.truncate(cut.len() - 1);
        assert_eq!(
            check_collateral(&cut, true),
            Err(RestakingError::CollateralExtensionMalformed.into())
        );
    }
}

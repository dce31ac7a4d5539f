//! The program's own accounts: where its code is, and who can change it.

use super::{Cluster, Outcome};
use liquid_restaking_sdk::{anchor_lang::prelude::Pubkey, program};
use solana_account::Account;
use solana_loader_v3_interface::{get_program_data_address, state::UpgradeableLoaderState};

/// The loader under which programs can be upgraded.
pub const LOADER_V3: Pubkey = Pubkey::from_str_const("BPFLoaderUpgradeab1e11111111111111111111111");
/// Loaders that never let go of a program.
const FINAL_LOADERS: [Pubkey; 2] = [
    Pubkey::from_str_const("BPFLoader1111111111111111111111111111111111"),
    Pubkey::from_str_const("BPFLoader2111111111111111111111111111111111"),
];

/// The program on a cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deployment {
    /// There is none.
    None,
    /// There was one: its address can not be used again.
    Closed,
    /// Under a loader that knows no upgrades.
    Final,
    /// Under a loader that this version does not know.
    Unknown(Pubkey),
    /// Under the upgradeable loader.
    Upgradeable(Code),
}

/// What the upgradeable loader holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// Who can put other code there; `None`: nobody.
    pub authority: Option<Pubkey>,
    /// The slot of the last deployment.
    pub slot: u64,
    /// The program, and zeros up to the length that an upgrade may use.
    pub bytes: Vec<u8>,
}

impl Cluster {
    /// Reads the program's accounts.
    ///
    /// # Errors
    /// When the node does not answer.
    pub fn deployment(&self) -> Outcome<Deployment> {
        let Some(account) = self.account(&program::ID)? else {
            return Ok(Deployment::None);
        };
        if FINAL_LOADERS.contains(&account.owner) {
            return Ok(Deployment::Final);
        }
        if account.owner != LOADER_V3 {
            return Ok(Deployment::Unknown(account.owner));
        }
        let code = self.account(&get_program_data_address(&program::ID))?;
        let code = code.as_ref().and_then(Code::of);
        Ok(code.map_or(Deployment::Closed, Deployment::Upgradeable))
    }
}

impl Code {
    /// An account with code: a tag of 4 bytes, a slot of 8, an optional key, the code.
    fn of(account: &Account) -> Option<Self> {
        let bytes = account
            .data
            .get(UpgradeableLoaderState::size_of_programdata_metadata()..)?;
        let slot = account.data.get(4..12)?.try_into().ok()?;
        let key = account.data.get(13..45)?;
        let authority = match account.data.get(12)? {
            1 => Some(Pubkey::try_from(key).ok()?),
            _ => None,
        };
        Some(Self {
            authority,
            slot: u64::from_le_bytes(slot),
            bytes: bytes.to_vec(),
        })
    }

    /// Whether these bytes are what runs.
    pub fn is(&self, program: &[u8]) -> bool {
        without_zeros(&self.bytes) == without_zeros(program)
    }
}

/// A program without the zeros behind it, which change nothing.
pub fn without_zeros(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().rposition(|byte| *byte != 0);
    let length = end.map_or(0, |end| end.saturating_add(1));
    bytes.get(..length).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_and_its_authority_are_read() {
        let mut account = Account::new(1, 48, &LOADER_V3);
        account.data[4] = 9;
        account.data[45..].copy_from_slice(&[5, 6, 0]);
        let code = |account: &Account| Code::of(account);
        assert_eq!(code(&account).map(|code| code.authority), Some(None));
        account.data[12] = 1;
        account.data[13..45].copy_from_slice(&[7; 32]);
        let read = code(&account);
        let authority = Some(Pubkey::new_from_array([7; 32]));
        let expected = Code {
            authority,
            slot: 9,
            bytes: vec![5, 6, 0],
        };
        assert_eq!(read, Some(expected));
        assert!(read.is_some_and(|code| code.is(&[5, 6]) && !code.is(&[5])));
        account.data.truncate(40);
        assert_eq!(code(&account), None);
    }
}

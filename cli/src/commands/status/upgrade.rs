//! Who can put other code in the program's place.

use super::section::{pairs, Section};
use crate::cluster::{Cluster, Outcome};
use liquid_restaking_sdk::{
    anchor_lang::{prelude::Pubkey, system_program},
    program,
};
use solana_account::Account;

const LOADER_V3: Pubkey = Pubkey::from_str_const("BPFLoaderUpgradeab1e11111111111111111111111");
/// Loaders that never let go of a program.
const FINAL_LOADERS: [Pubkey; 2] = [
    Pubkey::from_str_const("BPFLoader1111111111111111111111111111111111"),
    Pubkey::from_str_const("BPFLoader2111111111111111111111111111111111"),
];

/// The program and its upgrade authority.
pub fn upgrade(cluster: &Cluster) -> Outcome<Section> {
    let account = cluster.account(&program::ID)?;
    let who = match account {
        Some(account) if FINAL_LOADERS.contains(&account.owner) => {
            "nobody: its loader knows no upgrades".to_owned()
        }
        Some(account) if account.owner == LOADER_V3 => by_program_data(cluster, &account)?,
        Some(account) => format!("unknown: its loader is {}", account.owner),
        None => "the program is not deployed".to_owned(),
    };
    let rows = vec![
        ("address", program::ID.to_string()),
        ("who can upgrade it", who),
    ];
    Ok(pairs("program", "Program", rows))
}

/// The loader's program account names the account with the code, which names the authority.
fn by_program_data(cluster: &Cluster, account: &Account) -> Outcome<String> {
    let data = account
        .data
        .get(4..36)
        .and_then(|key| Pubkey::try_from(key).ok());
    let data = match data {
        Some(key) => cluster.account(&key)?,
        None => None,
    };
    let Some(authority) = data.map(|data| authority_of(&data.data)) else {
        return Ok("nobody: the program is closed".to_owned());
    };
    let Some(key) = authority else {
        return Ok("nobody: it is final".to_owned());
    };
    if key == system_program::ID {
        return Ok(format!("nobody: {key}, which it names, signs nothing"));
    }
    let owner = cluster.account(&key)?.map(|account| account.owner);
    Ok(match owner {
        Some(owner) if owner != system_program::ID => {
            format!("an account {key} of the program {owner}, such as a multisig or a governance")
        }
        _ if !key.is_on_curve() => {
            format!(
                "a program's account {key}: no key signs for it, a multisig or a governance does"
            )
        }
        _ => format!("a single key, {key}: whoever has it can put other code here"),
    })
}

/// The upgrade authority in an account with code: a tag of 4 bytes, a slot of 8, an optional key.
fn authority_of(data: &[u8]) -> Option<Pubkey> {
    let is_some = data.get(12) == Some(&1);
    let key = data.get(13..45).and_then(|key| Pubkey::try_from(key).ok());
    key.filter(|_| is_some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_authority_is_read_or_there_is_none() {
        let mut data = vec![0; 45];
        assert_eq!(authority_of(&data), None);
        data[12] = 1;
        data[13..].copy_from_slice(&[7; 32]);
        assert_eq!(authority_of(&data), Some(Pubkey::new_from_array([7; 32])));
        assert_eq!(authority_of(&[]), None);
    }
}

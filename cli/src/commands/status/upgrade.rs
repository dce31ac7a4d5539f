//! Who can put other code in the program's place.

use super::section::{pairs, Section};
use crate::cluster::{Cluster, Deployment, Outcome};
use liquid_restaking_sdk::{
    anchor_lang::{prelude::Pubkey, system_program},
    program,
};

/// The program and its upgrade authority.
pub fn upgrade(cluster: &Cluster) -> Outcome<Section> {
    let rows = vec![
        ("address", program::ID.to_string()),
        (
            "who can upgrade it",
            who_can(cluster, &cluster.deployment()?)?,
        ),
    ];
    Ok(pairs("program", "Program", rows))
}

/// Who can upgrade it, in words.
pub fn who_can(cluster: &Cluster, deployment: &Deployment) -> Outcome<String> {
    let authority = match deployment {
        Deployment::None => return Ok("the program is not deployed".to_owned()),
        Deployment::Closed => return Ok("nobody: the program is closed".to_owned()),
        Deployment::Final => return Ok("nobody: its loader knows no upgrades".to_owned()),
        Deployment::Unknown(loader) => return Ok(format!("unknown: its loader is {loader}")),
        Deployment::Upgradeable(code) => code.authority,
    };
    match authority {
        None => Ok("nobody: it is final".to_owned()),
        Some(key) => {
            let owner = cluster.account(&key)?.map(|account| account.owner);
            Ok(kind_of(&key, owner))
        }
    }
}

/// What kind of authority a key is, by the owner of its account where there is one.
fn kind_of(key: &Pubkey, owner: Option<Pubkey>) -> String {
    if *key == system_program::ID {
        return format!("nobody: {key}, which it names, signs nothing");
    }
    match owner {
        Some(owner) if owner != system_program::ID => {
            format!("an account {key} of the program {owner}, such as a multisig or a governance")
        }
        _ if !key.is_on_curve() => {
            format!(
                "a program's account {key}: no key signs for it, a multisig or a governance does"
            )
        }
        _ => format!("a single key, {key}: whoever has it can put other code here"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_a_multisig_and_nobody_are_told_apart() {
        let wallet = Pubkey::from_str_const("9Hqz2y1Pzdqdv12h2QKXLBLstYPRzvw5g8oFSf1hj7XW");
        let (derived, _) = Pubkey::find_program_address(&[b"vault"], &program::ID);
        let starts = |text: String, start: &str| assert!(text.starts_with(start), "{text}");
        starts(kind_of(&wallet, None), "a single key");
        starts(kind_of(&wallet, Some(system_program::ID)), "a single key");
        starts(kind_of(&wallet, Some(program::ID)), "an account");
        starts(kind_of(&derived, None), "a program's account");
        starts(kind_of(&system_program::ID, None), "nobody");
    }
}

//! Who can put other code in the program's place.

use super::section::{pairs, Section};
use crate::cluster::{Cluster, Deployment, Outcome};
use liquid_restaking_sdk::{
    anchor_lang::{prelude::Pubkey, system_program},
    program,
};

/// Who can upgrade the program.
#[derive(Debug, PartialEq, Eq)]
struct Authority {
    /// For programs.
    kind: &'static str,
    /// The key, where there is one.
    key: Option<Pubkey>,
    /// For people.
    words: String,
}

/// The program and its upgrade authority.
pub fn upgrade(cluster: &Cluster) -> Outcome<Section> {
    let authority = authority(cluster, &cluster.deployment()?)?;
    let rows = vec![
        ("address", program::ID.to_string()),
        ("who can upgrade it", authority.words),
    ];
    let key = authority.key.map(|key| key.to_string());
    let section = pairs("program", "Program", rows);
    Ok(section.with("kind", authority.kind).with("authority", key))
}

/// Who can upgrade it, in words.
pub fn who_can(cluster: &Cluster, deployment: &Deployment) -> Outcome<String> {
    Ok(authority(cluster, deployment)?.words)
}

fn authority(cluster: &Cluster, deployment: &Deployment) -> Outcome<Authority> {
    let keyless = |kind, words: &str| Authority {
        kind,
        key: None,
        words: words.to_owned(),
    };
    Ok(match deployment {
        Deployment::None => keyless("not_deployed", "the program is not deployed"),
        Deployment::Closed => keyless("nobody", "nobody: the program is closed"),
        Deployment::Final => keyless("nobody", "nobody: its loader knows no upgrades"),
        Deployment::Unknown(loader) => {
            keyless("unknown", &format!("unknown: its loader is {loader}"))
        }
        Deployment::Upgradeable(code) => match code.authority {
            None => keyless("nobody", "nobody: it is final"),
            Some(key) => {
                let owner = cluster.account(&key)?.map(|account| account.owner);
                of_key(key, owner)
            }
        },
    })
}

/// What kind of authority a key is, by the owner of its account where there is one.
fn of_key(key: Pubkey, owner: Option<Pubkey>) -> Authority {
    let (kind, words) = match owner {
        _ if key == system_program::ID => (
            "nobody",
            format!("nobody: {key}, which it names, signs nothing"),
        ),
        Some(owner) if owner != system_program::ID => (
            "program_account",
            format!("an account {key} of the program {owner}, such as a multisig or a governance"),
        ),
        _ if !key.is_on_curve() => (
            "program_account",
            format!(
                "a program's account {key}: no key signs for it, a multisig or a governance does"
            ),
        ),
        _ => (
            "single_key",
            format!("a single key, {key}: whoever has it can put other code here"),
        ),
    };
    let key = Some(key);
    Authority { kind, key, words }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_a_multisig_and_nobody_are_told_apart() {
        let wallet = Pubkey::from_str_const("9Hqz2y1Pzdqdv12h2QKXLBLstYPRzvw5g8oFSf1hj7XW");
        let (derived, _) = Pubkey::find_program_address(&[b"vault"], &program::ID);
        let told = |key, owner, kind, start: &str| {
            let of = of_key(key, owner);
            assert!(of.kind == kind && of.words.starts_with(start), "{of:?}");
            assert_eq!(of.key, Some(key));
        };
        told(wallet, None, "single_key", "a single key");
        let system = Some(system_program::ID);
        told(wallet, system, "single_key", "a single key");
        let ours = Some(program::ID);
        told(wallet, ours, "program_account", "an account");
        told(derived, None, "program_account", "a program's account");
        told(system_program::ID, None, "nobody", "nobody");
    }
}

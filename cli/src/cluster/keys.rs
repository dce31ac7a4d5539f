//! Keys on the command line: base58, or a keypair file whose public key is meant.

use super::{config::expanded, Outcome, Trouble};
use liquid_restaking_sdk::anchor_lang::prelude::Pubkey;
use solana_keypair::{read_keypair_file, Keypair};
use solana_signer::Signer;
use std::path::{Path, PathBuf};

/// Parses a key: base58, or a keypair file.
///
/// # Errors
/// With what was expected.
pub fn parse_pubkey(text: &str) -> Result<Pubkey, String> {
    if let Ok(key) = text.parse() {
        return Ok(key);
    }
    let path = expanded(text);
    if !path.is_file() {
        return Err("neither a base58 key nor a keypair file".to_owned());
    }
    let keypair = read_keypair_file(&path).map_err(|error| error.to_string())?;
    Ok(keypair.pubkey())
}

/// Reads a keypair file.
///
/// # Errors
/// When it can not be read, with what to do.
pub fn read_keypair(path: &Path) -> Outcome<Keypair> {
    let text = path.to_string_lossy();
    if text.contains("://") {
        return Err(Trouble::Input(format!(
            "{text}: hardware wallets and prompts are not supported, name a keypair file with --keypair"
        )));
    }
    let path = expanded(&text);
    if !path.exists() {
        return Err(Trouble::Input(format!(
            "there is no keypair at {}: make one with `lrt wallet new`, or name yours with --keypair",
            path.display()
        )));
    }
    read_keypair_file(&path)
        .map_err(|error| Trouble::Input(format!("{} is no keypair file: {error}", path.display())))
}

/// Reads the keypair of a new account, or makes a fresh one: it signs once, and is not needed again.
///
/// # Errors
/// When the file can not be read.
pub fn read_or_new_keypair(path: Option<&PathBuf>) -> Outcome<Keypair> {
    path.map_or_else(|| Ok(Keypair::new()), |path| read_keypair(path))
}

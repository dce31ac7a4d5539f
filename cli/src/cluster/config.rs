//! Solana's own configuration file, as `solana config set` writes it: one `key: value` a line.

use super::{Outcome, Trouble};
use solana_commitment_config::CommitmentConfig;
use std::{
    env,
    path::{Path, PathBuf},
};

/// What the file says, or Solana's defaults.
#[derive(Debug, PartialEq, Eq)]
pub struct Config {
    /// The RPC node.
    pub url: String,
    /// The wallet.
    pub keypair: PathBuf,
    /// How certain an answer must be.
    pub commitment: CommitmentConfig,
}

/// Reads the file named, or Solana's own where there is one.
///
/// # Errors
/// When the file named does not exist, or a file says nonsense.
pub fn read(given: Option<&Path>) -> Outcome<Config> {
    let path = match given {
        Some(path) => path.to_path_buf(),
        None => home().join(".config/solana/cli/config.yml"),
    };
    match std::fs::read_to_string(&path) {
        Ok(text) => {
            parse(&text).map_err(|what| Trouble::Input(format!("{}: {what}", path.display())))
        }
        Err(error) if given.is_some() => Err(Trouble::Input(format!(
            "the configuration {} can not be read: {error}",
            path.display()
        ))),
        Err(_) => parse("").map_err(Trouble::Input),
    }
}

/// The user's folder.
pub fn home() -> PathBuf {
    env::var_os("HOME").map_or_else(PathBuf::new, PathBuf::from)
}

fn parse(text: &str) -> Result<Config, String> {
    let mut config = Config {
        url: "https://api.mainnet-beta.solana.com".to_owned(),
        keypair: home().join(".config/solana/id.json"),
        commitment: CommitmentConfig::confirmed(),
    };
    // The file's other parts (address labels, the websocket) are nested, or of no use here.
    for line in text
        .lines()
        .filter(|line| !line.starts_with([' ', '#', '-']))
    {
        let Some((key, value)) = line.split_once(':') else {
            continue;
        };
        let value = value.trim().trim_matches(['"', '\'']);
        match key {
            _ if value.is_empty() => {}
            "json_rpc_url" => value.clone_into(&mut config.url),
            "keypair_path" => config.keypair = expanded(value),
            "commitment" => {
                config.commitment = value
                    .parse()
                    .map_err(|_| format!("\"{value}\" is no commitment"))?;
            }
            _ => {}
        }
    }
    Ok(config)
}

/// A path in which `~/` is the user's folder.
pub fn expanded(path: &str) -> PathBuf {
    match path.strip_prefix("~/") {
        Some(rest) => home().join(rest),
        None => PathBuf::from(path),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that can not go on ends")]
mod tests {
    use super::*;

    #[test]
    fn the_file_of_solana_config_set_is_understood() {
        let text = "---\njson_rpc_url: http://localhost:8899\nwebsocket_url: ''\nkeypair_path: \"/k.json\"\naddress_labels:\n  '11111111111111111111111111111111': System Program\ncommitment: finalized\n";
        let config = parse(text).unwrap();
        assert_eq!(config.url, "http://localhost:8899");
        assert_eq!(config.keypair, PathBuf::from("/k.json"));
        assert_eq!(config.commitment, CommitmentConfig::finalized());
        assert!(parse("commitment: soon").is_err());
        assert!(parse("").unwrap().url.contains("mainnet-beta"));
    }
}

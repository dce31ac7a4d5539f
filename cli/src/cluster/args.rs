//! The flags that every command on a cluster takes: Solana's usual ones, and a few of ours.

use super::{parse_pubkey, Outcome, Trouble};
use clap::{Args, ValueEnum};
use liquid_restaking_sdk::anchor_lang::prelude::Pubkey;
use solana_commitment_config::CommitmentConfig;
use std::path::PathBuf;

/// Where, as whom, and how.
// A variable of the environment that is empty counts as none. So where there is one the parser says whether something is
// given, and the type is written out for clap to leave that to it.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Cluster options")]
pub struct ClusterArgs {
    /// Solana's configuration file [default: ~/.config/solana/cli/config.yml].
    #[arg(short = 'C', long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// RPC node: a URL, or l(ocalhost), d(evnet), t(estnet), m(ainnet-beta).
    #[arg(
        short,
        long,
        global = true,
        env = "LRT_URL",
        value_name = "URL_OR_MONIKER",
        default_value = "",
        hide_default_value = true,
        value_parser = given
    )]
    pub url: core::option::Option<String>,
    /// The wallet that acts: a keypair file.
    #[arg(short, long, global = true, value_name = "KEYPAIR")]
    pub keypair: Option<PathBuf>,
    /// Another wallet that pays the fees: a keypair file.
    #[arg(long, global = true, value_name = "KEYPAIR")]
    pub fee_payer: Option<PathBuf>,
    /// How certain answers and confirmations must be.
    #[arg(long, global = true, value_enum)]
    pub commitment: Option<Commitment>,
    /// The LRT: its mint, or its account.
    #[arg(long, global = true, env = "LRT", value_name = "MINT", default_value = "", hide_default_value = true,
          value_parser = parse_lrt)]
    pub lrt: core::option::Option<Pubkey>,
    /// Only simulate; print compute units and balance changes.
    #[arg(long, global = true)]
    pub dry_run: bool,
    /// Print JSON: one line for each transaction, or one for what is shown.
    #[arg(long, global = true)]
    pub json: bool,
    /// What a compute unit is worth to you, in micro-lamports.
    #[arg(
        long,
        global = true,
        value_name = "MICRO_LAMPORTS",
        default_value_t = 0
    )]
    pub priority_fee: u64,
    /// How long to wait for one answer of the RPC node.
    #[arg(long, global = true, value_name = "SECONDS", default_value_t = 30,
          value_parser = clap::value_parser!(u64).range(1..=600))]
    pub timeout: u64,
}

/// A text; an empty one is none.
fn given(text: &str) -> Result<Option<String>, String> {
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

/// The mint of an LRT, or its account; an empty text names none.
fn parse_lrt(text: &str) -> Result<Option<Pubkey>, String> {
    match text.is_empty() {
        true => Ok(None),
        false => parse_pubkey(text).map(Some),
    }
}

/// Solana's levels of commitment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Commitment {
    /// One node's word.
    Processed,
    /// Two thirds of the stake have voted.
    Confirmed,
    /// Can not be rolled back.
    Finalized,
}

impl From<Commitment> for CommitmentConfig {
    fn from(commitment: Commitment) -> Self {
        match commitment {
            Commitment::Processed => Self::processed(),
            Commitment::Confirmed => Self::confirmed(),
            Commitment::Finalized => Self::finalized(),
        }
    }
}

/// The URL of a moniker, or the URL itself.
///
/// # Errors
/// When it is neither.
pub fn url_of(text: &str) -> Outcome<String> {
    let url = match text {
        "l" | "localhost" | "localnet" => "http://localhost:8899",
        "d" | "devnet" => "https://api.devnet.solana.com",
        "t" | "testnet" => "https://api.testnet.solana.com",
        "m" | "mainnet" | "mainnet-beta" => "https://api.mainnet-beta.solana.com",
        url if url.starts_with("http://") || url.starts_with("https://") => url,
        other => {
            return Err(Trouble::Input(format!(
            "--url {other} is no URL: it starts with http:// or https://, or is one of l, d, t, m"
        )))
        }
    };
    Ok(url.to_owned())
}

/// Whether a URL's host is this machine.
pub fn is_local(url: &str) -> bool {
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    let place = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let place = place.rsplit('@').next().unwrap_or_default(); // behind a user's name
    let (host, port) = match place.strip_prefix("[::1]") {
        Some(port) => ("[::1]", port),
        None => place.split_at(place.find(':').unwrap_or(place.len())),
    };
    let is_port = port.is_empty() || port.starts_with(':');
    is_port && ["localhost", "127.0.0.1", "[::1]"].contains(&host)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that can not go on ends")]
mod tests {
    use super::*;

    #[test]
    fn what_is_empty_is_none() {
        assert_eq!(given(""), Ok(None));
        assert_eq!(given("l"), Ok(Some("l".to_owned())));
        assert_eq!(parse_lrt(""), Ok(None));
        let key = Pubkey::new_unique();
        assert_eq!(parse_lrt(&key.to_string()), Ok(Some(key)));
        assert!(parse_lrt("x").is_err());
    }

    #[test]
    fn monikers_are_solanas() {
        assert_eq!(url_of("l").unwrap(), "http://localhost:8899");
        assert_eq!(url_of("devnet").unwrap(), "https://api.devnet.solana.com");
        assert_eq!(url_of("http://x:1").unwrap(), "http://x:1");
        assert_eq!(url_of("x").unwrap_err().exit_status(), 2);
    }

    #[test]
    fn only_this_machine_is_local() {
        for url in [
            "http://localhost:8899",
            "http://127.0.0.1",
            "https://127.0.0.1/rpc",
            "http://[::1]:8899/",
            "http://me:secret@localhost",
        ] {
            assert!(is_local(url), "{url}");
        }
        for url in [
            "https://127.0.0.1.example.com",
            "https://localhost.example.com:8899",
            "http://localhost@example.com",
            "http://localhost:8899@example.com/",
            "https://example.com/?://localhost",
            "http://[::1].example.com",
            "localhost",
        ] {
            assert!(!is_local(url), "{url}");
        }
    }
}

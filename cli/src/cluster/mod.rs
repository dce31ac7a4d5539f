//! A Solana cluster, as the commands see it: configuration, accounts, transactions, and what to say when something fails.

mod amount;
mod args;
mod books;
mod changes;
mod config;
mod failed;
mod keys;
mod loader;
mod output;
mod pool;
mod rpc;
mod send;
mod token;
mod trouble;
mod work;

pub use amount::{cap, tokens, Amount};
pub use args::{ClusterArgs, Commitment};
pub use books::{AllBooks, Pledge};
pub use changes::Change;
pub use keys::{parse_pubkey, read_keypair, read_or_new_keypair};
pub use loader::{without_zeros, Code, Deployment, LOADER_V3};
pub use output::{print_json, print_line, progress, Fact};
pub use pool::{read_book, LrtOnly, PoolView};
pub use send::{Landed, Simulated};
pub use token::{transfer_lamports, transfer_tokens, unwrap, wrap, Holdings, TokenMint};
pub use trouble::{Outcome, Refusal, Trouble};
pub use work::{Receipt, Work};

use liquid_restaking_sdk::anchor_lang::prelude::Pubkey;
use solana_commitment_config::CommitmentConfig;
use solana_keypair::Keypair;
use solana_rpc_client::rpc_client::RpcClient;
use solana_signer::Signer;
use std::{path::PathBuf, sync::OnceLock, time::Duration};

/// A cluster behind an RPC node, and who acts on it.
pub struct Cluster {
    rpc: RpcClient,
    url: String,
    commitment: CommitmentConfig,
    keypair_path: PathBuf,
    fee_payer_path: Option<PathBuf>,
    wallet: OnceLock<Keypair>,
    fee_payer: OnceLock<Keypair>,
    lrt: Option<Pubkey>,
    /// Only simulate.
    pub dry_run: bool,
    /// Print JSON.
    pub json: bool,
    /// Micro-lamports for a compute unit.
    pub priority_fee: u64,
}

impl Cluster {
    /// Puts flags and configuration together. Nothing is sent yet.
    ///
    /// # Errors
    /// When the configuration can not be read.
    pub fn open(args: &ClusterArgs) -> Outcome<Self> {
        let file = config::read(args.config.as_deref())?;
        let url = args::url_of(args.url.as_deref().unwrap_or(&file.url))?;
        let commitment = match args.commitment {
            Some(commitment) => commitment.into(),
            None => file.commitment,
        };
        let keypair_path = args.keypair.clone().unwrap_or(file.keypair);
        let timeout = Duration::from_secs(args.timeout);
        let rpc = RpcClient::new_with_timeout_and_commitment(&url, timeout, commitment);
        Ok(Self {
            rpc,
            url,
            commitment,
            keypair_path,
            fee_payer_path: args.fee_payer.clone(),
            wallet: OnceLock::new(),
            fee_payer: OnceLock::new(),
            lrt: args.lrt,
            dry_run: args.dry_run,
            json: args.json,
            priority_fee: args.priority_fee,
        })
    }

    /// Where the cluster is.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Whether the node is on this machine.
    pub fn is_local(&self) -> bool {
        args::is_local(&self.url)
    }

    /// Where the wallet that acts is kept, whether or not there is one.
    pub fn wallet_path(&self) -> &std::path::Path {
        &self.keypair_path
    }

    /// The wallet that acts, read when it is first needed: what only reads needs none.
    ///
    /// # Errors
    /// When the file can not be read.
    pub fn wallet(&self) -> Outcome<&Keypair> {
        read_once(&self.wallet, &self.keypair_path)
    }

    /// Its key.
    ///
    /// # Errors
    /// As [`Cluster::wallet`].
    pub fn me(&self) -> Outcome<Pubkey> {
        Ok(self.wallet()?.pubkey())
    }

    /// Who pays the fees: the wallet unless another is named.
    ///
    /// # Errors
    /// When the file can not be read.
    pub fn fee_payer(&self) -> Outcome<&Keypair> {
        match &self.fee_payer_path {
            Some(path) => read_once(&self.fee_payer, path),
            None => self.wallet(),
        }
    }
}

fn read_once<'a>(cell: &'a OnceLock<Keypair>, path: &std::path::Path) -> Outcome<&'a Keypair> {
    if let Some(keypair) = cell.get() {
        return Ok(keypair);
    }
    let keypair = read_keypair(path)?;
    Ok(cell.get_or_init(|| keypair))
}

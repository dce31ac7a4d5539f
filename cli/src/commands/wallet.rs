//! `lrt wallet`: what it takes to try the rest where no other Solana tool is at hand.

use crate::cluster::{
    parse_pubkey, print_json, print_line, progress, tokens, transfer_lamports, transfer_tokens,
    Amount, Cluster, Outcome, Trouble, Work,
};
use crate::scenario::{right_align, table};
use clap::Subcommand;
use liquid_restaking_sdk::{anchor_lang::prelude::Pubkey, create_associated};
use serde_json::json;
use solana_keypair::{write_keypair_file, Keypair};
use solana_signer::Signer;
use std::{
    path::PathBuf,
    thread::sleep,
    time::{Duration, Instant},
};

/// Decimals of SOL.
const SOL_DECIMALS: u8 = 9;
/// How long a faucet may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A wallet: a keypair file, what it holds, and sending it on.
#[derive(Debug, Subcommand)]
pub enum Wallet {
    /// Make a keypair file, as `solana-keygen new --no-bip39-passphrase` does; there is no seed phrase: keep the file.
    #[command(after_help = "Examples:
  lrt wallet new                    the wallet that commands use unless --keypair names another
  lrt wallet new operator.json")]
    New {
        /// Where to [default: the configured wallet].
        file: Option<PathBuf>,
    },
    /// Its address, SOL and tokens.
    #[command(after_help = "Example:
  lrt wallet show")]
    Show,
    /// SOL from a test cluster's faucet.
    #[command(after_help = "Example:
  lrt wallet airdrop 100 --url localhost")]
    Airdrop {
        /// SOL.
        amount: Amount,
    },
    /// Send SOL or a token to another wallet; its token account is made where it is missing.
    #[command(after_help = "Examples:
  lrt wallet send KEY 1.5
  lrt wallet send KEY ALL --token MINT")]
    Send {
        /// The other wallet: a key, or its keypair file.
        #[arg(value_parser = parse_pubkey)]
        to: Pubkey,
        /// SOL or tokens; ALL: all of the token.
        amount: Amount,
        /// The token, such as an LRT [default: SOL].
        #[arg(long, value_name = "MINT", value_parser = parse_pubkey)]
        token: Option<Pubkey>,
    },
}

impl Wallet {
    /// Runs the command.
    pub fn run(&self, cluster: &Cluster) -> Outcome<()> {
        match self {
            Self::New { file } => new(cluster, file.as_ref()),
            Self::Show => show(cluster),
            Self::Airdrop { amount } => airdrop(cluster, amount),
            Self::Send { to, amount, token } => send(cluster, to, amount, token.as_ref()),
        }
    }
}

fn new(cluster: &Cluster, file: Option<&PathBuf>) -> Outcome<()> {
    let path = file.map_or_else(|| cluster.wallet_path(), |file| file.as_path());
    if path.exists() {
        let text = "is there already, and nobody could bring it back: name another file";
        return Err(Trouble::Input(format!("{} {text}", path.display())));
    }
    let keypair = Keypair::new();
    write_keypair_file(&keypair, path).map_err(|error| {
        Trouble::Input(format!("{} can not be written: {error}", path.display()))
    })?;
    let address = keypair.pubkey().to_string();
    if cluster.json {
        return print_json(&json!({ "address": address, "file": path }));
    }
    print_line(&format!("{address} in {}", path.display()))
}

fn show(cluster: &Cluster) -> Outcome<()> {
    let me = cluster.me()?;
    let sol = tokens(lamports_of(cluster, &me)?, SOL_DECIMALS);
    let held = cluster.every_token(&me)?;
    if cluster.json {
        let held = held.iter().map(|(mint, decimals, amount)| {
            let amount = tokens(*amount, decimals.unwrap_or(0));
            json!({ "mint": mint.to_string(), "amount": amount, "decimals": decimals })
        });
        let held: Vec<_> = held.collect();
        return print_json(&json!({ "address": me.to_string(), "SOL": sol, "tokens": held }));
    }
    let mut rows = table(&["token", "amount"]);
    rows.add_row(["SOL", &sol]);
    for (mint, decimals, amount) in &held {
        let amount = match decimals {
            Some(decimals) => tokens(*amount, *decimals),
            None => format!("{amount} base units, its mint can not be read"),
        };
        rows.add_row([mint.to_string(), amount]);
    }
    right_align(&mut rows, 1);
    print_line(&me.to_string())?;
    print_line(&rows.to_string())
}

fn lamports_of(cluster: &Cluster, wallet: &Pubkey) -> Outcome<u64> {
    let account = cluster.account(wallet)?;
    Ok(account.map_or(0, |account| account.lamports))
}

fn airdrop(cluster: &Cluster, amount: &Amount) -> Outcome<()> {
    let lamports = amount.exact_units(SOL_DECIMALS)?;
    let me = cluster.me()?;
    let balance = || lamports_of(cluster, &me);
    let before = balance()?;
    let waiting = progress("waiting for the faucet");
    cluster.request_airdrop(&me, lamports)?;
    let begun = Instant::now();
    while balance()? <= before {
        if begun.elapsed() > PATIENCE {
            let url = cluster.url();
            let text = format!("the faucet of {url} gave nothing within a minute: try a smaller amount, or another wallet's SOL");
            return Err(Trouble::Cluster(text));
        }
        sleep(Duration::from_millis(400));
    }
    waiting.finish_and_clear();
    let now = tokens(balance()?, SOL_DECIMALS);
    if cluster.json {
        return print_json(&json!({ "address": me.to_string(), "SOL": now }));
    }
    print_line(&format!("{me} has {now} SOL"))
}

fn send(cluster: &Cluster, to: &Pubkey, amount: &Amount, token: Option<&Pubkey>) -> Outcome<()> {
    let me = cluster.me()?;
    let work = Work::new("wallet send");
    let Some(token) = token else {
        let lamports = amount.exact_units(SOL_DECIMALS)?;
        let transfer = transfer_lamports(&me, to, lamports);
        let sent = tokens(lamports, SOL_DECIMALS);
        return cluster
            .perform(work.then(transfer).tell("SOL", sent))
            .map(drop);
    };
    let mint = cluster.mint(token)?;
    let holdings = cluster.holdings(&me, token, &mint.program)?;
    let units = amount.units(mint.decimals, || Ok(holdings.balance))?;
    if units > holdings.balance {
        return Err(Trouble::Input(format!(
            "{} are needed, {me} has {}",
            tokens(units, mint.decimals),
            tokens(holdings.balance, mint.decimals)
        )));
    }
    let payer = cluster.fee_payer()?.pubkey();
    let work = work
        .then(create_associated(&payer, to, token, &mint.program))
        .then(transfer_tokens(&me, to, &mint, units))
        .tell("tokens", tokens(units, mint.decimals));
    cluster.perform(work).map(drop)
}

//! A cluster with a collateral of its own, wallets that hold it, and the built `lrt`.

use liquid_restaking_sdk::{
    address,
    anchor_lang::{prelude::Pubkey, system_program},
    AccountMeta, Instruction, ASSOCIATED_TOKEN_PROGRAM_ID, TOKEN_PROGRAM_ID,
};
use lrt_cli::{
    cluster::{Cluster, ClusterArgs, Commitment},
    vm::mint_to,
};
use serde_json::Value;
use solana_keypair::{write_keypair_file, Keypair};
use solana_signer::Signer;
use std::{
    path::{Path, PathBuf},
    process::Command,
    thread::sleep,
    time::{Duration, Instant},
};

const MINT_LEN: u64 = 82;
const DECIMALS: u8 = 9;
const PATIENCE: Duration = Duration::from_secs(300);

/// A cluster, its wallets and one LRT.
pub struct World {
    pub url: String,
    folder: PathBuf,
    pub collateral: Pubkey,
    pub lrt: String,
}

/// What a run of `lrt` left.
pub struct Ran {
    pub status: i32,
    pub json: Value,
    pub text: String,
    pub error: String,
}

impl World {
    /// A fresh collateral, a thousand tokens of it for each wallet, and lamports.
    pub fn new(url: &str, wallets: &[&str]) -> Self {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("cluster");
        std::fs::create_dir_all(&folder).unwrap();
        let mut world = Self {
            url: url.to_owned(),
            folder,
            collateral: Pubkey::default(),
            lrt: String::new(),
        };
        for name in wallets {
            write_keypair_file(&Keypair::new(), world.path(name)).unwrap();
            world.fund(name);
        }
        let (mint, issuer) = (Keypair::new(), wallets[0]);
        world.collateral = mint.pubkey();
        world.create_mint(issuer, &mint, wallets);
        world
    }

    /// Where a wallet's keypair is.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.json"))
    }

    /// A wallet's key.
    pub fn key(&self, name: &str) -> Pubkey {
        self.open(name).me().unwrap()
    }

    fn open(&self, name: &str) -> Cluster {
        let args = ClusterArgs {
            config: None,
            url: Some(self.url.clone()),
            keypair: Some(self.path(name)),
            fee_payer: None,
            commitment: Some(Commitment::Confirmed),
            lrt: None,
            dry_run: false,
            json: true,
            priority_fee: 0,
            timeout: 60,
        };
        Cluster::open(&args).unwrap()
    }

    fn fund(&self, name: &str) {
        let cluster = self.open(name);
        let key = cluster.me().unwrap();
        cluster
            .rpc()
            .request_airdrop(&key, 100_000_000_000)
            .unwrap();
        self.until(|| cluster.account(&key).unwrap().is_some());
    }

    fn create_mint(&self, issuer: &str, mint: &Keypair, wallets: &[&str]) {
        let cluster = self.open(issuer);
        let (key, me) = (mint.pubkey(), cluster.me().unwrap());
        let rent = cluster.rent(MINT_LEN as usize).unwrap();
        let mut create = 0u32.to_le_bytes().to_vec();
        create.extend_from_slice(&rent.to_le_bytes());
        create.extend_from_slice(&MINT_LEN.to_le_bytes());
        create.extend_from_slice(TOKEN_PROGRAM_ID.as_ref());
        let mut initialize = vec![20, DECIMALS];
        initialize.extend_from_slice(me.as_ref());
        initialize.push(0);
        let accounts = vec![AccountMeta::new(me, true), AccountMeta::new(key, true)];
        let mut instructions = vec![
            Instruction {
                program_id: system_program::ID,
                accounts,
                data: create,
            },
            Instruction {
                program_id: TOKEN_PROGRAM_ID,
                accounts: vec![AccountMeta::new(key, false)],
                data: initialize,
            },
        ];
        let issuer = cluster.wallet().unwrap();
        cluster
            .send(&instructions, &[issuer, mint], 50_000)
            .unwrap();
        for wallet in wallets {
            let wallet = self.key(wallet);
            let account = address::associated(&wallet, &key, &TOKEN_PROGRAM_ID);
            instructions = vec![
                create_associated(&me, &wallet, &key),
                mint_to(&key, &account, &me, 1_000_000_000_000),
            ];
            cluster.send(&instructions, &[issuer], 100_000).unwrap();
        }
    }

    /// Runs `lrt` as a wallet.
    pub fn lrt(&self, wallet: &str, args: &[&str]) -> Ran {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lrt"));
        if self.lrt.is_empty() {
            command.env_remove("LRT");
        } else {
            command.env("LRT", &self.lrt);
        }
        let output = command
            .args(args)
            .args([
                "--url",
                &self.url,
                "--commitment",
                "confirmed",
                "--timeout",
                "60",
            ])
            .arg("--keypair")
            .arg(self.path(wallet))
            .env_remove("LRT_PROGRAM")
            .env("XDG_CACHE_HOME", &self.folder)
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let last = text.lines().last().unwrap_or_default();
        Ran {
            status: output.status.code().unwrap(),
            json: serde_json::from_str(last).unwrap_or_default(),
            error: String::from_utf8(output.stderr).unwrap(),
            text,
        }
    }

    /// Runs a command that must succeed, with `--json`.
    pub fn ok(&self, wallet: &str, args: &[&str]) -> Value {
        let ran = self.lrt(wallet, &[args, &["--json"]].concat());
        assert_eq!(ran.status, 0, "{args:?}: {}{}", ran.error, ran.text);
        ran.json
    }

    /// Runs a command until it succeeds: what it waits for comes with time.
    pub fn in_time(&self, wallet: &str, args: &[&str]) -> Value {
        let begun = Instant::now();
        loop {
            let ran = self.lrt(wallet, &[args, &["--json"]].concat());
            if ran.status == 0 {
                return ran.json;
            }
            assert!(
                ran.status != 3 && begun.elapsed() < PATIENCE,
                "{args:?}: {}",
                ran.error
            );
            sleep(Duration::from_secs(1));
        }
    }

    /// Runs a command that must fail with this status, and a text in its one line.
    pub fn fails(&self, wallet: &str, args: &[&str], status: i32, text: &str) {
        let ran = self.lrt(wallet, args);
        assert_eq!(ran.status, status, "{args:?}: {}{}", ran.error, ran.text);
        assert!(ran.error.contains(text), "{args:?}: {}", ran.error);
        assert_eq!(ran.error.lines().count(), 1, "{}", ran.error);
    }

    /// Waits for a slot.
    pub fn till(&self, slot: u64) {
        let cluster = self.open("admin");
        self.until(|| cluster.slot().unwrap() >= slot);
    }

    fn until(&self, mut is_so: impl FnMut() -> bool) {
        let begun = Instant::now();
        while !is_so() {
            assert!(begun.elapsed() < PATIENCE);
            sleep(Duration::from_millis(400));
        }
    }

    /// A file with this text.
    pub fn file(&self, name: &str, text: &str) -> String {
        let path: &Path = &self.folder.join(name);
        std::fs::write(path, text).unwrap();
        path.to_string_lossy().into_owned()
    }
}

fn create_associated(payer: &Pubkey, wallet: &Pubkey, mint: &Pubkey) -> Instruction {
    Instruction {
        program_id: ASSOCIATED_TOKEN_PROGRAM_ID,
        accounts: vec![
            AccountMeta::new(*payer, true),
            AccountMeta::new(address::associated(wallet, mint, &TOKEN_PROGRAM_ID), false),
            AccountMeta::new_readonly(*wallet, false),
            AccountMeta::new_readonly(*mint, false),
            AccountMeta::new_readonly(system_program::ID, false),
            AccountMeta::new_readonly(TOKEN_PROGRAM_ID, false),
        ],
        data: vec![1],
    }
}

/// A text field.
pub fn text(value: &Value, field: &str) -> String {
    let text = value[field].as_str();
    text.unwrap_or_else(|| panic!("no {field} in {value}"))
        .to_owned()
}

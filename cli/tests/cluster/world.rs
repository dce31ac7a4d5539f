//! A cluster with a collateral of its own, wallets that hold it, and the built `lrt`.

use crate::{
    complete,
    tokens::{self, Collateral},
};
use liquid_restaking_sdk::{
    address, anchor_lang::prelude::Pubkey, program::state::StakePool, token_balance, PoolKeys,
    TOKEN_PROGRAM_ID,
};
use lrt_cli::cluster::{Cluster, ClusterArgs, Commitment};
use serde_json::Value;
use solana_keypair::{write_keypair_file, Keypair};
use solana_rpc_client::rpc_client::RpcClient;
use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
    thread::sleep,
    time::{Duration, Instant},
};

/// How long a test waits for anything.
const PATIENCE: Duration = Duration::from_secs(300);

/// A cluster, its wallets and one LRT. A copy sees the same wallets, perhaps through another node.
#[derive(Clone)]
pub struct World {
    pub url: String,
    /// How long `lrt` waits for one answer, in seconds.
    pub timeout: u64,
    /// Where `lrt` keeps readings.
    pub cache: PathBuf,
    folder: Arc<Folder>,
    pub collateral: Pubkey,
    pub token_program: Pubkey,
    pub lrt: String,
}

/// What a run of `lrt` left.
pub struct Ran {
    pub status: i32,
    pub json: Value,
    pub text: String,
    pub error: String,
}

/// Who works for an LRT.
pub struct Cast {
    pub operator: String,
    pub avs: String,
}

/// Where the keypairs are; removed at the end of a test that passed.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }
}

impl World {
    /// A collateral, a thousand tokens of it for each wallet, and lamports. Of wrapped SOL a wallet has none: `lrt` wraps.
    pub fn new(url: &str, name: &str, wallets: &[&str], collateral: Collateral) -> Self {
        let folder = format!("cluster-{}-{name}", std::process::id());
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(folder);
        std::fs::create_dir_all(&folder).unwrap();
        let mut world = Self {
            url: url.to_owned(),
            timeout: 60,
            cache: folder.clone(),
            folder: Arc::new(Folder(folder)),
            collateral: Pubkey::default(),
            token_program: TOKEN_PROGRAM_ID,
            lrt: String::new(),
        };
        for name in wallets {
            world.newcomer(name);
        }
        let keys: Vec<Pubkey> = wallets.iter().map(|name| world.key(name)).collect();
        let cluster = world.open(wallets[0]);
        for key in &keys {
            world.give_lamports(key);
        }
        for key in &keys {
            world.until("lamports", || cluster.account(key).unwrap().is_some());
        }
        (world.collateral, world.token_program) = tokens::create(&cluster, collateral, &keys);
        world
    }

    /// Asks the faucet for a hundred SOL.
    pub fn give_lamports(&self, key: &Pubkey) {
        let rpc = RpcClient::new(&self.url);
        rpc.request_airdrop(key, 100_000_000_000).unwrap();
    }

    /// A wallet without anything.
    pub fn newcomer(&self, name: &str) -> Pubkey {
        write_keypair_file(&Keypair::new(), self.path(name)).unwrap();
        self.key(name)
    }

    /// The same world through another node.
    pub fn through(&self, url: &str) -> Self {
        Self {
            url: url.to_owned(),
            ..self.clone()
        }
    }

    /// Where a wallet's keypair is.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.0.join(format!("{name}.json"))
    }

    /// A wallet's key.
    pub fn key(&self, name: &str) -> Pubkey {
        self.open(name).me().unwrap()
    }

    /// The cluster as a wallet sees it.
    pub fn open(&self, name: &str) -> Cluster {
        let args = ClusterArgs {
            config: None,
            url: Some(self.url.clone()),
            keypair: Some(self.path(name)),
            fee_payer: None,
            commitment: Some(Commitment::Confirmed),
            lrt: self.lrt.parse().ok(),
            dry_run: false,
            json: true,
            priority_fee: 0,
            timeout: 60,
        };
        Cluster::open(&args).unwrap()
    }

    /// Creates the LRT and, with its collateral, the stake pool.
    pub fn create(&mut self, admin: &str, flags: &str) {
        let words = format!("admin create --collateral {} {flags}", self.collateral);
        self.lrt = text(&self.ok(admin, &words), "lrt");
    }

    /// An operator and an AVS of these names, accepted at once, as nobody has deposited yet, and who consent to each other.
    pub fn cast(&self, terms: &str) -> Cast {
        let register = "operator register --commission-bps 1000";
        let operator = text(&self.ok("operator", register), "operator");
        let cast = Cast {
            avs: self.accepted(&operator, terms),
            operator,
        };
        let set = format!("admin operator-cap set {} ALL", cast.operator);
        self.ok("admin", &set);
        cast
    }

    /// An AVS that pool and operator accept, the pool at once: nobody has deposited yet.
    pub fn accepted(&self, operator: &str, terms: &str) -> String {
        let avs = text(&self.ok("avs", &format!("avs register {terms}")), "avs");
        self.ok("admin", &format!("admin avs propose {avs} 10000"));
        self.ok("operator", &format!("operator opt-in {operator} {avs}"));
        self.ok("avs", &format!("avs opt-in {avs} {operator}"));
        avs
    }

    /// The addresses of the LRT and its stake pool.
    pub fn keys(&self) -> PoolKeys {
        let lrt = self.lrt.parse().unwrap();
        PoolKeys::derive(lrt, self.collateral, self.token_program)
    }

    /// The stake pool as it is stored.
    pub fn pool(&self) -> StakePool {
        let cluster = self.open("admin");
        cluster.state(&self.keys().stake_pool, "pool").unwrap()
    }

    /// `lrt` in the name of a wallet, with everything but its words.
    fn command(&self, wallet: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lrt"));
        command
            .args(["--url", &self.url, "--commitment", "confirmed"])
            .args(["--timeout", &self.timeout.to_string()])
            .arg("--keypair")
            .arg(self.path(wallet))
            .env("LRT", &self.lrt) // empty as long as there is none
            .env("RUST_BACKTRACE", "1") // a person's own setting must not bring one
            .env("XDG_CACHE_HOME", &self.cache)
            .env("LRT_URL", "") // counts as none too
            .env_remove("LRT_PROGRAM");
        command
    }

    /// Runs `lrt` as a wallet, with words between spaces.
    pub fn lrt(&self, wallet: &str, words: &str) -> Ran {
        let args: Vec<&str> = words.split_whitespace().collect();
        let output = self.command(wallet).args(&args).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let last = text.lines().last().unwrap_or_default();
        let status = output.status.code().unwrap();
        if status == 0 && !args.contains(&"--dry-run") {
            complete::tried(&args);
        }
        Ran {
            status,
            json: serde_json::from_str(last).unwrap_or_default(),
            error: String::from_utf8(output.stderr).unwrap(),
            text,
        }
    }

    /// Starts `lrt` and leaves it running; what it says goes to a file.
    pub fn start(&self, wallet: &str, words: &str, said: &str) -> Child {
        let file = std::fs::File::options()
            .create(true)
            .append(true)
            .open(self.folder.0.join(said))
            .unwrap();
        self.command(wallet)
            .args(words.split_whitespace())
            .stdout(file.try_clone().unwrap())
            .stderr(file)
            .stdin(Stdio::null())
            .spawn()
            .unwrap()
    }

    /// What it has said so far.
    pub fn said(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.0.join(name)).unwrap_or_default()
    }

    /// Runs a command that must succeed, with `--json`.
    pub fn ok(&self, wallet: &str, words: &str) -> Value {
        let ran = self.lrt(wallet, &format!("{words} --json"));
        assert_eq!(ran.status, 0, "{words}: {}{}", ran.error, ran.text);
        ran.json
    }

    /// Runs a command until it succeeds: what it waits for comes with time.
    pub fn in_time(&self, wallet: &str, words: &str) -> Value {
        let begun = Instant::now();
        loop {
            let ran = self.lrt(wallet, &format!("{words} --json"));
            if ran.status == 0 {
                return ran.json;
            }
            assert!(
                ran.status != 3 && begun.elapsed() < PATIENCE,
                "{words}: {}",
                ran.error
            );
            sleep(Duration::from_millis(500));
        }
    }

    /// Runs a command that must fail with this status, and a text in its one line, which it returns.
    pub fn fails(&self, wallet: &str, words: &str, status: i32, text: &str) -> String {
        let ran = self.lrt(wallet, words);
        assert_eq!(ran.status, status, "{words}: {}{}", ran.error, ran.text);
        assert!(ran.error.contains(text), "{words}: {}", ran.error);
        one_line(&ran.error);
        ran.error
    }

    /// Waits for a slot.
    pub fn till(&self, slot: u64) {
        let cluster = self.open("admin");
        self.until("a slot", || cluster.slot().unwrap() >= slot);
    }

    /// Waits until something is so.
    pub fn until(&self, what: &str, mut is_so: impl FnMut() -> bool) {
        let begun = Instant::now();
        while !is_so() {
            assert!(begun.elapsed() < PATIENCE, "waited in vain: {what}");
            sleep(Duration::from_millis(400));
        }
    }

    /// A file with this text.
    pub fn file(&self, name: &str, text: &str) -> String {
        let path: &Path = &self.folder.0.join(name);
        std::fs::write(path, text).unwrap();
        path.to_string_lossy().into_owned()
    }

    /// A token account's balance, in base units; 0 where there is none.
    pub fn balance(&self, account: &Pubkey) -> u64 {
        let account = self.open("admin").account(account).unwrap();
        account
            .and_then(|account| token_balance(&account.data))
            .unwrap_or(0)
    }

    /// A wallet's collateral, in base units.
    pub fn collateral_of(&self, owner: &Pubkey) -> u64 {
        let account = address::associated(owner, &self.collateral, &self.token_program);
        self.balance(&account)
    }

    /// A wallet's LRT, in base units.
    pub fn shares_of(&self, owner: &Pubkey) -> u64 {
        let lrt = self.lrt.parse().unwrap();
        self.balance(&address::associated(owner, &lrt, &TOKEN_PROGRAM_ID))
    }

    /// The transactions that name an account and have had an effect, as far as the node still has them.
    pub fn effects(&self, account: &Pubkey) -> Vec<String> {
        let cluster = self.open("admin");
        let known = cluster.rpc().get_signatures_for_address(account).unwrap();
        let known = known.into_iter().filter(|one| one.err.is_none());
        known.map(|one| one.signature).collect()
    }
}

/// An error is one line that begins with who says it, whatever went wrong.
pub fn one_line(error: &str) {
    assert!(error.starts_with("lrt: "), "{error}");
    assert_eq!(error.lines().count(), 1, "{error}");
    for word in ["panicked", "backtrace", "stack"] {
        assert!(!error.contains(word), "{error}");
    }
}

/// A text field.
pub fn text(value: &Value, field: &str) -> String {
    let text = value[field].as_str();
    text.unwrap_or_else(|| panic!("no {field} in {value}"))
        .to_owned()
}

/// The row of a list whose field has this value.
pub fn row<'a>(rows: &'a Value, field: &str, value: &str) -> &'a Value {
    let found = rows.as_array().unwrap().iter();
    let mut found = found.filter(|row| row[field] == value);
    let row = found
        .next()
        .unwrap_or_else(|| panic!("no {value} in {rows}"));
    assert!(found.next().is_none(), "{value} twice in {rows}");
    row
}

/// The slot in a field.
pub fn slot(value: &Value, field: &str) -> u64 {
    text(value, field).parse().unwrap()
}

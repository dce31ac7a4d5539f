//! End to end, on a real validator: TypeScript journeys, the command line's own journey, the keeper beside them; keeper
//! and validator are killed in the middle, and in the end everything still adds up.

use crate::{cargo, execute, stage};
use anyhow::{bail, Context, Result};
use std::{
    env,
    fs::File,
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

const PROGRAM_ID: &str = "EL54Ur8RUvmoyCq7T81YV6vvBbhcnSkQVQnqaAjiK1ix";
const RPC_PORT: u16 = 18_899;
const STARTS_WITHIN: Duration = Duration::from_secs(120);

/// How to get a validator, for whoever has none.
pub const NO_VALIDATOR: &str =
    "no solana-test-validator on PATH, in $SOLANA_TEST_VALIDATOR or in ../shared/bin: install \
    the Solana tools, or `cargo install agave-validator --locked --bin solana-test-validator`";

/// The validator to use, if the machine has one.
pub fn find_validator(root: &Path) -> Option<PathBuf> {
    let named = env::var_os("SOLANA_TEST_VALIDATOR").map(PathBuf::from);
    let folders = env::var_os("PATH").unwrap_or_default();
    let on_path = env::split_paths(&folders).map(|folder| folder.join("solana-test-validator"));
    let beside = root.join("../shared/bin/solana-test-validator");
    let mut candidates = named.into_iter().chain(on_path).chain([beside]);
    candidates.find(|path| path.is_file())
}

/// Everything, with `validator` and the built `program`.
pub fn run(root: &Path, program: &Path, validator: &Path) -> Result<()> {
    let url = format!("http://127.0.0.1:{RPC_PORT}");
    let build = ["build", "--quiet", "--package", "lrt-cli"];
    stage("the command line", || execute(&mut cargo(root, &build)))?;
    let lrt = Lrt {
        binary: target(root).join("debug/lrt"),
        url: url.clone(),
        wallet: target(root).join("e2e/wallet.json"),
    };
    let mut node = Node::start(root, validator, program, true)?;

    stage("the command line's journey", || {
        let mut test = cargo(root, &["test", "--package", "lrt-cli", "--test", "cluster"]);
        execute(test.env("LRT_CLUSTER_URL", &url))
    })?;
    let Some(mint) = typescript_journeys(root, &url, &lrt.wallet)? else {
        return Ok(());
    };
    stage("the keeper, killed and started again", || {
        let mut keeper = lrt.keeper(&mint)?;
        sleep(Duration::from_secs(5));
        if keeper.try_wait()?.is_some() {
            bail!("the keeper ended by itself");
        }
        keeper.kill()?; // as `kill -9` does
        keeper.wait()?;
        execute(&mut lrt.command(&["keeper", "--once", "--lrt", &mint]))
    })?;
    stage("the validator, killed and started again", || {
        node.kill()?;
        node = Node::start(root, validator, program, false)?;
        execute(&mut lrt.command(&["keeper", "--once", "--lrt", &mint]))
    })?;
    stage("lrt verify", || {
        execute(&mut lrt.command(&["verify", "--lrt", &mint]))
    })
}

/// Runs every TypeScript script; returns the mint of the LRT that they leave, or nothing where there is no npm.
fn typescript_journeys(root: &Path, url: &str, wallet: &Path) -> Result<Option<String>> {
    if !crate::has_npm(root) {
        println!("==> TypeScript journeys: skipped, for there is no npm (install Node.js 20 to run them)");
        return Ok(None);
    }
    stage("TypeScript journeys", || {
        execute(&mut crate::npm(root, &["ci", "--no-audit", "--no-fund"]))?;
        let journeys = ["run", "journeys", "--", "--url", url, "--wallet"];
        execute(crate::npm(root, &journeys).arg(wallet))
    })?;
    // The scripts remember the LRT last created on each cluster, the newest last.
    let last = std::fs::read_to_string(root.join("app/.last-lrt.json"))
        .context("the journeys left no app/.last-lrt.json")?;
    let mint = last.rsplit('"').nth(1);
    let mint = mint.context("app/.last-lrt.json names no LRT")?;
    Ok(Some(mint.to_owned()))
}

/// The command line, on this cluster.
struct Lrt {
    binary: PathBuf,
    url: String,
    wallet: PathBuf,
}

impl Lrt {
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        command.args(arguments).args(["--url", &self.url]);
        command.arg("--keypair").arg(&self.wallet);
        command
    }

    fn keeper(&self, mint: &str) -> Result<Child> {
        let mut keeper = self.command(&["keeper", "--lrt", mint]);
        Ok(keeper.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?)
    }
}

/// A validator; ended with this.
struct Node(Child);

impl Node {
    fn start(root: &Path, validator: &Path, program: &Path, afresh: bool) -> Result<Self> {
        let home = target(root).join("e2e");
        std::fs::create_dir_all(&home)?;
        let mut command = Command::new(validator);
        command
            .arg("--quiet")
            .arg("--ledger")
            .arg(home.join("ledger"))
            .args(["--rpc-port", &RPC_PORT.to_string()])
            .args(["--faucet-port", "18900", "--gossip-port", "18901"])
            .args(["--dynamic-port-range", "18910-18950"])
            .arg("--bpf-program")
            .arg(PROGRAM_ID)
            .arg(program)
            .stdout(File::create(home.join("validator.log"))?)
            .stderr(Stdio::null());
        if afresh {
            command.arg("--reset");
        }
        if TcpStream::connect(("127.0.0.1", RPC_PORT)).is_ok() {
            bail!("something listens on port {RPC_PORT} already: end it first");
        }
        let child = command
            .spawn()
            .with_context(|| format!("{} can not be started", validator.display()))?;
        let mut node = Self(child);
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", RPC_PORT)).is_err() {
            if let Some(status) = node.0.try_wait()? {
                bail!("the validator ended ({status}): see target/e2e/validator.log");
            }
            if begun.elapsed() > STARTS_WITHIN {
                bail!("the validator did not open its RPC port: see target/e2e/validator.log");
            }
            sleep(Duration::from_millis(500));
        }
        sleep(Duration::from_secs(15)); // its first slots
        Ok(node)
    }

    fn kill(&mut self) -> Result<()> {
        self.0.kill()?;
        self.0.wait()?;
        Ok(())
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.kill();
    }
}

fn target(root: &Path) -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from)
}

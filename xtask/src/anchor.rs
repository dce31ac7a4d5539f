//! What somebody with the Anchor CLI does in this repository, unchanged: `anchor build`, `anchor test`, `anchor migrate`.
//! With a wallet of its own, and so that nothing of the repository is another afterwards.

use crate::{
    execute, stage,
    validator::{self, Node},
};
use anyhow::{bail, ensure, Context, Result};
use std::{
    collections::BTreeSet,
    env,
    ffi::OsString,
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

/// How to get the Anchor CLI, for whoever has none.
pub const NONE: &str = "no Anchor CLI in $ANCHOR_CLI, on PATH or in ../shared/bin: \
    `cargo install anchor-cli --version 1.2.2 --locked`";

/// Where the Anchor CLI has its validator listen: RPC, its subscriptions, gossip (Anchor.toml) and the faucet.
const PORTS: [u16; 4] = [8_899, 8_900, 8_850, 9_900];
const PROGRAM_ID: &str = "EL54Ur8RUvmoyCq7T81YV6vvBbhcnSkQVQnqaAjiK1ix";
const PROGRAM: &str = "target/deploy/liquid_restaking.so";
const ENDS_WITHIN: Duration = Duration::from_secs(5);

/// The Anchor CLI to use, if the machine has one.
pub fn find(root: &Path) -> Option<PathBuf> {
    let found = validator::find_tool(root, "anchor", "ANCHOR_CLI")?;
    std::path::absolute(found).ok()
}

/// All three commands of the CLI at `anchor`, after `cargo xtask build`: the CLI must build the same program.
pub fn run(root: &Path, anchor: &Path, validator: &Path) -> Result<()> {
    require_free_ports()?;
    let cli = Cli::new(root, anchor, validator)?;
    let tree = work_tree(root);

    stage("anchor build", || build(&cli))?;
    stage("anchor keys list", || {
        let keys = cli.workspace(&["keys", "list"]).output()?;
        let keys = String::from_utf8_lossy(&keys.stdout).into_owned();
        ensure!(
            keys.contains(PROGRAM_ID),
            "`anchor keys list` names another program than {PROGRAM_ID}: {keys}"
        );
        Ok(())
    })?;
    if !crate::has_npm(root) {
        println!("==> anchor test, anchor migrate: skipped, for there is no npm (install Node.js 20 to run them)");
        return Ok(());
    }
    stage("anchor test", || {
        execute(&mut cli.workspace(&["test", "--validator", "legacy"]))
    })?;
    stage("anchor migrate", || {
        // The validator of `anchor test` has ended with it.
        require_free_ports()?;
        let home = root.join("target/anchor");
        let _node = Node::start(validator, &home, true, &cli.genesis()?)?;
        execute(&mut cli.workspace(&["migrate"]))
    })?;
    let now = work_tree(root);
    let changed: Vec<_> = now.symmetric_difference(&tree).cloned().collect();
    ensure!(
        changed.is_empty(),
        "the repository's files have changed meanwhile, and the Anchor CLI must leave them alone:\n{}",
        changed.join("\n")
    );
    Ok(())
}

/// The same program as `cargo xtask build`, byte for byte. The old one is put aside: what is compared is new.
fn build(cli: &Cli) -> Result<()> {
    let program = cli.root.join(PROGRAM);
    let aside = cli.root.join("target/anchor/liquid_restaking.so");
    fs::rename(&program, &aside).context("build the program first")?;
    let built = execute(&mut cli.workspace(&["build"]));
    if !program.is_file() {
        fs::copy(&aside, &program)?;
        built?;
        bail!("`anchor build` left no program at {PROGRAM}");
    }
    built?;
    ensure!(
        fs::read(&program)? == fs::read(&aside)?,
        "`anchor build` makes another program than `cargo xtask build` (target/anchor/liquid_restaking.so)"
    );
    Ok(())
}

/// What git says of each changed file; nothing where this is no work tree.
fn work_tree(root: &Path) -> BTreeSet<String> {
    let mut status = Command::new("git");
    status.current_dir(root).args(["status", "--porcelain"]);
    let answer = status.stderr(Stdio::null()).output();
    let answer = answer.map(|answer| answer.stdout).unwrap_or_default();
    String::from_utf8_lossy(&answer)
        .lines()
        .map(str::to_owned)
        .collect()
}

/// Waits a little: a validator that has been ended may still be about to leave them.
fn require_free_ports() -> Result<()> {
    let begun = Instant::now();
    for port in PORTS {
        while TcpListener::bind(("127.0.0.1", port)).is_err() {
            if begun.elapsed() > ENDS_WITHIN {
                bail!(
                    "the Anchor CLI needs port {port}, and something listens there: end it first"
                );
            }
            sleep(Duration::from_millis(200));
        }
    }
    Ok(())
}

/// The Anchor CLI as a person would call it, with a home of its own: the user's wallet is left alone.
struct Cli {
    root: PathBuf,
    anchor: PathBuf,
    path: OsString,
    wallet: PathBuf,
}

impl Cli {
    fn new(root: &Path, anchor: &Path, validator: &Path) -> Result<Self> {
        // Ours comes last: as for `cargo xtask build`, the machine's own `cargo build-sbf` is used where there is one.
        let path = env::var_os("PATH").context("PATH is not set")?;
        let folders = (validator.parent().map(Path::to_path_buf).into_iter())
            .chain(env::split_paths(&path))
            .chain([root.join("toolchain/bin")]);
        let cli = Self {
            root: root.to_path_buf(),
            anchor: anchor.to_path_buf(),
            path: env::join_paths(folders)?,
            wallet: root.join("target/anchor/wallet.json"),
        };
        fs::create_dir_all(root.join("target/anchor"))?;
        if !cli.wallet.is_file() {
            let keygen = ["keygen", "new", "--no-passphrase", "--silent", "--outfile"];
            execute(cli.command(&keygen).arg(&cli.wallet))?;
        }
        Ok(cli)
    }

    /// A command about the workspace, with the wallet.
    fn workspace(&self, arguments: &[&str]) -> Command {
        let mut command = self.command(arguments);
        command.arg("--provider.wallet").arg(&self.wallet);
        command
    }

    /// What a validator begins with: the program, and SOL in the wallet.
    fn genesis(&self) -> Result<Vec<OsString>> {
        let wallet = self
            .command(&["keygen", "pubkey"])
            .arg(&self.wallet)
            .output()?;
        let wallet = String::from_utf8_lossy(&wallet.stdout).trim().to_owned();
        let program = self.root.join(PROGRAM);
        Ok(vec![
            "--bpf-program".into(),
            PROGRAM_ID.into(),
            program.into(),
            "--mint".into(),
            wallet.into(),
        ])
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.anchor);
        command
            .current_dir(&self.root)
            .args(arguments)
            .env("NO_DNA", "1")
            .env("PATH", &self.path)
            .env_remove("CARGO")
            .env_remove("CARGO_TARGET_DIR") // the paths of Anchor.toml and of its tests are in target/
            .env_remove("RUSTUP_TOOLCHAIN");
        command
    }
}

//! A solana-test-validator: found on the machine, started, ended by its own process.

use anyhow::{bail, Context, Result};
use std::{
    env,
    ffi::OsString,
    fs::File,
    io::{Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

/// Where every guide and script expects a local cluster.
pub const URL: &str = "http://127.0.0.1:8899";
const RPC_PORT: u16 = 8_899;
const STARTS_WITHIN: Duration = Duration::from_secs(120);

/// How to get one, for whoever has none.
pub const NONE: &str =
    "no solana-test-validator on PATH, in $SOLANA_TEST_VALIDATOR or in ../shared/bin: install \
    the Solana tools, or `cargo install agave-validator --locked --bin solana-test-validator`";

/// The validator to use, if the machine has one.
pub fn find(root: &Path) -> Option<PathBuf> {
    find_tool(root, "solana-test-validator", "SOLANA_TEST_VALIDATOR")
}

/// A tool that `variable` names, that is on PATH, or in ../shared/bin.
pub fn find_tool(root: &Path, name: &str, variable: &str) -> Option<PathBuf> {
    let named = env::var_os(variable).map(PathBuf::from);
    let folders = env::var_os("PATH").unwrap_or_default();
    let on_path = env::split_paths(&folders).map(|folder| folder.join(name));
    let beside = root.join("../shared/bin").join(name);
    let mut candidates = named.into_iter().chain(on_path).chain([beside]);
    candidates.find(|path| path.is_file())
}

/// A running validator; ended with this.
pub struct Node(Child);

impl Node {
    /// Starts one, its ledger in `home`; `afresh`, without what an earlier one left there; `more` arguments, such as programs.
    pub fn start(validator: &Path, home: &Path, afresh: bool, more: &[OsString]) -> Result<Self> {
        std::fs::create_dir_all(home)?;
        if TcpStream::connect(("127.0.0.1", RPC_PORT)).is_ok() {
            bail!("something listens on port {RPC_PORT} already: end it first");
        }
        let log = home.join("validator.log");
        let mut command = Command::new(validator);
        command
            .arg("--quiet")
            .arg("--ledger")
            .arg(home.join("ledger"))
            .args(["--rpc-port", &RPC_PORT.to_string()])
            .args(["--faucet-port", "18900", "--gossip-port", "18901"])
            .args(["--dynamic-port-range", "18910-18950"])
            .args(more)
            .stdout(File::create(&log)?)
            .stderr(Stdio::null());
        if afresh {
            command.arg("--reset");
        }
        let child = command
            .spawn()
            .with_context(|| format!("{} can not be started", validator.display()))?;
        let mut node = Self(child);
        let begun = Instant::now();
        while !is_healthy() {
            if let Some(status) = node.0.try_wait()? {
                bail!("the validator ended ({status}): see {}", log.display());
            }
            if begun.elapsed() > STARTS_WITHIN {
                bail!(
                    "the validator did not become healthy: see {}",
                    log.display()
                );
            }
            sleep(Duration::from_millis(500));
        }
        Ok(node)
    }

    /// Ends it at once, as `kill -9` does.
    pub fn kill(&mut self) -> Result<()> {
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

/// Whether the node says that it keeps up.
fn is_healthy() -> bool {
    let ask = || -> std::io::Result<String> {
        let mut node = TcpStream::connect(("127.0.0.1", RPC_PORT))?;
        node.set_read_timeout(Some(Duration::from_secs(5)))?;
        node.write_all(b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        node.read_to_string(&mut answer)?;
        Ok(answer)
    };
    ask().is_ok_and(|answer| answer.ends_with("ok"))
}

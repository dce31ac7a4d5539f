//! The guides, run as written: every `sh` block of `docs/guides/*.md`, and of the README's marked section, in order and in
//! one shell a guide, on a cluster.
//!
//! - The README comes first and alone: it makes its own wallet, and puts the program on the cluster. The others begin with a
//!   funded wallet and run beside each other.
//! - A comment that begins with `<!-- before` holds lines that run too, unseen by the reader: what the guide says is there.
//! - A `text` block right after an `sh` block is what that shows: each line must be in the output, where `…` stands for
//!   anything, and spaces and the lines of tables do not count.
//! - The shell's script has a guide's own line numbers, so that whatever fails is found where it is written.

mod script;

use anyhow::{bail, Context, Result};
use script::{failed_at, is_in, read_all, section, tail, Guide};
use std::{
    env,
    ffi::OsString,
    fs::{self, File},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Command, ExitStatus, Stdio},
    sync::{Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

/// Guides that run beside each other.
const AT_ONCE: usize = 4;
/// Longest that a guide may take.
const PATIENCE: Duration = Duration::from_secs(420);
/// SOL that a guide's reader begins with.
const SOL: &str = "200";

/// Which guides to run.
#[derive(Clone, Copy)]
pub enum Which<'a> {
    /// The README's section, alone: it deploys the program.
    Readme,
    /// All others.
    Others,
    /// The one of that name.
    One(&'a str),
}

/// Runs guides against the node at `url` with the built `lrt`.
pub fn run(root: &Path, lrt: &Path, url: &str, which: Which) -> Result<()> {
    let stand = Stand::new(root, lrt, url)?;
    let (mut readme, mut others): (Vec<_>, Vec<_>) =
        read_all(root)?.into_iter().partition(Guide::is_readme);
    match which {
        Which::Readme => others.clear(),
        Which::Others => readme.clear(),
        Which::One(name) => {
            let names: Vec<_> = (readme.iter().chain(&others))
                .map(|guide| guide.name.clone())
                .collect();
            readme.retain(|guide| guide.name == name);
            others.retain(|guide| guide.name == name);
            if readme.is_empty() && others.is_empty() {
                bail!("no guide {name}: there are {}", names.join(", "));
            }
        }
    }
    let mut failures = stand.run_all(readme);
    failures.extend(stand.run_all(others));
    if failures.is_empty() {
        return Ok(());
    }
    bail!("{}", failures.join("\n\n"))
}

/// The wallet that the README's reader makes: it can upgrade the program.
pub fn readme_wallet(root: &Path) -> PathBuf {
    root.join("target/guides/readme/.config/solana/id.json")
}

/// Where guides run.
struct Stand<'a> {
    root: &'a Path,
    lrt: &'a Path,
    url: &'a str,
    folder: PathBuf,
    path: OsString,
}

impl<'a> Stand<'a> {
    fn new(root: &'a Path, lrt: &'a Path, url: &'a str) -> Result<Self> {
        let beside = lrt.parent().context("lrt lies in a folder")?;
        let folders = env::var_os("PATH").unwrap_or_default();
        let folders = std::iter::once(beside.to_path_buf()).chain(env::split_paths(&folders));
        let folder = root.join("target/guides");
        fs::create_dir_all(&folder)?;
        Ok(Self {
            root,
            lrt,
            url,
            path: env::join_paths(folders)?,
            folder,
        })
    }

    /// Runs several beside each other, a line for each when it is over. Returns what failed.
    fn run_all(&self, guides: Vec<Guide>) -> Vec<String> {
        let queue = Mutex::new(guides.into_iter());
        let failures = Mutex::new(Vec::new());
        // Not in the loop's condition, where the lock would be held as long as the guide runs.
        let next = || locked(&queue).next();
        thread::scope(|scope| {
            for _ in 0..AT_ONCE {
                scope.spawn(|| {
                    while let Some(guide) = next() {
                        let begun = Instant::now();
                        let outcome = self.run(&guide);
                        let seconds = begun.elapsed().as_secs_f64();
                        let mark = if outcome.is_ok() { "" } else { ": FAILED" };
                        println!("    {}: {seconds:.0} s{mark}", guide.path.display());
                        if let Err(error) = outcome {
                            locked(&failures).push(format!("{error:#}"));
                        }
                    }
                });
            }
        });
        failures
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs one, and compares what it shows.
    fn run(&self, guide: &Guide) -> Result<()> {
        let home = self.home(&guide.name)?;
        if !guide.is_readme() {
            self.fund(&home)?;
        }
        let script = self.folder.join(format!("{}.sh", guide.name));
        let log = self.folder.join(format!("{}.txt", guide.name));
        fs::write(&script, &guide.script)?;
        let output = File::create(&log)?;
        let mut shell = Command::new("bash");
        shell
            .arg(&script)
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output)
            .process_group(0);
        let status = wait(self.reader(&mut shell, &home))?;
        let output = String::from_utf8_lossy(&fs::read(&log)?).into_owned();
        if !status.is_some_and(|status| status.success()) {
            let why = match status {
                Some(status) => status.to_string(),
                None => format!("not over after {} s", PATIENCE.as_secs()),
            };
            let place = format!("{}:{}", guide.path.display(), failed_at(&output));
            bail!("{place}: {why}; the end of its output:\n{}", tail(&output));
        }
        for shown in &guide.shown {
            if !is_in(&shown.text, section(&output, shown.block)) {
                let place = format!("{}:{}", guide.path.display(), shown.line);
                let output = section(&output, shown.block);
                bail!("{place}: not in the output of the block above it, which is\n{output}");
            }
        }
        Ok(())
    }

    /// A reader's home, with Solana's configuration.
    fn home(&self, name: &str) -> Result<PathBuf> {
        let home = self.folder.join(name);
        if home.exists() {
            fs::remove_dir_all(&home)?;
        }
        let configuration = home.join(".config/solana/cli");
        fs::create_dir_all(&configuration)?;
        let wallet = home.join(".config/solana/id.json");
        let text = format!(
            "json_rpc_url: \"{}\"\nkeypair_path: \"{}\"\ncommitment: \"confirmed\"\n",
            self.url,
            wallet.display()
        );
        fs::write(configuration.join("config.yml"), text)?;
        Ok(home)
    }

    /// A wallet with SOL.
    fn fund(&self, home: &Path) -> Result<()> {
        for arguments in [&["wallet", "new"][..], &["wallet", "airdrop", SOL]] {
            let mut command = Command::new(self.lrt);
            let output = self.reader(command.args(arguments), home).output()?;
            if !output.status.success() {
                let error = String::from_utf8_lossy(&output.stderr).into_owned();
                bail!("`lrt {}`: {error}", arguments.join(" "));
            }
        }
        Ok(())
    }

    /// The environment of a guide's reader: a home of its own, and the compilers and packages of this machine.
    fn reader<'c>(&self, command: &'c mut Command, home: &Path) -> &'c mut Command {
        let own = env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
        for (name, place) in [
            ("CARGO_HOME", ".cargo"),
            ("RUSTUP_HOME", ".rustup"),
            ("SBF_HOME", ".cache/liquid-restaking-sbf"),
            ("npm_config_cache", ".npm"),
            ("npm_config_userconfig", ".npmrc"),
        ] {
            let value = env::var_os(name).unwrap_or_else(|| own.join(place).into());
            command.env(name, value);
        }
        for name in [
            "CARGO",
            "RUSTUP_TOOLCHAIN",
            "LRT",
            "LRT_URL",
            "LRT_PROGRAM",
            "XDG_CACHE_HOME",
            "XDG_CONFIG_HOME",
        ] {
            command.env_remove(name);
        }
        command
            .current_dir(self.root)
            .env("HOME", home)
            .env("PATH", &self.path)
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs a shell to its end, and ends what it left running; nothing when it took too long.
fn wait(shell: &mut Command) -> Result<Option<ExitStatus>> {
    let mut child = shell.spawn().context("bash can not be started")?;
    let begun = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break Some(status);
        }
        if begun.elapsed() > PATIENCE {
            break None;
        }
        thread::sleep(Duration::from_millis(200));
    };
    let group = format!("-{}", child.id());
    let mut kill = Command::new("kill");
    // That nothing is left is no error.
    kill.args(["-KILL", "--", &group]).stderr(Stdio::null());
    kill.status()?;
    child.wait()?;
    Ok(status)
}

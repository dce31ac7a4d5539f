//! End to end, on a real validator that knows nothing of us: the README as a newcomer follows it, then beside each other the
//! command line's own journeys, the guides and the TypeScript scripts; keeper and validator killed in the middle, an upgrade
//! that breaks off and goes on; and in the end everything still adds up.

use crate::{
    cargo, execute,
    guides::{self, Which},
    stage,
    validator::{self, Node},
};
use anyhow::{bail, Context, Result};
use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicBool, Ordering},
    thread::{self, sleep},
    time::{Duration, Instant},
};

/// How long the keeper beside the scripts lives before it is killed and started again.
const KEEPER_LIVES: Duration = Duration::from_secs(17);
/// How long a request of before the validator's end may wait for its money after it.
const PAID_WITHIN: Duration = Duration::from_secs(180);
/// Lines of a lane's output that a failure shows.
const TAIL: usize = 60;

/// Everything, with `validator` and the built `program`.
pub fn run(root: &Path, program: &Path, validator: &Path) -> Result<()> {
    let binary = crate::command_line(root)?;
    let home = crate::target(root).join("e2e");
    let has_npm = crate::has_npm(root);
    if has_npm {
        execute(&mut crate::npm(root, &["ci", "--no-audit", "--no-fund"]))?;
    } else {
        println!("==> the README and the TypeScript journeys: skipped, for there is no npm (install Node.js 20 to run them)");
    }
    let lrt = Lrt {
        binary,
        wallet: home.join("wallet.json"),
        home,
    };
    let mut node = Node::start(validator, &lrt.home, true, &[])?;

    if has_npm {
        stage("the README, from nothing to a slash", || {
            guides::run(root, &lrt.binary, validator::URL, Which::Readme)
        })?;
    } else {
        stage("the program, by the loader", || lrt.deploy(program))?;
    }
    lrt.fund()?;
    stage("journeys", || journeys(root, &lrt, has_npm))?;
    stage("the validator, killed and started again", || {
        let waiting = match has_npm {
            true => Some(lrt.wait_in_the_queue(root)?),
            false => None,
        };
        node.kill()?;
        node = Node::start(validator, &lrt.home, false, &[])?;
        if let Some(waiting) = waiting {
            lrt.be_paid(waiting)?;
        }
        for mint in lrt.mints()? {
            let mut keep = lrt.command(&["keeper", "--once", "--lrt", &mint]);
            execute(keep.stdout(Stdio::null()))?;
        }
        Ok(())
    })?;
    stage("an upgrade, broken off and gone on with", || {
        lrt.upgrade(root, program, has_npm)
    })?;
    stage("lrt verify", || lrt.verify_all())
}

/// What does not need each other, beside each other: most of it is waiting for slots.
fn journeys(root: &Path, lrt: &Lrt, has_npm: bool) -> Result<()> {
    let mut command_line = cargo(root, &["test", "--workspace", "--test", "cluster"]);
    command_line.env("LRT_CLUSTER_URL", validator::URL);
    let mut typescript = crate::npm(root, &["run", "journeys", "--", "--url", validator::URL]);
    typescript.arg("--wallet").arg(&lrt.wallet);
    let (before, over) = (of_scripts(root), AtomicBool::new(false));
    thread::scope(|scope| {
        let mut lanes = vec![
            scope.spawn(|| lane(&lrt.home, "command-line", &mut command_line)),
            scope.spawn(|| guides::run(root, &lrt.binary, validator::URL, Which::Others)),
        ];
        if has_npm {
            lanes.push(scope.spawn(|| keeper_beside(root, lrt, &before, &over)));
            lanes.push(scope.spawn(|| {
                let outcome = lane(&lrt.home, "typescript", &mut typescript);
                over.store(true, Ordering::Relaxed);
                outcome
            }));
        }
        let ended = lanes.into_iter().map(|lane| match lane.join() {
            Ok(outcome) => outcome,
            Err(_) => bail!("a lane panicked"),
        });
        // Every lane ends before the first failure is told.
        ended.collect::<Vec<_>>().into_iter().collect()
    })
}

/// The LRTs that the scripts remember: the last created on each cluster.
fn of_scripts(root: &Path) -> Vec<String> {
    let text = fs::read_to_string(root.join("app/.last-lrt.json")).unwrap_or_default();
    let last: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    let mints = last.as_object().into_iter().flat_map(|last| last.values());
    mints
        .filter_map(|mint| mint.as_str().map(str::to_owned))
        .collect()
}

/// A keeper for the LRT that the scripts create, killed every now and then as `kill -9` does, until they are over.
fn keeper_beside(root: &Path, lrt: &Lrt, before: &[String], over: &AtomicBool) -> Result<()> {
    let is_over = || over.load(Ordering::Relaxed);
    let mint = loop {
        let created = of_scripts(root);
        match created.into_iter().find(|mint| !before.contains(mint)) {
            Some(mint) => break mint,
            None if is_over() => bail!("the scripts created no LRT"),
            None => sleep(Duration::from_secs(1)),
        }
    };
    let mut kills = 0u32;
    while !is_over() {
        let mut keeper = lrt.keeper(&mint)?;
        let begun = Instant::now();
        while !is_over() && begun.elapsed() < KEEPER_LIVES {
            if let Some(status) = keeper.try_wait()? {
                bail!("the keeper ended by itself ({status}): see target/e2e/keeper.txt");
            }
            sleep(Duration::from_millis(200));
        }
        keeper.kill()?;
        keeper.wait()?;
        kills = kills.saturating_add(1);
    }
    println!("    keeper: killed {kills} times");
    Ok(())
}

/// Runs a command whose output goes to a file, for others write beside it.
fn lane(home: &Path, name: &str, command: &mut Command) -> Result<()> {
    let log = home.join(format!("{name}.txt"));
    let output = File::create(&log)?;
    command.stdout(output.try_clone()?).stderr(output);
    let begun = Instant::now();
    let outcome = execute(command);
    let mark = if outcome.is_ok() { "" } else { ": FAILED" };
    println!("    {name}: {:.0} s{mark}", begun.elapsed().as_secs_f64());
    outcome.with_context(|| {
        let text = fs::read(&log).unwrap_or_default();
        let text = String::from_utf8_lossy(&text).into_owned();
        let lines: Vec<_> = text.lines().collect();
        let from = lines.len().saturating_sub(TAIL);
        let end = lines.get(from..).unwrap_or_default().join("\n");
        format!("{name}, the end of its output:\n{end}\n")
    })
}

/// The command line, on this cluster.
struct Lrt {
    binary: PathBuf,
    home: PathBuf,
    /// Whose the journeys are.
    wallet: PathBuf,
}

impl Lrt {
    fn command(&self, arguments: &[&str]) -> Command {
        self.command_of(&self.wallet, arguments)
    }

    fn command_of(&self, wallet: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        command.args(arguments).args(["--url", validator::URL]);
        command.arg("--keypair").arg(wallet);
        command
    }

    /// A wallet with SOL.
    fn fund(&self) -> Result<()> {
        if !self.wallet.exists() {
            execute(&mut self.command(&["wallet", "new"]))?;
        }
        execute(&mut self.command(&["wallet", "airdrop", "1000"]))
    }

    fn deploy(&self, program: &Path) -> Result<()> {
        self.fund()?;
        let mut deploy = self.command(&["program", "deploy"]);
        execute(deploy.arg(program))
    }

    /// Asks to leave the LRT that the scripts created last, with a keeper beside.
    fn wait_in_the_queue(&self, root: &Path) -> Result<(String, Child)> {
        let mints = self.mints()?;
        let mut created = of_scripts(root).into_iter();
        let mint = created.rfind(|mint| mints.contains(mint));
        let mint = mint.context("the scripts left no LRT")?;
        execute(&mut self.command(&["withdraw", "request", "1", "--lrt", &mint]))?;
        let keeper = self.keeper(&mint)?;
        sleep(Duration::from_secs(13)); // until it is rooted: a validator forgets what is not
        Ok((mint, keeper))
    }

    /// Claims what the same keeper settles, which has outlived the node.
    fn be_paid(&self, (mint, mut keeper): (String, Child)) -> Result<()> {
        let begun = Instant::now();
        loop {
            let mut claim = self.command(&["withdraw", "claim", "--lrt", &mint]);
            if claim
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()?
                .success()
            {
                break;
            }
            if begun.elapsed() > PAID_WITHIN {
                bail!("nothing was settled after the validator had come back: see target/e2e/keeper.txt");
            }
            sleep(Duration::from_secs(1));
        }
        if let Some(status) = keeper.try_wait()? {
            bail!("the keeper ended by itself ({status}): see target/e2e/keeper.txt");
        }
        keeper.kill()?;
        keeper.wait()?;
        Ok(())
    }

    /// Puts longer code in the program's place: breaks that off, takes the rent back, breaks it off again, hands the right
    /// to do so over, goes on, and gives it up.
    fn upgrade(&self, root: &Path, program: &Path, readme_deployed: bool) -> Result<()> {
        let authority = match readme_deployed {
            true => guides::readme_wallet(root),
            false => self.wallet.clone(),
        };
        execute(&mut self.command_of(&authority, &["wallet", "airdrop", "100"]))?;
        let longer = self.home.join("longer.so");
        let mut bytes = fs::read(program)?;
        bytes.extend_from_slice(&[7; 5_000]); // behind the ELF: other code for the loader, the same for the VM
        fs::write(&longer, bytes)?;
        let of_program = |wallet: &Path, words: &[&str]| {
            let mut command = self.command_of(wallet, &[&["program"], words].concat());
            command.stdout(Stdio::null());
            command
        };
        let longer_name = longer.to_string_lossy();
        let deploy = ["deploy", &longer_name];
        let break_off = || -> Result<()> {
            let mut deploy = of_program(&authority, &deploy).spawn()?;
            sleep(Duration::from_secs(2));
            deploy.kill()?;
            deploy.wait()?;
            Ok(())
        };
        break_off()?;
        // A fast machine has begun no buffer yet, or has ended: then there is none to close.
        of_program(&authority, &["close-buffer", &longer_name]).status()?;
        break_off()?;
        execute(&mut of_program(&authority, &deploy))?;
        if authority != self.wallet {
            let next = self.wallet.to_string_lossy();
            execute(&mut of_program(&authority, &["set-authority", &next]))?;
        }
        execute(&mut of_program(&self.wallet, &["set-authority", "--final"]))?;
        let mut show = self.command(&["program", "show"]);
        execute(show.arg("--compare").arg(&longer))
    }

    /// The mints of all LRTs on the cluster.
    fn mints(&self) -> Result<Vec<String>> {
        let output = self.command(&["list", "--json"]).output()?;
        let listed: serde_json::Value = serde_json::from_slice(&output.stdout)?;
        let mints = listed["lrts"].as_array().context("no list of LRTs")?;
        let mints = mints.iter().filter_map(|mint| mint.as_str());
        Ok(mints.map(str::to_owned).collect())
    }

    /// Every LRT that somebody has left behind adds up.
    fn verify_all(&self) -> Result<()> {
        for mint in self.mints()? {
            let output = self.command(&["verify", "--lrt", &mint]).output()?;
            if !output.status.success() {
                let said = [output.stdout, output.stderr].concat();
                bail!("{mint}: {}", String::from_utf8_lossy(&said));
            }
            println!("    {mint}: every invariant holds");
        }
        Ok(())
    }

    fn keeper(&self, mint: &str) -> Result<Child> {
        let log = fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.home.join("keeper.txt"))?;
        let mut keeper = self.command(&["keeper", "--lrt", mint]);
        Ok(keeper.stdout(log.try_clone()?).stderr(log).spawn()?)
    }
}

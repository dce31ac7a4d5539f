//! `cargo xtask`: the commands that the README names. Each installs what it needs and says what it does.

mod anchor;
mod e2e;
mod guides;
mod toolchain;
mod validator;

use anyhow::{bail, Context, Result};
use clap::{Parser, Subcommand};
use guides::Which;
use std::{
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
    time::Instant,
};

#[derive(Parser)]
#[command(
    name = "cargo xtask",
    about = "Build, test and measure the liquid restaking program"
)]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build the program into target/deploy, with the standard `cargo build-sbf` or, where there is none, our own.
    Build,
    /// Build, and tell a story on an embedded Solana VM.
    Demo,
    /// Build, and run every test: rules, instructions, journeys, properties, scenarios, ceilings, client; with a
    /// solana-test-validator `e2e` too, and with the Anchor CLI `anchor`.
    Test,
    /// Build, and run the README's steps, every guide and every journey on a solana-test-validator: command line,
    /// TypeScript, keeper, restarts, an upgrade, `lrt verify`.
    E2e,
    /// Run every step of docs/guides, as written, on a running cluster that has the program and a faucet.
    Guides {
        /// The cluster's RPC node.
        #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8899")]
        url: String,
        /// The command line to use [default: build it].
        #[arg(long, value_name = "FILE")]
        lrt: Option<PathBuf>,
        /// Only this guide, such as holder; or readme, which deploys the program itself.
        name: Option<String>,
    },
    /// Build, and run what somebody with the Anchor CLI would: `anchor build`, `anchor test`, `anchor migrate`.
    Anchor,
    /// Build, and measure compute units, accounts and bytes of every instruction, and what more operators add; writes
    /// BENCHMARKS.md and benches/operators.svg.
    Bench {
        /// Only compare with the ceilings, write nothing.
        #[arg(long)]
        check: bool,
    },
    /// Rustfmt and clippy.
    Lint,
    /// Write the IDL (`npm --prefix app run generate` makes the client from it).
    Idl {
        /// Only fail when the committed IDL is stale.
        #[arg(long)]
        check: bool,
    },
    /// Build SPL stake pool with this toolchain and compare its compute units with the official build's.
    Calibrate,
}

fn main() -> ExitCode {
    match run(&Cli::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: &Task) -> Result<()> {
    let root = root()?;
    match task {
        Task::Build => build(&root).map(|_| ()),
        Task::Demo => {
            let program = build(&root)?;
            let lrt = command_line(&root)?;
            stage("the story", || {
                let mut demo = Command::new(lrt);
                execute(demo.arg("demo").env("LRT_PROGRAM", &program))
            })
        }
        Task::Test => {
            let program = build(&root)?;
            stage("tests", || {
                let mut tests = cargo(&root, &["test", "--workspace"]);
                execute(tests.env("LRT_PROGRAM", &program))
            })?;
            stage("ceilings", || bench(&root, &program, false))?;
            stage("the IDL", || idl(&root, true))?;
            typescript(&root)?;
            on_a_validator(&root, &program)
        }
        Task::E2e => {
            let validator = validator::find(&root).context(validator::NONE)?;
            let program = build(&root)?;
            e2e::run(&root, &program, &validator)
        }
        Task::Guides { url, lrt, name } => {
            let lrt = match lrt {
                Some(lrt) => std::path::absolute(lrt)?,
                None => command_line(&root)?,
            };
            let which = name.as_deref().map_or(Which::Others, Which::One);
            stage("the guides", || guides::run(&root, &lrt, url, which))
        }
        Task::Anchor => {
            let cli = anchor::find(&root).context(anchor::NONE)?;
            let validator = validator::find(&root).context(validator::NONE)?;
            build(&root)?;
            anchor::run(&root, &cli, &validator)
        }
        Task::Bench { check } => {
            let program = build(&root)?;
            stage("measurements", || bench(&root, &program, !check))
        }
        Task::Lint => {
            stage("rustfmt", || {
                execute(&mut cargo(&root, &["fmt", "--all", "--check"]))
            })?;
            let clippy = [
                "clippy",
                "--workspace",
                "--all-targets",
                "--",
                "--deny",
                "warnings",
            ];
            stage("clippy", || execute(&mut cargo(&root, &clippy)))
        }
        Task::Idl { check } => stage("the IDL", || idl(&root, *check)),
        Task::Calibrate => {
            toolchain::install(&root)?;
            stage("calibration", || {
                execute(&mut Command::new(root.join("toolchain/calibrate.sh")))
            })
        }
    }
}

fn root() -> Result<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = here.parent().context("xtask lies in the workspace")?;
    Ok(root.to_path_buf())
}

/// Builds the program and says where it is.
fn build(root: &Path) -> Result<PathBuf> {
    stage("the program", || toolchain::build(root))?;
    let program = root.join("target/deploy/liquid_restaking.so");
    if !program.is_file() {
        bail!("the build left no program at {}", program.display());
    }
    // Where the Anchor CLI looks for the key of local clusters; else it would make one of its own.
    let key = program.with_file_name("liquid_restaking-keypair.json");
    if !key.is_file() {
        let local = root.join("migrations/localnet-program-keypair.json");
        std::fs::copy(&local, &key)
            .with_context(|| format!("{} can not be copied", local.display()))?;
    }
    Ok(program)
}

/// Builds the command line and says where it is. As a part of the workspace: by itself its dependencies would have other
/// features than in the tests, and be compiled once more.
fn command_line(root: &Path) -> Result<PathBuf> {
    let build = ["build", "--workspace", "--bin", "lrt"];
    stage("the command line", || execute(&mut cargo(root, &build)))?;
    Ok(target(root).join("debug/lrt"))
}

/// Where cargo puts what it builds.
fn target(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from)
}

fn bench(root: &Path, program: &Path, write: bool) -> Result<()> {
    let mut bench = cargo(
        root,
        &[
            "run",
            "--quiet",
            "--package",
            "liquid-restaking-tests",
            "--bin",
            "bench",
        ],
    );
    if write {
        bench.args(["--", "--write"]);
    }
    execute(bench.env("LRT_PROGRAM", program))
}

/// Writes the IDL, or fails when the committed one is stale.
fn idl(root: &Path, check: bool) -> Result<()> {
    let mut idl = cargo(
        root,
        &["run", "--quiet", "--manifest-path", "xtask/idl/Cargo.toml"],
    );
    if check {
        idl.args(["--", "--check"]);
    }
    execute(&mut idl)
}

/// End to end and with the Anchor CLI, where the machine has what that takes.
fn on_a_validator(root: &Path, program: &Path) -> Result<()> {
    let Some(validator) = validator::find(root) else {
        println!(
            "==> end to end, the Anchor CLI: skipped, for there is {}",
            validator::NONE
        );
        return Ok(());
    };
    e2e::run(root, program, &validator)?;
    match anchor::find(root) {
        Some(cli) => anchor::run(root, &cli, &validator),
        None => {
            println!("==> the Anchor CLI: skipped, for there is {}", anchor::NONE);
            Ok(())
        }
    }
}

/// The generated client, on the built program; only where the machine has npm.
fn typescript(root: &Path) -> Result<()> {
    if !has_npm(root) {
        println!("==> the TypeScript client: skipped, for there is no npm (install Node.js 20 to run it)");
        return Ok(());
    }
    stage("the TypeScript client", || {
        execute(&mut npm(root, &["ci", "--no-audit", "--no-fund"]))?;
        execute(&mut npm(root, &["run", "check"]))?;
        execute(&mut npm(root, &["run", "generate:check"]))?;
        execute(&mut npm(root, &["test"]))
    })
}

fn npm(root: &Path, arguments: &[&str]) -> Command {
    let mut npm = Command::new("npm");
    npm.current_dir(root.join("app")).args(arguments);
    npm
}

fn has_npm(root: &Path) -> bool {
    let version = npm(root, &["--version"]).stdout(Stdio::null()).status();
    version.is_ok_and(|status| status.success())
}

/// Cargo in the workspace, without what the cargo that runs us has set: a build of another target must not inherit it.
fn cargo(root: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    command
        .current_dir(root)
        .args(arguments)
        .env_remove("CARGO")
        .env_remove("RUSTUP_TOOLCHAIN");
    command
}

/// Runs a stage and prints how long it took.
fn stage(name: &str, work: impl FnOnce() -> Result<()>) -> Result<()> {
    println!("==> {name}");
    let start = Instant::now();
    work()?;
    println!("==> {name}: {:.0} s", start.elapsed().as_secs_f64());
    Ok(())
}

fn execute(command: &mut Command) -> Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    let status = command
        .status()
        .with_context(|| format!("{program} can not be started"))?;
    if !status.success() {
        let arguments: Vec<_> = command.get_args().map(|a| a.to_string_lossy()).collect();
        bail!("`{program} {}` failed", arguments.join(" "));
    }
    Ok(())
}

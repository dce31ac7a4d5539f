//! `cargo xtask`: the commands that the README names. Each installs what it needs and says what it does.

mod toolchain;

use anyhow::{bail, Context, Result};
use clap::{Parser, Subcommand};
use std::{
    path::{Path, PathBuf},
    process::{Command, ExitCode},
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
    /// Build, and run every test: rules, instructions, journeys, properties, scenarios, ceilings.
    Test,
    /// Build, and measure compute units, accounts and bytes of every instruction; writes BENCHMARKS.md.
    Bench {
        /// Only compare with the ceilings, write nothing.
        #[arg(long)]
        check: bool,
    },
    /// Rustfmt and clippy.
    Lint,
    /// Write the IDL and the client generated from it.
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
            stage("the story", || {
                let mut demo = cargo(
                    &root,
                    &["run", "--quiet", "--package", "lrt-cli", "--", "demo"],
                );
                execute(demo.env("LRT_PROGRAM", &program))
            })
        }
        Task::Test => {
            let program = build(&root)?;
            stage("tests", || {
                let mut tests = cargo(&root, &["test", "--workspace"]);
                execute(tests.env("LRT_PROGRAM", &program))
            })?;
            stage("ceilings", || bench(&root, &program, false))
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
        Task::Idl { check } => stage("the IDL", || {
            let mut idl = cargo(
                &root,
                &["run", "--quiet", "--manifest-path", "xtask/idl/Cargo.toml"],
            );
            if *check {
                idl.args(["--", "--check"]);
            }
            execute(&mut idl)
        }),
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
    Ok(program)
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

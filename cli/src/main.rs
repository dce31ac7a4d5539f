//! `lrt`: the command line of the liquid restaking program.

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};
use lrt_cli::{
    cluster::{ClusterArgs, Trouble},
    commands::{self, ClusterCommand},
    program_file,
    scenario::{parse, print_table, Runner},
};
use std::{path::PathBuf, process::ExitCode};

/// Exit status of a run in which an invariant broke, or that could not reach its end.
const FAILED: u8 = 1;
/// Exit status of a malformed file or command line.
const MALFORMED: u8 = 2;

#[derive(Parser)]
#[command(
    name = "lrt",
    version,
    about = "Liquid restaking on Solana, from the command line",
    after_help = "Commands on a cluster read Solana's own configuration (`solana config get`) unless flags say otherwise.

With --json a command that sends prints one line for each of its transactions, the others one line; notes and errors stay
plain text on standard error, and the exit status says what kind of error it was.

Exit status on a cluster:
  0  done; `lrt verify`: every invariant holds
  1  refused by the program, or by one that it calls; `lrt verify`: an invariant is broken
  2  bad input: a wrong key, amount, file or flag, or an empty wallet
  3  trouble with the cluster: no answer, no block took the transaction, or the program is not there"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    cluster: ClusterArgs,
}

#[derive(Subcommand)]
enum Command {
    /// Run a list of steps on the real program inside an embedded Solana VM.
    #[command(after_help = "Examples:
  lrt scenario scenarios/queue.json            one JSON line a step, then a summary
  lrt scenario scenarios/queue.json --table    the same for people
  lrt scenario --check scenarios/queue.json    only check the file
  lrt scenario scenarios/restaking.json --exit-plan 2>plan.txt
      after the last step, on standard error: what the queue is owed, what is idle, free or cooling and until when, and
      what would still have to be deallocated of each allocation

The operations and their fields are in scenarios/README.md, with a worked example for each: deposits and exits, operators and
AVSs, slashes (propose_slash, veto_slash, execute_slash, expire_slash, end_avs), rewards and streams.

A note on standard error says when rewards drip faster than an exit by the queue takes.

Exit status: 0 when the run reached its end and the invariants held, 1 when not, 2 when the file is malformed.")]
    Scenario {
        /// The scenario, a JSON file.
        file: PathBuf,
        /// The built program [default: $LRT_PROGRAM, then target/deploy].
        #[arg(long, value_name = "SO")]
        program: Option<PathBuf>,
        /// Only check the file, run nothing.
        #[arg(long)]
        check: bool,
        /// Print tables instead of JSON lines.
        #[arg(long)]
        table: bool,
        /// After the last step, say on standard error how the queue will be paid.
        #[arg(long)]
        exit_plan: bool,
    },
    /// Tell a story on the real program inside an embedded Solana VM.
    ///
    /// Deposits, a queue, three AVSs at leverage 1.5, rewards, a slash that the bond carries in part and one that is vetoed;
    /// then what a holder risks, and the yield taken apart by who paid and who took.
    #[command(after_help = "Example:
  lrt demo")]
    Demo {
        /// The built program [default: $LRT_PROGRAM, then target/deploy].
        #[arg(long, value_name = "SO")]
        program: Option<PathBuf>,
    },
    #[command(flatten)]
    OnCluster(Box<ClusterCommand>),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let outcome = match cli.command {
        Command::Scenario {
            file,
            program,
            check,
            table,
            exit_plan,
        } => scenario(&file, program, check, table, exit_plan),
        Command::Demo { program } => demo(program),
        Command::OnCluster(command) => return on_cluster(&cli.cluster, &command),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("lrt: {error:#}");
        ExitCode::from(FAILED)
    })
}

fn on_cluster(args: &ClusterArgs, command: &ClusterCommand) -> ExitCode {
    commands::run(args, command).unwrap_or_else(|trouble: Trouble| {
        eprintln!("lrt: {trouble}");
        ExitCode::from(trouble.exit_status())
    })
}

fn scenario(
    file: &PathBuf,
    program: Option<PathBuf>,
    check: bool,
    table: bool,
    exit_plan: bool,
) -> Result<ExitCode> {
    let parsed = std::fs::read_to_string(file)
        .map_err(|error| format!("can not be read: {error}"))
        .and_then(|text| parse(&text).map_err(|malformed| malformed.to_string()));
    let scenario = match parsed {
        Ok(scenario) => scenario,
        Err(what) => {
            eprintln!("lrt: {}: {what}", file.display());
            return Ok(ExitCode::from(MALFORMED));
        }
    };
    if check {
        return Ok(ExitCode::SUCCESS);
    }
    let elf = program_file::read(program.as_deref())?;
    if let Some(note) = scenario.setup.note() {
        eprintln!("lrt: note: {note}");
    }
    let mut runner = Runner::new(&elf, &scenario.setup, &scenario.users)?;
    let mut lines = Vec::new();
    for step in &scenario.steps {
        let line = runner.step(step)?;
        if table {
            lines.push(line);
        } else {
            print_line(&serde_json::to_string(&line)?)?;
        }
    }
    if exit_plan {
        eprintln!("{}", runner.exit_plan_table()?);
    }
    let summary = runner.summary();
    if table {
        print_table(&lines, &summary);
    } else {
        print_line(&serde_json::json!({ "summary": summary }).to_string())?;
    }
    Ok(if summary.held() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(FAILED)
    })
}

/// Not `println!`: a reader that has seen enough and closes the pipe must not make us panic.
fn print_line(line: &str) -> Result<()> {
    use std::io::Write;
    writeln!(std::io::stdout().lock(), "{line}").context("standard output was closed")
}

fn demo(program: Option<PathBuf>) -> Result<ExitCode> {
    let elf = program_file::read(program.as_deref())?;
    let held = lrt_cli::demo::tell(&elf)?;
    Ok(if held {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(FAILED)
    })
}

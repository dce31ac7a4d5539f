//! `lrt keeper`: does what is due, for ever. It holds no state: what is due is read from the accounts, and a call that
//! somebody else made meanwhile is refused without effect. So it can be killed at any moment, and several may run.

mod backoff;
mod due;
mod metrics;

use super::keep::receiving;
use crate::cluster::{
    print_json, print_line, AllBooks, Amount, Cluster, Outcome, PoolView, Trouble,
};
use backoff::{Backoff, Patience};
use clap::Args;
use due::{due, Extras, Job};
use liquid_restaking_sdk::{program::state::SlashState, Observed};
use metrics::Metrics;
use serde_json::json;
use solana_signer::Signer;
use std::{
    thread::sleep,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// Most passes of `--once`: each does what the one before made due.
const PASSES: u32 = 12;

/// Settles, releases, executes and expires what is due, forces what is overdue, accrues and sweeps.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  lrt keeper --lrt MINT --priority-fee 1000 --metrics 127.0.0.1:9464
  lrt keeper --lrt MINT --once --dry-run     what is due, one line each

It holds no state: kill it at any moment, start it again, run several. The wallet pays fees, and the rent of the account that an AVS is paid a slash into where it has none yet.")]
pub struct Keeper {
    /// Do what is due, then stop.
    #[arg(long)]
    once: bool,
    /// Seconds between two passes.
    #[arg(long, value_name = "SECONDS", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=3_600))]
    interval: u64,
    /// Serve metrics for Prometheus here, such as 127.0.0.1:9464.
    #[arg(long, value_name = "ADDRESS")]
    metrics: Option<String>,
    /// Least surplus of the vault to sweep, in tokens [default: the LRT's least reward].
    #[arg(long, value_name = "AMOUNT")]
    min_sweep: Option<Amount>,
    /// Put proposals of the admin in force too, once their timelock is over.
    #[arg(long)]
    apply: bool,
    /// Close settled batches and ended proposals too; their rent goes to who paid it.
    #[arg(long)]
    close: bool,
}

impl Keeper {
    /// Runs the command.
    pub fn run(&self, cluster: &Cluster) -> Outcome<()> {
        let metrics = Metrics::default();
        if let Some(address) = &self.metrics {
            metrics.serve(address)?;
        }
        cluster.fee_payer()?;
        let mut patience = Patience::new(Duration::from_secs(self.interval));
        if self.once {
            for _ in 0..PASSES {
                let done = self.pass(cluster, &metrics, &mut patience)?;
                if done == 0 || cluster.dry_run {
                    return Ok(());
                }
            }
            return Ok(());
        }
        let mut troubles = Backoff::default();
        loop {
            match self.pass(cluster, &metrics, &mut patience) {
                Ok(_) => {
                    troubles = Backoff::default();
                    sleep(Duration::from_secs(self.interval));
                }
                // A wrong key, or a closed LRT, does not pass by waiting.
                Err(Trouble::Input(what)) => return Err(Trouble::Input(what)),
                Err(trouble) => {
                    metrics.count("lrt_keeper_cluster_failures_total", &[]);
                    let wait = troubles.fail(Duration::from_secs(self.interval));
                    eprintln!("lrt: {trouble}; trying again in {} s", wait.as_secs());
                    sleep(wait);
                }
            }
        }
    }

    /// Reads, and does what is due. Returns how many calls landed.
    fn pass(&self, cluster: &Cluster, metrics: &Metrics, patience: &mut Patience) -> Outcome<u32> {
        let books = cluster.books()?;
        let now = books.view.observed()?;
        let decimals = books.view.decimals();
        let min_sweep = match &self.min_sweep {
            Some(amount) => amount.exact_units(decimals)?,
            None => books.view.lrt.params.min_reward,
        };
        let extras = Extras {
            apply: self.apply,
            close: self.close,
            min_sweep,
        };
        let jobs = due(&books, &now, &extras);
        observe(cluster, metrics, &books, &now, jobs.len())?;
        let mut landed = 0u32;
        for job in jobs {
            if !patience.allows(&job) {
                continue;
            }
            match perform(cluster, &books.view, &job) {
                Ok(what) => {
                    patience.succeed(&job);
                    metrics.count(
                        "lrt_keeper_jobs_total",
                        &[("job", job.kind), ("outcome", "done")],
                    );
                    landed = landed.saturating_add(1);
                    tell(cluster, books.view.slot, &job, &what)?;
                }
                // Overtaken by another call, or not yet due in the node's slot: look again later.
                Err(Trouble::Refused(refusal)) => {
                    patience.fail(&job);
                    metrics.count(
                        "lrt_keeper_jobs_total",
                        &[("job", job.kind), ("outcome", "refused")],
                    );
                    tell(
                        cluster,
                        books.view.slot,
                        &job,
                        &format!("refused: {refusal}"),
                    )?;
                }
                Err(trouble) => {
                    metrics.count(
                        "lrt_keeper_jobs_total",
                        &[("job", job.kind), ("outcome", "failed")],
                    );
                    // The wallet has too little for this call: others cost less, and somebody may send it more.
                    let Trouble::Input(what) = &trouble else {
                        return Err(trouble);
                    };
                    if self.once {
                        return Err(trouble);
                    }
                    patience.fail(&job);
                    eprintln!("lrt: {} {}: {what}", job.kind, job.about);
                }
            }
        }
        metrics.count("lrt_keeper_passes_total", &[]);
        let seconds = SystemTime::now().duration_since(UNIX_EPOCH);
        metrics.set(
            "lrt_keeper_last_pass_timestamp_seconds",
            seconds.map_or(0, |since| since.as_secs()),
        );
        Ok(landed)
    }
}

fn perform(cluster: &Cluster, view: &PoolView, job: &Job) -> Outcome<String> {
    let payer = cluster.fee_payer()?.pubkey();
    let mut instructions = Vec::new();
    if let Some(wallet) = &job.receiver {
        instructions.extend(receiving(cluster, view, wallet)?);
    }
    instructions.push(job.instruction.clone());
    let simulated = cluster.simulate(&payer, &instructions, &[])?;
    if cluster.dry_run {
        return Ok(format!("due, {} compute units", simulated.units));
    }
    let landed = cluster.send(&instructions, &[], simulated.units)?;
    Ok(landed.signature.to_string())
}

fn tell(cluster: &Cluster, slot: u64, job: &Job, what: &str) -> Outcome<()> {
    if cluster.json {
        return print_json(
            &json!({ "slot": slot, "job": job.kind, "about": job.about, "result": what }),
        );
    }
    print_line(&format!("slot {slot}: {} {}: {what}", job.kind, job.about))
}

fn observe(
    cluster: &Cluster,
    metrics: &Metrics,
    books: &AllBooks,
    now: &Observed,
    due: usize,
) -> Outcome<()> {
    let view = &books.view;
    let payer = cluster.account(&cluster.fee_payer()?.pubkey())?;
    let late = books
        .head()
        .map_or(0, |head| view.slot.saturating_sub(head.due_slot));
    let row = now.row()?;
    let open = books.proposals.iter();
    let open = open.filter(|(_, proposal)| proposal.state() == SlashState::Open);
    let number = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    for (name, value) in [
        ("lrt_keeper_due_jobs", number(due)),
        ("lrt_keeper_last_pass_slot", view.slot),
        (
            "lrt_keeper_balance_lamports",
            payer.map_or(0, |payer| payer.lamports),
        ),
        ("lrt_supply", now.lrt.supply),
        ("lrt_nav", now.lrt.nav().unwrap_or(0)),
        ("lrt_idle", now.pool.idle),
        ("lrt_delegated", now.pool.delegated),
        ("lrt_claimable", now.pool.claimable),
        ("lrt_uncovered", now.lrt.uncovered().unwrap_or(0)),
        (
            "lrt_queue_owed",
            now.lrt.queue_owed_ceil(&now.pool).unwrap_or(0),
        ),
        ("lrt_queue_batches", now.pool.queue_length.into()),
        ("lrt_queue_head_late_slots", late),
        ("lrt_open_proposals", number(open.count())),
        (
            "lrt_surplus",
            now.pool.surplus(&row, view.vault_balance).unwrap_or(0),
        ),
    ] {
        metrics.set(name, value);
    }
    Ok(())
}

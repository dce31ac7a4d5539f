//! One pass: reads the accounts, and does what is due.

use super::{
    backoff::Patience,
    due::{due, Extras, Job, Key},
    metrics::Metrics,
    observe::observe,
    Keeper,
};
use crate::{
    cluster::{print_json, print_line, AllBooks, Cluster, Outcome, PoolView, Refusal, Trouble},
    commands::keep::receiving,
};
use liquid_restaking_sdk::Observed;
use serde_json::json;
use solana_signer::Signer;
use std::time::{SystemTime, UNIX_EPOCH};

/// What a pass came to.
#[derive(Debug, Default)]
pub struct Passed {
    /// What was due.
    pub due: Vec<Key>,
    /// How many calls landed.
    pub landed: u32,
    /// The calls that were refused.
    pub refused: Vec<Refused>,
    /// The first trouble that a call had with the cluster or the wallet.
    pub trouble: Option<Trouble>,
}

/// A call that was refused.
#[derive(Debug)]
pub struct Refused {
    /// The call.
    pub job: Job,
    /// Why.
    pub refusal: Refusal,
    /// How often in a row.
    pub times: u32,
}

/// Why a pass ended early.
#[derive(Debug)]
pub enum Halt {
    /// Nobody reads any more what it prints.
    Output(Trouble),
    /// The node does not answer, or there is no such LRT.
    Trouble(Trouble),
}

impl From<Trouble> for Halt {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble)
    }
}

impl From<Halt> for Trouble {
    fn from(halt: Halt) -> Self {
        match halt {
            Halt::Output(trouble) | Halt::Trouble(trouble) => trouble,
        }
    }
}

/// What became of a call, for the log and for metrics.
struct End {
    outcome: &'static str,
    result: String,
    signature: Option<String>,
}

impl End {
    fn without_effect(outcome: &'static str, result: String) -> Self {
        Self {
            outcome,
            result,
            signature: None,
        }
    }
}

impl Keeper {
    /// Reads, and does what is due. What one call meets with keeps no other from being made.
    pub(super) fn pass(
        &self,
        cluster: &Cluster,
        metrics: &Metrics,
        patience: &mut Patience,
    ) -> Result<Passed, Halt> {
        let (books, now, mut jobs) = self.read(cluster)?;
        observe(cluster, metrics, &books, &now, jobs.len())?;
        let mut passed = Passed {
            due: jobs.iter().map(Job::key).collect(),
            ..Passed::default()
        };
        patience.forget_all_but(&passed.due);
        // What did not go the last time comes last: sending may take minutes, and nothing waits for it.
        jobs.sort_by_key(|job| patience.failures(job));
        for job in jobs {
            if !patience.allows(&job) {
                continue;
            }
            let (end, trouble) = match perform(cluster, &books.view, &job) {
                Ok(end) => {
                    patience.succeed(&job);
                    let landed = u32::from(end.signature.is_some());
                    passed.landed = passed.landed.saturating_add(landed);
                    (end, None)
                }
                // Overtaken by another call, or not yet due in the node's slot: look again later.
                Err(Trouble::Refused(refusal)) => {
                    patience.fail(&job);
                    let end = End::without_effect("refused", format!("refused: {refusal}"));
                    passed.refused.push(Refused {
                        times: patience.failures(&job),
                        job: job.clone(),
                        refusal,
                    });
                    (end, None)
                }
                // No block took it, or the wallet has too little for it: others may go, or cost less.
                Err(trouble) => {
                    patience.fail(&job);
                    let end = End::without_effect("failed", format!("failed: {trouble}"));
                    (end, Some(trouble))
                }
            };
            let labels = [("job", job.kind), ("outcome", end.outcome)];
            metrics.count("lrt_keeper_jobs_total", &labels);
            tell(cluster, books.view.slot, &job, &end).map_err(Halt::Output)?;
            if let Some(trouble) = trouble {
                // A node that does not even tell the slot is not asked for the rest.
                if matches!(trouble, Trouble::Cluster(_)) && cluster.slot().is_err() {
                    return Err(trouble.into());
                }
                passed.trouble.get_or_insert(trouble);
            }
        }
        metrics.count("lrt_keeper_passes_total", &[]);
        let seconds = SystemTime::now().duration_since(UNIX_EPOCH);
        metrics.set(
            "lrt_keeper_last_pass_timestamp_seconds",
            seconds.map_or(0, |since| since.as_secs()),
        );
        Ok(passed)
    }

    /// The books, the same as of now, and what is due.
    pub(super) fn read(&self, cluster: &Cluster) -> Outcome<(AllBooks, Observed, Vec<Job>)> {
        let books = cluster.books()?;
        let now = books.view.observed()?;
        let min_sweep = match &self.min_sweep {
            Some(amount) => amount.exact_units(books.view.decimals())?,
            None => books.view.lrt.params.min_reward,
        };
        let extras = Extras {
            apply: self.apply,
            close: self.close,
            min_sweep,
        };
        let jobs = due(&books, &now, &extras);
        Ok((books, now, jobs))
    }
}

fn perform(cluster: &Cluster, view: &PoolView, job: &Job) -> Outcome<End> {
    let payer = cluster.fee_payer()?.pubkey();
    let mut instructions = Vec::new();
    if let Some(wallet) = &job.receiver {
        instructions.extend(receiving(cluster, view, wallet)?);
    }
    instructions.push(job.instruction.clone());
    let simulated = cluster.simulate(&payer, &instructions, &[])?;
    if cluster.dry_run {
        let result = format!("due, {} compute units", simulated.units);
        return Ok(End::without_effect("due", result));
    }
    let landed = cluster.send(&instructions, &[], simulated.units)?;
    let signature = landed.signature.to_string();
    Ok(End {
        outcome: "done",
        result: signature.clone(),
        signature: Some(signature),
    })
}

fn tell(cluster: &Cluster, slot: u64, job: &Job, end: &End) -> Outcome<()> {
    if cluster.json {
        return print_json(&json!({
            "slot": slot, "job": job.kind, "about": job.about, "outcome": end.outcome,
            "signature": end.signature, "result": end.result,
        }));
    }
    let result = &end.result;
    print_line(&format!(
        "slot {slot}: {} {}: {result}",
        job.kind, job.about
    ))
}

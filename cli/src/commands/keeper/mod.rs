//! `lrt keeper`: does what is due, for ever. It holds no state: what is due is read from the accounts, and a call that
//! somebody else made meanwhile is refused without effect. So it can be killed at any moment, and several may run.

mod backoff;
mod due;
mod metrics;
mod observe;
mod once;
mod pass;

use crate::cluster::{Amount, Cluster, Outcome, Trouble};
use backoff::{Backoff, Patience};
use clap::Args;
use metrics::Metrics;
use pass::{Halt, Passed};
use std::{thread::sleep, time::Duration};

/// Passes in a row that found no LRT, or one that can not be: then it is not the node that lags.
const LAST_DOUBT: u32 = 8;

/// Settles, releases, executes and expires what is due, forces what is overdue, accrues and sweeps.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  lrt keeper --lrt MINT --priority-fee 1000 --metrics 127.0.0.1:9464
  lrt keeper --lrt MINT --once --dry-run     what is due, one line each

It holds no state: kill it at any moment, start it again, run several. The wallet pays fees, and the rent of the account that an AVS is paid a slash into where it has none yet.

With --json one line a call: its outcome is done, due (a dry run), refused or failed; a signature goes with what was sent.

Exit status of --once:
  0  nothing is due any more; after a dry run: what is due would not be refused
  1  a call that is due was refused again and again, or after twelve passes something is still due
  2  bad input, or the wallet has too little for a call
  3  trouble with the cluster
What somebody else did meanwhile is not due any more, and no failure. Without --once it ends only for bad input.")]
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
        match self.once {
            true => self.once(cluster, &metrics),
            false => self.for_ever(cluster, &metrics),
        }
    }

    fn for_ever(&self, cluster: &Cluster, metrics: &Metrics) -> Outcome<()> {
        let interval = Duration::from_secs(self.interval);
        let mut patience = Patience::new(interval);
        let mut troubles = Backoff::default();
        let mut doubt = Doubt::default();
        loop {
            let trouble = match self.pass(cluster, metrics, &mut patience) {
                Ok(passed) => spoiled(passed),
                Err(Halt::Output(trouble)) => return Err(trouble),
                Err(Halt::Trouble(trouble)) => Some(trouble),
            };
            let is_final = doubt.is_final(trouble.as_ref());
            match trouble {
                None => {
                    troubles = Backoff::default();
                    sleep(interval);
                }
                Some(trouble) if is_final => return Err(trouble),
                Some(trouble) => {
                    metrics.count("lrt_keeper_cluster_failures_total", &[]);
                    let wait = troubles.fail(interval);
                    eprintln!("lrt: {trouble}; trying again in {} s", wait.as_secs());
                    sleep(wait);
                }
            }
        }
    }
}

/// The trouble of a pass in which the cluster took nothing. One call that does not land while others do waits by itself, and
/// so does one for which the wallet has too little: somebody may send it more.
fn spoiled(passed: Passed) -> Option<Trouble> {
    let is_spoiled =
        |trouble: &Trouble| matches!(trouble, Trouble::Cluster(_)) && passed.landed == 0;
    passed.trouble.filter(is_spoiled)
}

/// Whether what looks like a wrong LRT is one.
#[derive(Debug, Default)]
struct Doubt {
    has_begun: bool,
    in_a_row: u32,
}

impl Doubt {
    /// Whether waiting is of no use, after a pass with this trouble. In the first pass the input is wrong. Later the LRT was
    /// there: a node that lags behind, or was just restarted, shows it gone too, as does an operator that closes while it is
    /// read.
    fn is_final(&mut self, trouble: Option<&Trouble>) -> bool {
        let is_first = !core::mem::replace(&mut self.has_begun, true);
        self.in_a_row = match trouble {
            Some(Trouble::Input(_)) => self.in_a_row.saturating_add(1),
            _ => 0,
        };
        (is_first && self.in_a_row > 0) || self.in_a_row >= LAST_DOUBT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_bad_input_is_that_at_once_or_after_a_while() {
        let wrong = Trouble::Input(String::new());
        let down = Trouble::Cluster(String::new());
        assert!(Doubt::default().is_final(Some(&wrong)));
        let mut doubt = Doubt::default();
        for trouble in [None, Some(&down), Some(&wrong), None] {
            assert!(!doubt.is_final(trouble));
        }
        for pass in 1..=LAST_DOUBT {
            assert_eq!(doubt.is_final(Some(&wrong)), pass == LAST_DOUBT);
        }
    }

    #[test]
    fn only_a_cluster_that_took_nothing_is_waited_for() {
        let passed = |landed: u32, trouble: Trouble| Passed {
            landed,
            trouble: Some(trouble),
            ..Passed::default()
        };
        let cluster = || Trouble::Cluster(String::new());
        assert!(spoiled(passed(0, cluster())).is_some());
        assert!(spoiled(passed(1, cluster())).is_none());
        assert!(spoiled(passed(0, Trouble::Input(String::new()))).is_none());
    }
}

//! `lrt keeper --once`: passes until nothing is due any more, and whether it came to that.

use super::{
    backoff::Patience,
    due::{Job, Key},
    metrics::Metrics,
    pass::{Passed, Refused},
    Keeper,
};
use crate::cluster::{Cluster, Outcome, Trouble};
use std::{thread::sleep, time::Duration};

/// Most passes: each does what the one before made due.
const PASSES: u32 = 12;
/// A call that was refused so often in a row, and is due all the same, is refused for good. Once or twice is a race with
/// another keeper, or a node that was a slot behind: then the next pass no longer finds it due, or it goes.
const REFUSALS: u32 = 3;
/// Before looking again: a few slots.
const MOMENT: Duration = Duration::from_secs(1);

impl Keeper {
    pub(super) fn once(&self, cluster: &Cluster, metrics: &Metrics) -> Outcome<()> {
        let mut patience = Patience::new(Duration::ZERO);
        let mut last = Passed::default();
        for _ in 0..PASSES {
            last = self.pass(cluster, metrics, &mut patience)?;
            if let Some(trouble) = last.trouble {
                return Err(trouble);
            }
            if last.landed > 0 {
                continue;
            }
            let Some(first) = last.refused.first() else {
                return Ok(());
            };
            if last.refused.iter().all(|one| one.times >= REFUSALS) {
                return Err(in_vain(first, last.refused.len()));
            }
            sleep(MOMENT);
        }
        let (_, _, jobs) = self.read(cluster)?;
        let left = left(&last.due, &jobs);
        match left.is_empty() {
            true => Ok(()),
            false => Err(Trouble::refused(
                "WorkLeft",
                format!("after {PASSES} passes is still due: {}", left.join(", ")),
            )),
        }
    }
}

/// What was due already in the last pass: what has become so since is left to the next run.
fn left(before: &[Key], jobs: &[Job]) -> Vec<String> {
    let left = jobs.iter().map(Job::key).filter(|key| before.contains(key));
    left.map(|(kind, about)| format!("{kind} {about}"))
        .collect()
}

fn in_vain(first: &Refused, count: usize) -> Trouble {
    let name = format!("{} {}", first.job.kind, first.job.about);
    let more = match count.saturating_sub(1) {
        0 => String::new(),
        more => format!("; and {more} more"),
    };
    Trouble::refused(&name, format!("{}{more}", first.refusal))
}

#[cfg(test)]
mod tests {
    use super::*;
    use liquid_restaking_sdk::{address, registry};

    fn job(kind: &'static str, about: &str) -> Job {
        let key = address::event_authority();
        Job {
            kind,
            about: about.to_owned(),
            instruction: registry::close_opt_in(&key, &key, &key),
            receiver: None,
        }
    }

    #[test]
    fn what_has_just_become_due_is_not_left() {
        let before = [job("accrue", "7").key(), job("settle", "5").key()];
        let now = [job("accrue", "8"), job("settle", "5"), job("sweep", "5")];
        assert_eq!(left(&before, &now), ["settle 5"]);
    }

    #[test]
    fn a_call_refused_in_vain_is_named_with_its_refusal() {
        let Trouble::Refused(refusal) = Trouble::refused("Why", "because".to_owned()) else {
            unreachable!()
        };
        let refused = Refused {
            job: job("settle", "5"),
            refusal,
            times: REFUSALS,
        };
        let trouble = in_vain(&refused, 3);
        assert_eq!(trouble.exit_status(), 1);
        let text = "refused: settle 5: Why: because; and 2 more";
        assert_eq!(trouble.to_string(), text);
    }
}

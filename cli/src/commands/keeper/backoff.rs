//! Waiting longer after each failure, for a call and for the whole.

use super::due::{Job, Key};
use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

/// Longest wait.
const LONGEST: Duration = Duration::from_secs(300);

/// Failures in a row.
#[derive(Debug, Default, Clone, Copy)]
pub struct Backoff {
    failures: u32,
}

impl Backoff {
    /// One more failure: how long to wait, doubling from `first`.
    pub fn fail(&mut self, first: Duration) -> Duration {
        let times = 2u32.saturating_pow(self.failures.min(16));
        self.failures = self.failures.saturating_add(1);
        first.saturating_mul(times).min(LONGEST)
    }
}

/// Calls that were refused or did not land, and when to try them again. Forgotten when the keeper ends: that costs a fee-free
/// simulation.
#[derive(Debug)]
pub struct Patience {
    first: Duration,
    refused: HashMap<Key, (Backoff, Instant)>,
}

impl Patience {
    /// A first wait of so long.
    pub fn new(first: Duration) -> Self {
        Self {
            first,
            refused: HashMap::new(),
        }
    }

    /// Whether to try the call now.
    pub fn allows(&self, job: &Job) -> bool {
        let waiting = self.refused.get(&job.key());
        waiting.is_none_or(|(_, until)| Instant::now() >= *until)
    }

    /// The call was refused, or did not land.
    pub fn fail(&mut self, job: &Job) {
        let now = Instant::now();
        let (backoff, until) = self
            .refused
            .entry(job.key())
            .or_insert((Backoff::default(), now));
        *until = now.checked_add(backoff.fail(self.first)).unwrap_or(now);
    }

    /// How often in a row it did not go.
    pub fn failures(&self, job: &Job) -> u32 {
        let known = self.refused.get(&job.key());
        known.map_or(0, |(backoff, _)| backoff.failures)
    }

    /// Forgets what is not due any more: due again, it is another call.
    pub fn forget_all_but(&mut self, due: &[Key]) {
        self.refused.retain(|key, _| due.contains(key));
    }

    /// The call landed.
    pub fn succeed(&mut self, job: &Job) {
        self.refused.remove(&job.key());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest() {
        let mut backoff = Backoff::default();
        let waits: Vec<u64> = (0..8)
            .map(|_| backoff.fail(Duration::from_secs(5)).as_secs())
            .collect();
        assert_eq!(waits, [5, 10, 20, 40, 80, 160, 300, 300]);
    }
}

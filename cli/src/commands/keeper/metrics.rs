//! Numbers for Prometheus: kept in memory, served as text over HTTP.

use crate::cluster::{Outcome, Trouble};
use std::{
    collections::BTreeMap,
    fmt::Write as _,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

/// What each metric means, and whether it only grows.
const METRICS: [(&str, &str, &str); 18] = [
    (
        "lrt_keeper_passes_total",
        "counter",
        "Passes over the accounts.",
    ),
    (
        "lrt_keeper_jobs_total",
        "counter",
        "Calls by kind and outcome.",
    ),
    (
        "lrt_keeper_cluster_failures_total",
        "counter",
        "Passes that the cluster or its node spoiled.",
    ),
    (
        "lrt_keeper_due_jobs",
        "gauge",
        "Calls found due in the last pass.",
    ),
    (
        "lrt_keeper_last_pass_slot",
        "gauge",
        "Slot of the last pass.",
    ),
    (
        "lrt_keeper_last_pass_timestamp_seconds",
        "gauge",
        "When the last pass ended.",
    ),
    (
        "lrt_keeper_balance_lamports",
        "gauge",
        "What the keeper's wallet has for fees.",
    ),
    ("lrt_supply", "gauge", "Shares in being, in base units."),
    ("lrt_nav", "gauge", "Value behind them, in base units."),
    ("lrt_idle", "gauge", "Free collateral, in base units."),
    (
        "lrt_delegated",
        "gauge",
        "Stake with operators, in base units.",
    ),
    (
        "lrt_claimable",
        "gauge",
        "Settled and not claimed, in base units.",
    ),
    (
        "lrt_uncovered",
        "gauge",
        "Disputed and covered by no bond, in base units.",
    ),
    (
        "lrt_queue_owed",
        "gauge",
        "What the queue is owed, in base units.",
    ),
    ("lrt_queue_batches", "gauge", "Batches in the queue."),
    (
        "lrt_queue_head_late_slots",
        "gauge",
        "Slots since the head batch became due.",
    ),
    (
        "lrt_open_proposals",
        "gauge",
        "Slash proposals that are open.",
    ),
    (
        "lrt_surplus",
        "gauge",
        "Tokens in the vault that nobody has booked.",
    ),
];

/// The numbers, by name and labels.
#[derive(Debug, Default, Clone)]
pub struct Metrics(Arc<Mutex<BTreeMap<(String, String), u64>>>);

impl Metrics {
    fn numbers(&self) -> MutexGuard<'_, BTreeMap<(String, String), u64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts one more.
    pub fn count(&self, name: &str, labels: &[(&str, &str)]) {
        let mut numbers = self.numbers();
        let number = numbers
            .entry((name.to_owned(), text_of(labels)))
            .or_default();
        *number = number.saturating_add(1);
    }

    /// Sets a gauge.
    pub fn set(&self, name: &str, value: u64) {
        let mut numbers = self.numbers();
        numbers.insert((name.to_owned(), String::new()), value);
    }

    /// Prometheus's text format.
    pub fn text(&self) -> String {
        let numbers = self.numbers();
        let mut text = String::new();
        for (name, kind, help) in METRICS {
            let own = numbers.iter().filter(|((known, _), _)| known == name);
            let mut lines = own.map(|((_, labels), value)| format!("{name}{labels} {value}\n"));
            if let Some(first) = lines.next() {
                // Writing to a string can not fail.
                let _ = write!(text, "# HELP {name} {help}\n# TYPE {name} {kind}\n{first}");
                text.extend(lines);
            }
        }
        text
    }

    /// Serves the numbers at `address` from a thread of its own.
    ///
    /// # Errors
    /// When the address can not be listened at.
    pub fn serve(&self, address: &str) -> Outcome<()> {
        let listener = TcpListener::bind(address).map_err(|error| {
            Trouble::Input(format!(
                "--metrics {address} can not be listened at: {error}"
            ))
        })?;
        let metrics = self.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // A reader that goes away harms nobody.
                let _ = answer(stream, &metrics);
            }
        });
        Ok(())
    }
}

fn answer(mut stream: TcpStream, metrics: &Metrics) -> std::io::Result<()> {
    let patience = Some(Duration::from_secs(2));
    stream.set_read_timeout(patience)?;
    stream.set_write_timeout(patience)?;
    let request = head_of(&mut stream)?;
    let is_known = ["GET /metrics ", "GET /metrics?", "GET / "]
        .iter()
        .any(|start| request.starts_with(start));
    let (status, body) = match is_known {
        true => ("200 OK", metrics.text()),
        false => ("404 Not Found", "look at /metrics\n".to_owned()),
    };
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

/// A request's head, which may come in pieces: up to its empty line, or as much as any head we answer has.
fn head_of(stream: &mut TcpStream) -> std::io::Result<String> {
    let mut head = Vec::new();
    let mut piece = [0; 1_024];
    while head.len() < piece.len() && !head.ends_with(b"\r\n\r\n") {
        let length = stream.read(&mut piece)?;
        if length == 0 {
            break;
        }
        head.extend_from_slice(piece.get(..length).unwrap_or(&[]));
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}

fn text_of(labels: &[(&str, &str)]) -> String {
    if labels.is_empty() {
        return String::new();
    }
    let parts = labels
        .iter()
        .map(|(name, value)| format!("{name}=\"{value}\""));
    format!("{{{}}}", parts.collect::<Vec<_>>().join(","))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that can not go on ends")]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_what_prometheus_reads() {
        let metrics = Metrics::default();
        metrics.set("lrt_nav", 7);
        metrics.count(
            "lrt_keeper_jobs_total",
            &[("job", "settle"), ("outcome", "done")],
        );
        metrics.count(
            "lrt_keeper_jobs_total",
            &[("job", "settle"), ("outcome", "done")],
        );
        let expected = "# HELP lrt_keeper_jobs_total Calls by kind and outcome.\n\
            # TYPE lrt_keeper_jobs_total counter\n\
            lrt_keeper_jobs_total{job=\"settle\",outcome=\"done\"} 2\n\
            # HELP lrt_nav Value behind them, in base units.\n# TYPE lrt_nav gauge\nlrt_nav 7\n";
        assert_eq!(metrics.text(), expected);
    }

    #[test]
    fn the_endpoint_answers_and_knows_no_other_page() {
        let metrics = Metrics::default();
        metrics.set("lrt_nav", 7);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        metrics.serve(&address.to_string()).unwrap();
        let ask = |page: &str| {
            let mut stream = TcpStream::connect(address).unwrap();
            write!(stream, "GET {page} HTTP/1.1\r\n\r\n").unwrap();
            let mut text = String::new();
            stream.read_to_string(&mut text).unwrap();
            text
        };
        assert!(ask("/metrics").ends_with("lrt_nav 7\n"));
        assert!(ask("/x").starts_with("HTTP/1.1 404"));
        assert!(metrics.serve("nonsense").is_err());
    }
}

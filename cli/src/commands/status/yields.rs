//! The yield taken apart, between this reading of the program's indices and an earlier one.

use super::section::{grid, Row, Section};
use crate::cluster::{AllBooks, Cluster, Outcome, Trouble};
use liquid_restaking_sdk::{
    program::state::{AvsYield, YieldReport},
    yields::{YieldBreakdown, YieldError},
    Observed,
};
use serde::{Deserialize, Serialize};
use serde_json::{json, Value};
use std::path::{Path, PathBuf};

/// Where JSON says between which readings the yield lies.
const PERIOD: &str = "yield_period";

/// A reading as it is kept. Numbers of 128 bits are text, so that any JSON reader can take them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Reading {
    genesis: String,
    lrt: String,
    slot: u64,
    rate: String,
    dripping: String,
    unattributed: String,
    commissions: u64,
    reward_fees: u64,
    avss: Vec<AvsReading>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct AvsReading {
    avs: String,
    place: u8,
    rewards: u64,
    losses: u64,
    reward_index: String,
    loss_index: String,
}

/// The yield by AVS since the earlier reading.
pub fn yields(
    cluster: &Cluster,
    books: &AllBooks,
    now: &Observed,
    since: Option<&Path>,
    mark: bool,
) -> Outcome<Section> {
    let report = report(books, now)?;
    let genesis = cluster.rpc().get_genesis_hash();
    let genesis = genesis.map_err(|error| Trouble::of_client(cluster.url(), &error))?;
    let reading = Reading::of(books, &report, genesis.to_string());
    let kept = cache_path(&reading);
    let first = match since {
        Some(path) => Some(read(path)?),
        // What another ledger or another layout left there is of no use.
        None => kept.as_deref().and_then(|path| read(path).ok()),
    };
    let first = first.filter(|first| first.genesis == reading.genesis && first.lrt == reading.lrt);
    // Only who asked for it is told that it failed by more than a note.
    let keep = || match (&kept, mark) {
        (Some(path), true) => write(path, &reading).map(|()| true),
        (Some(path), false) => Ok(write(path, &reading).map_or_else(noted, |()| true)),
        (None, true) => Err(Trouble::Input(
            "there is nowhere to keep the reading: HOME is not set".to_owned(),
        )),
        (None, false) => Ok(false),
    };
    let mut is_kept = false;
    if mark || (first.is_none() && since.is_none()) {
        is_kept = keep()?;
    }
    let Some(first) = first else {
        let title = match (is_kept, since) {
            (true, _) => "Yield: no earlier reading of this LRT; this one is kept, ask again later",
            (false, None) => {
                "Yield: no earlier reading of this LRT, and this one could not be kept"
            }
            (false, Some(_)) => "Yield: the earlier reading is not of this LRT",
        };
        return Ok(totals(books, &report, title));
    };
    match YieldBreakdown::between(&first.report()?, &report) {
        Ok(parts) => Ok(breakdown(books, &parts, first.slot)),
        Err(YieldError::NoTimePassed) => Ok(totals(books, &report, "Yield: no time has passed")),
        Err(_) => {
            is_kept = is_kept || (since.is_none() && keep()?);
            let title = match is_kept {
                true => "Yield: the AVSs are others than in the earlier reading; this one is kept, ask again later",
                false => "Yield: the AVSs are others than in the earlier reading",
            };
            Ok(totals(books, &report, title))
        }
    }
}

/// Says that a reading could not be kept, and that it is not.
fn noted(trouble: Trouble) -> bool {
    eprintln!("lrt: note: this reading is not kept for the yield: {trouble}");
    false
}

/// The program's own reading, on copies of the accounts.
fn report(books: &AllBooks, now: &Observed) -> Outcome<YieldReport> {
    let mut avss: Vec<AvsYield> = books.avss.iter().map(|(_, avs)| avs.yields()).collect();
    avss.sort_by_key(|avs| avs.place);
    now.lrt
        .yield_report(&now.pool, avss, books.view.slot)
        .map_err(|error| Trouble::of_rule(&error))
}

fn avs_name(books: &AllBooks, place: u8) -> String {
    let row = now_row(books, place);
    row.unwrap_or_else(|| format!("AVS at place {place}"))
}

fn now_row(books: &AllBooks, place: u8) -> Option<String> {
    let row = books.view.pool.avss.get(usize::from(place))?;
    Some(row.avs.to_string())
}

fn breakdown(books: &AllBooks, parts: &YieldBreakdown, since: u64) -> Section {
    let row = |what: String, kind: &str, part: i128| {
        let since_then = percent_of(parts.percent(part));
        let cells = vec![what, since_then, percent_of(parts.annual_percent(part))];
        Row::from(cells).with("kind", kind)
    };
    let mut rows = Vec::new();
    for avs in &parts.avss {
        let name = avs_name(books, avs.place);
        for (kind, part) in [("rewards", avs.rewards), ("slashes", avs.losses)] {
            let row = row(format!("{name}: {kind}"), kind, part);
            rows.push(row.with("AVS", name.as_str()));
        }
    }
    for (what, kind, part) in [
        (
            "unattributed (fees of instant exits, gifts)",
            "unattributed",
            parts.unattributed,
        ),
        ("dripping", "dripping", parts.dripping),
        ("timing", "timing", parts.timing),
        ("all together: the change of the rate", "all", parts.rate),
    ] {
        let row = row(what.to_owned(), kind, part);
        rows.push(row.with("AVS", Value::Null));
    }
    let commissions = books.view.tokens(parts.commissions);
    let fees = books.view.tokens(parts.reward_fees);
    let title = format!(
        "Yield by AVS in the {} slots since slot {since}, and as a simple annual rate (before it: commissions {commissions}, fees {fees})",
        parts.slots,
    );
    let period = json!({
        "since_slot": since, "slots": parts.slots, "commissions": commissions, "fees": fees,
    });
    let section = grid("yield", &title, &["part", "since then", "a year"], 1, rows);
    section.beside(PERIOD, period)
}

/// Four places, and no sign before a zero.
fn percent_of(percent: f64) -> String {
    let text = format!("{percent:.4} %");
    match text.strip_prefix('-') {
        Some(zero) if !zero.contains(|digit: char| ('1'..='9').contains(&digit)) => zero.to_owned(),
        _ => text,
    }
}

fn totals(books: &AllBooks, report: &YieldReport, title: &str) -> Section {
    let tokens = |units: u64| books.view.tokens(units);
    let rows = report.avss.iter().map(|avs| {
        let name = avs_name(books, avs.place);
        vec![name, tokens(avs.rewards), tokens(avs.losses)]
    });
    let header = ["AVS", "paid so far", "slashed so far"];
    let rows: Vec<_> = rows.collect();
    grid("yield", title, &header, 1, rows).beside(PERIOD, Value::Null)
}

impl Reading {
    fn of(books: &AllBooks, report: &YieldReport, genesis: String) -> Self {
        let avss = report.avss.iter().map(|avs| AvsReading {
            avs: avs_name(books, avs.place),
            place: avs.place,
            rewards: avs.rewards,
            losses: avs.losses,
            reward_index: avs.reward_index.to_string(),
            loss_index: avs.loss_index.to_string(),
        });
        Self {
            genesis,
            lrt: books.view.keys.lrt_mint.to_string(),
            slot: report.slot,
            rate: report.rate_index.to_string(),
            dripping: report.dripping_index.to_string(),
            unattributed: report.unattributed_index.to_string(),
            commissions: report.commissions,
            reward_fees: report.reward_fees,
            avss: avss.collect(),
        }
    }

    fn report(&self) -> Outcome<YieldReport> {
        let number = |text: &String| {
            let unreadable = |_| Trouble::Input("the earlier reading can not be read".to_owned());
            text.parse::<u128>().map_err(unreadable)
        };
        let avss = self.avss.iter().map(|avs| {
            Ok(AvsYield {
                place: avs.place,
                rewards: avs.rewards,
                losses: avs.losses,
                reward_index: number(&avs.reward_index)?,
                loss_index: number(&avs.loss_index)?,
            })
        });
        Ok(YieldReport {
            slot: self.slot,
            rate_index: number(&self.rate)?,
            dripping_index: number(&self.dripping)?,
            unattributed_index: number(&self.unattributed)?,
            commissions: self.commissions,
            reward_fees: self.reward_fees,
            avss: avss.collect::<Outcome<_>>()?,
        })
    }
}

/// Where the reading of this LRT on this cluster is kept.
fn cache_path(reading: &Reading) -> Option<PathBuf> {
    let cache = match std::env::var_os("XDG_CACHE_HOME") {
        Some(cache) => PathBuf::from(cache),
        None => PathBuf::from(std::env::var_os("HOME")?).join(".cache"),
    };
    let genesis = reading.genesis.get(..8)?;
    let name = format!("{genesis}-{}.json", reading.lrt);
    Some(cache.join("lrt").join(name))
}

fn read(path: &Path) -> Outcome<Reading> {
    let unreadable = |error: &dyn core::fmt::Display| {
        Trouble::Input(format!("{} is no reading: {error}", path.display()))
    };
    let text = std::fs::read_to_string(path).map_err(|error| unreadable(&error))?;
    serde_json::from_str(&text).map_err(|error| unreadable(&error))
}

fn write(path: &Path, reading: &Reading) -> Outcome<()> {
    let unwritable = |error: &dyn core::fmt::Display| {
        Trouble::Input(format!("{} can not be written: {error}", path.display()))
    };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|error| unwritable(&error))?;
    }
    let text = serde_json::to_string_pretty(reading).map_err(|error| unwritable(&error))?;
    std::fs::write(path, text).map_err(|error| unwritable(&error))
}

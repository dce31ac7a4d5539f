//! The yield taken apart, between this reading of the program's indices and an earlier one.

use super::section::{grid, Section};
use crate::cluster::{AllBooks, Cluster, Outcome, Trouble};
use liquid_restaking_sdk::{
    program::state::{AvsYield, YieldReport},
    yields::{YieldBreakdown, YieldError},
    Observed,
};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

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
    if mark || (first.is_none() && since.is_none()) {
        if let Some(path) = &kept {
            write(path, &reading)?;
        }
    }
    let Some(first) = first else {
        let title = "Yield: no earlier reading of this LRT; this one is kept, ask again later";
        return Ok(totals(books, &report, title));
    };
    match YieldBreakdown::between(&first.report()?, &report) {
        Ok(parts) => Ok(breakdown(books, &parts, first.slot)),
        Err(YieldError::NoTimePassed) => Ok(totals(books, &report, "Yield: no time has passed")),
        Err(_) => {
            if let Some(path) = kept.filter(|_| since.is_none()) {
                write(&path, &reading)?;
            }
            let title = "Yield: the AVSs are others than in the earlier reading; this one is kept, ask again later";
            Ok(totals(books, &report, title))
        }
    }
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
    let row = |what: String, part: i128| {
        let since_then = percent_of(parts.percent(part));
        vec![what, since_then, percent_of(parts.annual_percent(part))]
    };
    let mut rows = Vec::new();
    for avs in &parts.avss {
        let name = avs_name(books, avs.place);
        rows.push(row(format!("{name}: rewards"), avs.rewards));
        rows.push(row(format!("{name}: slashes"), avs.losses));
    }
    for (what, part) in [
        (
            "unattributed (fees of instant exits, gifts)",
            parts.unattributed,
        ),
        ("dripping", parts.dripping),
        ("timing", parts.timing),
        ("all together: the change of the rate", parts.rate),
    ] {
        rows.push(row(what.to_owned(), part));
    }
    let title = format!(
        "Yield by AVS in the {} slots since slot {since}, and as a simple annual rate (before it: commissions {}, fees {})",
        parts.slots,
        books.view.tokens(parts.commissions),
        books.view.tokens(parts.reward_fees),
    );
    grid("yield", &title, &["part", "since then", "a year"], 1, rows)
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
    grid("yield", title, &header, 1, rows.collect())
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

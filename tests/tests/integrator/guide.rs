//! The guide's table of offsets, held to the program's types and to the reader's constants.

use liquid_restaking_sdk::{
    anchor_lang::Discriminator,
    program::{
        state::{Lrt, PoolRow, StakePool},
        ID, LAYOUT_VERSION,
    },
};
use rate_reader::by_offsets::{lrt_at, pool_at, row_at};
use std::mem::{offset_of, size_of};

const GUIDE: &str = include_str!("../../../docs/guides/integrator.md");

/// Where a field is and how long: `(account, field, offset, bytes)`.
type Row = (&'static str, &'static str, usize, usize);

fn bytes_of<T, F>(_: fn(&T) -> &F) -> usize {
    size_of::<F>()
}

/// A field of a type, whose data begins `$header` bytes into the account.
macro_rules! field {
    ($name:literal, $of:ty, $header:literal, $($field:tt)+) => {
        (
            $name,
            stringify!($($field)+),
            $header + offset_of!($of, $($field)+),
            bytes_of(|of: &$of| &of.$($field)+),
        )
    };
}

fn fields() -> Vec<Row> {
    let row = [
        field!("row", PoolRow, 0, stake_pool),
        field!("row", PoolRow, 0, assets),
        field!("row", PoolRow, 0, uncovered),
        field!("row", PoolRow, 0, rate_source),
        field!("row", PoolRow, 0, drip.rest),
        field!("row", PoolRow, 0, drip.last),
        field!("row", PoolRow, 0, drip.end),
    ];
    let pool = [
        ("`StakePool`", "discriminator", 0, 8),
        field!("`StakePool`", StakePool, 8, lrt),
        field!("`StakePool`", StakePool, 8, collateral_mint),
        field!("`StakePool`", StakePool, 8, vault),
        field!("`StakePool`", StakePool, 8, idle),
        field!("`StakePool`", StakePool, 8, delegated),
        field!("`StakePool`", StakePool, 8, queued),
        field!("`StakePool`", StakePool, 8, queue_length),
        field!("`StakePool`", StakePool, 8, deposit_cap.now),
        field!("`StakePool`", StakePool, 8, version),
    ];
    let mut all = vec![
        ("`Lrt`", "discriminator", 0, 8),
        field!("`Lrt`", Lrt, 8, mint),
        field!("`Lrt`", Lrt, 8, params.deposit_fee_bps),
        field!("`Lrt`", Lrt, 8, params.withdrawal_fee_bps),
        field!("`Lrt`", Lrt, 8, params.instant_fee_bps),
        field!("`Lrt`", Lrt, 8, fixed.epoch_length),
        field!("`Lrt`", Lrt, 8, fixed.decimals),
        field!("`Lrt`", Lrt, 8, supply),
        field!("`Lrt`", Lrt, 8, fee_shares),
        field!("`Lrt`", Lrt, 8, deposit_pause.until),
        field!("`Lrt`", Lrt, 8, instant_pause.until),
        field!("`Lrt`", Lrt, 8, pool_count),
        field!("`Lrt`", Lrt, 8, version),
        field!("`Lrt`", Lrt, 8, pools),
        field!("`Lrt`", Lrt, 8, proposal_slot),
    ];
    all.extend(row);
    all.extend(pool);
    all
}

/// The rows of the table whose head begins with these columns, cells trimmed.
fn table(columns: [&str; 2]) -> Vec<Vec<&'static str>> {
    let cells = |line: &'static str| -> Vec<&'static str> {
        let inner = line.trim_matches('|');
        inner.split('|').map(str::trim).collect()
    };
    let mut lines = GUIDE.lines().filter(|line| !line.is_empty());
    lines
        .by_ref()
        .find(|line| cells(line).starts_with(&columns))
        .expect("the table");
    lines
        .skip(1)
        .take_while(|line| line.starts_with('|'))
        .map(cells)
        .collect()
}

#[test]
fn every_offset_of_the_guide_is_the_programs() {
    let fields = fields();
    let rows = table(["account", "field"]);
    assert_eq!(rows.len(), fields.len());
    for (row, (account, field, offset, bytes)) in rows.iter().zip(fields) {
        let field = field.replace(' ', "");
        let expected = [
            account.to_owned(),
            format!("`{field}`"),
            offset.to_string(),
            bytes.to_string(),
        ];
        assert_eq!(row[..4], expected, "{account} {field}");
        let discriminator = match (field.as_str(), account) {
            ("discriminator", "`Lrt`") => Lrt::DISCRIMINATOR,
            ("discriminator", _) => StakePool::DISCRIMINATOR,
            _ => continue,
        };
        assert_eq!(row[4], listed(discriminator));
    }
    assert!(GUIDE.contains(&format!("`pools` + {} ·", size_of::<PoolRow>())));
    assert!(GUIDE.contains(&format!("`{ID}`")));
}

fn listed(bytes: &[u8]) -> String {
    let numbers: Vec<_> = bytes.iter().map(u8::to_string).collect();
    numbers.join(" ")
}

#[test]
fn every_constant_of_the_reader_is_the_programs() {
    let at = |account: &str, name: &str| {
        let is = |row: &&Row| row.0 == account && row.1.replace(' ', "") == name;
        fields().iter().find(is).expect("a field").2
    };
    for (constant, account, field) in [
        (lrt_at::MINT, "`Lrt`", "mint"),
        (lrt_at::DEPOSIT_FEE_BPS, "`Lrt`", "params.deposit_fee_bps"),
        (
            lrt_at::WITHDRAWAL_FEE_BPS,
            "`Lrt`",
            "params.withdrawal_fee_bps",
        ),
        (lrt_at::DECIMALS, "`Lrt`", "fixed.decimals"),
        (lrt_at::SUPPLY, "`Lrt`", "supply"),
        (lrt_at::POOL_COUNT, "`Lrt`", "pool_count"),
        (lrt_at::VERSION, "`Lrt`", "version"),
        (lrt_at::POOLS, "`Lrt`", "pools"),
        (row_at::STAKE_POOL, "row", "stake_pool"),
        (row_at::ASSETS, "row", "assets"),
        (row_at::UNCOVERED, "row", "uncovered"),
        (row_at::RATE_SOURCE, "row", "rate_source"),
        (row_at::DRIP_REST, "row", "drip.rest"),
        (pool_at::LRT, "`StakePool`", "lrt"),
        (pool_at::IDLE, "`StakePool`", "idle"),
        (pool_at::QUEUED, "`StakePool`", "queued"),
        (pool_at::VERSION, "`StakePool`", "version"),
    ] {
        assert_eq!(constant, at(account, field), "{account} {field}");
    }
    assert_eq!(lrt_at::DISCRIMINATOR, Lrt::DISCRIMINATOR);
    assert_eq!(pool_at::DISCRIMINATOR, StakePool::DISCRIMINATOR);
    assert_eq!(rate_reader::by_offsets::LAYOUT_VERSION, LAYOUT_VERSION);
    assert_eq!(rate_reader::LIQUID_RESTAKING, ID);
}

/// The quotes' first bytes and what they answer, by the IDL.
#[test]
fn the_quotes_of_the_guide_are_the_idls() {
    let idl = include_str!("../../../idl/liquid_restaking.json");
    let idl: serde_json::Value = serde_json::from_str(idl).expect("JSON");
    let find = |list: &str, name: &str| {
        let mut entries = idl[list].as_array().expect("a list").iter();
        entries
            .find(|entry| entry["name"] == name)
            .expect("it")
            .clone()
    };
    let rows = table(["instruction", "first bytes"]);
    assert_eq!(rows.len(), 3);
    for row in rows {
        let instruction = find("instructions", row[0].trim_matches('`'));
        let first: Vec<u8> =
            serde_json::from_value(instruction["discriminator"].clone()).expect("bytes");
        assert_eq!(row[1], listed(&first));
        let answer = instruction["returns"]["defined"]["name"].as_str();
        let answer = find("types", answer.expect("an answer"));
        let fields = answer["type"]["fields"].as_array().expect("fields").clone();
        let names = fields.iter().map(|field| {
            assert_eq!(field["type"], "u64");
            field["name"].as_str().expect("a name").replace('_', " ")
        });
        assert_eq!(row[3], names.collect::<Vec<_>>().join(", "));
    }
    let first = find("instructions", "quote_withdraw")["discriminator"].clone();
    let first: Vec<u8> = serde_json::from_value(first).expect("bytes");
    assert_eq!(rate_reader::by_quote::QUOTE_WITHDRAW.as_slice(), first);
}

/// The events of the guide exist.
#[test]
fn the_events_of_the_guide_are_the_idls() {
    let idl = include_str!("../../../idl/liquid_restaking.json");
    let idl: serde_json::Value = serde_json::from_str(idl).expect("JSON");
    let events = idl["events"].as_array().expect("events");
    for row in table(["event", "what it is to a price"]) {
        for name in row[0].split(", ") {
            let name = name.trim_matches('`');
            assert!(events.iter().any(|event| event["name"] == name), "{name}");
        }
    }
    let tag = liquid_restaking_sdk::anchor_lang::event::EVENT_IX_TAG_LE;
    assert!(GUIDE.contains(&listed(tag)));
}

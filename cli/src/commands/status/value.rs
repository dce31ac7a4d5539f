//! What the LRT is worth, and what could be lost.

use super::section::{grid, pairs, percent, Section};
use crate::cluster::{self, AllBooks, Outcome, Trouble};
use liquid_restaking_sdk::{
    anchor_lang::prelude::Pubkey,
    program::state::{Lrt, Pause},
    Observed,
};

/// Supply, value and rate, and where the collateral is.
pub fn value(books: &AllBooks, now: &Observed) -> Outcome<Section> {
    let view = &books.view;
    let (lrt, pool) = (&now.lrt, &now.pool);
    let rule = |error| Trouble::of_rule(&error);
    let tokens = |units: u64| view.tokens(units);
    let whole = lrt.fixed.whole_token();
    let worth = |price: liquid_restaking_sdk::program::state::Price| {
        Ok::<_, Trouble>(tokens(price.value_of_floor(whole).unwrap_or(whole)))
    };
    let row = now.row()?;
    let surplus = pool.surplus(&row, view.vault_balance).unwrap_or(0);
    let rows = vec![
        ("LRT", view.keys.lrt_mint.to_string()),
        ("collateral", view.keys.collateral_mint.to_string()),
        ("slot", view.slot.to_string()),
        ("epoch", epoch(lrt, view.slot)),
        ("supply", tokens(lrt.supply)),
        ("value", tokens(lrt.nav().map_err(rule)?)),
        (
            "disputed and uncovered",
            tokens(lrt.uncovered().map_err(rule)?),
        ),
        ("one LRT costs", worth(lrt.deposit_price().map_err(rule)?)?),
        ("one LRT is paid", worth(lrt.exit_price().map_err(rule)?)?),
        ("idle", tokens(pool.idle)),
        ("delegated", tokens(pool.delegated)),
        (
            "dripping",
            match row.drip.rest {
                0 => "0".to_owned(),
                rest => format!("{} until slot {}", tokens(rest), row.drip.end),
            },
        ),
        ("claimable", tokens(pool.claimable)),
        ("bonds", tokens(pool.bonds)),
        (
            "owed as fees",
            format!(
                "{} and {} LRT",
                tokens(pool.fees_owed),
                tokens(lrt.fee_shares)
            ),
        ),
        ("owed to operators", tokens(pool.operators_owed)),
        ("vault holds", tokens(view.vault_balance)),
        ("of it unbooked", tokens(surplus)),
        (
            "deposit cap",
            cluster::cap(pool.deposit_cap.now, view.decimals()),
        ),
        ("deposits", paused(&lrt.deposit_pause, view.slot)),
        ("instant exits", paused(&lrt.instant_pause, view.slot)),
    ];
    Ok(pairs("value", "Value", rows))
}

fn epoch(lrt: &Lrt, slot: u64) -> String {
    let epoch = lrt.epoch_of(slot);
    let end = lrt
        .first_slot_of(epoch.saturating_add(1))
        .unwrap_or(u64::MAX);
    format!("{epoch}, ends in {} slots", end.saturating_sub(slot))
}

fn paused(pause: &Pause, slot: u64) -> String {
    match pause.is_active(slot) {
        true => format!("paused until slot {}", pause.until),
        false => "open".to_owned(),
    }
}

/// Leverage, and the worst case of each AVS and of all together.
pub fn risk(books: &AllBooks, now: &Observed) -> Outcome<Section> {
    let report = now.lrt.risk_report(&now.pool, None);
    let report = report.map_err(|error| Trouble::of_rule(&error))?;
    let mut rows = Vec::new();
    let shares = report.avs_bps.iter().zip(&report.avs_loss_bps);
    for (row, (share, loss)) in now.pool.avss.iter().zip(shares) {
        if row.avs == Pubkey::default() {
            continue;
        }
        rows.push(vec![
            row.avs.to_string(),
            percent(row.cap_bps.into()),
            books.view.tokens(row.allocated),
            percent((*share).into()),
            percent((*loss).into()),
        ]);
    }
    rows.push(vec![
        "all together".to_owned(),
        String::new(),
        books.view.tokens(report.allocated),
        format!("leverage {}", percent(report.leverage_bps.into())),
        percent(report.all_loss_bps.into()),
    ]);
    let header = [
        "AVS",
        "cap of assets",
        "counts on",
        "of value",
        "may take in one window, of value",
    ];
    Ok(grid(
        "risk",
        "Risk (upper bounds, bonds not counted)",
        &header,
        1,
        rows,
    ))
}

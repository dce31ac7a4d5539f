//! The program's own risk report, as a table.

use super::words::{percent, tokens};
use crate::scenario::{right_align, table, Runner};
use anyhow::Result;
use comfy_table::Table;

/// Each AVS, then all together: what it counts on and what it may take in one window, as shares of what the LRT is worth.
pub fn risk(runner: &Runner) -> Result<Table> {
    let report = runner.risk_report(None)?;
    let mut rows = table(&["AVS", "counts on, of nav", "may take in one window, of nav"]);
    for (name, place) in runner.avs_places() {
        let share = |shares: &[u32]| percent(shares.get(place).copied().unwrap_or(0).into());
        rows.add_row([name, share(&report.avs_bps), share(&report.avs_loss_bps)]);
    }
    let allocated = u128::from(report.allocated).saturating_mul(10_000);
    let allocated = allocated.checked_div(report.nav.into()).unwrap_or(0);
    rows.add_row([
        "all together".to_owned(),
        percent(u64::try_from(allocated).unwrap_or(u64::MAX)),
        percent(report.all_loss_bps.into()),
    ]);
    rows.add_row([
        "leverage".to_owned(),
        percent(report.leverage_bps.into()),
        format!("{} delegated", tokens(report.delegated)),
    ]);
    right_align(&mut rows, 1);
    Ok(rows)
}

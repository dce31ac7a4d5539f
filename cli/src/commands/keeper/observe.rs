//! What a pass tells Prometheus of the LRT and of the keeper's wallet.

use super::metrics::Metrics;
use crate::cluster::{AllBooks, Cluster, Outcome};
use liquid_restaking_sdk::{program::state::SlashState, Observed};
use solana_signer::Signer;

/// Sets the gauges.
pub fn observe(
    cluster: &Cluster,
    metrics: &Metrics,
    books: &AllBooks,
    now: &Observed,
    due: usize,
) -> Outcome<()> {
    let view = &books.view;
    let payer = cluster.account(&cluster.fee_payer()?.pubkey())?;
    let late = books
        .head()
        .map_or(0, |head| view.slot.saturating_sub(head.due_slot));
    let row = now.row()?;
    let open = books.proposals.iter();
    let open = open.filter(|(_, proposal)| proposal.state() == SlashState::Open);
    let number = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    for (name, value) in [
        ("lrt_keeper_due_jobs", number(due)),
        ("lrt_keeper_last_pass_slot", view.slot),
        (
            "lrt_keeper_balance_lamports",
            payer.map_or(0, |payer| payer.lamports),
        ),
        ("lrt_supply", now.lrt.supply),
        ("lrt_nav", now.lrt.nav().unwrap_or(0)),
        ("lrt_idle", now.pool.idle),
        ("lrt_delegated", now.pool.delegated),
        ("lrt_claimable", now.pool.claimable),
        ("lrt_uncovered", now.lrt.uncovered().unwrap_or(0)),
        (
            "lrt_queue_owed",
            now.lrt.queue_owed_ceil(&now.pool).unwrap_or(0),
        ),
        ("lrt_queue_batches", now.pool.queue_length.into()),
        ("lrt_queue_head_late_slots", late),
        ("lrt_open_proposals", number(open.count())),
        (
            "lrt_surplus",
            now.pool.surplus(&row, view.vault_balance).unwrap_or(0),
        ),
    ] {
        metrics.set(name, value);
    }
    Ok(())
}

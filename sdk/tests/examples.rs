//! Every example runs, and what it says it did adds up.

// Each example is a program: it has a `main`, and `common` to itself.
#![allow(dead_code, clippy::duplicate_mod)]

#[path = "../examples/admin.rs"]
mod admin;
#[path = "../examples/avs.rs"]
mod avs;
#[path = "../examples/holder.rs"]
mod holder;
#[path = "../examples/integrator.rs"]
mod integrator;
#[path = "../examples/keeper.rs"]
mod keeper;
#[path = "../examples/manager.rs"]
mod manager;
#[path = "../examples/operator.rs"]
mod operator;

const ONE: u64 = 1_000_000_000;

#[test]
fn the_holder_is_paid_what_was_quoted_and_what_dripped_since() {
    let outcome = holder::run().unwrap();
    assert_eq!(outcome.minted, 10 * ONE);
    // 110 in being, 5.5 of 11 dripped: 1 LRT is worth 1.05, less half a percent.
    let at_once = 1_050_000_000.0 * 0.995;
    assert!((outcome.paid_at_once as f64 - at_once).abs() < 10_000.0);
    // 4 less a tenth of a percent; the rest of the drip came before it was settled.
    assert!(outcome.quoted_by_queue > 4_190_000_000 && outcome.quoted_by_queue < 4_200_000_000);
    assert!(outcome.paid_by_queue > 4_390_000_000 && outcome.paid_by_queue < 4_400_000_000);
    assert_eq!(outcome.taken_back, 999_000_000); // the fee was taken at the request, not again
    assert_eq!(outcome.shares_left, (10 - 1 - 4) * ONE - 1_000_000);
}

#[test]
fn the_manager_takes_back_what_the_queue_lacks_and_no_more() {
    let outcome = manager::run().unwrap();
    assert_eq!(outcome.free, 100 * ONE);
    // 60 pledged, a tenth of it may be slashed in one window: 6 of 100.
    assert_eq!(outcome.worst_loss_bps, 600);
    // 70 less a tenth of a percent are owed; 20 are idle, 20 free with the operator.
    assert_eq!(outcome.shortage, 29_930_000_000);
    assert_eq!(outcome.release_slot % 15, 0); // a seventh of the exit delay, rounded up
    assert_eq!(outcome.settled, 69_930_000_000);
    assert_eq!(outcome.delegated, 80 * ONE - 20 * ONE - 29_930_000_000);
}

#[test]
fn the_operator_earns_its_commission_and_has_its_bond_back() {
    let outcome = operator::run().unwrap();
    assert_eq!((outcome.stake, outcome.bond), (50 * ONE, 4 * ONE));
    assert_eq!(outcome.commission, 50_000_000); // 5 % of 1
    assert_eq!(outcome.bond_paid_back, 4 * ONE);
    assert_eq!(outcome.stake_left, 0);
}

#[test]
fn the_avs_earns_the_holders_what_it_paid_and_takes_what_it_slashed() {
    let outcome = avs::run().unwrap();
    // 2 less 5 % commission, less 10 % reward fee.
    assert_eq!(outcome.rewards, 1_710_000_000);
    // 1.71 % in thirty days.
    assert!((outcome.its_annual_percent - 1.71 * 365.0 / 30.0).abs() < 0.1);
    assert!(outcome.rate_change > 0);
    assert_eq!(outcome.parts, outcome.rate_change);
    assert_eq!(outcome.slashed, 3 * ONE);
    assert_eq!(outcome.nav_before - outcome.nav_after, 3 * ONE);
}

#[test]
fn the_keeper_does_what_is_due_in_the_order_in_which_it_comes() {
    let outcome = keeper::run().unwrap();
    let names: Vec<_> = outcome.done.iter().map(|(name, _)| *name).collect();
    assert_eq!(
        names,
        ["execute_slash", "close_proposal", "release", "settle"]
    );
    // 30 less a tenth of a percent, at 98 for 100.
    assert_eq!(outcome.claimable, 29_370_600_000);
    assert_eq!((outcome.queued, outcome.vault_over_ledger), (0, 0));
}

#[test]
fn the_admin_waits_out_the_timelock_and_the_guardian_does_not() {
    let outcome = admin::run().unwrap();
    assert_eq!(outcome.refused_early, "refused: TimelockRunning");
    assert_eq!(outcome.waited, 1_043);
    assert_eq!((outcome.fee_before, outcome.fee_after), (1_000, 500));
    assert_eq!(outcome.cap, 2_000 * ONE);
    assert_eq!(outcome.refused_while_paused, "refused: DepositsPaused");
    assert!(outcome.manager_is_new);
}

#[test]
fn the_integrator_reads_what_the_program_quotes_and_both_sides_of_a_dispute() {
    let outcome = integrator::run().unwrap();
    // 105 behind 100 shares: five of ten have dripped. An exit pays a tenth of a percent.
    let (before, during, after) = (outcome.before, outcome.during, outcome.after);
    assert_eq!(before.exit, outcome.quoted);
    assert_eq!(before.exit, 10_489_495_005);
    assert_eq!(before.mint, 10_499_995_001); // rounded up, and nothing for depositing
                                             // What is disputed is what has dripped: exits are back at par, deposits where they were.
    assert_eq!(outcome.disputed, 5 * ONE);
    assert_eq!(during.exit, 9_990_000_000);
    assert_eq!(during.mint, before.mint);
    assert!(after.exit > before.exit && after.mint > before.mint);
}

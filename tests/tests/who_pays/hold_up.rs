//! An accepted AVS that wants nobody to leave: the worst it can do on the real program, with one and with five allocations.
//!
//! T is veto and execution window together, 20 slots here; a slash window is 30, the least there may be (1.5 T). A ticket is due
//! all the time: exits are held up in a slot if its settlement is refused. A keeper ends and executes what it can in the
//! first slot in which it can; in that slot the AVS is faster.

use crate::siege::{End, Known, Siege, SLASH_WINDOW, WHOLE};
use liquid_restaking_sdk::program::state::SlashState;
use liquid_restaking_tests::ONE;
use solana_keypair::Keypair;

/// How long the long runs are: 40 times both windows.
const LONG_RUN: u64 = 40 * WHOLE;

/// One proposal after another, each opened in the slot in which the one before ends.
fn greedy(known: &Known) -> Option<End> {
    (known.expires_in == 0).then_some(End::Expires)
}

/// A whole slash window without a proposal after each: every failure is forgotten before the next.
fn patient(known: &Known) -> Option<End> {
    known
        .slot
        .is_multiple_of(WHOLE + SLASH_WINDOW)
        .then_some(End::Expires)
}

#[tokio::test]
async fn with_one_allocation_an_avs_holds_exits_up_for_both_windows_and_then_waits_four_times_as_long(
) {
    let mut siege = Siege::with(1).await;
    siege.run(10 * WHOLE, greedy).await;
    assert_eq!(siege.worst(), (20, 40));
    assert!(siege.held[..20].iter().all(|held| *held));
    assert!(siege.held[20..100].iter().all(|held| !*held));
}

#[tokio::test]
async fn with_many_allocations_three_times_both_windows_is_the_longest_and_then_the_pool_is_blocked(
) {
    // Ends at 20 (a failure), 40 (the second: the pool is blocked for 8 T) and 60 (the third: 16 T, until 380).
    let mut siege = Siege::with(5).await;
    siege.run(LONG_RUN, greedy).await;
    assert_eq!(siege.worst(), (60, 160));
    assert!(siege.held[..60].iter().all(|held| *held));
    assert!(siege.held[60..380].iter().all(|held| !*held));
    siege.world.check_invariants().await;
}

#[tokio::test]
async fn with_many_allocations_a_patient_avs_holds_exits_up_for_both_windows_and_then_lets_a_slash_window_pass(
) {
    // T / (T + W) of the time, two fifths where the slash window is the shortest; never longer than T at a stretch.
    let mut siege = Siege::with(5).await;
    siege.run(LONG_RUN, patient).await;
    assert_eq!(siege.worst(), (20, 320));
    assert_eq!(siege.world.pool_avs(&siege.avs).await.blocked_until, 0);
}

#[tokio::test]
async fn a_keeper_that_is_late_prolongs_each_of_the_three_by_as_much() {
    let mut siege = Siege::with(5).await;
    siege.late = 5;
    siege.run(10 * WHOLE, greedy).await;
    assert_eq!(siege.worst(), (75, 75));
}

#[tokio::test]
async fn to_hold_exits_up_with_slashes_that_are_executed_costs_the_tolerance_for_every_veto_window()
{
    // Two allocations in turn: the keeper executes each after its veto window, and the next is open by then. 20 veto windows
    // without a gap: each took a unit more than 50 bps of what was there.
    let mut siege = Siege::with(2).await;
    siege
        .run(10 * WHOLE, |known| {
            (known.executes_in == 0).then_some(End::Executes)
        })
        .await;
    assert_eq!(siege.worst(), (200, 200));
    siege.keep().await;
    let mut nav = 100 * ONE;
    for _ in 0..20 {
        nav -= nav * 50 / 10_000 + 1;
    }
    assert_eq!(siege.world.lrt().await.nav(), Ok(nav));
    assert_eq!(nav, 90_461_048_019);
}

#[tokio::test]
async fn to_close_the_gaps_of_a_patient_avs_costs_the_tolerance_for_every_veto_window_of_them() {
    // 20 slots of a proposal that expires, then three of 10 that are executed, and again: held up all the time, at three times
    // 50 bps of nav in every 50 slots.
    let mut siege = Siege::with(5).await;
    siege
        .run(6 * (WHOLE + SLASH_WINDOW), |known| {
            match known.slot % (WHOLE + SLASH_WINDOW) {
                0 => Some(End::Expires),
                20 | 30 | 40 => Some(End::Executes),
                _ => None,
            }
        })
        .await;
    assert_eq!(siege.worst(), (300, 300));
    siege.keep().await;
    let mut nav = 100 * ONE;
    for _ in 0..18 {
        nav -= nav * 50 / 10_000 + 1;
    }
    assert_eq!(siege.world.lrt().await.nav(), Ok(nav));
}

#[tokio::test]
async fn a_proposal_and_a_veto_in_one_slot_stop_a_settlement_in_that_slot_and_twice_at_most() {
    let mut siege = Siege::with(5).await;
    for blocked in [0, 8 * 10] {
        assert!(!siege.is_held().await);
        assert!(siege.propose(End::Expires).await);
        let open = siege.open.pop().expect("a proposal");
        siege.world.veto_slash(&open.on, &siege.avs).await;
        let settle = siege.world.keys.settle(siege.head);
        siege.world.refuse(settle, &[], "ProposalInThisSlot").await;
        // A whole veto window counts: 4 · 10 on the allocation, then 2 · 4 · 10 on the pool.
        let slot = siege.world.slot().await;
        let accepted = siege.world.pool_avs(&siege.avs).await;
        let until = if blocked == 0 { 0 } else { slot + blocked };
        assert_eq!(accepted.blocked_until, until);
        siege.world.warp(1).await;
    }
    for _ in 0..5 {
        assert!(!siege.propose(End::Expires).await);
        assert!(!siege.is_held().await);
        siege.world.warp(1).await;
    }
    siege.world.settle().await;
    assert_eq!(siege.world.pool().await.claimable, ONE);
}

#[tokio::test]
async fn five_proposals_of_a_unit_in_five_slots_stop_five_settlements_and_their_vetoes_block_for_long(
) {
    let mut siege = Siege::with(5).await;
    let mut open = Vec::new();
    for index in 0..5 {
        let operator = &siege.operators[index];
        open.push(siege.world.propose_slash(operator, &siege.avs, 1).await);
        assert!(siege.is_held().await);
        siege.world.warp(1).await;
        assert!(!siege.is_held().await);
    }
    let slot = siege.world.slot().await;
    for on in &open {
        siege.world.veto_slash(on, &siege.avs).await;
    }
    // Doubled with every failure before: 4 · 10 · 2^4.
    let accepted = siege.world.pool_avs(&siege.avs).await;
    assert_eq!(accepted.blocked_until, slot + 640);
}

#[tokio::test]
async fn slashes_of_a_unit_stop_exits_in_their_slot_once_in_two_veto_windows_per_allocation() {
    // Executed after a veto window, blocked for one more: five slots in 20 with five allocations, for a unit each.
    let mut siege = Siege::with(5).await;
    siege.amount = Some(1);
    siege.run(10 * WHOLE, |_| Some(End::Executes)).await;
    assert_eq!(siege.worst(), (5, 50));
    let nav = siege.world.lrt().await.nav();
    assert_eq!(nav, Ok(100 * ONE - 50));
}

#[tokio::test]
async fn a_proposal_that_nobody_executes_or_ends_holds_exits_up_until_anyone_ends_it() {
    let mut siege = Siege::with(1).await;
    assert!(siege.propose(End::Expires).await);
    let on = siege.open.pop().expect("a proposal").on;
    let expire = siege.world.keys.expire_slash(&on);
    siege.world.warp(WHOLE - 1).await;
    siege
        .world
        .refuse(expire.clone(), &[], "ExecutionWindowRunning")
        .await;
    siege.world.warp(1).await;
    let late = siege.world.keys.execute_slash(&on, &Default::default());
    siege.world.refuse(late, &[], "ExecutionWindowOver").await;
    assert!(siege.is_held().await);
    // The fee payer is a stranger to all of them, and the only one to sign.
    let nobody: &[&Keypair] = &[];
    siege.world.send(&[expire], nobody).await;
    assert!(!siege.is_held().await);
    assert_eq!(siege.world.proposal(&on).await.state(), SlashState::Expired);
    siege.world.settle().await;
    assert_eq!(siege.world.pool().await.claimable, ONE);
}

#[tokio::test]
async fn a_late_keeper_lets_no_failure_be_forgotten() {
    let mut siege = Siege::with(5).await;
    siege.late = 10;
    siege.run(LONG_RUN, greedy).await;
    assert!(siege.worst().0 as u64 <= 3 * (WHOLE + 10));
}

//! Whose yield a reward counts as: nobody dresses up another's figures (attack 27).

use crate::{Work, DRIP};
use liquid_restaking_sdk::{
    program::{instructions::UpdateAvsArgs, state::Side},
    registry, Instruction,
};
use liquid_restaking_tests::{terms, Avs, ONE};
use solana_keypair::Keypair;
use solana_signer::Signer;

/// A tenth of a unit per share, in parts of 2^64.
const TENTH: u128 = (1 << 64) / 10;

/// `(rewards, reward index)` of the AVS, and the unattributed index.
async fn counted(work: &mut Work) -> (u64, u128, u128) {
    let report = work.world.yield_report(&[&work.avs]).await;
    let avs = report.avss[0];
    (avs.rewards, avs.reward_index, report.unattributed_index)
}

#[tokio::test]
async fn what_the_avs_signs_is_its_yield_and_what_anybody_else_pays_is_nobodys() {
    let mut work = Work::new().await;
    work.earn(ONE).await;
    assert_eq!(counted(&mut work).await, (ONE, TENTH, 0));
    let others = [
        Keypair::new(),
        work.avs.slasher.insecure_clone(),
        work.avs.resolver.insecure_clone(),
        work.operator.authority.insecure_clone(),
        work.holder.insecure_clone(),
        work.world.admin.insecure_clone(),
    ];
    let mut unattributed = 0;
    for payer in others {
        work.earn_from(&payer, ONE).await;
        unattributed += TENTH;
        assert_eq!(counted(&mut work).await, (ONE, TENTH, unattributed));
    }
    // For the operator a reward is a reward.
    let delegation = work.world.delegation(&work.operator).await;
    assert_eq!(delegation.rewards, 7 * ONE);
    work.world.warp(DRIP).await;
    assert_eq!(work.nav().await, 17 * ONE);
}

#[tokio::test]
async fn another_avs_signs_for_nobody_but_itself() {
    let mut work = Work::new().await;
    let second = work.world.avs(terms(), 10_000).await;
    work.earn_from(&second.authority.insecure_clone(), ONE)
        .await;
    assert_eq!(counted(&mut work).await, (0, 0, TENTH));
    let report = work.world.yield_report(&[&second]).await;
    assert_eq!(
        (report.avss[0].rewards, report.avss[0].reward_index),
        (0, 0)
    );
}

fn hand_over(avs: &Avs, to: &Keypair) -> [Instruction; 2] {
    let args = UpdateAvsArgs {
        successor: Some(to.pubkey()),
        ..UpdateAvsArgs::default()
    };
    [
        registry::update_avs(&avs.key, &avs.authority.pubkey(), args),
        registry::accept_avs_authority(&avs.key, &to.pubkey()),
    ]
}

#[tokio::test]
async fn who_signs_for_an_avs_is_who_holds_its_authority_now() {
    let mut work = Work::new().await;
    let (old, new) = (work.avs.authority.insecure_clone(), Keypair::new());
    let [name, accept] = hand_over(&work.avs, &new);
    work.world.send(&[name], &[&old]).await;
    work.earn_from(&new, ONE).await; // named only
    assert_eq!(counted(&mut work).await, (0, 0, TENTH));
    work.world.send(&[accept], &[&new]).await;
    work.earn_from(&old, ONE).await;
    assert_eq!(counted(&mut work).await, (0, 0, 2 * TENTH));
    work.earn_from(&new, ONE).await;
    assert_eq!(counted(&mut work).await, (ONE, TENTH, 2 * TENTH));
}

#[tokio::test]
async fn for_an_avs_that_has_closed_rewards_are_paid_and_nobody_signs() {
    let mut work = Work::taking(1_000, 1_000).await;
    let by = work.avs.authority.insecure_clone();
    work.earn(ONE).await;
    let own = by.pubkey();
    let close = [
        registry::opt_out(&work.operator.key, &work.avs.key, &own, Side::Avs),
        registry::close_avs(&work.avs.key, &own, &own),
    ];
    work.world.send(&close, &[&by]).await;
    let net = ONE / 100 * 81;
    let index = (u128::from(net) << 64) / u128::from(10 * ONE);
    assert_eq!(counted(&mut work).await, (net, index, 0));
    work.earn(ONE).await;
    assert_eq!(counted(&mut work).await, (net, index, index));
    let delegation = work.world.delegation(&work.operator).await;
    assert_eq!((delegation.owed, delegation.rewards), (ONE / 5, 2 * net));
    // An account that somebody puts there is no AVS.
    let key = work.avs.key;
    work.world.fund(&key);
    work.earn(ONE).await;
    assert_eq!(counted(&mut work).await, (net, index, 2 * index));
    work.world.warp(DRIP).await;
    assert_eq!(work.nav().await, 10 * ONE + 3 * net);
    work.world.check_invariants().await;
}

#[tokio::test]
async fn rewards_count_by_the_shares_there_are_when_they_are_paid() {
    let mut work = Work::new().await;
    work.earn(ONE).await;
    work.world.holder(30 * ONE).await; // forty, at par: nothing has dripped
    work.earn(ONE).await;
    work.earn_from(&Keypair::new(), ONE).await;
    let fortieth = (1u128 << 64) / 40;
    let expected = (2 * ONE, TENTH + fortieth, fortieth);
    assert_eq!(counted(&mut work).await, expected);
}

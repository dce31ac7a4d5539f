//! Nobody's earnings pass for dust, and nobody keeps a place or a book open that is over.

use liquid_restaking_sdk::program::state::RewardBook;
use liquid_restaking_tests::{World, ONE};
use solana_signer::Signer;

/// `close_stream` takes up to `positions_opened` whole units that holders have earned, and positions can be opened and
/// closed for nothing but transaction fees: the admin inflates the "dust". A token without decimals makes each unit count.
#[tokio::test]
async fn opening_and_closing_positions_makes_no_holders_earnings_dust() {
    let mut world = World::new().await;
    world.create_reward_book().await;
    let stream = world.new_stream(0);
    world.patch(&stream.mint, 44, &[0]).await; // no decimals: not refused
    let admin = world.funded_admin();
    let (by, wallet) = (admin.pubkey(), world.fee_wallet.pubkey());
    let add = world.keys.add_stream(&by, &stream, 100, false);
    world.send(&[add], &[&admin]).await;
    let (alice, mallory) = (world.holder(ONE).await, world.holder(ONE).await);
    world.stake_position(&alice, 1).await;
    world.fund_stream(&stream, 10).await;
    world.warp(100).await; // Alice has earned ten units
    for _ in 0..9 {
        let own = mallory.pubkey();
        let round = [
            world.keys.stake_position(&own, 1),
            world.keys.unstake_position(&own, 1),
            world.keys.close_position(&own, &own),
        ];
        world.send(&round, &[&mallory]).await;
    }
    world.open_reward_account(&stream, &wallet, 0);
    let close = world.keys.close_stream(&by, &stream, &wallet, &by);
    let outcome = world.try_send(&[close], &[&admin]).await.map(|_| ());
    let taken = world.balance(&stream.of(&wallet)).await;
    assert_eq!((outcome, taken), (Err("StreamInUse".to_owned()), 0));
}

/// An empty position is closed by its owner only: whoever leaves one behind keeps book and LRT open for ever.
#[tokio::test]
async fn an_empty_position_that_its_owner_has_left_keeps_no_book_open() {
    let mut world = World::new().await;
    world.create_reward_book().await;
    let alice = world.holder(ONE).await;
    world.stake_position(&alice, 1).await;
    world.unstake_position(&alice, 1).await;
    let close = world.keys.close_position(&alice.pubkey(), &alice.pubkey());
    world.send(&[close], &[]).await; // by a stranger
    let book = world.keys.book();
    let book: RewardBook = world.state(&book).await.expect("the book");
    assert_eq!(book.positions, 0);
}

/// One unit, given by anybody, keeps a stream's place for another whole length of it; with nobody staked for ever.
#[tokio::test]
async fn a_unit_that_somebody_gives_keeps_no_place_from_the_admin() {
    let mut world = World::new().await;
    world.create_reward_book().await;
    let stream = world.add_stream(0, 365 * 216_000).await;
    let admin = world.funded_admin();
    let (by, wallet) = (admin.pubkey(), world.fee_wallet.pubkey());
    world.open_reward_account(&stream, &wallet, 0);
    world.fund_stream(&stream, 1).await;
    world.warp(400 * 216_000).await;
    let close = world.keys.close_stream(&by, &stream, &wallet, &by);
    let outcome = world.try_send(&[close], &[&admin]).await.map(|_| ());
    assert_eq!(outcome, Ok(()));
}

//! What is no LRT, or not the one that is meant, has no price.

use crate::{by_offsets, by_quote, world, SHARES};
use liquid_restaking_sdk::{
    anchor_lang::{prelude::Pubkey, Discriminator},
    program::state::{Lrt, StakePool},
    Instruction,
};
use liquid_restaking_tests::{World, ONE};
use rate_reader::{
    by_offsets::{lrt_at, pool_at, row_at},
    Refused,
};

/// The error's name under which a test sees it.
fn named(refused: Refused) -> String {
    format!("Custom{}", refused as u32)
}

async fn refusal(world: &mut World, instruction: Instruction) -> String {
    world
        .try_send(&[instruction], &[])
        .await
        .expect_err("refused")
}

/// Replaces an account in both ways of reading, and expects the error of each.
async fn assert_refused(world: &mut World, place: usize, by: Pubkey, errors: [&str; 2]) {
    let keys = world.keys;
    let ways = [by_quote(&keys, SHARES), by_offsets(&keys, SHARES)];
    for (mut call, error) in ways.into_iter().zip(errors) {
        call.accounts[place].pubkey = by;
        assert_eq!(refusal(world, call).await, error, "account {place}");
    }
}

/// A copy of an account with another owner or other bytes.
async fn forged(
    world: &mut World,
    of: Pubkey,
    owner: Option<Pubkey>,
    at: usize,
    byte: u8,
) -> Pubkey {
    let fake = Pubkey::new_unique();
    let account = world.account(&of).await.expect("the account");
    let mut data = account.data;
    data[at] = byte;
    world.set_raw(
        &fake,
        owner.unwrap_or(account.owner),
        data,
        account.lamports,
    );
    fake
}

#[tokio::test]
async fn an_account_of_another_owner() {
    let mut world = world().await;
    world.holder(10 * ONE).await;
    let (keys, thief) = (world.keys, Pubkey::new_unique());
    let error = named(Refused::WrongOwner);
    let fake = forged(&mut world, keys.lrt, Some(thief), 0, Lrt::DISCRIMINATOR[0]).await;
    assert_refused(&mut world, 1, fake, [&error, &error]).await;
    let same = StakePool::DISCRIMINATOR[0];
    let fake = forged(&mut world, keys.stake_pool, Some(thief), 0, same).await;
    assert_refused(&mut world, 2, fake, ["AccountOwnedByWrongProgram", &error]).await;
}

#[tokio::test]
async fn an_account_of_another_type() {
    let mut world = world().await;
    world.holder(10 * ONE).await;
    let keys = world.keys;
    let error = named(Refused::WrongType);
    assert_refused(&mut world, 1, keys.stake_pool, [&error, &error]).await;
    let program = "AccountDiscriminatorMismatch";
    assert_refused(&mut world, 2, keys.lrt, [program, &error]).await;
    // Even one that could pass for an LRT but for its first byte.
    let fake = forged(&mut world, keys.lrt, None, 0, 0).await;
    assert_refused(&mut world, 1, fake, [&error, &error]).await;
    let empty = Pubkey::new_unique();
    world.set_raw(&empty, liquid_restaking_sdk::program::ID, Vec::new(), ONE);
    assert_refused(&mut world, 1, empty, [&error, &error]).await;
}

#[tokio::test]
async fn an_account_of_another_layout() {
    let mut world = world().await;
    world.holder(10 * ONE).await;
    let keys = world.keys;
    let error = named(Refused::OtherLayout);
    for version in [0, 2] {
        let mut other = world.lrt().await;
        other.version = version;
        let was = world.lrt().await;
        world.change_lrt(|lrt| *lrt = other).await;
        for call in [by_quote(&keys, SHARES), by_offsets(&keys, SHARES)] {
            assert_eq!(refusal(&mut world, call).await, error);
        }
        world.set_state(&keys.lrt, &was).await;

        let was = world.pool().await;
        world.change_pool(|pool| pool.version = version).await;
        let read = by_offsets(&keys, SHARES);
        assert_eq!(refusal(&mut world, read).await, error);
        world.set_state(&keys.stake_pool, &was).await;
    }
}

#[tokio::test]
async fn an_lrt_or_a_pool_that_is_not_meant() {
    let mut world = world().await;
    let alice = world.holder(10 * ONE).await;
    let (twin, _) = world.twin(&alice).await;
    // Sound accounts of the program, of another LRT over the same collateral: worth nothing here.
    let error = named(Refused::OtherMint);
    assert_refused(&mut world, 1, twin.lrt, [&error, &error]).await;
    assert_refused(&mut world, 0, twin.lrt_mint, [&error, &error]).await;
    let error = named(Refused::OtherPool);
    assert_refused(&mut world, 2, twin.stake_pool, ["WrongLrt", &error]).await;
}

#[tokio::test]
async fn a_program_that_is_not_the_program() {
    let mut world = world().await;
    world.holder(10 * ONE).await;
    let mut call = by_quote(&world.keys, SHARES);
    call.accounts[3].pubkey = crate::READER;
    // The call goes to the constant, not to the account passed: without the program among the accounts there is none.
    assert_eq!(refusal(&mut world, call).await, "MissingAccount");
    let mut call = by_quote(&world.keys, SHARES);
    call.accounts.pop();
    assert_eq!(refusal(&mut world, call).await, "NotEnoughAccountKeys");
}

#[tokio::test]
async fn a_table_that_this_reader_can_not_value() {
    let mut world = world().await;
    world.holder(10 * ONE).await;
    let keys = world.keys;
    let row = lrt_at::POOLS;
    for (at, byte) in [
        (lrt_at::POOL_COUNT, 0),
        (lrt_at::POOL_COUNT, 2),
        (row + row_at::RATE_SOURCE, 1),
    ] {
        let was = world.account(&keys.lrt).await.expect("the LRT").data[at];
        world.patch(&keys.lrt, at, &[byte]).await;
        let read = by_offsets(&keys, SHARES);
        assert_eq!(refusal(&mut world, read).await, named(Refused::NoPrice));
        world.patch(&keys.lrt, at, &[was]).await;
    }
    let was = keys.stake_pool.to_bytes()[0];
    let at = row + row_at::STAKE_POOL;
    world.patch(&keys.lrt, at, &[was ^ 1]).await;
    let read = by_offsets(&keys, SHARES);
    assert_eq!(refusal(&mut world, read).await, named(Refused::OtherPool));
    // An account that ends too soon.
    world.patch(&keys.lrt, at, &[was]).await;
    let account = world.account(&keys.stake_pool).await.expect("the pool");
    let short = account.data[..pool_at::VERSION].to_vec();
    world.set_raw(&keys.stake_pool, account.owner, short, account.lamports);
    let read = by_offsets(&keys, SHARES);
    assert_eq!(refusal(&mut world, read).await, named(Refused::WrongType));
}

#[tokio::test]
async fn more_shares_than_there_can_be() {
    let mut world = world().await;
    world.holder(10 * ONE).await;
    world.start_drip(777_777_777).await;
    world.warp(100).await;
    let keys = world.keys;
    let ask = by_quote(&keys, u64::MAX);
    assert_eq!(refusal(&mut world, ask).await, "SharesExceedSupply");
    let accrue = keys.accrue();
    world.send(&[accrue], &[]).await;
    let read = by_offsets(&keys, u64::MAX);
    assert_eq!(refusal(&mut world, read).await, named(Refused::Overflow));
}

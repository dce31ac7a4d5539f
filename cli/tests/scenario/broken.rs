//! An account that is off by one is found by the invariants: a check that never fails says nothing.

use crate::rewards::world;
use liquid_restaking_sdk::{
    anchor_lang::prelude::Pubkey,
    program::state::{
        Allocation, Delegation, Lrt, PoolAvs, RewardBook, RewardPosition, SlashProposal, StakePool,
    },
    ProgramAccount,
};
use lrt_cli::scenario::Runner;

/// The file's world after its first `steps` steps.
fn after(file: &str, steps: usize) -> Runner {
    let (mut runner, all) = world(file);
    for step in &all[..steps] {
        runner.step(step).expect("a line");
    }
    assert!(runner.summary().held());
    runner
}

/// Whether the invariants complain, in these words, once the account is edited.
fn complains<T: ProgramAccount>(runner: &Runner, key: &Pubkey, words: &str, edit: impl Fn(&mut T)) {
    let mut runner = runner.clone();
    let mut state: T = runner.vm().state(key).expect("an account");
    edit(&mut state);
    runner.vm_mut().set_state(key, &state).expect("an account");
    runner.observe().expect("a line");
    let found = runner.summary().invariants.to_string();
    assert!(found.contains(words), "{words}: {found}");
}

#[test]
fn a_proposal_that_is_not_what_is_locked_or_taken_is_found() {
    let open = after("slash.json", 14);
    let keys = open.keys();
    let on = open.proposals()[0];
    let proposal = keys.proposal(&on);
    let allocation = keys.allocation(&on.operator, &on.avs);
    let pool_avs = keys.pool_avs(&on.avs);
    let delegation = keys.delegation(&on.operator);
    complains(
        &open,
        &allocation,
        "locks 600000001",
        |a: &mut Allocation| {
            a.disputed += 1;
        },
    );
    complains(
        &open,
        &proposal,
        "open proposals are [600000001]",
        |p: &mut SlashProposal| {
            p.amount += 1;
        },
    );
    complains(
        &open,
        &proposal,
        "is Open in slot 5",
        |p: &mut SlashProposal| {
            p.ended_slot = 5;
        },
    );
    complains(&open, &proposal, "took 1 of 0", |p: &mut SlashProposal| {
        p.from_bond = 1;
    });
    complains(
        &open,
        &pool_avs,
        "open_proposals of oracle is 2",
        |a: &mut PoolAvs| {
            a.open_proposals += 1;
        },
    );
    complains(
        &open,
        &pool_avs,
        "losses of oracle is 1",
        |a: &mut PoolAvs| {
            a.losses += 1;
        },
    );
    complains(
        &open,
        &delegation,
        "losses of anchor is 1",
        |d: &mut Delegation| {
            d.losses += 1;
        },
    );
    complains(
        &open,
        &delegation,
        "uncovered of the pool's row",
        |d: &mut Delegation| {
            d.bond -= 1;
        },
    );

    let executed = after("slash.json", 24);
    complains(
        &executed,
        &proposal,
        "took 600000001 of 600000000",
        |p: &mut SlashProposal| {
            p.from_stake += 1;
        },
    );
    complains(
        &executed,
        &proposal,
        "is Executed in slot 102410",
        |p: &mut SlashProposal| {
            p.ended_slot -= 1; // in the veto window
        },
    );
    complains(
        &executed,
        &proposal,
        "took 600000000 of 0",
        |p: &mut SlashProposal| {
            p.state = 1; // vetoed
        },
    );
}

#[test]
fn a_rate_that_falls_without_a_slash_or_by_more_is_found() {
    let world = after("slash.json", 24);
    let keys = world.keys();
    complains(
        &world,
        &keys.lrt,
        "invariant 4: the rate fell",
        |lrt: &mut Lrt| {
            lrt.pools[0].assets -= 1;
        },
    );
    // A dispute out of nothing: nav stays, exits get less.
    complains(
        &world,
        &keys.lrt,
        "invariant 4: what exits get fell",
        |lrt: &mut Lrt| {
            lrt.pools[0].uncovered += 1;
        },
    );
    // The proposal says that it took one more of the stake than nav has lost.
    let proposal = keys.proposal(&world.proposals()[0]);
    complains(
        &world,
        &proposal,
        "a slash took 1 of the stake, and nav 0",
        |p: &mut SlashProposal| {
            p.from_stake += 1;
        },
    );
    complains(
        &world,
        &keys.stake_pool,
        "pool table and ledger differ",
        |pool: &mut StakePool| {
            pool.idle -= 1;
        },
    );
}

#[test]
fn a_reward_book_that_holds_less_than_it_owes_is_found() {
    let world = after("streams.json", 15);
    let (book, alice) = (world.keys().book(), world.users()[0].1);
    let position = world.keys().position(&alice);
    complains(
        &world,
        &book,
        "the book says 2147483649",
        |book: &mut RewardBook| {
            book.staked += 1;
        },
    );
    complains(
        &world,
        &book,
        "there are 2 positions, the book says 3",
        |book: &mut RewardBook| {
            book.positions += 1;
        },
    );
    complains(
        &world,
        &book,
        "stream 0 owes 1000001 and holds 1000000",
        |book: &mut RewardBook| {
            book.streams[0].drip.rest += 1;
        },
    );
    complains(
        &world,
        &position,
        "positions stake 2147483649",
        |p: &mut RewardPosition| {
            p.shares += 1;
        },
    );
    complains(
        &world,
        &position,
        "in stream 0, it owes",
        |p: &mut RewardPosition| {
            p.checkpoints[0].owed += 1;
        },
    );
    let mut short = world.clone();
    let vault = liquid_restaking_sdk::address::reward_vault(&book);
    let mut account = short.vm().account(&vault).expect("a vault");
    account.data[67] -= 1; // of its balance, 2^31
    short.vm_mut().set_account(&vault, account);
    short.observe().expect("a line");
    let found = short.summary().invariants.to_string();
    assert!(found.contains("wallets and reward book hold"), "{found}");
}

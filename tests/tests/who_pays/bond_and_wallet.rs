//! The operator's bond pays first; what is slashed is burned, or goes to the AVS's wallet.

use crate::{
    court::{Court, Setup},
    tables::Table,
};
use liquid_restaking_tests::ONE;
use solana_signer::Signer;

async fn bonded(bond: u64, to_wallet: bool) -> Court {
    let setup = Setup {
        bond,
        to_wallet,
        ..Setup::default()
    };
    let mut court = Court::of(setup).await;
    court.request().await;
    court
}

#[tokio::test]
async fn a_bond_larger_than_the_slash_pays_all_of_it() {
    let table = Table::of(
        "
        | when      |         holder |         ticket |      depositor |       operator | AVS | fees |         burned | rest |
        | before    | 60_000_000_000 | 40_000_000_000 | 50_000_000_000 | 15_000_000_000 |   0 |    0 |              0 |    0 |
        | proposed  | 60_000_000_000 | 40_000_000_000 | 50_000_000_000 | 15_000_000_000 |   0 |    0 |              0 |    0 |
        | slashed   | 60_000_000_000 | 40_000_000_000 | 50_000_000_000 |  5_000_000_000 |   0 |    0 | 10_000_000_000 |    0 |
        ",
    );
    let mut court = bonded(15 * ONE, false).await;
    court.shows(&table, "before").await;
    let on = court.propose(0, 10 * ONE).await;
    court.shows(&table, "proposed").await;
    court.execute(&on).await;
    court.shows(&table, "slashed").await;
    let proposal = court.world.proposal(&on).await;
    assert_eq!((proposal.from_bond, proposal.from_stake), (10 * ONE, 0));
}

#[tokio::test]
async fn a_bond_smaller_than_the_slash_pays_first_and_the_holders_the_rest() {
    // 6 of 100 are the holders': 60 · 0.94 and 40 · 0.94, from the proposal on.
    let table = Table::of(
        "
        | when      |         holder |         ticket |      depositor |      operator | AVS | fees |         burned |          rest |
        | before    | 60_000_000_000 | 40_000_000_000 | 50_000_000_000 | 4_000_000_000 |   0 |    0 |              0 |             0 |
        | proposed  | 56_400_000_000 | 37_600_000_000 | 50_000_000_000 | 4_000_000_000 |   0 |    0 |              0 | 6_000_000_000 |
        | slashed   | 56_400_000_000 | 37_600_000_000 | 50_000_000_000 |             0 |   0 |    0 | 10_000_000_000 |             0 |
        ",
    );
    let mut court = bonded(4 * ONE, false).await;
    court.shows(&table, "before").await;
    let on = court.propose(0, 10 * ONE).await;
    court.shows(&table, "proposed").await;
    court.execute(&on).await;
    court.shows(&table, "slashed").await;
    let proposal = court.world.proposal(&on).await;
    assert_eq!(
        (proposal.from_bond, proposal.from_stake),
        (4 * ONE, 6 * ONE)
    );
}

#[tokio::test]
async fn what_goes_to_the_wallet_is_what_the_bond_and_the_holders_paid() {
    let table = Table::of(
        "
        | when      |         holder |         ticket |      depositor |      operator |            AVS | fees | burned |          rest |
        | before    | 60_000_000_000 | 40_000_000_000 | 50_000_000_000 | 4_000_000_000 |              0 |    0 |      0 |             0 |
        | proposed  | 56_400_000_000 | 37_600_000_000 | 50_000_000_000 | 4_000_000_000 |              0 |    0 |      0 | 6_000_000_000 |
        | slashed   | 56_400_000_000 | 37_600_000_000 | 50_000_000_000 |             0 | 10_000_000_000 |    0 |      0 |             0 |
        ",
    );
    let mut court = bonded(4 * ONE, true).await;
    court.shows(&table, "before").await;
    let on = court.propose(0, 10 * ONE).await;
    court.shows(&table, "proposed").await;
    court.execute(&on).await;
    court.shows(&table, "slashed").await;
}

#[tokio::test]
async fn a_bond_that_cools_pays_as_well_and_what_is_left_of_it_is_the_operators() {
    // All 15 cool; what is disputed may not be taken out meanwhile, what the slash leaves may.
    let table = Table::of(
        "
        | when      |         holder |         ticket |      depositor |       operator | AVS | fees |         burned | rest |
        | before    | 60_000_000_000 | 40_000_000_000 | 50_000_000_000 | 15_000_000_000 |   0 |    0 |              0 |    0 |
        | slashed   | 60_000_000_000 | 40_000_000_000 | 50_000_000_000 |  5_000_000_000 |   0 |    0 | 10_000_000_000 |    0 |
        | paid      | 60_000_000_000 | 40_000_000_000 | 50_000_000_000 |  5_000_000_000 |   0 |    0 | 10_000_000_000 |    0 |
        ",
    );
    let mut court = bonded(15 * ONE, false).await;
    court.shows(&table, "before").await;
    let (keys, authority) = (court.world.keys, court.operator.authority.insecure_clone());
    let withdraw = |amount| keys.withdraw_bond(&court.operator.key, &authority.pubkey(), amount);
    let (start, pay) = (withdraw(15 * ONE), withdraw(0));
    court.world.send(&[start], &[&authority]).await;
    let cooldown = court.world.lrt().await.params.bond_cooldown_slots;
    court.world.warp(cooldown - 10).await;
    let on = court.propose(0, 10 * ONE).await;
    court.world.warp(9).await;
    court
        .world
        .refuse(pay.clone(), &[&authority], "NothingToDo")
        .await;
    court.execute(&on).await;
    court.shows(&table, "slashed").await;
    court.world.send(&[pay], &[&authority]).await;
    court.shows(&table, "paid").await;
    let wallet = keys.of(&authority.pubkey()).collateral;
    assert_eq!(court.world.balance(&wallet).await, 5 * ONE);
}

//! Where the yield came from: between two readings the rows add up exactly to the change of the rate.

use crate::{Work, DRIP};
use liquid_restaking_sdk::{
    program::state::{InstantExit, YieldReport},
    yields::{AvsPart, YieldBreakdown, YieldError},
};
use liquid_restaking_tests::{terms, Avs, Operator, World, ONE};
use solana_keypair::Keypair;
use solana_signer::Signer;

/// Per share, in parts of 2^64, rounded down.
fn index(amount: u64, supply: u64) -> i128 {
    let index = (u128::from(amount) << 64) / u128::from(supply);
    i128::try_from(index).unwrap()
}

/// The sum of all rows.
fn sum(parts: &YieldBreakdown) -> i128 {
    let avss = parts.avss.iter().map(|avs| avs.rewards + avs.losses);
    avss.sum::<i128>() + parts.unattributed + parts.dripping + parts.timing
}

/// Two AVSs with five tokens of stake each, a holder of ten, a commission and a fee of a tenth each.
struct Two {
    world: World,
    operator: Operator,
    avss: [Avs; 2],
}

impl Two {
    async fn new() -> Self {
        let mut world = World::with(|params| {
            (params.reward_fee_bps, params.instant_fee_bps) = (1_000, 100);
        })
        .await;
        let operator = world.operator_for(1_000).await;
        let avss = [
            world.avs(terms(), 5_000).await,
            world.avs(terms(), 5_000).await,
        ];
        world.holder(10 * ONE).await;
        world.delegate(&operator, 10 * ONE).await;
        for avs in &avss {
            world.opt_in(&operator, avs).await;
            world.stake(&operator, avs, 5 * ONE).await;
        }
        Self {
            world,
            operator,
            avss,
        }
    }

    async fn read(&mut self) -> YieldReport {
        let avss: Vec<_> = self.avss.iter().collect();
        self.world.yield_report(&avss).await
    }

    /// A reward of an AVS, or of a stranger for it.
    async fn earn(&mut self, avs: usize, signed: bool, amount: u64) {
        let avs = &self.avss[avs];
        let payer = match signed {
            true => avs.authority.insecure_clone(),
            false => Keypair::new(),
        };
        self.world
            .pay_rewards(&payer, &self.operator, avs, amount)
            .await;
    }

    async fn supply(&mut self) -> u64 {
        self.world.lrt().await.supply
    }
}

#[tokio::test]
async fn while_nobody_comes_or_goes_every_unit_of_the_rate_has_its_row() {
    let mut two = Two::new().await;
    let first = two.read().await;
    two.earn(0, true, ONE).await; // 0.81 net
    two.earn(1, true, 2 * ONE).await; // 1.62
    two.earn(1, false, ONE / 2).await; // 0.405
    two.world.start_drip(ONE / 10).await; // what was sent straight to the vault
    two.world.warp(50).await;
    let half = two.read().await;
    let rows = YieldBreakdown::between(&first, &half).unwrap();
    let net = [ONE / 100 * 81, ONE / 100 * 162];
    let others = index(ONE / 1_000 * 405, 10 * ONE) + index(ONE / 10, 10 * ONE);
    let paid = ONE / 1_000 * 2_935;
    assert_eq!(sum(&rows), rows.rate);
    assert_eq!(rows.slots, 50);
    assert_eq!(rows.avss[0].rewards, index(net[0], 10 * ONE));
    assert_eq!(rows.avss[1].rewards, index(net[1], 10 * ONE));
    assert_eq!((rows.avss[0].losses, rows.avss[1].losses), (0, 0));
    assert_eq!(rows.unattributed, others);
    assert_eq!(rows.dripping, -index(paid / 2, 10 * ONE));
    let rate = index(10 * ONE + paid / 2, 10 * ONE) - index(10 * ONE, 10 * ONE);
    assert_eq!(rows.rate, rate);
    assert!(rows.timing.abs() < 6, "rounding only: {}", rows.timing);
    // Neither is part of the rate.
    assert_eq!(
        (rows.commissions, rows.reward_fees),
        (ONE / 20 * 7, ONE / 1_000 * 315)
    );

    two.world.warp(50).await;
    let end = two.read().await;
    let rows = YieldBreakdown::between(&half, &end).unwrap();
    let nothing = [0, 1].map(|place| AvsPart {
        place,
        rewards: 0,
        losses: 0,
    });
    assert_eq!(rows.avss, nothing);
    assert_eq!(
        (rows.unattributed, rows.dripping),
        (0, index(paid / 2, 10 * ONE))
    );
    assert_eq!(sum(&rows), rows.rate);
    assert!(rows.timing.abs() < 6, "rounding only: {}", rows.timing);
    let rows = YieldBreakdown::between(&first, &end).unwrap();
    assert_eq!(
        (rows.rate, rows.dripping),
        (index(10 * ONE + paid, 10 * ONE) - (1 << 64), 0)
    );
    assert_eq!(sum(&rows), rows.rate);
    two.world.check_invariants().await;
}

#[tokio::test]
async fn a_slash_is_its_avss_loss_and_a_bond_that_pays_is_none_of_the_holders() {
    let mut two = Two::new().await;
    let first = two.read().await;
    let room = ONE / 2; // a tenth of its stake
    let avs = &two.avss[0];
    two.world.slash(&two.operator, avs, room).await;
    let second = two.read().await;
    let rows = YieldBreakdown::between(&first, &second).unwrap();
    let expected = AvsPart {
        place: 0,
        rewards: 0,
        losses: -index(room, 10 * ONE),
    };
    assert_eq!(rows.avss[0], expected);
    assert_eq!(rows.rate, index(10 * ONE - room, 10 * ONE) - (1 << 64));
    assert_eq!((rows.unattributed, rows.dripping), (0, 0));
    assert!(rows.timing.abs() < 3, "rounding only: {}", rows.timing);
    assert_eq!(sum(&rows), rows.rate);

    two.world.post_bond(&two.operator, ONE / 10).await;
    let avs = &two.avss[1];
    two.world.slash(&two.operator, avs, room).await;
    let third = two.read().await;
    assert_eq!(third.avss[1].losses, room);
    let rows = YieldBreakdown::between(&second, &third).unwrap();
    assert_eq!(rows.avss[1].losses, -index(room - ONE / 10, 10 * ONE));
    assert_eq!(sum(&rows), rows.rate);
    assert!(rows.timing.abs() < 3, "rounding only: {}", rows.timing);
}

#[tokio::test]
async fn holders_come_and_go_and_the_rows_still_add_up() {
    let mut two = Two::new().await;
    let start = two.read().await;
    let mut expected = [[0i128; 2]; 2]; // rewards and losses by AVS
    let mut unattributed = 0;

    two.earn(0, true, ONE).await;
    expected[0][0] += index(ONE / 100 * 81, 10 * ONE);
    let bob = two.world.holder(10 * ONE).await; // at par: nothing has dripped
    assert_eq!(two.supply().await, 20 * ONE);
    two.earn(1, true, 2 * ONE).await;
    expected[1][0] += index(ONE / 100 * 162, 20 * ONE);
    two.world.warp(40).await;

    let carol = two.world.holder(5 * ONE).await;
    let supply = two.supply().await;
    two.earn(1, false, ONE).await;
    unattributed += index(ONE / 100 * 81, supply);
    let middle = two.read().await;

    let avs = &two.avss[0];
    two.world.slash(&two.operator, avs, ONE / 2).await;
    assert_eq!(two.supply().await, supply);
    expected[0][1] -= index(ONE / 2, supply);

    // Bob leaves at once: his fee is income of those who stay.
    let shares = two.world.holds(&bob).await.1;
    let quote = two.world.keys.quote_instant(shares);
    let exit: InstantExit = two.world.ask(quote).await.unwrap();
    let leave = two.world.keys.redeem_instant(&bob.pubkey(), shares, 0);
    two.world.send(&[leave], &[&bob]).await;
    assert_eq!(two.supply().await, supply - shares);
    unattributed += index(exit.fee_assets, supply - shares);
    two.world.start_drip(ONE / 4).await;
    unattributed += index(ONE / 4, supply - shares);
    // Carol asks for half of hers back: her shares count until they are settled.
    let half = two.world.holds(&carol).await.1 / 2;
    two.world.request(&carol, half, 0).await;
    assert_eq!(two.supply().await, supply - shares);
    two.world.warp(DRIP).await;
    let end = two.read().await;

    let whole = YieldBreakdown::between(&start, &end).unwrap();
    for (part, [rewards, losses]) in whole.avss.iter().zip(expected) {
        assert_eq!((part.rewards, part.losses), (rewards, losses));
    }
    assert_eq!(whole.unattributed, unattributed);
    // Everything has dripped; what is left is that shares came and went between payment and drip.
    assert_eq!(whole.dripping, 0);
    assert_eq!(sum(&whole), whole.rate);
    let nav = two.world.lrt().await.pools[0];
    let rate = index(nav.assets + nav.drip.rest, supply - shares) - (1 << 64);
    assert_eq!(whole.rate, rate);
    assert_ne!(whole.timing, 0);

    // And two parts are the whole, row by row.
    let early = YieldBreakdown::between(&start, &middle).unwrap();
    let late = YieldBreakdown::between(&middle, &end).unwrap();
    for parts in [&early, &late] {
        assert_eq!(sum(parts), parts.rate);
    }
    assert_eq!(early.rate + late.rate, whole.rate);
    assert_eq!(early.dripping + late.dripping, whole.dripping);
    assert_eq!(early.timing + late.timing, whole.timing);
    assert_eq!(early.unattributed + late.unattributed, whole.unattributed);
    for place in 0..2 {
        let [a, b] = [early.avss[place], late.avss[place]];
        assert_eq!(a.rewards + b.rewards, whole.avss[place].rewards);
        assert_eq!(a.losses + b.losses, whole.avss[place].losses);
    }
    two.world.check_invariants().await;
}

#[tokio::test]
async fn readings_of_other_avss_or_of_the_same_slot_have_no_difference() {
    let mut work = Work::new().await;
    let first = work.world.yield_report(&[&work.avs]).await;
    let bare = work.world.yield_report(&[]).await;
    assert_eq!(
        YieldBreakdown::between(&first, &first),
        Err(YieldError::NoTimePassed)
    );
    work.world.warp(1).await;
    let second = work.world.yield_report(&[&work.avs]).await;
    assert_eq!(
        YieldBreakdown::between(&bare, &second),
        Err(YieldError::OtherAvss)
    );
    assert_eq!(
        YieldBreakdown::between(&second, &first),
        Err(YieldError::NoTimePassed)
    );
    let nothing = YieldBreakdown::between(&first, &second).unwrap();
    assert_eq!((nothing.rate, nothing.timing, nothing.slots), (0, 0, 1));
}

#[tokio::test]
async fn a_yield_is_scaled_to_a_year_of_what_was_there_at_the_first_reading() {
    let mut work = Work::new().await;
    let first = work.world.yield_report(&[&work.avs]).await;
    work.earn(ONE / 1_000).await; // a ten-thousandth of what there is
    work.world.warp(DRIP).await;
    let second = work.world.yield_report(&[&work.avs]).await;
    let rows = YieldBreakdown::between(&first, &second).unwrap();
    let year = 365.0 * 216_000.0;
    let expected = 0.01 * year / 100.0;
    for part in [rows.rate, rows.avss[0].rewards] {
        let percent = rows.annual_percent(part);
        assert!((percent - expected).abs() < 1e-6, "{percent}");
    }
}

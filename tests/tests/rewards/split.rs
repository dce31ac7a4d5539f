//! Who receives what of a reward, to the unit.

use crate::{Work, DRIP};
use liquid_restaking_sdk::{
    program::{instructions::UpdateOperatorArgs, COMMISSION_DELAY_SLOTS},
    registry, Instruction,
};
use liquid_restaking_tests::{Operator, ONE};
use solana_signer::Signer;

/// `(reward, commission, fee wallet's part of the rest)` in basis points, and `[commission, fee, net]`.
type Case = ((u64, u16, u16), [u64; 3]);

const CASES: [Case; 13] = [
    ((1, 0, 0), [0, 0, 1]),
    ((1, 1, 2_000), [1, 0, 0]),
    ((1, 0, 1), [0, 1, 0]),
    ((2, 1, 1), [1, 1, 0]),
    ((2, 2_000, 0), [1, 0, 1]),
    ((9_999, 1_000, 1_000), [1_000, 900, 8_099]),
    ((9_999, 0, 1), [0, 1, 9_998]),
    ((9_999, 1, 1), [1, 1, 9_997]),
    ((10_000, 1, 0), [1, 0, 9_999]),
    ((10_001, 1, 0), [2, 0, 9_999]),
    (
        ((1 << 63) - 1, 2_000, 2_000),
        [
            1_844_674_407_370_955_162,
            1_475_739_525_896_764_129,
            5_902_958_103_587_056_516,
        ],
    ),
    (
        (1 << 63, 2_000, 2_000),
        [
            1_844_674_407_370_955_162,
            1_475_739_525_896_764_130,
            5_902_958_103_587_056_516,
        ],
    ),
    (
        ((1 << 63) + 1, 2_000, 2_000),
        [
            1_844_674_407_370_955_162,
            1_475_739_525_896_764_130,
            5_902_958_103_587_056_517,
        ],
    ),
];

#[tokio::test]
async fn commission_and_fee_round_up_and_every_last_unit_is_somebodys() {
    for ((amount, commission_bps, fee_bps), [commission, fee, net]) in CASES {
        assert_eq!(commission + fee + net, amount);
        let mut work = Work::taking(commission_bps, fee_bps).await;
        work.earn(amount).await;
        let pool = work.world.pool().await;
        assert_eq!((pool.operators_owed, pool.fees_owed), (commission, fee));
        assert_eq!((pool.commissions, pool.reward_fees), (commission, fee));
        let delegation = work.world.delegation(&work.operator).await;
        assert_eq!((delegation.owed, delegation.rewards), (commission, net));
        assert_eq!(work.world.pool_avs(&work.avs).await.rewards, net);
        assert_eq!(work.world.drip_rest().await, net);
        assert_eq!(work.world.check_invariants().await.surplus, 0);

        // The operator's and the fee wallet's can be had at once, the holders' drips.
        let (keys, wallet) = (work.world.keys, work.world.fee_wallet.insecure_clone());
        let (payer, owner) = (&work.avs.authority, &work.operator.authority);
        let before = work.world.holds(owner).await.0;
        if commission > 0 {
            let collect =
                keys.collect_commission(&work.operator.key, &owner.pubkey(), &payer.pubkey());
            work.world.send(&[collect], &[payer]).await;
        }
        if fee > 0 {
            let collect = keys.collect_fees(&wallet.pubkey(), &payer.pubkey());
            work.world.send(&[collect], &[payer]).await;
        }
        assert_eq!(work.world.holds(owner).await.0 - before, commission);
        assert_eq!(work.world.holds(&wallet).await, (fee, 0));
        work.world.warp(DRIP).await;
        assert_eq!(work.nav().await, 10 * ONE + net);
        let vault = work.world.keys.vault;
        assert_eq!(work.world.balance(&vault).await, 10 * ONE + net);
        work.world.check_invariants().await;
    }
}

fn commission(operator: &Operator, bps: u16) -> Instruction {
    let args = UpdateOperatorArgs {
        commission_bps: Some(bps),
        ..UpdateOperatorArgs::default()
    };
    registry::update_operator(&operator.key, &operator.authority.pubkey(), args)
}

#[tokio::test]
async fn a_higher_commission_is_taken_from_the_slot_in_which_its_delay_ends_and_a_lower_one_at_once(
) {
    let mut work = Work::taking(500, 0).await;
    let (raise, cut) = (
        commission(&work.operator, 2_000),
        commission(&work.operator, 100),
    );
    let by = work.operator.authority.insecure_clone();
    let mut owed = 0;
    let steps = [
        (Some(raise.clone()), 0, 50), // of 1,000
        (None, COMMISSION_DELAY_SLOTS - 1, 50),
        (None, 1, 200),
        (Some(cut.clone()), 0, 10),
        (Some(raise), COMMISSION_DELAY_SLOTS / 2, 10),
        (Some(cut), COMMISSION_DELAY_SLOTS, 10), // took the rise back
    ];
    for (change, slots, taken) in steps {
        if let Some(change) = change {
            work.world.send(&[change], &[&by]).await;
        }
        if slots > 0 {
            work.world.warp(slots).await;
        }
        work.earn(1_000).await;
        owed += taken;
        assert_eq!(work.world.delegation(&work.operator).await.owed, owed);
    }
    assert_eq!(work.world.pool().await.operators_owed, owed);
    work.world.check_invariants().await;
}

#[tokio::test]
async fn two_operators_are_owed_their_own_commissions() {
    let mut work = Work::taking(1_000, 0).await;
    let second = work.world.operator_for(2_000).await;
    work.world.opt_in(&second, &work.avs).await;
    work.world.holder(ONE).await;
    work.world.warp(300).await; // until caps count it
    work.world.delegate(&second, ONE).await;
    work.world.allocate(&second, &work.avs, ONE).await;
    work.earn(1_000).await;
    let payer = work.avs.authority.insecure_clone();
    work.world
        .pay_rewards(&payer, &second, &work.avs, 1_000)
        .await;
    for (operator, owed, rewards) in [(&work.operator, 100, 900), (&second, 200, 800)] {
        let delegation = work.world.delegation(operator).await;
        assert_eq!((delegation.owed, delegation.rewards), (owed, rewards));
    }
    assert_eq!(work.world.pool().await.operators_owed, 300);
    assert_eq!(work.world.pool_avs(&work.avs).await.rewards, 1_700);
}

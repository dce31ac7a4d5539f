//! `execute_slash`: when, and who pays.

use crate::court::{event_of, Court, SUPPLY};
use liquid_restaking_sdk::{
    anchor_lang::prelude::Pubkey,
    program::{
        events::SlashExecuted,
        state::{AvsTerms, SlashState, Slashed, Totals},
    },
    Instruction, ProposalKeys,
};
use liquid_restaking_tests::{terms, ONE};
use solana_signer::Signer;

/// The execution, by an AVS that burns.
fn execute(court: &Court, on: &ProposalKeys) -> Instruction {
    court.world.keys.execute_slash(on, &Pubkey::default())
}

/// The execution's event: it must succeed.
async fn executed(court: &mut Court, on: &ProposalKeys) -> SlashExecuted {
    let execute = execute(court, on);
    event_of(&mut court.world, execute, &[]).await
}

#[tokio::test]
async fn a_slash_is_burned_out_of_the_vault_and_lowers_the_rate_in_the_same_call() {
    let mut court = Court::new().await;
    let (start, keys) = (court.start, court.world.keys);
    let on = court.propose(ONE).await;
    court.warp_to(start + 12).await;
    let event = executed(&mut court, &on).await;
    assert_eq!(
        (court.vault().await, court.supply().await),
        (9 * ONE, SUPPLY - ONE)
    );
    let pool = court.world.pool().await;
    assert_eq!((pool.delegated, pool.idle), (9 * ONE, 0));
    assert_eq!(pool.avss[0].allocated, 9 * ONE);
    let (delegation, pool_avs) = (court.delegation().await, court.pool_avs().await);
    assert_eq!((delegation.active, delegation.losses), (9 * ONE, ONE));
    assert_eq!((delegation.disputed, delegation.uncovered), (0, 0));
    assert_eq!((pool_avs.losses, pool_avs.failures), (ONE, 0));
    let allocation = court.allocation().await;
    assert_eq!((allocation.stake, allocation.disputed), (9 * ONE, 0));
    assert_eq!(allocation.proposal_ended_slot, start + 12);
    assert_eq!(allocation.blocked_until, start + 24);
    let bucket = allocation.bucket;
    assert_eq!((bucket.level, bucket.clock), (ONE / 100 * 88, start + 12));
    let row = court.world.lrt().await.pools[0];
    assert_eq!((row.assets, row.uncovered), (9 * ONE, 0));
    let proposal = court.proposal(&on).await;
    assert_eq!(proposal.state(), SlashState::Executed);
    assert_eq!((proposal.from_bond, proposal.from_stake), (0, ONE));
    assert_eq!(proposal.ended_slot, start + 12);

    assert_eq!(event.stake_pool, keys.stake_pool);
    assert_eq!((event.operator, event.avs), (on.operator, on.avs));
    assert_eq!(event.proposal, keys.proposal(&on));
    let slashed = Slashed {
        from_bond: 0,
        from_stake: ONE,
        short: 0,
    };
    assert_eq!(
        (event.slashed, event.destination),
        (slashed, Pubkey::default())
    );
    let totals = |nav| Totals {
        supply: 10 * ONE,
        nav,
    };
    assert_eq!(
        (event.before, event.after),
        (totals(10 * ONE), totals(9 * ONE))
    );
    court.world.check_invariants().await;
}

#[tokio::test]
async fn it_may_be_executed_from_the_end_of_the_veto_window_to_the_end_of_its_own() {
    let mut court = Court::new().await;
    let (start, on) = (court.start, court.propose(ONE).await);
    let execute = execute(&court, &on);
    for (slot, refusal) in [
        (start, Some("VetoWindowRunning")),
        (start + 9, Some("VetoWindowRunning")),
        (start + 10, None),
        (start + 29, None),
        (start + 30, Some("ExecutionWindowOver")),
        (start + 31, Some("ExecutionWindowOver")),
    ] {
        court.warp_to(slot).await;
        let world = &mut court.world;
        match refusal {
            Some(error) => world.refuse(execute.clone(), &[], error).await,
            None => assert_eq!(world.simulate(&execute, &[]).await, Ok(())),
        }
    }
}

#[tokio::test]
async fn what_has_ended_is_not_executed() {
    for end in [
        SlashState::Vetoed,
        SlashState::Executed,
        SlashState::Expired,
    ] {
        let mut court = Court::new().await;
        let (start, on) = (court.start, court.propose(ONE).await);
        match end {
            SlashState::Vetoed => court.veto(&on).await,
            SlashState::Executed => {
                court.warp_to(start + 10).await;
                court.world.execute_slash(&on).await;
            }
            _ => {
                court.warp_to(start + 30).await;
                let expire = court.world.keys.expire_slash(&on);
                court.world.send(&[expire], &[]).await;
            }
        }
        let vault = court.vault().await;
        for slot in [start + 10, start + 30] {
            if slot >= court.world.slot().await {
                court.warp_to(slot).await;
                let again = execute(&court, &on);
                court.world.refuse(again, &[], "ProposalEnded").await;
            }
        }
        assert_eq!(court.vault().await, vault);
    }
}

#[tokio::test]
async fn the_operators_bond_pays_first_what_cools_of_it_too() {
    for (bond, cooling, from_bond, cools) in [
        (ONE / 4, 0, ONE / 4, 0),
        (ONE / 4, ONE / 5, ONE / 4, 0),
        (ONE, 0, ONE, 0),
        (2 * ONE, ONE / 2, ONE, ONE / 2),
        (2 * ONE, 3 * ONE / 2, ONE, ONE),
    ] {
        let mut court = Court::new().await;
        court.world.post_bond(&court.operator, bond).await;
        if cooling > 0 {
            let by = court.operator.authority.insecure_clone();
            let keys = court.world.keys;
            let cool = keys.withdraw_bond(&court.operator.key, &by.pubkey(), cooling);
            court.world.send(&[cool], &[&by]).await;
        }
        assert_eq!(court.vault().await, 10 * ONE + bond);
        let on = court.propose(ONE).await;
        court.world.warp(10).await;
        let event = executed(&mut court, &on).await;
        let from_stake = ONE - from_bond;
        let slashed = Slashed {
            from_bond,
            from_stake,
            short: 0,
        };
        assert_eq!(event.slashed, slashed);
        assert_eq!(event.after.nav, 10 * ONE - from_stake);
        let delegation = court.delegation().await;
        assert_eq!(
            (delegation.bond, delegation.bond_cooling),
            (bond - from_bond, cools)
        );
        assert_eq!(
            (delegation.active, delegation.losses),
            (10 * ONE - from_stake, ONE)
        );
        let pool = court.world.pool().await;
        assert_eq!(
            (pool.bonds, pool.delegated),
            (bond - from_bond, 10 * ONE - from_stake)
        );
        assert_eq!(court.parts().await, (10 * ONE - from_stake, 0));
        let proposal = court.proposal(&on).await;
        assert_eq!(
            (proposal.from_bond, proposal.from_stake),
            (from_bond, from_stake)
        );
        assert_eq!(court.vault().await, 9 * ONE + bond);
        assert_eq!(court.supply().await, SUPPLY - ONE);
        court.world.check_invariants().await;
    }
}

#[tokio::test]
async fn the_bond_pays_for_whichever_proposal_is_executed_first() {
    let (mut court, others) = Court::shared(terms(), 1).await;
    court.world.post_bond(&court.operator, ONE).await;
    let first = court.propose(ONE).await;
    let second = court
        .world
        .propose_slash(&court.operator, &others[0], ONE)
        .await;
    assert_eq!(court.uncovered().await, ONE);
    court.world.warp(10).await;
    let event = executed(&mut court, &second).await;
    assert_eq!(
        (event.slashed.from_bond, event.slashed.from_stake),
        (ONE, 0)
    );
    assert_eq!(court.uncovered().await, ONE);
    let event = executed(&mut court, &first).await;
    assert_eq!(
        (event.slashed.from_bond, event.slashed.from_stake),
        (0, ONE)
    );
    assert_eq!((court.uncovered().await, court.vault().await), (0, 9 * ONE));
}

#[tokio::test]
async fn what_cools_pays_before_stake_and_the_soonest_first() {
    let mut court = Court::new().await;
    let soonest = court.deallocate(3 * ONE / 10).await;
    court.world.warp(20).await;
    let later = court.deallocate(ONE / 2).await;
    assert!(soonest < later);
    let entries = |court: &liquid_restaking_sdk::program::state::Allocation| {
        let mut entries: Vec<_> = court.coolings.iter().filter(|e| e.amount > 0).collect();
        entries.sort_by_key(|entry| entry.release_slot);
        entries
            .iter()
            .map(|e| (e.amount, e.release_slot))
            .collect::<Vec<_>>()
    };
    for (amount, left, stake) in [
        (
            ONE / 10,
            vec![(ONE / 5, soonest), (ONE / 2, later)],
            92 * ONE / 10,
        ),
        (3 * ONE / 10, vec![(4 * ONE / 10, later)], 92 * ONE / 10),
    ] {
        court.world.slash(&court.operator, &court.avs, amount).await;
        let allocation = court.allocation().await;
        assert_eq!(entries(&allocation), left);
        assert_eq!(allocation.stake, stake);
        let row = court.delegation().await.allocations[0];
        assert_eq!(
            (row.total, row.all()),
            (stake, stake + left.iter().map(|e| e.0).sum::<u64>())
        );
        court.world.warp(10).await; // as long as it was open
    }
    court
        .world
        .slash(&court.operator, &court.avs, ONE / 2)
        .await;
    let allocation = court.allocation().await;
    assert_eq!(
        (entries(&allocation), allocation.stake),
        (vec![], 91 * ONE / 10)
    );
    assert_eq!(court.world.pool().await.avss[0].allocated, 91 * ONE / 10);
    court.world.check_invariants().await;
}

#[tokio::test]
async fn what_has_cooled_and_is_held_for_the_proposal_pays_and_the_rest_is_free() {
    let mut court = Court::new().await;
    let release = court.deallocate(10 * ONE).await;
    court.warp_to(release - 1).await;
    let on = court.propose(ONE).await;
    court.warp_to(release + 9).await;
    // Nobody has released anything: the execution does.
    executed(&mut court, &on).await;
    assert_eq!(court.parts().await, (0, 0));
    assert_eq!(court.delegation().await.active, 9 * ONE);
    court.world.undelegate(&court.operator, 9 * ONE).await;
    assert_eq!(court.world.pool().await.idle, 9 * ONE);
    court.world.check_invariants().await;
}

#[tokio::test]
async fn whoever_executes_last_gets_what_is_left_and_the_proposal_says_what_was_short() {
    let half = AvsTerms {
        slash_cap_bps: 5_000,
        ..terms()
    };
    let (mut court, others) = Court::shared(half, 3).await;
    let mut proposals = vec![court.propose(5 * ONE).await];
    for avs in &others {
        let on = court
            .world
            .propose_slash(&court.operator, avs, 3 * ONE)
            .await;
        proposals.push(on);
    }
    assert_eq!(court.uncovered().await, 10 * ONE); // of 14: no more than there is
    court.world.warp(10).await;
    let mut vault = 10 * ONE;
    for (on, (from_stake, short)) in proposals.iter().zip([(5, 0), (3, 0), (2, 1), (0, 3)]) {
        let event = executed(&mut court, on).await;
        let slashed = Slashed {
            from_bond: 0,
            from_stake: from_stake * ONE,
            short: short * ONE,
        };
        assert_eq!(
            (event.slashed, event.destination),
            (slashed, Pubkey::default())
        );
        vault -= from_stake * ONE;
        assert_eq!((event.after.nav, court.vault().await), (vault, vault));
        assert_eq!(court.proposal(on).await.from_stake, from_stake * ONE);
    }
    let delegation = court.delegation().await;
    assert_eq!((delegation.active, delegation.disputed), (0, 0));
    assert_eq!((delegation.losses, court.uncovered().await), (10 * ONE, 0));
    assert_eq!(court.supply().await, SUPPLY - 10 * ONE);
    court.world.check_invariants().await;
}

#[tokio::test]
async fn it_runs_within_its_ceiling() {
    let mut court = Court::new().await;
    court.world.post_bond(&court.operator, ONE / 2).await;
    court.deallocate(ONE / 10).await;
    let on = court.propose(ONE).await;
    court.world.warp(10).await;
    let limit = Instruction {
        program_id: Pubkey::from_str_const("ComputeBudget111111111111111111111111111111"),
        accounts: Vec::new(),
        data: [&[2][..], &11_000u32.to_le_bytes()].concat(),
    };
    let execute = execute(&court, &on);
    let units = court.world.send(&[limit, execute], &[]).await;
    assert!(units <= 11_000, "{units}");
}

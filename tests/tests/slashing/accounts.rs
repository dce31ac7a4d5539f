//! No account stands in for another: each position of each instruction about a proposal.

use crate::court::{accept, with_account, Court};
use liquid_restaking_sdk::{
    anchor_lang::prelude::Pubkey, Instruction, PoolKeys, ProposalKeys, TOKEN_2022_PROGRAM_ID,
    TOKEN_PROGRAM_ID,
};
use liquid_restaking_tests::{params, terms, Avs, Operator, World, ONE};
use solana_keypair::Keypair;
use solana_signer::Signer;

/// A proposal, and everything that resembles a part of it: another operator, another AVS, another LRT, each with a
/// proposal of its own.
struct Crowd {
    court: Court,
    wallet: Pubkey,
    on: ProposalKeys,
    operator: Operator,
    of_operator: ProposalKeys,
    avs: Avs,
    of_avs: ProposalKeys,
    abroad: PoolKeys,
    of_abroad: ProposalKeys,
}

impl Crowd {
    async fn new() -> Self {
        let mut world = World::with(|params| params.leverage_bps = 50_000).await;
        let abroad = world.create_lrt(params()).await;
        let avs = accept(&mut world, terms(), Pubkey::default()).await;
        let wallet = Keypair::new().pubkey();
        let mut court = Court::over(world, terms(), wallet).await;
        let keys = court.world.keys;
        court.world.open_accounts(&keys, &wallet, 0);
        let operator = court.second_operator().await;
        court.world.opt_in(&court.operator, &avs).await;
        court.world.stake(&court.operator, &avs, 10 * ONE).await;

        // The same operator and the same AVS in another LRT.
        let admin = court.world.admin.insecure_clone();
        let by = admin.pubkey();
        let decisions = [
            abroad.set_operator_cap(&by, &court.operator.key, u64::MAX),
            abroad.propose_avs(&by, &court.avs.key, 10_000),
        ];
        court.world.send(&decisions, &[&admin]).await;
        court.world.keys = abroad;
        court.world.holder(10 * ONE).await;
        court.world.delegate(&court.operator, 10 * ONE).await;
        court
            .world
            .stake(&court.operator, &court.avs, 10 * ONE)
            .await;
        let of_abroad = court.propose(ONE).await;
        court.world.keys = keys;
        court.start = court.world.slot().await;

        let on = court.propose(ONE).await;
        let of_operator = court.world.propose_slash(&operator, &court.avs, ONE).await;
        let of_avs = court.world.propose_slash(&court.operator, &avs, ONE).await;
        Self {
            court,
            wallet,
            on,
            operator,
            of_operator,
            avs,
            of_avs,
            abroad,
            of_abroad,
        }
    }

    fn keys(&self) -> PoolKeys {
        self.court.world.keys
    }

    /// What is refused in the place of LRT, pool, delegation, allocation and acceptance.
    fn ledger(&self) -> Vec<(usize, Pubkey, &'static str)> {
        let (keys, abroad, nobody) = (self.keys(), self.abroad, Pubkey::new_unique());
        let (operator, avs) = (&self.on.operator, &self.on.avs);
        let mut substitutes = vec![
            (0, abroad.lrt, "WrongLrt"),
            (0, keys.stake_pool, "AccountDiscriminatorMismatch"),
            (1, abroad.stake_pool, "WrongLrt"),
            (2, keys.delegation(&self.operator.key), "WrongDelegation"),
            (2, abroad.delegation(operator), "WrongStakePool"),
            (
                3,
                keys.allocation(&self.operator.key, avs),
                "WrongDelegation",
            ),
            (3, abroad.allocation(operator, avs), "WrongDelegation"),
            (4, abroad.pool_avs(avs), "WrongStakePool"),
        ];
        for position in 1..5 {
            substitutes.push((position, keys.lrt, "AccountDiscriminatorMismatch"));
            substitutes.push((position, nobody, "AccountOwnedByWrongProgram"));
        }
        substitutes
    }

    /// That, and what is refused in the place of the proposal.
    fn disputed(&self) -> Vec<(usize, Pubkey, &'static str)> {
        let (keys, nobody) = (self.keys(), Pubkey::new_unique());
        let mut substitutes = self.ledger();
        substitutes.extend([
            (
                3,
                keys.allocation(&self.on.operator, &self.avs.key),
                "WrongAllocation",
            ),
            (4, keys.pool_avs(&self.avs.key), "WrongPoolAvs"),
            (5, keys.proposal(&self.of_operator), "WrongAllocation"),
            (5, keys.proposal(&self.of_avs), "WrongAllocation"),
            (5, self.abroad.proposal(&self.of_abroad), "WrongAllocation"),
            (5, keys.lrt, "AccountDiscriminatorMismatch"),
            (5, nobody, "AccountOwnedByWrongProgram"),
        ]);
        substitutes
    }

    /// Refused with each of the substitutes and without each privilege, then accepted.
    async fn check(
        &mut self,
        instruction: &Instruction,
        signers: &[&Keypair],
        substitutes: &[(usize, Pubkey, &'static str)],
    ) {
        let world = &mut self.court.world;
        world
            .refuse_substitutes(instruction, signers, substitutes)
            .await;
        world.refuse_unprivileged(instruction, signers).await;
        world.send(std::slice::from_ref(instruction), signers).await;
        world.check_invariants().await;
    }
}

#[tokio::test]
async fn of_a_proposal() {
    let mut crowd = Crowd::new().await;
    crowd.court.veto(&crowd.on).await;
    crowd.court.world.warp(40).await;
    let (keys, nobody) = (crowd.keys(), Pubkey::new_unique());
    let (propose, on) = crowd.court.instruction(ONE).await;
    let slasher = crowd.court.avs.slasher.insecure_clone();
    let payer = crowd.court.world.user(0);
    let propose = with_account(propose, 7, &payer.pubkey());
    let mut substitutes = crowd.ledger();
    substitutes.extend([
        (3, keys.allocation(&on.operator, &crowd.avs.key), "WrongAvs"),
        (4, keys.pool_avs(&crowd.avs.key), "WrongAvs"),
        (5, keys.proposal(&crowd.on), "WrongAddress"),
        (5, keys.proposal(&crowd.of_avs), "WrongAddress"),
        (5, nobody, "WrongAddress"),
        (8, TOKEN_PROGRAM_ID, "InvalidProgramId"),
        (9, nobody, "ConstraintAddress"),
    ]);
    crowd
        .check(&propose, &[&slasher, &payer], &substitutes)
        .await;
}

#[tokio::test]
async fn of_a_veto() {
    let mut crowd = Crowd::new().await;
    let resolver = crowd.court.avs.resolver.insecure_clone();
    let veto = crowd.keys().veto_slash(&resolver.pubkey(), &crowd.on);
    let mut substitutes = crowd.disputed();
    substitutes.push((7, Pubkey::new_unique(), "ConstraintAddress"));
    crowd.check(&veto, &[&resolver], &substitutes).await;
}

#[tokio::test]
async fn of_an_expiry() {
    let mut crowd = Crowd::new().await;
    crowd.court.world.warp(30).await;
    let expire = crowd.keys().expire_slash(&crowd.on);
    let mut substitutes = crowd.disputed();
    substitutes.push((6, Pubkey::new_unique(), "ConstraintAddress"));
    crowd.check(&expire, &[], &substitutes).await;
}

#[tokio::test]
async fn of_an_execution() {
    let mut crowd = Crowd::new().await;
    crowd.court.world.warp(10).await;
    let (keys, abroad, nobody) = (crowd.keys(), crowd.abroad, Pubkey::new_unique());
    let own = Pubkey::new_unique();
    let mint = keys.collateral_mint;
    crowd
        .court
        .world
        .create_token_account(&own, &mint, &keys.stake_pool, 10 * ONE);
    let execute = keys.execute_slash(&crowd.on, &crowd.wallet);
    let mut substitutes = crowd.disputed();
    substitutes.extend([
        (6, abroad.vault, "WrongVault"),
        (6, own, "WrongVault"),
        (6, nobody, "WrongVault"),
        (7, abroad.collateral_mint, "WrongCollateralMint"),
        (7, keys.lrt_mint, "WrongCollateralMint"),
        (8, abroad.of(&crowd.wallet).collateral, "WrongDestination"),
        (8, own, "WrongDestination"),
        (8, nobody, "WrongDestination"),
        (10, TOKEN_2022_PROGRAM_ID, "WrongTokenProgram"),
        (10, nobody, "WrongTokenProgram"),
        (11, nobody, "ConstraintAddress"),
    ]);
    crowd.check(&execute, &[], &substitutes).await;
    let wallet = keys.of(&crowd.wallet).collateral;
    assert_eq!(crowd.court.world.balance(&wallet).await, ONE);
    // The others are as they were.
    for on in [crowd.of_operator, crowd.of_avs] {
        assert_eq!(crowd.court.proposal(&on).await.ended_slot, 0);
    }
}

#[tokio::test]
async fn a_whole_set_of_anothers_accounts_does_not_reach_this_pools_vault() {
    let mut crowd = Crowd::new().await;
    crowd.court.world.warp(10).await;
    let (keys, abroad) = (crowd.keys(), crowd.abroad);
    let mut execute = abroad.execute_slash(&crowd.of_abroad, &crowd.wallet);
    let (ours, theirs) = (keys.vault, abroad.vault);
    for meta in &mut execute.accounts {
        if meta.pubkey == theirs {
            meta.pubkey = ours;
        }
    }
    crowd.court.world.refuse(execute, &[], "WrongVault").await;
}

use liquid_restaking_sdk::{
    address,
    anchor_lang::{prelude::Pubkey, system_program},
    program::{
        instructions::CreateLrtArgs,
        state::{FixedParams, Lrt, Params, Role},
        ID,
    },
    Instruction, PoolKeys, TOKEN_2022_PROGRAM_ID, TOKEN_PROGRAM_ID,
};
use liquid_restaking_tests::{fixed, params, World, ONE};
use solana_keypair::Keypair;
use solana_signer::Signer;

/// An LRT that is to be created, by an admin and a payer that are not the same.
struct Creation {
    keys: PoolKeys,
    mint: Keypair,
    admin: Keypair,
    payer: Keypair,
    args: CreateLrtArgs,
}

impl Creation {
    fn new(world: &mut World) -> Self {
        let mint = Keypair::new();
        let payer = Keypair::new();
        world.fund(&payer.pubkey());
        Self {
            keys: PoolKeys::derive(mint.pubkey(), Pubkey::default(), TOKEN_PROGRAM_ID),
            mint,
            admin: world.admin.insecure_clone(),
            payer,
            args: CreateLrtArgs {
                manager: world.manager.pubkey(),
                guardian: world.guardian.pubkey(),
                fixed: fixed(),
                params: params(),
            },
        }
    }

    fn instruction(&self) -> Instruction {
        self.keys
            .create_lrt(&self.admin.pubkey(), &self.payer.pubkey(), self.args)
    }

    fn signers(&self) -> [&Keypair; 3] {
        [&self.mint, &self.admin, &self.payer]
    }
}

#[tokio::test]
async fn a_new_lrt_has_what_was_asked_for_and_a_mint_that_only_it_can_mint() {
    let mut world = World::bare().await;
    let new = Creation::new(&mut world);
    world.send(&[new.instruction()], &new.signers()).await;
    let lrt: Lrt = world.state(&new.keys.lrt).await.expect("it is there");
    assert_eq!(lrt.mint, new.mint.pubkey());
    assert_eq!(lrt.admin, Role::held_by(new.admin.pubkey()));
    assert_eq!(lrt.manager, Role::held_by(new.args.manager));
    assert_eq!(lrt.guardian, Role::held_by(new.args.guardian));
    assert_eq!(lrt.rent_payer, new.payer.pubkey());
    assert_eq!((lrt.fixed, lrt.params), (fixed(), params()));
    assert_eq!((lrt.supply, lrt.fee_shares, lrt.pool_count), (0, 0, 0));

    let mint = world.account(&lrt.mint).await.expect("it is there");
    assert_eq!((mint.owner, mint.data.len()), (TOKEN_PROGRAM_ID, 82));
    assert_eq!(mint.data[0..4], [1, 0, 0, 0]);
    assert_eq!(mint.data[4..36], new.keys.lrt.to_bytes());
    assert_eq!(mint.data[36..44], [0; 8]);
    assert_eq!(mint.data[44..46], [9, 1]);
    assert_eq!(mint.data[46..50], [0; 4], "a freeze authority");
}

#[tokio::test]
async fn an_lrt_is_created_once() {
    let mut world = World::bare().await;
    let new = Creation::new(&mut world);
    world.send(&[new.instruction()], &new.signers()).await;
    world
        .refuse(new.instruction(), &new.signers(), "AlreadyInUse")
        .await;
    // Nor with a mint that somebody else has made, be he its authority.
    let taken = Creation::new(&mut world);
    let issuer = world.issuer.pubkey();
    world.create_mint(&taken.mint.pubkey(), &issuer);
    world
        .refuse(taken.instruction(), &taken.signers(), "AlreadyInUse")
        .await;
}

#[tokio::test]
async fn lamports_sent_to_its_addresses_before_are_no_hindrance() {
    let mut world = World::bare().await;
    for lamports in [1, 100 * ONE] {
        let new = Creation::new(&mut world);
        for key in [new.keys.lrt, new.mint.pubkey()] {
            world.set_raw(&key, system_program::ID, Vec::new(), lamports);
        }
        world.send(&[new.instruction()], &new.signers()).await;
        let account = world.account(&new.keys.lrt).await.expect("it is there");
        assert_eq!(account.owner, ID);
        assert!(account.lamports >= lamports);
    }
}

#[tokio::test]
async fn what_is_fixed_keeps_to_its_bounds() {
    let mut world = World::bare().await;
    type Change = fn(&mut FixedParams);
    let outside: [(Change, &str); 8] = [
        (|f| f.decimals = 5, "DecimalsOutOfBounds"),
        (|f| f.decimals = 19, "DecimalsOutOfBounds"),
        (|f| f.epoch_length = 0, "EpochLengthOutOfBounds"),
        (|f| f.epoch_length = 2_160_001, "EpochLengthOutOfBounds"),
        (|f| f.epoch_length = u64::MAX, "EpochLengthOutOfBounds"),
        (|f| f.max_exit_delay = 6, "MaxExitDelayOutOfBounds"),
        (|f| f.max_exit_delay = 6_480_001, "MaxExitDelayOutOfBounds"),
        (|f| f.max_exit_delay = u64::MAX, "MaxExitDelayOutOfBounds"),
    ];
    for (change, error) in outside {
        let mut new = Creation::new(&mut world);
        change(&mut new.args.fixed);
        world.refuse(new.instruction(), &new.signers(), error).await;
    }
    let inside: [Change; 2] = [
        |f| (f.decimals, f.epoch_length, f.max_exit_delay) = (6, 1, 7),
        |f| (f.decimals, f.epoch_length, f.max_exit_delay) = (12, 2_160_000, 6_480_000),
    ];
    for change in inside {
        let mut new = Creation::new(&mut world);
        change(&mut new.args.fixed);
        new.args.fixed.padding = [7; 7];
        new.args.params.timelock_slots = 100_000_000;
        new.args.params.bond_cooldown_slots = 19_440_000;
        new.args.params.grace_slots = 0;
        new.args.params.warmup_slots = 7;
        world.send(&[new.instruction()], &new.signers()).await;
        let lrt: Lrt = world.state(&new.keys.lrt).await.expect("it is there");
        assert_eq!(lrt.fixed.padding, [0; 7]);
    }
}

/// Each parameter just outside its bounds, and far outside: with the error that says so.
pub type ParamsChange = fn(&mut Params);
pub const OUTSIDE: [(ParamsChange, &str); 25] = [
    (|p| p.cooldown_epochs = 0, "CooldownOutOfBounds"),
    (|p| p.cooldown_epochs = 31, "CooldownOutOfBounds"),
    (|p| p.cooldown_epochs = u64::MAX, "CooldownOutOfBounds"),
    (|p| p.grace_slots = 201, "GraceOutOfBounds"),
    (|p| p.grace_slots = u64::MAX, "GraceOutOfBounds"),
    (|p| p.timelock_slots = 0, "TimelockTooShort"),
    (|p| p.timelock_slots = 1_042, "TimelockTooShort"),
    (|p| p.cooldown_epochs = 3, "TimelockTooShort"),
    (|p| p.warmup_slots = 301, "WarmupOutOfBounds"),
    (|p| p.warmup_slots = u64::MAX, "WarmupOutOfBounds"),
    (|p| p.drip_slots = 6_480_001, "DripOutOfBounds"),
    (|p| p.bond_cooldown_slots = 442, "BondCooldownOutOfBounds"),
    (
        |p| p.bond_cooldown_slots = 19_440_001,
        "BondCooldownOutOfBounds",
    ),
    (|p| p.min_settle = ONE + 1, "MinSettleOutOfBounds"),
    (|p| p.timelock_slots = 216_000_001, "TimelockTooLong"),
    (|p| p.leverage_bps = 50_001, "LeverageOutOfBounds"),
    (
        |p| p.dispute_tolerance_bps = 51,
        "DisputeToleranceOutOfBounds",
    ),
    (|p| p.instant_limit_bps = 10_001, "InstantLimitOutOfBounds"),
    (
        |p| p.instant_limit_bps = u16::MAX,
        "InstantLimitOutOfBounds",
    ),
    (|p| p.deposit_fee_bps = 101, "FeeOutOfBounds"),
    (|p| p.withdrawal_fee_bps = 101, "FeeOutOfBounds"),
    (|p| p.instant_fee_bps = 501, "FeeOutOfBounds"),
    (|p| p.reward_fee_bps = 2_001, "FeeOutOfBounds"),
    (|p| p.reward_fee_bps = u16::MAX, "FeeOutOfBounds"),
    (|p| p.deposit_fee_bps = u16::MAX, "FeeOutOfBounds"),
];

/// Every parameter at its upper bound.
pub fn largest(params: &mut Params) {
    *params = Params {
        fee_wallet: params.fee_wallet,
        cooldown_epochs: 30,
        timelock_slots: 216_000_000,
        grace_slots: 3_000,
        warmup_slots: 300,
        drip_slots: 6_480_000,
        bond_cooldown_slots: 19_440_000,
        min_settle: ONE,
        min_reward: u64::MAX,
        min_slash: u64::MAX,
        leverage_bps: 50_000,
        bond_multiple: u16::MAX,
        dispute_tolerance_bps: 50,
        instant_limit_bps: 10_000,
        deposit_fee_bps: 100,
        withdrawal_fee_bps: 100,
        instant_fee_bps: 500,
        reward_fee_bps: 2_000,
    };
}

#[tokio::test]
async fn every_parameter_keeps_to_its_bounds() {
    let mut world = World::bare().await;
    for (change, error) in OUTSIDE {
        let mut new = Creation::new(&mut world);
        change(&mut new.args.params);
        world.refuse(new.instruction(), &new.signers(), error).await;
    }
    let mut new = Creation::new(&mut world);
    largest(&mut new.args.params);
    world.send(&[new.instruction()], &new.signers()).await;
}

#[tokio::test]
async fn every_account_is_checked_and_all_three_must_sign() {
    let mut world = World::bare().await;
    let new = Creation::new(&mut world);
    let create = new.instruction();
    let nobody = Pubkey::new_unique();
    for position in [1, 2, 3] {
        let mut unsigned = create.clone();
        unsigned.accounts[position].is_signer = false;
        let others: Vec<_> = (1..4)
            .zip(new.signers())
            .filter(|(signs, _)| *signs != position)
            .map(|(_, signer)| signer)
            .collect();
        world.refuse(unsigned, &others, "AccountNotSigner").await;
    }
    world
        .refuse_substitutes(
            &create,
            &new.signers(),
            &[
                (0, address::lrt(&nobody), "WrongAddress"),
                (0, nobody, "WrongAddress"),
                (4, TOKEN_2022_PROGRAM_ID, "WrongTokenProgram"),
                (4, nobody, "WrongTokenProgram"),
                (5, TOKEN_PROGRAM_ID, "InvalidProgramId"),
                (6, nobody, "ConstraintAddress"),
            ],
        )
        .await;
    // Another key signs as the mint: the LRT's address is not that of its seeds.
    let another = Keypair::new();
    let mut swapped = create.clone();
    swapped.accounts[1].pubkey = another.pubkey();
    world
        .refuse(swapped, &[&another, &new.admin, &new.payer], "WrongAddress")
        .await;
    // A payer without lamports.
    let poor = Keypair::new();
    let mut unpaid = create.clone();
    unpaid.accounts[3].pubkey = poor.pubkey();
    world
        .refuse(
            unpaid,
            &[&new.mint, &new.admin, &poor],
            "ResultWithNegativeLamports",
        )
        .await;
    world.send(&[create], &new.signers()).await;
}

//! A world for the tests: one LRT with one pool on solana-program-test, running the built program.
//!
//! A test shows only what differs: `World::new()` has no fees, a cooldown of two epochs of 100 slots, and starts in the
//! first slot of epoch 1,000.

mod accounts;
mod every_instruction;
mod mint_2022;
mod restaking;
mod rewards;
mod slashing;

pub use every_instruction::Possible;
pub use mint_2022::{mint_2022, REFUSED_EXTENSIONS};
pub use restaking::{terms, Avs, Operator};

use liquid_restaking_sdk::{
    address,
    anchor_lang::prelude::Pubkey,
    program::{
        instructions::CreateLrtArgs,
        state::{FixedParams, InvariantReport, Params},
        ID,
    },
    Instruction, PoolKeys, TicketKeys, TOKEN_PROGRAM_ID,
};
use lrt_cli::program_file;
use solana_keypair::Keypair;
use solana_program_test::{ProgramTest, ProgramTestContext};
use solana_signer::Signer;

mod situations;
mod transactions;

/// Slots of an epoch in these tests.
pub const EPOCH: u64 = 100;
/// The slot a world starts in: the first of epoch 1,000.
pub const START: u64 = 1_000 * EPOCH;
/// One whole token.
pub const ONE: u64 = 1_000_000_000;

/// The mint of wrapped SOL.
pub const NATIVE_MINT: Pubkey =
    Pubkey::from_str_const("So11111111111111111111111111111111111111112");

/// One LRT with one pool, and who runs it.
pub struct World {
    /// The bank.
    pub context: ProgramTestContext,
    /// Addresses.
    pub keys: PoolKeys,
    /// Holds the admin role.
    pub admin: Keypair,
    /// Holds the manager role.
    pub manager: Keypair,
    /// Holds the guardian role.
    pub guardian: Keypair,
    /// Owns the fee accounts.
    pub fee_wallet: Keypair,
    /// Mints collateral.
    pub issuer: Keypair,
    sent: u64,
}

/// Parameters without fees, inside the bounds.
pub fn params() -> Params {
    Params {
        cooldown_epochs: 2,
        timelock_slots: 1_043,
        grace_slots: 200,
        warmup_slots: 10,
        drip_slots: 100,
        bond_cooldown_slots: 443,
        min_settle: 1,
        min_reward: 1,
        min_slash: 1,
        leverage_bps: 10_000,
        dispute_tolerance_bps: 50,
        instant_limit_bps: 10_000,
        ..Params::default()
    }
}

/// What is fixed at creation: epochs of 100 slots, nine decimals.
pub fn fixed() -> FixedParams {
    FixedParams {
        epoch_length: EPOCH,
        max_exit_delay: 300,
        decimals: 9,
        padding: [0; 7],
    }
}

/// The bank with the program, in [`START`].
pub async fn start() -> ProgramTestContext {
    let program = program_file::find(None).expect("the program is built");
    std::env::set_var("SBF_OUT_DIR", program.parent().expect("a folder"));
    if std::env::var_os("RUST_LOG").is_none() {
        std::env::set_var("RUST_LOG", "error"); // else every log line of every program is printed
    }
    let mut test = ProgramTest::new("liquid_restaking", ID, None);
    test.prefer_bpf(true);
    let mut context = test.start_with_context().await;
    context.warp_to_slot(START).expect("the clock moves");
    context
}

impl World {
    /// A world without fees.
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// A world with other parameters.
    pub async fn with(change: impl FnOnce(&mut Params)) -> Self {
        let mut params = params();
        change(&mut params);
        let mut world = Self::bare().await;
        world.keys = world.create_lrt(params).await;
        let (fee_wallet, keys) = (world.fee_wallet.pubkey(), world.keys);
        world.open_accounts(&keys, &fee_wallet, 0);
        world
    }

    /// A world in which no LRT has been created yet.
    pub async fn bare() -> Self {
        Self {
            context: start().await,
            keys: PoolKeys::derive(Pubkey::default(), Pubkey::default(), TOKEN_PROGRAM_ID),
            admin: Keypair::new(),
            manager: Keypair::new(),
            guardian: Keypair::new(),
            fee_wallet: Keypair::new(),
            issuer: Keypair::new(),
            sent: 0,
        }
    }

    /// Creates one more LRT with a collateral and a pool of its own, run by the same people.
    pub async fn create_lrt(&mut self, params: Params) -> PoolKeys {
        let (lrt_mint, collateral) = (Keypair::new(), Pubkey::new_unique());
        self.create_mint(&collateral, &self.issuer.pubkey());
        let keys = PoolKeys::derive(lrt_mint.pubkey(), collateral, TOKEN_PROGRAM_ID);
        let (create, add) = self.creation(&keys, params);
        let admin = self.admin.insecure_clone();
        self.send(&[create, add], &[&admin, &lrt_mint]).await;
        keys
    }

    /// Creates an LRT without a pool, and addresses for one with that collateral: its first pool is still to be added.
    pub async fn create_lrt_for(&mut self, collateral: Pubkey, token_program: Pubkey) -> PoolKeys {
        let lrt_mint = Keypair::new();
        let keys = PoolKeys::derive(lrt_mint.pubkey(), collateral, token_program);
        let (create, _) = self.creation(&keys, params());
        let admin = self.admin.insecure_clone();
        self.send(&[create], &[&admin, &lrt_mint]).await;
        keys
    }

    /// Creates one more LRT, with a holder who has asked to leave in the current epoch (nonce 1).
    pub async fn neighbour(&mut self) -> (PoolKeys, TicketKeys) {
        let other = self.create_lrt(params()).await;
        let own = std::mem::replace(&mut self.keys, other);
        let holder = self.holder(ONE).await;
        let ticket = self.request(&holder, ONE, 1).await;
        self.keys = own;
        (other, ticket)
    }

    /// The instructions that create an LRT and its pool.
    pub fn creation(&mut self, keys: &PoolKeys, params: Params) -> (Instruction, Instruction) {
        let admin = self.admin.pubkey();
        self.fund(&admin);
        let args = CreateLrtArgs {
            manager: self.manager.pubkey(),
            guardian: self.guardian.pubkey(),
            fixed: fixed(),
            params: Params {
                fee_wallet: self.fee_wallet.pubkey(),
                ..params
            },
        };
        (
            keys.create_lrt(&admin, &admin, args),
            keys.add_stake_pool(&admin, &admin, u64::MAX, false),
        )
    }

    // ---- Time ----

    /// The current slot.
    pub async fn slot(&mut self) -> u64 {
        let client = &mut self.context.banks_client;
        let clock: solana_clock::Clock = client.get_sysvar().await.expect("a clock");
        clock.slot
    }

    /// The current epoch of the LRT.
    pub async fn epoch(&mut self) -> u64 {
        self.slot().await / EPOCH
    }

    /// Lets slots pass.
    pub async fn warp(&mut self, slots: u64) {
        let slot = self.slot().await + slots;
        self.context.warp_to_slot(slot).expect("the clock moves");
    }

    /// Lets time pass to the first slot of an epoch.
    pub async fn warp_to_epoch(&mut self, epoch: u64) {
        self.context
            .warp_to_slot(epoch * EPOCH)
            .expect("the clock moves");
    }

    // ---- What most tests begin with ----

    /// A deposit that must succeed.
    pub async fn deposit(&mut self, user: &Keypair, amount: u64) {
        let deposit = self.keys.deposit(&user.pubkey(), amount, 0);
        self.send(&[deposit], &[user]).await;
    }

    /// A user who has deposited all of `amount`.
    pub async fn holder(&mut self, amount: u64) -> Keypair {
        let user = self.user(amount);
        self.deposit(&user, amount).await;
        user
    }

    /// The request that `user` would make now.
    pub async fn request_instruction(
        &mut self,
        user: &Pubkey,
        shares: u64,
        nonce: u64,
    ) -> Instruction {
        let (pool, epoch) = (self.pool().await, self.epoch().await);
        let tail = (pool.queue_length > 0).then_some(pool.tail_epoch);
        self.keys.request_withdraw(user, shares, nonce, epoch, tail)
    }

    /// A request that must succeed.
    pub async fn request(&mut self, user: &Keypair, shares: u64, nonce: u64) -> TicketKeys {
        let request = self
            .request_instruction(&user.pubkey(), shares, nonce)
            .await;
        self.send(&[request], &[user]).await;
        TicketKeys {
            ticket: address::ticket(&self.keys.stake_pool, &user.pubkey(), nonce).0,
            owner: user.pubkey(),
            batch_epoch: self.epoch().await,
            rent_payer: user.pubkey(),
        }
    }

    /// Settles the head batch; must succeed.
    pub async fn settle(&mut self) {
        let head = self.pool().await.head_epoch;
        let settle = self.keys.settle(head);
        self.send(&[settle], &[]).await;
    }

    /// A claim by the owner; must succeed.
    pub async fn claim(&mut self, ticket: &TicketKeys, owner: &Keypair) {
        let claim = self.keys.claim(ticket, &owner.pubkey());
        self.send(&[claim], &[owner]).await;
    }

    /// Asks the program to check its invariants; they must hold.
    pub async fn check_invariants(&mut self) -> InvariantReport {
        let check = self.keys.check_invariants();
        self.ask(check).await.expect("invariants hold")
    }
}

//! A world for the tests: one LRT with one pool on solana-program-test, running the built program.
//!
//! A test shows only what differs: `World::new()` has no fees, a cooldown of two epochs of 100 slots, and starts in the
//! first slot of epoch 1,000.

mod every_instruction;

pub use every_instruction::Possible;

use liquid_restaking_sdk::{
    address,
    anchor_lang::{
        prelude::{AnchorDeserialize, Pubkey},
        Discriminator, ZeroCopy,
    },
    bytes_of, decode_return,
    program::{
        instructions::CreateLrtArgs,
        state::{
            FixedParams, InvariantReport, Lrt, Params, StakePool, WithdrawBatch, WithdrawTicket,
        },
        ID,
    },
    read_account, token_balance, Instruction, PoolKeys, TicketKeys, TOKEN_PROGRAM_ID,
};
use lrt_cli::{program_file, vm::name_of};
use solana_account::{Account, AccountSharedData};
use solana_keypair::Keypair;
use solana_program_test::{ProgramTest, ProgramTestContext};
use solana_signer::Signer;
use solana_transaction::Transaction;

mod situations;

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

/// Bytes of a token account, in either token program's layout.
fn token_account(mint: &Pubkey, owner: &Pubkey, amount: u64) -> Vec<u8> {
    let mut data = mint.to_bytes().to_vec();
    data.extend_from_slice(owner.as_ref());
    data.extend_from_slice(&amount.to_le_bytes());
    data.resize(108, 0);
    data.push(1);
    data.resize(165, 0);
    data
}

/// The bank with the program, in [`START`].
pub async fn start() -> ProgramTestContext {
    let program = program_file::find(None).expect("the program is built");
    std::env::set_var("SBF_OUT_DIR", program.parent().expect("a folder"));
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

    // ---- Accounts ----

    /// Gives an account lamports.
    pub fn fund(&mut self, key: &Pubkey) {
        self.set_raw(key, Pubkey::default(), Vec::new(), 1_000 * ONE);
    }

    /// Writes an account as it is.
    pub fn set_raw(&mut self, key: &Pubkey, owner: Pubkey, data: Vec<u8>, lamports: u64) {
        let account = Account {
            lamports,
            data,
            owner,
            ..Account::default()
        };
        self.context
            .set_account(key, &AccountSharedData::from(account));
    }

    /// Creates an SPL Token mint of nine decimals.
    pub fn create_mint(&mut self, mint: &Pubkey, authority: &Pubkey) {
        let mut data = 1u32.to_le_bytes().to_vec();
        data.extend_from_slice(authority.as_ref());
        data.extend_from_slice(&0u64.to_le_bytes());
        data.extend_from_slice(&[9, 1]);
        data.resize(82, 0);
        self.set_raw(mint, TOKEN_PROGRAM_ID, data, ONE);
    }

    /// Creates a token account with a balance; the mint's supply is not touched.
    pub fn create_token_account(
        &mut self,
        key: &Pubkey,
        mint: &Pubkey,
        owner: &Pubkey,
        amount: u64,
    ) {
        let data = token_account(mint, owner, amount);
        self.set_raw(key, TOKEN_PROGRAM_ID, data, ONE);
    }

    /// Opens an owner's associated token accounts of an LRT, with collateral.
    pub fn open_accounts(&mut self, keys: &PoolKeys, owner: &Pubkey, collateral: u64) {
        let own = keys.of(owner);
        let mut data = token_account(&keys.collateral_mint, owner, collateral);
        let mut lamports = ONE;
        if keys.collateral_mint == NATIVE_MINT {
            data[109..113].copy_from_slice(&1u32.to_le_bytes());
            data[113..121].copy_from_slice(&ONE.to_le_bytes());
            lamports += collateral;
        }
        self.set_raw(
            &own.collateral,
            keys.collateral_token_program,
            data,
            lamports,
        );
        self.create_token_account(&own.lrt, &keys.lrt_mint, owner, 0);
    }

    /// A new user with collateral, lamports and both token accounts.
    pub fn user(&mut self, collateral: u64) -> Keypair {
        let user = Keypair::new();
        self.fund(&user.pubkey());
        let keys = self.keys;
        self.open_accounts(&keys, &user.pubkey(), collateral);
        user
    }

    /// Reads an account; `None` when it does not exist.
    pub async fn account(&mut self, key: &Pubkey) -> Option<Account> {
        let client = &mut self.context.banks_client;
        client.get_account(*key).await.expect("the bank answers")
    }

    /// Reads an account of the program; `None` when it does not exist.
    pub async fn state<T: ZeroCopy + Discriminator>(&mut self, key: &Pubkey) -> Option<T> {
        let account = self.account(key).await?;
        Some(read_account(&account.data).expect("an account of that type"))
    }

    /// Writes an account of the program.
    pub async fn set_state<T: ZeroCopy + Discriminator>(&mut self, key: &Pubkey, state: &T) {
        let lamports = self
            .account(key)
            .await
            .map_or(ONE, |account| account.lamports);
        let mut data = T::DISCRIMINATOR.to_vec();
        data.extend_from_slice(bytes_of(state));
        self.set_raw(key, ID, data, lamports);
    }

    /// Overwrites bytes of an account.
    pub async fn patch(&mut self, key: &Pubkey, offset: usize, bytes: &[u8]) {
        let mut account = self.account(key).await.expect("the account");
        account.data[offset..offset + bytes.len()].copy_from_slice(bytes);
        self.context
            .set_account(key, &AccountSharedData::from(account));
    }

    /// Sends tokens straight to the vault.
    pub async fn donate(&mut self, amount: u64) {
        let vault = self.keys.vault;
        let balance = self.balance(&vault).await + amount;
        self.patch(&vault, 64, &balance.to_le_bytes()).await;
    }

    /// Writes the LRT's account as no instruction would.
    pub async fn change_lrt(&mut self, change: impl FnOnce(&mut Lrt)) {
        let (key, mut lrt) = (self.keys.lrt, self.lrt().await);
        change(&mut lrt);
        self.set_state(&key, &lrt).await;
    }

    /// Writes the stake pool's account as no instruction would.
    pub async fn change_pool(&mut self, change: impl FnOnce(&mut StakePool)) {
        let (key, mut pool) = (self.keys.stake_pool, self.pool().await);
        change(&mut pool);
        self.set_state(&key, &pool).await;
    }

    /// Makes idle what is given and counts all the rest as delegated: assets and price stay.
    pub async fn leave_idle(&mut self, idle: u64) {
        self.change_pool(|pool| {
            pool.delegated = pool.delegated + pool.idle - idle;
            pool.idle = idle;
        })
        .await;
    }

    /// The LRT.
    pub async fn lrt(&mut self) -> Lrt {
        let key = self.keys.lrt;
        self.state(&key).await.expect("the LRT")
    }

    /// The stake pool.
    pub async fn pool(&mut self) -> StakePool {
        let key = self.keys.stake_pool;
        self.state(&key).await.expect("the stake pool")
    }

    /// The batch of an epoch.
    pub async fn batch(&mut self, epoch: u64) -> Option<WithdrawBatch> {
        let key = address::batch(&self.keys.stake_pool, epoch);
        self.state(&key).await
    }

    /// A ticket.
    pub async fn ticket(&mut self, keys: &TicketKeys) -> Option<WithdrawTicket> {
        self.state(&keys.ticket).await
    }

    /// Balance of a token account; 0 when it does not exist.
    pub async fn balance(&mut self, key: &Pubkey) -> u64 {
        let account = self.account(key).await;
        account.and_then(|a| token_balance(&a.data)).unwrap_or(0)
    }

    /// A user's collateral and LRT.
    pub async fn holds(&mut self, user: &Keypair) -> (u64, u64) {
        let own = self.keys.of(&user.pubkey());
        (
            self.balance(&own.collateral).await,
            self.balance(&own.lrt).await,
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

    // ---- Transactions ----

    async fn transaction(
        &mut self,
        instructions: &[Instruction],
        signers: &[&Keypair],
    ) -> Transaction {
        // A price that no other transaction has: two equal transactions are two transactions.
        self.sent += 1;
        let mut data = vec![3];
        data.extend_from_slice(&self.sent.to_le_bytes());
        let unique = Instruction {
            program_id: Pubkey::from_str_const("ComputeBudget111111111111111111111111111111"),
            accounts: Vec::new(),
            data,
        };
        let mut all = vec![unique];
        all.extend_from_slice(instructions);
        let mut keys = vec![&self.context.payer];
        keys.extend_from_slice(signers);
        let client = &mut self.context.banks_client;
        let blockhash = client.get_latest_blockhash().await.expect("a blockhash");
        Transaction::new_signed_with_payer(
            &all,
            Some(&self.context.payer.pubkey()),
            &keys,
            blockhash,
        )
    }

    /// Sends a transaction that must succeed. Returns the compute units it took.
    #[track_caller]
    pub fn send<'a>(
        &'a mut self,
        instructions: &'a [Instruction],
        signers: &'a [&'a Keypair],
    ) -> impl std::future::Future<Output = u64> + 'a {
        let caller = std::panic::Location::caller();
        async move {
            match self.try_send(instructions, signers).await {
                Ok(units) => units,
                Err(refused) => panic!("refused at {caller}: {refused}"),
            }
        }
    }

    /// Sends a transaction. Returns the compute units, or the name of the error.
    pub async fn try_send(
        &mut self,
        instructions: &[Instruction],
        signers: &[&Keypair],
    ) -> Result<u64, String> {
        let transaction = self.transaction(instructions, signers).await;
        let client = &mut self.context.banks_client;
        let outcome = client
            .process_transaction_with_metadata(transaction)
            .await
            .expect("the bank answers");
        let logs = outcome.metadata.as_ref().map(|m| m.log_messages.clone());
        match outcome.result {
            Ok(()) => Ok(outcome.metadata.map_or(0, |m| m.compute_units_consumed)),
            Err(error) => Err(name_of(&error, &logs.unwrap_or_default())),
        }
    }

    /// Sends a transaction that must be refused with that error, and checks that it changed no account it names.
    #[track_caller]
    pub fn refuse<'a>(
        &'a mut self,
        instruction: Instruction,
        signers: &'a [&'a Keypair],
        error: &'a str,
    ) -> impl std::future::Future<Output = ()> + 'a {
        let caller = std::panic::Location::caller();
        async move {
            let before = self.snapshot(&instruction).await;
            let outcome = self
                .try_send(std::slice::from_ref(&instruction), signers)
                .await;
            assert_eq!(outcome.err().as_deref(), Some(error), "at {caller}");
            assert!(
                before == self.snapshot(&instruction).await,
                "a refusal changed something, at {caller}"
            );
        }
    }

    async fn snapshot(&mut self, instruction: &Instruction) -> Vec<Option<Account>> {
        let mut accounts = Vec::new();
        for meta in &instruction.accounts {
            accounts.push(self.account(&meta.pubkey).await);
        }
        accounts
    }

    /// Refuses the instruction with each of its accounts replaced, one at a time: `(position, replacement, error)`.
    #[track_caller]
    pub fn refuse_substitutes<'a>(
        &'a mut self,
        instruction: &'a Instruction,
        signers: &'a [&'a Keypair],
        substitutes: &'a [(usize, Pubkey, &'a str)],
    ) -> impl std::future::Future<Output = ()> + 'a {
        let caller = std::panic::Location::caller();
        async move {
            for (position, replacement, error) in substitutes {
                let mut changed = instruction.clone();
                changed.accounts[*position].pubkey = *replacement;
                let before = self.snapshot(&changed).await;
                let outcome = self.try_send(std::slice::from_ref(&changed), signers).await;
                assert_eq!(
                    outcome.err().as_deref(),
                    Some(*error),
                    "account {position}, at {caller}"
                );
                assert!(
                    before == self.snapshot(&changed).await,
                    "a refusal changed something: account {position}, at {caller}"
                );
            }
        }
    }

    /// Refuses the instruction when nobody signs at `position`, and with `error` when a stranger does. `others` sign
    /// besides.
    #[track_caller]
    pub fn refuse_other_signer<'a>(
        &'a mut self,
        instruction: &'a Instruction,
        position: usize,
        others: &'a [&'a Keypair],
        error: &'a str,
    ) -> impl std::future::Future<Output = ()> + 'a {
        let caller = std::panic::Location::caller();
        async move {
            let mallory = Keypair::new();
            self.fund(&mallory.pubkey());
            let mut unsigned = instruction.clone();
            unsigned.accounts[position].is_signer = false;
            let mut stolen = instruction.clone();
            stolen.accounts[position].pubkey = mallory.pubkey();
            let mut signers = others.to_vec();
            for (changed, error) in [(unsigned, "AccountNotSigner"), (stolen, error)] {
                let before = self.snapshot(&changed).await;
                let outcome = self
                    .try_send(std::slice::from_ref(&changed), &signers)
                    .await;
                assert_eq!(
                    outcome.err().as_deref(),
                    Some(error),
                    "signer {position}, at {caller}"
                );
                assert!(
                    before == self.snapshot(&changed).await,
                    "a refusal changed something: signer {position}, at {caller}"
                );
                signers.push(&mallory);
            }
        }
    }

    /// Simulates a read-only instruction and decodes its answer, or gives the name of the error.
    pub async fn ask<T: AnchorDeserialize>(
        &mut self,
        instruction: Instruction,
    ) -> Result<T, String> {
        let transaction = self.transaction(&[instruction], &[]).await;
        let client = &mut self.context.banks_client;
        let answer = client
            .simulate_transaction(transaction)
            .await
            .expect("the bank answers");
        let details = answer.simulation_details.expect("details");
        match answer.result.expect("a result") {
            Ok(()) => {
                let data = details.return_data.expect("return data").data;
                Ok(decode_return(&data).expect("an answer of that type"))
            }
            Err(error) => Err(name_of(&error, &details.logs)),
        }
    }

    /// Simulates an instruction: nothing changes. Gives the name of the error when it would be refused.
    pub async fn simulate(
        &mut self,
        instruction: &Instruction,
        signers: &[&Keypair],
    ) -> Result<(), String> {
        let instructions = std::slice::from_ref(instruction);
        let transaction = self.transaction(instructions, signers).await;
        let client = &mut self.context.banks_client;
        let answer = client
            .simulate_transaction(transaction)
            .await
            .expect("the bank answers");
        let logs = answer.simulation_details.expect("details").logs;
        let result = answer.result.expect("a result");
        result.map_err(|error| name_of(&error, &logs))
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

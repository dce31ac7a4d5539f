//! What the tests of this binary begin with.

use liquid_restaking_sdk::{
    anchor_lang::prelude::Pubkey,
    program::state::{AvsTerms, Params},
    Instruction,
};
use liquid_restaking_tests::{terms, Avs, Operator, World, ONE};
use solana_keypair::Keypair;
use solana_signer::Signer;
use solana_transaction::Transaction;

/// Grace of a batch.
pub const GRACE: u64 = 200;
/// How long a round lasts: `ceil(8 · 300 / 7)`.
pub const ROUND: u64 = 343;

/// A holder of ten tokens, and operators and AVSs without caps, all opted in to each other for the warm-up.
pub struct Stage {
    pub world: World,
    pub holder: Keypair,
    pub manager: Keypair,
    pub operators: Vec<Operator>,
    pub avss: Vec<Avs>,
}

/// The shortest windows that an exit delay allows; 10 % in one exit delay.
pub fn terms_of(exit_delay: u64) -> AvsTerms {
    AvsTerms {
        veto_window: exit_delay.div_ceil(20),
        execution_window: exit_delay.div_ceil(20),
        exit_delay,
        slash_window: exit_delay,
        slash_cap_bps: 1_000,
        padding: [0; 6],
    }
}

impl Stage {
    /// One operator and one AVS.
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// One operator and one AVS, other parameters.
    pub async fn with(change: impl FnOnce(&mut Params)) -> Self {
        Self::of(1, &[terms()], change).await
    }

    /// So many operators, and an AVS for each of the terms.
    pub async fn of(operators: usize, avss: &[AvsTerms], change: impl FnOnce(&mut Params)) -> Self {
        let mut world = World::with(change).await;
        let (mut accepted, mut services) = (Vec::new(), Vec::new());
        for _ in 0..operators {
            accepted.push(world.operator().await);
        }
        for terms in avss {
            services.push(world.avs(*terms, 10_000).await);
        }
        for operator in &accepted {
            for avs in &services {
                world.opt_in(operator, avs).await;
            }
        }
        Self {
            holder: world.holder(10 * ONE).await,
            manager: world.funded_manager(),
            world,
            operators: accepted,
            avss: services,
        }
    }

    fn pair(&self, operator: usize, avs: usize) -> (&Pubkey, &Pubkey) {
        (&self.operators[operator].key, &self.avss[avs].key)
    }

    /// `delegate` to the first operator.
    pub fn delegate(&self, amount: u64) -> Instruction {
        let (manager, operator) = (self.manager.pubkey(), self.operators[0].key);
        self.world.keys.delegate(&manager, &operator, amount)
    }

    /// `undelegate` from the first operator.
    pub fn undelegate(&self, amount: u64) -> Instruction {
        let (manager, operator) = (self.manager.pubkey(), self.operators[0].key);
        self.world.keys.undelegate(&manager, &operator, amount)
    }

    /// `allocate` of the first operator's stake.
    pub fn allocate(&self, avs: usize, amount: u64) -> Instruction {
        let ((operator, avs), manager) = (self.pair(0, avs), self.manager.pubkey());
        self.world.keys.allocate(&manager, operator, avs, amount)
    }

    /// `deallocate` of the first operator's stake.
    pub fn deallocate(&self, avs: usize, amount: u64) -> Instruction {
        let ((operator, avs), manager) = (self.pair(0, avs), self.manager.pubkey());
        self.world.keys.deallocate(&manager, operator, avs, amount)
    }

    /// `release`.
    pub fn release(&self, operator: usize, avs: usize) -> Instruction {
        let (operator, avs) = self.pair(operator, avs);
        self.world.keys.release(operator, avs)
    }

    /// `force_deallocate`.
    pub fn force_deallocate(&self, operator: usize, avs: usize) -> Instruction {
        let (operator, avs) = self.pair(operator, avs);
        self.world.keys.force_deallocate(operator, avs)
    }

    /// `force_undelegate`.
    pub fn force_undelegate(&self, operator: usize, head: Option<u64>) -> Instruction {
        let operator = &self.operators[operator].key;
        self.world.keys.force_undelegate(operator, head)
    }

    /// Sends, signed by the manager where he has to; must succeed.
    #[track_caller]
    pub fn send(&mut self, instruction: Instruction) -> impl std::future::Future<Output = ()> + '_ {
        let caller = std::panic::Location::caller();
        async move {
            let manager = self.manager.pubkey();
            let mut metas = instruction.accounts.iter();
            let signs = metas.any(|meta| meta.is_signer && meta.pubkey == manager);
            let signers: &[&Keypair] = if signs { &[&self.manager] } else { &[] };
            if let Err(refused) = self
                .world
                .try_send(std::slice::from_ref(&instruction), signers)
                .await
            {
                panic!("refused at {caller}: {refused}");
            }
        }
    }

    /// Delegates to an operator, and allocates to each AVS: all of it counts.
    pub async fn stake(&mut self, operator: usize, delegated: u64, allocated: &[u64]) {
        let operator = &self.operators[operator];
        self.world.delegate(operator, delegated).await;
        for (avs, amount) in self.avss.iter().zip(allocated) {
            self.world.allocate(operator, avs, *amount).await;
        }
        let slots = self.world.lrt().await.params.warmup_slots;
        self.world.warp(slots).await;
        for (avs, _) in self.avss.iter().zip(allocated) {
            let release = self.world.keys.release(&operator.key, &avs.key);
            self.world.send(&[release], &[]).await;
        }
    }

    /// The holder asks to leave with so many shares. Returns the epoch of the batch.
    pub async fn request(&mut self, shares: u64, nonce: u64) -> u64 {
        let ticket = self.world.request(&self.holder, shares, nonce).await;
        ticket.batch_epoch
    }

    /// The holder asks to leave, and the head's grace passes. Returns the epoch of the batch.
    pub async fn overdue(&mut self, shares: u64) -> u64 {
        let epoch = self.request(shares, 0).await;
        self.warp_past_grace(epoch).await;
        epoch
    }

    /// Lets time pass to the first slot in which a batch is past its grace.
    pub async fn warp_past_grace(&mut self, epoch: u64) {
        let batch = self.world.batch(epoch).await.expect("a batch");
        let slots = batch.due_slot + GRACE - self.world.slot().await;
        self.world.warp(slots).await;
    }

    /// Opens a round; must succeed.
    pub async fn open_round(&mut self, head: u64) {
        let open = self.world.keys.open_round(head);
        self.send(open).await;
    }

    /// Lets time pass to a slot.
    pub async fn warp_to(&mut self, slot: u64) {
        let slots = slot - self.world.slot().await;
        self.world.warp(slots).await;
    }

    /// The slot in which what the AVS's exit delay holds from now on is released.
    pub async fn release_slot(&mut self, avs: usize) -> u64 {
        let accepted = self.world.pool_avs(&self.avss[avs]).await.accepted;
        let grid = accepted.terms.exit_delay.div_ceil(7);
        (self.world.slot().await + accepted.terms.exit_delay).div_ceil(grid) * grid
    }

    /// Stake, what warms and what cools of an allocation.
    pub async fn parts(&mut self, operator: usize, avs: usize) -> (u64, u64, u64) {
        let (operator, avs) = (&self.operators[operator], &self.avss[avs]);
        let allocation = self.world.allocation(operator, avs).await;
        let cooling = allocation.cooling().expect("a sum");
        (allocation.stake, allocation.warming, cooling)
    }

    /// Idle, delegated and freeing of the pool.
    pub async fn pool(&mut self) -> (u64, u64, u64) {
        let pool = self.world.pool().await;
        (pool.idle, pool.delegated, pool.freeing)
    }

    /// Refused to the manager with that error, and the log says so.
    #[track_caller]
    pub fn refuse_saying<'a>(
        &'a mut self,
        instruction: Instruction,
        error: &'a str,
        line: &'a str,
    ) -> impl std::future::Future<Output = ()> + 'a {
        let caller = std::panic::Location::caller();
        async move {
            let world = &mut self.world;
            world
                .refuse(instruction.clone(), &[&self.manager], error)
                .await;
            let context = &mut world.context;
            let client = &mut context.banks_client;
            let blockhash = client.get_latest_blockhash().await.expect("a blockhash");
            let transaction = Transaction::new_signed_with_payer(
                &[instruction],
                Some(&context.payer.pubkey()),
                &[&context.payer, &self.manager],
                blockhash,
            );
            let answer = client.simulate_transaction(transaction).await;
            let details = answer.expect("the bank answers").simulation_details;
            let logs = details.expect("details").logs;
            let line = format!("Program log: {line}");
            assert!(
                logs.contains(&line),
                "{line} is not in {logs:#?}, at {caller}"
            );
        }
    }

    /// The accounts that the tests of wrong accounts put in the place of the right ones.
    pub async fn strangers(&mut self) -> Strangers {
        let (other, ticket) = self.world.neighbour().await;
        let own = std::mem::replace(&mut self.world.keys, other);
        // As proposals that wait: the accounts exist.
        let admin = self.world.admin.insecure_clone();
        let proposals = [
            other.set_operator_cap(&admin.pubkey(), &self.operators[0].key, 1),
            other.propose_avs(&admin.pubkey(), &self.avss[0].key, 1),
        ];
        self.world.send(&proposals, &[&admin]).await;
        self.world.keys = own;
        Strangers {
            nobody: Pubkey::new_unique(),
            lrt: other.lrt,
            stake_pool: other.stake_pool,
            delegation: other.delegation(&self.operators[0].key),
            pool_avs: other.pool_avs(&self.avss[0].key),
            epoch: ticket.batch_epoch,
        }
    }
}

/// Accounts of another LRT, with a batch of `epoch`.
pub struct Strangers {
    pub nobody: Pubkey,
    pub lrt: Pubkey,
    pub stake_pool: Pubkey,
    pub delegation: Pubkey,
    pub pool_avs: Pubkey,
    pub epoch: u64,
}

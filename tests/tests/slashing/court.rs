//! What the tests of this binary begin with.

use liquid_restaking_sdk::{
    address,
    anchor_lang::{event::EVENT_IX_TAG_LE, prelude::Pubkey, AnchorDeserialize, Discriminator},
    program::{
        instructions::RegisterAvsArgs,
        state::{Allocation, AvsOffer, AvsTerms, Delegation, Params, PoolAvs, SlashProposal},
    },
    registry, Instruction, ProposalKeys,
};
use liquid_restaking_tests::{terms, Avs, Operator, World, ONE};
use solana_keypair::Keypair;
use solana_signer::Signer;
use solana_transaction::Transaction;
use std::{future::Future, panic::Location};

/// Where a mint keeps its supply.
const SUPPLY_OFFSET: usize = 36;
/// Supply of the collateral.
pub const SUPPLY: u64 = 10_000 * ONE;

/// A holder of ten tokens, all of them with one operator and at stake for one AVS: it has room for one of them in 100
/// slots, the veto window is 10 slots long, the execution window 20.
pub struct Court {
    pub world: World,
    pub operator: Operator,
    pub avs: Avs,
    /// The slot in which it is built.
    pub start: u64,
}

/// Registers an AVS and accepts it without a cap, while no share is in being.
pub async fn accept(world: &mut World, terms: AvsTerms, destination: Pubkey) -> Avs {
    let (base, authority) = (Keypair::new(), world.user(0));
    let (slasher, resolver) = (Keypair::new(), Keypair::new());
    for key in [&slasher, &resolver] {
        world.fund(&key.pubkey());
    }
    let offer = AvsOffer {
        slasher: slasher.pubkey(),
        resolver: resolver.pubkey(),
        destination,
        terms,
    };
    let (owner, uri) = (authority.pubkey(), String::new());
    let args = RegisterAvsArgs { offer, uri };
    let register = registry::register_avs(&base.pubkey(), &owner, &owner, args);
    world.send(&[register], &[&authority, &base]).await;
    let (admin, key) = (world.admin.insecure_clone(), address::avs(&base.pubkey()));
    let accept = world.keys.propose_avs(&admin.pubkey(), &key, 10_000);
    world.send(&[accept], &[&admin]).await;
    Avs {
        key,
        authority,
        slasher,
        resolver,
    }
}

impl Court {
    /// Of an AVS that burns what it slashes.
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// With other parameters of the LRT.
    pub async fn with(change: impl FnOnce(&mut Params)) -> Self {
        let world = World::with(change).await;
        Self::over(world, terms(), Pubkey::default()).await
    }

    /// With other terms of the AVS.
    pub async fn of(terms: AvsTerms) -> Self {
        Self::over(World::new().await, terms, Pubkey::default()).await
    }

    /// Of an AVS that pays what it slashes to a wallet.
    pub async fn paying(wallet: &Pubkey) -> Self {
        Self::over(World::new().await, terms(), *wallet).await
    }

    /// In a world without shares.
    pub async fn over(mut world: World, terms: AvsTerms, destination: Pubkey) -> Self {
        let operator = world.operator().await;
        let avs = accept(&mut world, terms, destination).await;
        world.opt_in(&operator, &avs).await;
        world.holder(10 * ONE).await;
        world.delegate(&operator, 10 * ONE).await;
        world.stake(&operator, &avs, 10 * ONE).await;
        let mint = world.keys.collateral_mint;
        world
            .patch(&mint, SUPPLY_OFFSET, &SUPPLY.to_le_bytes())
            .await;
        Self {
            start: world.slot().await,
            world,
            operator,
            avs,
        }
    }

    /// The same stake pledged to more AVSs with the same terms.
    pub async fn shared(terms: AvsTerms, more: usize) -> (Self, Vec<Avs>) {
        let mut world = World::with(|params| params.leverage_bps = 50_000).await;
        let mut others = Vec::new();
        for _ in 0..more {
            others.push(accept(&mut world, terms, Pubkey::default()).await);
        }
        let mut court = Self::over(world, terms, Pubkey::default()).await;
        for avs in &others {
            court.world.opt_in(&court.operator, avs).await;
            court.world.stake(&court.operator, avs, 10 * ONE).await;
        }
        court.start = court.world.slot().await;
        (court, others)
    }

    /// One more operator with ten tokens at stake for the AVS.
    pub async fn second_operator(&mut self) -> Operator {
        self.world.holder(10 * ONE).await; // before the wait: caps count what was there when an epoch ended
        let operator = self.world.operator().await;
        self.world.opt_in(&operator, &self.avs).await;
        self.world.delegate(&operator, 10 * ONE).await;
        self.world.stake(&operator, &self.avs, 10 * ONE).await;
        self.start = self.world.slot().await;
        operator
    }

    // ---- What they do ----

    /// A proposal that must succeed.
    pub async fn propose(&mut self, amount: u64) -> ProposalKeys {
        self.world
            .propose_slash(&self.operator, &self.avs, amount)
            .await
    }

    /// A proposal that must be refused with that error.
    #[track_caller]
    pub fn refuse_proposal<'a>(
        &'a mut self,
        amount: u64,
        error: &'a str,
    ) -> impl Future<Output = ()> + 'a {
        let caller = Location::caller();
        async move {
            eprintln!("a proposal of {amount}, at {caller}");
            let slasher = self.avs.slasher.insecure_clone();
            let (propose, _) = self.instruction(amount).await;
            self.world.refuse(propose, &[&slasher], error).await;
        }
    }

    /// A proposal that must be refused with that error, while the log says so.
    #[track_caller]
    pub fn refuse_proposal_saying<'a>(
        &'a mut self,
        amount: u64,
        error: &'a str,
        line: &'a str,
    ) -> impl Future<Output = ()> + 'a {
        let caller = Location::caller();
        async move {
            self.refuse_proposal(amount, error).await;
            let slasher = self.avs.slasher.insecure_clone();
            let (propose, _) = self.instruction(amount).await;
            let (logs, _) = simulate(&mut self.world, &propose, &[&slasher]).await;
            let line = format!("Program log: {line}");
            assert!(
                logs.contains(&line),
                "{line} is not in {logs:#?}, at {caller}"
            );
        }
    }

    /// The proposal that the slasher would make now.
    pub async fn instruction(&mut self, amount: u64) -> (Instruction, ProposalKeys) {
        self.world
            .proposal_instruction(&self.operator, &self.avs, amount)
            .await
    }

    /// A veto of the resolver that must succeed.
    pub async fn veto(&mut self, on: &ProposalKeys) {
        self.world.veto_slash(on, &self.avs).await;
    }

    /// The guardian ends the AVS; must succeed. Returns the slot of the end.
    pub async fn end(&mut self) -> u64 {
        let guardian = self.world.guardian.insecure_clone();
        let end = self.world.keys.end_avs(&guardian.pubkey(), &self.avs.key);
        self.world.send(&[end], &[&guardian]).await;
        self.world.slot().await
    }

    /// The manager takes stake back; must succeed. Returns the release slot.
    pub async fn deallocate(&mut self, amount: u64) -> u64 {
        let slot = self.world.slot().await;
        self.world
            .deallocate(&self.operator, &self.avs, amount)
            .await;
        let accepted = self.pool_avs().await.accepted;
        accepted.terms.release_slot(slot).expect("a slot")
    }

    /// `release` of the allocation.
    pub fn release(&self) -> Instruction {
        self.world.keys.release(&self.operator.key, &self.avs.key)
    }

    /// Lets time pass to a slot.
    pub async fn warp_to(&mut self, slot: u64) {
        let now = self.world.slot().await;
        if slot > now {
            self.world.warp(slot - now).await;
        }
        assert_eq!(self.world.slot().await, slot);
    }

    // ---- What is written ----

    /// The allocation.
    pub async fn allocation(&mut self) -> Allocation {
        self.world.allocation(&self.operator, &self.avs).await
    }

    /// The delegation.
    pub async fn delegation(&mut self) -> Delegation {
        self.world.delegation(&self.operator).await
    }

    /// The acceptance.
    pub async fn pool_avs(&mut self) -> PoolAvs {
        self.world.pool_avs(&self.avs).await
    }

    /// A proposal.
    pub async fn proposal(&mut self, on: &ProposalKeys) -> SlashProposal {
        self.world.proposal(on).await
    }

    /// Stake and what cools.
    pub async fn parts(&mut self) -> (u64, u64) {
        let allocation = self.allocation().await;
        (allocation.stake, allocation.cooling().expect("a sum"))
    }

    /// What all proposals together could take and no bond covers.
    pub async fn uncovered(&mut self) -> u64 {
        self.world.lrt().await.pools[0].uncovered
    }

    /// Supply of the collateral.
    pub async fn supply(&mut self) -> u64 {
        let mint = self.world.keys.collateral_mint;
        let data = self.world.account(&mint).await.expect("the mint").data;
        let bytes = data[SUPPLY_OFFSET..SUPPLY_OFFSET + 8].try_into();
        u64::from_le_bytes(bytes.expect("eight bytes"))
    }

    /// What the vault holds.
    pub async fn vault(&mut self) -> u64 {
        let vault = self.world.keys.vault;
        self.world.balance(&vault).await
    }
}

/// Runs an instruction without keeping what it does. Returns its log and the data of every call it made.
async fn simulate(
    world: &mut World,
    instruction: &Instruction,
    signers: &[&Keypair],
) -> (Vec<String>, Vec<Vec<u8>>) {
    let context = &mut world.context;
    let client = &mut context.banks_client;
    let blockhash = client.get_latest_blockhash().await.expect("a blockhash");
    let keys = [&[&context.payer], signers].concat();
    let payer = context.payer.pubkey();
    let instructions = std::slice::from_ref(instruction);
    let transaction =
        Transaction::new_signed_with_payer(instructions, Some(&payer), &keys, blockhash);
    let answer = client.simulate_transaction(transaction).await;
    let details = answer.expect("the bank answers").simulation_details;
    let details = details.expect("details");
    let calls = details.inner_instructions.into_iter().flatten().flatten();
    (
        details.logs,
        calls.map(|call| call.instruction.data).collect(),
    )
}

/// Sends an instruction that must succeed, and decodes the one event that it emits.
pub async fn event_of<E: AnchorDeserialize + Discriminator>(
    world: &mut World,
    instruction: Instruction,
    signers: &[&Keypair],
) -> E {
    let (_, calls) = simulate(world, &instruction, signers).await;
    world.send(&[instruction], signers).await;
    let mut events = calls.iter().filter_map(|data| {
        let event = data.strip_prefix(EVENT_IX_TAG_LE)?;
        Some(event.strip_prefix(E::DISCRIMINATOR).expect("of that type"))
    });
    let mut data = events.next().expect("an event");
    assert!(events.next().is_none(), "one event only");
    let event = E::deserialize(&mut data).expect("its fields");
    assert!(data.is_empty(), "nothing behind them");
    event
}

/// The instruction with another account at `position`.
pub fn with_account(mut instruction: Instruction, position: usize, key: &Pubkey) -> Instruction {
    instruction.accounts[position].pubkey = *key;
    instruction
}

/// The instruction without its optional account at `position`.
pub fn without_account(mut instruction: Instruction, position: usize) -> Instruction {
    let program = instruction.program_id;
    instruction.accounts[position].pubkey = program;
    instruction.accounts[position].is_writable = false;
    instruction
}

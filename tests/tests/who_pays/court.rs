//! What the tests of this binary begin with.

use crate::tables::Table;
use liquid_restaking_sdk::{
    anchor_lang::{prelude::Pubkey, AnchorDeserialize, Discriminator},
    program::state::{AvsTerms, Params},
    Instruction, ProposalKeys, TicketKeys,
};
use liquid_restaking_tests::{terms, Avs, Operator, World, ONE};
use solana_keypair::Keypair;
use solana_signer::Signer;
use solana_transaction::Transaction;

/// Where a mint's supply is.
const MINT_SUPPLY_OFFSET: usize = 36;
/// Where a token account's balance is.
const BALANCE_OFFSET: usize = 64;

/// What differs from one trial to the next.
pub struct Setup {
    /// Of the 100 tokens deposited, what is not delegated.
    pub idle: u64,
    /// What is allocated to each AVS.
    pub allocated: Vec<u64>,
    /// Terms of each AVS.
    pub terms: Vec<AvsTerms>,
    /// The operator's bond.
    pub bond: u64,
    /// The operator's commission.
    pub commission_bps: u16,
    /// What the first AVS has to pay rewards with.
    pub purse: u64,
    /// Whether slashed tokens go to the AVS's wallet.
    pub to_wallet: bool,
    /// The LRT's parameters.
    pub change: fn(&mut Params),
}

/// [`terms`] with a cap of one half: the largest there is.
pub fn half() -> AvsTerms {
    AvsTerms {
        slash_cap_bps: 5_000,
        ..terms()
    }
}

impl Default for Setup {
    /// 20 idle, 60 allocated to one AVS, 20 delegated and free; neither bond nor fees; what is slashed is burned.
    fn default() -> Self {
        Self {
            idle: 20 * ONE,
            allocated: vec![60 * ONE],
            terms: vec![half()],
            bond: 0,
            commission_bps: 0,
            purse: 0,
            to_wallet: false,
            change: |_| {},
        }
    }
}

/// A holder with 60 tokens in, one with 40 who leaves, and one with 50 who comes later; an operator, and AVSs that slash.
pub struct Court {
    pub world: World,
    pub operator: Operator,
    pub avss: Vec<Avs>,
    pub alice: Keypair,
    pub bob: Keypair,
    pub carol: Keypair,
    /// Bob's, once he has asked to leave.
    pub ticket: Option<TicketKeys>,
    /// Owner of the account that the AVSs have slashed tokens sent to.
    pub wallet: Keypair,
    to_wallet: bool,
    issued: u64,
}

impl Court {
    pub async fn new() -> Self {
        Self::of(Setup::default()).await
    }

    pub async fn of(setup: Setup) -> Self {
        let mut world = World::with(setup.change).await;
        let operator = world.operator_for(setup.commission_bps).await;
        let mut avss = Vec::new();
        for terms in &setup.terms {
            let avs = world.avs(*terms, 10_000).await;
            world.opt_in(&operator, &avs).await;
            avss.push(avs);
        }
        let mut court = Self {
            alice: world.holder(60 * ONE).await,
            bob: world.holder(40 * ONE).await,
            carol: world.user(50 * ONE),
            wallet: world.user(0),
            world,
            operator,
            avss,
            ticket: None,
            to_wallet: setup.to_wallet,
            issued: 0,
        };
        let (authority, purse) = (court.operator.authority.pubkey(), setup.purse);
        court.give(&authority, setup.bond).await;
        if setup.bond > 0 {
            court.world.post_bond(&court.operator, setup.bond).await;
        }
        let authority = court.avss[0].authority.pubkey();
        court.give(&authority, purse).await;
        court.set_destination().await;
        court.stake(100 * ONE - setup.idle, &setup.allocated).await;

        // The fixtures write token accounts: the mint has what they hold.
        court.issued = court.tokens().await;
        let (mint, supply) = (court.world.keys.collateral_mint, court.issued);
        let bytes = supply.to_le_bytes();
        court.world.patch(&mint, MINT_SUPPLY_OFFSET, &bytes).await;
        court
    }

    async fn give(&mut self, owner: &Pubkey, amount: u64) {
        let key = self.world.keys.of(owner).collateral;
        let bytes = amount.to_le_bytes();
        self.world.patch(&key, BALANCE_OFFSET, &bytes).await;
    }

    /// As if the AVSs had been registered with that wallet.
    async fn set_destination(&mut self) {
        if !self.to_wallet {
            return;
        }
        for avs in &self.avss {
            let mut accepted = self.world.pool_avs(avs).await;
            accepted.accepted.destination = self.wallet.pubkey();
            let key = self.world.keys.pool_avs(&avs.key);
            self.world.set_state(&key, &accepted).await;
        }
    }

    async fn stake(&mut self, delegated: u64, allocated: &[u64]) {
        self.world.delegate(&self.operator, delegated).await;
        for (avs, amount) in self.avss.iter().zip(allocated) {
            self.world.allocate(&self.operator, avs, *amount).await;
        }
        let slots = self.world.lrt().await.params.warmup_slots;
        self.world.warp(slots).await;
        for avs in &self.avss {
            let release = self.world.keys.release(&self.operator.key, &avs.key);
            self.world.send(&[release], &[]).await;
        }
    }

    /// Every collateral token there is.
    async fn tokens(&mut self) -> u64 {
        let owners = [
            self.alice.pubkey(),
            self.bob.pubkey(),
            self.carol.pubkey(),
            self.wallet.pubkey(),
            self.operator.authority.pubkey(),
            self.avss[0].authority.pubkey(),
            self.world.fee_wallet.pubkey(),
        ];
        let mut sum = self.world.balance(&self.world.keys.vault.clone()).await;
        for owner in owners {
            sum += self.collateral(&owner).await;
        }
        sum
    }

    async fn collateral(&mut self, owner: &Pubkey) -> u64 {
        let key = self.world.keys.of(owner).collateral;
        self.world.balance(&key).await
    }

    // ---- What the parties do ----

    /// Bob asks to leave with all he has.
    pub async fn request(&mut self) {
        let shares = self.world.holds(&self.bob).await.1;
        let ticket = self.world.request(&self.bob, shares, 1).await;
        self.ticket = Some(ticket);
    }

    /// Lets time pass to the slot in which Bob's ticket is due.
    pub async fn wait_until_due(&mut self) {
        let ticket = self.ticket.expect("a ticket");
        let batch = self.world.batch(ticket.batch_epoch).await.expect("a batch");
        if self.world.slot().await < batch.due_slot {
            self.world.warp_to_due(&ticket).await;
        }
    }

    /// Bob claims.
    pub async fn claim(&mut self) {
        let ticket = self.ticket.expect("a ticket");
        self.world.claim(&ticket, &self.bob).await;
        if self.world.ticket(&ticket).await.is_none() {
            self.ticket = None;
        }
    }

    /// Carol deposits her 50 tokens.
    pub async fn deposit(&mut self) {
        self.world.deposit(&self.carol, 50 * ONE).await;
    }

    /// An AVS proposes to slash.
    pub async fn propose(&mut self, avs: usize, amount: u64) -> ProposalKeys {
        let avs = &self.avss[avs];
        self.world.propose_slash(&self.operator, avs, amount).await
    }

    /// The execution of a proposal, wherever its tokens go.
    pub fn execution(&self, on: &ProposalKeys) -> Instruction {
        let wallet = if self.to_wallet {
            self.wallet.pubkey()
        } else {
            Pubkey::default()
        };
        self.world.keys.execute_slash(on, &wallet)
    }

    /// Executes a proposal, once its veto window is over.
    pub async fn execute(&mut self, on: &ProposalKeys) {
        let execution_slot = self.world.proposal(on).await.execution_slot;
        let slot = self.world.slot().await;
        if execution_slot > slot {
            self.world.warp(execution_slot - slot).await;
        }
        let execute = self.execution(on);
        self.world.send(&[execute], &[]).await;
    }

    /// A slash of the first AVS, from proposal to execution.
    pub async fn slash(&mut self, amount: u64) {
        let on = self.propose(0, amount).await;
        self.execute(&on).await;
    }

    /// The one event that an instruction would emit now.
    pub async fn event<E: AnchorDeserialize + Discriminator>(
        &mut self,
        instruction: Instruction,
        signers: &[&Keypair],
    ) -> E {
        let context = &mut self.world.context;
        let client = &mut context.banks_client;
        let blockhash = client.get_latest_blockhash().await.expect("a blockhash");
        let mut keys = vec![&context.payer];
        keys.extend_from_slice(signers);
        let payer = Some(&context.payer.pubkey());
        let sent = Transaction::new_signed_with_payer(&[instruction], payer, &keys, blockhash);
        let answer = client.simulate_transaction(sent).await;
        let details = answer.expect("the bank answers").simulation_details;
        let inner = details.expect("details").inner_instructions;
        let inner = inner.expect("inner instructions").into_iter().flatten();
        let data: Vec<_> = inner.map(|inner| inner.instruction.data).collect();
        // An event is a call of the program on itself: Anchor's tag, the event's own, its fields.
        let event = data
            .iter()
            .find_map(|data| data.get(8..)?.strip_prefix(E::DISCRIMINATOR));
        E::deserialize(&mut event.expect("an event of that type")).expect("its fields")
    }

    // ---- Who has what ----

    /// What leaving with so many shares pays, by the formula of DESIGN §4.
    async fn worth(&mut self, shares: u64) -> u64 {
        let lrt = self.world.lrt().await;
        let n = u128::from(lrt.pools[0].assets - lrt.pools[0].uncovered);
        let (shares, supply) = (u128::from(shares), u128::from(lrt.supply));
        let v = u128::from(lrt.virtual_units());
        let worth = if n >= supply {
            shares * (n + v) / (supply + v)
        } else {
            shares * n / supply
        };
        worth.try_into().expect("64 bits")
    }

    async fn has(&mut self, owner: &Pubkey) -> u64 {
        let own = self.world.keys.of(owner);
        let shares = self.world.balance(&own.lrt).await;
        self.worth(shares).await + self.world.balance(&own.collateral).await
    }

    /// What is settled of Bob's ticket and not claimed, and what the rest of it is worth.
    async fn ticket_parts(&mut self) -> (u64, u64) {
        let Some(keys) = self.ticket else {
            return (0, 0);
        };
        let ticket = self.world.ticket(&keys).await.expect("a ticket");
        let batch = self.world.batch(keys.batch_epoch).await.expect("a batch");
        assert_eq!(ticket.shares, batch.shares, "the only ticket of its batch");
        let rest = batch.shares - batch.shares_settled;
        (
            batch.assets_settled - ticket.claimed,
            self.worth(rest).await,
        )
    }

    /// What everybody has now, in the order of the table's columns.
    async fn parties(&mut self) -> [u64; 8] {
        let accrue = self.world.keys.accrue();
        self.world.send(&[accrue], &[]).await;
        self.world.check_invariants().await;
        let (lrt, pool) = (self.world.lrt().await, self.world.pool().await);
        let delegation = self.world.delegation(&self.operator).await;
        // The bond covers once, and no more is uncovered than there is stake.
        let uncovered = delegation.disputed.saturating_sub(delegation.bond);
        assert_eq!(lrt.pools[0].uncovered, uncovered.min(delegation.active));
        assert_eq!(
            (pool.bonds, pool.delegated),
            (delegation.bond, delegation.active)
        );

        let [alice, bob, carol] = [&self.alice, &self.bob, &self.carol].map(Signer::pubkey);
        let authority = self.operator.authority.pubkey();
        let (purse, wallet) = (self.avss[0].authority.pubkey(), self.wallet.pubkey());
        let (settled, unsettled) = self.ticket_parts().await;
        let holder = self.has(&alice).await;
        let ticket = self.has(&bob).await + settled + unsettled;
        let depositor = self.has(&carol).await;
        let in_wallets = self.collateral(&alice).await
            + self.collateral(&bob).await
            + self.collateral(&carol).await;
        let owed = delegation.bond + delegation.owed;
        let operator = self.collateral(&authority).await + owed;
        let avs = self.collateral(&purse).await + self.collateral(&wallet).await;
        let fees = pool.fees_owed + self.worth(lrt.fee_shares).await;

        let mint = self.world.keys.collateral_mint;
        let mint = self.world.account(&mint).await.expect("the mint").data;
        let supply = &mint[MINT_SUPPLY_OFFSET..MINT_SUPPLY_OFFSET + 8];
        let supply = u64::from_le_bytes(supply.try_into().expect("eight bytes"));
        assert_eq!(self.tokens().await, supply, "tokens and mint");

        let vault = self.world.keys.vault;
        let vault = self.world.balance(&vault).await;
        let shares_and_settled = holder + ticket + depositor - in_wallets;
        let rest = vault - shares_and_settled - owed - fees;
        let burned = self.issued - supply;
        [holder, ticket, depositor, operator, avs, fees, burned, rest]
    }

    /// Everybody has what the table says, to the base unit, and the tokens that are there add up to it.
    #[track_caller]
    pub fn shows<'a>(
        &'a mut self,
        table: &'a Table,
        when: &'a str,
    ) -> impl std::future::Future<Output = ()> + 'a {
        let caller = std::panic::Location::caller();
        async move {
            assert_eq!(table.sum(), self.issued, "what is in being, at {caller}");
            let row = self.parties().await;
            assert_eq!(row, table.row(when), "{when}, at {caller}");
        }
    }
}

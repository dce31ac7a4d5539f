//! Runs steps on the real program.

use super::{
    format::{Setup, Step},
    report::{Line, Summary},
    restaking::Restaking,
    reward_ops::stranger,
};
use crate::vm::{keypair, Refused, Vm};
use anyhow::{anyhow, Context, Result};
use liquid_restaking_sdk::{
    anchor_lang::prelude::Pubkey,
    program::{
        instructions::CreateLrtArgs,
        state::{Lrt, Params, StakePool, Totals},
    },
    Observed, PoolKeys, ProgramAccount, ProposalKeys, StreamKeys, TicketKeys, TOKEN_PROGRAM_ID,
};
use solana_keypair::Keypair;
use solana_signer::Signer;

/// The first step runs in the first slot of this epoch.
const FIRST_EPOCH: u64 = 1_000;

/// A world: the VM, one LRT with one pool, and everybody in it.
#[derive(Clone)]
pub struct Runner {
    pub(super) vm: Vm,
    pub(super) keys: PoolKeys,
    pub(super) fee_wallet: Pubkey,
    pub(super) users: Vec<(String, Pubkey)>,
    pub(super) tickets: Vec<(String, TicketKeys)>,
    /// Accepted operators, by name.
    pub(super) operators: Vec<(String, Pubkey)>,
    /// Accepted AVSs, by name.
    pub(super) avss: Vec<(String, Pubkey)>,
    /// Every slash proposal ever made, in order.
    pub(super) proposals: Vec<ProposalKeys>,
    /// Streams, by name.
    pub(super) streams: Vec<(String, StreamKeys)>,
    /// What the invariants compare with.
    pub(super) before: Before,
    pub(super) steps: u64,
    /// Compute units of this step's transactions so far.
    pub(super) units: u64,
    pub(super) failed: u64,
    pub(super) broken: Vec<String>,
}

/// What was before, for invariants about change.
#[derive(Debug, Clone, Copy, Default)]
pub struct Before {
    /// Nav and supply after the step before.
    pub totals: Totals,
    /// What was disputed and uncovered then.
    pub uncovered: u64,
    /// What slashes had taken of the holders' stake.
    pub slashed: u128,
    /// How many slash proposals had been made.
    pub proposals: u64,
    /// The leverage that everything so far was booked with.
    pub leverage_bps: u16,
    /// Stake that a test has written into the pool's ledger and no delegation holds.
    pub delegated_by_hand: u64,
}

impl Before {
    /// Takes what is now for what was before.
    ///
    /// # Errors
    /// When the LRT's numbers overflow.
    pub fn note(&mut self, now: &Observed, restaking: &Restaking) -> Result<()> {
        self.totals = now.lrt.totals()?;
        self.uncovered = now.lrt.uncovered()?;
        self.slashed = restaking.taken_of_stake();
        self.proposals = restaking.proposals_made();
        Ok(())
    }
}

/// Why a step failed: the name of the error.
pub(super) struct Failure(pub(super) String);

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        Self(refused.name)
    }
}

impl Failure {
    pub(super) fn named(name: &str) -> Self {
        Self(name.to_owned())
    }
}

pub(super) fn user_key(name: &str) -> Keypair {
    keypair(&format!("user {name}"))
}

impl Runner {
    /// Creates the world: collateral mint, LRT, pool, and the users with their collateral.
    ///
    /// # Errors
    /// When the VM does not take the program, or the program refuses the parameters.
    pub fn new(program_elf: &[u8], setup: &Setup, users: &[(String, u64)]) -> Result<Self> {
        let mut vm = Vm::new(program_elf)?;
        let first_slot = FIRST_EPOCH.saturating_mul(setup.fixed.epoch_length);
        vm.set_slot(first_slot);
        let (lrt_mint, mint) = (keypair("lrt mint"), keypair("collateral mint").pubkey());
        let keys = PoolKeys::derive(lrt_mint.pubkey(), mint, TOKEN_PROGRAM_ID);
        let supply = users.iter().map(|(_, amount)| amount).sum();
        let issuer = keypair("collateral issuer").pubkey();
        vm.create_mint(&mint, &issuer, setup.fixed.decimals, supply);

        let fee_wallet = keypair("fee wallet").pubkey();
        let mut runner = Self {
            vm,
            keys,
            fee_wallet,
            users: Vec::new(),
            tickets: Vec::new(),
            operators: Vec::new(),
            avss: Vec::new(),
            proposals: Vec::new(),
            streams: Vec::new(),
            before: Before {
                leverage_bps: setup.params.leverage_bps,
                ..Before::default()
            },
            steps: 0,
            units: 0,
            failed: 0,
            broken: Vec::new(),
        };
        runner.create_lrt(setup, &lrt_mint)?;
        runner.vm.fund(&keypair("manager").pubkey()); // it pays for allocations
        runner.open_accounts(&fee_wallet, 0);
        runner.open_accounts(&stranger().pubkey(), 0);
        for (name, amount) in users {
            let key = user_key(name).pubkey();
            runner.vm.fund(&key);
            runner.open_accounts(&key, *amount);
            runner.users.push((name.clone(), key));
        }
        Ok(runner)
    }

    fn create_lrt(&mut self, setup: &Setup, lrt_mint: &Keypair) -> Result<()> {
        let admin = keypair("admin");
        self.vm.fund(&admin.pubkey());
        let args = CreateLrtArgs {
            manager: keypair("manager").pubkey(),
            guardian: keypair("guardian").pubkey(),
            fixed: setup.fixed,
            params: Params {
                fee_wallet: self.fee_wallet,
                ..setup.params
            },
        };
        let create = self.keys.create_lrt(&admin.pubkey(), &admin.pubkey(), args);
        let add = self
            .keys
            .add_stake_pool(&admin.pubkey(), &admin.pubkey(), u64::MAX, false);
        self.vm
            .send(&[create, add], &[&admin, lrt_mint])
            .map_err(|refused| anyhow!("the LRT can not be created: {}", refused.name))?;
        Ok(())
    }

    pub(super) fn open_accounts(&mut self, owner: &Pubkey, collateral: u64) {
        let own = self.keys.of(owner);
        let (mint, lrt_mint) = (self.keys.collateral_mint, self.keys.lrt_mint);
        self.vm
            .create_token_account(&own.collateral, &mint, owner, collateral);
        self.vm.create_token_account(&own.lrt, &lrt_mint, owner, 0);
    }

    /// The same unless it has them: an operator or an AVS may share a user's name.
    pub(super) fn open_accounts_if_none(&mut self, owner: &Pubkey) {
        if self.vm.account(&self.keys.of(owner).collateral).is_none() {
            self.open_accounts(owner, 0);
        }
    }

    /// The VM, for tests that set the ledger directly.
    pub fn vm_mut(&mut self) -> &mut Vm {
        &mut self.vm
    }

    /// The VM.
    pub fn vm(&self) -> &Vm {
        &self.vm
    }

    /// Addresses of the LRT and its pool.
    pub fn keys(&self) -> PoolKeys {
        self.keys
    }

    /// Users and their keys.
    pub fn users(&self) -> &[(String, Pubkey)] {
        &self.users
    }

    /// Every ticket ever opened, by name.
    pub fn tickets(&self) -> &[(String, TicketKeys)] {
        &self.tickets
    }

    /// Accepted operators, by name.
    pub fn operators(&self) -> &[(String, Pubkey)] {
        &self.operators
    }

    /// Accepted AVSs, by name.
    pub fn avss(&self) -> &[(String, Pubkey)] {
        &self.avss
    }

    /// Every slash proposal ever made, in order.
    pub fn proposals(&self) -> &[ProposalKeys] {
        &self.proposals
    }

    /// Streams, by name.
    pub fn streams(&self) -> &[(String, StreamKeys)] {
        &self.streams
    }

    /// LRT and pool as an `accrue` in this slot would leave them.
    ///
    /// # Errors
    /// When the VM holds no LRT, which no step can bring about.
    pub fn observed(&self) -> Result<Observed> {
        let lrt: Lrt = self.vm.state(&self.keys.lrt).context("the LRT is gone")?;
        let pool: StakePool = self
            .vm
            .state(&self.keys.stake_pool)
            .context("the stake pool is gone")?;
        Ok(Observed::at(lrt, pool, self.vm.slot())?)
    }

    /// Takes the rate as it is now for the one that may not fall, and stake that no delegation holds for sound: for
    /// tests that set the ledger directly.
    ///
    /// # Errors
    /// When the VM holds no LRT, which no step can bring about.
    pub fn forget_rate(&mut self) -> Result<()> {
        let now = self.observed()?;
        let held: u64 = self.restaking().delegations().map(|d| d.active).sum();
        self.before.delegated_by_hand = now.pool.delegated.saturating_sub(held);
        let restaking = self.restaking();
        self.before.note(&now, &restaking)
    }

    /// Runs one step and checks the invariants.
    ///
    /// # Errors
    /// When the VM holds no LRT, which no step can bring about.
    pub fn step(&mut self, step: &Step) -> Result<Line> {
        self.steps = self.steps.saturating_add(1);
        self.units = 0;
        let error = self.perform(step).err().map(|Failure(name)| name);
        if error.is_some() {
            self.failed = self.failed.saturating_add(1);
        }
        self.line(step.op.name(), self.units, error)
    }

    /// Does the work of a step of several transactions: if one is refused, VM, clock and books are as before. The copy
    /// that this takes is why steps of one transaction do without.
    pub(super) fn atomically(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let before = self.clone();
        let outcome = work(self);
        if outcome.is_err() {
            let units = self.units;
            *self = before;
            self.units = units;
        }
        outcome
    }

    /// Moves the clock on.
    pub(super) fn advance(&mut self, slots: u64) -> Result<(), Failure> {
        let before = self.vm.slot();
        let slot = before.checked_add(slots);
        self.vm
            .set_slot(slot.ok_or_else(|| Failure::named("MathOverflow"))?);
        if self.observed().is_err() {
            self.vm.set_slot(before);
            return Err(Failure::named("MathOverflow"));
        }
        Ok(())
    }

    /// The line that a step of no effect would print: how things are.
    ///
    /// # Errors
    /// As [`Runner::step`].
    pub fn observe(&mut self) -> Result<Line> {
        self.line("observe", 0, None)
    }

    /// The run so far.
    pub fn summary(&self) -> Summary {
        Summary::new(self.steps, self.failed, &self.broken)
    }

    pub(super) fn ticket(&self, name: &str) -> Result<TicketKeys, Failure> {
        named(&self.tickets, name)
    }

    pub(super) fn operator(&self, name: &str) -> Result<Pubkey, Failure> {
        named(&self.operators, name)
    }

    pub(super) fn avs(&self, name: &str) -> Result<Pubkey, Failure> {
        named(&self.avss, name)
    }

    pub(super) fn stream(&self, name: &str) -> Result<StreamKeys, Failure> {
        named(&self.streams, name)
    }

    pub(super) fn owner_key(&self, keys: &TicketKeys) -> Result<Keypair, Failure> {
        let name = self.user_name(&keys.owner);
        name.map(user_key).ok_or_else(|| Failure::named("NotFound"))
    }

    pub(super) fn user_name(&self, key: &Pubkey) -> Option<&str> {
        let found = self.users.iter().find(|(_, known)| known == key);
        found.map(|(name, _)| name.as_str())
    }

    pub(super) fn lrt(&self) -> Result<Lrt, Failure> {
        self.existing(&self.keys.lrt)
    }

    pub(super) fn pool(&self) -> Result<StakePool, Failure> {
        self.existing(&self.keys.stake_pool)
    }

    pub(super) fn existing<T: ProgramAccount>(&self, key: &Pubkey) -> Result<T, Failure> {
        self.vm.state(key).ok_or_else(|| Failure::named("NotFound"))
    }
}

/// What an earlier step introduced; `NotFound` when that step failed.
fn named<T: Copy>(known: &[(String, T)], name: &str) -> Result<T, Failure> {
    let found = known.iter().find(|(known, _)| known == name);
    found
        .map(|(_, thing)| *thing)
        .ok_or_else(|| Failure::named("NotFound"))
}

//! Runs steps on the real program.

use super::{
    format::{Op, Paused, Setup, Step},
    invariants::{broken, Books},
    report::{Line, LrtLine, PoolLine, Summary, TicketLine, UserLine},
};
use crate::vm::{burn, keypair, mint_to, Refused, Vm};
use anyhow::{anyhow, Context, Result};
use liquid_restaking_sdk::{
    address,
    anchor_lang::prelude::Pubkey,
    program::{
        instructions::CreateLrtArgs,
        state::{
            CollateralMint, Lrt, Params, Pausable, StakePool, Totals, WithdrawBatch, WithdrawTicket,
        },
    },
    Instruction, Observed, PoolKeys, TicketKeys, TOKEN_PROGRAM_ID,
};
use serde_json::{Map, Value};
use solana_keypair::Keypair;
use solana_signer::Signer;

/// The first step runs in the first slot of this epoch.
const FIRST_EPOCH: u64 = 1_000;

/// A world: the VM, one LRT with one pool, and everybody in it.
#[derive(Clone)]
pub struct Runner {
    vm: Vm,
    keys: PoolKeys,
    fee_wallet: Pubkey,
    users: Vec<(String, Pubkey)>,
    tickets: Vec<(String, TicketKeys)>,
    before: Totals,
    steps: u64,
    failed: u64,
    broken: Vec<String>,
}

/// Why a step failed without the program being asked, or what it said.
struct Failure {
    name: String,
    compute_units: u64,
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        Self {
            name: refused.name,
            compute_units: refused.compute_units,
        }
    }
}

impl Failure {
    fn without_asking(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            compute_units: 0,
        }
    }
}

fn user_key(name: &str) -> Keypair {
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
            before: Totals::default(),
            steps: 0,
            failed: 0,
            broken: Vec::new(),
        };
        runner.create_lrt(setup, &lrt_mint)?;
        runner.open_accounts(&fee_wallet, 0);
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

    fn open_accounts(&mut self, owner: &Pubkey, collateral: u64) {
        let own = self.keys.of(owner);
        let (mint, lrt_mint) = (self.keys.collateral_mint, self.keys.lrt_mint);
        self.vm
            .create_token_account(&own.collateral, &mint, owner, collateral);
        self.vm.create_token_account(&own.lrt, &lrt_mint, owner, 0);
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

    /// Runs one step and checks the invariants.
    ///
    /// # Errors
    /// When the VM holds no LRT, which no step can bring about.
    pub fn step(&mut self, step: &Step) -> Result<Line> {
        self.steps = self.steps.saturating_add(1);
        let outcome = self.perform(step);
        let (compute_units, error) = match outcome {
            Ok(units) => (units, None),
            Err(failure) => {
                self.failed = self.failed.saturating_add(1);
                (failure.compute_units, Some(failure.name))
            }
        };
        self.line(step.op.name(), compute_units, error)
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

    fn perform(&mut self, step: &Step) -> Result<u64, Failure> {
        let as_name = step.signed_as.as_deref();
        match &step.op {
            Op::Deposit {
                user,
                amount,
                min_shares,
            } => {
                let key = user_key(user);
                let deposit = self.keys.deposit(&key.pubkey(), *amount, *min_shares);
                self.send(vec![deposit], Some(&key), as_name)
            }
            Op::RequestWithdraw {
                user,
                shares,
                ticket,
            } => self.request(user, *shares, ticket, as_name),
            Op::Settle => {
                let pool = self.pool()?;
                if pool.queue_length == 0 {
                    return Err(Failure::without_asking("NothingToDo"));
                }
                self.send(vec![self.keys.settle(pool.head_epoch)], None, as_name)
            }
            Op::Claim { ticket } => {
                let keys = self.ticket(ticket)?;
                let claim = self.keys.claim(&keys, &keys.owner);
                self.send(vec![claim], Some(&self.owner_key(&keys)?), as_name)
            }
            Op::Cancel { ticket } => {
                let keys = self.ticket(ticket)?;
                let cancel = self.keys.cancel_withdraw(&keys);
                self.send(vec![cancel], Some(&self.owner_key(&keys)?), as_name)
            }
            Op::TransferTicket { ticket, to } => {
                let keys = self.ticket(ticket)?;
                let new_owner = user_key(to).pubkey();
                let transfer = self.keys.transfer_ticket(&keys, &new_owner);
                let units = self.send(vec![transfer], Some(&self.owner_key(&keys)?), as_name)?;
                for (_, known) in self.tickets.iter_mut().filter(|(name, _)| name == ticket) {
                    known.owner = new_owner;
                }
                Ok(units)
            }
            Op::RedeemInstant {
                user,
                shares,
                min_assets,
            } => {
                let key = user_key(user);
                let redeem = self
                    .keys
                    .redeem_instant(&key.pubkey(), *shares, *min_assets);
                self.send(vec![redeem], Some(&key), as_name)
            }
            Op::Donate { amount } => {
                let issuer = keypair("collateral issuer");
                let (mint, vault) = (&self.keys.collateral_mint, &self.keys.vault);
                let donate = mint_to(mint, vault, &issuer.pubkey(), *amount);
                self.send(vec![donate], Some(&issuer), as_name)
            }
            Op::BurnLrt { user, shares } => {
                let key = user_key(user);
                let from = self.keys.of(&key.pubkey()).lrt;
                let burn = burn(&from, &self.keys.lrt_mint, &key.pubkey(), *shares);
                self.send(vec![burn], Some(&key), as_name)
            }
            Op::Sweep => self.send(vec![self.keys.sweep_surplus()], None, as_name),
            Op::Accrue => self.send(vec![self.keys.accrue()], None, as_name),
            Op::Collect => {
                let keeper = keypair("keeper");
                let collect = self.keys.collect_fees(&self.fee_wallet, &keeper.pubkey());
                self.send(vec![collect], Some(&keeper), as_name)
            }
            Op::Pause { what, slots } => {
                let guardian = keypair("guardian");
                let pause = |what: &Paused| {
                    let what = match what {
                        Paused::Deposit => Pausable::Deposits,
                        Paused::Instant => Pausable::InstantExits,
                    };
                    self.keys.set_pause(&guardian.pubkey(), what, Some(*slots))
                };
                let pauses = what.iter().map(pause).collect();
                self.send(pauses, Some(&guardian), as_name)
            }
            Op::Warp { slots } => {
                let slot = self.vm.slot().checked_add(*slots);
                let slot = slot.ok_or_else(|| Failure::without_asking("MathOverflow"))?;
                self.vm.set_slot(slot);
                Ok(0)
            }
        }
    }

    fn request(
        &mut self,
        user: &str,
        shares: u64,
        ticket: &str,
        as_name: Option<&str>,
    ) -> Result<u64, Failure> {
        let key = user_key(user);
        let lrt: Lrt = self.lrt()?;
        let pool = self.pool()?;
        let epoch = lrt.epoch_of(self.vm.slot());
        let nonce = self.steps; // no two steps share one
        let tail = (pool.queue_length > 0).then_some(pool.tail_epoch);
        let request = self
            .keys
            .request_withdraw(&key.pubkey(), shares, nonce, epoch, tail);
        let units = self.send(vec![request], Some(&key), as_name)?;
        let keys = TicketKeys {
            ticket: address::ticket(&self.keys.stake_pool, &key.pubkey(), nonce).0,
            owner: key.pubkey(),
            batch_epoch: epoch,
            rent_payer: key.pubkey(),
        };
        self.tickets.push((ticket.to_owned(), keys));
        Ok(units)
    }

    /// Sends one transaction. With `as_name`, whoever that is signs in `signer`'s place; nothing else changes.
    fn send(
        &mut self,
        mut instructions: Vec<Instruction>,
        signer: Option<&Keypair>,
        as_name: Option<&str>,
    ) -> Result<u64, Failure> {
        let Some(expected) = signer else {
            return Ok(self.vm.send(&instructions, &[])?.compute_units_consumed);
        };
        let Some(name) = as_name else {
            return Ok(self
                .vm
                .send(&instructions, &[expected])?
                .compute_units_consumed);
        };
        let other = user_key(name);
        if self.vm.account(&other.pubkey()).is_none() {
            self.vm.fund(&other.pubkey());
        }
        for meta in instructions.iter_mut().flat_map(|i| &mut i.accounts) {
            if meta.is_signer && meta.pubkey == expected.pubkey() {
                meta.pubkey = other.pubkey();
            }
        }
        Ok(self
            .vm
            .send(&instructions, &[&other])?
            .compute_units_consumed)
    }

    fn ticket(&self, name: &str) -> Result<TicketKeys, Failure> {
        let found = self.tickets.iter().find(|(known, _)| known == name);
        let (_, keys) = found.ok_or_else(|| Failure::without_asking("NotFound"))?;
        Ok(*keys)
    }

    fn owner_key(&self, keys: &TicketKeys) -> Result<Keypair, Failure> {
        let name = self.user_name(&keys.owner);
        name.map(user_key)
            .ok_or_else(|| Failure::without_asking("NotFound"))
    }

    fn user_name(&self, key: &Pubkey) -> Option<&str> {
        let found = self.users.iter().find(|(_, known)| known == key);
        found.map(|(name, _)| name.as_str())
    }

    fn lrt(&self) -> Result<Lrt, Failure> {
        self.vm
            .state(&self.keys.lrt)
            .ok_or_else(|| Failure::without_asking("NotFound"))
    }

    fn pool(&self) -> Result<StakePool, Failure> {
        self.vm
            .state(&self.keys.stake_pool)
            .ok_or_else(|| Failure::without_asking("NotFound"))
    }

    fn line(
        &mut self,
        op: &'static str,
        compute_units: u64,
        error: Option<String>,
    ) -> Result<Line> {
        let slot = self.vm.slot();
        let now = self.observed()?;
        let vault_balance = self.vm.token_balance(&self.keys.vault);
        self.check(&now, vault_balance)?;

        let (lrt, pool) = (&now.lrt, &now.pool);
        Ok(Line {
            step: self.steps,
            op,
            ok: error.is_none(),
            error,
            compute_units,
            slot,
            lrt: LrtLine {
                supply: lrt.supply,
                nav: lrt.nav()?,
                disputed: lrt.uncovered()?,
                fee_shares: lrt.fee_shares,
            },
            pool: PoolLine {
                idle: pool.idle,
                delegated: pool.delegated,
                drip: now.row()?.drip.rest,
                claimable: pool.claimable,
                bonds: pool.bonds,
                fees_owed: pool.fees_owed,
                operators_owed: pool.operators_owed,
                vault_balance,
            },
            users: self.user_lines()?,
            tickets: self.ticket_lines()?,
        })
    }

    fn check(&mut self, now: &Observed, vault_balance: u64) -> Result<()> {
        let mint = self
            .vm
            .account(&self.keys.lrt_mint)
            .context("the LRT's mint is gone")?;
        let tickets: Vec<WithdrawTicket> = self
            .tickets
            .iter()
            .filter_map(|(_, keys)| self.vm.state(&keys.ticket))
            .collect();
        let mut epochs: Vec<u64> = self
            .tickets
            .iter()
            .map(|(_, keys)| keys.batch_epoch)
            .collect();
        epochs.sort_unstable();
        epochs.dedup();
        let batches: Vec<WithdrawBatch> = epochs
            .iter()
            .filter_map(|epoch| {
                self.vm
                    .state(&address::batch(&self.keys.stake_pool, *epoch))
            })
            .collect();
        let books = Books {
            now,
            vault_balance,
            mint_supply: CollateralMint::parse(&mint.data)?.supply,
            batches: &batches,
            tickets: &tickets,
        };
        for what in broken(&books, self.before) {
            self.broken.push(format!("step {}: {what}", self.steps));
        }
        self.before = now.lrt.totals()?;
        Ok(())
    }

    fn user_lines(&self) -> Result<Map<String, Value>> {
        let mut lines = Map::new();
        for (name, key) in &self.users {
            let own = self.keys.of(key);
            let line = UserLine {
                collateral: self.vm.token_balance(&own.collateral),
                lrt: self.vm.token_balance(&own.lrt),
            };
            lines.insert(name.clone(), serde_json::to_value(line)?);
        }
        Ok(lines)
    }

    fn ticket_lines(&self) -> Result<Map<String, Value>> {
        let mut lines = Map::new();
        for (name, keys) in &self.tickets {
            let Some(ticket) = self.vm.state::<WithdrawTicket>(&keys.ticket) else {
                continue;
            };
            let owner = self.user_name(&ticket.owner);
            let line = TicketLine {
                owner: owner.map_or_else(|| ticket.owner.to_string(), str::to_owned),
                batch: ticket.batch_epoch,
                shares: ticket.shares,
                claimed: ticket.claimed,
            };
            lines.insert(name.clone(), serde_json::to_value(line)?);
        }
        Ok(lines)
    }
}

//! What the examples begin with: an embedded VM that runs the built program, an LRT over a test token, its pool, and the
//! other actors. On a cluster `send` is a transaction over RPC, `ask` a simulation, `read` the account's data.

#![allow(dead_code)] // no example needs all of it

use anyhow::{anyhow, Context, Result};
use liquid_restaking_sdk::{
    address,
    anchor_lang::prelude::{AnchorDeserialize, Pubkey},
    create_associated, decode_return,
    program::{
        instructions::{CreateLrtArgs, RegisterAvsArgs, RegisterOperatorArgs},
        state::{AvsOffer, AvsTerms, FixedParams, Params, Side},
    },
    registry, Instruction, Observed, PoolKeys, ProgramAccount, TOKEN_PROGRAM_ID,
};
use lrt_cli::{
    program_file,
    vm::{keypair, Vm},
};
use solana_keypair::Keypair;
use solana_signer::Signer;

/// One whole token.
pub const ONE: u64 = 1_000_000_000;
/// Slots of an epoch; a real LRT has about a day's, 216,000.
pub const EPOCH: u64 = 100;
/// Where the clock starts: the first slot of epoch 1,000.
const START: u64 = 100_000;

/// The VM, one LRT, and who runs it.
pub struct Stage {
    pub vm: Vm,
    pub keys: PoolKeys,
    pub admin: Keypair,
    pub manager: Keypair,
    pub guardian: Keypair,
    pub fee_wallet: Pubkey,
}

/// A registered operator: its account and who acts for it.
pub struct Operator {
    pub key: Pubkey,
    pub authority: Keypair,
}

/// A registered AVS: its account and who acts for it.
pub struct Avs {
    pub key: Pubkey,
    pub authority: Keypair,
    pub slasher: Keypair,
    pub resolver: Keypair,
}

/// Fees as a real LRT might have them; times short enough to wait for.
pub fn params(fee_wallet: Pubkey) -> Params {
    Params {
        fee_wallet,
        cooldown_epochs: 2,
        timelock_slots: 1_043,
        grace_slots: 200,
        warmup_slots: 10,
        drip_slots: 300,
        bond_cooldown_slots: 443,
        min_settle: 1,
        min_reward: 1,
        min_slash: 1,
        leverage_bps: 10_000,
        bond_multiple: 0,
        dispute_tolerance_bps: 50,
        instant_limit_bps: 2_000,
        deposit_fee_bps: 0,
        withdrawal_fee_bps: 10,
        instant_fee_bps: 50,
        reward_fee_bps: 1_000,
    }
}

/// What is fixed at creation.
pub fn fixed() -> FixedParams {
    FixedParams {
        epoch_length: EPOCH,
        max_exit_delay: 300,
        decimals: 9,
        padding: [0; 7],
    }
}

/// An AVS's promise: 10 slots to veto, 20 to execute, at most 10 % in 100 slots, an exit delay of 100.
pub fn terms() -> AvsTerms {
    AvsTerms {
        veto_window: 10,
        execution_window: 20,
        exit_delay: 100,
        slash_window: 100,
        slash_cap_bps: 1_000,
        padding: [0; 6],
    }
}

impl Stage {
    /// A collateral mint, and people; nobody has created the LRT yet.
    pub fn bare() -> Result<Self> {
        let mut vm = Vm::new(&program_file::read(None)?)?;
        vm.set_slot(START);
        let collateral = keypair("collateral mint").pubkey();
        vm.create_mint(&collateral, &keypair("issuer").pubkey(), 9, 0);
        let lrt_mint = keypair("LRT mint").pubkey();
        let mut stage = Self {
            vm,
            keys: PoolKeys::derive(lrt_mint, collateral, TOKEN_PROGRAM_ID),
            admin: keypair("admin"),
            manager: keypair("manager"),
            guardian: keypair("guardian"),
            fee_wallet: keypair("fee wallet").pubkey(),
        };
        for name in ["admin", "manager", "guardian"] {
            stage.wallet(name);
        }
        Ok(stage)
    }

    /// With an LRT and its pool.
    pub fn new() -> Result<Self> {
        let mut stage = Self::bare()?;
        let (keys, admin) = (stage.keys, stage.admin.insecure_clone());
        let by = admin.pubkey();
        let args = CreateLrtArgs {
            manager: stage.manager.pubkey(),
            guardian: stage.guardian.pubkey(),
            fixed: fixed(),
            params: params(stage.fee_wallet),
        };
        let create = keys.create_lrt(&by, &by, args);
        let add = keys.add_stake_pool(&by, &by, u64::MAX, false);
        stage.send(&[create, add], &[&admin, &keypair("LRT mint")])?;
        Ok(stage)
    }

    // ---- People ----

    /// A wallet with lamports.
    pub fn wallet(&mut self, name: &str) -> Keypair {
        let wallet = keypair(name);
        self.vm.fund(&wallet.pubkey());
        wallet
    }

    /// A wallet with collateral too.
    pub fn rich(&mut self, name: &str, collateral: u64) -> Keypair {
        let wallet = self.wallet(name);
        let (owner, mint) = (wallet.pubkey(), self.keys.collateral_mint);
        let account = self.keys.of(&owner).collateral;
        self.vm
            .create_token_account(&account, &mint, &owner, collateral);
        wallet
    }

    /// Somebody who has deposited.
    pub fn holder(&mut self, name: &str, amount: u64) -> Result<Keypair> {
        let holder = self.rich(name, amount);
        let (keys, key) = (self.keys, holder.pubkey());
        let open = create_associated(&key, &key, &keys.lrt_mint, &TOKEN_PROGRAM_ID);
        self.send(&[open, keys.deposit(&key, amount, 0)], &[&holder])?;
        Ok(holder)
    }

    /// An operator that keeps 5 % of its rewards; see operator.rs.
    pub fn register_operator(&mut self) -> Result<Operator> {
        let (base, authority) = (keypair("operator"), self.rich("operator authority", ONE));
        let args = RegisterOperatorArgs {
            commission_bps: 500,
            uri: String::new(),
        };
        let by = authority.pubkey();
        let register = registry::register_operator(&base.pubkey(), &by, &by, args);
        self.send(&[register], &[&base, &authority])?;
        let key = address::operator(&base.pubkey());
        Ok(Operator { key, authority })
    }

    /// An AVS that burns what it slashes; see avs.rs.
    pub fn register_avs(&mut self) -> Result<Avs> {
        let (base, authority) = (keypair("AVS"), self.rich("AVS authority", ONE));
        let (slasher, resolver) = (self.wallet("slasher"), self.wallet("resolver"));
        let args = RegisterAvsArgs {
            offer: AvsOffer {
                slasher: slasher.pubkey(),
                resolver: resolver.pubkey(),
                destination: Pubkey::default(),
                terms: terms(),
            },
            uri: String::new(),
        };
        let by = authority.pubkey();
        let register = registry::register_avs(&base.pubkey(), &by, &by, args);
        self.send(&[register], &[&base, &authority])?;
        let key = address::avs(&base.pubkey());
        Ok(Avs {
            key,
            authority,
            slasher,
            resolver,
        })
    }

    /// The admin accepts both: at once, for nobody has deposited yet; see admin.rs.
    pub fn accept(&mut self, operator: &Pubkey, avs: &Pubkey) -> Result<()> {
        let (keys, admin) = (self.keys, self.admin.insecure_clone());
        let operator = keys.set_operator_cap(&admin.pubkey(), operator, u64::MAX);
        let avs = keys.propose_avs(&admin.pubkey(), avs, 10_000);
        self.send(&[operator, avs], &[&admin])
    }

    /// One side of an opt-in.
    pub fn opt_in(
        &mut self,
        operator: &Pubkey,
        avs: &Pubkey,
        by: &Keypair,
        side: Side,
    ) -> Result<()> {
        let opt_in = registry::opt_in(operator, avs, &by.pubkey(), side);
        self.send(&[opt_in], &[by])
    }

    /// Operator and AVS, registered, opted in to each other for long enough, and accepted.
    pub fn workers(&mut self) -> Result<(Operator, Avs)> {
        let (operator, avs) = (self.register_operator()?, self.register_avs()?);
        self.accept(&operator.key, &avs.key)?;
        self.opt_in(&operator.key, &avs.key, &operator.authority, Side::Operator)?;
        self.opt_in(&operator.key, &avs.key, &avs.authority, Side::Avs)?;
        self.wait(params(self.fee_wallet).warmup_slots);
        Ok((operator, avs))
    }

    /// Stake that counts for the AVS; see manager.rs.
    pub fn stake(&mut self, operator: &Pubkey, avs: &Pubkey, amount: u64) -> Result<()> {
        let (keys, manager) = (self.keys, self.manager.insecure_clone());
        let by = manager.pubkey();
        let delegate = keys.delegate(&by, operator, amount);
        let allocate = keys.allocate(&by, operator, avs, amount);
        self.send(&[delegate, allocate], &[&manager])?;
        self.wait(params(self.fee_wallet).warmup_slots);
        self.send(&[keys.release(operator, avs)], &[])
    }

    /// Income out of nowhere: collateral sent straight to the vault, which then drips.
    pub fn earn(&mut self, amount: u64) -> Result<()> {
        let mut vault = self.vm.account(&self.keys.vault).context("the vault")?;
        let balance = self.vm.token_balance(&self.keys.vault);
        let more = balance.checked_add(amount).context("too much")?;
        let bytes = vault.data.get_mut(64..72).context("a token account")?;
        bytes.copy_from_slice(&more.to_le_bytes());
        self.vm.set_account(&self.keys.vault, vault);
        self.send(&[self.keys.sweep_surplus()], &[])
    }

    // ---- The cluster ----

    /// A transaction that must succeed; `Err` names the program's error.
    pub fn send(&mut self, instructions: &[Instruction], signers: &[&Keypair]) -> Result<()> {
        self.send_and_watch(instructions, signers).map(|_| ())
    }

    /// The same, with the data of its inner instructions: the program's events are among them.
    pub fn send_and_watch(
        &mut self,
        instructions: &[Instruction],
        signers: &[&Keypair],
    ) -> Result<Vec<Vec<u8>>> {
        let sent = self.vm.send(instructions, signers);
        let sent = sent.map_err(|refused| anyhow!("refused: {}", refused.name))?;
        let inner = sent.inner_instructions.into_iter().flatten();
        Ok(inner.map(|inner| inner.instruction.data).collect())
    }

    /// What a read-only instruction answers.
    pub fn ask<T: AnchorDeserialize>(&self, question: &Instruction) -> Result<T> {
        let answer = self.vm.ask(question);
        let answer = answer.map_err(|refused| anyhow!("refused: {}", refused.name))?;
        Ok(decode_return(&answer.return_data.data)?)
    }

    /// An account of the program.
    pub fn read<T: ProgramAccount>(&self, key: &Pubkey) -> Result<T> {
        let state = self.vm.state(key);
        state.with_context(|| format!("no such account: {key}"))
    }

    /// An account's bytes.
    pub fn data(&self, key: &Pubkey) -> Result<Vec<u8>> {
        let account = self.vm.account(key).context("no such account")?;
        Ok(account.data)
    }

    /// LRT and pool as they would be after an `accrue` now.
    pub fn observed(&self) -> Result<Observed> {
        let lrt = self.read(&self.keys.lrt)?;
        let pool = self.read(&self.keys.stake_pool)?;
        Ok(Observed::at(lrt, pool, self.vm.slot())?)
    }

    /// What a wallet has: collateral, LRT.
    pub fn holds(&self, wallet: &Pubkey) -> (u64, u64) {
        let own = self.keys.of(wallet);
        (
            self.vm.token_balance(&own.collateral),
            self.vm.token_balance(&own.lrt),
        )
    }

    /// Lets slots pass.
    pub fn wait(&mut self, slots: u64) {
        let slot = self.vm.slot().saturating_add(slots);
        self.vm.set_slot(slot);
    }
}

/// An amount of nine decimals, as people write it.
pub fn tokens(amount: u64) -> String {
    let (whole, part) = (amount.checked_div(ONE), amount.checked_rem(ONE));
    let text = format!("{}.{:09}", whole.unwrap_or(0), part.unwrap_or(0));
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

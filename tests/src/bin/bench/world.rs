//! What is measured: fees on, a classic mint, a drip running, the event included, every PDA at bump 255.

mod administration;
mod forced;
mod operators;
mod registry;
mod restaking;
mod rewards;
mod slashing;
mod slashing_at_worst;
mod staking;
mod streams;
mod wrapped_sol;

pub use operators::{Scale, MEASURED};

use anyhow::{anyhow, Context, Result};
use liquid_restaking_sdk::{
    address,
    anchor_lang::prelude::Pubkey,
    program::{
        instructions::CreateLrtArgs,
        state::{Lrt, StakePool},
        BATCH_SEED, ID, LRT_SEED, REWARD_BOOK_SEED, REWARD_VAULT_SEED, STAKE_POOL_SEED, VAULT_SEED,
    },
    Instruction, PoolKeys, TicketKeys, ASSOCIATED_TOKEN_PROGRAM_ID, NATIVE_MINT, TOKEN_PROGRAM_ID,
};
use liquid_restaking_tests::{fixed, params, EPOCH, ONE, START};
use lrt_cli::{
    program_file,
    vm::{keypair, mint_to, Vm},
};
use solana_keypair::Keypair;
use solana_signer::Signer;
use solana_transaction::Transaction;

/// Who claims and calls for others.
const KEEPER: &str = "bench keeper";

/// One measured instruction.
pub struct Row {
    /// Its name, and what is special about the row.
    pub name: String,
    /// Compute units.
    pub units: u64,
    /// Accounts that it names.
    pub accounts: usize,
    /// Of these, written.
    pub written: usize,
    /// Bytes of a transaction of it alone, paid by its signer.
    pub bytes: usize,
}

/// All that is measured.
pub struct Measured {
    /// Every instruction.
    pub rows: Vec<Row>,
    /// What holders and manager do, under ever more operators.
    pub scales: Vec<Scale>,
}

/// The world and what has been measured in it.
pub struct Bench {
    vm: Vm,
    keys: PoolKeys,
    admin: Keypair,
    user: Keypair,
    keeper: Keypair,
    rows: Vec<Row>,
}

fn bump(seeds: &[&[u8]]) -> u8 {
    Pubkey::find_program_address(seeds, &ID).1
}

/// The bump of a wallet's associated token account, which is another program's address.
fn associated_bump(wallet: &Pubkey, mint: &Pubkey) -> u8 {
    let seeds = [wallet.as_ref(), TOKEN_PROGRAM_ID.as_ref(), mint.as_ref()];
    Pubkey::find_program_address(&seeds, &ASSOCIATED_TOKEN_PROGRAM_ID).1
}

/// Mints whose LRT, reward book, pool, their vaults, and batches of the first epochs are all at bump 255.
fn grind() -> (Keypair, Pubkey) {
    let lrt_mint = (0..)
        .map(|n| keypair(&format!("bench lrt mint {n}")))
        .find(|mint| {
            let lrt = address::lrt(&mint.pubkey());
            let book = address::reward_book(&lrt);
            bump(&[LRT_SEED, mint.pubkey().as_ref()]) == 255
                && bump(&[REWARD_BOOK_SEED, lrt.as_ref()]) == 255
                && bump(&[REWARD_VAULT_SEED, book.as_ref()]) == 255
        })
        .expect("one in eight addresses will do");
    let lrt = address::lrt(&lrt_mint.pubkey());
    let keeper = keypair(KEEPER).pubkey();
    let collateral = (0..)
        .map(|n| keypair(&format!("bench collateral {n}")).pubkey())
        .find(|mint| {
            let pool = address::stake_pool(&lrt, mint);
            let batch = |epoch: u64| bump(&[BATCH_SEED, pool.as_ref(), &epoch.to_le_bytes()]);
            bump(&[STAKE_POOL_SEED, lrt.as_ref(), mint.as_ref()]) == 255
                && bump(&[VAULT_SEED, pool.as_ref()]) == 255
                && bump(&[LRT_SEED, mint.as_ref()]) == 255
                && associated_bump(&keeper, mint) == 255
                && (START / EPOCH..START / EPOCH + 3).all(|epoch| batch(epoch) == 255)
        })
        .expect("one in 128 addresses will do");
    (lrt_mint, collateral)
}

impl Bench {
    /// Measures everything.
    pub fn run() -> Result<Measured> {
        let (lrt_mint, collateral) = grind();
        let mut bench = Self {
            vm: Vm::new(&program_file::read(None)?)?,
            keys: PoolKeys::derive(lrt_mint.pubkey(), collateral, TOKEN_PROGRAM_ID),
            admin: keypair("bench admin"),
            user: keypair("bench user"),
            keeper: keypair(KEEPER),
            rows: Vec::new(),
        };
        bench.vm.set_slot(START);
        let empty = bench.vm.clone();
        bench.create(&lrt_mint)?;
        bench.holders()?;
        let deposited = bench.vm.clone();
        bench.queue()?;
        bench.odd_accounts()?;
        bench.administration()?;
        bench.vm = deposited.clone();
        bench.restaking()?;
        bench.vm = deposited.clone();
        bench.streams()?;
        bench.vm = empty;
        bench.wrapped_sol()?;
        bench.vm = deposited;
        Ok(Measured {
            scales: bench.scales()?,
            rows: bench.rows,
        })
    }

    fn measure(
        &mut self,
        name: &str,
        instruction: &Instruction,
        signers: &[&Keypair],
    ) -> Result<()> {
        let units = self.send(name, instruction, signers)?;
        self.push(name, units, instruction, signers);
        Ok(())
    }

    /// Sends an instruction and gives the compute units it took, for whoever does not want a row.
    fn send(&mut self, name: &str, instruction: &Instruction, signers: &[&Keypair]) -> Result<u64> {
        let sent = self.vm.send(std::slice::from_ref(instruction), signers);
        let sent = sent.map_err(|refused| {
            anyhow!(
                "{name} is refused: {}\n{}",
                refused.name,
                refused.logs.join("\n")
            )
        })?;
        Ok(sent.compute_units_consumed)
    }

    fn measure_question(&mut self, name: &str, instruction: &Instruction) -> Result<()> {
        let answer = self.vm.ask(instruction);
        let answer = answer.map_err(|refused| anyhow!("{name} is refused: {}", refused.name))?;
        self.push(name, answer.compute_units_consumed, instruction, &[]);
        Ok(())
    }

    fn push(&mut self, name: &str, units: u64, instruction: &Instruction, signers: &[&Keypair]) {
        let payer = signers
            .first()
            .map_or_else(|| self.keeper.pubkey(), |key| key.pubkey());
        let transaction =
            Transaction::new_with_payer(std::slice::from_ref(instruction), Some(&payer));
        let signatures = usize::from(transaction.message.header.num_required_signatures);
        self.rows.push(Row {
            name: name.to_owned(),
            units,
            accounts: instruction.accounts.len(),
            written: instruction
                .accounts
                .iter()
                .filter(|meta| meta.is_writable)
                .count(),
            bytes: 1 + 64 * signatures + transaction.message_data().len(),
        });
    }

    fn create(&mut self, lrt_mint: &Keypair) -> Result<()> {
        let (admin, keys) = (self.admin.insecure_clone(), self.keys);
        let issuer = keypair("bench issuer").pubkey();
        for key in [admin.pubkey(), self.user.pubkey(), self.keeper.pubkey()] {
            self.vm.fund(&key);
        }
        self.vm
            .create_mint(&keys.collateral_mint, &issuer, 9, 1_000 * ONE);
        let mut with_fees = params();
        with_fees.fee_wallet = keypair("bench fee wallet").pubkey();
        (with_fees.deposit_fee_bps, with_fees.withdrawal_fee_bps) = (10, 10);
        (with_fees.instant_fee_bps, with_fees.drip_slots) = (100, 10_000);
        with_fees.reward_fee_bps = 1_000;
        let args = CreateLrtArgs {
            manager: admin.pubkey(),
            guardian: admin.pubkey(),
            fixed: fixed(),
            params: with_fees,
        };
        let create = keys.create_lrt(&admin.pubkey(), &admin.pubkey(), args);
        self.measure("create_lrt", &create, &[&admin, lrt_mint])?;
        let add = keys.add_stake_pool(&admin.pubkey(), &admin.pubkey(), u64::MAX, false);
        self.measure("add_stake_pool", &add, &[&admin])?;
        for (owner, amount) in [(self.user.pubkey(), 1_000 * ONE), (with_fees.fee_wallet, 0)] {
            self.give(&owner, amount);
            let own = keys.of(&owner).lrt;
            self.vm
                .create_token_account(&own, &keys.lrt_mint, &owner, 0);
        }
        Ok(())
    }

    /// Opens a wallet's associated token account with so much collateral.
    fn give(&mut self, owner: &Pubkey, amount: u64) {
        let (own, mint) = (self.keys.of(owner).collateral, self.keys.collateral_mint);
        self.vm.create_token_account(&own, &mint, owner, amount);
        if mint == NATIVE_MINT {
            wrapped_sol::wrap(&mut self.vm, &own, amount);
        }
    }

    fn donate(&mut self, amount: u64) -> Result<()> {
        let issuer = keypair("bench issuer");
        let keys = self.keys;
        let donate = mint_to(&keys.collateral_mint, &keys.vault, &issuer.pubkey(), amount);
        self.vm
            .send(&[donate], &[&issuer])
            .map_err(|refused| anyhow!("a donation is refused: {}", refused.name))?;
        Ok(())
    }

    fn holders(&mut self) -> Result<()> {
        let (user, keys) = (self.user.insecure_clone(), self.keys);
        let deposit = keys.deposit(&user.pubkey(), 100 * ONE, 0);
        self.measure("deposit, the first of all", &deposit, &[&user])?;
        self.donate(ONE)?;
        self.measure("sweep_surplus", &keys.sweep_surplus(), &[])?;
        self.vm.set_slot(START + 10);
        self.measure("accrue", &keys.accrue(), &[])?;
        self.measure("accrue, nothing to release", &keys.accrue(), &[])?;
        self.vm.set_slot(START + 20);
        self.measure_question("quote_deposit", &keys.quote_deposit(ONE))?;
        self.measure_question("quote_withdraw", &keys.quote_withdraw(ONE))?;
        self.measure_question("quote_instant", &keys.quote_instant(ONE))?;
        self.measure_question("check_invariants", &keys.check_invariants())?;
        let deposit = keys.deposit(&user.pubkey(), 100 * ONE, 0);
        self.measure("deposit", &deposit, &[&user])?;
        self.vm.set_slot(START + 30);
        let redeem = keys.redeem_instant(&user.pubkey(), ONE, 0);
        self.measure("redeem_instant", &redeem, &[&user])
    }

    /// A nonce whose ticket is at bump 255, and the ticket.
    fn ticket(&self, start: u64, epoch: u64) -> (u64, TicketKeys) {
        let owner = self.user.pubkey();
        let (nonce, ticket) = (start..)
            .map(|nonce| (nonce, address::ticket(&self.keys.stake_pool, &owner, nonce)))
            .find(|(_, (_, bump))| *bump == 255)
            .map(|(nonce, (ticket, _))| (nonce, ticket))
            .expect("half of all nonces have bump 255");
        let keys = TicketKeys {
            ticket,
            owner,
            batch_epoch: epoch,
            rent_payer: owner,
        };
        (nonce, keys)
    }

    fn request(&mut self, name: &str, start: u64, tail: Option<u64>) -> Result<TicketKeys> {
        let user = self.user.insecure_clone();
        let lrt: Lrt = self.vm.state(&self.keys.lrt).context("an LRT")?;
        let epoch = lrt.epoch_of(self.vm.slot());
        let (nonce, ticket) = self.ticket(start, epoch);
        let request = self
            .keys
            .request_withdraw(&user.pubkey(), ONE, nonce, epoch, tail);
        self.measure(name, &request, &[&user])?;
        Ok(ticket)
    }

    fn queue(&mut self) -> Result<()> {
        let (user, keeper, keys) = (
            self.user.insecure_clone(),
            self.keeper.insecure_clone(),
            self.keys,
        );
        let first = START / EPOCH;
        self.vm.set_slot(START + 40);
        let one = self.request("request_withdraw, opening the first batch", 0, None)?;
        self.vm.set_slot(START + EPOCH);
        let two = self.request("request_withdraw, opening a batch", 100, Some(first))?;
        self.vm.set_slot(START + EPOCH + 10);
        let three = self.request("request_withdraw", 200, Some(first + 1))?;
        let four = self.request(
            "request_withdraw, once more in the slot",
            300,
            Some(first + 1),
        )?;
        self.vm.set_slot(START + EPOCH + 20);
        self.measure_question("quote_instant, with a queue", &keys.quote_instant(ONE))?;
        let redeem = keys.redeem_instant(&user.pubkey(), ONE, 0);
        self.measure("redeem_instant, with a queue", &redeem, &[&user])?;
        self.measure("cancel_withdraw", &keys.cancel_withdraw(&four), &[&user])?;
        self.measure(
            "transfer_ticket",
            &keys.transfer_ticket(&two, &keeper.pubkey()),
            &[&user],
        )?;

        self.vm.set_slot(START + 3 * EPOCH);
        self.measure("settle", &keys.settle(first), &[])?;
        self.vm.set_slot(START + 3 * EPOCH + 10);
        self.measure("claim", &keys.claim(&one, &user.pubkey()), &[&user])?;
        self.measure("close_batch", &keys.close_batch(first, &user.pubkey()), &[])?;

        // The second batch is settled in part: half of its shares.
        self.vm.set_slot(START + 4 * EPOCH);
        let mut pool: StakePool = self.vm.state(&keys.stake_pool).context("a pool")?;
        let all = pool.idle;
        pool.idle = ONE;
        pool.delegated = all - ONE;
        self.vm.set_state(&keys.stake_pool, &pool)?;
        self.measure("settle, in part", &keys.settle(first + 1), &[])?;
        let two = TicketKeys {
            owner: keeper.pubkey(),
            ..two
        };
        self.give(&keeper.pubkey(), 0);
        self.measure(
            "claim, not the last",
            &keys.claim(&two, &keeper.pubkey()),
            &[&keeper],
        )?;
        self.measure(
            "cancel_withdraw, partly settled",
            &keys.cancel_withdraw(&three),
            &[&user],
        )?;
        let mut pool: StakePool = self.vm.state(&keys.stake_pool).context("a pool")?;
        pool.idle += pool.delegated;
        pool.delegated = 0;
        self.vm.set_state(&keys.stake_pool, &pool)?;
        self.vm.set_slot(START + 4 * EPOCH + 10);
        self.measure("settle, the rest", &keys.settle(first + 1), &[])?;
        let fee_wallet = keypair("bench fee wallet");
        self.measure(
            "claim, by a stranger",
            &keys.claim(&two, &user.pubkey()),
            &[&user],
        )?;
        let collect = keys.collect_fees(&fee_wallet.pubkey(), &fee_wallet.pubkey());
        self.measure("collect_fees", &collect, &[&fee_wallet])
    }

    /// What a bump search or an account that somebody sent lamports to adds.
    fn odd_accounts(&mut self) -> Result<()> {
        let (user, keys) = (self.user.insecure_clone(), self.keys);
        let searched = (START / EPOCH + 5..)
            .find(|epoch| {
                bump(&[BATCH_SEED, keys.stake_pool.as_ref(), &epoch.to_le_bytes()]) == 254
            })
            .expect("a quarter of all epochs have bump 254");
        self.vm.set_slot(searched * EPOCH);
        self.request(
            "request_withdraw, opening the first batch at bump 254",
            400,
            None,
        )?;
        let (nonce, ticket) = self.ticket(500, searched);
        self.vm
            .set_rent_exempt(&ticket.ticket, Pubkey::default(), Vec::new());
        let request = keys.request_withdraw(&user.pubkey(), ONE, nonce, searched, None);
        self.measure(
            "request_withdraw, lamports sent to its ticket before",
            &request,
            &[&user],
        )
    }
}

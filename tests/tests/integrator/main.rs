//! Another program learns what an LRT is worth: the built examples/rate-reader beside the built program, under
//! solana-program-test. And docs/guides/integrator.md, held to the code.

mod guide;
mod offsets;
mod quotes;
mod refused;
mod snippets;
mod units;

use liquid_restaking_sdk::{
    anchor_lang::prelude::Pubkey,
    program::{
        instructions::WithdrawQuote,
        state::{Lrt, Params, StakePool},
        ID,
    },
    AccountMeta, Instruction, Observed, PoolKeys,
};
use liquid_restaking_tests::{terms, Avs, Operator, World, ONE};
use lrt_cli::program_file;
use solana_account::{Account, AccountSharedData};

/// Where the reader is.
const READER: Pubkey = Pubkey::new_from_array([7; 32]);
/// What is asked about: a number that divides nothing.
const SHARES: u64 = 1_234_567_891;

/// A world with fees, and the reader in it.
async fn world() -> World {
    let mut world = World::with(with_fees).await;
    install(&mut world);
    world
}

/// Every fee of a holder, none a divisor of another.
fn with_fees(params: &mut Params) {
    params.deposit_fee_bps = 30;
    params.withdrawal_fee_bps = 70;
    params.instant_fee_bps = 110;
}

/// Puts the built reader on chain, as the test bank has the program: owned by the loader that needs no second account.
fn install(world: &mut World) {
    let program = program_file::find(None).expect("the program is built");
    let reader = program.with_file_name("rate_reader.so");
    let data = std::fs::read(&reader).unwrap_or_else(|_| {
        panic!(
            "{} is not there: `cargo xtask build`, or `cargo build-sbf --manifest-path \
            examples/rate-reader/Cargo.toml --sbf-out-dir target/deploy`",
            reader.display()
        )
    });
    let account = Account {
        lamports: 1_000 * ONE,
        data,
        owner: Pubkey::from_str_const("BPFLoader2111111111111111111111111111111111"),
        executable: true,
        ..Account::default()
    };
    world
        .context
        .set_account(&READER, &AccountSharedData::from(account));
}

/// An operator and an AVS that may work together, before anybody has deposited.
async fn workers(world: &mut World) -> (Operator, Avs) {
    let (operator, avs) = (world.operator().await, world.avs(terms(), 10_000).await);
    world.opt_in(&operator, &avs).await;
    (operator, avs)
}

fn call(way: u8, keys: &PoolKeys, shares: u64) -> Instruction {
    let mut data = vec![way];
    data.extend_from_slice(&shares.to_le_bytes());
    let accounts = [keys.lrt_mint, keys.lrt, keys.stake_pool, ID];
    Instruction {
        program_id: READER,
        accounts: accounts
            .into_iter()
            .map(|key| AccountMeta::new_readonly(key, false))
            .collect(),
        data,
    }
}

/// The reader asks the program.
fn by_quote(keys: &PoolKeys, shares: u64) -> Instruction {
    call(0, keys, shares)
}

/// The reader reads the accounts, and needs no fourth.
fn by_offsets(keys: &PoolKeys, shares: u64) -> Instruction {
    let mut read = call(1, keys, shares);
    read.accounts.pop();
    read
}

/// What the reader answers to both: what it was quoted, and `at_least`, `at_most`, `idle`, `queued`.
async fn answers(world: &mut World, shares: u64) -> ((u64, u64), (u64, u64, u64, u64)) {
    let keys = world.keys;
    let quoted = world.ask(by_quote(&keys, shares)).await.expect("a quote");
    let read = world.ask(by_offsets(&keys, shares)).await.expect("a price");
    (quoted, read)
}

/// What the program itself answers.
async fn quote(world: &mut World, shares: u64) -> WithdrawQuote {
    let question = world.keys.quote_withdraw(shares);
    world.ask(question).await.expect("a quote")
}

/// LRT and pool as stored, and as an `accrue` now would leave them.
async fn books(world: &mut World) -> ((Lrt, StakePool), Observed) {
    let (lrt, pool, slot) = (world.lrt().await, world.pool().await, world.slot().await);
    let now = Observed::at(lrt, pool, slot).expect("sound books");
    ((lrt, pool), now)
}

//! Runs the SPL stake pool program that was built with this toolchain on a pool made for the purpose,
//! and prints what DepositSol and WithdrawSol cost beside the figures of the README. Fails if they drifted by over 1 %.
//!
//! Usage: `calibrate spl_stake_pool.so`

use litesvm::LiteSVM;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_program_pack::Pack;
use solana_pubkey::Pubkey;
use solana_signer::Signer;
use solana_stake_interface::{
    instruction as stake_instruction, program as stake_program,
    state::{Authorized, Lockup, StakeStateV2},
};
use solana_system_interface::instruction as system_instruction;
use solana_transaction::Transaction;
use spl_stake_pool::{
    find_withdraw_authority_program_address, id as pool_program,
    instruction::{deposit_sol, initialize, withdraw_sol},
    state::{Fee, ValidatorList},
};
use spl_token_interface::{
    id as token_program, instruction as token_instruction,
    native_mint::DECIMALS,
    state::{Account, Mint},
};

const SOL: u64 = 1_000_000_000;
const MAX_VALIDATORS: u32 = 10;
/// Serialized size of the stake pool's account, `get_packed_len::<StakePool>()` in the program's own tests.
const STAKE_POOL_SIZE: usize = 611;

/// Compute units of one instruction. See the README for where the figures are from.
struct Reference {
    instruction: &'static str,
    /// What this program printed when the toolchain was last changed.
    recorded: u64,
    /// On a deployed pool's accounts, built with a toolchain made in this way.
    deployed_pool: u64,
    /// On the same accounts, the official build of the deployed program.
    official: u64,
}

const DEPOSIT_SOL: Reference = Reference {
    instruction: "DepositSol",
    recorded: 9_453,
    deployed_pool: 9_404,
    official: 13_033,
};
const WITHDRAW_SOL: Reference = Reference {
    instruction: "WithdrawSol",
    recorded: 18_366,
    deployed_pool: 18_382,
    official: 24_122,
};

/// A machine with the program on it, and a pool with nothing but a reserve.
struct Pool {
    svm: LiteSVM,
    manager: Keypair,
    address: Pubkey,
    withdraw_authority: Pubkey,
    reserve: Pubkey,
    mint: Pubkey,
    manager_fee: Pubkey,
    user_tokens: Pubkey,
}

impl Pool {
    fn new(program: &str) -> Self {
        let mut svm = LiteSVM::new();
        svm.add_program_from_file(pool_program(), program)
            .expect("the program loads");

        // Fixed keys: the same addresses, so the same figures, in every run.
        let [
            manager,
            pool,
            validators,
            reserve,
            mint,
            manager_fee,
            user_tokens,
        ] = std::array::from_fn(|i| Keypair::new_from_array([i as u8 + 1; 32]));
        let manager_key = manager.pubkey();
        svm.airdrop(&manager_key, 1_000 * SOL).expect("airdrop");
        let withdraw_authority =
            find_withdraw_authority_program_address(&pool_program(), &pool.pubkey()).0;

        let mut this = Self {
            svm,
            address: pool.pubkey(),
            withdraw_authority,
            reserve: reserve.pubkey(),
            mint: mint.pubkey(),
            manager_fee: manager_fee.pubkey(),
            user_tokens: user_tokens.pubkey(),
            manager,
        };

        this.create(&reserve, StakeStateV2::size_of(), &stake_program::id(), SOL);
        this.send(stake_instruction::initialize(
            &this.reserve,
            &Authorized::auto(&withdraw_authority),
            &Lockup::default(),
        ));
        this.create(&mint, Mint::LEN, &token_program(), 0);
        this.send(
            token_instruction::initialize_mint2(
                &token_program(),
                &this.mint,
                &withdraw_authority,
                None,
                DECIMALS,
            )
            .unwrap(),
        );
        for account in [&manager_fee, &user_tokens] {
            this.create(account, Account::LEN, &token_program(), 0);
            this.send(
                token_instruction::initialize_account3(
                    &token_program(),
                    &account.pubkey(),
                    &this.mint,
                    &manager_key,
                )
                .unwrap(),
            );
        }
        let list_size = 4 + 5 + 73 * MAX_VALIDATORS as usize;
        assert_eq!(
            ValidatorList::calculate_max_validators(list_size),
            MAX_VALIDATORS as usize
        );
        this.create(&validators, list_size, &pool_program(), 0);
        this.create(&pool, STAKE_POOL_SIZE, &pool_program(), 0);
        this.send(initialize(
            &pool_program(),
            &this.address,
            &manager_key,
            &manager_key,
            &withdraw_authority,
            &validators.pubkey(),
            &this.reserve,
            &this.mint,
            &this.manager_fee,
            &token_program(),
            None,
            Fee {
                numerator: 4,
                denominator: 100,
            },
            Fee {
                numerator: 1,
                denominator: 1_000,
            },
            Fee {
                numerator: 0,
                denominator: 1_000,
            },
            0,
            MAX_VALIDATORS,
        ));
        this
    }

    /// Compute units of a deposit of `lamports`.
    fn deposit(&mut self, lamports: u64) -> u64 {
        let manager = self.manager.pubkey();
        self.send(deposit_sol(
            &pool_program(),
            &self.address,
            &self.withdraw_authority,
            &self.reserve,
            &manager,
            &self.user_tokens,
            &self.manager_fee,
            &self.manager_fee,
            &self.mint,
            &token_program(),
            lamports,
        ))
    }

    /// Compute units of a withdrawal of `pool_tokens`.
    fn withdraw(&mut self, pool_tokens: u64) -> u64 {
        let manager = self.manager.pubkey();
        self.send(withdraw_sol(
            &pool_program(),
            &self.address,
            &self.withdraw_authority,
            &manager,
            &self.user_tokens,
            &self.reserve,
            &manager,
            &self.manager_fee,
            &self.mint,
            &token_program(),
            pool_tokens,
        ))
    }

    fn tokens(&self) -> u64 {
        Account::unpack(&self.svm.get_account(&self.user_tokens).unwrap().data)
            .unwrap()
            .amount
    }

    fn create(&mut self, account: &Keypair, size: usize, owner: &Pubkey, above_rent: u64) {
        let lamports = self.svm.minimum_balance_for_rent_exemption(size) + above_rent;
        let create = system_instruction::create_account(
            &self.manager.pubkey(),
            &account.pubkey(),
            lamports,
            size as u64,
            owner,
        );
        self.send_signed(create, &[account]);
    }

    fn send(&mut self, instruction: Instruction) -> u64 {
        self.send_signed(instruction, &[])
    }

    /// Sends one instruction in a transaction of its own and returns the compute units it took.
    fn send_signed(&mut self, instruction: Instruction, signers: &[&Keypair]) -> u64 {
        let mut all = vec![&self.manager];
        all.extend(signers);
        let transaction = Transaction::new_signed_with_payer(
            &[instruction],
            Some(&self.manager.pubkey()),
            &all,
            self.svm.latest_blockhash(),
        );
        match self.svm.send_transaction(transaction) {
            Ok(done) => done.compute_units_consumed,
            Err(failed) => panic!("{}\n{}", failed.err, failed.meta.pretty_logs()),
        }
    }
}

fn main() {
    let program = std::env::args()
        .nth(1)
        .expect("usage: calibrate spl_stake_pool.so");
    let mut pool = Pool::new(&program);

    pool.deposit(100 * SOL); // the first deposit prices an empty pool; what is measured is an ordinary one
    let before = pool.tokens();
    let deposit = pool.deposit(7 * SOL);
    assert_eq!(
        pool.tokens() - before,
        7 * SOL,
        "one share a lamport: the pool has earned nothing"
    );
    let reserve = pool.svm.get_balance(&pool.reserve).unwrap();
    let withdraw = pool.withdraw(3 * SOL);
    assert_eq!(
        reserve - pool.svm.get_balance(&pool.reserve).unwrap(),
        3 * SOL - 3 * SOL / 1_000,
        "3 SOL less the fee of a thousandth"
    );

    println!("SPL stake pool 2.2.0, compute units");
    println!();
    println!(
        "| instruction | this run | recorded | a deployed pool, this way of building | a deployed pool, official build |"
    );
    println!("|---|---|---|---|---|");
    let mut drifted = false;
    for (reference, measured) in [(DEPOSIT_SOL, deposit), (WITHDRAW_SOL, withdraw)] {
        let Reference {
            instruction,
            recorded,
            deployed_pool,
            official,
        } = reference;
        let against = |figure: u64| {
            format!(
                "{figure} ({:+.1} %)",
                100.0 * (measured as f64 / figure as f64 - 1.0)
            )
        };
        println!(
            "| {instruction} | {measured} | {} | {} | {} |",
            against(recorded),
            against(deployed_pool),
            against(official)
        );
        drifted |= measured.abs_diff(recorded) * 100 > recorded;
    }
    println!();
    println!(
        "Per cent: this run against the figure. It runs on a pool of its own: a reserve, no validators, deposit fee 0,"
    );
    println!("withdrawal fee 0.1 %. The official build is of an older source of the program.");
    if drifted {
        eprintln!("This machine's toolchain differs from the recorded one by more than 1 %.");
        std::process::exit(1);
    }
}

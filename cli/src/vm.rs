//! An embedded Solana VM with the program, a clock, and token accounts: what scenarios, the demo, the property tests and
//! the benchmarks run on. The token programs in it are the real ones.

use anyhow::{anyhow, Result};
use liquid_restaking_sdk::program::instructions::token::{MINT_LEN, TOKEN_ACCOUNT_LEN};
use liquid_restaking_sdk::{
    anchor_lang::{prelude::Pubkey, system_program},
    bytes_of, error_name, program, read_account, token_balance, AccountMeta, Instruction,
    ProgramAccount, TOKEN_2022_PROGRAM_ID, TOKEN_PROGRAM_ID,
};
use litesvm::{types::TransactionMetadata, LiteSVM};
use sha2::{Digest, Sha256};
use solana_account::Account;
use solana_clock::Clock;
use solana_instruction_error::InstructionError;
use solana_keypair::Keypair;
use solana_signer::Signer;
use solana_transaction::Transaction;
use solana_transaction_error::TransactionError;

/// Slots of a cluster epoch.
const CLUSTER_EPOCH: u64 = 432_000;
/// What every account that pays starts with.
const LAMPORTS: u64 = 1_000_000_000_000;

/// A transaction that the VM refused.
#[derive(Debug, Clone)]
pub struct Refused {
    /// The error's name: the program's, Anchor's, the token program's or the runtime's.
    pub name: String,
    /// Compute units used until then.
    pub compute_units: u64,
    /// The log, for whoever wants to know more.
    pub logs: Vec<String>,
}

/// The VM.
#[derive(Clone)]
pub struct Vm {
    svm: LiteSVM,
    fee_payer: [u8; 32],
}

impl Vm {
    /// A VM with the program at its address.
    ///
    /// # Errors
    /// When the VM does not take the program.
    pub fn new(program_elf: &[u8]) -> Result<Self> {
        let mut svm = LiteSVM::new().with_transaction_history(0);
        svm.add_program(program::ID, program_elf)
            .map_err(|error| anyhow!("the VM does not take the program: {error:?}"))?;
        let mut vm = Self {
            svm,
            fee_payer: seed_of("fee payer"),
        };
        let payer = vm.payer().pubkey();
        vm.fund(&payer);
        Ok(vm)
    }

    fn payer(&self) -> Keypair {
        Keypair::new_from_array(self.fee_payer)
    }

    /// Gives an account lamports enough for everything.
    pub fn fund(&mut self, key: &Pubkey) {
        let account = Account {
            lamports: LAMPORTS,
            ..Account::default()
        };
        self.set_account(key, account);
    }

    /// Writes an account as it is.
    pub fn set_account(&mut self, key: &Pubkey, account: Account) {
        if let Err(error) = self.svm.set_account(*key, account) {
            unreachable!("the VM takes every account that is no sysvar: {error:?}");
        }
    }

    /// Reads an account; `None` when it does not exist.
    pub fn account(&self, key: &Pubkey) -> Option<Account> {
        self.svm
            .get_account(key)
            .filter(|account| account.lamports > 0)
    }

    /// Reads an account of the program; `None` when there is none of that type.
    pub fn state<T: ProgramAccount>(&self, key: &Pubkey) -> Option<T> {
        let account = self.account(key)?;
        (account.owner == program::ID)
            .then(|| read_account(&account.data).ok())
            .flatten()
    }

    /// Writes an account of the program, keeping what follows its fields.
    ///
    /// # Errors
    /// When it does not exist.
    pub fn set_state<T: ProgramAccount>(&mut self, key: &Pubkey, state: &T) -> Result<()> {
        let mut account = self
            .account(key)
            .ok_or_else(|| anyhow!("no account at {key}"))?;
        let mut data = T::DISCRIMINATOR.to_vec();
        data.extend_from_slice(bytes_of(state));
        account.data = data;
        self.set_account(key, account);
        Ok(())
    }

    /// Balance of a token account; 0 when there is none.
    pub fn token_balance(&self, key: &Pubkey) -> u64 {
        self.account(key)
            .and_then(|account| token_balance(&account.data))
            .unwrap_or(0)
    }

    /// Creates an SPL Token mint.
    pub fn create_mint(&mut self, mint: &Pubkey, authority: &Pubkey, decimals: u8, supply: u64) {
        let data = mint_data(authority, decimals, supply);
        self.set_rent_exempt(mint, TOKEN_PROGRAM_ID, data);
    }

    /// Creates a token account with a balance. The mint's supply is the caller's to get right.
    pub fn create_token_account(
        &mut self,
        account: &Pubkey,
        mint: &Pubkey,
        owner: &Pubkey,
        amount: u64,
    ) {
        let data = token_account_data(mint, owner, amount);
        self.set_rent_exempt(account, TOKEN_PROGRAM_ID, data);
    }

    /// Writes an account with data, just rent exempt.
    pub fn set_rent_exempt(&mut self, key: &Pubkey, owner: Pubkey, data: Vec<u8>) {
        let lamports = self.svm.minimum_balance_for_rent_exemption(data.len());
        let account = Account {
            lamports,
            data,
            owner,
            ..Account::default()
        };
        self.set_account(key, account);
    }

    /// The current slot.
    pub fn slot(&self) -> u64 {
        self.svm.get_sysvar::<Clock>().slot
    }

    /// Moves the clock to a slot; the cluster epoch goes with it.
    pub fn set_slot(&mut self, slot: u64) {
        let mut clock = self.svm.get_sysvar::<Clock>();
        clock.slot = slot;
        clock.epoch = slot.checked_div(CLUSTER_EPOCH).unwrap_or(0);
        self.svm.set_sysvar(&clock);
    }

    /// Sends one transaction, signed by `signers`; fees are paid by an account of the VM's own.
    ///
    /// # Errors
    /// What was refused, by name.
    pub fn send(
        &mut self,
        instructions: &[Instruction],
        signers: &[&Keypair],
    ) -> Result<TransactionMetadata, Refused> {
        self.svm.expire_blockhash(); // so that two equal transactions are two transactions
        let transaction = self.transaction(instructions, signers);
        self.svm
            .send_transaction(transaction)
            .map_err(|failed| Refused {
                name: name_of(&failed.err, &failed.meta.logs),
                compute_units: failed.meta.compute_units_consumed,
                logs: failed.meta.logs,
            })
    }

    /// Runs a read-only instruction and gives its return data.
    ///
    /// # Errors
    /// What was refused, by name.
    pub fn ask(&self, instruction: &Instruction) -> Result<TransactionMetadata, Refused> {
        let transaction = self.transaction(std::slice::from_ref(instruction), &[]);
        self.svm
            .simulate_transaction(transaction)
            .map(|answer| answer.meta)
            .map_err(|failed| Refused {
                name: name_of(&failed.err, &failed.meta.logs),
                compute_units: failed.meta.compute_units_consumed,
                logs: failed.meta.logs,
            })
    }

    fn transaction(&self, instructions: &[Instruction], signers: &[&Keypair]) -> Transaction {
        let payer = self.payer();
        let mut keys = vec![&payer];
        keys.extend_from_slice(signers);
        Transaction::new_signed_with_payer(
            instructions,
            Some(&payer.pubkey()),
            &keys,
            self.svm.latest_blockhash(),
        )
    }
}

/// A key that is the same in every run: results can be compared to the unit.
pub fn keypair(name: &str) -> Keypair {
    Keypair::new_from_array(seed_of(name))
}

fn seed_of(name: &str) -> [u8; 32] {
    Sha256::digest(name.as_bytes()).into()
}

/// Bytes of an SPL Token mint without a freeze authority.
pub fn mint_data(authority: &Pubkey, decimals: u8, supply: u64) -> Vec<u8> {
    let mut data = 1u32.to_le_bytes().to_vec();
    data.extend_from_slice(authority.as_ref());
    data.extend_from_slice(&supply.to_le_bytes());
    data.extend_from_slice(&[decimals, 1]);
    data.resize(MINT_LEN, 0);
    data
}

/// Bytes of a token account, in either token program's layout.
pub fn token_account_data(mint: &Pubkey, owner: &Pubkey, amount: u64) -> Vec<u8> {
    let mut data = mint.to_bytes().to_vec();
    data.extend_from_slice(owner.as_ref());
    data.extend_from_slice(&amount.to_le_bytes());
    data.resize(108, 0);
    data.push(1);
    data.resize(TOKEN_ACCOUNT_LEN, 0);
    data
}

/// The token program's `MintTo`.
pub fn mint_to(mint: &Pubkey, to: &Pubkey, authority: &Pubkey, amount: u64) -> Instruction {
    token_instruction(7, amount, [(mint, false), (to, false), (authority, true)])
}

/// The token program's `Burn`.
pub fn burn(from: &Pubkey, mint: &Pubkey, owner: &Pubkey, amount: u64) -> Instruction {
    token_instruction(8, amount, [(from, false), (mint, false), (owner, true)])
}

fn token_instruction(tag: u8, amount: u64, accounts: [(&Pubkey, bool); 3]) -> Instruction {
    let mut data = vec![tag];
    data.extend_from_slice(&amount.to_le_bytes());
    Instruction {
        program_id: TOKEN_PROGRAM_ID,
        accounts: accounts
            .iter()
            .map(|(key, signs)| match signs {
                true => AccountMeta::new_readonly(**key, true),
                false => AccountMeta::new(**key, false),
            })
            .collect(),
        data,
    }
}

/// The name of what went wrong. A custom number means what the program that failed first says it means; the log tells
/// which that was.
pub fn name_of(error: &TransactionError, logs: &[String]) -> String {
    match error {
        TransactionError::InstructionError(_, InstructionError::Custom(code)) => {
            let failed = logs
                .iter()
                .find_map(|line| line.strip_prefix("Program ")?.split_once(" failed: "))
                .map(|(id, _)| id);
            let id = [TOKEN_PROGRAM_ID, TOKEN_2022_PROGRAM_ID, system_program::ID]
                .into_iter()
                .find(|id| failed == Some(id.to_string().as_str()))
                .unwrap_or(program::ID);
            error_name(&id, *code).unwrap_or_else(|| format!("Custom{code}"))
        }
        TransactionError::InstructionError(_, error) => format!("{error:?}"),
        error => format!("{error:?}"),
    }
}

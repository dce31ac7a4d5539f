//! Token accounts of wallets: made when they are missing, wrapped and unwrapped where the token is SOL.

use super::{Cluster, Outcome, Trouble};
use liquid_restaking_sdk::{
    address, anchor_lang::prelude::Pubkey, anchor_lang::system_program, create_associated,
    program::state::CollateralMint, token_balance, AccountMeta, Instruction, NATIVE_MINT,
    TOKEN_2022_PROGRAM_ID, TOKEN_PROGRAM_ID,
};

/// A mint, with its program and decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenMint {
    /// The mint.
    pub key: Pubkey,
    /// Its token program.
    pub program: Pubkey,
    /// Its decimals.
    pub decimals: u8,
}

/// What a wallet has of one token, in its associated account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holdings {
    /// The associated token account.
    pub account: Pubkey,
    /// Its balance.
    pub balance: u64,
    /// Whether it exists.
    pub exists: bool,
}

impl Cluster {
    /// Reads a mint.
    ///
    /// # Errors
    /// When it is none.
    pub fn mint(&self, key: &Pubkey) -> Outcome<TokenMint> {
        let account = self.account(key)?;
        let missing = || Trouble::Input(format!("there is no mint {key} on {}", self.url()));
        let account = account.ok_or_else(missing)?;
        let is_token_program = [TOKEN_PROGRAM_ID, TOKEN_2022_PROGRAM_ID].contains(&account.owner);
        let mint = CollateralMint::parse(&account.data).ok();
        let mint = mint.filter(|_| is_token_program);
        let mint = mint.ok_or_else(|| Trouble::Input(format!("{key} is no token mint")))?;
        Ok(TokenMint {
            key: *key,
            program: account.owner,
            decimals: mint.decimals,
        })
    }

    /// What a wallet has in its associated token account.
    ///
    /// # Errors
    /// When the node does not answer.
    pub fn holdings(&self, wallet: &Pubkey, mint: &Pubkey, program: &Pubkey) -> Outcome<Holdings> {
        let account = address::associated(wallet, mint, program);
        let found = self.account(&account)?;
        let found = found.filter(|found| found.owner == *program);
        Ok(Holdings {
            account,
            balance: found
                .as_ref()
                .and_then(|found| token_balance(&found.data))
                .unwrap_or(0),
            exists: found.is_some(),
        })
    }

    /// Every token that a wallet has, under either token program, in any account of its own: its mint, its decimals, and
    /// base units. A mint that has been closed, or is not to be read, has no decimals any more.
    ///
    /// # Errors
    /// When the node does not answer.
    pub fn every_token(&self, wallet: &Pubkey) -> Outcome<Vec<(Pubkey, Option<u8>, u64)>> {
        let mut held = Vec::new();
        for program in [TOKEN_PROGRAM_ID, TOKEN_2022_PROGRAM_ID] {
            for account in self.token_accounts(wallet, &program)? {
                if let Some(mint) = account.data.first_chunk::<32>() {
                    let amount = token_balance(&account.data).unwrap_or(0);
                    held.push((Pubkey::new_from_array(*mint), program, amount));
                }
            }
        }
        let mints: Vec<Pubkey> = held.iter().map(|(mint, _, _)| *mint).collect();
        let (_, mints) = self.accounts(&mints)?;
        let told = held.into_iter().zip(mints);
        let told = told.map(|((mint, program, amount), account)| {
            let account = account.filter(|account| account.owner == program);
            let read = account.and_then(|account| CollateralMint::parse(&account.data).ok());
            (mint, read.map(|read| read.decimals), amount)
        });
        Ok(told.collect())
    }

    /// Makes a wallet's associated token account where it is missing.
    ///
    /// # Errors
    /// When the node does not answer, or the payer's keypair can not be read.
    pub fn opened(
        &self,
        wallet: &Pubkey,
        mint: &Pubkey,
        program: &Pubkey,
    ) -> Outcome<Option<Instruction>> {
        let holdings = self.holdings(wallet, mint, program)?;
        if holdings.exists {
            return Ok(None);
        }
        let payer = solana_signer::Signer::pubkey(self.fee_payer()?);
        Ok(Some(create_associated(&payer, wallet, mint, program)))
    }
}

/// Moves lamports from one wallet to another.
pub fn transfer_lamports(from: &Pubkey, to: &Pubkey, lamports: u64) -> Instruction {
    let mut data = 2u32.to_le_bytes().to_vec();
    data.extend_from_slice(&lamports.to_le_bytes());
    Instruction {
        program_id: system_program::ID,
        accounts: vec![AccountMeta::new(*from, true), AccountMeta::new(*to, false)],
        data,
    }
}

/// Moves tokens between the associated accounts of two wallets (`TransferChecked`).
pub fn transfer_tokens(from: &Pubkey, to: &Pubkey, mint: &TokenMint, units: u64) -> Instruction {
    let account = |wallet| address::associated(wallet, &mint.key, &mint.program);
    let mut data = vec![12];
    data.extend_from_slice(&units.to_le_bytes());
    data.push(mint.decimals);
    Instruction {
        program_id: mint.program,
        accounts: vec![
            AccountMeta::new(account(from), false),
            AccountMeta::new_readonly(mint.key, false),
            AccountMeta::new(account(to), false),
            AccountMeta::new_readonly(*from, true),
        ],
        data,
    }
}

/// Moves lamports into a wallet's wrapped SOL.
pub fn wrap(wallet: &Pubkey, lamports: u64) -> [Instruction; 2] {
    let wrapped = address::associated(wallet, &NATIVE_MINT, &TOKEN_PROGRAM_ID);
    let transfer = transfer_lamports(wallet, &wrapped, lamports);
    let sync = Instruction {
        program_id: TOKEN_PROGRAM_ID,
        accounts: vec![AccountMeta::new(wrapped, false)],
        data: vec![17],
    };
    [transfer, sync]
}

/// Turns all of a wallet's wrapped SOL into lamports.
pub fn unwrap(wallet: &Pubkey) -> Instruction {
    let wrapped = address::associated(wallet, &NATIVE_MINT, &TOKEN_PROGRAM_ID);
    Instruction {
        program_id: TOKEN_PROGRAM_ID,
        accounts: vec![
            AccountMeta::new(wrapped, false),
            AccountMeta::new(*wallet, false),
            AccountMeta::new_readonly(*wallet, true),
        ],
        data: vec![9],
    }
}

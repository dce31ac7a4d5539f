//! Writing and reading accounts.

use crate::{World, NATIVE_MINT, ONE};
use liquid_restaking_sdk::{
    address,
    anchor_lang::prelude::Pubkey,
    bytes_of,
    program::{
        state::{Lrt, StakePool, WithdrawBatch, WithdrawTicket},
        ID,
    },
    read_account, token_balance, PoolKeys, ProgramAccount, TicketKeys, TOKEN_PROGRAM_ID,
};
use lrt_cli::vm::{mint_data, token_account_data};
use solana_account::{Account, AccountSharedData};
use solana_keypair::Keypair;
use solana_signer::Signer;

impl World {
    /// Gives an account lamports.
    pub fn fund(&mut self, key: &Pubkey) {
        self.set_raw(key, Pubkey::default(), Vec::new(), 1_000 * ONE);
    }

    /// Writes an account as it is.
    pub fn set_raw(&mut self, key: &Pubkey, owner: Pubkey, data: Vec<u8>, lamports: u64) {
        let account = Account {
            lamports,
            data,
            owner,
            ..Account::default()
        };
        self.context
            .set_account(key, &AccountSharedData::from(account));
    }

    /// Creates an SPL Token mint of nine decimals.
    pub fn create_mint(&mut self, mint: &Pubkey, authority: &Pubkey) {
        let data = mint_data(authority, 9, 0);
        self.set_raw(mint, TOKEN_PROGRAM_ID, data, ONE);
    }

    /// Creates a token account with a balance; the mint's supply is not touched.
    pub fn create_token_account(
        &mut self,
        key: &Pubkey,
        mint: &Pubkey,
        owner: &Pubkey,
        amount: u64,
    ) {
        let data = token_account_data(mint, owner, amount);
        self.set_raw(key, TOKEN_PROGRAM_ID, data, ONE);
    }

    /// Opens an owner's associated token accounts of an LRT, with collateral.
    pub fn open_accounts(&mut self, keys: &PoolKeys, owner: &Pubkey, collateral: u64) {
        let own = keys.of(owner);
        let mut data = token_account_data(&keys.collateral_mint, owner, collateral);
        let mut lamports = ONE;
        if keys.collateral_mint == NATIVE_MINT {
            data[109..113].copy_from_slice(&1u32.to_le_bytes());
            data[113..121].copy_from_slice(&ONE.to_le_bytes());
            lamports += collateral;
        }
        self.set_raw(
            &own.collateral,
            keys.collateral_token_program,
            data,
            lamports,
        );
        self.create_token_account(&own.lrt, &keys.lrt_mint, owner, 0);
    }

    /// A new user with collateral, lamports and both token accounts.
    pub fn user(&mut self, collateral: u64) -> Keypair {
        let user = Keypair::new();
        self.fund(&user.pubkey());
        let keys = self.keys;
        self.open_accounts(&keys, &user.pubkey(), collateral);
        user
    }

    /// Reads an account; `None` when it does not exist.
    pub async fn account(&mut self, key: &Pubkey) -> Option<Account> {
        let client = &mut self.context.banks_client;
        client.get_account(*key).await.expect("the bank answers")
    }

    /// Reads an account of the program; `None` when it does not exist.
    pub async fn state<T: ProgramAccount>(&mut self, key: &Pubkey) -> Option<T> {
        let account = self.account(key).await?;
        Some(read_account(&account.data).expect("an account of that type"))
    }

    /// Writes an account of the program.
    pub async fn set_state<T: ProgramAccount>(&mut self, key: &Pubkey, state: &T) {
        let lamports = self
            .account(key)
            .await
            .map_or(ONE, |account| account.lamports);
        let mut data = T::DISCRIMINATOR.to_vec();
        data.extend_from_slice(bytes_of(state));
        self.set_raw(key, ID, data, lamports);
    }

    /// Overwrites bytes of an account.
    pub async fn patch(&mut self, key: &Pubkey, offset: usize, bytes: &[u8]) {
        let mut account = self.account(key).await.expect("the account");
        account.data[offset..offset + bytes.len()].copy_from_slice(bytes);
        self.context
            .set_account(key, &AccountSharedData::from(account));
    }

    /// Sends tokens straight to the vault.
    pub async fn donate(&mut self, amount: u64) {
        let vault = self.keys.vault;
        let balance = self.balance(&vault).await + amount;
        self.patch(&vault, 64, &balance.to_le_bytes()).await;
    }

    /// Writes the LRT's account as no instruction would.
    pub async fn change_lrt(&mut self, change: impl FnOnce(&mut Lrt)) {
        let (key, mut lrt) = (self.keys.lrt, self.lrt().await);
        change(&mut lrt);
        self.set_state(&key, &lrt).await;
    }

    /// Writes the stake pool's account as no instruction would.
    pub async fn change_pool(&mut self, change: impl FnOnce(&mut StakePool)) {
        let (key, mut pool) = (self.keys.stake_pool, self.pool().await);
        change(&mut pool);
        self.set_state(&key, &pool).await;
    }

    /// Makes idle what is given and counts all the rest as delegated: assets and price stay.
    pub async fn leave_idle(&mut self, idle: u64) {
        self.change_pool(|pool| {
            pool.delegated = pool.delegated + pool.idle - idle;
            pool.idle = idle;
        })
        .await;
    }

    /// The LRT.
    pub async fn lrt(&mut self) -> Lrt {
        let key = self.keys.lrt;
        self.state(&key).await.expect("the LRT")
    }

    /// The stake pool.
    pub async fn pool(&mut self) -> StakePool {
        let key = self.keys.stake_pool;
        self.state(&key).await.expect("the stake pool")
    }

    /// The batch of an epoch.
    pub async fn batch(&mut self, epoch: u64) -> Option<WithdrawBatch> {
        let key = address::batch(&self.keys.stake_pool, epoch);
        self.state(&key).await
    }

    /// A ticket.
    pub async fn ticket(&mut self, keys: &TicketKeys) -> Option<WithdrawTicket> {
        self.state(&keys.ticket).await
    }

    /// Balance of a token account; 0 when it does not exist.
    pub async fn balance(&mut self, key: &Pubkey) -> u64 {
        let account = self.account(key).await;
        account.and_then(|a| token_balance(&a.data)).unwrap_or(0)
    }

    /// A user's collateral and LRT.
    pub async fn holds(&mut self, user: &Keypair) -> (u64, u64) {
        let own = self.keys.of(&user.pubkey());
        (
            self.balance(&own.collateral).await,
            self.balance(&own.lrt).await,
        )
    }
}

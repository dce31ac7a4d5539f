//! Reading accounts.

use super::{Cluster, Outcome, Trouble};
use liquid_restaking_sdk::{
    anchor_lang::prelude::Pubkey, decode_return, program, read_account, Instruction,
    ProgramAccount, ReadError,
};
use solana_account::Account;
use solana_account_decoder_client_types::{UiAccount, UiAccountEncoding};

use serde_json::json;
use solana_rpc_client::rpc_client::RpcClient;
use solana_rpc_client_api::{
    client_error::Error as ClientError,
    config::{RpcAccountInfoConfig, RpcProgramAccountsConfig},
    filter::{Memcmp, RpcFilterType},
    request::RpcRequest,
    response::{Response, RpcKeyedAccount},
};
use solana_signer::Signer;

/// Where the clock is.
pub(super) const CLOCK: Pubkey =
    Pubkey::from_str_const("SysvarC1ock11111111111111111111111111111111");
/// Most accounts of one request.
const ACCOUNTS_A_REQUEST: usize = 100;
/// Bytes of an account in front of its first field.
const DISCRIMINATOR_LEN: usize = 8;

impl Cluster {
    /// The RPC node.
    pub fn rpc(&self) -> &RpcClient {
        &self.rpc
    }

    /// What a failed request means.
    pub(super) fn trouble(&self, error: &ClientError) -> Trouble {
        Trouble::of_client(&self.url, error)
    }

    fn account_config(&self, min_context_slot: Option<u64>) -> RpcAccountInfoConfig {
        RpcAccountInfoConfig {
            encoding: Some(UiAccountEncoding::Base64),
            commitment: Some(self.commitment),
            min_context_slot,
            ..RpcAccountInfoConfig::default()
        }
    }

    /// Reads accounts, as of one slot as long as they are no more than a hundred; the slot comes with them.
    ///
    /// # Errors
    /// When the node does not answer.
    pub fn accounts(&self, keys: &[Pubkey]) -> Outcome<(u64, Vec<Option<Account>>)> {
        let (mut slot, mut found) = (0, Vec::new());
        for keys in keys.chunks(ACCOUNTS_A_REQUEST) {
            let config = self.account_config(None);
            let answer = self.rpc.get_multiple_ui_accounts_with_config(keys, config);
            let answer = answer.map_err(|error| self.trouble(&error))?;
            slot = answer.context.slot.max(slot);
            let accounts = answer.value.iter();
            found.extend(accounts.map(|account| account.as_ref().and_then(UiAccount::to_account)));
        }
        Ok((slot, found))
    }

    /// Reads one account.
    ///
    /// # Errors
    /// When the node does not answer.
    pub fn account(&self, key: &Pubkey) -> Outcome<Option<Account>> {
        let (_, accounts) = self.accounts(std::slice::from_ref(key))?;
        Ok(accounts.into_iter().next().flatten())
    }

    /// Reads an account of the program; `what` it is, for the message when it is not there.
    ///
    /// # Errors
    /// When there is none of that type.
    pub fn state<T: ProgramAccount>(&self, key: &Pubkey, what: &str) -> Outcome<T> {
        self.find_state(key)?
            .ok_or_else(|| Trouble::Input(format!("there is no {what} at {key} on {}", self.url)))
    }

    /// Reads an account of the program; `None` where there is none of that type.
    ///
    /// # Errors
    /// When the node does not answer.
    pub fn find_state<T: ProgramAccount>(&self, key: &Pubkey) -> Outcome<Option<T>> {
        let account = self.account(key)?;
        account.as_ref().map_or(Ok(None), state_of)
    }

    /// Every account of a type that has `key` at `offset`, counted from its first field, not older than `slot`.
    ///
    /// # Errors
    /// When the node does not answer, or does not list accounts.
    pub fn all<T: ProgramAccount>(
        &self,
        offset: usize,
        key: &Pubkey,
        slot: Option<u64>,
    ) -> Outcome<Vec<(Pubkey, T)>> {
        let at = DISCRIMINATOR_LEN.saturating_add(offset);
        let field = Memcmp::new_base58_encoded(at, key.as_ref());
        self.listed(vec![RpcFilterType::Memcmp(field)], slot)
    }

    /// Every account of a type.
    ///
    /// # Errors
    /// As [`Cluster::all`].
    pub fn every<T: ProgramAccount>(&self) -> Outcome<Vec<(Pubkey, T)>> {
        self.listed(Vec::new(), None)
    }

    fn listed<T: ProgramAccount>(
        &self,
        mut filters: Vec<RpcFilterType>,
        slot: Option<u64>,
    ) -> Outcome<Vec<(Pubkey, T)>> {
        let kind = Memcmp::new_base58_encoded(0, T::DISCRIMINATOR);
        filters.push(RpcFilterType::Memcmp(kind));
        let config = RpcProgramAccountsConfig {
            filters: Some(filters),
            account_config: self.account_config(slot),
            with_context: None,
            sort_results: Some(true),
        };
        let listed = self
            .rpc
            .get_program_ui_accounts_with_config(&program::ID, config)
            .map_err(|error| self.trouble(&error))?;
        let read = listed.into_iter().map(|(key, account)| {
            let account = account.to_account();
            let state = account.as_ref().map_or(Ok(None), state_of)?;
            let unreadable = || Trouble::Cluster(format!("the account {key} can not be read"));
            Ok((key, state.ok_or_else(unreadable)?))
        });
        read.collect()
    }

    /// Runs a read-only instruction and reads its answer.
    ///
    /// # Errors
    /// What the program refuses; a simulation is in the name of the fee payer, who must exist.
    pub fn ask<T: liquid_restaking_sdk::anchor_lang::AnchorDeserialize>(
        &self,
        instruction: Instruction,
    ) -> Outcome<T> {
        let payer = self.fee_payer()?.pubkey();
        let simulated = self.simulate(&payer, &[instruction], &[])?;
        Ok(decode_return(&simulated.return_data)?)
    }

    /// A wallet's accounts of one token program.
    ///
    /// # Errors
    /// When the node does not answer.
    pub(super) fn token_accounts(
        &self,
        wallet: &Pubkey,
        program: &Pubkey,
    ) -> Outcome<Vec<Account>> {
        let parameters = json!([
            wallet.to_string(),
            { "programId": program.to_string() },
            { "encoding": "base64", "commitment": self.commitment.commitment },
        ]);
        let answer: Response<Vec<RpcKeyedAccount>> = self
            .rpc
            .send(RpcRequest::GetTokenAccountsByOwner, parameters)
            .map_err(|error| self.trouble(&error))?;
        let accounts = answer.value.iter();
        Ok(accounts
            .filter_map(|one| one.account.to_account())
            .collect())
    }

    /// Asks a test cluster's faucet for lamports.
    ///
    /// # Errors
    /// When there is no faucet, or it refuses.
    pub fn request_airdrop(&self, wallet: &Pubkey, lamports: u64) -> Outcome<()> {
        let asked = self.rpc.request_airdrop(wallet, lamports);
        asked.map(drop).map_err(|error| {
            let url = &self.url;
            Trouble::Cluster(format!(
                "{}: is {url} a test cluster? Others give nothing away",
                self.trouble(&error)
            ))
        })
    }

    /// Lamports that keep an account of `length` bytes alive.
    ///
    /// # Errors
    /// When the node does not answer.
    pub fn rent(&self, length: usize) -> Outcome<u64> {
        self.rpc
            .get_minimum_balance_for_rent_exemption(length)
            .map_err(|error| self.trouble(&error))
    }

    /// The cluster's slot, as programs see it.
    ///
    /// # Errors
    /// When the node does not answer.
    pub fn slot(&self) -> Outcome<u64> {
        let clock = self.account(&CLOCK)?;
        clock_slot(clock.as_ref())
    }
}

/// An account's state, if it is one of the program's and of that type.
///
/// # Errors
/// When it is, but of a layout that this `lrt` does not know.
pub(super) fn state_of<T: ProgramAccount>(account: &Account) -> Outcome<Option<T>> {
    if account.owner != program::ID {
        return Ok(None);
    }
    match read_account(&account.data) {
        Ok(state) => Ok(Some(state)),
        Err(ReadError::WrongType) => Ok(None),
        Err(other) => Err(other.into()),
    }
}

/// The slot in the clock's account.
pub(super) fn clock_slot(clock: Option<&Account>) -> Outcome<u64> {
    let bytes = clock.and_then(|clock| clock.data.first_chunk::<8>());
    bytes
        .map(|bytes| u64::from_le_bytes(*bytes))
        .ok_or_else(|| {
            Trouble::Cluster("the node has no clock: is it a Solana RPC node?".to_owned())
        })
}

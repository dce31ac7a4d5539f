//! Why a transaction failed: what its log says, and what the cluster says of the accounts that it names.

use super::{tokens, Cluster, Trouble};
use liquid_restaking_sdk::anchor_lang::prelude::Pubkey;
use serde_json::{json, Value};
use solana_rpc_client_api::request::RpcRequest;
use solana_signature::Signature;
use solana_transaction::versioned::VersionedTransaction;
use solana_transaction_error::TransactionError;
use std::{thread::sleep, time::Duration};

/// How often a node is asked for a log that it does not have yet.
const LOOKS: u32 = 6;
/// Between two looks.
const LOOK: Duration = Duration::from_millis(500);
/// Decimals of SOL.
const SOL_DECIMALS: u8 = 9;

impl Cluster {
    /// What the failure of a transaction over these accounts means, the payer first.
    pub(super) fn failure(
        &self,
        error: &TransactionError,
        logs: &[String],
        keys: &[Pubkey],
    ) -> Trouble {
        if let TransactionError::InsufficientFundsForRent { account_index } = error {
            if let Some(key) = keys.get(usize::from(*account_index)) {
                return self.below_rent(key);
            }
        }
        match Trouble::of_transaction(error, logs, keys) {
            // Here the address of the cluster matters.
            Trouble::Cluster(text) => Trouble::Cluster(format!("{text} (this is {})", self.url)),
            other => other,
        }
    }

    /// The same for one that landed: its log has the reason, and it has cost a fee.
    pub(super) fn failure_of_landed(
        &self,
        error: &TransactionError,
        transaction: &VersionedTransaction,
        signature: &Signature,
    ) -> Trouble {
        let keys = transaction.message.static_account_keys();
        let trouble = self.failure(error, &self.logs_of(signature), keys);
        let more = format!("the transaction {signature} landed without effect and cost its fee");
        trouble.and(&more)
    }

    /// The log of a transaction that has landed; empty where the node does not give it: the reason is then less exact.
    fn logs_of(&self, signature: &Signature) -> Vec<String> {
        let config = json!({
            "encoding": "base64", "commitment": "confirmed", "maxSupportedTransactionVersion": 0,
        });
        let parameters = json!([signature.to_string(), config]);
        for _ in 0..LOOKS {
            let answer = self
                .rpc
                .send(RpcRequest::GetTransaction, parameters.clone());
            let logs = answer.ok().and_then(|mut found: Value| {
                let logs = found.pointer_mut("/meta/logMessages")?.take();
                serde_json::from_value(logs).ok()
            });
            if let Some(logs) = logs {
                return logs;
            }
            sleep(LOOK); // a status is known before the transaction can be read
        }
        Vec::new()
    }

    /// An account that would hold less than its rent; how much that is, as far as the node says it.
    fn below_rent(&self, key: &Pubkey) -> Trouble {
        let account = self.account(key).ok().flatten();
        let length = account.map_or(0, |account| account.data.len());
        let least = match self.rent(length) {
            Ok(least) => format!("{} SOL", tokens(least, SOL_DECIMALS)),
            Err(_) => "its rent".to_owned(),
        };
        Trouble::Input(format!(
            "the account {key} would hold too few lamports: it must hold {least} at least, or nothing"
        ))
    }
}

//! Transactions: simulated first, sent with a limit to fit, and sent again only when the old one can no longer land.

use super::{progress, Cluster, Outcome, Trouble};
use liquid_restaking_sdk::{anchor_lang::prelude::Pubkey, Instruction};
use solana_account::Account;
use solana_account_decoder_client_types::{UiAccount, UiAccountEncoding};
use solana_commitment_config::CommitmentConfig;
use solana_hash::Hash;
use solana_keypair::Keypair;
use solana_message::{v0, VersionedMessage};
use solana_rpc_client_api::config::{
    RpcSendTransactionConfig, RpcSimulateTransactionAccountsConfig, RpcSimulateTransactionConfig,
};
use solana_signature::Signature;
use solana_signer::Signer;
use solana_transaction::versioned::VersionedTransaction;
use std::{
    thread::sleep,
    time::{Duration, Instant},
};

/// Largest limit of a transaction.
const MAX_UNITS: u32 = 1_400_000;
/// How often a transaction gets a new blockhash.
const BLOCKHASHES: u32 = 4;
/// How often a node may give a blockhash that it does not know itself; each time it gets a second to catch up.
const STRANGE_BLOCKHASHES: u32 = 5;
/// Blocks that a blockhash lives for.
const BLOCKHASH_LIFE: u64 = 150;
/// Between two looks at a signature.
const LOOK: Duration = Duration::from_millis(500);
/// Looks between two sendings of the same bytes.
const LOOKS_A_SENDING: u32 = 4;
/// A node that says nothing for so long has left.
const SILENCE: Duration = Duration::from_secs(120);
/// A blockhash dies within a minute or two: a node that after so long does not say so never will.
const LONGEST_WAIT: Duration = Duration::from_secs(600);

const COMPUTE_BUDGET: Pubkey =
    Pubkey::from_str_const("ComputeBudget111111111111111111111111111111");

/// What a simulation says.
#[derive(Debug)]
pub struct Simulated {
    /// Compute units used.
    pub units: u64,
    /// What a read-only instruction answered.
    pub return_data: Vec<u8>,
    /// The accounts asked about, as they would be.
    pub accounts: Vec<Option<Account>>,
}

/// A transaction in the ledger.
#[derive(Debug, Clone, Copy)]
pub struct Landed {
    /// Its signature.
    pub signature: Signature,
    /// Its slot.
    pub slot: u64,
}

impl Cluster {
    /// Runs instructions without sending them; signatures are not needed.
    ///
    /// # Errors
    /// What the program refuses, and what the cluster does.
    pub fn simulate(
        &self,
        payer: &Pubkey,
        instructions: &[Instruction],
        watched: &[Pubkey],
    ) -> Outcome<Simulated> {
        let budgeted = budgeted(instructions, MAX_UNITS, 0);
        let message = compile(payer, &budgeted, Hash::default())?;
        let signatures = usize::from(message.header().num_required_signatures);
        let transaction = VersionedTransaction {
            signatures: vec![Signature::default(); signatures],
            message,
        };
        let config = RpcSimulateTransactionConfig {
            sig_verify: false,
            replace_recent_blockhash: true,
            commitment: Some(self.commitment),
            accounts: (!watched.is_empty()).then(|| RpcSimulateTransactionAccountsConfig {
                encoding: Some(UiAccountEncoding::Base64),
                addresses: watched.iter().map(Pubkey::to_string).collect(),
            }),
            ..RpcSimulateTransactionConfig::default()
        };
        let answer = self
            .rpc
            .simulate_transaction_with_config(&transaction, config)
            .map_err(|error| self.trouble(&error))?
            .value;
        let logs = answer.logs.unwrap_or_default();
        if let Some(error) = answer.err {
            let keys = transaction.message.static_account_keys();
            return Err(self.failure(&error.into(), &logs, keys));
        }
        let return_data = answer
            .return_data
            .and_then(|data| decode_base64(&data.data.0));
        let accounts = answer.accounts.unwrap_or_default();
        Ok(Simulated {
            units: answer.units_consumed.unwrap_or(MAX_UNITS.into()),
            return_data: return_data.unwrap_or_default(),
            accounts: accounts
                .iter()
                .map(|account| account.as_ref().and_then(UiAccount::to_account))
                .collect(),
        })
    }

    /// Sends instructions and waits until they are certain enough. Never the same effect twice: a new blockhash is
    /// taken only when no block can take the old one any more, and the old transaction is in none.
    ///
    /// # Errors
    /// What the program refuses; when no block takes the transaction; when the node falls silent.
    pub fn send(
        &self,
        instructions: &[Instruction],
        signers: &[&Keypair],
        units: u64,
    ) -> Outcome<Landed> {
        let payer = self.fee_payer()?;
        let budgeted = budgeted(instructions, limit_for(units), self.priority_fee);
        let signers = [&[payer], signers].concat();
        let waiting = progress("waiting for the cluster");
        for _ in 0..BLOCKHASHES {
            let (blockhash, last_height) = self.blockhash()?;
            let transaction = signed(&payer.pubkey(), &budgeted, &signers, blockhash)?;
            if let Some(landed) = self.follow(&transaction, last_height)? {
                waiting.finish_and_clear();
                return Ok(landed);
            }
        }
        Err(Trouble::Cluster(format!(
            "no block took the transaction, nothing has happened: {} is congested or behind, try a --priority-fee",
            self.url
        )))
    }

    /// A blockhash to sign with.
    ///
    /// # Errors
    /// When the node gives none that it knows.
    pub fn fresh_blockhash(&self) -> Outcome<Hash> {
        Ok(self.blockhash()?.0)
    }

    /// Hands a transaction to the node and does not wait: for what may as well happen twice, or not at all.
    ///
    /// # Errors
    /// When the node does not take it.
    pub fn post(
        &self,
        instructions: &[Instruction],
        signers: &[&Keypair],
        units: u64,
        blockhash: Hash,
    ) -> Outcome<()> {
        let payer = signers.first().map(|payer| payer.pubkey());
        let payer = payer.ok_or_else(|| Trouble::Input("nobody pays".to_owned()))?;
        let budgeted = budgeted(instructions, limit_for(units), self.priority_fee);
        let transaction = signed(&payer, &budgeted, signers, blockhash)?;
        let config = RpcSendTransactionConfig {
            skip_preflight: true,
            ..RpcSendTransactionConfig::default()
        };
        let sent = self.rpc.send_transaction_with_config(&transaction, config);
        sent.map(drop).map_err(|error| self.trouble(&error))
    }

    /// A blockhash that the node knows itself, and the height of the last block that may take it. Not what the node says
    /// of that height alone: too low, and a transaction would look gone while it can land; too high, and we would wait
    /// for ever.
    fn blockhash(&self) -> Outcome<(Hash, u64)> {
        for _ in 0..STRANGE_BLOCKHASHES {
            let (blockhash, reported) = self
                .rpc
                .get_latest_blockhash_with_commitment(CommitmentConfig::confirmed())
                .map_err(|error| self.trouble(&error))?;
            let processed = CommitmentConfig::processed();
            let is_known = self.rpc.is_blockhash_valid(&blockhash, processed);
            if is_known.map_err(|error| self.trouble(&error))? {
                let epoch = self.rpc.get_epoch_info_with_commitment(processed);
                let height = epoch.map_err(|error| self.trouble(&error))?.block_height;
                return Ok((blockhash, last_height(reported, height)));
            }
            sleep(Duration::from_secs(1));
        }
        Err(Trouble::Cluster(format!(
            "{} does not know the blockhash that it gave: it is behind, or does not tell the truth. Nothing has happened; name another node with --url",
            self.url
        )))
    }

    /// Sends the same bytes until they are in a block, or can not be any more (`None`).
    fn follow(
        &self,
        transaction: &VersionedTransaction,
        last_height: u64,
    ) -> Outcome<Option<Landed>> {
        let signature = transaction.signatures.first().copied().unwrap_or_default();
        let begun = Instant::now();
        let mut heard = begun;
        let config = RpcSendTransactionConfig {
            skip_preflight: true, // it was simulated
            max_retries: Some(0),
            ..RpcSendTransactionConfig::default()
        };
        loop {
            // A node may refuse what has landed meanwhile: only the signature's status counts.
            let _ = self.rpc.send_transaction_with_config(transaction, config);
            for _ in 0..LOOKS_A_SENDING {
                sleep(LOOK);
                match self.rpc.get_signature_statuses(&[signature]) {
                    Ok(answer) => {
                        heard = Instant::now();
                        let status = answer.value.into_iter().next().flatten();
                        let certain =
                            status.filter(|status| status.satisfies_commitment(self.commitment));
                        if let Some(status) = certain {
                            let landed = Landed {
                                signature,
                                slot: status.slot,
                            };
                            return self.judged(transaction, landed, status.err);
                        }
                    }
                    Err(_) if heard.elapsed() < SILENCE => {}
                    Err(error) => return Err(uncertain(&signature, &self.trouble(&error))),
                }
            }
            match self.fate(&signature, last_height) {
                Ok(Fate::Open) | Err(_) if begun.elapsed() > LONGEST_WAIT => {
                    let trouble = format!("{} does not say what became of it", self.url);
                    return Err(uncertain(&signature, &trouble));
                }
                Ok(Fate::Open) | Err(_) => {}
                Ok(Fate::Gone) => return Ok(None),
                Ok(Fate::Landed(landed, error)) => return self.judged(transaction, landed, error),
            }
        }
    }

    fn judged(
        &self,
        transaction: &VersionedTransaction,
        landed: Landed,
        error: Option<solana_transaction_error::TransactionError>,
    ) -> Outcome<Option<Landed>> {
        match error {
            Some(error) => Err(self.failure_of_landed(&error, transaction, &landed.signature)),
            None => Ok(Some(landed)),
        }
    }

    /// Whether a block can still take the signature. Told by finalized blocks, and by a status at least as new: neither
    /// a fork nor a node that lags behind can make a landed transaction look gone.
    fn fate(&self, signature: &Signature, last_height: u64) -> Outcome<Fate> {
        let finalized = CommitmentConfig::finalized();
        let epoch = self
            .rpc
            .get_epoch_info_with_commitment(finalized)
            .map_err(|error| self.trouble(&error))?;
        if epoch.block_height <= last_height {
            return Ok(Fate::Open);
        }
        let answer = self
            .rpc
            .get_signature_statuses_with_history(&[*signature])
            .map_err(|error| self.trouble(&error))?;
        if answer.context.slot < epoch.absolute_slot {
            return Ok(Fate::Open);
        }
        Ok(match answer.value.into_iter().next().flatten() {
            None => Fate::Gone,
            Some(status) if status.satisfies_commitment(finalized) => {
                let landed = Landed {
                    signature: *signature,
                    slot: status.slot,
                };
                Fate::Landed(landed, status.err)
            }
            Some(_) => Fate::Open,
        })
    }
}

/// The last height at which a blockhash is taken: it was there at `height` and lives [`BLOCKHASH_LIFE`] blocks more at
/// most, or somewhat longer where the node that gave it is ahead of the one that told the height.
fn last_height(reported: u64, height: u64) -> u64 {
    let latest = height.saturating_add(BLOCKHASH_LIFE);
    reported.clamp(latest, latest.saturating_add(BLOCKHASH_LIFE))
}

/// A transaction of which nobody says whether it has landed.
fn uncertain(signature: &Signature, trouble: &impl core::fmt::Display) -> Trouble {
    Trouble::Cluster(format!(
        "{trouble}. The transaction {signature} may have landed: look it up before you run this again"
    ))
}

/// What became of a transaction.
enum Fate {
    /// A block may still take it, or has and is not final.
    Open,
    /// No block has taken it, and none can.
    Gone,
    /// It is final, with or without effect.
    Landed(Landed, Option<solana_transaction_error::TransactionError>),
}

fn compile(
    payer: &Pubkey,
    instructions: &[Instruction],
    blockhash: Hash,
) -> Outcome<VersionedMessage> {
    v0::Message::try_compile(payer, instructions, &[], blockhash)
        .map(VersionedMessage::V0)
        .map_err(|error| Trouble::Input(format!("the instructions fit no transaction: {error}")))
}

/// Signs with every key that is asked for; one that is named twice signs once.
fn signed(
    payer: &Pubkey,
    instructions: &[Instruction],
    signers: &[&Keypair],
    blockhash: Hash,
) -> Outcome<VersionedTransaction> {
    let mut keys: Vec<&Keypair> = Vec::new();
    for signer in signers {
        if keys.iter().all(|known| known.pubkey() != signer.pubkey()) {
            keys.push(signer);
        }
    }
    let message = compile(payer, instructions, blockhash)?;
    VersionedTransaction::try_new(message, &keys)
        .map_err(|error| Trouble::Input(format!("a signature is missing: {error}")))
}

/// A tenth more than the simulation used, for what changes until it lands.
fn limit_for(units: u64) -> u32 {
    let margin = units.checked_div(10).unwrap_or(0).saturating_add(1_000);
    let limit = units.saturating_add(margin);
    u32::try_from(limit).map_or(MAX_UNITS, |limit| limit.min(MAX_UNITS))
}

/// The instructions behind their compute budget.
fn budgeted(instructions: &[Instruction], limit: u32, price: u64) -> Vec<Instruction> {
    let set = |tag: u8, value: &[u8]| Instruction {
        program_id: COMPUTE_BUDGET,
        accounts: Vec::new(),
        data: [&[tag], value].concat(),
    };
    let mut all = vec![set(2, &limit.to_le_bytes()), set(3, &price.to_le_bytes())];
    all.extend_from_slice(instructions);
    all
}

/// The RPC node's own alphabet for bytes.
fn decode_base64(text: &str) -> Option<Vec<u8>> {
    use solana_account_decoder_client_types::UiAccountData;
    UiAccountData::Binary(text.to_owned(), UiAccountEncoding::Base64).decode()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_a_tenth_above_what_was_used() {
        assert_eq!(limit_for(10_000), 12_000);
        assert_eq!(limit_for(u64::MAX), MAX_UNITS);
    }

    #[test]
    fn a_blockhash_lives_as_long_as_it_can_whatever_the_node_says() {
        assert_eq!(last_height(1_150, 1_000), 1_150);
        assert_eq!(last_height(1_140, 1_000), 1_150); // given for an older one, too
        assert_eq!(last_height(0, 1_000), 1_150);
        assert_eq!(last_height(1_160, 1_000), 1_160); // another node, ten blocks ahead
        assert_eq!(last_height(u64::MAX, 1_000), 1_300);
    }

    #[test]
    fn base64_is_the_nodes() {
        assert_eq!(decode_base64("AQI="), Some(vec![1, 2]));
    }
}

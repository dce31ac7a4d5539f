//! Sending transactions, and checking what is refused.

use crate::World;
use liquid_restaking_sdk::{
    anchor_lang::prelude::{AnchorDeserialize, Pubkey},
    decode_return, Instruction,
};
use lrt_cli::vm::name_of;
use solana_account::Account;
use solana_keypair::Keypair;
use solana_signer::Signer;
use solana_transaction::Transaction;

impl World {
    async fn transaction(
        &mut self,
        instructions: &[Instruction],
        signers: &[&Keypair],
    ) -> Transaction {
        // A price that no other transaction has: two equal transactions are two transactions.
        self.sent += 1;
        let mut data = vec![3];
        data.extend_from_slice(&self.sent.to_le_bytes());
        let unique = Instruction {
            program_id: Pubkey::from_str_const("ComputeBudget111111111111111111111111111111"),
            accounts: Vec::new(),
            data,
        };
        let mut all = vec![unique];
        all.extend_from_slice(instructions);
        let mut keys = vec![&self.context.payer];
        keys.extend_from_slice(signers);
        let client = &mut self.context.banks_client;
        let blockhash = client.get_latest_blockhash().await.expect("a blockhash");
        Transaction::new_signed_with_payer(
            &all,
            Some(&self.context.payer.pubkey()),
            &keys,
            blockhash,
        )
    }

    /// Sends a transaction that must succeed. Returns the compute units it took.
    #[track_caller]
    pub fn send<'a>(
        &'a mut self,
        instructions: &'a [Instruction],
        signers: &'a [&'a Keypair],
    ) -> impl std::future::Future<Output = u64> + 'a {
        let caller = std::panic::Location::caller();
        async move {
            match self.try_send(instructions, signers).await {
                Ok(units) => units,
                Err(refused) => panic!("refused at {caller}: {refused}"),
            }
        }
    }

    /// Sends a transaction. Returns the compute units, or the name of the error.
    pub async fn try_send(
        &mut self,
        instructions: &[Instruction],
        signers: &[&Keypair],
    ) -> Result<u64, String> {
        let transaction = self.transaction(instructions, signers).await;
        let client = &mut self.context.banks_client;
        let outcome = client
            .process_transaction_with_metadata(transaction)
            .await
            .expect("the bank answers");
        let logs = outcome.metadata.as_ref().map(|m| m.log_messages.clone());
        match outcome.result {
            Ok(()) => Ok(outcome.metadata.map_or(0, |m| m.compute_units_consumed)),
            Err(error) => Err(name_of(&error, &logs.unwrap_or_default())),
        }
    }

    /// Sends a transaction that must be refused with that error, and checks that it changed no account it names.
    #[track_caller]
    pub fn refuse<'a>(
        &'a mut self,
        instruction: Instruction,
        signers: &'a [&'a Keypair],
        error: &'a str,
    ) -> impl std::future::Future<Output = ()> + 'a {
        let caller = std::panic::Location::caller();
        async move {
            let before = self.snapshot(&instruction).await;
            let outcome = self
                .try_send(std::slice::from_ref(&instruction), signers)
                .await;
            assert_eq!(outcome.err().as_deref(), Some(error), "at {caller}");
            assert!(
                before == self.snapshot(&instruction).await,
                "a refusal changed something, at {caller}"
            );
        }
    }

    pub(crate) async fn snapshot(&mut self, instruction: &Instruction) -> Vec<Option<Account>> {
        let mut accounts = Vec::new();
        for meta in &instruction.accounts {
            accounts.push(self.account(&meta.pubkey).await);
        }
        accounts
    }

    /// Refuses the instruction with each of its accounts replaced, one at a time: `(position, replacement, error)`.
    #[track_caller]
    pub fn refuse_substitutes<'a>(
        &'a mut self,
        instruction: &'a Instruction,
        signers: &'a [&'a Keypair],
        substitutes: &'a [(usize, Pubkey, &'a str)],
    ) -> impl std::future::Future<Output = ()> + 'a {
        let caller = std::panic::Location::caller();
        async move {
            for (position, replacement, error) in substitutes {
                let mut changed = instruction.clone();
                changed.accounts[*position].pubkey = *replacement;
                let before = self.snapshot(&changed).await;
                let outcome = self.try_send(std::slice::from_ref(&changed), signers).await;
                assert_eq!(
                    outcome.err().as_deref(),
                    Some(*error),
                    "account {position}, at {caller}"
                );
                assert!(
                    before == self.snapshot(&changed).await,
                    "a refusal changed something: account {position}, at {caller}"
                );
            }
        }
    }

    /// Refuses the instruction when nobody signs at `position`, and with `error` when a stranger does. `others` sign
    /// besides.
    #[track_caller]
    pub fn refuse_other_signer<'a>(
        &'a mut self,
        instruction: &'a Instruction,
        position: usize,
        others: &'a [&'a Keypair],
        error: &'a str,
    ) -> impl std::future::Future<Output = ()> + 'a {
        let caller = std::panic::Location::caller();
        async move {
            let mallory = Keypair::new();
            self.fund(&mallory.pubkey());
            let mut unsigned = instruction.clone();
            unsigned.accounts[position].is_signer = false;
            let mut stolen = instruction.clone();
            stolen.accounts[position].pubkey = mallory.pubkey();
            let mut signers = others.to_vec();
            for (changed, error) in [(unsigned, "AccountNotSigner"), (stolen, error)] {
                let before = self.snapshot(&changed).await;
                let outcome = self
                    .try_send(std::slice::from_ref(&changed), &signers)
                    .await;
                assert_eq!(
                    outcome.err().as_deref(),
                    Some(error),
                    "signer {position}, at {caller}"
                );
                assert!(
                    before == self.snapshot(&changed).await,
                    "a refusal changed something: signer {position}, at {caller}"
                );
                signers.push(&mallory);
            }
        }
    }

    /// Simulates a read-only instruction and decodes its answer, or gives the name of the error.
    pub async fn ask<T: AnchorDeserialize>(
        &mut self,
        instruction: Instruction,
    ) -> Result<T, String> {
        let transaction = self.transaction(&[instruction], &[]).await;
        let client = &mut self.context.banks_client;
        let answer = client
            .simulate_transaction(transaction)
            .await
            .expect("the bank answers");
        let details = answer.simulation_details.expect("details");
        match answer.result.expect("a result") {
            Ok(()) => {
                let data = details.return_data.expect("return data").data;
                Ok(decode_return(&data).expect("an answer of that type"))
            }
            Err(error) => Err(name_of(&error, &details.logs)),
        }
    }

    /// Simulates an instruction: nothing changes. Gives the name of the error when it would be refused.
    pub async fn simulate(
        &mut self,
        instruction: &Instruction,
        signers: &[&Keypair],
    ) -> Result<(), String> {
        let instructions = std::slice::from_ref(instruction);
        let transaction = self.transaction(instructions, signers).await;
        let client = &mut self.context.banks_client;
        let answer = client
            .simulate_transaction(transaction)
            .await
            .expect("the bank answers");
        let logs = answer.simulation_details.expect("details").logs;
        let result = answer.result.expect("a result");
        result.map_err(|error| name_of(&error, &logs))
    }
}

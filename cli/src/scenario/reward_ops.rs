//! The operations of rewards: in collateral, in other tokens, and collected.

use super::{
    op::RewardPayer,
    runner::{user_key, Failure, Runner},
};
use crate::vm::{keypair, mint_to};
use liquid_restaking_sdk::{
    program::state::{Delegation, RewardBook},
    StreamKeys, TOKEN_PROGRAM_ID,
};
use solana_keypair::Keypair;
use solana_signer::Signer;

/// Pays rewards that no AVS signs for. It is no user of any file.
pub(super) fn stranger() -> Keypair {
    keypair("stranger")
}

impl Runner {
    /// The runner mints the reward to whoever pays it, in one transaction.
    pub(super) fn pay_rewards(
        &mut self,
        operator: &str,
        avs: &str,
        amount: u64,
        payer: RewardPayer,
        as_name: Option<&str>,
    ) -> Result<(), Failure> {
        let payer = match payer {
            RewardPayer::Avs => user_key(avs),
            RewardPayer::Stranger => stranger(),
        };
        let (operator, avs) = (self.operator(operator)?, self.avs(avs)?);
        let (issuer, wallet) = (keypair("collateral issuer"), payer.pubkey());
        let (mint, own) = (self.keys.collateral_mint, self.keys.of(&wallet));
        let minted = mint_to(&mint, &own.collateral, &issuer.pubkey(), amount);
        let pay = self.keys.pay_rewards(&wallet, &operator, &avs, amount);
        self.send_with(vec![minted, pay], &[&issuer], &[&payer], as_name)
    }

    /// A reward token, its stream at the next free place of the reward book, which is created if there is none, and its
    /// first funding. Every user gets an account for the token.
    pub(super) fn open_stream(
        &mut self,
        name: &str,
        decimals: u8,
        amount: u64,
        slots: u64,
        as_name: Option<&str>,
    ) -> Result<(), Failure> {
        let (admin, issuer) = (keypair("admin"), keypair("reward issuer"));
        let (funder, mint) = (stranger(), keypair(&format!("reward mint {name}")).pubkey());
        let book: Option<RewardBook> = self.vm.state(&self.keys.book());
        let taken = |book: &RewardBook| book.streams.iter().take_while(|s| s.is_open()).count();
        let place = book.as_ref().map_or(0, taken); // past the last: for the program to refuse
        let stream = StreamKeys {
            place: u8::try_from(place).unwrap_or(u8::MAX),
            mint,
            token_program: TOKEN_PROGRAM_ID,
        };
        let mut opening = Vec::new();
        if book.is_none() {
            opening.push(self.keys.create_reward_book(&admin.pubkey()));
        }
        opening.push(self.keys.add_stream(&admin.pubkey(), &stream, slots, false));
        let source = stream.of(&funder.pubkey());
        let funding = vec![
            mint_to(&mint, &source, &issuer.pubkey(), amount),
            self.keys.fund_stream(&funder.pubkey(), &stream, amount),
        ];
        self.atomically(|runner| {
            runner.vm.create_mint(&mint, &issuer.pubkey(), decimals, 0);
            let users: Vec<_> = runner.users.iter().map(|(_, key)| *key).collect();
            for wallet in users.iter().chain([&funder.pubkey()]) {
                runner
                    .vm
                    .create_token_account(&stream.of(wallet), &mint, wallet, 0);
            }
            runner.send(opening, &[&admin], as_name)?;
            runner.send_with(funding, &[&issuer], &[&funder], as_name)?;
            runner.streams.push((name.to_owned(), stream));
            Ok(())
        })
    }

    /// What the fee wallet and the operators are owed, to each who is owed something.
    pub(super) fn collect(&mut self, as_name: Option<&str>) -> Result<(), Failure> {
        let keeper = keypair("keeper");
        let (lrt, pool) = (self.lrt()?, self.pool()?);
        let mut parts = Vec::new();
        if lrt.fee_shares > 0 || pool.fees_owed > 0 {
            let fees = self.keys.collect_fees(&self.fee_wallet, &keeper.pubkey());
            parts.push(fees);
        }
        for (name, operator) in &self.operators {
            let delegation = self.vm.state(&self.keys.delegation(operator));
            let is_owed = delegation.is_some_and(|delegation: Delegation| delegation.owed > 0);
            if is_owed {
                let authority = user_key(name).pubkey();
                let commission =
                    self.keys
                        .collect_commission(operator, &authority, &keeper.pubkey());
                parts.push(commission);
            }
        }
        if parts.is_empty() {
            return Err(Failure::named("NothingToDo"));
        }
        self.atomically(|runner| {
            let mut sent = parts.into_iter();
            sent.try_for_each(|part| runner.send(vec![part], &[&keeper], as_name))
        })
    }
}

//! What a simulation would change: lamports and tokens of every account that it may write.

use super::{tokens, Cluster, Outcome};
use liquid_restaking_sdk::{
    anchor_lang::prelude::Pubkey, token_balance, Instruction, TOKEN_2022_PROGRAM_ID,
    TOKEN_PROGRAM_ID,
};
use serde::Serialize;
use solana_account::Account;

/// Bytes of a token account without extensions.
const TOKEN_ACCOUNT_LEN: usize = 165;
/// Decimals of SOL.
const SOL_DECIMALS: u8 = 9;

/// One balance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The account.
    pub account: String,
    /// Its mint; `SOL` for lamports.
    pub token: String,
    /// Whose the tokens are.
    pub owner: String,
    /// Tokens before.
    pub before: String,
    /// Tokens after.
    pub after: String,
}

/// The accounts that instructions may write, the payer first.
pub fn written(payer: &Pubkey, instructions: &[Instruction]) -> Vec<Pubkey> {
    let mut keys = vec![*payer];
    let metas = instructions
        .iter()
        .flat_map(|instruction| &instruction.accounts);
    for meta in metas.filter(|meta| meta.is_writable) {
        if !keys.contains(&meta.pubkey) {
            keys.push(meta.pubkey);
        }
    }
    keys
}

impl Cluster {
    /// What differs between accounts before and after.
    ///
    /// # Errors
    /// When the node does not answer.
    pub fn changes(
        &self,
        keys: &[Pubkey],
        before: &[Option<Account>],
        after: &[Option<Account>],
    ) -> Outcome<Vec<Change>> {
        let pairs = || keys.iter().zip(before.iter().zip(after));
        let mut mints: Vec<Pubkey> = pairs()
            .flat_map(|(_, (before, after))| [before, after])
            .filter_map(|account| token(account.as_ref()))
            .map(|token| token.mint)
            .collect();
        mints.sort_unstable();
        mints.dedup();
        let (_, accounts) = self.accounts(&mints)?;
        let decimals_of = |mint: &Pubkey| {
            let known = mints.iter().zip(&accounts).find(|(key, _)| *key == mint);
            let data = known.and_then(|(_, account)| account.as_ref());
            data.and_then(|account| account.data.get(44).copied())
                .unwrap_or(0)
        };
        let mut changes = Vec::new();
        for (key, (before, after)) in pairs() {
            let lamports = |account: &Option<Account>| account.as_ref().map_or(0, |a| a.lamports);
            let (old, new) = (lamports(before), lamports(after));
            if old != new {
                changes.push(Change {
                    account: key.to_string(),
                    token: "SOL".to_owned(),
                    owner: key.to_string(),
                    before: tokens(old, SOL_DECIMALS),
                    after: tokens(new, SOL_DECIMALS),
                });
            }
            let (old, new) = (token(before.as_ref()), token(after.as_ref()));
            let Some(either) = new.or(old) else { continue };
            let amount = |side: Option<Token>| side.map_or(0, |token| token.amount);
            if amount(old) != amount(new) {
                let decimals = decimals_of(&either.mint);
                changes.push(Change {
                    account: key.to_string(),
                    token: either.mint.to_string(),
                    owner: either.owner.to_string(),
                    before: tokens(amount(old), decimals),
                    after: tokens(amount(new), decimals),
                });
            }
        }
        Ok(changes)
    }
}

#[derive(Clone, Copy)]
struct Token {
    mint: Pubkey,
    owner: Pubkey,
    amount: u64,
}

fn token(account: Option<&Account>) -> Option<Token> {
    let account = account?;
    let is_token_program = [TOKEN_PROGRAM_ID, TOKEN_2022_PROGRAM_ID].contains(&account.owner);
    if !is_token_program || account.data.len() < TOKEN_ACCOUNT_LEN {
        return None;
    }
    let key = |from: usize, to: usize| Pubkey::try_from(account.data.get(from..to)?).ok();
    Some(Token {
        mint: key(0, 32)?,
        owner: key(32, 64)?,
        amount: token_balance(&account.data)?,
    })
}

//! The accounts of the reward book, read once for a line's invariants.

use super::runner::Runner;
use liquid_restaking_sdk::{
    address,
    program::state::{RewardBook, RewardPosition},
};

/// The reward book and all that belongs to it.
#[derive(Debug)]
pub struct Streams {
    /// The book.
    pub book: RewardBook,
    /// LRT in its vault.
    pub vault_balance: u64,
    /// What each stream's vault holds, by place.
    pub balances: Vec<u64>,
    /// Positions of users that exist.
    pub positions: Vec<RewardPosition>,
}

impl Runner {
    /// Reads the accounts as they are stored; `None` without a reward book.
    pub fn reward_streams(&self) -> Option<Streams> {
        let book: RewardBook = self.vm.state(&self.keys.book())?;
        let balances = book.streams.iter();
        let balances = balances.map(|stream| self.vm.token_balance(&stream.vault));
        let positions = self.users.iter().filter_map(|(_, user)| {
            let position = self.keys.position(user);
            self.vm.state(&position)
        });
        Some(Streams {
            book,
            vault_balance: self
                .vm
                .token_balance(&address::reward_vault(&self.keys.book())),
            balances: balances.collect(),
            positions: positions.collect(),
        })
    }
}

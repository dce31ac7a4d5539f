//! The reward book, for tests that are about something else.

use crate::World;
use liquid_restaking_sdk::{
    anchor_lang::prelude::Pubkey,
    program::state::{RewardBook, RewardPosition, Stream},
    StreamKeys, TOKEN_PROGRAM_ID,
};
use solana_keypair::Keypair;
use solana_signer::Signer;

impl World {
    /// Creates the LRT's reward book.
    pub async fn create_reward_book(&mut self) {
        let admin = self.funded_admin();
        let create = self.keys.create_reward_book(&admin.pubkey());
        self.send(&[create], &[&admin]).await;
    }

    /// Adds a stream of a new token at `place`.
    pub async fn add_stream(&mut self, place: u8, slots: u64) -> StreamKeys {
        let stream = self.new_stream(place);
        let admin = self.funded_admin();
        let add = self.keys.add_stream(&admin.pubkey(), &stream, slots, false);
        self.send(&[add], &[&admin]).await;
        stream
    }

    /// A place for a stream of a new token, which is still to be added.
    pub fn new_stream(&mut self, place: u8) -> StreamKeys {
        let (mint, issuer) = (Pubkey::new_unique(), self.issuer.pubkey());
        self.create_mint(&mint, &issuer);
        StreamKeys {
            place,
            mint,
            token_program: TOKEN_PROGRAM_ID,
        }
    }

    /// Opens a wallet's associated token account of the reward token, with a balance.
    pub fn open_reward_account(&mut self, stream: &StreamKeys, owner: &Pubkey, amount: u64) {
        self.create_token_account(&stream.of(owner), &stream.mint, owner, amount);
    }

    /// Funds a stream, out of tokens that a stranger is given; must succeed.
    pub async fn fund_stream(&mut self, stream: &StreamKeys, amount: u64) {
        let funder = Keypair::new();
        self.open_reward_account(stream, &funder.pubkey(), amount);
        let fund = self.keys.fund_stream(&funder.pubkey(), stream, amount);
        self.send(&[fund], &[&funder]).await;
    }

    /// Closes a stream; must succeed.
    pub async fn close_stream(&mut self, stream: &StreamKeys) {
        let (admin, wallet) = (self.funded_admin(), self.fee_wallet.pubkey());
        let by = admin.pubkey();
        let close = self.keys.close_stream(&by, stream, &wallet, &by);
        self.send(&[close], &[&admin]).await;
    }

    /// Stakes LRT in the reward book; must succeed.
    pub async fn stake_position(&mut self, owner: &Keypair, shares: u64) {
        let stake = self.keys.stake_position(&owner.pubkey(), shares);
        self.send(&[stake], &[owner]).await;
    }

    /// Takes LRT out of the reward book; must succeed.
    pub async fn unstake_position(&mut self, owner: &Keypair, shares: u64) {
        let unstake = self.keys.unstake_position(&owner.pubkey(), shares);
        self.send(&[unstake], &[owner]).await;
    }

    /// A claim by the owner, who need not have an account of the token; must succeed. Returns what came.
    pub async fn claim_stream(&mut self, owner: &Keypair, stream: &StreamKeys) -> u64 {
        let (wallet, own) = (owner.pubkey(), stream.of(&owner.pubkey()));
        if self.account(&own).await.is_none() {
            self.open_reward_account(stream, &wallet, 0);
        }
        let before = self.balance(&own).await;
        let claim = self.keys.claim_stream(&wallet, &wallet, stream);
        self.send(&[claim], &[owner]).await;
        self.balance(&own).await - before
    }

    /// The reward book.
    pub async fn book(&mut self) -> RewardBook {
        let key = self.keys.book();
        self.state(&key).await.expect("the reward book")
    }

    /// What the reward book has at a stream's place.
    pub async fn stream(&mut self, stream: &StreamKeys) -> Stream {
        self.book().await.streams[usize::from(stream.place)]
    }

    /// A holder's position.
    pub async fn position(&mut self, owner: &Keypair) -> RewardPosition {
        let key = self.keys.position(&owner.pubkey());
        self.state(&key).await.expect("the position")
    }

    /// The admin, with lamports for rent.
    pub fn funded_admin(&mut self) -> Keypair {
        let admin = self.admin.insecure_clone();
        self.fund(&admin.pubkey());
        admin
    }
}

//! The instructions about rewards.

use super::{restaking::Cast, Row};
use crate::{World, ONE};
use liquid_restaking_sdk::{PoolKeys, StreamKeys};
use solana_keypair::Keypair;
use solana_signer::Signer;

/// The reward book of the LRT, and those who stake in it.
pub(super) struct Streams {
    /// Has been shared out for a while.
    running: StreamKeys,
    /// Was never funded.
    idle: StreamKeys,
    /// Is still to be added.
    next: StreamKeys,
    /// Has a position without LRT.
    leaver: Keypair,
    /// Has LRT and no position.
    newcomer: Keypair,
}

impl World {
    /// A reward book in which `holder` stakes a token of two, and one of another LRT in which nobody does.
    pub(super) async fn streams(&mut self, holder: &Keypair, other: &PoolKeys) -> Streams {
        let home = std::mem::replace(&mut self.keys, *other);
        self.create_reward_book().await;
        self.keys = home;
        self.create_reward_book().await;
        let streams = Streams {
            running: self.add_stream(0, 100).await,
            idle: self.add_stream(1, 100).await,
            next: self.new_stream(2),
            leaver: self.holder(ONE).await,
            newcomer: self.holder(ONE).await,
        };
        self.stake_position(holder, ONE).await;
        self.stake_position(&streams.leaver, 1).await;
        self.unstake_position(&streams.leaver, 1).await;
        self.fund_stream(&streams.running, ONE).await;
        self.open_reward_account(&streams.running, &holder.pubkey(), ONE);
        streams
    }

    /// Pays a reward of which a commission is owed; another can be paid.
    pub(super) async fn reward(&mut self, cast: &Cast) {
        let avs = &cast.accepted;
        self.pay_rewards(&avs.authority, &cast.working, avs, ONE)
            .await;
        self.fund_collateral(&avs.authority, ONE).await;
    }
}

impl Streams {
    /// Every instruction about rewards. The LRTs: with this book, with an empty book, without one.
    pub(super) fn of_rewards<'a>(
        &'a self,
        [keys, empty, without]: [&PoolKeys; 3],
        cast: &'a Cast,
        admin: &'a Keypair,
        (fee_wallet, holder): (&Keypair, &'a Keypair),
    ) -> Vec<Row<'a>> {
        let (operator, avs) = (&cast.working, &cast.accepted);
        let (by_admin, wallet) = (admin.pubkey(), fee_wallet.pubkey());
        let (owner, leaver) = (holder.pubkey(), self.leaver.pubkey());
        vec![
            (
                "pay_rewards",
                keys.pay_rewards(&avs.authority.pubkey(), &operator.key, &avs.key, ONE),
                vec![&avs.authority],
            ),
            (
                "collect_commission",
                keys.collect_commission(&operator.key, &operator.authority.pubkey(), &owner),
                vec![holder],
            ),
            (
                "create_reward_book",
                without.create_reward_book(&by_admin),
                vec![admin],
            ),
            (
                "close_reward_book",
                empty.close_reward_book(&by_admin, &wallet, &by_admin),
                vec![admin],
            ),
            (
                "add_stream",
                keys.add_stream(&by_admin, &self.next, 100, false),
                vec![admin],
            ),
            (
                "close_stream",
                keys.close_stream(&by_admin, &self.idle, &wallet, &by_admin),
                vec![admin],
            ),
            (
                "fund_stream",
                keys.fund_stream(&owner, &self.running, ONE),
                vec![holder],
            ),
            (
                "stake_position",
                keys.stake_position(&owner, ONE),
                vec![holder],
            ),
            (
                "stake_position, the first time",
                keys.stake_position(&self.newcomer.pubkey(), 1),
                vec![&self.newcomer],
            ),
            (
                "unstake_position",
                keys.unstake_position(&owner, ONE),
                vec![holder],
            ),
            (
                "claim_stream",
                keys.claim_stream(&owner, &leaver, &self.running),
                vec![&self.leaver],
            ),
            (
                "close_position",
                keys.close_position(&leaver, &leaver),
                vec![],
            ),
            ("yield_report", keys.yield_report(&[avs.key]), vec![]),
        ]
    }
}

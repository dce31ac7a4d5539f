//! Rewards on the built program: paid in collateral, streamed in other tokens, read as a yield.

mod add_stream;
mod attribution;
mod book;
mod claim_stream;
mod close_stream;
mod collect_commission;
mod drip;
mod fees;
mod fund_stream;
mod never_owes;
mod no_free_ride;
mod over;
mod pay_rewards;
mod positions;
mod sharing;
mod split;
mod yield_accounts;
mod yields;

use liquid_restaking_sdk::{anchor_lang::prelude::Pubkey, Instruction, StreamKeys};
use liquid_restaking_tests::{terms, Avs, Operator, World, ONE};
use solana_keypair::Keypair;

/// Slots of a drip in these tests.
const DRIP: u64 = 100;

/// LRT whose part of a stream is exact: a unit is parted in 2^64.
const EXACT: u64 = 1 << 29;

/// Ten tokens of one holder, all of them staked by one operator for one AVS.
struct Work {
    world: World,
    holder: Keypair,
    operator: Operator,
    avs: Avs,
}

impl Work {
    /// Without commission and fee.
    async fn new() -> Self {
        Self::taking(0, 0).await
    }

    /// The operator keeps a commission of every reward, the fee wallet a part of the rest.
    async fn taking(commission_bps: u16, reward_fee_bps: u16) -> Self {
        let mut world = World::with(|params| params.reward_fee_bps = reward_fee_bps).await;
        let operator = world.operator_for(commission_bps).await;
        let avs = world.avs(terms(), 10_000).await;
        world.opt_in(&operator, &avs).await;
        let holder = world.holder(10 * ONE).await;
        world.delegate(&operator, 10 * ONE).await;
        world.stake(&operator, &avs, 10 * ONE).await;
        Self {
            world,
            holder,
            operator,
            avs,
        }
    }

    /// A reward that the AVS signs.
    async fn earn(&mut self, amount: u64) {
        let authority = self.avs.authority.insecure_clone();
        self.earn_from(&authority, amount).await;
    }

    /// A reward that somebody pays.
    async fn earn_from(&mut self, payer: &Keypair, amount: u64) {
        self.world
            .pay_rewards(payer, &self.operator, &self.avs, amount)
            .await;
    }

    /// What the shares are worth now, the drip brought up to date.
    async fn nav(&mut self) -> u64 {
        let accrue = self.world.keys.accrue();
        self.world.send(&[accrue], &[]).await;
        self.world.lrt().await.pools[0].assets
    }
}

/// A world with a reward book, one stream over 100 slots, and holders of a token each.
async fn with_stream<const N: usize>() -> (World, StreamKeys, [Keypair; N]) {
    let mut world = World::new().await;
    world.create_reward_book().await;
    let stream = world.add_stream(0, 100).await;
    let mut holders = Vec::new();
    for _ in 0..N {
        holders.push(world.holder(ONE).await);
    }
    let holders = holders.try_into().expect("as many as asked for");
    (world, stream, holders)
}

/// The instruction with another account at `position`.
fn with_account(mut instruction: Instruction, position: usize, key: &Pubkey) -> Instruction {
    instruction.accounts[position].pubkey = *key;
    instruction
}

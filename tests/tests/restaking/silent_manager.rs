//! A manager who does nothing holds nobody back: before the grace is over nothing happens, then one round is enough.

use crate::stage::{terms_of, Stage};
use liquid_restaking_tests::{EPOCH, ONE};

/// Odd amounts: two operators, three AVSs.
struct Play {
    leverage: u16,
    delegated: [u64; 2],
    allocated: [[u64; 3]; 2],
    /// The round's numbers.
    shortage: u64,
    used: u64,
    /// What each allocation keeps.
    kept: [[u64; 3]; 2],
    /// Freeing once all were called.
    freeing: u64,
}

/// What the holder asks for.
const WANTED: u64 = 6_543_210_987;

const ONCE: Play = Play {
    leverage: 10_000,
    delegated: [5_000_000_003, 4_000_000_000],
    allocated: [
        [2_000_000_001, 1_500_000_000, 1_000_000_002],
        [1_234_567_891, 999_999_999, 1_765_432_110],
    ],
    shortage: 5_043_210_990,
    used: 8_500_000_003,
    kept: [
        [813_362_120, 610_021_590, 406_681_061],
        [502_075_378, 406_681_059, 717_967_802],
    ],
    freeing: 5_543_210_993,
};

const THRICE: Play = Play {
    leverage: 30_000,
    delegated: [5_000_000_003, 4_000_000_000],
    allocated: [
        [5_000_000_003, 4_999_999_999, 3_333_333_333],
        [2_345_678_901, 3_000_000_001, 2_999_999_999],
    ],
    // A unit more than the queue lacks: two operators.
    shortage: 4_543_210_992,
    used: 8_000_000_004,
    kept: [
        [2_160_493_132, 2_160_493_130, 1_440_328_754],
        [1_013_564_630, 1_296_295_879, 1_296_295_878],
    ],
    freeing: 5_543_210_992,
};

/// Every pair of operator and AVS, in several orders.
const ORDERS: [[(usize, usize); 6]; 3] = [
    [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)],
    [(1, 2), (1, 1), (1, 0), (0, 2), (0, 1), (0, 0)],
    [(0, 1), (1, 0), (0, 2), (1, 2), (0, 0), (1, 1)],
];

impl Play {
    async fn stage(&self) -> Stage {
        let terms = [terms_of(100), terms_of(50), terms_of(7)];
        let change = |params: &mut liquid_restaking_sdk::program::state::Params| {
            params.leverage_bps = self.leverage;
        };
        let mut stage = Stage::of(2, &terms, change).await;
        for operator in 0..2 {
            let allocated = &self.allocated[operator];
            stage
                .stake(operator, self.delegated[operator], allocated)
                .await;
        }
        stage
    }

    /// Nobody but strangers acts. Whoever is asked for again gives nothing more.
    async fn run(&self, order: &[(usize, usize)], free_first: bool, again: bool) {
        let mut stage = self.stage().await;
        let ticket = stage.world.request(&stage.holder, WANTED, 0).await;
        let head = ticket.batch_epoch;
        let open = stage.world.keys.open_round(head);
        stage.warp_to(head * EPOCH + 499).await;
        let too_early = [
            (open.clone(), "QueueNotOverdue"),
            (stage.force_undelegate(0, Some(head)), "QueueNotOverdue"),
            (stage.force_deallocate(0, 0), "RoundNotOpen"),
        ];
        for (instruction, error) in too_early {
            stage.world.refuse(instruction, &[], error).await;
        }
        stage.world.warp(1).await;
        let lacks = WANTED - stage.pool().await.0;
        assert_eq!(lacks, 5_543_210_990);
        if free_first {
            self.free(&mut stage, head).await;
        }
        stage.send(open.clone()).await;
        let round = stage.world.pool().await.round;
        assert_eq!((round.shortage, round.used), (self.shortage, self.used));

        let last = stage.release_slot(0).await;
        for (operator, avs) in order {
            let force = stage.force_deallocate(*operator, *avs);
            stage.send(force.clone()).await;
            if again {
                stage.world.refuse(force, &[], "RoundServed").await;
                stage.world.refuse(open.clone(), &[], "RoundRunning").await;
            }
            let kept = self.kept[*operator][*avs];
            let cooling = self.allocated[*operator][*avs] - kept;
            assert_eq!(stage.parts(*operator, *avs).await, (kept, 0, cooling));
        }
        let (idle, _, freeing) = stage.pool().await;
        assert!(idle + freeing >= WANTED);
        if !free_first {
            assert_eq!(freeing, self.freeing);
        }

        // One exit delay later everybody is settled, and not before.
        stage.warp_to(last - 1).await;
        self.release(&mut stage, order).await;
        self.free(&mut stage, head).await;
        assert!(stage.pool().await.0 < WANTED);
        stage.world.warp(1).await;
        self.release(&mut stage, order).await;
        self.free(&mut stage, head).await;
        assert_eq!(stage.pool().await.0, WANTED);
        stage.world.settle().await;
        let pool = stage.world.pool().await;
        assert_eq!((pool.queue_length, pool.idle), (0, 0));
        assert_eq!(pool.delegated, 10 * ONE - WANTED);
        stage.world.claim(&ticket, &stage.holder).await;
        assert_eq!(stage.world.holds(&stage.holder).await.0, WANTED);
        stage.world.check_invariants().await;
    }

    /// Strangers try to move what is free.
    async fn free(&self, stage: &mut Stage, head: u64) {
        for operator in 0..2 {
            let force = stage.force_undelegate(operator, Some(head));
            let _ = stage.world.try_send(&[force], &[]).await;
        }
    }

    /// Strangers try to release what has cooled.
    async fn release(&self, stage: &mut Stage, order: &[(usize, usize)]) {
        for (operator, avs) in order {
            let release = stage.release(*operator, *avs);
            let _ = stage.world.try_send(&[release], &[]).await;
        }
    }
}

#[tokio::test]
async fn every_allocation_is_drawn_on_by_the_same_share_in_whatever_order_it_is_called() {
    for (index, order) in ORDERS.iter().enumerate() {
        ONCE.run(order, index == 1, index == 2).await;
    }
}

#[tokio::test]
async fn at_leverage_three_too() {
    for (index, order) in ORDERS.iter().enumerate() {
        THRICE.run(order, index == 2, index == 1).await;
    }
}

#[tokio::test]
async fn ten_batches_behind_each_other_wait_one_exit_delay_and_not_ten() {
    let mut stage = Stage::of(1, &[terms_of(100); 2], |_| {}).await;
    stage.stake(0, 9 * ONE, &[5 * ONE, 4 * ONE]).await;
    let mut tickets = Vec::new();
    for nonce in 0..10 {
        let amount = ONE / 2 + nonce;
        tickets.push(stage.world.request(&stage.holder, amount, nonce).await);
        stage.world.warp(EPOCH).await;
    }
    stage.world.warp(3 * EPOCH).await; // the last one is due
    stage.world.settle().await; // idle is one token: it pays the first
    let head = stage.world.pool().await.head_epoch;
    assert_eq!(head, tickets[0].batch_epoch + 1);
    stage.open_round(head).await;
    // The nine others are owed 4,500,000,045, and half a token is idle.
    let round = stage.world.pool().await.round;
    assert_eq!((round.shortage, round.used), (4_000_000_045, 9 * ONE));
    let slot = stage.release_slot(0).await;
    for avs in 0..2 {
        stage.send(stage.force_deallocate(0, avs)).await;
    }
    stage.warp_to(slot).await;
    for avs in 0..2 {
        stage.send(stage.release(0, avs)).await;
    }
    stage.send(stage.force_undelegate(0, Some(head))).await;
    for ticket in &tickets[1..] {
        assert_eq!(stage.world.pool().await.head_epoch, ticket.batch_epoch);
        stage.world.settle().await;
    }
    assert_eq!(stage.world.pool().await.queue_length, 0);
    for ticket in &tickets {
        stage.world.claim(ticket, &stage.holder).await;
    }
    assert_eq!(stage.world.holds(&stage.holder).await.0, 5_000_000_045);
    stage.world.check_invariants().await;
}

use liquid_restaking_tests::{World, EPOCH, ONE};
use solana_keypair::Keypair;
use solana_signer::Signer;

/// Ten holders with odd amounts, at a rate that is no round number, of whom nine leave in one epoch.
struct Run {
    world: World,
    users: Vec<Keypair>,
    tickets: Vec<liquid_restaking_sdk::TicketKeys>,
}

impl Run {
    async fn begin() -> Self {
        let mut world = World::new().await;
        let mut users = Vec::new();
        for index in 0..10 {
            users.push(world.holder(10 * ONE + 7_919 * index * index).await);
        }
        world.start_drip(7 * ONE + 1).await;
        let accrue = world.keys.accrue();
        world.warp(EPOCH).await;
        world.send(&[accrue], &[]).await;
        // Most of it is delegated: a tenth of what is to be paid is there.
        world.leave_idle(9 * ONE).await;
        let mut tickets = Vec::new();
        for user in &users[1..] {
            let shares = world.holds(user).await.1;
            tickets.push(world.request(user, shares, 1).await);
        }
        Self {
            world,
            users,
            tickets,
        }
    }

    /// The shares of each ticket, as long as all are open.
    async fn shares(&mut self) -> Vec<u64> {
        let mut shares = Vec::new();
        for ticket in &self.tickets {
            shares.push(self.world.ticket(ticket).await.expect("it is open").shares);
        }
        shares
    }
}

#[tokio::test]
async fn in_a_run_every_ticket_gets_the_same_share_to_the_base_unit() {
    let mut run = Run::begin().await;
    let shares = run.shares().await;
    let epoch = run.tickets[0].batch_epoch;
    run.world.warp_to_epoch(epoch + 3).await;
    // Stake comes back bit by bit. The first claims after every part, the second after every other, the rest at the end.
    for (round, returned) in [0, 13 * ONE + 1, 29 * ONE + 17, 30, ONE - 1]
        .into_iter()
        .enumerate()
    {
        let idle = run.world.pool().await.idle + returned;
        run.world.leave_idle(idle).await;
        run.world.settle().await;
        run.world.check_invariants().await;
        let batch = run.world.batch(epoch).await.expect("it is open");
        assert_eq!(batch.left_queue, 0);
        assert!(
            run.world.pool().await.idle <= 2,
            "all that there is was paid"
        );
        for index in [0, 1] {
            if index == 1 && round % 2 == 0 {
                continue;
            }
            let (ticket, user) = (run.tickets[index], run.users[index + 1].insecure_clone());
            run.world.claim(&ticket, &user).await;
            let entitled = u128::from(shares[index]) * u128::from(batch.assets_settled)
                / u128::from(batch.shares);
            assert_eq!(u128::from(run.world.holds(&user).await.0), entitled);
        }
    }
    // Who stayed has not been asked for anything; a newcomer's deposit pays, too, and costs nobody a unit.
    let newcomer = run.world.holder(20 * ONE).await;
    run.world.settle().await;
    let pool = run.world.pool().await;
    run.world.leave_idle(pool.idle + pool.delegated).await;
    run.world.settle().await;

    let batch = run.world.batch(epoch).await.expect("it is open");
    assert_eq!((batch.left_queue, batch.shares_settled), (1, batch.shares));
    let mut paid = 0;
    for (index, ticket) in run.tickets.iter().enumerate() {
        let user = &run.users[index + 1];
        run.world.claim(ticket, user).await;
        let (got, left) = run.world.holds(user).await;
        let entitled =
            u128::from(shares[index]) * u128::from(batch.assets_settled) / u128::from(batch.shares);
        assert_eq!((u128::from(got), left), (entitled, 0));
        paid += got;
    }
    // Less than a unit for each ticket is left, and goes back to those who stay.
    let dust = batch.assets_settled - paid;
    assert!(dust < 9, "{dust}");
    assert_eq!(run.world.pool().await.claimable, dust);
    let opener = run.users[1].pubkey();
    let close = run.world.keys.close_batch(epoch, &opener);
    run.world.send(&[close], &[]).await;
    assert_eq!(run.world.pool().await.claimable, 0);
    run.world.check_invariants().await;
    assert_eq!(run.world.holds(&newcomer).await.0, 0);
}

#[tokio::test]
async fn a_later_batch_waits_behind_the_run_and_is_then_paid_at_the_same_price() {
    let mut run = Run::begin().await;
    run.world.warp(EPOCH).await;
    let (stayer, epoch) = (run.users[0].insecure_clone(), run.tickets[0].batch_epoch);
    let last = run.world.request(&stayer, 5 * ONE, 1).await;
    run.world.warp_to_epoch(epoch + 10).await;
    run.world.settle().await;
    let late = run.world.keys.settle(last.batch_epoch);
    run.world.refuse(late.clone(), &[], "NotHeadBatch").await;
    let pool = run.world.pool().await;
    run.world.leave_idle(pool.idle + pool.delegated).await;
    run.world.settle().await;
    run.world.send(&[late], &[]).await;
    let (first, second) = (
        run.world.batch(epoch).await.expect("it is open"),
        run.world.batch(last.batch_epoch).await.expect("it is open"),
    );
    let price = |batch: &liquid_restaking_sdk::program::state::WithdrawBatch| {
        batch.assets_settled as f64 / batch.shares as f64
    };
    assert!((price(&first) - price(&second)).abs() < 1e-8);
    run.world.claim(&last, &stayer).await;
}

#[tokio::test]
async fn who_cancels_in_a_run_has_what_was_settled_and_the_rest_in_shares() {
    let mut run = Run::begin().await;
    let (epoch, user) = (run.tickets[3].batch_epoch, run.users[4].insecure_clone());
    let shares = run.shares().await[3];
    run.world.warp_to_epoch(epoch + 3).await;
    run.world.settle().await;
    let before = run.world.batch(epoch).await.expect("it is open");
    let cancel = run.world.keys.cancel_withdraw(&run.tickets[3]);
    run.world.send(&[cancel], &[&user]).await;
    let part = |of: u64| (u128::from(shares) * u128::from(of) / u128::from(before.shares)) as u64;
    assert_eq!(
        run.world.holds(&user).await,
        (
            part(before.assets_settled),
            part(before.shares - before.shares_settled)
        )
    );
    run.world.check_invariants().await;
    // The others lose nothing by it.
    let pool = run.world.pool().await;
    run.world.leave_idle(pool.idle + pool.delegated).await;
    run.world.settle().await;
    for (index, ticket) in run.tickets.iter().enumerate().filter(|(i, _)| *i != 3) {
        run.world.claim(ticket, &run.users[index + 1]).await;
    }
    assert!(run.world.pool().await.claimable < 9);
}

use liquid_restaking_sdk::TicketKeys;
use liquid_restaking_tests::{World, EPOCH, ONE};
use solana_keypair::Keypair;
use solana_signer::Signer;

/// A world that is looked at after every step.
struct Journey {
    world: World,
    /// Nav and supply after the last step, virtual units included.
    price: (u128, u128),
    /// Tickets that are open, with their owners.
    tickets: Vec<(TicketKeys, Keypair)>,
}

impl Journey {
    async fn begin() -> Self {
        let world = World::with(|params| {
            params.deposit_fee_bps = 50;
            params.withdrawal_fee_bps = 10;
            params.instant_fee_bps = 100;
            params.instant_limit_bps = 5_000;
        })
        .await;
        Self {
            world,
            price: (1, 1),
            tickets: Vec::new(),
        }
    }

    /// Invariants 1 to 4: the ledger is covered, the shares are counted, tickets add up, and no price has fallen.
    async fn look(&mut self) {
        self.world.check_invariants().await;
        let lrt = self.world.lrt().await;
        let virtual_units = u128::from(lrt.virtual_units());
        let (nav, supply) = (
            u128::from(lrt.pools[0].assets) + virtual_units,
            u128::from(lrt.supply) + virtual_units,
        );
        assert!(nav * self.price.1 >= self.price.0 * supply, "a price fell");
        self.price = (nav, supply);
        let mut queued = 0;
        let epochs: std::collections::BTreeSet<_> = self
            .tickets
            .iter()
            .map(|(keys, _)| keys.batch_epoch)
            .collect();
        for epoch in epochs {
            let batch = self.world.batch(epoch).await.expect("it has tickets");
            let mut shares = 0;
            for (keys, _) in self.tickets.iter().filter(|(k, _)| k.batch_epoch == epoch) {
                shares += self.world.ticket(keys).await.expect("it is open").shares;
            }
            assert_eq!(shares, batch.shares - batch.shares_closed);
            queued += batch.shares - batch.shares_settled;
        }
        assert_eq!(queued, self.world.pool().await.queued);
    }

    async fn deposit(&mut self, user: &Keypair, amount: u64) {
        self.world.deposit(user, amount).await;
        self.look().await;
    }

    async fn request(&mut self, user: &Keypair, shares: u64, nonce: u64) {
        let ticket = self.world.request(user, shares, nonce).await;
        self.tickets.push((ticket, user.insecure_clone()));
        self.look().await;
    }

    async fn cancel_last(&mut self) {
        let (ticket, owner) = self.tickets.pop().expect("a ticket");
        let cancel = self.world.keys.cancel_withdraw(&ticket);
        self.world.send(&[cancel], &[&owner]).await;
        self.look().await;
    }

    async fn redeem(&mut self, user: &Keypair, shares: u64) {
        let redeem = self.world.keys.redeem_instant(&user.pubkey(), shares, 0);
        self.world.send(&[redeem], &[user]).await;
        self.look().await;
    }

    /// A reward that anyone may give: a donation that drips.
    async fn reward(&mut self, amount: u64) {
        self.world.start_drip(amount).await;
        self.look().await;
    }

    /// Lets an epoch pass, settles what is due, and has every settled ticket paid by a stranger.
    async fn next_epoch(&mut self) {
        self.world.warp(EPOCH).await;
        let slot = self.world.slot().await;
        loop {
            let pool = self.world.pool().await;
            let head = self.world.batch(pool.head_epoch).await;
            if pool.queue_length == 0 || head.is_some_and(|batch| batch.due_slot > slot) {
                break;
            }
            self.world.settle().await;
            self.look().await;
        }
        let mut open = Vec::new();
        for (ticket, owner) in std::mem::take(&mut self.tickets) {
            let batch = self.world.batch(ticket.batch_epoch).await;
            if batch.is_some_and(|batch| batch.left_queue == 0) {
                open.push((ticket, owner));
                continue;
            }
            let keeper = Keypair::new();
            let claim = self.world.keys.claim(&ticket, &keeper.pubkey());
            self.world.send(&[claim], &[&keeper]).await;
            assert!(self.world.ticket(&ticket).await.is_none());
        }
        self.tickets = open;
        self.look().await;
    }
}

#[tokio::test]
async fn three_users_come_earn_and_go_and_leave_dust() {
    let mut journey = Journey::begin().await;
    let all =
        [100 * ONE, 40 * ONE, 7 * ONE + 13].map(|amount| (journey.world.user(amount), amount));
    let [(alice, _), (bob, _), (carol, _)] = &all;
    let rewards = 11 * ONE + 3;

    journey.deposit(alice, 60 * ONE).await;
    journey.deposit(bob, 40 * ONE).await;
    journey.next_epoch().await;
    journey.reward(10 * ONE).await;
    journey.deposit(carol, 7 * ONE + 13).await;
    journey.next_epoch().await;
    journey.request(bob, 10 * ONE + 1, 1).await;
    journey.request(alice, 5 * ONE, 1).await;
    journey.next_epoch().await;
    journey.redeem(carol, ONE + 7).await;
    journey.request(bob, 3 * ONE, 2).await;
    journey.cancel_last().await;
    journey.deposit(alice, 40 * ONE).await;
    journey.next_epoch().await;
    journey.reward(ONE + 3).await;
    journey.request(carol, ONE + 11, 1).await;
    journey.next_epoch().await;
    // In a later epoch a cancel costs the fee again.
    journey.cancel_last().await;
    for _ in 0..3 {
        journey.next_epoch().await;
    }

    // Everybody leaves, the fee wallet last.
    for (user, _) in &all {
        let shares = journey.world.holds(user).await.1;
        journey.request(user, shares, 9).await;
    }
    for _ in 0..4 {
        journey.next_epoch().await;
    }
    let wallet = journey.world.fee_wallet.insecure_clone();
    journey.world.fund(&wallet.pubkey());
    // A fee is taken of the fee wallet's shares, too, which is owed to it again: the last share is burned.
    for nonce in 0..9 {
        if journey.world.lrt().await.fee_shares == 0 {
            break;
        }
        let keys = journey.world.keys;
        let collect = keys.collect_fees(&wallet.pubkey(), &wallet.pubkey());
        journey.world.send(&[collect], &[&wallet]).await;
        let shares = journey.world.holds(&wallet).await.1;
        if shares > 1 {
            journey.request(&wallet, shares, nonce).await;
        }
        for _ in 0..4 {
            journey.next_epoch().await;
        }
    }
    assert!(journey.world.lrt().await.supply <= 1);
    assert_eq!(journey.world.pool().await.queue_length, 0);

    // Nothing was lost: what is not in the vault is with them, and each who stayed for the rewards has gained.
    let vault = journey.world.keys.vault;
    let dust = journey.world.balance(&vault).await;
    let mut held = dust + journey.world.holds(&wallet).await.0;
    for (user, brought) in &all {
        let (has, shares) = journey.world.holds(user).await;
        assert_eq!(shares, 0);
        assert!(has > *brought, "{has} of {brought}");
        held += has;
    }
    assert_eq!(
        held,
        all.iter().map(|(_, brought)| brought).sum::<u64>() + rewards
    );
    // The virtual shares' part of the rewards is all that stays: less than a thousandth of a token.
    assert!(dust < ONE / 1_000, "{dust}");
}

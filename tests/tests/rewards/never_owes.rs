//! A stream never owes what it does not hold, whatever happens in whatever order.

use crate::with_stream;
use liquid_restaking_sdk::{address, StreamKeys};
use liquid_restaking_tests::World;
use solana_keypair::Keypair;
use solana_signer::Signer;

/// Numbers that are the same in every run (Knuth's MMIX generator).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// A stream, what it was funded with and what was claimed.
struct Account {
    stream: StreamKeys,
    funded: u64,
    claimed: u64,
}

/// The book, in the books of its holders.
struct Run {
    world: World,
    holders: [Keypair; 3],
    streams: Vec<Account>,
    dice: Dice,
}

impl Run {
    async fn new(seed: u64) -> Self {
        let (mut world, first, holders) = with_stream().await;
        let second = world.add_stream(5, 37).await;
        let wallet = world.fee_wallet.pubkey();
        for stream in [&first, &second] {
            world.open_reward_account(stream, &wallet, 0);
        }
        let account = |stream| Account {
            stream,
            funded: 0,
            claimed: 0,
        };
        Self {
            world,
            holders,
            streams: [first, second].map(account).into(),
            dice: Dice(seed),
        }
    }

    /// An amount of any magnitude.
    fn amount(&mut self) -> u64 {
        let bits = self.dice.below(30);
        1 + self.dice.below(1 << bits)
    }

    async fn step(&mut self) {
        let holder = usize::try_from(self.dice.below(3)).unwrap();
        let (place, amount) = (self.dice.below(2), self.amount());
        let place = usize::try_from(place).unwrap();
        let owner = self.holders[holder].insecure_clone();
        let key = self.world.keys.position(&owner.pubkey());
        let has_position = self.world.account(&key).await.is_some();
        match self.dice.below(8) {
            0..=1 => {
                let left = self.world.holds(&owner).await.1;
                if left > 0 {
                    let shares = amount.min(left);
                    self.world.stake_position(&owner, shares).await;
                }
            }
            2 if has_position => {
                let staked = self.world.position(&owner).await.shares;
                if staked > 0 {
                    let shares = amount.min(staked);
                    self.world.unstake_position(&owner, shares).await;
                }
            }
            3 => {
                let account = &mut self.streams[place];
                self.world.fund_stream(&account.stream, amount).await;
                account.funded += amount;
            }
            4 if has_position => self.claim(place, &owner).await,
            5 if has_position => {
                let close = self
                    .world
                    .keys
                    .close_position(&owner.pubkey(), &owner.pubkey());
                // Refused while there is anything in it.
                let _ = self.world.try_send(&[close], &[]).await;
            }
            6 => self.renew(place).await,
            _ => {
                let slots = 1 + self.dice.below(60);
                self.world.warp(slots).await;
            }
        }
    }

    async fn claim(&mut self, place: usize, owner: &Keypair) {
        let stream = self.streams[place].stream;
        let own = stream.of(&owner.pubkey());
        if self.world.account(&own).await.is_none() {
            self.world.open_reward_account(&stream, &owner.pubkey(), 0);
        }
        let before = self.world.balance(&own).await;
        let claim = self
            .world
            .keys
            .claim_stream(&owner.pubkey(), &owner.pubkey(), &stream);
        if let Err(error) = self.world.try_send(&[claim], &[owner]).await {
            assert_eq!(error, "NothingToDo");
        }
        self.streams[place].claimed += self.world.balance(&own).await - before;
    }

    /// Closes the stream and adds another at its place, if it is over.
    async fn renew(&mut self, place: usize) {
        let stream = self.streams[place].stream;
        let (admin, wallet) = (
            self.world.admin.insecure_clone(),
            self.world.fee_wallet.pubkey(),
        );
        let by = admin.pubkey();
        let close = self.world.keys.close_stream(&by, &stream, &wallet, &by);
        if let Err(error) = self.world.try_send(&[close], &[&admin]).await {
            assert_eq!(error, "StreamInUse");
            return;
        }
        let slots = 1 + self.dice.below(150);
        let stream = self.world.add_stream(stream.place, slots).await;
        self.world.open_reward_account(&stream, &wallet, 0);
        self.streams[place] = Account {
            stream,
            funded: 0,
            claimed: 0,
        };
    }

    /// What the book says, and what there is.
    async fn check(&mut self) {
        let book = self.world.book().await;
        for account in &self.streams {
            let stream = book.streams[usize::from(account.stream.place)];
            let held = self.world.balance(&stream.vault).await;
            let (rest, owed) = (stream.drip.rest, stream.owed);
            assert_eq!(held, rest + owed);
            assert_eq!(held, account.funded - account.claimed);
        }
        let (mut staked, mut positions) = (0, 0);
        let mut unclaimed = [0u64; 2];
        for owner in &self.holders {
            let key = self.world.keys.position(&owner.pubkey());
            if self.world.account(&key).await.is_none() {
                continue;
            }
            let position = self.world.position(owner).await;
            positions += 1;
            staked += position.shares;
            for (sum, account) in unclaimed.iter_mut().zip(&self.streams) {
                let place = usize::from(account.stream.place);
                let checkpoint = position.checkpoints[place];
                if checkpoint.generation == book.streams[place].generation {
                    *sum += checkpoint.owed;
                }
            }
        }
        // What positions have booked as theirs is what the streams owe, at most.
        for (sum, account) in unclaimed.iter().zip(&self.streams) {
            assert!(*sum <= book.streams[usize::from(account.stream.place)].owed);
        }
        assert_eq!((book.staked, book.positions), (staked, positions));
        let vault = address::reward_vault(&self.world.keys.book());
        assert_eq!(self.world.balance(&vault).await, staked);
    }
}

#[tokio::test]
async fn a_stream_never_owes_what_it_does_not_hold() {
    for seed in [1, 2_026] {
        let mut run = Run::new(seed).await;
        for _ in 0..150 {
            run.step().await;
            run.check().await;
        }
        // At the end everybody claims, and rounding has kept less than a unit for each position that ever was.
        run.world.warp(1_000).await;
        let holders = run.holders.each_ref().map(Keypair::insecure_clone);
        for owner in &holders {
            run.world.stake_position(owner, 1).await;
        }
        run.world.warp(1_000).await;
        for place in 0..2 {
            for owner in &holders {
                run.claim(place, owner).await;
            }
            let opened = run.world.book().await.positions_opened;
            let stream = run.streams[place].stream;
            let left = run.world.stream(&stream).await;
            assert_eq!(left.drip.rest, 0);
            assert!(left.owed <= opened, "{} of {opened}", left.owed);
        }
        run.check().await;
        for account in &run.streams {
            run.world.close_stream(&account.stream).await;
        }
    }
}

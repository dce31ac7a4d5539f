use liquid_restaking_sdk::{address, program::state::WithdrawTicket, TicketKeys};
use liquid_restaking_tests::{World, ONE};
use lrt_cli::vm::burn;
use solana_keypair::Keypair;
use solana_signer::Signer;

const TICKETS: u64 = 10_000;

/// Shares of the ticket with that number: no two alike.
fn shares_of(number: u64) -> u64 {
    1_000_000 + 7 * number
}

/// A batch of as many tickets, always with the same shares in all: the first by a request, the others as if.
async fn batch_of(count: u64) -> (World, Vec<(TicketKeys, Keypair)>) {
    let mut world = World::new().await;
    let all: u64 = (0..TICKETS).map(shares_of).sum();
    let more: u64 = (1..count).map(shares_of).sum();
    let alice = world.holder(all + 2 * ONE).await;
    // A rate that is no round number.
    world.start_drip(all / 7 + 1).await;
    let real = world.request(&alice, all - more, 0).await;
    // What requests do: the LRT is burned in the wallet and lives on in the batch.
    let (keys, own) = (world.keys, world.keys.of(&alice.pubkey()).lrt);
    if more > 0 {
        let burn = burn(&own, &keys.lrt_mint, &alice.pubkey(), more);
        world.send(&[burn], &[&alice]).await;
    }
    world.change_pool(|pool| pool.queued += more).await;
    let batch_key = address::batch(&keys.stake_pool, real.batch_epoch);
    let mut batch = world.batch(real.batch_epoch).await.expect("it is open");
    batch.shares += more;
    world.set_state(&batch_key, &batch).await;

    let model = world.ticket(&real).await.expect("it is open");
    let mut tickets = vec![(real, alice)];
    for number in 1..count {
        let owner = Keypair::new();
        let (key, bump) = address::ticket(&keys.stake_pool, &owner.pubkey(), number);
        let ticket = WithdrawTicket {
            owner: owner.pubkey(),
            rent_payer: owner.pubkey(),
            nonce: number,
            shares: shares_of(number),
            bump,
            ..model
        };
        world.set_state(&key, &ticket).await;
        let ticket = TicketKeys {
            ticket: key,
            owner: owner.pubkey(),
            rent_payer: owner.pubkey(),
            ..real
        };
        tickets.push((ticket, owner));
    }
    world.check_invariants().await;
    world.warp_to_epoch(real.batch_epoch + 3).await;
    (world, tickets)
}

/// Compute units of the settlement, and of the first ticket's claim.
async fn units(world: &mut World, tickets: &[(TicketKeys, Keypair)]) -> (u64, u64) {
    let (ticket, owner) = &tickets[0];
    let settle = world.keys.settle(ticket.batch_epoch);
    let settle = world.send(&[settle], &[]).await;
    let claim = world.keys.claim(ticket, &owner.pubkey());
    let claim = world.send(&[claim], &[owner]).await;
    (settle, claim)
}

#[tokio::test]
async fn attack_06_ten_thousand_tickets_are_settled_in_one_transaction_as_cheaply_as_one() {
    let (mut small, one) = batch_of(1).await;
    let alone = units(&mut small, &one).await;
    let (mut world, tickets) = batch_of(TICKETS).await;
    assert_eq!(tickets.len() as u64, TICKETS);
    let among_many = units(&mut world, &tickets).await;
    println!("settle and claim alone {alone:?}, among ten thousand {among_many:?}");
    assert!(alone.0.abs_diff(among_many.0) <= 5, "settle");
    // A larger ticket is a longer division: that is all the difference.
    assert!(alone.1.abs_diff(among_many.1) <= 200, "claim");

    let batch = world.batch(tickets[0].0.batch_epoch).await.expect("open");
    assert_eq!((batch.left_queue, batch.shares_settled), (1, batch.shares));
    assert_eq!(batch.shares, (0..TICKETS).map(shares_of).sum::<u64>());
    // A sample from all over: each claims its share to the base unit, and its rent comes back.
    let keys = world.keys;
    for number in (1..TICKETS).step_by(37).chain([TICKETS - 1]) {
        let (ticket, owner) = &tickets[number as usize];
        world.open_accounts(&keys, &owner.pubkey(), 0);
        world.claim(ticket, owner).await;
        let entitled = u128::from(shares_of(number)) * u128::from(batch.assets_settled)
            / u128::from(batch.shares);
        assert_eq!(u128::from(world.holds(owner).await.0), entitled);
        assert!(world.ticket(ticket).await.is_none());
        let rent: Option<_> = world.account(&owner.pubkey()).await;
        assert_eq!(rent.map(|account| account.lamports), Some(ONE));
    }
    world.check_invariants().await;
}

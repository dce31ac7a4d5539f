//! Every change of state tells itself: one event, as Anchor's clients expect it, with the numbers before and after.

use liquid_restaking_sdk::{
    address,
    anchor_lang::{event::EVENT_IX_TAG_LE, AnchorDeserialize, Discriminator},
    program::{
        events::{BatchSettled, Claimed, Deposited, RedeemedInstantly, WithdrawalRequested},
        state::{Minted, Totals},
    },
    Instruction, TicketKeys,
};
use lrt_cli::{
    program_file,
    scenario::{parse, Runner},
    vm::keypair,
};
use solana_keypair::Keypair;
use solana_signer::Signer;

const FILE: &str = r#"{"params": {"fees": {"deposit_bps": 100, "withdraw_bps": 100, "instant_bps": 100}},
    "users": {"alice": 1000000}, "steps": []}"#;

/// Sends one instruction and decodes the one event that it must emit.
fn event_of<E: AnchorDeserialize + Discriminator>(
    world: &mut Runner,
    instruction: Instruction,
    signers: &[&Keypair],
) -> E {
    let sent = world
        .vm_mut()
        .send(&[instruction], signers)
        .expect("accepted");
    let mut events = sent
        .inner_instructions
        .iter()
        .flatten()
        .filter_map(|inner| {
            let event = inner.instruction.data.strip_prefix(EVENT_IX_TAG_LE)?;
            Some(
                event
                    .strip_prefix(E::DISCRIMINATOR)
                    .expect("an event of that type"),
            )
        });
    let mut data = events.next().expect("an event");
    assert!(events.next().is_none(), "one event only");
    let event = E::deserialize(&mut data).expect("its fields");
    assert!(data.is_empty(), "nothing behind them");
    event
}

#[test]
fn a_deposit_a_request_a_settlement_and_a_claim_tell_what_they_did() {
    let elf = program_file::read(None).expect("the program is built");
    let scenario = parse(FILE).expect("a scenario");
    let mut world = Runner::new(&elf, &scenario.setup, &scenario.users).expect("a world");
    let (alice, keys) = (keypair("user alice"), world.keys());
    let totals = |supply, nav| Totals { supply, nav };

    let deposit = keys.deposit(&alice.pubkey(), 10_000, 0);
    let event: Deposited = event_of(&mut world, deposit, &[&alice]);
    assert_eq!((event.lrt, event.stake_pool), (keys.lrt, keys.stake_pool));
    assert_eq!((event.depositor, event.amount), (alice.pubkey(), 10_000));
    let minted = Minted {
        gross_shares: 10_000,
        fee_shares: 100,
        net_shares: 9_900,
    };
    assert_eq!(event.minted, minted);
    assert_eq!(
        (event.before, event.after),
        (totals(0, 0), totals(10_000, 10_000))
    );

    let request = keys.request_withdraw(&alice.pubkey(), 1_000, 7, 1_000, None);
    let event: WithdrawalRequested = event_of(&mut world, request, &[&alice]);
    assert_eq!((event.batch_epoch, event.due_slot), (1_000, 100_300));
    assert_eq!(
        (event.requested.fee_shares, event.requested.net_shares),
        (10, 990)
    );
    assert!(event.opened_batch && event.queued == 990);
    let ticket = address::ticket(&keys.stake_pool, &alice.pubkey(), 7).0;
    assert_eq!((event.ticket, event.owner), (ticket, alice.pubkey()));

    let redeem = keys.redeem_instant(&alice.pubkey(), 1_000, 0);
    let event: RedeemedInstantly = event_of(&mut world, redeem, &[&alice]);
    assert_eq!((event.exit.net_assets, event.exit.fee_assets), (990, 10));
    assert_eq!(
        (event.before, event.after),
        (totals(10_000, 10_000), totals(9_000, 9_000))
    );

    world.vm_mut().set_slot(100_300);
    let event: BatchSettled = event_of(&mut world, keys.settle(1_000), &[]);
    assert_eq!(
        (event.shares, event.assets, event.left_queue),
        (990, 990, true)
    );
    // The fee has not dripped: drips stand still while fewer shares than the virtual ones are held.
    assert_eq!(
        (event.before, event.after),
        (totals(9_000, 9_000), totals(8_010, 8_010))
    );

    let ticket = TicketKeys {
        ticket,
        owner: alice.pubkey(),
        batch_epoch: 1_000,
        rent_payer: alice.pubkey(),
    };
    let claim = keys.claim(&ticket, &alice.pubkey());
    let event: Claimed = event_of(&mut world, claim, &[&alice]);
    assert_eq!((event.ticket, event.owner), (ticket.ticket, alice.pubkey()));
    assert_eq!(event.destination, keys.of(&alice.pubkey()).collateral);
    assert_eq!((event.assets, event.closed), (990, true));
}

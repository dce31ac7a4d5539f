//! `update_avs` and `accept_avs_authority`.

use crate::{
    avs_at, funded,
    register_avs::{longest, EDGES},
};
use liquid_restaking_sdk::{
    anchor_lang::prelude::Pubkey,
    program::{
        instructions::UpdateAvsArgs,
        state::{AvsTerms, Role},
    },
    registry, Instruction,
};
use liquid_restaking_tests::{terms, Avs, World, ONE};
use solana_keypair::Keypair;
use solana_signer::Signer;

async fn registered() -> (World, Avs) {
    let mut world = World::bare().await;
    let avs = world.register_avs(terms()).await;
    (world, avs)
}

fn update(avs: &Avs, change: impl FnOnce(&mut UpdateAvsArgs)) -> Instruction {
    let mut args = UpdateAvsArgs::default();
    change(&mut args);
    registry::update_avs(&avs.key, &avs.authority.pubkey(), args)
}

#[tokio::test]
async fn an_avs_changes_each_part_of_its_offer_for_itself_but_not_where_slashed_tokens_go() {
    let (mut world, avs) = registered().await;
    let (slasher, resolver) = (Pubkey::new_unique(), Pubkey::new_unique());
    let stricter = AvsTerms {
        slash_cap_bps: 5_000,
        ..terms()
    };
    let changes = [
        update(&avs, |args| args.slasher = Some(slasher)),
        update(&avs, |args| args.resolver = Some(resolver)),
        update(&avs, |args| args.terms = Some(stricter)),
        update(&avs, |args| args.uri = Some("here".into())),
    ];
    let mut expected = avs_at(&mut world, &avs.key).await.offer;
    for (step, change) in changes.into_iter().enumerate() {
        world.send(&[change], &[&avs.authority]).await;
        match step {
            0 => expected.slasher = slasher,
            1 => expected.resolver = resolver,
            2 => expected.terms = stricter,
            _ => (),
        }
        let now = avs_at(&mut world, &avs.key).await;
        assert_eq!(now.offer, expected);
        assert_eq!(now.authority, Role::held_by(avs.authority.pubkey()));
    }
    assert_eq!(&avs_at(&mut world, &avs.key).await.uri[..5], b"here\0");
}

#[tokio::test]
async fn what_would_change_nothing_is_refused() {
    let (mut world, avs) = registered().await;
    let (slasher, resolver) = (avs.slasher.pubkey(), avs.resolver.pubkey());
    let own = avs.authority.pubkey();
    let padded = AvsTerms {
        padding: [1; 6],
        ..terms()
    };
    for change in [
        update(&avs, |_| ()),
        update(&avs, |args| args.slasher = Some(slasher)),
        update(&avs, |args| args.resolver = Some(resolver)),
        update(&avs, |args| args.terms = Some(terms())),
        update(&avs, |args| args.terms = Some(padded)),
        update(&avs, |args| args.uri = Some(String::new())),
        update(&avs, |args| args.successor = Some(own)),
        update(&avs, |args| args.successor = Some(Pubkey::default())),
    ] {
        world.refuse(change, &[&avs.authority], "NothingToDo").await;
    }
    for (uri, outcome) in [("here", Ok(())), ("here", Err("NothingToDo".to_owned()))] {
        let change = update(&avs, |args| args.uri = Some(uri.to_owned()));
        let sent = world.try_send(&[change], &[&avs.authority]).await;
        assert_eq!(sent.map(|_| ()), outcome);
    }
}

#[tokio::test]
async fn every_term_has_its_bounds_and_a_uri_too() {
    let (mut world, avs) = registered().await;
    let by = &avs.authority;
    let mut last = terms();
    let edges = EDGES.iter().map(|(edit, error)| {
        let mut changed = terms();
        edit(&mut changed);
        (changed, *error)
    });
    let far = [
        (longest(0), None),
        (longest(1), Some("ExitDelayOutOfBounds")),
    ];
    for (terms, error) in edges.chain(far) {
        let change = update(&avs, |args| args.terms = Some(terms));
        match error {
            Some(error) => world.refuse(change, &[by], error).await,
            None if terms == last => world.refuse(change, &[by], "NothingToDo").await,
            None => {
                world.send(&[change], &[by]).await;
                last = terms;
            }
        }
        assert_eq!(avs_at(&mut world, &avs.key).await.offer.terms, last);
    }
    for uri in ["x".repeat(129), "\0".into()] {
        let change = update(&avs, |args| args.uri = Some(uri));
        world.refuse(change, &[by], "UriMalformed").await;
    }
}

#[tokio::test]
async fn what_a_pool_has_accepted_stays_whatever_the_avs_says_later() {
    let mut world = World::new().await;
    let (operator, avs) = (world.operator().await, world.avs(terms(), 10_000).await);
    world.opt_in(&operator, &avs).await;
    world.holder(ONE).await;
    world.delegate(&operator, ONE).await;
    world.stake(&operator, &avs, ONE).await;
    let before = world.pool_avs(&avs).await;
    let crueller = AvsTerms {
        exit_delay: 200,
        slash_window: 200,
        slash_cap_bps: 5_000,
        ..terms()
    };
    let change = update(&avs, |args| {
        args.slasher = Some(Pubkey::new_unique());
        args.resolver = Some(Pubkey::new_unique());
        args.terms = Some(crueller);
    });
    world.send(&[change], &[&avs.authority]).await;
    let after = world.pool_avs(&avs).await;
    assert_eq!(after.accepted, before.accepted);
    assert_eq!(world.pool().await.avss[0].slash_cap_bps, 1_000);
    // It cools for the delay that was accepted.
    let slot = world.slot().await;
    world.deallocate(&operator, &avs, ONE).await;
    let cooling = world.allocation(&operator, &avs).await.coolings[0];
    assert_eq!(cooling.release_slot, terms().release_slot(slot).unwrap());
}

#[tokio::test]
async fn an_authority_passes_when_its_holder_names_a_successor_who_accepts() {
    let (mut world, avs) = registered().await;
    let (by, bob, carol) = (&avs.authority, Keypair::new(), Keypair::new());
    let name = |key: Pubkey| update(&avs, |args| args.successor = Some(key));
    let accept = |by: &Keypair| registry::accept_avs_authority(&avs.key, &by.pubkey());
    world.send(&[name(bob.pubkey())], &[by]).await;
    world.refuse(name(bob.pubkey()), &[by], "NothingToDo").await;
    // Taken back, and replaced.
    world.send(&[name(Pubkey::default())], &[by]).await;
    world
        .refuse(accept(&bob), &[&bob], "NotPendingSuccessor")
        .await;
    world.send(&[name(bob.pubkey())], &[by]).await;
    world.send(&[name(carol.pubkey())], &[by]).await;
    world
        .refuse(accept(&bob), &[&bob], "NotPendingSuccessor")
        .await;
    let by_carol = registry::close_avs(&avs.key, &carol.pubkey(), &by.pubkey());
    world
        .refuse(by_carol.clone(), &[&carol], "NotAvsAuthority")
        .await;
    world.send(&[accept(&carol)], &[&carol]).await;
    let account = avs_at(&mut world, &avs.key).await;
    assert_eq!(account.authority, Role::held_by(carol.pubkey()));
    assert_eq!(account.rent_payer, by.pubkey());
    world
        .refuse(accept(&carol), &[&carol], "NotPendingSuccessor")
        .await;
    world
        .refuse(name(bob.pubkey()), &[by], "NotAvsAuthority")
        .await;
    world.send(&[by_carol], &[&carol]).await;
}

#[tokio::test]
async fn every_account_is_checked() {
    let (mut world, avs) = registered().await;
    let (other, operator) = (
        world.register_avs(terms()).await,
        world.register_operator().await,
    );
    let (by, new, nobody) = (&avs.authority, funded(&mut world), Pubkey::new_unique());
    let propose = update(&avs, |args| args.successor = Some(new.pubkey()));
    let accept = registry::accept_avs_authority(&avs.key, &new.pubkey());
    for (instruction, signer, error) in [
        (&propose, by, "NotAvsAuthority"),
        (&accept, &new, "NotPendingSuccessor"),
    ] {
        let substitutes = [
            (0, other.key, error),
            (0, operator.key, "AccountDiscriminatorMismatch"),
            (0, nobody, "AccountOwnedByWrongProgram"),
            (2, nobody, "ConstraintAddress"),
        ];
        world
            .refuse_substitutes(instruction, &[signer], &substitutes)
            .await;
        world.refuse_other_signer(instruction, 1, &[], error).await;
        world.refuse_unprivileged(instruction, &[signer]).await;
        world
            .send(std::slice::from_ref(instruction), &[signer])
            .await;
    }
}

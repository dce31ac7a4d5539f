//! `register_avs` and `close_avs`.

use crate::{avs_at, close_and_check_rent, funded, with_account};
use liquid_restaking_sdk::{
    address,
    anchor_lang::prelude::{Pubkey, Rent},
    program::{
        instructions::RegisterAvsArgs,
        state::{Avs, AvsOffer, AvsTerms, Role, Side},
    },
    registry, Instruction,
};
use liquid_restaking_tests::{terms, World, ONE};
use solana_keypair::Keypair;
use solana_signer::Signer;

fn args(terms: AvsTerms, uri: &str) -> RegisterAvsArgs {
    RegisterAvsArgs {
        offer: AvsOffer {
            terms,
            ..AvsOffer::default()
        },
        uri: uri.to_owned(),
    }
}

/// By one key for everything but the address.
fn register(base: &Keypair, by: &Keypair, args: RegisterAvsArgs) -> Instruction {
    registry::register_avs(&base.pubkey(), &by.pubkey(), &by.pubkey(), args)
}

/// A change of the terms, and the error it meets, if any.
pub(crate) type Edge = (fn(&mut AvsTerms), Option<&'static str>);

/// Both sides of every bound, on terms of an exit delay of 100 slots; the longest exit delay is apart.
pub(crate) const EDGES: [Edge; 20] = [
    (|t| t.veto_window = 4, Some("VetoWindowOutOfBounds")),
    (|t| t.veto_window = 5, None),
    (|t| (t.veto_window, t.execution_window) = (33, 33), None),
    (
        |t| (t.veto_window, t.execution_window) = (34, 33),
        Some("VetoWindowOutOfBounds"),
    ),
    (|t| t.veto_window = u64::MAX, Some("VetoWindowOutOfBounds")),
    (
        |t| t.execution_window = 9,
        Some("ExecutionWindowOutOfBounds"),
    ),
    (|t| t.execution_window = 10, None),
    (|t| t.execution_window = 33, None),
    (
        |t| t.execution_window = 34,
        Some("ExecutionWindowOutOfBounds"),
    ),
    (|t| t.slash_window = 99, Some("SlashWindowOutOfBounds")),
    (|t| t.slash_window = 100, None),
    (|t| t.slash_window = 12_960_000, None),
    (
        |t| t.slash_window = 12_960_001,
        Some("SlashWindowOutOfBounds"),
    ),
    (|t| t.slash_cap_bps = 0, None),
    (|t| t.slash_cap_bps = 5_000, None),
    (|t| t.slash_cap_bps = 5_001, Some("SlashCapOutOfBounds")),
    (|t| t.exit_delay = 0, Some("ExitDelayOutOfBounds")),
    (
        |t| {
            (t.exit_delay, t.slash_window) = (6, 7);
            (t.veto_window, t.execution_window) = (1, 2);
        },
        Some("ExitDelayOutOfBounds"),
    ),
    (
        |t| {
            (t.exit_delay, t.slash_window) = (7, 7);
            (t.veto_window, t.execution_window) = (1, 2);
        },
        None,
    ),
    (
        |t| {
            (t.exit_delay, t.slash_window) = (7, 7);
            (t.veto_window, t.execution_window) = (1, 3);
        },
        Some("ExecutionWindowOutOfBounds"),
    ),
];

/// Terms of the longest exit delay and its smallest windows, `more` slots longer.
pub(crate) fn longest(more: u64) -> AvsTerms {
    AvsTerms {
        veto_window: 324_000 + more,
        execution_window: 324_000 + more,
        exit_delay: 6_480_000 + more,
        slash_window: 6_480_000 + more,
        ..terms()
    }
}

#[tokio::test]
async fn an_avs_is_registered_as_it_says_and_its_payer_pays_the_rent_and_no_more() {
    let mut world = World::bare().await;
    let (base, authority, payer) = (Keypair::new(), Keypair::new(), funded(&mut world));
    let offer = AvsOffer {
        slasher: Pubkey::new_unique(),
        resolver: Pubkey::new_unique(),
        destination: Pubkey::new_unique(),
        terms: terms(),
    };
    let uri = "y".repeat(128);
    let args = RegisterAvsArgs {
        offer,
        uri: uri.clone(),
    };
    let register =
        registry::register_avs(&base.pubkey(), &authority.pubkey(), &payer.pubkey(), args);
    let purse = world.lamports(&payer.pubkey()).await;
    world.send(&[register], &[&base, &authority, &payer]).await;
    let key = address::avs(&base.pubkey());
    let avs = avs_at(&mut world, &key).await;
    assert_eq!((avs.base, avs.rent_payer), (base.pubkey(), payer.pubkey()));
    assert_eq!(avs.authority, Role::held_by(authority.pubkey()));
    assert_eq!((avs.offer, avs.opt_ins, avs.version), (offer, 0, 1));
    assert_eq!(avs.uri.as_slice(), uri.as_bytes());
    let rent = Rent::default().minimum_balance(Avs::SPACE);
    assert_eq!(world.lamports(&key).await, rent);
    assert_eq!(world.lamports(&payer.pubkey()).await, purse - rent);
}

#[tokio::test]
async fn every_term_has_its_bounds() {
    let mut world = World::bare().await;
    let by = funded(&mut world);
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
        let base = Keypair::new();
        let register = register(&base, &by, args(terms, ""));
        match error {
            Some(error) => world.refuse(register, &[&base, &by], error).await,
            None => {
                world.send(&[register], &[&base, &by]).await;
                let key = address::avs(&base.pubkey());
                assert_eq!(avs_at(&mut world, &key).await.offer.terms, terms);
            }
        }
    }
}

#[tokio::test]
async fn a_uri_has_at_most_128_bytes_and_no_zero_and_a_base_registers_once() {
    let mut world = World::bare().await;
    let (base, by) = (Keypair::new(), funded(&mut world));
    for uri in ["x".repeat(129), "a\0b".into()] {
        let bad = register(&base, &by, args(terms(), &uri));
        world.refuse(bad, &[&base, &by], "UriMalformed").await;
    }
    let good = register(&base, &by, args(terms(), ""));
    world.send(std::slice::from_ref(&good), &[&base, &by]).await;
    world.refuse(good, &[&base, &by], "AlreadyInUse").await;
}

#[tokio::test]
async fn an_avs_closes_once_it_has_no_opt_in_of_its_own_and_pools_keep_their_copies() {
    let mut world = World::new().await;
    let (operator, avs) = (world.operator().await, world.avs(terms(), 10_000).await);
    world.opt_in(&operator, &avs).await;
    world.holder(2 * ONE).await;
    world.delegate(&operator, 2 * ONE).await;
    world.stake(&operator, &avs, ONE).await;
    let (by, keys) = (&avs.authority, world.keys);
    let close = registry::close_avs(&avs.key, &by.pubkey(), &by.pubkey());
    assert_eq!(avs_at(&mut world, &avs.key).await.opt_ins, 1);
    world.refuse(close.clone(), &[by], "AvsInUse").await;
    let out = registry::opt_out(&operator.key, &avs.key, &by.pubkey(), Side::Avs);
    world.send(&[out], &[by]).await;
    let before = world.pool_avs(&avs).await;
    close_and_check_rent(&mut world, close, &[by], &avs.key, &by.pubkey()).await;
    let after = world.pool_avs(&avs).await;
    assert_eq!(after.accepted, before.accepted);
    // Nothing new; what is there is taken back under the terms that were accepted.
    let manager = world.funded_manager();
    let more = keys.allocate(&manager.pubkey(), &operator.key, &avs.key, 1);
    world.refuse(more, &[&manager], "AvsNotOptedIn").await;
    let slot = world.slot().await;
    world.deallocate(&operator, &avs, ONE).await;
    let cooling = world.allocation(&operator, &avs).await.coolings[0];
    assert_eq!(cooling.release_slot, terms().release_slot(slot).unwrap());
}

#[tokio::test]
async fn every_account_is_checked() {
    let mut world = World::bare().await;
    let (base, by, payer) = (Keypair::new(), funded(&mut world), funded(&mut world));
    let (other, operator) = (
        world.register_avs(terms()).await,
        world.register_operator().await,
    );
    let register = registry::register_avs(
        &base.pubkey(),
        &by.pubkey(),
        &payer.pubkey(),
        args(terms(), ""),
    );
    let (signers, nobody) = ([&base, &by, &payer], Pubkey::new_unique());
    let substitutes = [
        (3, nobody, "WrongAddress"),
        (3, other.key, "WrongAddress"),
        (3, address::operator(&base.pubkey()), "WrongAddress"),
        (4, nobody, "InvalidProgramId"),
        (5, nobody, "ConstraintAddress"),
    ];
    world
        .refuse_substitutes(&register, &signers, &substitutes)
        .await;
    world.refuse_unprivileged(&register, &signers).await;
    world.send(&[register], &signers).await;

    let key = address::avs(&base.pubkey());
    let close = registry::close_avs(&key, &by.pubkey(), &payer.pubkey());
    let substitutes = [
        (0, other.key, "NotAvsAuthority"),
        (0, operator.key, "AccountDiscriminatorMismatch"),
        (0, nobody, "AccountOwnedByWrongProgram"),
        (2, by.pubkey(), "WrongRentPayer"),
        (2, nobody, "WrongRentPayer"),
        (3, nobody, "ConstraintAddress"),
    ];
    world.refuse_substitutes(&close, &[&by], &substitutes).await;
    world
        .refuse_other_signer(&close, 1, &[], "NotAvsAuthority")
        .await;
    let apart = with_account(close.clone(), 2, &payer.pubkey());
    world.refuse_unprivileged(&apart, &[&by]).await;
    close_and_check_rent(&mut world, close, &[&by], &key, &payer.pubkey()).await;
}

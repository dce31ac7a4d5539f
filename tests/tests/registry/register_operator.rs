use crate::{funded, operator_at, with_account};
use liquid_restaking_sdk::{
    address,
    anchor_lang::prelude::{Pubkey, Rent},
    program::{
        instructions::{RegisterAvsArgs, RegisterOperatorArgs},
        state::{AvsOffer, Operator, Role},
        ID,
    },
    registry, Instruction,
};
use liquid_restaking_tests::{terms, World};
use solana_keypair::Keypair;
use solana_signer::Signer;

fn args(commission_bps: u16, uri: &str) -> RegisterOperatorArgs {
    RegisterOperatorArgs {
        commission_bps,
        uri: uri.to_owned(),
    }
}

/// By one key for everything but the address.
fn register(base: &Keypair, by: &Keypair, args: RegisterOperatorArgs) -> Instruction {
    registry::register_operator(&base.pubkey(), &by.pubkey(), &by.pubkey(), args)
}

#[tokio::test]
async fn an_operator_is_registered_as_it_says_and_its_payer_pays_the_rent_and_no_more() {
    let mut world = World::bare().await;
    let (base, authority, payer) = (Keypair::new(), Keypair::new(), funded(&mut world));
    let uri = "x".repeat(128);
    let register = registry::register_operator(
        &base.pubkey(),
        &authority.pubkey(),
        &payer.pubkey(),
        args(2_000, &uri),
    );
    let purse = world.lamports(&payer.pubkey()).await;
    world.send(&[register], &[&base, &authority, &payer]).await;

    let key = address::operator(&base.pubkey());
    let account = world.account(&key).await.expect("it exists");
    assert_eq!((account.owner, account.data.len()), (ID, Operator::SPACE));
    let rent = Rent::default().minimum_balance(Operator::SPACE);
    assert_eq!(account.lamports, rent);
    assert_eq!(world.lamports(&payer.pubkey()).await, purse - rent);
    let operator = operator_at(&mut world, &key).await;
    assert_eq!(operator.base, base.pubkey());
    assert_eq!(operator.authority, Role::held_by(authority.pubkey()));
    assert_eq!(operator.rent_payer, payer.pubkey());
    assert_eq!((operator.commission_bps, operator.version), (2_000, 1));
    assert_eq!(operator.uri.as_slice(), uri.as_bytes());
    let counts = (operator.delegations, operator.opt_ins);
    let pending = (operator.pending_commission_bps, operator.commission_slot);
    assert_eq!((counts, pending), ((0, 0), (0, 0)));
    assert!(!operator.is_retired());
}

#[tokio::test]
async fn a_commission_of_a_fifth_is_the_highest() {
    let mut world = World::bare().await;
    let by = funded(&mut world);
    for bps in [0, 1, 2_000] {
        let base = Keypair::new();
        let good = register(&base, &by, args(bps, ""));
        world.send(&[good], &[&base, &by]).await;
        let key = address::operator(&base.pubkey());
        assert_eq!(operator_at(&mut world, &key).await.commission_bps, bps);
    }
    for bps in [2_001, 10_000, u16::MAX] {
        let base = Keypair::new();
        let bad = register(&base, &by, args(bps, ""));
        world
            .refuse(bad, &[&base, &by], "CommissionOutOfBounds")
            .await;
    }
}

#[tokio::test]
async fn a_uri_has_at_most_128_bytes_and_no_zero_among_them() {
    let mut world = World::bare().await;
    let by = funded(&mut world);
    // 64 characters of two bytes each fit; one more byte does not.
    let good = ["", "a", &"é".repeat(64)];
    for uri in good {
        let base = Keypair::new();
        let register = register(&base, &by, args(0, uri));
        world.send(&[register], &[&base, &by]).await;
        let operator = operator_at(&mut world, &address::operator(&base.pubkey())).await;
        assert_eq!(&operator.uri[..uri.len()], uri.as_bytes());
        assert!(operator.uri[uri.len()..].iter().all(|byte| *byte == 0));
    }
    for uri in [
        "x".repeat(129),
        "é".repeat(64) + "x",
        "a\0b".into(),
        "\0".into(),
    ] {
        let base = Keypair::new();
        let register = register(&base, &by, args(0, &uri));
        world.refuse(register, &[&base, &by], "UriMalformed").await;
    }
}

#[tokio::test]
async fn a_base_key_makes_one_operator_and_one_avs() {
    let mut world = World::bare().await;
    let (base, by) = (Keypair::new(), funded(&mut world));
    let register = register(&base, &by, args(0, ""));
    world
        .send(std::slice::from_ref(&register), &[&base, &by])
        .await;
    world.refuse(register, &[&base, &by], "AlreadyInUse").await;
    let offer = AvsOffer {
        terms: terms(),
        ..AvsOffer::default()
    };
    let args = RegisterAvsArgs {
        offer,
        uri: String::new(),
    };
    let avs = registry::register_avs(&base.pubkey(), &by.pubkey(), &by.pubkey(), args);
    world.send(&[avs], &[&base, &by]).await;
}

#[tokio::test]
async fn every_account_is_checked() {
    let mut world = World::bare().await;
    let (base, authority, payer) = (Keypair::new(), funded(&mut world), funded(&mut world));
    let register = registry::register_operator(
        &base.pubkey(),
        &authority.pubkey(),
        &payer.pubkey(),
        args(0, ""),
    );
    let (signers, nobody) = ([&base, &authority, &payer], Pubkey::new_unique());
    let other = registry::register_operator(
        &authority.pubkey(),
        &authority.pubkey(),
        &payer.pubkey(),
        args(0, ""),
    );
    world.send(&[other], &[&authority, &payer]).await;
    let substitutes = [
        (3, nobody, "WrongAddress"),
        (3, address::avs(&base.pubkey()), "WrongAddress"),
        (3, address::operator(&authority.pubkey()), "WrongAddress"),
        (4, nobody, "InvalidProgramId"),
        (5, nobody, "ConstraintAddress"),
    ];
    world
        .refuse_substitutes(&register, &signers, &substitutes)
        .await;
    world.refuse_unprivileged(&register, &signers).await;
    // Another base than the address's.
    let mallory = funded(&mut world);
    let stolen = with_account(register.clone(), 0, &mallory.pubkey());
    world
        .refuse(stolen, &[&mallory, &authority, &payer], "WrongAddress")
        .await;
    world.send(&[register], &signers).await;
}

use crate::{funded, operator_at};
use liquid_restaking_sdk::{
    anchor_lang::prelude::Pubkey,
    program::{instructions::UpdateOperatorArgs, state::Role, COMMISSION_DELAY_SLOTS},
    registry, Instruction,
};
use liquid_restaking_tests::{terms, Operator, World};
use solana_keypair::Keypair;
use solana_signer::Signer;

async fn registered() -> (World, Operator) {
    let mut world = World::bare().await;
    let operator = world.register_operator().await;
    (world, operator)
}

fn update(operator: &Operator, args: UpdateOperatorArgs) -> Instruction {
    registry::update_operator(&operator.key, &operator.authority.pubkey(), args)
}

fn commission(operator: &Operator, bps: u16) -> Instruction {
    let args = UpdateOperatorArgs {
        commission_bps: Some(bps),
        ..UpdateOperatorArgs::default()
    };
    update(operator, args)
}

fn uri(operator: &Operator, uri: &str) -> Instruction {
    let args = UpdateOperatorArgs {
        uri: Some(uri.to_owned()),
        ..UpdateOperatorArgs::default()
    };
    update(operator, args)
}

fn name(operator: &Operator, successor: Pubkey) -> Instruction {
    let args = UpdateOperatorArgs {
        successor: Some(successor),
        ..UpdateOperatorArgs::default()
    };
    update(operator, args)
}

/// Commission, pending commission and its slot.
async fn commissions(world: &mut World, operator: &Operator) -> (u16, u16, u64) {
    let operator = operator_at(world, &operator.key).await;
    (
        operator.commission_bps,
        operator.pending_commission_bps,
        operator.commission_slot,
    )
}

#[tokio::test]
async fn a_higher_commission_waits_seven_days_to_the_slot() {
    let (mut world, operator) = registered().await;
    let (by, raise) = (&operator.authority, commission(&operator, 2_000));
    assert_eq!(COMMISSION_DELAY_SLOTS, 1_512_000);
    let ripe = world.slot().await + COMMISSION_DELAY_SLOTS;
    world.send(std::slice::from_ref(&raise), &[by]).await;
    assert_eq!(commissions(&mut world, &operator).await, (0, 2_000, ripe));
    let account = operator_at(&mut world, &operator.key).await;
    assert_eq!(account.commission_at(ripe - 1), 0);
    assert_eq!(account.commission_at(ripe), 2_000);

    // One slot before, it is still a rise: asking for what is in force takes it back, asking again starts it anew.
    world.warp(COMMISSION_DELAY_SLOTS - 1).await;
    let stay = commission(&operator, 0);
    assert_eq!(world.simulate(&stay, &[by]).await, Ok(()));
    assert_eq!(world.simulate(&raise, &[by]).await, Ok(()));
    world.warp(1).await;
    world.refuse(raise, &[by], "NothingToDo").await;
    // In force: the next step up is counted from it.
    let cut = commission(&operator, 1_999);
    world.send(&[cut], &[by]).await;
    assert_eq!(commissions(&mut world, &operator).await, (1_999, 0, 0));
}

#[tokio::test]
async fn a_rise_on_a_rise_that_is_in_force_starts_from_it() {
    let (mut world, operator) = registered().await;
    let by = &operator.authority;
    world.send(&[commission(&operator, 500)], &[by]).await;
    world.warp(COMMISSION_DELAY_SLOTS).await;
    world.send(&[commission(&operator, 700)], &[by]).await;
    let ripe = world.slot().await + COMMISSION_DELAY_SLOTS;
    assert_eq!(commissions(&mut world, &operator).await, (500, 700, ripe));
}

#[tokio::test]
async fn a_cut_is_in_force_at_once_and_takes_a_pending_rise_back() {
    let (mut world, operator) = registered().await;
    let by = &operator.authority;
    world.send(&[commission(&operator, 500)], &[by]).await;
    world.warp(COMMISSION_DELAY_SLOTS).await;
    world.send(&[commission(&operator, 1_000)], &[by]).await;
    // A smaller rise takes the place of the larger one, and waits as long.
    world.warp(9).await;
    world.send(&[commission(&operator, 600)], &[by]).await;
    let ripe = world.slot().await + COMMISSION_DELAY_SLOTS;
    assert_eq!(commissions(&mut world, &operator).await, (500, 600, ripe));
    world.send(&[commission(&operator, 499)], &[by]).await;
    assert_eq!(commissions(&mut world, &operator).await, (499, 0, 0));
    world.warp(COMMISSION_DELAY_SLOTS).await;
    let same = commission(&operator, 499);
    world.refuse(same, &[by], "NothingToDo").await;
    // Asking for what is in force takes a rise back, too.
    world.send(&[commission(&operator, 600)], &[by]).await;
    world.send(&[commission(&operator, 499)], &[by]).await;
    assert_eq!(commissions(&mut world, &operator).await, (499, 0, 0));
}

#[tokio::test]
async fn a_commission_of_a_fifth_is_the_highest() {
    let (mut world, operator) = registered().await;
    for bps in [2_001, u16::MAX] {
        let raise = commission(&operator, bps);
        let by = &operator.authority;
        world.refuse(raise, &[by], "CommissionOutOfBounds").await;
    }
}

#[tokio::test]
async fn a_uri_is_replaced_as_a_whole() {
    let (mut world, operator) = registered().await;
    let by = &operator.authority;
    for text in ["x".repeat(128), "ab".into(), String::new()] {
        world.send(&[uri(&operator, &text)], &[by]).await;
        let stored = operator_at(&mut world, &operator.key).await.uri;
        assert_eq!(&stored[..text.len()], text.as_bytes());
        assert!(stored[text.len()..].iter().all(|byte| *byte == 0));
    }
    for text in ["x".repeat(129), "a\0".into()] {
        let change = uri(&operator, &text);
        world.refuse(change, &[by], "UriMalformed").await;
    }
}

#[tokio::test]
async fn the_uri_that_is_stored_already_changes_nothing() {
    let (mut world, operator) = registered().await;
    let by = &operator.authority;
    for text in ["", "https://example.org"] {
        if !text.is_empty() {
            world.send(&[uri(&operator, text)], &[by]).await;
        }
        let again = uri(&operator, text);
        world.refuse(again, &[by], "NothingToDo").await;
    }
    // With something else beside it, it is no hindrance.
    let args = UpdateOperatorArgs {
        commission_bps: Some(5),
        uri: Some("https://example.org".to_owned()),
        ..UpdateOperatorArgs::default()
    };
    world.send(&[update(&operator, args)], &[by]).await;
}

#[tokio::test]
async fn all_changes_go_together_and_one_that_is_refused_takes_the_others_with_it() {
    let (mut world, operator) = registered().await;
    let (by, new) = (&operator.authority, Pubkey::new_unique());
    let all = UpdateOperatorArgs {
        commission_bps: Some(5),
        uri: Some("u".into()),
        successor: Some(new),
    };
    type Spoilt = (fn(&mut UpdateOperatorArgs, Pubkey), &'static str);
    let spoilt: [Spoilt; 3] = [
        (
            |args, _| args.commission_bps = Some(2_001),
            "CommissionOutOfBounds",
        ),
        (|args, _| args.uri = Some("\0".into()), "UriMalformed"),
        (|args, own| args.successor = Some(own), "NothingToDo"),
    ];
    for (spoil, error) in spoilt {
        let mut args = all.clone();
        spoil(&mut args, by.pubkey());
        world.refuse(update(&operator, args), &[by], error).await;
    }
    world.send(&[update(&operator, all)], &[by]).await;
    let account = operator_at(&mut world, &operator.key).await;
    assert_eq!((account.pending_commission_bps, account.uri[0]), (5, b'u'));
    assert_eq!(account.authority.pending, new);
    let nothing = update(&operator, UpdateOperatorArgs::default());
    world.refuse(nothing, &[by], "NothingToDo").await;
}

#[tokio::test]
async fn an_authority_passes_when_its_holder_names_a_successor_who_accepts() {
    let (mut world, operator) = registered().await;
    let (by, new) = (&operator.authority, Keypair::new());
    let propose = name(&operator, new.pubkey());
    world.send(std::slice::from_ref(&propose), &[by]).await;
    let pending = Role {
        holder: by.pubkey(),
        pending: new.pubkey(),
    };
    let account = operator_at(&mut world, &operator.key).await;
    assert_eq!(account.authority, pending);
    world.refuse(propose.clone(), &[by], "NothingToDo").await;
    // Named, it may accept and nothing else.
    let by_new = registry::retire_operator(&operator.key, &new.pubkey());
    world
        .refuse(by_new.clone(), &[&new], "NotOperatorAuthority")
        .await;
    let accept = registry::accept_operator_authority(&operator.key, &new.pubkey());
    world.send(std::slice::from_ref(&accept), &[&new]).await;
    let account = operator_at(&mut world, &operator.key).await;
    assert_eq!(account.authority, Role::held_by(new.pubkey()));
    // The rent is still the first one's.
    assert_eq!(account.rent_payer, by.pubkey());
    world.refuse(propose, &[by], "NotOperatorAuthority").await;
    world.refuse(accept, &[&new], "NotPendingSuccessor").await;
    world.send(&[by_new], &[&new]).await;
}

#[tokio::test]
async fn a_name_that_was_taken_back_or_replaced_is_worth_nothing() {
    let (mut world, operator) = registered().await;
    let (by, bob, carol) = (&operator.authority, Keypair::new(), Keypair::new());
    let accept = |by: &Keypair| registry::accept_operator_authority(&operator.key, &by.pubkey());
    let back = name(&operator, Pubkey::default());
    world.refuse(back.clone(), &[by], "NothingToDo").await;
    let to_self = name(&operator, by.pubkey());
    world.refuse(to_self, &[by], "NothingToDo").await;
    world.send(&[name(&operator, bob.pubkey())], &[by]).await;
    world.send(&[back], &[by]).await;
    world
        .refuse(accept(&bob), &[&bob], "NotPendingSuccessor")
        .await;
    world.send(&[name(&operator, bob.pubkey())], &[by]).await;
    world.send(&[name(&operator, carol.pubkey())], &[by]).await;
    for nobody in [&bob, by] {
        world
            .refuse(accept(nobody), &[nobody], "NotPendingSuccessor")
            .await;
    }
    world.send(&[accept(&carol)], &[&carol]).await;
}

#[tokio::test]
async fn every_account_is_checked() {
    let (mut world, operator) = registered().await;
    let (other, avs) = (
        world.register_operator().await,
        world.register_avs(terms()).await,
    );
    let (by, new, nobody) = (
        &operator.authority,
        funded(&mut world),
        Pubkey::new_unique(),
    );
    let propose = name(&operator, new.pubkey());
    let accept = registry::accept_operator_authority(&operator.key, &new.pubkey());
    for (instruction, signer, error) in [
        (&propose, by, "NotOperatorAuthority"),
        (&accept, &new, "NotPendingSuccessor"),
    ] {
        let substitutes = [
            (0, other.key, error),
            (0, avs.key, "AccountDiscriminatorMismatch"),
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

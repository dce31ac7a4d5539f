use liquid_restaking_sdk::{
    anchor_lang::prelude::Pubkey,
    program::state::{Role, RoleKind},
};
use liquid_restaking_tests::{World, ONE};
use solana_keypair::Keypair;
use solana_signer::Signer;

const ALL: [RoleKind; 3] = [RoleKind::Admin, RoleKind::Manager, RoleKind::Guardian];

fn holder(world: &World, role: RoleKind) -> Keypair {
    match role {
        RoleKind::Admin => world.admin.insecure_clone(),
        RoleKind::Manager => world.manager.insecure_clone(),
        RoleKind::Guardian => world.guardian.insecure_clone(),
    }
}

async fn role(world: &mut World, role: RoleKind) -> Role {
    *world.lrt().await.role_mut(role)
}

#[tokio::test]
async fn each_role_passes_when_its_holder_names_a_successor_who_accepts() {
    let mut world = World::new().await;
    let keys = world.keys;
    for kind in ALL {
        let (old, new) = (holder(&world, kind), Keypair::new());
        let propose = keys.propose_role(&old.pubkey(), kind, new.pubkey());
        world.send(std::slice::from_ref(&propose), &[&old]).await;
        let pending = Role {
            holder: old.pubkey(),
            pending: new.pubkey(),
        };
        assert_eq!(role(&mut world, kind).await, pending);
        world.refuse(propose.clone(), &[&old], "NothingToDo").await;
        let accept = keys.accept_role(&new.pubkey(), kind);
        world.send(std::slice::from_ref(&accept), &[&new]).await;
        assert_eq!(role(&mut world, kind).await, Role::held_by(new.pubkey()));
        // The old holder has no say any more, the new one is nobody's successor.
        world.refuse(propose, &[&old], "NotRoleHolder").await;
        world.refuse(accept, &[&new], "NotPendingSuccessor").await;
        let to_self = keys.propose_role(&new.pubkey(), kind, new.pubkey());
        world.refuse(to_self, &[&new], "NothingToDo").await;
    }
}

#[tokio::test]
async fn a_name_that_was_taken_back_or_replaced_is_worth_nothing() {
    let mut world = World::new().await;
    let keys = world.keys;
    for kind in ALL {
        let (old, bob, carol) = (holder(&world, kind), Keypair::new(), Keypair::new());
        let propose = |successor| keys.propose_role(&old.pubkey(), kind, successor);
        let accept = |successor: &Keypair| keys.accept_role(&successor.pubkey(), kind);
        world
            .refuse(propose(Pubkey::default()), &[&old], "NothingToDo")
            .await;
        world.send(&[propose(bob.pubkey())], &[&old]).await;
        world.send(&[propose(Pubkey::default())], &[&old]).await;
        world
            .refuse(accept(&bob), &[&bob], "NotPendingSuccessor")
            .await;
        world.send(&[propose(bob.pubkey())], &[&old]).await;
        world.send(&[propose(carol.pubkey())], &[&old]).await;
        world
            .refuse(accept(&bob), &[&bob], "NotPendingSuccessor")
            .await;
        world.send(&[accept(&carol)], &[&carol]).await;
    }
}

#[tokio::test]
async fn no_role_hands_over_another() {
    let mut world = World::new().await;
    let keys = world.keys;
    for kind in ALL {
        for other in ALL.into_iter().filter(|other| *other != kind) {
            let signer = holder(&world, other);
            let propose = keys.propose_role(&signer.pubkey(), kind, signer.pubkey());
            world.refuse(propose, &[&signer], "NotRoleHolder").await;
            let accept = keys.accept_role(&signer.pubkey(), kind);
            world
                .refuse(accept, &[&signer], "NotPendingSuccessor")
                .await;
        }
    }
}

#[tokio::test]
async fn a_successor_acts_only_once_it_has_accepted() {
    let mut world = World::new().await;
    let (admin, new, keys) = (world.admin.insecure_clone(), Keypair::new(), world.keys);
    let propose = keys.propose_role(&admin.pubkey(), RoleKind::Admin, new.pubkey());
    world.send(&[propose], &[&admin]).await;
    let by_new = keys.set_deposit_cap(&new.pubkey(), ONE);
    world.refuse(by_new.clone(), &[&new], "NotAdmin").await;
    let accept = keys.accept_role(&new.pubkey(), RoleKind::Admin);
    world.send(&[accept], &[&new]).await;
    let by_old = keys.set_deposit_cap(&admin.pubkey(), ONE);
    world.refuse(by_old, &[&admin], "NotAdmin").await;
    world.send(&[by_new], &[&new]).await;
}

#[tokio::test]
async fn every_account_is_checked() {
    let mut world = World::new().await;
    let (other, _) = world.neighbour().await;
    let (keys, nobody, new) = (world.keys, Pubkey::new_unique(), Keypair::new());
    // The other LRT's roles are held by others.
    let own = std::mem::replace(&mut world.keys, other);
    world
        .change_lrt(|lrt| {
            ALL.iter()
                .for_each(|kind| *lrt.role_mut(*kind) = Role::held_by(nobody))
        })
        .await;
    world.keys = own;
    for kind in ALL {
        let old = holder(&world, kind);
        let propose = keys.propose_role(&old.pubkey(), kind, new.pubkey());
        let accept = keys.accept_role(&new.pubkey(), kind);
        for (instruction, signer, error) in [
            (&propose, &old, "NotRoleHolder"),
            (&accept, &new, "NotPendingSuccessor"),
        ] {
            world
                .refuse_substitutes(
                    instruction,
                    &[signer],
                    &[
                        (0, other.lrt, error),
                        (0, keys.stake_pool, "AccountDiscriminatorMismatch"),
                        (0, nobody, "AccountOwnedByWrongProgram"),
                        (2, nobody, "ConstraintAddress"),
                    ],
                )
                .await;
            world.refuse_other_signer(instruction, 1, &[], error).await;
            world
                .send(std::slice::from_ref(instruction), &[signer])
                .await;
        }
    }
}

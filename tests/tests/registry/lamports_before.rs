//! An address that somebody has sent lamports to can still become an account, and whoever closes it finds them there.

use crate::{close_and_check_rent, with_account};
use liquid_restaking_sdk::{
    address,
    anchor_lang::{
        prelude::{Pubkey, Rent},
        system_program,
    },
    program::{
        instructions::{RegisterAvsArgs, RegisterOperatorArgs},
        state::{AvsOffer, Side},
    },
    registry, Instruction,
};
use liquid_restaking_tests::{terms, World, ONE};
use solana_keypair::Keypair;
use solana_signer::Signer;

/// Creates the account at `key`, to which lamports were sent before; its payer, who has 1,000, adds what is missing.
async fn create(
    world: &mut World,
    key: &Pubkey,
    lamports: u64,
    instruction: Instruction,
    payer: &Keypair,
    signers: &[&Keypair],
) {
    world.fund(&payer.pubkey());
    world.set_raw(key, system_program::ID, Vec::new(), lamports);
    let all = [&[payer], signers].concat();
    world.send(&[instruction], &all).await;
    let account = world.account(key).await.expect("it exists");
    let rent = Rent::default().minimum_balance(account.data.len());
    assert_eq!(account.lamports, rent.max(lamports));
    let paid = rent.saturating_sub(lamports);
    assert_eq!(world.lamports(&payer.pubkey()).await, 1_000 * ONE - paid);
}

#[tokio::test]
async fn lamports_at_an_address_are_no_hindrance_and_are_found_when_it_closes() {
    for lamports in [1, 100 * ONE] {
        let mut world = World::new().await;
        let (keys, admin, manager) = (
            world.keys,
            world.admin.insecure_clone(),
            world.funded_manager(),
        );
        let (by_admin, payer) = (admin.pubkey(), Keypair::new());
        let rent_payer = payer.pubkey();
        let (bases, owner) = ([Keypair::new(), Keypair::new()], world.user(0));
        let by = owner.pubkey();
        let operator = address::operator(&bases[0].pubkey());
        let avs = address::avs(&bases[1].pubkey());

        let args = RegisterOperatorArgs {
            commission_bps: 0,
            uri: String::new(),
        };
        let register = registry::register_operator(&bases[0].pubkey(), &by, &rent_payer, args);
        let signers = [&bases[0], &owner];
        create(&mut world, &operator, lamports, register, &payer, &signers).await;
        let args = RegisterAvsArgs {
            offer: AvsOffer {
                terms: terms(),
                ..AvsOffer::default()
            },
            uri: String::new(),
        };
        let register = registry::register_avs(&bases[1].pubkey(), &by, &rent_payer, args);
        let signers = [&bases[1], &owner];
        create(&mut world, &avs, lamports, register, &payer, &signers).await;

        let opt_in = address::opt_in(&operator, &avs);
        let give = |side| registry::opt_in(&operator, &avs, &by, side);
        let first = with_account(give(Side::Operator), 4, &rent_payer);
        create(&mut world, &opt_in, lamports, first, &payer, &[&owner]).await;
        world.send(&[give(Side::Avs)], &[&owner]).await;

        let delegation = keys.delegation(&operator);
        let accept = keys.set_operator_cap(&by_admin, &operator, ONE);
        let accept = with_account(accept, 5, &rent_payer);
        create(&mut world, &delegation, lamports, accept, &payer, &[&admin]).await;
        let pool_avs = keys.pool_avs(&avs);
        let propose = keys.propose_avs(&by_admin, &avs, 10_000);
        let propose = with_account(propose, 5, &rent_payer);
        create(&mut world, &pool_avs, lamports, propose, &payer, &[&admin]).await;

        world.holder(ONE).await;
        world.warp(10).await;
        let delegate = keys.delegate(&manager.pubkey(), &operator, ONE);
        world.send(&[delegate], &[&manager]).await;
        let allocation = keys.allocation(&operator, &avs);
        let allocate = keys.allocate(&manager.pubkey(), &operator, &avs, ONE);
        let allocate = with_account(allocate, 8, &rent_payer);
        let signers = [&manager];
        create(
            &mut world,
            &allocation,
            lamports,
            allocate,
            &payer,
            &signers,
        )
        .await;

        let out = |side| registry::opt_out(&operator, &avs, &by, side);
        let empty = [
            keys.deallocate(&manager.pubkey(), &operator, &avs, ONE),
            keys.undelegate(&manager.pubkey(), &operator, ONE),
            keys.set_operator_cap(&by_admin, &operator, 0),
            keys.lower_avs_cap(&by_admin, &avs, 0),
            out(Side::Operator),
            out(Side::Avs),
        ];
        world.send(&empty, &[&manager, &admin, &owner]).await;
        let closes: [(Instruction, Pubkey, &[&Keypair]); 6] = [
            (
                keys.close_allocation(&operator, &avs, &rent_payer),
                allocation,
                &[],
            ),
            (
                keys.close_delegation(&operator, &rent_payer),
                delegation,
                &[],
            ),
            (keys.close_pool_avs(&avs, &rent_payer), pool_avs, &[]),
            (
                registry::close_opt_in(&operator, &avs, &rent_payer),
                opt_in,
                &[],
            ),
            (
                registry::close_operator(&operator, &by, &rent_payer),
                operator,
                &[&owner],
            ),
            (registry::close_avs(&avs, &by, &rent_payer), avs, &[&owner]),
        ];
        for (close, key, signers) in closes {
            close_and_check_rent(&mut world, close, signers, &key, &rent_payer).await;
        }
    }
}

//! Operators, AVSs, what they agree on, and what a stake pool accepts of them: one file per group of instructions.

mod avs_cap;
mod avs_terms;
mod bond;
mod close_pool;
mod closing;
mod every_instruction;
mod lamports_before;
mod operator_cap;
mod opt_in;
mod register_avs;
mod register_operator;
mod retire_operator;
mod update_avs;
mod update_operator;

use liquid_restaking_sdk::{
    anchor_lang::prelude::Pubkey,
    program::state::{self, Avs, OptIn},
    Instruction,
};
use liquid_restaking_tests::World;
use solana_keypair::Keypair;
use solana_signer::Signer;

/// Slots of the timelock in these tests.
const TIMELOCK: u64 = 1_043;

/// An operator's account.
async fn operator_at(world: &mut World, key: &Pubkey) -> state::Operator {
    world.state(key).await.expect("the operator")
}

/// An AVS's account.
async fn avs_at(world: &mut World, key: &Pubkey) -> Avs {
    world.state(key).await.expect("the AVS")
}

/// An opt-in's account.
async fn opt_in_at(world: &mut World, key: &Pubkey) -> OptIn {
    world.state(key).await.expect("the opt-in")
}

/// A new key with lamports.
fn funded(world: &mut World) -> Keypair {
    let key = Keypair::new();
    world.fund(&key.pubkey());
    key
}

/// The instruction with another account at `position`.
fn with_account(mut instruction: Instruction, position: usize, key: &Pubkey) -> Instruction {
    instruction.accounts[position].pubkey = *key;
    instruction
}

/// Closes `account`, and checks that it is gone and that all its lamports are its payer's.
async fn close_and_check_rent(
    world: &mut World,
    close: Instruction,
    signers: &[&Keypair],
    account: &Pubkey,
    payer: &Pubkey,
) {
    let (rent, purse) = (world.lamports(account).await, world.lamports(payer).await);
    assert!(rent > 0, "it exists");
    world.send(&[close], signers).await;
    assert!(world.account(account).await.is_none());
    assert_eq!(world.lamports(payer).await, purse + rent);
}

//! Collaterals: an SPL mint, a Token-2022 mint with a harmless extension, wrapped SOL.

use liquid_restaking_sdk::{
    address,
    anchor_lang::{prelude::Pubkey, system_program},
    create_associated, AccountMeta, Instruction, NATIVE_MINT, TOKEN_2022_PROGRAM_ID,
    TOKEN_PROGRAM_ID,
};
use lrt_cli::{cluster::Cluster, vm::mint_to};
use solana_keypair::Keypair;
use solana_signer::Signer;

const DECIMALS: u8 = 9;
/// A whole token, in base units.
pub const WHOLE: u64 = 1_000_000_000;
/// What each wallet gets, in base units.
const ISSUED: u64 = 1_000 * WHOLE;
const MINT_LEN: u64 = 82;
/// A mint with a metadata pointer: a token account's length, the account's type, the extension behind its header.
const POINTED_LEN: u64 = 165 + 1 + 4 + 64;
/// Wallets of one transaction.
const WALLETS: usize = 4;

/// Which collateral.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Collateral {
    Spl,
    Token2022,
    WrappedSol,
}

/// Makes the collateral, and gives it to the wallets. Returns mint and token program.
pub fn create(cluster: &Cluster, collateral: Collateral, wallets: &[Pubkey]) -> (Pubkey, Pubkey) {
    let (program, length) = match collateral {
        Collateral::Spl => (TOKEN_PROGRAM_ID, MINT_LEN),
        Collateral::Token2022 => (TOKEN_2022_PROGRAM_ID, POINTED_LEN),
        Collateral::WrappedSol => return (NATIVE_MINT, TOKEN_PROGRAM_ID),
    };
    let (mint, me) = (Keypair::new(), cluster.me().unwrap());
    let key = mint.pubkey();
    let mut instructions = vec![create_account(cluster, &me, &key, length, &program)];
    if collateral == Collateral::Token2022 {
        // MetadataPointer: no authority, the metadata would be in the mint itself.
        let data = [&[39, 0][..], &[0; 32], key.as_ref()].concat();
        instructions.push(of_mint(program, key, data));
    }
    let initialize = [&[20, DECIMALS][..], me.as_ref(), &[0]].concat();
    instructions.push(of_mint(program, key, initialize));
    let issuer = cluster.wallet().unwrap();
    let sent = cluster.send(&instructions, &[issuer, &mint], 50_000);
    sent.unwrap();
    for some in wallets.chunks(WALLETS) {
        let given = some.iter().flat_map(|wallet| {
            let account = address::associated(wallet, &key, &program);
            let mut give = mint_to(&key, &account, &me, ISSUED);
            give.program_id = program;
            [create_associated(&me, wallet, &key, &program), give]
        });
        let given: Vec<Instruction> = given.collect();
        cluster.send(&given, &[issuer], 400_000).unwrap();
    }
    (key, program)
}

/// Sends tokens from the wallet's account to any other.
pub fn transfer(cluster: &Cluster, mint: &Pubkey, program: &Pubkey, to: &Pubkey, amount: u64) {
    let me = cluster.me().unwrap();
    let mut data = vec![12];
    data.extend_from_slice(&amount.to_le_bytes());
    data.push(DECIMALS);
    let transfer = Instruction {
        program_id: *program,
        accounts: vec![
            AccountMeta::new(address::associated(&me, mint, program), false),
            AccountMeta::new_readonly(*mint, false),
            AccountMeta::new(*to, false),
            AccountMeta::new_readonly(me, true),
        ],
        data,
    };
    let wallet = cluster.wallet().unwrap();
    cluster.send(&[transfer], &[wallet], 50_000).unwrap();
}

fn create_account(
    cluster: &Cluster,
    payer: &Pubkey,
    key: &Pubkey,
    length: u64,
    program: &Pubkey,
) -> Instruction {
    let rent = cluster.rent(usize::try_from(length).unwrap()).unwrap();
    let mut data = 0u32.to_le_bytes().to_vec();
    data.extend_from_slice(&rent.to_le_bytes());
    data.extend_from_slice(&length.to_le_bytes());
    data.extend_from_slice(program.as_ref());
    Instruction {
        program_id: system_program::ID,
        accounts: vec![AccountMeta::new(*payer, true), AccountMeta::new(*key, true)],
        data,
    }
}

fn of_mint(program_id: Pubkey, mint: Pubkey, data: Vec<u8>) -> Instruction {
    Instruction {
        program_id,
        accounts: vec![AccountMeta::new(mint, false)],
        data,
    }
}

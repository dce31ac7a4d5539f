//! What is special about wrapped SOL: it can not be burned.

use super::{
    bump,
    slashing::VETO,
    staking::{Staking, BURNS, URI},
    Bench,
};
use anyhow::Result;
use liquid_restaking_sdk::{
    address,
    anchor_lang::prelude::Pubkey,
    program::{LRT_SEED, SINK_SEED, STAKE_POOL_SEED, VAULT_SEED},
    PoolKeys, NATIVE_MINT, TOKEN_PROGRAM_ID,
};
use liquid_restaking_tests::ONE;
use lrt_cli::vm::{keypair, Vm};
use solana_keypair::Keypair;
use solana_signer::Signer;

/// The only rows that are wanted.
const ROWS: [&str; 1] = ["execute_slash, wrapped SOL to the sink"];

/// A mint whose LRT, its pool of wrapped SOL, the vault and the sink are at bump 255.
fn grind() -> Keypair {
    (0..)
        .map(|n| keypair(&format!("bench lrt mint over wrapped SOL {n}")))
        .find(|mint| {
            let lrt = address::lrt(&mint.pubkey());
            let pool = address::stake_pool(&lrt, &NATIVE_MINT);
            bump(&[LRT_SEED, mint.pubkey().as_ref()]) == 255
                && bump(&[STAKE_POOL_SEED, lrt.as_ref(), NATIVE_MINT.as_ref()]) == 255
                && bump(&[VAULT_SEED, pool.as_ref()]) == 255
                && bump(&[SINK_SEED, pool.as_ref()]) == 255
        })
        .expect("one in 16 addresses will do")
}

/// Makes a token account one of wrapped SOL, its lamports those of its balance and of its rent.
pub(super) fn wrap(vm: &mut Vm, key: &Pubkey, amount: u64) {
    if let Some(mut account) = vm.account(key) {
        account.data[109..113].copy_from_slice(&1u32.to_le_bytes());
        account.data[113..121].copy_from_slice(&account.lamports.to_le_bytes());
        account.lamports += amount;
        vm.set_account(key, account);
    }
}

impl Bench {
    /// Another LRT, in an empty world, as the first one is.
    pub(super) fn wrapped_sol(&mut self) -> Result<()> {
        let lrt_mint = grind();
        let over = PoolKeys::derive(lrt_mint.pubkey(), NATIVE_MINT, TOKEN_PROGRAM_ID);
        let home = std::mem::replace(&mut self.keys, over);
        let before = self.rows.len();
        self.create(&lrt_mint)?;
        let user = self.user.insecure_clone();
        let deposit = over.deposit(&user.pubkey(), 200 * ONE, 0);
        self.send("a deposit", &deposit, &[&user])?;
        let mut staking = Staking::new(self);
        staking.enter()?;
        staking.pledge()?;
        staking.slash_to_the_sink()?;
        let mut place = 0;
        self.rows.retain(|row| {
            place += 1;
            place <= before || ROWS.contains(&row.name.as_str())
        });
        self.keys = home;
        Ok(())
    }
}

impl Staking<'_> {
    fn slash_to_the_sink(&mut self) -> Result<()> {
        let slasher = self.slasher(BURNS);
        let (propose, on) = self.propose_slash(BURNS, ONE, URI)?;
        self.send(&propose, &[&slasher])?;
        self.warp(VETO);
        let execute = self.execute_slash(BURNS, &on);
        self.measure(ROWS[0], &execute, &[])
    }
}

//! Ten thousand operators under one stake pool: what everybody does costs what it costs with one.

use super::Bench;
use anyhow::{anyhow, Context, Result};
use bytemuck::Zeroable;
use liquid_restaking_sdk::{
    address,
    anchor_lang::prelude::Pubkey,
    bytes_of,
    program::{
        state::{Cap, Delegation, Operator, Role, StakePool},
        ID, LAYOUT_VERSION,
    },
    Instruction, ProgramAccount,
};
use liquid_restaking_tests::{EPOCH, ONE, START};
use solana_keypair::Keypair;
use solana_signer::Signer;

/// What is measured, in the order of [`Scale::units`].
pub const MEASURED: [&str; 4] = ["deposit", "request_withdraw", "settle", "delegate"];
/// With how many operators.
const OPERATORS: [u32; 5] = [1, 10, 100, 1_000, 10_000];
/// Stake of all of them together, whatever their number: only that differs.
const STAKE: u64 = 100 * ONE;

/// What instructions take with so many operators.
pub struct Scale {
    /// Operators with a delegation of the pool.
    pub operators: u32,
    /// Compute units of [`MEASURED`].
    pub units: [u64; MEASURED.len()],
}

impl Bench {
    /// Measures under ever more operators, whose accounts are written into the bank as the program would leave them.
    pub(super) fn scales(&mut self) -> Result<Vec<Scale>> {
        let empty = self.vm.clone();
        let mut scales = Vec::new();
        for operators in OPERATORS {
            let stake = STAKE / u64::from(operators);
            let mut last = Pubkey::default();
            for n in 0..operators {
                last = self.write_operator(n, stake);
            }
            self.book_delegated(operators, stake)?;
            let units = self.measure_scale(&last)?;
            self.vm = empty.clone();
            scales.push(Scale { operators, units });
        }
        Ok(scales)
    }

    fn measure_scale(&mut self, operator: &Pubkey) -> Result<[u64; MEASURED.len()]> {
        let (user, admin, keys) = (
            self.user.insecure_clone(),
            self.admin.insecure_clone(),
            self.keys,
        );
        let epoch = START / EPOCH;
        let deposit = keys.deposit(&user.pubkey(), 10 * ONE, 0);
        let deposit = self.at(40, &deposit, &[&user])?;
        let delegate = keys.delegate(&admin.pubkey(), operator, ONE);
        let delegate = self.at(50, &delegate, &[&admin])?;
        let request = |nonce, tail| {
            let key = user.pubkey();
            keys.request_withdraw(&key, ONE, nonce, epoch, tail)
        };
        let (first, second) = (self.ticket(0, epoch).0, self.ticket(100, epoch).0);
        self.at(60, &request(first, None), &[&user])?;
        let request = self.at(70, &request(second, Some(epoch)), &[&user])?;
        let settle = self.at(3 * EPOCH, &keys.settle(epoch), &[])?;
        // The ledger that was written by hand is sound.
        let check = self.vm.ask(&keys.check_invariants());
        check.map_err(|refused| anyhow!("the ledger is not sound: {}", refused.name))?;
        Ok([deposit, request, settle, delegate])
    }

    fn at(&mut self, slot: u64, instruction: &Instruction, signers: &[&Keypair]) -> Result<u64> {
        self.vm.set_slot(START + slot);
        self.send("one of many operators", instruction, signers)
    }

    /// An operator without anything but its delegation.
    fn write_operator(&mut self, n: u32, stake: u64) -> Pubkey {
        let mut base = [0; 32];
        base[..4].copy_from_slice(&n.to_le_bytes());
        let base = Pubkey::new_from_array(base);
        let key = address::operator(&base);
        let operator = Operator {
            base,
            authority: Role::held_by(base),
            rent_payer: base,
            delegations: 1,
            version: LAYOUT_VERSION,
            ..Operator::zeroed()
        };
        let delegation = Delegation {
            stake_pool: self.keys.stake_pool,
            operator: key,
            rent_payer: base,
            cap: Cap::of(u64::MAX),
            active: stake,
            freeing: stake,
            version: LAYOUT_VERSION,
            ..Delegation::zeroed()
        };
        self.write(&key, &operator);
        self.write(&self.keys.delegation(&key), &delegation);
        key
    }

    fn write<T: ProgramAccount>(&mut self, key: &Pubkey, state: &T) {
        let mut data = T::DISCRIMINATOR.to_vec();
        data.extend_from_slice(bytes_of(state));
        self.vm.set_rent_exempt(key, ID, data);
    }

    /// So many operators have their stake from idle.
    fn book_delegated(&mut self, operators: u32, each: u64) -> Result<()> {
        let mut pool: StakePool = self.vm.state(&self.keys.stake_pool).context("a pool")?;
        let stake = u64::from(operators) * each;
        pool.idle -= stake;
        pool.delegated += stake;
        pool.freeing += stake;
        pool.delegations += operators;
        self.vm.set_state(&self.keys.stake_pool, &pool)
    }
}

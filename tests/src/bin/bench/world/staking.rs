//! An operator, AVSs, and what the rows about them have in common.

use super::{associated_bump, bump, Bench};
use anyhow::{Context, Result};
use liquid_restaking_sdk::{
    address,
    anchor_lang::prelude::Pubkey,
    program::{
        instructions::{RegisterAvsArgs, RegisterOperatorArgs},
        state::{AvsOffer, Lrt, Side, StakePool},
        ALLOCATION_SEED, AVS_SEED, DELEGATION_SEED, OPERATOR_SEED, OPT_IN_SEED, POOL_AVS_SEED,
    },
    registry, Instruction, PoolKeys,
};
use liquid_restaking_tests::{terms, EPOCH};
use lrt_cli::vm::keypair;
use solana_keypair::Keypair;
use solana_signer::Signer;

/// What an operator or an AVS says of itself: 45 bytes.
pub(super) const URI: &str = "https://example.com/restaking/who-we-are.json";
/// AVSs that a pool has in the ordinary case.
pub(super) const ORDINARY: usize = 3;
/// AVSs that a pool has at worst.
pub(super) const ALL: usize = 16;
/// The AVS whose slashes are burned; what others slash goes to their wallets.
pub(super) const BURNS: usize = 2;

/// Who signed an operator's or an AVS's registration, and its address. It acts for itself.
pub(super) struct Party {
    pub(super) base: Keypair,
    pub(super) authority: Keypair,
    pub(super) key: Pubkey,
}

impl Party {
    fn new(name: &str, n: usize, address: fn(&Pubkey) -> Pubkey) -> Self {
        let base = keypair(&format!("bench {name} {n}"));
        let key = address(&base.pubkey());
        let authority = keypair(&format!("bench authority of {name} {n}"));
        Self {
            base,
            authority,
            key,
        }
    }

    pub(super) fn acts(&self) -> Pubkey {
        self.authority.pubkey()
    }
}

/// The world with an operator and its AVSs. Every PDA that an instruction searches is at bump 255.
pub(super) struct Staking<'a> {
    pub(super) bench: &'a mut Bench,
    pub(super) keys: PoolKeys,
    /// Admin and manager.
    pub(super) admin: Keypair,
    pub(super) user: Keypair,
    pub(super) operator: Party,
    pub(super) avss: Vec<Party>,
}

impl<'a> Staking<'a> {
    pub(super) fn new(bench: &'a mut Bench) -> Self {
        let (keys, admin, user) = (
            bench.keys,
            bench.admin.insecure_clone(),
            bench.user.insecure_clone(),
        );
        let pool = keys.stake_pool;
        let operator = (0..)
            .map(|n| Party::new("operator", n, address::operator))
            .find(|party| {
                bump(&[OPERATOR_SEED, party.base.pubkey().as_ref()]) == 255
                    && associated_bump(&party.acts(), &keys.collateral_mint) == 255
                    && bump(&[DELEGATION_SEED, pool.as_ref(), party.key.as_ref()]) == 255
            })
            .expect("one in eight addresses will do");
        let delegation = keys.delegation(&operator.key);
        let pairs = [
            (OPT_IN_SEED, operator.key),
            (POOL_AVS_SEED, pool),
            (ALLOCATION_SEED, delegation),
        ];
        let avss = (0..)
            .map(|n| Party::new("AVS", n, address::avs))
            .filter(|party| {
                bump(&[AVS_SEED, party.base.pubkey().as_ref()]) == 255
                    && associated_bump(&party.acts(), &keys.collateral_mint) == 255
                    && pairs.iter().all(|(seed, other)| {
                        bump(&[seed, other.as_ref(), party.key.as_ref()]) == 255
                    })
            })
            .take(ALL)
            .collect::<Vec<_>>();
        for party in avss.iter().chain([&operator]) {
            bench.vm.fund(&party.authority.pubkey());
        }
        Self {
            bench,
            keys,
            admin,
            user,
            operator,
            avss,
        }
    }

    // ---- Time ----

    pub(super) fn slot(&self) -> u64 {
        self.bench.vm.slot()
    }

    /// To a slot in which nobody has written yet, of an epoch in which somebody has: so are most.
    pub(super) fn settle_down(&mut self) -> Result<()> {
        let mut slot = self.slot() + 1;
        if (slot + 1).is_multiple_of(EPOCH) {
            slot += 1;
        }
        self.bench.vm.set_slot(slot);
        let accrue = self.keys.accrue();
        self.send(&accrue, &[])?;
        self.bench.vm.set_slot(slot + 1);
        Ok(())
    }

    pub(super) fn warp(&mut self, slots: u64) {
        let slot = self.slot() + slots;
        self.bench.vm.set_slot(slot);
    }

    /// To the first slot of an epoch, `epochs` later.
    pub(super) fn skip_epochs(&mut self, epochs: u64) {
        let next = self.slot() / EPOCH + epochs;
        self.bench.vm.set_slot(next * EPOCH);
    }

    pub(super) fn wait_timelock(&mut self) -> Result<()> {
        let slots = self.lrt()?.params.timelock_slots;
        self.warp(slots);
        Ok(())
    }

    // ---- Sending ----

    pub(super) fn send(&mut self, instruction: &Instruction, signers: &[&Keypair]) -> Result<()> {
        self.bench
            .send("what comes before a row", instruction, signers)
            .map(|_| ())
    }

    /// Measures in an ordinary slot.
    pub(super) fn measure(
        &mut self,
        name: &str,
        instruction: &Instruction,
        signers: &[&Keypair],
    ) -> Result<()> {
        self.settle_down()?;
        self.bench.measure(name, instruction, signers)
    }

    /// Measures here and now.
    pub(super) fn measure_now(
        &mut self,
        name: &str,
        instruction: &Instruction,
        signers: &[&Keypair],
    ) -> Result<()> {
        self.bench.measure(name, instruction, signers)
    }

    /// Does something that leaves only rows behind.
    pub(super) fn aside(&mut self, work: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        let before = self.bench.vm.clone();
        work(self)?;
        self.bench.vm = before;
        Ok(())
    }

    // ---- Reading ----

    pub(super) fn lrt(&self) -> Result<Lrt> {
        self.bench.vm.state(&self.keys.lrt).context("an LRT")
    }

    pub(super) fn pool(&self) -> Result<StakePool> {
        self.bench.vm.state(&self.keys.stake_pool).context("a pool")
    }

    /// Of the first so many AVSs.
    pub(super) fn addresses(&self, count: usize) -> Vec<Pubkey> {
        self.avss.iter().take(count).map(|avs| avs.key).collect()
    }

    // ---- Instructions ----

    pub(super) fn register_operator(&self, uri: &str) -> Instruction {
        let (base, authority) = (self.operator.base.pubkey(), self.operator.acts());
        let args = RegisterOperatorArgs {
            commission_bps: 1_000,
            uri: uri.to_owned(),
        };
        registry::register_operator(&base, &authority, &authority, args)
    }

    pub(super) fn register_avs(&self, n: usize) -> Instruction {
        let (base, authority) = (self.avss[n].base.pubkey(), self.avss[n].acts());
        let args = RegisterAvsArgs {
            offer: self.offer(n),
            uri: URI.to_owned(),
        };
        registry::register_avs(&base, &authority, &authority, args)
    }

    pub(super) fn offer(&self, n: usize) -> AvsOffer {
        AvsOffer {
            slasher: self.avss[n].acts(),
            resolver: self.admin.pubkey(),
            destination: self.destination(n),
            terms: terms(),
        }
    }

    /// The wallet that gets what an AVS slashes; the default key: it burns.
    pub(super) fn destination(&self, n: usize) -> Pubkey {
        match n {
            BURNS => Pubkey::default(),
            _ => self.avss[n].acts(),
        }
    }

    pub(super) fn opt_in(&self, n: usize, side: Side) -> (Instruction, Keypair) {
        let authority = match side {
            Side::Operator => &self.operator.authority,
            Side::Avs => &self.avss[n].authority,
        };
        let (operator, avs) = (&self.operator.key, &self.avss[n].key);
        let instruction = registry::opt_in(operator, avs, &authority.pubkey(), side);
        (instruction, authority.insecure_clone())
    }

    pub(super) fn set_operator_cap(&self, cap: u64) -> Instruction {
        self.keys
            .set_operator_cap(&self.admin.pubkey(), &self.operator.key, cap)
    }

    pub(super) fn propose_avs(&self, n: usize, cap_bps: u16) -> Instruction {
        self.keys
            .propose_avs(&self.admin.pubkey(), &self.avss[n].key, cap_bps)
    }

    pub(super) fn delegate(&self, amount: u64) -> Instruction {
        self.keys
            .delegate(&self.admin.pubkey(), &self.operator.key, amount)
    }

    pub(super) fn undelegate(&self, amount: u64) -> Instruction {
        self.keys
            .undelegate(&self.admin.pubkey(), &self.operator.key, amount)
    }

    pub(super) fn allocate(&self, n: usize, amount: u64) -> Instruction {
        let (manager, avs) = (self.admin.pubkey(), self.avss[n].key);
        self.keys
            .allocate(&manager, &self.operator.key, &avs, amount)
    }

    pub(super) fn deallocate(&self, n: usize, amount: u64) -> Instruction {
        let (manager, avs) = (self.admin.pubkey(), self.avss[n].key);
        self.keys
            .deallocate(&manager, &self.operator.key, &avs, amount)
    }

    pub(super) fn release(&self, n: usize) -> Instruction {
        self.keys.release(&self.operator.key, &self.avss[n].key)
    }

    pub(super) fn force_deallocate(&self, n: usize) -> Instruction {
        self.keys
            .force_deallocate(&self.operator.key, &self.avss[n].key)
    }

    /// The user asks for `shares`; the first request of an epoch opens its batch.
    pub(super) fn request(&mut self, shares: u64) -> Result<u64> {
        let (user, pool) = (self.user.insecure_clone(), self.pool()?);
        let epoch = self.slot() / EPOCH;
        let tail = (pool.queue_length > 0).then_some(pool.tail_epoch);
        let request =
            self.keys
                .request_withdraw(&user.pubkey(), shares, 7_000 + epoch, epoch, tail);
        self.send(&request, &[&user])?;
        Ok(epoch)
    }
}

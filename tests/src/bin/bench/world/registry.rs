//! Operators and AVSs: how they come, change and go.

use super::{
    bump,
    staking::{Staking, ORDINARY, URI},
};
use anyhow::Result;
use liquid_restaking_sdk::{
    address,
    program::{
        instructions::{UpdateAvsArgs, UpdateOperatorArgs},
        state::Side,
        OPERATOR_SEED,
    },
    registry,
};
use liquid_restaking_tests::ONE;
use lrt_cli::vm::keypair;
use solana_signer::Signer;

impl Staking<'_> {
    /// One operator and [`ORDINARY`] AVSs are registered, accepted and opted in.
    pub(super) fn enter(&mut self) -> Result<()> {
        self.registrations()?;
        let admin = self.admin.insecure_clone();
        let accept = self.set_operator_cap(u64::MAX);
        self.measure(
            "set_operator_cap, accepting an operator",
            &accept,
            &[&admin],
        )?;
        for n in 0..ORDINARY {
            let propose = self.propose_avs(n, 5_000);
            let (by_operator, operator) = self.opt_in(n, Side::Operator);
            let (by_avs, avs) = self.opt_in(n, Side::Avs);
            if n == 0 {
                self.measure("propose_avs, the first time", &propose, &[&admin])?;
                self.measure("opt_in", &by_operator, &[&operator])?;
                self.measure("opt_in, the other side", &by_avs, &[&avs])?;
            } else {
                self.send(&propose, &[&admin])?;
                self.send(&by_operator, &[&operator])?;
                self.send(&by_avs, &[&avs])?;
            }
        }
        self.wait_timelock()?;
        let apply = self.keys.apply_operator_cap(&self.operator.key);
        self.measure("apply_operator_cap", &apply, &[])?;
        for n in 0..ORDINARY {
            let apply = self.keys.apply_avs(&self.avss[n].key);
            if n == 0 {
                self.measure("apply_avs", &apply, &[])?;
            } else {
                self.send(&apply, &[])?;
            }
        }
        self.aside(Self::changes)
    }

    fn registrations(&mut self) -> Result<()> {
        let register = self.register_operator(URI);
        let (base, authority) = (
            self.operator.base.insecure_clone(),
            self.operator.authority.insecure_clone(),
        );
        let longest = self.register_operator(&"x".repeat(128));
        self.aside(|staking| {
            let name = "register_operator, 128 bytes of URI";
            staking.measure(name, &longest, &[&authority, &base])
        })?;
        self.measure("register_operator", &register, &[&authority, &base])?;
        for n in 0..ORDINARY {
            let register = self.register_avs(n);
            let (base, authority) = (
                self.avss[n].base.insecure_clone(),
                self.avss[n].authority.insecure_clone(),
            );
            if n == 0 {
                self.measure("register_avs", &register, &[&authority, &base])?;
            } else {
                self.send(&register, &[&authority, &base])?;
            }
        }
        Ok(())
    }

    /// What admin, operator and AVS change later.
    fn changes(&mut self) -> Result<()> {
        let admin = self.admin.insecure_clone();
        let lower = self.set_operator_cap(500 * ONE);
        self.measure("set_operator_cap, lower", &lower, &[&admin])?;
        let higher = self.set_operator_cap(600 * ONE);
        self.measure("set_operator_cap", &higher, &[&admin])?;
        let propose = self.propose_avs(0, 6_000);
        self.measure("propose_avs", &propose, &[&admin])?;
        let avs = self.avss[0].key;
        let lower = self.keys.lower_avs_cap(&admin.pubkey(), &avs, 4_000);
        self.measure("lower_avs_cap", &lower, &[&admin])?;

        let successor = keypair("bench successor");
        let (operator, authority) = (self.operator.key, self.operator.authority.insecure_clone());
        let args = UpdateOperatorArgs {
            commission_bps: Some(1_500),
            uri: Some(URI.to_owned()),
            successor: Some(successor.pubkey()),
        };
        let update = registry::update_operator(&operator, &authority.pubkey(), args);
        self.measure("update_operator", &update, &[&authority])?;
        let accept = registry::accept_operator_authority(&operator, &successor.pubkey());
        self.measure("accept_operator_authority", &accept, &[&successor])?;

        let authority = self.avss[0].authority.insecure_clone();
        let args = UpdateAvsArgs {
            slasher: Some(successor.pubkey()),
            resolver: Some(successor.pubkey()),
            terms: None,
            uri: Some(URI.to_owned()),
            successor: Some(successor.pubkey()),
        };
        let update = registry::update_avs(&avs, &authority.pubkey(), args);
        self.measure("update_avs", &update, &[&authority])?;
        let accept = registry::accept_avs_authority(&avs, &successor.pubkey());
        self.measure("accept_avs_authority", &accept, &[&successor])
    }

    /// The operator retires; anyone takes everything back, and all accounts are closed.
    pub(super) fn leave(&mut self) -> Result<()> {
        let (operator, authority) = (self.operator.key, self.operator.authority.insecure_clone());
        let admin = self.admin.insecure_clone();
        let retire = registry::retire_operator(&operator, &authority.pubkey());
        self.measure("retire_operator", &retire, &[&authority])?;
        let take = self.force_deallocate(0);
        self.measure("force_deallocate, of a retired operator", &take, &[])?;
        for n in 1..ORDINARY {
            self.send(&self.force_deallocate(n), &[])?;
        }
        self.warp(200);
        for n in 0..ORDINARY {
            self.send(&self.release(n), &[])?;
        }
        let take = self.keys.force_undelegate(&operator, None);
        self.measure("force_undelegate, of a retired operator", &take, &[])?;
        for n in 0..ORDINARY {
            let avs = self.avss[n].key;
            let close = self.keys.close_allocation(&operator, &avs, &admin.pubkey());
            if n == 0 {
                self.measure("close_allocation", &close, &[])?;
            } else {
                self.send(&close, &[])?;
            }
        }
        let close = self.keys.close_delegation(&operator, &admin.pubkey());
        self.measure("close_delegation", &close, &[])?;

        let avs = self.avss[0].key;
        let remove = self.keys.lower_avs_cap(&admin.pubkey(), &avs, 0);
        self.send(&remove, &[&admin])?;
        let close = self.keys.close_pool_avs(&avs, &admin.pubkey());
        self.measure("close_pool_avs", &close, &[])?;

        for n in 0..ORDINARY {
            let avs = self.avss[n].key;
            let out = registry::opt_out(&operator, &avs, &authority.pubkey(), Side::Operator);
            if n == 0 {
                self.measure("opt_out", &out, &[&authority])?;
            } else {
                self.send(&out, &[&authority])?;
            }
        }
        let by_avs = self.avss[0].authority.insecure_clone();
        let out = registry::opt_out(&operator, &avs, &by_avs.pubkey(), Side::Avs);
        self.send(&out, &[&by_avs])?;
        let close = registry::close_opt_in(&operator, &avs, &authority.pubkey());
        self.measure("close_opt_in", &close, &[])?;
        let key = authority.pubkey();
        let close = registry::close_operator(&operator, &key, &key);
        self.measure("close_operator", &close, &[&authority])?;
        let key = by_avs.pubkey();
        let close = registry::close_avs(&avs, &key, &key);
        self.measure("close_avs", &close, &[&by_avs])
    }

    /// What a missed bump adds: the same registration, at an address whose bump is 254.
    pub(super) fn odd_operator(&mut self) -> Result<()> {
        let base = (0..)
            .map(|n| keypair(&format!("bench odd operator {n}")))
            .find(|base| bump(&[OPERATOR_SEED, base.pubkey().as_ref()]) == 254)
            .expect("a quarter of all addresses have bump 254");
        let mut register = self.register_operator(URI);
        let key = self.operator.base.pubkey();
        for meta in &mut register.accounts {
            if meta.pubkey == key {
                meta.pubkey = base.pubkey();
            } else if meta.pubkey == address::operator(&key) {
                meta.pubkey = address::operator(&base.pubkey());
            }
        }
        let authority = self.operator.authority.insecure_clone();
        let name = "register_operator, at bump 254";
        self.measure(name, &register, &[&authority, &base])
    }
}

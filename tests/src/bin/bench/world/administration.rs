//! What admin and guardian of an LRT do.

use super::Bench;
use anyhow::{Context, Result};
use liquid_restaking_sdk::program::state::{Lrt, Pausable, RoleKind};
use liquid_restaking_tests::ONE;
use solana_signer::Signer;

impl Bench {
    pub(super) fn administration(&mut self) -> Result<()> {
        let (admin, keys) = (self.admin.insecure_clone(), self.keys);
        let key = admin.pubkey();
        let lrt: Lrt = self.vm.state(&keys.lrt).context("an LRT")?;
        let mut next = lrt.params;
        next.deposit_fee_bps = 20;
        self.measure(
            "propose_params",
            &keys.propose_params(&key, next),
            &[&admin],
        )?;
        self.measure("withdraw_params", &keys.withdraw_params(&key), &[&admin])?;
        self.measure(
            "set_deposit_cap",
            &keys.set_deposit_cap(&key, 500 * ONE),
            &[&admin],
        )?;
        let pause = keys.set_pause(&key, Pausable::Deposits, Some(10));
        self.measure("set_pause", &pause, &[&admin])?;
        let propose = keys.propose_role(&key, RoleKind::Manager, self.user.pubkey());
        self.measure("propose_role", &propose, &[&admin])?;
        let user = self.user.insecure_clone();
        let accept = keys.accept_role(&user.pubkey(), RoleKind::Manager);
        self.measure("accept_role", &accept, &[&user])
    }
}

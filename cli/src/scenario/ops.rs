//! From operations to transactions.

use super::{
    format::{Op, Paused, Step},
    runner::{user_key, Failure, Runner},
};
use crate::vm::{burn, keypair, mint_to};
use liquid_restaking_sdk::{
    address,
    program::state::{Lrt, Pausable},
    Instruction, TicketKeys,
};
use solana_keypair::Keypair;
use solana_signer::Signer;

impl Runner {
    pub(super) fn perform(&mut self, step: &Step) -> Result<u64, Failure> {
        let as_name = step.signed_as.as_deref();
        match &step.op {
            Op::Deposit {
                user,
                amount,
                min_shares,
            } => {
                let key = user_key(user);
                let deposit = self.keys.deposit(&key.pubkey(), *amount, *min_shares);
                self.send(vec![deposit], Some(&key), as_name)
            }
            Op::RequestWithdraw {
                user,
                shares,
                ticket,
            } => self.request(user, *shares, ticket, as_name),
            Op::Settle => {
                let pool = self.pool()?;
                if pool.queue_length == 0 {
                    return Err(Failure::without_asking("NothingToDo"));
                }
                self.send(vec![self.keys.settle(pool.head_epoch)], None, as_name)
            }
            Op::Claim { ticket } => {
                let keys = self.ticket(ticket)?;
                let claim = self.keys.claim(&keys, &keys.owner);
                self.send(vec![claim], Some(&self.owner_key(&keys)?), as_name)
            }
            Op::Cancel { ticket } => {
                let keys = self.ticket(ticket)?;
                let cancel = self.keys.cancel_withdraw(&keys);
                self.send(vec![cancel], Some(&self.owner_key(&keys)?), as_name)
            }
            Op::TransferTicket { ticket, to } => {
                let keys = self.ticket(ticket)?;
                let new_owner = user_key(to).pubkey();
                let transfer = self.keys.transfer_ticket(&keys, &new_owner);
                let units = self.send(vec![transfer], Some(&self.owner_key(&keys)?), as_name)?;
                for (_, known) in self.tickets.iter_mut().filter(|(name, _)| name == ticket) {
                    known.owner = new_owner;
                }
                Ok(units)
            }
            Op::RedeemInstant {
                user,
                shares,
                min_assets,
            } => {
                let key = user_key(user);
                let redeem = self
                    .keys
                    .redeem_instant(&key.pubkey(), *shares, *min_assets);
                self.send(vec![redeem], Some(&key), as_name)
            }
            Op::Donate { amount } => {
                let issuer = keypair("collateral issuer");
                let (mint, vault) = (&self.keys.collateral_mint, &self.keys.vault);
                let donate = mint_to(mint, vault, &issuer.pubkey(), *amount);
                // Nobody's: the runner mints, whoever signs the step.
                self.send(vec![donate], Some(&issuer), None)
            }
            Op::BurnLrt { user, shares } => {
                let key = user_key(user);
                let from = self.keys.of(&key.pubkey()).lrt;
                let burn = burn(&from, &self.keys.lrt_mint, &key.pubkey(), *shares);
                self.send(vec![burn], Some(&key), as_name)
            }
            Op::Sweep => self.send(vec![self.keys.sweep_surplus()], None, as_name),
            Op::Accrue => self.send(vec![self.keys.accrue()], None, as_name),
            Op::Collect => {
                let keeper = keypair("keeper");
                let collect = self.keys.collect_fees(&self.fee_wallet, &keeper.pubkey());
                self.send(vec![collect], Some(&keeper), as_name)
            }
            Op::Pause { what, slots } => {
                let guardian = keypair("guardian");
                let pause = |what: &Paused| {
                    let what = match what {
                        Paused::Deposit => Pausable::Deposits,
                        Paused::Instant => Pausable::InstantExits,
                    };
                    self.keys.set_pause(&guardian.pubkey(), what, Some(*slots))
                };
                let pauses = what.iter().map(pause).collect();
                self.send(pauses, Some(&guardian), as_name)
            }
            Op::Warp { slots } => {
                let slot = self.vm.slot().checked_add(*slots);
                let slot = slot.ok_or_else(|| Failure::without_asking("MathOverflow"))?;
                let before = self.vm.slot();
                self.vm.set_slot(slot);
                if self.observed().is_err() {
                    self.vm.set_slot(before);
                    return Err(Failure::without_asking("MathOverflow"));
                }
                Ok(0)
            }
        }
    }

    fn request(
        &mut self,
        user: &str,
        shares: u64,
        ticket: &str,
        as_name: Option<&str>,
    ) -> Result<u64, Failure> {
        let key = user_key(user);
        let lrt: Lrt = self.lrt()?;
        let pool = self.pool()?;
        let epoch = lrt.epoch_of(self.vm.slot());
        let nonce = self.steps; // no two steps share one
        let tail = (pool.queue_length > 0).then_some(pool.tail_epoch);
        let request = self
            .keys
            .request_withdraw(&key.pubkey(), shares, nonce, epoch, tail);
        let units = self.send(vec![request], Some(&key), as_name)?;
        let keys = TicketKeys {
            ticket: address::ticket(&self.keys.stake_pool, &key.pubkey(), nonce).0,
            owner: key.pubkey(),
            batch_epoch: epoch,
            rent_payer: key.pubkey(),
        };
        self.tickets.push((ticket.to_owned(), keys));
        Ok(units)
    }

    /// Sends one transaction. With `as_name`, whoever that is signs in `signer`'s place; nothing else changes.
    fn send(
        &mut self,
        mut instructions: Vec<Instruction>,
        signer: Option<&Keypair>,
        as_name: Option<&str>,
    ) -> Result<u64, Failure> {
        let Some(expected) = signer else {
            return Ok(self.vm.send(&instructions, &[])?.compute_units_consumed);
        };
        let Some(name) = as_name else {
            return Ok(self
                .vm
                .send(&instructions, &[expected])?
                .compute_units_consumed);
        };
        let other = user_key(name);
        if self.vm.account(&other.pubkey()).is_none() {
            self.vm.fund(&other.pubkey());
        }
        for meta in instructions.iter_mut().flat_map(|i| &mut i.accounts) {
            if meta.is_signer && meta.pubkey == expected.pubkey() {
                meta.pubkey = other.pubkey();
            }
        }
        Ok(self
            .vm
            .send(&instructions, &[&other])?
            .compute_units_consumed)
    }
}

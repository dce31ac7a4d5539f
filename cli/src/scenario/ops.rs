//! From operations to transactions.

use super::{
    format::Step,
    op::{Op, Paused},
    runner::{user_key, Failure, Runner},
    slashing_ops::resolver_key,
};
use crate::vm::{burn, keypair, mint_to};
use liquid_restaking_sdk::{
    address,
    anchor_lang::prelude::Pubkey,
    program::state::{AvsOffer, Lrt, Pausable},
    registry, Instruction, TicketKeys,
};
use solana_keypair::Keypair;
use solana_signer::Signer;

impl Runner {
    pub(super) fn perform(&mut self, step: &Step) -> Result<(), Failure> {
        let as_name = step.signed_as.as_deref();
        match &step.op {
            Op::Deposit {
                user,
                amount,
                min_shares,
            } => {
                let key = user_key(user);
                let deposit = self.keys.deposit(&key.pubkey(), *amount, *min_shares);
                self.send(vec![deposit], &[&key], as_name)
            }
            Op::RequestWithdraw {
                user,
                shares,
                ticket,
            } => self.request(user, *shares, ticket, as_name),
            Op::Settle => {
                let pool = self.pool()?;
                if pool.queue_length == 0 {
                    return Err(Failure::named("NothingToDo"));
                }
                self.send(vec![self.keys.settle(pool.head_epoch)], &[], as_name)
            }
            Op::Claim { ticket } => {
                let keys = self.ticket(ticket)?;
                let claim = self.keys.claim(&keys, &keys.owner);
                self.send(vec![claim], &[&self.owner_key(&keys)?], as_name)
            }
            Op::Cancel { ticket } => {
                let keys = self.ticket(ticket)?;
                let cancel = self.keys.cancel_withdraw(&keys);
                self.send(vec![cancel], &[&self.owner_key(&keys)?], as_name)
            }
            Op::TransferTicket { ticket, to } => {
                let keys = self.ticket(ticket)?;
                let new_owner = user_key(to).pubkey();
                let transfer = self.keys.transfer_ticket(&keys, &new_owner);
                self.send(vec![transfer], &[&self.owner_key(&keys)?], as_name)?;
                for (_, known) in self.tickets.iter_mut().filter(|(name, _)| name == ticket) {
                    known.owner = new_owner;
                }
                Ok(())
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
                self.send(vec![redeem], &[&key], as_name)
            }
            Op::Donate { amount } => {
                let issuer = keypair("collateral issuer");
                let (mint, vault) = (&self.keys.collateral_mint, &self.keys.vault);
                let donate = mint_to(mint, vault, &issuer.pubkey(), *amount);
                // Nobody's: the runner mints, whoever signs the step.
                self.send(vec![donate], &[&issuer], None)
            }
            Op::BurnLrt { user, shares } => {
                let key = user_key(user);
                let from = self.keys.of(&key.pubkey()).lrt;
                let burn = burn(&from, &self.keys.lrt_mint, &key.pubkey(), *shares);
                self.send(vec![burn], &[&key], as_name)
            }
            Op::Sweep => self.send(vec![self.keys.sweep_surplus()], &[], as_name),
            Op::Accrue => self.send(vec![self.keys.accrue()], &[], as_name),
            Op::Collect => self.collect(as_name),
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
                self.send(pauses, &[&guardian], as_name)
            }
            Op::Warp { slots } => self.advance(*slots),
            Op::Operator {
                name,
                commission_bps,
            } => self.introduce_operator(name, *commission_bps, as_name),
            Op::Avs {
                name,
                terms,
                cap_bps,
                destination,
            } => {
                let destination = destination.as_deref().map(|name| user_key(name).pubkey());
                let offer = AvsOffer {
                    slasher: user_key(name).pubkey(),
                    resolver: resolver_key(name).pubkey(),
                    destination: destination.unwrap_or_default(), // the default key: burned
                    terms: *terms,
                };
                self.introduce_avs(name, offer, *cap_bps, as_name)
            }
            Op::OptIn { operator, avs } => self.opt_in(operator, avs, as_name),
            Op::OptOut { operator, avs } => self.opt_out(operator, avs, as_name),
            Op::Bond { operator, amount } => self.bond(operator, *amount, as_name),
            Op::WithdrawBond { operator, amount } => {
                let key = self.operator(operator)?;
                let authority = user_key(operator);
                let withdraw = self.keys.withdraw_bond(&key, &authority.pubkey(), *amount);
                self.send(vec![withdraw], &[&authority], as_name)
            }
            Op::Delegate { operator, amount } => {
                let key = self.operator(operator)?;
                let manager = keypair("manager");
                let delegate = self.keys.delegate(&manager.pubkey(), &key, *amount);
                self.send(vec![delegate], &[&manager], as_name)
            }
            Op::Undelegate { operator, amount } => {
                let key = self.operator(operator)?;
                let manager = keypair("manager");
                let undelegate = self.keys.undelegate(&manager.pubkey(), &key, *amount);
                self.send(vec![undelegate], &[&manager], as_name)
            }
            Op::Allocate {
                operator,
                avs,
                amount,
            } => {
                let (operator, avs) = (self.operator(operator)?, self.avs(avs)?);
                let manager = keypair("manager");
                let allocate = self
                    .keys
                    .allocate(&manager.pubkey(), &operator, &avs, *amount);
                self.send(vec![allocate], &[&manager], as_name)
            }
            Op::Deallocate {
                operator,
                avs,
                amount,
            } => {
                let (operator, avs) = (self.operator(operator)?, self.avs(avs)?);
                let manager = keypair("manager");
                let deallocate = self
                    .keys
                    .deallocate(&manager.pubkey(), &operator, &avs, *amount);
                self.send(vec![deallocate], &[&manager], as_name)
            }
            Op::Release { operator, avs } => {
                let (operator, avs) = (self.operator(operator)?, self.avs(avs)?);
                self.send(vec![self.keys.release(&operator, &avs)], &[], as_name)
            }
            Op::Retire { operator } => {
                let key = self.operator(operator)?;
                let authority = user_key(operator);
                let retire = registry::retire_operator(&key, &authority.pubkey());
                self.send(vec![retire], &[&authority], as_name)
            }
            Op::ForceExit { operator } => self.force_exit(operator, as_name),
            Op::Rewards {
                operator,
                avs,
                amount,
                payer,
            } => self.pay_rewards(operator, avs, *amount, *payer, as_name),
            Op::Stream {
                name,
                decimals,
                amount,
                slots,
            } => self.open_stream(name, *decimals, *amount, *slots, as_name),
            Op::StakePosition { user, shares } => {
                let key = user_key(user);
                let stake = self.keys.stake_position(&key.pubkey(), *shares);
                self.send(vec![stake], &[&key], as_name)
            }
            Op::UnstakePosition { user, shares } => {
                let key = user_key(user);
                let unstake = self.keys.unstake_position(&key.pubkey(), *shares);
                self.send(vec![unstake], &[&key], as_name)
            }
            Op::ClaimStream { user, stream } => {
                let (key, stream) = (user_key(user), self.stream(stream)?);
                let wallet = key.pubkey();
                let claim = self.keys.claim_stream(&wallet, &wallet, &stream);
                self.send(vec![claim], &[&key], as_name)
            }
            Op::ProposeSlash {
                operator,
                avs,
                amount,
            } => self.propose_slash(operator, avs, *amount, as_name),
            Op::VetoSlash { operator, avs } => self.veto_slash(operator, avs, as_name),
            Op::ExecuteSlash { operator, avs } => self.execute_slash(operator, avs, as_name),
            Op::ExpireSlash { operator, avs } => {
                let on = self.proposal(operator, avs)?;
                self.send(vec![self.keys.expire_slash(&on)], &[], as_name)
            }
            Op::EndAvs { avs } => {
                let avs = self.avs(avs)?;
                let guardian = keypair("guardian");
                let end = self.keys.end_avs(&guardian.pubkey(), &avs);
                self.send(vec![end], &[&guardian], as_name)
            }
        }
    }

    fn request(
        &mut self,
        user: &str,
        shares: u64,
        ticket: &str,
        as_name: Option<&str>,
    ) -> Result<(), Failure> {
        let key = user_key(user);
        let lrt: Lrt = self.lrt()?;
        let pool = self.pool()?;
        let epoch = lrt.epoch_of(self.vm.slot());
        let nonce = self.steps; // no two steps share one
        let tail = (pool.queue_length > 0).then_some(pool.tail_epoch);
        let request = self
            .keys
            .request_withdraw(&key.pubkey(), shares, nonce, epoch, tail);
        self.send(vec![request], &[&key], as_name)?;
        let keys = TicketKeys {
            ticket: address::ticket(&self.keys.stake_pool, &key.pubkey(), nonce).0,
            owner: key.pubkey(),
            batch_epoch: epoch,
            rent_payer: key.pubkey(),
        };
        self.tickets.push((ticket.to_owned(), keys));
        Ok(())
    }

    /// Sends one transaction, signed by `actors`. With `as_name`, whoever that is signs in their place; nothing else
    /// changes.
    pub(super) fn send(
        &mut self,
        instructions: Vec<Instruction>,
        actors: &[&Keypair],
        as_name: Option<&str>,
    ) -> Result<(), Failure> {
        self.send_with(instructions, &[], actors, as_name)
    }

    /// The same with keys that sign whoever acts: those that make an address, and the issuer of the collateral.
    pub(super) fn send_with(
        &mut self,
        mut instructions: Vec<Instruction>,
        always: &[&Keypair],
        actors: &[&Keypair],
        as_name: Option<&str>,
    ) -> Result<(), Failure> {
        let other = as_name.filter(|_| !actors.is_empty()).map(user_key);
        let mut signers = always.to_vec();
        match &other {
            None => signers.extend(actors),
            Some(other) => {
                self.fund_if_new(&other.pubkey());
                for meta in instructions.iter_mut().flat_map(|i| &mut i.accounts) {
                    if meta.is_signer && actors.iter().any(|key| key.pubkey() == meta.pubkey) {
                        meta.pubkey = other.pubkey();
                    }
                }
                signers.push(other);
            }
        }
        signers.sort_by_key(|key| key.pubkey());
        signers.dedup_by_key(|key| key.pubkey()); // an operator and an AVS of one name are one signer
        let outcome = self.vm.send(&instructions, &signers);
        let units = match &outcome {
            Ok(done) => done.compute_units_consumed,
            Err(refused) => refused.compute_units,
        };
        self.units = self.units.saturating_add(units);
        outcome?;
        Ok(())
    }

    pub(super) fn fund_if_new(&mut self, key: &Pubkey) {
        if self.vm.account(key).is_none() {
            self.vm.fund(key);
        }
    }
}

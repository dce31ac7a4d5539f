//! The operations of operators and AVSs that are more than one instruction.

use super::runner::{user_key, Failure, Runner};
use crate::vm::{keypair, mint_to};
use liquid_restaking_sdk::{
    address,
    anchor_lang::prelude::Pubkey,
    program::{
        instructions::{RegisterAvsArgs, RegisterOperatorArgs},
        state::{AvsOffer, Delegation, OptIn, PoolAvs, Side},
    },
    registry, Instruction,
};
use solana_keypair::Keypair;
use solana_signer::Signer;

impl Runner {
    /// Registers an operator and lets the LRT accept it, without a cap of its own. The clock moves by the timelock even
    /// where nothing waits for it, so that a file's slots do not depend on whether somebody has deposited before.
    pub(super) fn introduce_operator(
        &mut self,
        name: &str,
        commission_bps: u16,
        as_name: Option<&str>,
    ) -> Result<(), Failure> {
        let (base, authority) = (keypair(&format!("operator {name} base")), user_key(name));
        let (admin, wallet) = (keypair("admin"), authority.pubkey());
        let operator = address::operator(&base.pubkey());
        let args = RegisterOperatorArgs {
            commission_bps,
            uri: String::new(),
        };
        let register = registry::register_operator(&base.pubkey(), &wallet, &wallet, args);
        let accept = self
            .keys
            .set_operator_cap(&admin.pubkey(), &operator, u64::MAX);
        self.atomically(|runner| {
            runner.introduce(vec![register, accept], &base, &authority, as_name)?;
            let delegation: Delegation = runner.existing(&runner.keys.delegation(&operator))?;
            if delegation.cap.timelock.is_pending() {
                let apply = runner.keys.apply_operator_cap(&operator);
                runner.send(vec![apply], &[], as_name)?;
            }
            runner.operators.push((name.to_owned(), operator));
            Ok(())
        })
    }

    /// The same for an AVS.
    pub(super) fn introduce_avs(
        &mut self,
        name: &str,
        offer: AvsOffer,
        cap_bps: u16,
        as_name: Option<&str>,
    ) -> Result<(), Failure> {
        let (base, authority) = (keypair(&format!("avs {name} base")), user_key(name));
        let (admin, wallet) = (keypair("admin"), authority.pubkey());
        let avs = address::avs(&base.pubkey());
        let args = RegisterAvsArgs {
            offer,
            uri: String::new(),
        };
        let register = registry::register_avs(&base.pubkey(), &wallet, &wallet, args);
        let accept = self.keys.propose_avs(&admin.pubkey(), &avs, cap_bps);
        self.atomically(|runner| {
            runner.introduce(vec![register, accept], &base, &authority, as_name)?;
            let pool_avs: PoolAvs = runner.existing(&runner.keys.pool_avs(&avs))?;
            if pool_avs.timelock.is_pending() {
                runner.send(vec![runner.keys.apply_avs(&avs)], &[], as_name)?;
            }
            runner.avss.push((name.to_owned(), avs));
            Ok(())
        })
    }

    /// Registers and proposes the acceptance, in one transaction, and lets the timelock pass.
    fn introduce(
        &mut self,
        instructions: Vec<Instruction>,
        base: &Keypair,
        authority: &Keypair,
        as_name: Option<&str>,
    ) -> Result<(), Failure> {
        let (admin, wallet) = (keypair("admin"), authority.pubkey());
        self.fund_if_new(&wallet);
        self.send_with(instructions, &[base], &[authority, &admin], as_name)?;
        self.open_accounts_if_none(&wallet);
        self.advance(self.lrt()?.params.timelock_slots)
    }

    /// Both sides consent, in one transaction; then their consent warms. A side that has not withdrawn its consent has
    /// nothing to give again, unless neither has: that is for the program to refuse.
    pub(super) fn opt_in(
        &mut self,
        operator: &str,
        avs: &str,
        as_name: Option<&str>,
    ) -> Result<(), Failure> {
        let (operator_key, avs_key) = (self.operator(operator)?, self.avs(avs)?);
        let known: Option<OptIn> = self.vm.state(&address::opt_in(&operator_key, &avs_key));
        let (by_operator, by_avs) = known.map_or((false, false), |opt_in| {
            (opt_in.by_operator.holds(), opt_in.by_avs.holds())
        });
        let mut missing = Vec::new();
        if !by_operator || by_avs {
            missing.push((Side::Operator, user_key(operator)));
        }
        if !by_avs || by_operator {
            missing.push((Side::Avs, user_key(avs)));
        }
        let consents = missing.iter().map(|(side, authority)| {
            registry::opt_in(&operator_key, &avs_key, &authority.pubkey(), *side)
        });
        let consents = consents.collect();
        let actors: Vec<_> = missing.iter().map(|(_, authority)| authority).collect();
        self.atomically(|runner| {
            runner.send(consents, &actors, as_name)?;
            runner.advance(runner.lrt()?.params.warmup_slots)
        })
    }

    pub(super) fn opt_out(
        &mut self,
        operator: &str,
        avs: &str,
        as_name: Option<&str>,
    ) -> Result<(), Failure> {
        let (operator_key, avs_key) = (self.operator(operator)?, self.avs(avs)?);
        let authority = user_key(operator);
        let opt_out =
            registry::opt_out(&operator_key, &avs_key, &authority.pubkey(), Side::Operator);
        self.send(vec![opt_out], &[&authority], as_name)
    }

    /// The runner mints the bond to the operator's account, from which it is posted, in one transaction.
    pub(super) fn bond(
        &mut self,
        operator: &str,
        amount: u64,
        as_name: Option<&str>,
    ) -> Result<(), Failure> {
        let key = self.operator(operator)?;
        if amount == 0 {
            return Ok(());
        }
        let (issuer, authority) = (keypair("collateral issuer"), user_key(operator));
        let (mint, own) = (self.keys.collateral_mint, self.keys.of(&authority.pubkey()));
        let minted = mint_to(&mint, &own.collateral, &issuer.pubkey(), amount);
        let post = self.keys.post_bond(&key, &authority.pubkey(), amount);
        self.send_with(vec![minted, post], &[&issuer], &[&authority], as_name)
    }

    /// All that anyone may do now, each in a transaction of its own: what the program refuses is left out. Releases only
    /// prepare it. Where neither a retirement nor an overdue queue lets anyone do more, the step fails with what the last
    /// call, the one that pays the queue, was refused for.
    pub(super) fn force_exit(
        &mut self,
        operator: &str,
        as_name: Option<&str>,
    ) -> Result<(), Failure> {
        let operator = self.operator(operator)?;
        let avss = self.avss.iter().map(|(_, avs)| *avs);
        let allocated: Vec<Pubkey> = avss
            .filter(|avs| {
                let allocation = self.keys.allocation(&operator, avs);
                self.vm.account(&allocation).is_some()
            })
            .collect();
        let pool = self.pool()?;
        let head = (pool.queue_length > 0).then_some(pool.head_epoch);
        self.atomically(|runner| {
            let keys = runner.keys;
            let mut is_accepted =
                |instruction| runner.send(vec![instruction], &[], as_name).is_ok();
            for avs in &allocated {
                is_accepted(keys.release(&operator, avs));
            }
            let mut is_something_done =
                head.is_some_and(|epoch| is_accepted(keys.open_round(epoch)));
            for avs in &allocated {
                is_something_done |= is_accepted(keys.force_deallocate(&operator, avs));
            }
            let undelegate = keys.force_undelegate(&operator, head);
            let undelegated = runner.send(vec![undelegate], &[], as_name);
            if is_something_done {
                return Ok(());
            }
            undelegated
        })
    }
}

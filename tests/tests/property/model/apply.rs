//! What each operation does to the numbers (DESIGN §4, §7, §8).

use super::{bps, floor, least, q, Avs, Batch, Ledger, Operator, Ticket, FEE_WALLET, Q};
use lrt_cli::scenario::Op;
use num_traits::{One, Zero};

/// The ledger that an accepted step should leave.
pub fn after(before: &Ledger, op: &Op, slot: u64) -> Ledger {
    let mut ledger = before.clone();
    ledger.pass(slot);
    let l = &mut ledger;
    match op {
        Op::Deposit { user, amount, .. } => l.deposit(user, *amount),
        Op::RequestWithdraw {
            user,
            shares,
            ticket,
        } => l.request(user, *shares, ticket),
        Op::Settle => l.settle(),
        Op::Claim { ticket } => l.claim(ticket),
        Op::Cancel { ticket } => l.cancel(ticket),
        Op::TransferTicket { ticket, to } => {
            let ticket = l.tickets.get_mut(ticket).expect("an open ticket");
            ticket.owner = to.clone();
        }
        Op::RedeemInstant { user, shares, .. } => l.redeem(user, *shares),
        Op::Donate { amount } => l.vault += q(*amount),
        Op::BurnLrt { user, shares } => l.wallet(user).lrt -= q(*shares),
        Op::Sweep => l.join(l.surplus()),
        Op::Collect => l.collect(),
        Op::StakePosition { user, shares } => {
            l.wallet(user).lrt -= q(*shares);
            l.wallet(user).staked += q(*shares);
        }
        Op::UnstakePosition { user, shares } => {
            l.wallet(user).lrt += q(*shares);
            l.wallet(user).staked -= q(*shares);
        }
        Op::Rewards {
            operator, amount, ..
        } => l.reward(operator, q(*amount)),
        Op::Operator {
            name,
            commission_bps,
        } => {
            let commission_bps = *commission_bps;
            let operator = Operator {
                commission_bps,
                ..Operator::default()
            };
            l.operators.insert(name.clone(), operator);
            l.wallets.entry(name.clone()).or_default();
        }
        Op::Avs {
            name,
            terms,
            destination,
            ..
        } => {
            let avs = Avs {
                veto: terms.veto_window,
                execution: terms.execution_window,
                exit_delay: terms.exit_delay,
                slash_cap_bps: terms.slash_cap_bps,
                destination: destination.clone(),
                ended: 0,
            };
            l.avss.insert(name.clone(), avs);
        }
        Op::Bond { operator, amount } => {
            l.operator(operator).bond += q(*amount);
            l.vault += q(*amount);
        }
        Op::WithdrawBond { operator, amount } => l.withdraw_bond(operator, q(*amount)),
        Op::Delegate { operator, amount } => {
            l.idle -= q(*amount);
            l.operator(operator).active += q(*amount);
        }
        Op::Undelegate { operator, amount } => {
            l.idle += q(*amount);
            l.operator(operator).active -= q(*amount);
        }
        Op::Allocate {
            operator,
            avs,
            amount,
        } => l.allocate(operator, avs, q(*amount)),
        Op::Deallocate {
            operator,
            avs,
            amount,
        } => l.deallocate(operator, avs, q(*amount)),
        Op::Release { operator, avs } => l.allocation(operator, avs).ripen(slot),
        Op::Retire { operator } => l.operator(operator).retired = true,
        Op::ForceExit { operator } => l.force_exit(operator),
        Op::ProposeSlash {
            operator,
            avs,
            amount,
        } => l.propose(operator, avs, q(*amount)),
        Op::VetoSlash { operator, avs } | Op::ExpireSlash { operator, avs } => {
            l.let_go(operator, avs);
        }
        Op::ExecuteSlash { operator, avs } => l.execute(operator, avs),
        Op::EndAvs { avs } => l.avss.get_mut(avs).expect("an AVS").ended = slot,
        Op::OptIn { .. }
        | Op::OptOut { .. }
        | Op::Accrue
        | Op::Warp { .. }
        | Op::Pause { .. }
        | Op::Stream { .. }
        | Op::ClaimStream { .. } => {}
    }
    ledger
}

impl Ledger {
    pub(super) fn wallet(&mut self, name: &str) -> &mut super::Wallet {
        self.wallets.get_mut(name).expect("a known wallet")
    }

    pub(super) fn operator(&mut self, name: &str) -> &mut Operator {
        self.operators.get_mut(name).expect("a known operator")
    }

    /// The drip's line goes on to `slot`; it stands still while there are hardly any shares.
    fn pass(&mut self, slot: u64) {
        let passed = slot - self.slot;
        if !self.drip.is_zero() && passed > 0 {
            if self.supply < self.virtual_units() {
                self.drip_end += passed;
            } else {
                let share = Q::new(passed.into(), (self.drip_end - self.slot).into());
                let released = &self.drip * least(share, Q::one());
                self.drip -= &released;
                self.idle += released;
            }
            if self.drip.is_zero() {
                self.drip_end = 0;
            }
        }
        self.slot = slot;
    }

    /// Adds to the drip, whose end becomes the weighted mean, rounded towards what was left.
    fn join(&mut self, amount: Q) {
        if amount.is_zero() {
            return;
        }
        let left = q(self.drip_end.saturating_sub(self.slot));
        let full = q(self.setup.params.drip_slots);
        let mean = (&self.drip * &left + &amount * &full) / (&self.drip + &amount);
        let rounded = if full >= left {
            mean.floor()
        } else {
            mean.ceil()
        };
        self.drip_end = self.slot + floor(&rounded).max(1);
        self.drip += amount;
    }

    fn deposit(&mut self, user: &str, amount: u64) {
        let virtual_units = self.virtual_units();
        let rate = (&self.supply + &virtual_units) / (self.nav() + &virtual_units);
        let gross = (q(amount) * rate).floor();
        let fee = bps(&gross, self.setup.params.deposit_fee_bps);
        self.supply += &gross;
        self.wallet(user).collateral -= q(amount);
        self.wallet(user).lrt += gross - &fee;
        self.fee_shares += fee;
        self.idle += q(amount);
        self.vault += q(amount);
    }

    fn request(&mut self, user: &str, shares: u64, name: &str) {
        let (fixed, params) = (self.setup.fixed, self.setup.params);
        let fee = bps(&q(shares), params.withdrawal_fee_bps);
        let net = q(shares) - &fee;
        self.wallet(user).lrt -= q(shares);
        self.fee_shares += fee;
        let epoch = self.epoch();
        let due = (epoch + params.cooldown_epochs + 1) * fixed.epoch_length;
        let opened = || Batch {
            due,
            ..Batch::default()
        };
        self.batches.entry(epoch).or_insert_with(opened).shares += &net;
        let ticket = Ticket {
            owner: user.to_owned(),
            batch: epoch,
            shares: net,
            claimed: Q::zero(),
        };
        self.tickets.insert(name.to_owned(), ticket);
    }

    fn settle(&mut self) {
        let (price, idle) = (self.exit_price(), self.idle.clone());
        let head = self.head().expect("a batch in the queue");
        let batch = self.batches.get_mut(&head).expect("the head");
        let rest = batch.unsettled();
        let shares = if &rest * &price <= idle {
            rest.clone()
        } else {
            (&idle / &price).floor()
        };
        let assets = &shares * &price;
        batch.settled += &shares;
        batch.assets += &assets;
        batch.left_queue = shares == rest;
        self.supply -= shares;
        self.idle -= &assets;
        self.claimable += assets;
    }

    /// Pays what a ticket is entitled to and has not had.
    fn pay_ticket(&mut self, ticket: &Ticket, entitled: &Q) {
        let assets = entitled - &ticket.claimed;
        self.claimable -= &assets;
        self.vault -= &assets;
        self.wallet(&ticket.owner).collateral += assets;
    }

    fn claim(&mut self, name: &str) {
        let ticket = self.tickets[name].clone();
        let entitled = self.entitled(&ticket);
        self.pay_ticket(&ticket, &entitled);
        let batch = self.batches.get_mut(&ticket.batch).expect("its batch");
        batch.claimed += &entitled - &ticket.claimed;
        if batch.unsettled().is_zero() {
            self.tickets.remove(name);
        } else {
            self.tickets.get_mut(name).expect("it is open").claimed = entitled;
        }
    }

    fn cancel(&mut self, name: &str) {
        if self.batches[&self.tickets[name].batch]
            .unsettled()
            .is_zero()
        {
            return self.claim(name);
        }
        let ticket = self.tickets.remove(name).expect("an open ticket");
        let (entitled, back) = (self.entitled(&ticket), self.waiting(&ticket).floor());
        self.pay_ticket(&ticket, &entitled);
        let is_late = self.epoch() > ticket.batch;
        let fee = match is_late {
            true => bps(&back, self.setup.params.withdrawal_fee_bps),
            false => Q::zero(),
        };
        let batch = self.batches.get_mut(&ticket.batch).expect("its batch");
        batch.settled -= &ticket.shares - &back;
        batch.shares -= &ticket.shares;
        batch.assets -= entitled;
        batch.claimed -= &ticket.claimed;
        self.wallet(&ticket.owner).lrt += back - &fee;
        self.fee_shares += fee;
    }

    fn redeem(&mut self, user: &str, shares: u64) {
        let price = self.exit_price();
        let fee_shares = bps(&q(shares), self.setup.params.instant_fee_bps).ceil();
        let gross = (q(shares) * &price).floor();
        let net = ((q(shares) - fee_shares) * price).floor();
        self.supply -= q(shares);
        self.idle -= &gross;
        self.vault -= &net;
        self.wallet(user).lrt -= q(shares);
        self.wallet(user).collateral += &net;
        self.join(gross - net);
    }

    fn reward(&mut self, operator: &str, amount: Q) {
        let commission = bps(&amount, self.operators[operator].commission_bps).ceil();
        let rest = &amount - &commission;
        let fee = bps(&rest, self.setup.params.reward_fee_bps).ceil();
        self.vault += amount;
        self.operator(operator).owed += commission;
        self.fees_owed += &fee;
        self.join(rest - fee);
    }

    fn collect(&mut self) {
        self.vault -= &self.fees_owed + self.operators_owed();
        let fees_owed = std::mem::take(&mut self.fees_owed);
        let fee_shares = std::mem::take(&mut self.fee_shares);
        self.wallet(FEE_WALLET).collateral += fees_owed;
        self.wallet(FEE_WALLET).lrt += fee_shares;
        for (name, operator) in &mut self.operators {
            let wallet = self.wallets.get_mut(name).expect("an operator's wallet");
            wallet.collateral += std::mem::take(&mut operator.owed);
        }
    }

    /// Pays what has cooled and is not needed, then cools `amount` with what still does.
    fn withdraw_bond(&mut self, name: &str, amount: Q) {
        let (slot, params) = (self.slot, self.setup.params);
        let least_bond = self.least_bond(name);
        let operator = self.operator(name);
        let spare = (&operator.bond - least_bond).max(Q::zero());
        let paid = match slot >= operator.bond_slot {
            true => least(operator.bond_cooling.clone(), spare),
            false => Q::zero(),
        };
        operator.bond -= &paid;
        operator.bond_cooling -= &paid;
        if !amount.is_zero() {
            operator.bond_cooling += amount;
            operator.bond_slot = slot + params.bond_cooldown_slots;
        }
        self.vault -= &paid;
        self.wallet(name).collateral += paid;
    }

    /// What a bond may not fall below by a withdrawal.
    pub fn least_bond(&self, name: &str) -> Q {
        let for_stake = match self.setup.params.bond_multiple {
            0 => Q::zero(),
            multiple => (&self.operators[name].active / q(multiple.into())).ceil(),
        };
        for_stake.max(self.disputed(name))
    }
}

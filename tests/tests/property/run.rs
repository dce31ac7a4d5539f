//! A run: the program and the model beside it, and every check after every step.

use crate::{
    model::{self, Ledger, Streams},
    wealth::Wealth,
};
use liquid_restaking_sdk::{address, program::state::WithdrawBatch};
use lrt_cli::scenario::{Op, Runner, Scenario, Setup, Step};
use std::collections::BTreeMap;

/// How often each operation was accepted, and how often refused: a property of steps that are all refused says nothing.
pub type Counts = BTreeMap<&'static str, (u32, u32)>;

/// A world and what has happened in it.
#[derive(Clone)]
pub struct Run {
    pub runner: Runner,
    setup: Setup,
    users: Vec<(String, u64)>,
    pub ledger: Ledger,
    wealth: Wealth,
    streams: Streams,
    pub done: Vec<Step>,
}

impl Run {
    pub fn new(elf: &[u8], setup: Setup, users: &[(String, u64)]) -> Self {
        let mut runner = Runner::new(elf, &setup, users).expect("a world");
        let line = runner.observe().expect("a line");
        let ledger = model::read(&runner, setup, &line, None).expect("a sound ledger");
        Self {
            wealth: Wealth::new(&ledger),
            streams: Streams::default(),
            runner,
            setup,
            users: users.to_vec(),
            ledger,
            done: Vec::new(),
        }
    }

    /// The run as a file.
    pub fn scenario(&self) -> Scenario {
        Scenario {
            setup: self.setup,
            users: self.users.clone(),
            steps: self.done.clone(),
        }
    }

    /// Runs a step and checks it. Whether it was accepted, or what is wrong.
    pub fn step(&mut self, step: Step) -> Result<bool, String> {
        let told = format!("step {}, {}", self.done.len() + 1, step.to_json());
        self.done.push(step.clone());
        let checked = self.check(&step);
        checked.map_err(|what| format!("{told}: {what}"))
    }

    fn check(&mut self, step: &Step) -> Result<bool, String> {
        let line = self.runner.step(step).map_err(|error| error.to_string())?;
        let summary = self.runner.summary();
        if !summary.held() {
            return Err(summary.invariants.to_string());
        }
        let mut real = model::read(&self.runner, self.setup, &line, Some(&self.ledger))?;
        if !line.ok {
            model::unchanged(&self.ledger, &real).map_err(|what| format!("refused, but {what}"))?;
            if step.signed_as.is_none() && model::must_succeed(&self.ledger, &step.op) {
                return Err(format!("refused: {:?}", line.error));
            }
            return Ok(false);
        }
        if let (Some(stranger), true) = (&step.signed_as, is_somebodys(&step.op)) {
            return Err(format!("{stranger} may do it"));
        }
        if let Some(why) = model::forbidden(&self.ledger, &step.op) {
            return Err(format!("accepted, but {why}"));
        }
        let should_be = model::after(&self.ledger, &step.op, line.slot);
        model::agree(&should_be, &real)?;
        self.wealth.check(&self.ledger, &real, &step.op)?;
        self.streams
            .follow(&self.ledger, &step.op, line.slot, &self.runner)?;
        if let Op::ProposeSlash { operator, avs, .. } = &step.op {
            let pair = (operator.clone(), avs.clone());
            let opened = real.allocations.get_mut(&pair).expect("the allocation");
            opened.proposed = line.slot;
        }
        self.ledger = real;
        Ok(true)
    }

    /// In the end a keeper closes every batch that can be closed, for which scenarios have no operation: only its dust,
    /// less than a unit a ticket, goes back to idle.
    pub fn close_batches(&mut self) -> Result<(), String> {
        let (keys, tickets) = (self.runner.keys(), self.runner.tickets().len());
        let epochs: Vec<u64> = self.ledger.batches.keys().copied().collect();
        for epoch in epochs {
            let address = address::batch(&keys.stake_pool, epoch);
            let batch: WithdrawBatch = self.runner.vm().state(&address).expect("a batch");
            if batch.left_queue == 0 || batch.shares != batch.shares_closed {
                continue;
            }
            let close = keys.close_batch(epoch, &batch.rent_payer);
            let closed = self.runner.vm_mut().send(&[close], &[]);
            closed.map_err(|refused| format!("close_batch is refused: {}", refused.name))?;
            let dust = batch.assets_settled - batch.assets_claimed;
            if dust > tickets as u64 {
                return Err(format!("batch {epoch} of {tickets} tickets left {dust}"));
            }
        }
        let line = self.runner.observe().map_err(|error| error.to_string())?;
        let real = model::read(&self.runner, self.setup, &line, Some(&self.ledger))?;
        let dust = &real.idle - &self.ledger.idle;
        if dust != &self.ledger.claimable - &real.claimable || !self.runner.summary().held() {
            return Err(format!("batches were closed, and idle got {dust}"));
        }
        self.ledger = real;
        Ok(())
    }
}

/// Whether it takes a certain signature.
fn is_somebodys(op: &Op) -> bool {
    !matches!(
        op,
        Op::Settle
            | Op::Claim { .. }
            | Op::ClaimStream { .. }
            | Op::Donate { .. }
            | Op::Sweep
            | Op::Accrue
            | Op::Collect
            | Op::Warp { .. }
            | Op::Bond { amount: 0, .. }
            | Op::Release { .. }
            | Op::ForceExit { .. }
            | Op::ExecuteSlash { .. }
            | Op::ExpireSlash { .. }
    )
}

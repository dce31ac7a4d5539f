//! What a line says: everything is read from the accounts.

use super::{
    invariants::{broken, Books},
    report::{AllocationLine, Line, LrtLine, OperatorLine, PoolLine, TicketLine, UserLine},
    restaking::Restaking,
    runner::Runner,
};
use anyhow::{Context, Result};
use liquid_restaking_sdk::{
    address,
    program::state::{CollateralMint, WithdrawBatch, WithdrawTicket},
    Observed,
};
use serde_json::{Map, Value};

impl Runner {
    pub(super) fn line(
        &mut self,
        op: &'static str,
        compute_units: u64,
        error: Option<String>,
    ) -> Result<Line> {
        let slot = self.vm.slot();
        let now = self.observed()?;
        let vault_balance = self.vm.token_balance(&self.keys.vault);
        let restaking = self.restaking();
        self.check(op, &now, vault_balance, &restaking)?;

        let (lrt, pool) = (&now.lrt, &now.pool);
        Ok(Line {
            step: self.steps,
            op,
            ok: error.is_none(),
            error,
            compute_units,
            slot,
            lrt: LrtLine {
                supply: lrt.supply,
                nav: lrt.nav()?,
                disputed: lrt.uncovered()?,
                fee_shares: lrt.fee_shares,
            },
            pool: PoolLine {
                idle: pool.idle,
                delegated: pool.delegated,
                drip: now.row()?.drip.rest,
                claimable: pool.claimable,
                bonds: pool.bonds,
                fees_owed: pool.fees_owed,
                operators_owed: pool.operators_owed,
                vault_balance,
            },
            users: self.user_lines()?,
            tickets: self.ticket_lines()?,
            operators: operator_lines(&restaking)?,
            allocations: allocation_lines(&restaking)?,
        })
    }

    fn check(
        &mut self,
        op: &str,
        now: &Observed,
        vault_balance: u64,
        restaking: &Restaking,
    ) -> Result<()> {
        let mint = self
            .vm
            .account(&self.keys.lrt_mint)
            .context("the LRT's mint is gone")?;
        let tickets: Vec<WithdrawTicket> = self
            .tickets
            .iter()
            .filter_map(|(_, keys)| self.vm.state(&keys.ticket))
            .collect();
        let mut epochs: Vec<u64> = self
            .tickets
            .iter()
            .map(|(_, keys)| keys.batch_epoch)
            .collect();
        epochs.sort_unstable();
        epochs.dedup();
        let batches: Vec<WithdrawBatch> = epochs
            .iter()
            .filter_map(|epoch| {
                self.vm
                    .state(&address::batch(&self.keys.stake_pool, *epoch))
            })
            .collect();
        let streams = self.reward_streams();
        let books = Books {
            now,
            vault_balance,
            mint_supply: CollateralMint::parse(&mint.data)?.supply,
            batches: &batches,
            tickets: &tickets,
            restaking,
            streams: streams.as_ref(),
            wallets: self.lrt_in_wallets(),
            slot: self.vm.slot(),
            op,
        };
        for what in broken(&books, &self.before) {
            self.broken.push(format!("step {}: {what}", self.steps));
        }
        self.before.note(now, restaking)
    }

    fn lrt_in_wallets(&self) -> u128 {
        let wallets = self.users.iter().map(|(_, key)| key);
        wallets
            .chain([&self.fee_wallet])
            .map(|key| u128::from(self.vm.token_balance(&self.keys.of(key).lrt)))
            .sum()
    }

    fn user_lines(&self) -> Result<Map<String, Value>> {
        let mut lines = Map::new();
        for (name, key) in &self.users {
            let own = self.keys.of(key);
            let line = UserLine {
                collateral: self.vm.token_balance(&own.collateral),
                lrt: self.vm.token_balance(&own.lrt),
            };
            lines.insert(name.clone(), serde_json::to_value(line)?);
        }
        Ok(lines)
    }

    fn ticket_lines(&self) -> Result<Map<String, Value>> {
        let mut lines = Map::new();
        for (name, keys) in &self.tickets {
            let Some(ticket) = self.vm.state::<WithdrawTicket>(&keys.ticket) else {
                continue;
            };
            let owner = self.user_name(&ticket.owner);
            let line = TicketLine {
                owner: owner.map_or_else(|| ticket.owner.to_string(), str::to_owned),
                batch: ticket.batch_epoch,
                shares: ticket.shares,
                claimed: ticket.claimed,
            };
            lines.insert(name.clone(), serde_json::to_value(line)?);
        }
        Ok(lines)
    }
}

fn operator_lines(restaking: &Restaking) -> Result<Map<String, Value>> {
    let mut lines = Map::new();
    for one in &restaking.operators {
        let line = OperatorLine {
            active: one.delegation.active,
            bond: one.delegation.bond,
            owed: one.delegation.owed,
        };
        lines.insert(one.name.clone(), serde_json::to_value(line)?);
    }
    Ok(lines)
}

fn allocation_lines(restaking: &Restaking) -> Result<Map<String, Value>> {
    let mut lines = Map::new();
    for one in &restaking.operators {
        for (avs, allocation) in &one.allocations {
            let line = AllocationLine {
                stake: allocation.stake,
                warming: allocation.warming,
                cooling: allocation.cooling()?,
                disputed: allocation.disputed,
            };
            let name = format!("{}/{}", one.name, restaking.avs_name(*avs));
            lines.insert(name, serde_json::to_value(line)?);
        }
    }
    Ok(lines)
}

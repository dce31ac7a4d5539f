//! How the queue will be paid, as a table.

use super::{
    restaking::Restaking,
    runner::Runner,
    table::{right_align, table},
};
use anyhow::Result;
use liquid_restaking_sdk::{
    anchor_lang::prelude::Pubkey,
    exit_plan::{ExitPlan, Pledged},
};

impl Runner {
    /// What the queue is owed, what is on its way to it, and what would still have to be deallocated.
    ///
    /// # Errors
    /// When the accounts contradict each other, which no step can bring about.
    pub fn exit_plan(&self) -> Result<ExitPlan> {
        let now = self.observed()?;
        let pledged = pledged(&self.restaking());
        Ok(ExitPlan::read(
            &now.lrt,
            &now.pool,
            self.vm.slot(),
            &pledged,
        )?)
    }

    /// The plan for people, in base units.
    ///
    /// # Errors
    /// As [`Runner::exit_plan`].
    pub fn exit_plan_table(&self) -> Result<String> {
        let plan = self.exit_plan()?;
        let mut rows = table(&["the queue", "amount", "all by then", "in slot"]);
        let mut add = |what: &str, amount: u64, by_then: String, slot: String| {
            rows.add_row([what.to_owned(), amount.to_string(), by_then, slot]);
        };
        let (none, now) = (String::new, self.vm.slot().to_string());
        let at_once = plan.idle.saturating_add(plan.free);
        add("is owed", plan.owed, none(), none());
        add("idle", plan.idle, plan.idle.to_string(), now.clone());
        add("free stake", plan.free, at_once.to_string(), now.clone());
        for freeing in &plan.freeing {
            let by_then = at_once.saturating_add(freeing.by_then).to_string();
            add("cools", freeing.amount, by_then, freeing.slot.to_string());
        }
        add("lacks", plan.shortage, none(), none());
        right_align(&mut rows, 1);
        if plan.by_allocation.is_empty() {
            return Ok(format!("Exit plan in slot {now}, in base units:\n{rows}"));
        }
        let mut missing = table(&[
            "to deallocate",
            "amount",
            "free at once",
            "the rest in slot",
        ]);
        for part in &plan.by_allocation {
            let operator = name(&self.operators, &part.operator);
            let avs = name(&self.avss, &part.avs);
            missing.add_row([
                format!("{operator}/{avs}"),
                part.amount.to_string(),
                part.at_once.to_string(),
                part.release_slot.to_string(),
            ]);
        }
        right_align(&mut missing, 1);
        Ok(format!(
            "Exit plan in slot {now}, in base units:\n{rows}\nWhat would cover what it lacks, if it were deallocated now:\n{missing}"
        ))
    }
}

fn pledged(restaking: &Restaking) -> Vec<Pledged> {
    let operators = restaking.operators.iter();
    let pledged = operators.map(|one| Pledged {
        delegation: one.delegation,
        allocations: one
            .allocations
            .iter()
            .filter_map(|(avs, allocation)| {
                let terms = restaking.avss.get(*avs)?.pool_avs.accepted.terms;
                Some((*allocation, terms))
            })
            .collect(),
    });
    pledged.collect()
}

fn name(known: &[(String, Pubkey)], key: &Pubkey) -> String {
    let found = known.iter().find(|(_, known)| known == key);
    found.map_or_else(|| key.to_string(), |(name, _)| name.clone())
}

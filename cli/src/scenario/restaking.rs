//! The accounts of operators and AVSs, read once for a line, its invariants, and plans.

use super::runner::Runner;
use anyhow::{anyhow, Result};
use liquid_restaking_sdk::{
    address,
    anchor_lang::prelude::Pubkey,
    decode_return,
    program::state::{Allocation, Delegation, Operator, PoolAvs, RiskReport},
};

/// Everything that the operators and AVSs of a file have at the stake pool.
#[derive(Debug)]
pub struct Restaking {
    /// Delegations that exist, in the order in which the file introduces the operators.
    pub operators: Vec<Delegated>,
    /// Acceptances that exist, in the order in which the file introduces the AVSs.
    pub avss: Vec<Accepted>,
}

/// One operator.
#[derive(Debug)]
pub struct Delegated {
    /// Its name in the file.
    pub name: String,
    /// The operator.
    pub operator: Operator,
    /// Its delegation.
    pub delegation: Delegation,
    /// Its allocations that exist, with the AVS's place in [`Restaking::avss`].
    pub allocations: Vec<(usize, Allocation)>,
}

/// One AVS.
#[derive(Debug)]
pub struct Accepted {
    /// Its name in the file.
    pub name: String,
    /// The pool's acceptance.
    pub pool_avs: PoolAvs,
}

impl Restaking {
    /// Every delegation.
    pub fn delegations(&self) -> impl Iterator<Item = &Delegation> {
        self.operators.iter().map(|one| &one.delegation)
    }

    /// Every allocation.
    pub fn allocations(&self) -> impl Iterator<Item = &Allocation> {
        let all = self.operators.iter().flat_map(|one| &one.allocations);
        all.map(|(_, allocation)| allocation)
    }

    /// Name of an AVS, by its place in the list.
    pub fn avs_name(&self, place: usize) -> &str {
        self.avss.get(place).map_or("", |avs| avs.name.as_str())
    }
}

impl Runner {
    /// Reads the accounts as they are stored.
    pub fn restaking(&self) -> Restaking {
        let avss: Vec<Accepted> = self
            .avss
            .iter()
            .filter_map(|(name, avs)| {
                Some(Accepted {
                    name: name.clone(),
                    pool_avs: self.vm.state(&self.keys.pool_avs(avs))?,
                })
            })
            .collect();
        let operators = self.operators.iter();
        let operators = operators
            .filter_map(|(name, key)| self.delegated(name, key, &avss))
            .collect();
        Restaking { operators, avss }
    }

    fn delegated(&self, name: &str, key: &Pubkey, avss: &[Accepted]) -> Option<Delegated> {
        let address = self.keys.delegation(key);
        let allocations = avss.iter().enumerate().filter_map(|(place, avs)| {
            let allocation = address::allocation(&address, &avs.pool_avs.avs);
            Some((place, self.vm.state(&allocation)?))
        });
        Some(Delegated {
            name: name.to_owned(),
            operator: self.vm.state(key)?,
            delegation: self.vm.state(&address)?,
            allocations: allocations.collect(),
        })
    }

    /// The AVSs that exist and their places in the stake pool's tables.
    pub fn avs_places(&self) -> Vec<(String, usize)> {
        let accepted = self.restaking().avss.into_iter();
        accepted
            .map(|avs| (avs.name, usize::from(avs.pool_avs.place)))
            .collect()
    }

    /// Asks the program what a holder risks, with one operator's own risk if it is named.
    ///
    /// # Errors
    /// When the program refuses, or nobody has that name.
    pub fn risk_report(&self, operator: Option<&str>) -> Result<RiskReport> {
        let key = match operator {
            Some(name) => Some(
                self.operator(name)
                    .map_err(|_| anyhow!("there is no operator {name}"))?,
            ),
            None => None,
        };
        let question = self.keys.risk_report(key.as_ref());
        let answer = self
            .vm
            .ask(&question)
            .map_err(|refused| anyhow!("risk_report is refused: {}", refused.name))?;
        Ok(decode_return(&answer.return_data.data)?)
    }
}

//! The accounts of operators and AVSs, read once for a line, its invariants, and plans.

use super::runner::Runner;
use anyhow::{anyhow, Result};
use liquid_restaking_sdk::{
    address,
    anchor_lang::prelude::Pubkey,
    decode_return,
    program::state::{
        Allocation, Delegation, Operator, PoolAvs, RiskReport, SlashProposal, YieldReport,
    },
};

/// Everything that the operators and AVSs of a file have at the stake pool.
#[derive(Debug)]
pub struct Restaking {
    /// Delegations that exist, in the order in which the file introduces the operators.
    pub operators: Vec<Delegated>,
    /// Acceptances that exist, in the order in which the file introduces the AVSs.
    pub avss: Vec<Accepted>,
    /// Slash proposals that exist, in the order in which they were made.
    pub proposals: Vec<Proposed>,
}

/// One slash proposal.
#[derive(Debug)]
pub struct Proposed {
    /// The operator's address.
    pub operator: Pubkey,
    /// The AVS's.
    pub avs: Pubkey,
    /// The proposal.
    pub proposal: SlashProposal,
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

impl Proposed {
    /// What it took, of the bond and of the stake.
    pub fn taken(&self) -> u128 {
        let it = &self.proposal;
        u128::from(it.from_bond).saturating_add(it.from_stake.into())
    }
}

impl Restaking {
    /// What all proposals have taken of the holders' stake.
    pub fn taken_of_stake(&self) -> u128 {
        let proposals = self.proposals.iter();
        proposals.map(|p| u128::from(p.proposal.from_stake)).sum()
    }

    /// How many proposals were ever made.
    pub fn proposals_made(&self) -> u64 {
        self.avss.iter().map(|avs| avs.pool_avs.proposals).sum()
    }

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
        let proposals = self.proposals.iter().filter_map(|on| {
            Some(Proposed {
                operator: on.operator,
                avs: on.avs,
                proposal: self.vm.state(&self.keys.proposal(on))?,
            })
        });
        Restaking {
            operators,
            avss,
            proposals: proposals.collect(),
        }
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

    /// Asks the program what each AVS has paid and taken so far, in the order of [`Runner::avs_places`].
    ///
    /// # Errors
    /// When the program refuses.
    pub fn yield_report(&self) -> Result<YieldReport> {
        let avss = self.restaking().avss.into_iter();
        let avss: Vec<Pubkey> = avss.map(|avs| avs.pool_avs.avs).collect();
        let answer = self
            .vm
            .ask(&self.keys.yield_report(&avss))
            .map_err(|refused| anyhow!("yield_report is refused: {}", refused.name))?;
        Ok(decode_return(&answer.return_data.data)?)
    }
}

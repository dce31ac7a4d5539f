//! Every account of an LRT, as of one moment.

use super::{progress, Cluster, Outcome, PoolView, Trouble};
use liquid_restaking_sdk::{
    anchor_lang::prelude::Pubkey,
    bytes_of,
    exit_plan::Pledged,
    program::state::{
        Allocation, Delegation, Operator, PoolAvs, SlashProposal, WithdrawBatch, WithdrawTicket,
    },
};

/// How often to read anew when somebody wrote meanwhile.
const READINGS: u32 = 8;
/// Where an account names the stake pool, the delegation or the acceptance that it belongs to: its first field.
const PARENT: usize = 0;

/// Everything that an LRT's books consist of.
#[derive(Debug, Clone)]
pub struct AllBooks {
    /// LRT and stake pool.
    pub view: PoolView,
    /// Batches that exist.
    pub batches: Vec<WithdrawBatch>,
    /// Tickets that exist.
    pub tickets: Vec<(Pubkey, WithdrawTicket)>,
    /// Delegations with what hangs on them.
    pub pledges: Vec<Pledge>,
    /// Acceptances of AVSs.
    pub avss: Vec<(Pubkey, PoolAvs)>,
    /// Slash proposals, ended ones too.
    pub proposals: Vec<(Pubkey, SlashProposal)>,
}

/// A delegation, its operator and its allocations.
#[derive(Debug, Clone)]
pub struct Pledge {
    /// The delegation.
    pub delegation: Delegation,
    /// The operator.
    pub operator: Operator,
    /// The allocations with their addresses.
    pub allocations: Vec<(Pubkey, Allocation)>,
}

impl Cluster {
    /// Reads all books of the LRT. What belongs together is as of one moment: LRT and stake pool, which every change of
    /// the books writes, are the same before and after.
    ///
    /// # Errors
    /// When the node does not answer or does not list accounts, and when the LRT is written faster than it is read.
    pub fn books(&self) -> Outcome<AllBooks> {
        let keys = self.pool()?.keys;
        let reading = progress("reading the books");
        for _ in 0..READINGS {
            let before = self.pool_at(keys)?;
            let books = self.read_books(before)?;
            let after = self.pool_at(keys)?;
            let same = bytes_of(&books.view.lrt) == bytes_of(&after.lrt)
                && bytes_of(&books.view.pool) == bytes_of(&after.pool)
                && books.view.vault_balance == after.vault_balance
                && books.view.mint_supply == after.mint_supply;
            if same {
                reading.finish_and_clear();
                return Ok(books);
            }
        }
        Err(Trouble::Cluster(
            "the LRT is written faster than it can be read: try again, or take a faster node"
                .to_owned(),
        ))
    }

    fn read_books(&self, view: PoolView) -> Outcome<AllBooks> {
        let (pool, since) = (view.keys.stake_pool, Some(view.context_slot));
        let batches = self.all::<WithdrawBatch>(PARENT, &pool, since)?;
        let tickets = self.all::<WithdrawTicket>(PARENT, &pool, since)?;
        let avss = self.all::<PoolAvs>(PARENT, &pool, since)?;
        let mut proposals = Vec::new();
        for (key, _) in &avss {
            proposals.extend(self.all::<SlashProposal>(PARENT, key, since)?);
        }
        let mut pledges = Vec::new();
        for (key, delegation) in self.all::<Delegation>(PARENT, &pool, since)? {
            pledges.push(Pledge {
                delegation,
                operator: self.state(&delegation.operator, "operator")?,
                allocations: self.all::<Allocation>(PARENT, &key, since)?,
            });
        }
        Ok(AllBooks {
            view,
            batches: batches.into_iter().map(|(_, batch)| batch).collect(),
            tickets,
            pledges,
            avss,
            proposals,
        })
    }
}

impl AllBooks {
    /// The batch of an epoch.
    pub fn batch(&self, epoch: u64) -> Option<&WithdrawBatch> {
        self.batches.iter().find(|batch| batch.epoch == epoch)
    }

    /// The batch at the queue's head.
    pub fn head(&self) -> Option<&WithdrawBatch> {
        self.view.head().and_then(|epoch| self.batch(epoch))
    }

    /// The pool's acceptance of an AVS.
    pub fn accepted(&self, avs: &Pubkey) -> Option<&PoolAvs> {
        let found = self.avss.iter().find(|(_, pool_avs)| pool_avs.avs == *avs);
        found.map(|(_, pool_avs)| pool_avs)
    }

    /// Which operator and AVS an allocation is of.
    pub fn allocation(&self, key: &Pubkey) -> Option<(Pubkey, Pubkey)> {
        self.pledges.iter().find_map(|pledge| {
            let (_, found) = pledge.allocations.iter().find(|(known, _)| known == key)?;
            Some((pledge.delegation.operator, found.avs))
        })
    }

    /// What an exit plan is read from.
    pub fn pledged(&self) -> Vec<Pledged> {
        let pledged = self.pledges.iter().map(|pledge| Pledged {
            delegation: pledge.delegation,
            allocations: pledge
                .allocations
                .iter()
                .filter_map(|(_, one)| Some((*one, self.accepted(&one.avs)?.accepted.terms)))
                .collect(),
        });
        pledged.collect()
    }
}

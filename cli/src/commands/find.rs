//! What a key on the command line stands for: the account itself, or the key that its address is made of.

use crate::cluster::{AllBooks, Cluster, Outcome, Trouble};
use liquid_restaking_sdk::{
    address,
    anchor_lang::prelude::Pubkey,
    program::state::{
        Allocation, Avs, Delegation, Operator, PoolAvs, SlashProposal, WithdrawTicket,
    },
    ProposalKeys, TicketKeys,
};

/// Where a delegation names its stake pool.
const STAKE_POOL: usize = 0;

/// An operator, by its account or its base key.
pub fn operator(cluster: &Cluster, key: &Pubkey) -> Outcome<(Pubkey, Operator)> {
    let derived = address::operator(key);
    for key in [*key, derived] {
        if let Some(found) = cluster.find_state::<Operator>(&key)? {
            return Ok((key, found));
        }
    }
    Err(missing(cluster, "operator", key))
}

/// An AVS, by its account or its base key.
pub fn avs(cluster: &Cluster, key: &Pubkey) -> Outcome<(Pubkey, Avs)> {
    let derived = address::avs(key);
    for key in [*key, derived] {
        if let Some(found) = cluster.find_state::<Avs>(&key)? {
            return Ok((key, found));
        }
    }
    Err(missing(cluster, "AVS", key))
}

/// A ticket.
pub fn ticket(cluster: &Cluster, key: &Pubkey) -> Outcome<(TicketKeys, WithdrawTicket)> {
    let ticket: WithdrawTicket = cluster
        .find_state(key)?
        .ok_or_else(|| missing(cluster, "ticket", key))?;
    Ok((keys_of(key, &ticket), ticket))
}

/// The addresses of a ticket.
pub fn keys_of(key: &Pubkey, ticket: &WithdrawTicket) -> TicketKeys {
    TicketKeys {
        ticket: *key,
        owner: ticket.owner,
        batch_epoch: ticket.batch_epoch,
        rent_payer: ticket.rent_payer,
    }
}

/// A slash proposal, and the acceptance that it was made under.
pub fn proposal(
    cluster: &Cluster,
    key: &Pubkey,
) -> Outcome<(ProposalKeys, SlashProposal, PoolAvs)> {
    let proposal: SlashProposal = cluster
        .find_state(key)?
        .ok_or_else(|| missing(cluster, "slash proposal", key))?;
    let pool_avs: PoolAvs = cluster.state(&proposal.pool_avs, "acceptance of the AVS")?;
    let operator = match cluster.find_state::<Allocation>(&proposal.allocation)? {
        Some(allocation) => {
            let delegation: Delegation = cluster.state(&allocation.delegation, "delegation")?;
            delegation.operator
        }
        None => operator_by_address(cluster, &proposal, &pool_avs),
    };
    let keys = ProposalKeys {
        operator,
        avs: pool_avs.avs,
        index: proposal.index,
    };
    Ok((keys, proposal, pool_avs))
}

/// The operator of a proposal whose allocation is closed. The default key where its delegation is closed too, or the node
/// lists no accounts: such a proposal has ended, and what is still to be done with it needs no operator.
fn operator_by_address(cluster: &Cluster, proposal: &SlashProposal, pool_avs: &PoolAvs) -> Pubkey {
    let all = cluster.all::<Delegation>(STAKE_POOL, &pool_avs.stake_pool, None);
    let all = all.unwrap_or_default();
    let mut own = all
        .iter()
        .filter(|(key, _)| address::allocation(key, &pool_avs.avs) == proposal.allocation);
    own.next()
        .map_or_else(Pubkey::default, |(_, one)| one.operator)
}

/// The AVS that made a proposal.
pub fn avs_of(books: &AllBooks, proposal: &SlashProposal) -> Option<Pubkey> {
    let mut all = books.avss.iter();
    let (_, pool_avs) = all.find(|(key, _)| *key == proposal.pool_avs)?;
    Some(pool_avs.avs)
}

/// The operator that a proposal is about; `None` once its delegation is closed. Told by addresses: an allocation can be
/// closed before its proposals.
pub fn operator_of(books: &AllBooks, proposal: &SlashProposal) -> Option<Pubkey> {
    if let Some((operator, _)) = books.allocation(&proposal.allocation) {
        return Some(operator);
    }
    let avs = avs_of(books, proposal)?;
    let mut operators = books.pledges.iter().map(|one| one.delegation.operator);
    operators.find(|operator| books.view.keys.allocation(operator, &avs) == proposal.allocation)
}

fn missing(cluster: &Cluster, what: &str, key: &Pubkey) -> Trouble {
    match cluster.require_program() {
        Err(trouble) => trouble,
        Ok(()) => Trouble::Input(format!("there is no {what} at {key} on {}", cluster.url())),
    }
}

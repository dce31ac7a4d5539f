//! What a key on the command line stands for: the account itself, or the key that its address is made of.

use crate::cluster::{Cluster, Outcome, Trouble};
use liquid_restaking_sdk::{
    address,
    anchor_lang::prelude::Pubkey,
    program::state::{
        Allocation, Avs, Delegation, Operator, PoolAvs, SlashProposal, WithdrawTicket,
    },
    ProposalKeys, TicketKeys,
};

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
    // A closed allocation has no open proposal: what is still to be done needs no operator.
    let operator = match cluster.find_state::<Allocation>(&proposal.allocation)? {
        Some(allocation) => {
            let delegation: Delegation = cluster.state(&allocation.delegation, "delegation")?;
            delegation.operator
        }
        None => Pubkey::default(),
    };
    let keys = ProposalKeys {
        operator,
        avs: pool_avs.avs,
        index: proposal.index,
    };
    Ok((keys, proposal, pool_avs))
}

fn missing(cluster: &Cluster, what: &str, key: &Pubkey) -> Trouble {
    match cluster.require_program() {
        Err(trouble) => trouble,
        Ok(()) => Trouble::Input(format!("there is no {what} at {key} on {}", cluster.url())),
    }
}

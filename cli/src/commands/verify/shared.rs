//! The checks of `lrt scenario`, on a cluster's accounts. What compares two moments compares this one with itself.

use super::losses::explained;
use crate::{
    cluster::{AllBooks, Cluster, Outcome, Trouble},
    commands::find,
    scenario::{self, Accepted, Before, Books, Delegated, Proposed, Restaking, Streams},
};
use liquid_restaking_sdk::{
    address,
    anchor_lang::prelude::Pubkey,
    program::state::{Delegation, RewardBook, RewardPosition, WithdrawTicket},
    token_balance,
};

/// Where a delegation names its operator.
const OPERATOR: usize = 32;

/// What is broken, one text each.
pub fn broken(cluster: &Cluster, books: &AllBooks, leverage_changed: bool) -> Outcome<Vec<String>> {
    let now = books.view.observed()?;
    let mut found = Vec::new();
    let restaking = restaking(cluster, books, &mut found)?;
    let streams = streams(cluster, books)?;
    let tickets: Vec<WithdrawTicket> = books.tickets.iter().map(|(_, ticket)| *ticket).collect();
    let mut before = Before::default();
    before
        .note(&now, &restaking)
        .map_err(|error| Trouble::Cluster(error.to_string()))?;
    if !leverage_changed {
        before.leverage_bps = now.lrt.params.leverage_bps;
    }
    let in_book = streams.as_ref().map_or(0, |streams| streams.vault_balance);
    let all = Books {
        now: &now,
        vault_balance: books.view.vault_balance,
        mint_supply: books.view.mint_supply,
        batches: &books.batches,
        tickets: &tickets,
        restaking: &restaking,
        streams: streams.as_ref(),
        // The token program itself keeps the sum of all accounts equal to the supply.
        wallets: books.view.mint_supply.saturating_sub(in_book).into(),
        slot: books.view.slot,
        op: "verify",
    };
    let broken = scenario::broken(&all, &before).into_iter();
    let explained: Vec<String> = explained(&restaking)
        .into_iter()
        .map(|who| format!("invariant 3: losses of {who} is "))
        .collect();
    found.extend(broken.filter(|what| !explained.iter().any(|start| what.starts_with(start))));
    Ok(found)
}

fn restaking(cluster: &Cluster, books: &AllBooks, found: &mut Vec<String>) -> Outcome<Restaking> {
    let place_of = |avs: &Pubkey| books.avss.iter().position(|(_, one)| one.avs == *avs);
    let since = Some(books.view.context_slot);
    let mut operators = Vec::new();
    for pledge in &books.pledges {
        let key = pledge.delegation.operator;
        let mut operator = pledge.operator;
        let delegations = cluster.all::<Delegation>(OPERATOR, &key, since)?.len();
        if u32::try_from(delegations) == Ok(operator.delegations) {
            operator.delegations = 1; // those of other LRTs are checked here and now
        } else {
            found.push(format!(
                "invariant 3: delegations of {key} is {}, the accounts say {delegations}",
                operator.delegations
            ));
        }
        let mut allocations = Vec::new();
        for (address, allocation) in &pledge.allocations {
            match place_of(&allocation.avs) {
                Some(place) => allocations.push((place, *allocation)),
                None => found.push(format!(
                    "invariant 3: the allocation {address} is to an AVS without acceptance"
                )),
            }
        }
        operators.push(Delegated {
            name: key.to_string(),
            operator,
            delegation: pledge.delegation,
            allocations,
        });
    }
    let avss = books.avss.iter().map(|(_, pool_avs)| Accepted {
        name: pool_avs.avs.to_string(),
        pool_avs: *pool_avs,
    });
    let mut proposals: Vec<Proposed> = books
        .proposals
        .iter()
        .map(|(_, proposal)| Proposed {
            operator: find::operator_of(books, proposal).unwrap_or_default(),
            avs: find::avs_of(books, proposal).unwrap_or_default(),
            proposal: *proposal,
        })
        .collect();
    proposals.sort_by_key(|proposed| proposed.proposal.proposed_slot);
    Ok(Restaking {
        operators,
        avss: avss.collect(),
        proposals,
    })
}

fn streams(cluster: &Cluster, books: &AllBooks) -> Outcome<Option<Streams>> {
    let key = address::reward_book(&books.view.keys.lrt);
    let Some(book) = cluster.find_state::<RewardBook>(&key)? else {
        return Ok(None);
    };
    let mut vaults = vec![address::reward_vault(&key)];
    vaults.extend(book.streams.iter().map(|stream| stream.vault));
    let (_, accounts) = cluster.accounts(&vaults)?;
    let mut balances = accounts.iter().map(|account| {
        let data = account.as_ref().map(|account| account.data.as_slice());
        data.and_then(token_balance).unwrap_or(0)
    });
    let vault_balance = balances.next().unwrap_or(0);
    let positions = cluster.all::<RewardPosition>(0, &key, Some(books.view.context_slot))?;
    Ok(Some(Streams {
        book,
        vault_balance,
        balances: balances.collect(),
        positions: positions
            .into_iter()
            .map(|(_, position)| position)
            .collect(),
    }))
}

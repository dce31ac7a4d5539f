//! What only a cluster can get wrong or show: the links of the queue, counters over many LRTs, and who may move tokens.

use crate::cluster::{AllBooks, Cluster, Outcome};
use liquid_restaking_sdk::{
    anchor_lang::prelude::Pubkey,
    program::state::{Avs, OptIn},
};

/// Where an opt-in names operator and AVS.
const BY_OPERATOR: usize = 0;
const BY_AVS: usize = 32;

/// Adds what is broken to `found`.
pub fn check(cluster: &Cluster, books: &AllBooks, found: &mut Vec<String>) -> Outcome<()> {
    queue(books, found);
    token_accounts(cluster, books, found)?;
    let since = Some(books.view.context_slot);
    for pledge in &books.pledges {
        let key = pledge.delegation.operator;
        let opt_ins = cluster.all::<OptIn>(BY_OPERATOR, &key, since)?;
        let given = opt_ins.iter().filter(|(_, one)| one.by_operator.holds());
        counter(
            "opt_ins",
            &key,
            pledge.operator.opt_ins.into(),
            given.count(),
            found,
        );
    }
    for (_, accepted) in &books.avss {
        // An AVS may close while a pool still accepts it.
        let Some(avs) = cluster.find_state::<Avs>(&accepted.avs)? else {
            continue;
        };
        let opt_ins = cluster.all::<OptIn>(BY_AVS, &accepted.avs, since)?;
        let given = opt_ins.iter().filter(|(_, one)| one.by_avs.holds());
        counter(
            "opt_ins",
            &accepted.avs,
            avs.opt_ins.into(),
            given.count(),
            found,
        );
    }
    Ok(())
}

fn counter(what: &str, who: &Pubkey, counter: u64, count: usize, found: &mut Vec<String>) {
    if u64::try_from(count) != Ok(counter) {
        found.push(format!(
            "invariant 3: {what} of {who} is {counter}, the accounts say {count}"
        ));
    }
}

/// From the head to the tail, every batch in the queue once, in the order of their epochs.
fn queue(books: &AllBooks, found: &mut Vec<String>) {
    let pool = &books.view.pool;
    counter(
        "open_batches",
        &books.view.keys.stake_pool,
        pool.open_batches.into(),
        books.batches.len(),
        found,
    );
    let waiting = books.batches.iter().filter(|batch| batch.left_queue == 0);
    counter(
        "queue_length",
        &books.view.keys.stake_pool,
        pool.queue_length.into(),
        waiting.count(),
        found,
    );
    let mut next = books.view.head();
    for place in 1..=pool.queue_length {
        let Some(batch) = next.and_then(|epoch| books.batch(epoch)) else {
            found.push(format!("DESIGN 8: the queue has no batch at place {place}"));
            return;
        };
        let is_last = place == pool.queue_length;
        if is_last && batch.epoch != pool.tail_epoch {
            found.push(format!(
                "DESIGN 8: the queue ends with batch {}, its tail is {}",
                batch.epoch, pool.tail_epoch
            ));
        }
        if !is_last && batch.next_epoch <= batch.epoch {
            found.push(format!(
                "DESIGN 8: batch {} is followed by {}",
                batch.epoch, batch.next_epoch
            ));
            return;
        }
        next = Some(batch.next_epoch);
    }
}

/// Only the program can mint the LRT, and only it can move what the vault holds.
fn token_accounts(cluster: &Cluster, books: &AllBooks, found: &mut Vec<String>) -> Outcome<()> {
    let keys = &books.view.keys;
    let (_, accounts) = cluster.accounts(&[keys.lrt_mint, keys.vault])?;
    let data = |place: usize| {
        let account = accounts.get(place).and_then(|account| account.as_ref());
        account
            .map(|account| account.data.as_slice())
            .unwrap_or(&[])
    };
    let (mint, vault) = (data(0), data(1));
    let key = |data: &[u8], from: usize, to: usize| {
        data.get(from..to)
            .and_then(|key| Pubkey::try_from(key).ok())
    };
    let is_set = |data: &[u8], at: usize| data.get(at) != Some(&0);
    if key(mint, 4, 36) != Some(keys.lrt) || is_set(mint, 46) {
        found
            .push("the LRT's mint has another authority than the LRT, or can be frozen".to_owned());
    }
    if key(vault, 32, 64) != Some(keys.stake_pool) || is_set(vault, 72) {
        found
            .push("the vault belongs to another than the stake pool, or has a delegate".to_owned());
    }
    if vault.get(108) == Some(&2) {
        found.push(
            "the vault is frozen: nothing can be paid until the collateral's issuer thaws it"
                .to_owned(),
        );
    }
    Ok(())
}

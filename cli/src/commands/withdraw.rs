//! `lrt withdraw`: leaving through the queue.

use super::{deposit::unwrapped, find};
use crate::{
    cluster::{
        parse_pubkey, print_json, print_line, progress, Amount, Cluster, Outcome, PoolView,
        Trouble, Work,
    },
    scenario::{right_align, table},
};
use clap::Subcommand;
use liquid_restaking_sdk::{
    address,
    anchor_lang::prelude::Pubkey,
    program::state::{WithdrawBatch, WithdrawTicket},
};
use serde_json::json;
use std::{
    thread::sleep,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// How often a request is made anew when an epoch ends under it.
const EPOCHS: u32 = 4;
/// Between two looks at the queue.
const LOOK: Duration = Duration::from_secs(2);
/// Where a ticket names its owner.
const OWNER: usize = 32;

/// Leaving through the queue.
#[derive(Debug, Subcommand)]
pub enum Withdraw {
    /// Give LRT up for a ticket in the queue.
    #[command(after_help = "Examples:
  lrt withdraw request 2.5
  lrt withdraw request ALL --dry-run")]
    Request {
        /// LRT, or ALL.
        amount: Amount,
        /// Part of the ticket's address [default: the time].
        #[arg(long)]
        nonce: Option<u64>,
    },
    /// Settle the queue's head batch.
    #[command(after_help = "Example:
  lrt withdraw settle")]
    Settle,
    /// Pay a ticket what is settled; anyone may, it goes to the owner.
    #[command(after_help = "Examples:
  lrt withdraw claim            what is settled for any ticket of the wallet
  lrt withdraw claim --wait     the same, once something is; settles the queue when nobody else does")]
    Claim {
        /// The ticket [default: every ticket of the wallet that something is settled for].
        #[arg(value_parser = parse_pubkey)]
        ticket: Option<Pubkey>,
        /// Wait until something is settled, and settle what is due.
        #[arg(long)]
        wait: bool,
        /// Turn all wrapped SOL of the wallet into SOL afterwards.
        #[arg(long)]
        unwrap: bool,
    },
    /// Take a ticket back: what is settled is paid, the rest comes back as LRT.
    #[command(after_help = "Example:
  lrt withdraw cancel TICKET")]
    Cancel {
        /// The ticket.
        #[arg(value_parser = parse_pubkey)]
        ticket: Pubkey,
    },
    /// Give a ticket to somebody else.
    #[command(after_help = "Example:
  lrt withdraw transfer TICKET WALLET")]
    Transfer {
        /// The ticket.
        #[arg(value_parser = parse_pubkey)]
        ticket: Pubkey,
        /// The new owner.
        #[arg(value_parser = parse_pubkey)]
        to: Pubkey,
    },
    /// Show tickets, and when they can be claimed.
    #[command(after_help = "Examples:
  lrt withdraw list
  lrt withdraw list --owner WALLET")]
    List {
        /// Whose [default: the wallet's].
        #[arg(long, value_parser = parse_pubkey)]
        owner: Option<Pubkey>,
    },
    /// Close a batch that is settled and claimed.
    #[command(after_help = "Example:
  lrt withdraw close")]
    Close {
        /// Epoch of the batch [default: every batch that can be closed].
        epoch: Option<u64>,
    },
}

impl Withdraw {
    /// Runs the command.
    pub fn run(&self, cluster: &Cluster) -> Outcome<()> {
        match self {
            Self::Request { amount, nonce } => request(cluster, amount, *nonce),
            Self::Settle => settle(cluster),
            Self::Claim {
                ticket,
                wait,
                unwrap,
            } => {
                // A dry run settles nothing: what it would wait for never comes.
                if *wait && !cluster.dry_run {
                    wait_for(cluster, ticket.as_ref())?;
                }
                claim(cluster, ticket.as_ref(), *unwrap)
            }
            Self::Cancel { ticket } => cancel(cluster, ticket),
            Self::Transfer { ticket, to } => transfer(cluster, ticket, to),
            Self::List { owner } => list(cluster, owner.as_ref()),
            Self::Close { epoch } => close(cluster, *epoch),
        }
    }
}

fn request(cluster: &Cluster, amount: &Amount, nonce: Option<u64>) -> Outcome<()> {
    let me = cluster.me()?;
    let nonce = nonce.unwrap_or_else(now);
    for _ in 0..EPOCHS {
        let view = cluster.pool()?;
        let shares = view.shares(cluster, amount, &me)?;
        let epoch = view.lrt.epoch_of(view.slot);
        let (ticket, _) = address::ticket(&view.keys.stake_pool, &me, nonce);
        let due = view.lrt.next_due_slot(&view.pool, view.slot);
        let due = due.map_err(|error| Trouble::of_rule(&error))?;
        let request = view
            .keys
            .request_withdraw(&me, shares, nonce, epoch, view.tail());
        let work = Work::new("withdraw request")
            .then(request)
            .tell("LRT", view.tokens(shares))
            .tell("ticket", ticket)
            .tell("due slot", due);
        match cluster.perform(work) {
            // The epoch ended between reading and landing: a refused transaction has no effect, so make it anew.
            Err(trouble) if trouble.refusal() == Some("WrongEpoch") => {}
            // Somebody else opened this epoch's batch or the tail moved on: read the queue anew.
            Err(trouble) if trouble.refusal() == Some("TailBatchMissing") => {}
            other => return other.map(drop),
        }
    }
    Err(Trouble::Cluster(
        "epochs of this LRT end faster than a transaction lands: try again".to_owned(),
    ))
}

fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| u64::try_from(since.as_nanos()).unwrap_or(0))
}

/// Settles the head, or says why there is nothing to settle.
pub fn settle(cluster: &Cluster) -> Outcome<()> {
    let view = cluster.pool()?;
    let head = view
        .head()
        .ok_or_else(|| Trouble::Input("the queue is empty".to_owned()))?;
    let work = Work::new("withdraw settle")
        .then(view.keys.settle(head))
        .tell("batch", head);
    cluster.perform(work).map(drop)
}

fn claim(cluster: &Cluster, ticket: Option<&Pubkey>, unwrap: bool) -> Outcome<()> {
    let (view, me) = (cluster.pool()?, cluster.me()?);
    let tickets = match ticket {
        Some(key) => vec![(*key, find::ticket(cluster, key)?.1)],
        None => claimable(cluster, &view, &me)?,
    };
    if tickets.is_empty() {
        return Err(Trouble::Input(format!(
            "no ticket of {me} has anything to claim: `lrt withdraw list` shows when"
        )));
    }
    let last = tickets.len();
    for (count, (key, ticket)) in (1usize..).zip(&tickets) {
        let keys = find::keys_of(key, ticket);
        let is_last = count == last && keys.owner == me;
        let work = Work::new("withdraw claim")
            .then_all(view.open_collateral(cluster, &keys.owner)?)
            .then(view.keys.claim(&keys, &me))
            .then_all(unwrapped(&view, &me, unwrap && is_last)?)
            .tell("ticket", key);
        cluster.perform(work)?;
    }
    Ok(())
}

/// Waits until a ticket, or any of the wallet's, has something to claim; settles the queue meanwhile when it is due.
fn wait_for(cluster: &Cluster, ticket: Option<&Pubkey>) -> Outcome<()> {
    let waiting = progress("waiting until the queue is settled");
    loop {
        let (view, me) = (cluster.pool()?, cluster.me()?);
        let tickets = match ticket {
            Some(key) => {
                let (_, ticket) = find::ticket(cluster, key)?;
                vec![(*key, ticket, batch_of(cluster, &view, &ticket)?)]
            }
            None => tickets_of(cluster, &view, &me)?,
        };
        if tickets.is_empty() {
            return Err(Trouble::Input(format!("{me} has no ticket")));
        }
        if tickets
            .iter()
            .any(|(_, ticket, batch)| is_claimable(ticket, batch))
        {
            waiting.finish_and_clear();
            return Ok(());
        }
        if let Some(head) = view.head() {
            let work = Work::new("withdraw settle").then(view.keys.settle(head));
            match cluster.perform_silently(&work) {
                Ok(_) => continue,
                Err(Trouble::Refused(_)) => {} // not due, disputed, or nothing idle
                Err(trouble) => return Err(trouble),
            }
        }
        sleep(LOOK);
    }
}

fn is_claimable(ticket: &WithdrawTicket, batch: &WithdrawBatch) -> bool {
    let entitled = ticket.entitled_floor(batch).unwrap_or(0);
    entitled > ticket.claimed || batch.unsettled().is_ok_and(|rest| rest == 0)
}

fn claimable(
    cluster: &Cluster,
    view: &PoolView,
    owner: &Pubkey,
) -> Outcome<Vec<(Pubkey, WithdrawTicket)>> {
    let tickets = tickets_of(cluster, view, owner)?.into_iter();
    let ready = tickets.filter(|(_, ticket, batch)| is_claimable(ticket, batch));
    Ok(ready.map(|(key, ticket, _)| (key, ticket)).collect())
}

fn cancel(cluster: &Cluster, key: &Pubkey) -> Outcome<()> {
    let view = cluster.pool()?;
    let (keys, _) = find::ticket(cluster, key)?;
    must_own(cluster, &keys.owner)?;
    let work = Work::new("withdraw cancel")
        .then_all(view.open_collateral(cluster, &keys.owner)?)
        .then_all(view.open_lrt(cluster, &keys.owner)?)
        .then(view.keys.cancel_withdraw(&keys))
        .tell("ticket", key);
    cluster.perform(work).map(drop)
}

fn transfer(cluster: &Cluster, key: &Pubkey, to: &Pubkey) -> Outcome<()> {
    let view = cluster.pool()?;
    let (keys, _) = find::ticket(cluster, key)?;
    must_own(cluster, &keys.owner)?;
    let work = Work::new("withdraw transfer")
        .then(view.keys.transfer_ticket(&keys, to))
        .tell("ticket", key)
        .tell("new owner", to);
    cluster.perform(work).map(drop)
}

fn must_own(cluster: &Cluster, owner: &Pubkey) -> Outcome<()> {
    if cluster.me()? == *owner {
        return Ok(());
    }
    Err(Trouble::Input(format!(
        "the ticket belongs to {owner}: name that wallet with --keypair"
    )))
}

/// The tickets of an owner with their batches.
pub fn tickets_of(
    cluster: &Cluster,
    view: &PoolView,
    owner: &Pubkey,
) -> Outcome<Vec<(Pubkey, WithdrawTicket, WithdrawBatch)>> {
    let tickets = cluster.all::<WithdrawTicket>(OWNER, owner, None)?;
    let own = tickets
        .into_iter()
        .filter(|(_, ticket)| ticket.stake_pool == view.keys.stake_pool);
    let with_batch = own.map(|(key, ticket)| {
        let batch = batch_of(cluster, view, &ticket)?;
        Ok((key, ticket, batch))
    });
    with_batch.collect()
}

fn batch_of(cluster: &Cluster, view: &PoolView, ticket: &WithdrawTicket) -> Outcome<WithdrawBatch> {
    let batch = address::batch(&view.keys.stake_pool, ticket.batch_epoch);
    cluster.state(&batch, "batch")
}

fn list(cluster: &Cluster, owner: Option<&Pubkey>) -> Outcome<()> {
    let view = cluster.pool()?;
    let owner = match owner {
        Some(owner) => *owner,
        None => cluster.me()?,
    };
    let tickets = tickets_of(cluster, &view, &owner)?;
    if cluster.json {
        let rows = tickets.iter().map(|(key, ticket, batch)| {
            json!({
                "ticket": key.to_string(),
                "shares": view.tokens(ticket.shares),
                "batch": ticket.batch_epoch,
                "due_slot": batch.due_slot,
                "claimable": view.tokens(entitled(ticket, batch)),
                "claimed": view.tokens(ticket.claimed),
                "settled": batch.left_queue == 1,
            })
        });
        return print_json(&json!({ "slot": view.slot, "tickets": rows.collect::<Vec<_>>() }));
    }
    let mut rows = table(&TICKET_HEADER);
    rows.add_rows(ticket_rows(&view, &tickets));
    right_align(&mut rows, 1);
    print_line(&rows.to_string())
}

/// What [`ticket_rows`] says.
pub const TICKET_HEADER: [&str; 5] = ["ticket", "LRT", "can be claimed", "claimed", "rest"];

/// Tickets for people.
pub fn ticket_rows(
    view: &PoolView,
    tickets: &[(Pubkey, WithdrawTicket, WithdrawBatch)],
) -> Vec<Vec<String>> {
    let rows = tickets.iter().map(|(key, ticket, batch)| {
        vec![
            key.to_string(),
            view.tokens(ticket.shares),
            view.tokens(entitled(ticket, batch)),
            view.tokens(ticket.claimed),
            when(view, batch),
        ]
    });
    rows.collect()
}

fn entitled(ticket: &WithdrawTicket, batch: &WithdrawBatch) -> u64 {
    let all = ticket.entitled_floor(batch).unwrap_or(0);
    all.saturating_sub(ticket.claimed)
}

/// When the rest of a batch can be settled.
fn when(view: &PoolView, batch: &WithdrawBatch) -> String {
    let left = batch.due_slot.saturating_sub(view.slot);
    match batch.left_queue {
        1 => "settled".to_owned(),
        _ if left > 0 => format!("due in slot {}, {left} slots from now", batch.due_slot),
        _ => "due: as soon as there is idle collateral".to_owned(),
    }
}

/// Closes the batches that can be closed, or one of them.
pub fn close(cluster: &Cluster, epoch: Option<u64>) -> Outcome<()> {
    let view = cluster.pool()?;
    let pool = view.keys.stake_pool;
    let mut batches = cluster.all::<WithdrawBatch>(0, &pool, None)?;
    match epoch {
        Some(epoch) => batches.retain(|(_, batch)| batch.epoch == epoch),
        None => batches.retain(|(_, batch)| batch.closable_dust().is_ok()),
    }
    if batches.is_empty() {
        return Err(Trouble::Input("there is no such batch to close".to_owned()));
    }
    for (_, batch) in &batches {
        let work = Work::new("withdraw close")
            .then(view.keys.close_batch(batch.epoch, &batch.rent_payer))
            .tell("batch", batch.epoch);
        cluster.perform(work)?;
    }
    Ok(())
}

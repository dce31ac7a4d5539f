//! `lrt keep`: what anyone may do, one call at a time. `lrt keeper` does what is due by itself.

use super::{deposit::fund_token, find, position::stream_keys, withdraw};
use crate::cluster::{
    parse_pubkey, print_json, print_line, read_book, Amount, Cluster, Outcome, PoolView, Trouble,
    Work,
};
use clap::{Args, Subcommand};
use liquid_restaking_sdk::{
    address,
    anchor_lang::prelude::Pubkey,
    program::state::{Allocation, Delegation, InvariantReport, OptIn, PoolAvs},
    registry, Instruction,
};
use serde_json::json;

/// What anyone may do.
#[derive(Debug, Subcommand)]
pub enum Keep {
    /// Settle the queue's head batch.
    #[command(after_help = "Example:\n  lrt keep settle")]
    Settle,
    /// Book what has warmed, and coolings that are over.
    #[command(after_help = "Example:\n  lrt keep release OPERATOR AVS")]
    Release(Pair),
    /// Open a forced round: the queue's head is past its grace.
    #[command(after_help = "Example:\n  lrt keep open-round")]
    OpenRound,
    /// Deallocate an allocation's share of the round, or all that a retired operator or an ended AVS has.
    #[command(after_help = "Example:\n  lrt keep force-deallocate OPERATOR AVS")]
    ForceDeallocate(Pair),
    /// Move free stake to idle for an overdue queue, or from a retired operator.
    #[command(after_help = "Example:\n  lrt keep force-undelegate OPERATOR")]
    ForceUndelegate {
        /// The operator.
        #[arg(value_parser = parse_pubkey)]
        operator: Pubkey,
    },
    /// Execute a slash proposal once its veto window is over.
    #[command(after_help = "Example:\n  lrt keep execute-slash PROPOSAL --dry-run")]
    ExecuteSlash {
        /// The proposal.
        #[arg(value_parser = parse_pubkey)]
        proposal: Pubkey,
    },
    /// End a slash proposal that nobody executed in time.
    #[command(after_help = "Example:\n  lrt keep expire-slash PROPOSAL")]
    ExpireSlash {
        /// The proposal.
        #[arg(value_parser = parse_pubkey)]
        proposal: Pubkey,
    },
    /// Release what has dripped.
    #[command(after_help = "Example:\n  lrt keep accrue")]
    Accrue,
    /// Let tokens that somebody sent straight to the vault drip to the holders.
    #[command(after_help = "Example:\n  lrt keep sweep")]
    Sweep,
    /// Pay the fee wallet what it is owed.
    #[command(after_help = "Example:\n  lrt keep collect-fees")]
    CollectFees,
    /// Add tokens to a stream of the reward book.
    #[command(after_help = "Example:\n  lrt keep fund-stream 0 25")]
    FundStream {
        /// The stream's place.
        place: u8,
        /// Reward tokens, or ALL.
        amount: Amount,
    },
    /// Ask the program whether its books hold.
    #[command(after_help = "Example:\n  lrt keep check")]
    Check,
    /// Close what is empty; its rent goes back to who paid it.
    #[command(
        subcommand,
        after_help = "Example:\n  lrt keep close allocation OPERATOR AVS"
    )]
    Close(Close),
}

/// An operator and an AVS.
#[derive(Debug, Args)]
pub struct Pair {
    /// The operator.
    #[arg(value_parser = parse_pubkey)]
    operator: Pubkey,
    /// The AVS.
    #[arg(value_parser = parse_pubkey)]
    avs: Pubkey,
}

/// What can be closed by anyone.
#[derive(Debug, Subcommand)]
pub enum Close {
    /// A batch that is settled and claimed.
    #[command(after_help = "Example:\n  lrt keep close batch")]
    Batch {
        /// Its epoch [default: every batch that can be closed].
        epoch: Option<u64>,
    },
    /// An empty allocation.
    #[command(after_help = "Example:\n  lrt keep close allocation OPERATOR AVS")]
    Allocation(Pair),
    /// An empty delegation of a removed or retired operator.
    #[command(after_help = "Example:\n  lrt keep close delegation OPERATOR")]
    Delegation {
        /// The operator.
        #[arg(value_parser = parse_pubkey)]
        operator: Pubkey,
    },
    /// The acceptance of a removed or ended AVS.
    #[command(after_help = "Example:\n  lrt keep close pool-avs AVS")]
    PoolAvs {
        /// The AVS.
        #[arg(value_parser = parse_pubkey)]
        avs: Pubkey,
    },
    /// An opt-in that neither side gives.
    #[command(after_help = "Example:\n  lrt keep close opt-in OPERATOR AVS")]
    OptIn(Pair),
    /// A slash proposal that has ended.
    #[command(after_help = "Example:\n  lrt keep close proposal PROPOSAL")]
    Proposal {
        /// The proposal.
        #[arg(value_parser = parse_pubkey)]
        proposal: Pubkey,
    },
}

impl Pair {
    fn sides(&self, cluster: &Cluster) -> Outcome<(Pubkey, Pubkey)> {
        let (operator, _) = find::operator(cluster, &self.operator)?;
        let (avs, _) = find::avs(cluster, &self.avs)?;
        Ok((operator, avs))
    }
}

impl Keep {
    /// Runs the command.
    pub fn run(&self, cluster: &Cluster) -> Outcome<()> {
        // What closes an opt-in needs no LRT; every other call does, and says first when there is none.
        let view = || cluster.pool();
        let work = match self {
            Self::Settle => return withdraw::settle(cluster),
            Self::Check => return check(cluster),
            Self::Close(close) => return close.run(cluster),
            Self::Release(pair) => {
                let keys = view()?.keys;
                let (operator, avs) = pair.sides(cluster)?;
                Work::new("keep release").then(keys.release(&operator, &avs))
            }
            Self::OpenRound => {
                let view = view()?;
                let head = view.head();
                let head = head.ok_or_else(|| Trouble::Input("the queue is empty".to_owned()))?;
                Work::new("keep open-round").then(view.keys.open_round(head))
            }
            Self::ForceDeallocate(pair) => {
                let keys = view()?.keys;
                let (operator, avs) = pair.sides(cluster)?;
                Work::new("keep force-deallocate").then(keys.force_deallocate(&operator, &avs))
            }
            Self::ForceUndelegate { operator } => {
                let view = view()?;
                let (operator, _) = find::operator(cluster, operator)?;
                let force = view.keys.force_undelegate(&operator, view.head());
                Work::new("keep force-undelegate").then(force)
            }
            Self::ExecuteSlash { proposal } => {
                let view = view()?;
                let (on, proposal, accepted) = find::proposal(cluster, proposal)?;
                let wallet = accepted.accepted.destination;
                Work::new("keep execute-slash")
                    .then_all(receiving(cluster, &view, &wallet)?)
                    .then(view.keys.execute_slash(&on, &wallet))
                    .tell("amount", view.tokens(proposal.amount))
            }
            Self::ExpireSlash { proposal } => {
                let keys = view()?.keys;
                let (on, _, _) = find::proposal(cluster, proposal)?;
                Work::new("keep expire-slash").then(keys.expire_slash(&on))
            }
            Self::Accrue => Work::new("keep accrue").then(view()?.keys.accrue()),
            Self::Sweep => Work::new("keep sweep").then(view()?.keys.sweep_surplus()),
            Self::CollectFees => {
                let view = view()?;
                let wallet = view.lrt.params.fee_wallet;
                Work::new("keep collect-fees")
                    .then_all(view.open_lrt(cluster, &wallet)?)
                    .then_all(view.open_collateral(cluster, &wallet)?)
                    .then(view.keys.collect_fees(&wallet, &cluster.me()?))
                    .tell("to", wallet)
            }
            Self::FundStream { place, amount } => {
                let keys = view()?.keys;
                let me = cluster.me()?;
                let stream = stream_keys(&read_book(cluster, &keys)?, *place)?;
                let mint = cluster.mint(&stream.mint)?;
                let amount = amount.units(mint.decimals, || {
                    Ok(cluster.holdings(&me, &mint.key, &mint.program)?.balance)
                })?;
                Work::new("keep fund-stream")
                    .then_all(fund_token(cluster, &mint, &me, amount)?)
                    .then(keys.fund_stream(&me, &stream, amount))
            }
        };
        cluster.perform(work).map(drop)
    }
}

/// Makes the account that an AVS's wallet receives slashed collateral in, where it is missing: the program burns what
/// nobody can receive.
pub fn receiving(
    cluster: &Cluster,
    view: &PoolView,
    wallet: &Pubkey,
) -> Outcome<Option<Instruction>> {
    match *wallet == Pubkey::default() {
        true => Ok(None), // it is burned anyway
        false => view.open_collateral(cluster, wallet),
    }
}

fn check(cluster: &Cluster) -> Outcome<()> {
    let view = cluster.pool()?;
    let report: InvariantReport = cluster.ask(view.keys.check_invariants())?;
    let amount = |units: u64| view.tokens(units);
    if cluster.json {
        return print_json(&json!({
            "held": true,
            "vault": amount(report.vault_balance),
            "ledger": amount(report.ledger),
            "surplus": amount(report.surplus),
            "supply": amount(report.supply),
        }));
    }
    print_line(&format!(
        "the program says that its books hold: the vault has {}, the ledger wants {}; {} shares in being, {} in wallets",
        amount(report.vault_balance),
        amount(report.ledger),
        amount(report.supply),
        amount(report.mint_supply),
    ))
}

impl Close {
    fn run(&self, cluster: &Cluster) -> Outcome<()> {
        let keys = || cluster.pool().map(|view| view.keys);
        let work = match self {
            Self::Batch { epoch } => return withdraw::close(cluster, *epoch),
            Self::Allocation(pair) => {
                let keys = keys()?;
                let (operator, avs) = pair.sides(cluster)?;
                let key = keys.allocation(&operator, &avs);
                let allocation: Allocation = cluster.state(&key, "allocation")?;
                let close = keys.close_allocation(&operator, &avs, &allocation.rent_payer);
                Work::new("keep close allocation").then(close)
            }
            Self::Delegation { operator } => {
                let keys = keys()?;
                let (operator, _) = find::operator(cluster, operator)?;
                let key = keys.delegation(&operator);
                let delegation: Delegation = cluster.state(&key, "delegation")?;
                let close = keys.close_delegation(&operator, &delegation.rent_payer);
                Work::new("keep close delegation").then(close)
            }
            Self::PoolAvs { avs } => {
                let keys = keys()?;
                // The AVS itself may be gone.
                let avs = find::avs(cluster, avs).map_or(*avs, |(key, _)| key);
                let accepted: PoolAvs = cluster.state(&keys.pool_avs(&avs), "acceptance")?;
                let close = keys.close_pool_avs(&avs, &accepted.rent_payer);
                Work::new("keep close pool-avs").then(close)
            }
            Self::Proposal { proposal } => {
                let keys = keys()?;
                let (on, state, _) = find::proposal(cluster, proposal)?;
                let close = keys.close_proposal(&on, &state.rent_payer);
                Work::new("keep close proposal").then(close)
            }
            Self::OptIn(Pair { operator, avs }) => {
                let operator = find::operator(cluster, operator).map_or(*operator, |(key, _)| key);
                let avs = find::avs(cluster, avs).map_or(*avs, |(key, _)| key);
                let key = address::opt_in(&operator, &avs);
                let opt_in: OptIn = cluster.state(&key, "opt-in")?;
                let close = registry::close_opt_in(&operator, &avs, &opt_in.rent_payer);
                Work::new("keep close opt-in").then(close)
            }
        };
        cluster.perform(work).map(drop)
    }
}

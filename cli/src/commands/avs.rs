//! `lrt avs`.

mod show;

pub use show::{state_of, text_of};

use super::{deposit::fund, find};
use crate::cluster::{parse_pubkey, read_or_new_keypair, Amount, Cluster, Outcome, Trouble, Work};
use clap::{Args, Subcommand};
use liquid_restaking_sdk::{
    address,
    anchor_lang::prelude::Pubkey,
    program::{
        instructions::{ProposeSlashArgs, RegisterAvsArgs, UpdateAvsArgs},
        state::{AvsOffer, AvsTerms, PoolAvs, Side},
    },
    registry, ProposalKeys,
};
use sha2::{Digest, Sha256};
use solana_signer::Signer;
use std::path::PathBuf;

/// What AVSs do. An AVS is named by its account or its base key.
#[derive(Debug, Subcommand)]
pub enum AvsCommand {
    /// What is sent.
    #[command(flatten)]
    Act(Act),
    /// What an AVS offers, and what the LRT has accepted of it, where one is named.
    #[command(after_help = "Examples:
  lrt avs show AVS
  lrt avs show AVS --lrt MINT")]
    Show {
        /// The AVS: its account or base key, or the base key's file.
        #[arg(value_parser = parse_pubkey)]
        avs: Pubkey,
    },
    /// Slash proposals at the LRT: the open ones, until when they may be vetoed, and the evidence.
    #[command(after_help = "Examples:
  lrt avs proposals
  lrt avs proposals --all")]
    Proposals {
        /// Ended ones too, until they are closed.
        #[arg(long)]
        all: bool,
    },
}

/// What an AVS has done.
#[derive(Debug, Subcommand)]
pub enum Act {
    /// Register an AVS; the wallet becomes its authority.
    #[command(after_help = "Example:
  lrt avs register --veto-window 216000 --execution-window 216000 --exit-delay 1512000 \\
      --slash-window 1512000 --slash-cap-bps 1000 --resolver WALLET")]
    Register(Register),
    /// Change what it offers to pools that accept it from now on, or name a successor for the authority.
    #[command(after_help = "Examples:
  lrt avs update AVS --slash-cap-bps 500
  lrt avs update AVS --successor WALLET")]
    Update(Update),
    /// Accept the authority, as the successor named.
    #[command(after_help = "Example:
  lrt avs accept AVS --keypair successor.json")]
    Accept {
        /// The AVS: its account or base key, or the base key's file.
        #[arg(value_parser = parse_pubkey)]
        avs: Pubkey,
    },
    /// Close an AVS without an opt-in of its own.
    #[command(after_help = "Example:
  lrt avs close AVS")]
    Close {
        /// The AVS: its account or base key, or the base key's file.
        #[arg(value_parser = parse_pubkey)]
        avs: Pubkey,
    },
    /// Consent to work with an operator.
    #[command(after_help = "Example:
  lrt avs opt-in AVS OPERATOR")]
    OptIn {
        /// The AVS: its account or base key, or the base key's file.
        #[arg(value_parser = parse_pubkey)]
        avs: Pubkey,
        /// The operator: its account or base key, or the base key's file.
        #[arg(value_parser = parse_pubkey)]
        operator: Pubkey,
    },
    /// Withdraw the consent.
    #[command(after_help = "Example:
  lrt avs opt-out AVS OPERATOR")]
    OptOut {
        /// The AVS: its account or base key, or the base key's file.
        #[arg(value_parser = parse_pubkey)]
        avs: Pubkey,
        /// The operator: its account or base key, or the base key's file.
        #[arg(value_parser = parse_pubkey)]
        operator: Pubkey,
    },
    /// Propose to slash an operator's allocation, as the slasher.
    #[command(after_help = "Example:
  lrt avs propose-slash AVS OPERATOR 2.5 --evidence report.pdf --uri https://example.com/report.pdf")]
    ProposeSlash(ProposeSlash),
    /// Veto a slash proposal, as the resolver, or as guardian once the AVS has ended.
    #[command(after_help = "Example:
  lrt avs veto PROPOSAL")]
    Veto {
        /// The proposal.
        #[arg(value_parser = parse_pubkey)]
        proposal: Pubkey,
    },
    /// Pay a reward for an operator's allocation; it drips. Signed by the authority it counts as the AVS's yield.
    #[command(after_help = "Example:
  lrt avs pay-rewards AVS OPERATOR 1.5")]
    PayRewards {
        /// The AVS: its account or base key, or the base key's file.
        #[arg(value_parser = parse_pubkey)]
        avs: Pubkey,
        /// The operator: its account or base key, or the base key's file.
        #[arg(value_parser = parse_pubkey)]
        operator: Pubkey,
        /// Collateral tokens, or ALL.
        amount: Amount,
    },
}

/// What an AVS registers with.
#[derive(Debug, Args)]
pub struct Register {
    /// Proposes slashes [default: the wallet].
    #[arg(long, value_parser = parse_pubkey)]
    slasher: Option<Pubkey>,
    /// May veto them [default: the wallet].
    #[arg(long, value_parser = parse_pubkey)]
    resolver: Option<Pubkey>,
    /// Whose tokens slashed collateral becomes, fixed for ever [default: nobody's, it is burned].
    #[arg(long, value_parser = parse_pubkey)]
    destination: Option<Pubkey>,
    /// Slots in which a proposal may be vetoed.
    #[arg(long, value_name = "SLOTS")]
    veto_window: u64,
    /// Slots in which it may be executed after that.
    #[arg(long, value_name = "SLOTS")]
    execution_window: u64,
    /// Slots for which stake stays slashable after it was deallocated.
    #[arg(long, value_name = "SLOTS")]
    exit_delay: u64,
    /// Slots that used room takes to refill.
    #[arg(long, value_name = "SLOTS")]
    slash_window: u64,
    /// Share of an allocation that may be slashed before room has refilled.
    #[arg(long, value_name = "BPS", value_parser = clap::value_parser!(u16).range(0..=10_000))]
    slash_cap_bps: u16,
    /// Who it is, for people.
    #[arg(long, default_value = "")]
    uri: String,
    /// Keypair that makes the address [default: a fresh one].
    #[arg(long, value_name = "KEYPAIR")]
    base: Option<PathBuf>,
}

/// What an AVS changes; what is not given stays.
#[derive(Debug, Args)]
pub struct Update {
    /// The AVS: its account or base key, or the base key's file.
    #[arg(value_parser = parse_pubkey)]
    avs: Pubkey,
    /// Proposes slashes.
    #[arg(long, value_parser = parse_pubkey)]
    slasher: Option<Pubkey>,
    /// May veto them.
    #[arg(long, value_parser = parse_pubkey)]
    resolver: Option<Pubkey>,
    /// Slots in which a proposal may be vetoed.
    #[arg(long, value_name = "SLOTS")]
    veto_window: Option<u64>,
    /// Slots in which it may be executed after that.
    #[arg(long, value_name = "SLOTS")]
    execution_window: Option<u64>,
    /// Slots for which stake stays slashable after it was deallocated.
    #[arg(long, value_name = "SLOTS")]
    exit_delay: Option<u64>,
    /// Slots that used room takes to refill.
    #[arg(long, value_name = "SLOTS")]
    slash_window: Option<u64>,
    /// Share of an allocation that may be slashed before room has refilled.
    #[arg(long, value_name = "BPS", value_parser = clap::value_parser!(u16).range(0..=10_000))]
    slash_cap_bps: Option<u16>,
    /// Who it is, for people.
    #[arg(long)]
    uri: Option<String>,
    /// Who may accept the authority; 11111111111111111111111111111111 takes the name back.
    #[arg(long, value_parser = parse_pubkey)]
    successor: Option<Pubkey>,
}

/// A slash to propose.
#[derive(Debug, Args)]
pub struct ProposeSlash {
    /// The AVS: its account or base key, or the base key's file.
    #[arg(value_parser = parse_pubkey)]
    avs: Pubkey,
    /// The operator: its account or base key, or the base key's file.
    #[arg(value_parser = parse_pubkey)]
    operator: Pubkey,
    /// Collateral tokens to take.
    amount: Amount,
    /// The evidence: its SHA-256 is published with the proposal.
    #[arg(long, value_name = "FILE")]
    evidence: PathBuf,
    /// Where others can read the evidence.
    #[arg(long, default_value = "")]
    uri: String,
}

impl AvsCommand {
    /// Runs the command.
    pub fn run(&self, cluster: &Cluster) -> Outcome<()> {
        match self {
            Self::Act(act) => cluster.perform(act.work(cluster)?).map(drop),
            Self::Show { avs } => show::show(cluster, avs),
            Self::Proposals { all } => show::proposals(cluster, *all),
        }
    }
}

impl Act {
    fn work(&self, cluster: &Cluster) -> Outcome<Work> {
        let me = cluster.me()?;
        Ok(match self {
            Self::Register(register) => register.work(&me)?,
            Self::Update(update) => update.work(cluster, &me)?,
            Self::Accept { avs } => {
                let (avs, _) = find::avs(cluster, avs)?;
                Work::new("avs accept").then(registry::accept_avs_authority(&avs, &me))
            }
            Self::Close { avs } => {
                let (avs, state) = find::avs(cluster, avs)?;
                Work::new("avs close").then(registry::close_avs(&avs, &me, &state.rent_payer))
            }
            Self::OptIn { avs, operator } => {
                let (operator, _) = find::operator(cluster, operator)?;
                let (avs, _) = find::avs(cluster, avs)?;
                let opt_in = registry::opt_in(&operator, &avs, &me, Side::Avs);
                Work::new("avs opt-in").then(opt_in)
            }
            Self::OptOut { avs, operator } => {
                let (operator, _) = find::operator(cluster, operator)?;
                let (avs, _) = find::avs(cluster, avs)?;
                let opt_out = registry::opt_out(&operator, &avs, &me, Side::Avs);
                Work::new("avs opt-out").then(opt_out)
            }
            Self::ProposeSlash(propose) => propose.work(cluster, &me)?,
            Self::Veto { proposal } => {
                let view = cluster.pool()?;
                let (keys, _, _) = find::proposal(cluster, proposal)?;
                Work::new("avs veto").then(view.keys.veto_slash(&me, &keys))
            }
            Self::PayRewards {
                avs,
                operator,
                amount,
            } => pay_rewards(cluster, avs, operator, amount)?,
        })
    }
}

impl Register {
    fn work(&self, me: &Pubkey) -> Outcome<Work> {
        let base = read_or_new_keypair(self.base.as_ref())?;
        let offer = AvsOffer {
            slasher: self.slasher.unwrap_or(*me),
            resolver: self.resolver.unwrap_or(*me),
            destination: self.destination.unwrap_or_default(),
            terms: AvsTerms {
                veto_window: self.veto_window,
                execution_window: self.execution_window,
                exit_delay: self.exit_delay,
                slash_window: self.slash_window,
                slash_cap_bps: self.slash_cap_bps,
                ..AvsTerms::default()
            },
        };
        let args = RegisterAvsArgs {
            offer,
            uri: self.uri.clone(),
        };
        Ok(Work::new("avs register")
            .then(registry::register_avs(&base.pubkey(), me, me, args))
            .tell("avs", address::avs(&base.pubkey()))
            .signed_by(base))
    }
}

impl Update {
    fn work(&self, cluster: &Cluster, me: &Pubkey) -> Outcome<Work> {
        let (avs, state) = find::avs(cluster, &self.avs)?;
        let old = state.offer.terms;
        let terms = AvsTerms {
            veto_window: self.veto_window.unwrap_or(old.veto_window),
            execution_window: self.execution_window.unwrap_or(old.execution_window),
            exit_delay: self.exit_delay.unwrap_or(old.exit_delay),
            slash_window: self.slash_window.unwrap_or(old.slash_window),
            slash_cap_bps: self.slash_cap_bps.unwrap_or(old.slash_cap_bps),
            ..old
        };
        let args = UpdateAvsArgs {
            slasher: self.slasher,
            resolver: self.resolver,
            terms: (terms != old).then_some(terms),
            uri: self.uri.clone(),
            successor: self.successor,
        };
        Ok(Work::new("avs update").then(registry::update_avs(&avs, me, args)))
    }
}

impl ProposeSlash {
    fn work(&self, cluster: &Cluster, me: &Pubkey) -> Outcome<Work> {
        let view = cluster.pool()?;
        let (operator, _) = find::operator(cluster, &self.operator)?;
        let (avs, _) = find::avs(cluster, &self.avs)?;
        let evidence = std::fs::read(&self.evidence).map_err(|error| {
            Trouble::Input(format!(
                "{} can not be read: {error}",
                self.evidence.display()
            ))
        })?;
        let key = view.keys.pool_avs(&avs);
        let accepted: PoolAvs = cluster.state(&key, "acceptance of this AVS")?;
        let on = ProposalKeys {
            operator,
            avs,
            index: accepted.proposals,
        };
        let args = ProposeSlashArgs {
            amount: self.amount.exact_units(view.decimals())?,
            evidence: Sha256::digest(&evidence).into(),
            uri: self.uri.clone(),
        };
        Ok(Work::new("avs propose-slash")
            .tell("amount", view.tokens(args.amount))
            .then(view.keys.propose_slash(me, &on, args))
            .tell("proposal", view.keys.proposal(&on)))
    }
}

fn pay_rewards(
    cluster: &Cluster,
    avs: &Pubkey,
    operator: &Pubkey,
    amount: &Amount,
) -> Outcome<Work> {
    let (view, me) = (cluster.pool()?, cluster.me()?);
    let (operator, _) = find::operator(cluster, operator)?;
    let (avs, _) = find::avs(cluster, avs)?;
    let amount = view.collateral(cluster, amount, &me)?;
    Ok(Work::new("avs pay-rewards")
        .then_all(fund(cluster, &view, &me, amount)?)
        .then(view.keys.pay_rewards(&me, &operator, &avs, amount))
        .tell("reward", view.tokens(amount)))
}

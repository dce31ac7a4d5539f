//! `lrt operator`.

mod show;

use super::{deposit::fund, find};
use crate::cluster::{parse_pubkey, read_or_new_keypair, Amount, Cluster, Outcome, Work};
use clap::Subcommand;
use liquid_restaking_sdk::{
    address,
    anchor_lang::prelude::Pubkey,
    program::{
        instructions::{RegisterOperatorArgs, UpdateOperatorArgs},
        state::{Delegation, Side},
    },
    registry,
};
use solana_signer::Signer;
use std::path::PathBuf;

/// What operators do. An operator is named by its account or its base key.
#[derive(Debug, Subcommand)]
pub enum OperatorCommand {
    /// What is sent.
    #[command(flatten)]
    Act(Act),
    /// Who it is, its commission, and its stake and bond at the LRT, where one is named.
    #[command(after_help = "Examples:
  lrt operator show OPERATOR
  lrt operator show OPERATOR --lrt MINT")]
    Show {
        /// The operator: its account or base key, or the base key's file.
        #[arg(value_parser = parse_pubkey)]
        operator: Pubkey,
    },
}

/// What an operator has done.
#[derive(Debug, Subcommand)]
pub enum Act {
    /// Register an operator; the wallet becomes its authority.
    #[command(after_help = "Example:
  lrt operator register --commission-bps 1000 --uri https://example.com/operator")]
    Register {
        /// Share of a reward that it keeps.
        #[arg(long, value_name = "BPS", default_value_t = 0, value_parser = clap::value_parser!(u16).range(0..=10_000))]
        commission_bps: u16,
        /// Who it is, for people.
        #[arg(long, default_value = "")]
        uri: String,
        /// Keypair that makes the address [default: a fresh one].
        #[arg(long, value_name = "KEYPAIR")]
        base: Option<PathBuf>,
    },
    /// Change commission or URI, or name a successor for the authority.
    #[command(after_help = "Examples:
  lrt operator update OPERATOR --commission-bps 500
  lrt operator update OPERATOR --successor WALLET")]
    Update {
        /// The operator: its account or base key, or the base key's file.
        #[arg(value_parser = parse_pubkey)]
        operator: Pubkey,
        /// A cut is in force at once, a rise after seven days.
        #[arg(long, value_name = "BPS", value_parser = clap::value_parser!(u16).range(0..=10_000))]
        commission_bps: Option<u16>,
        /// Who it is, for people.
        #[arg(long)]
        uri: Option<String>,
        /// Who may accept the authority; 11111111111111111111111111111111 takes the name back.
        #[arg(long, value_parser = parse_pubkey)]
        successor: Option<Pubkey>,
    },
    /// Accept the authority, as the successor named.
    #[command(after_help = "Example:
  lrt operator accept OPERATOR --keypair successor.json")]
    Accept {
        /// The operator: its account or base key, or the base key's file.
        #[arg(value_parser = parse_pubkey)]
        operator: Pubkey,
    },
    /// Retire for good: anyone may take its stake back.
    #[command(after_help = "Example:
  lrt operator retire OPERATOR")]
    Retire {
        /// The operator: its account or base key, or the base key's file.
        #[arg(value_parser = parse_pubkey)]
        operator: Pubkey,
    },
    /// Close an operator that nothing names any more.
    #[command(after_help = "Example:
  lrt operator close OPERATOR")]
    Close {
        /// The operator: its account or base key, or the base key's file.
        #[arg(value_parser = parse_pubkey)]
        operator: Pubkey,
    },
    /// Add to the bond at the LRT.
    #[command(after_help = "Example:
  lrt operator bond OPERATOR 5 --lrt MINT")]
    Bond {
        /// The operator: its account or base key, or the base key's file.
        #[arg(value_parser = parse_pubkey)]
        operator: Pubkey,
        /// Collateral tokens, or ALL.
        amount: Amount,
    },
    /// Pay what has cooled of the bond, then start to cool more.
    #[command(after_help = "Examples:
  lrt operator unbond OPERATOR ALL    starts to cool all of it
  lrt operator unbond OPERATOR        pays what has cooled")]
    Unbond {
        /// The operator: its account or base key, or the base key's file.
        #[arg(value_parser = parse_pubkey)]
        operator: Pubkey,
        /// Collateral tokens to start to cool, or ALL; 0 only pays.
        #[arg(default_value = "0")]
        amount: Amount,
    },
    /// Consent to work with an AVS.
    #[command(after_help = "Example:
  lrt operator opt-in OPERATOR AVS")]
    OptIn {
        /// The operator: its account or base key, or the base key's file.
        #[arg(value_parser = parse_pubkey)]
        operator: Pubkey,
        /// The AVS: its account or base key, or the base key's file.
        #[arg(value_parser = parse_pubkey)]
        avs: Pubkey,
    },
    /// Withdraw the consent.
    #[command(after_help = "Example:
  lrt operator opt-out OPERATOR AVS")]
    OptOut {
        /// The operator: its account or base key, or the base key's file.
        #[arg(value_parser = parse_pubkey)]
        operator: Pubkey,
        /// The AVS: its account or base key, or the base key's file.
        #[arg(value_parser = parse_pubkey)]
        avs: Pubkey,
    },
    /// Pay the operator the commission it is owed; anyone may, it goes to the authority.
    #[command(after_help = "Example:
  lrt operator collect OPERATOR --lrt MINT")]
    Collect {
        /// The operator: its account or base key, or the base key's file.
        #[arg(value_parser = parse_pubkey)]
        operator: Pubkey,
    },
}

impl OperatorCommand {
    /// Runs the command.
    pub fn run(&self, cluster: &Cluster) -> Outcome<()> {
        match self {
            Self::Act(act) => cluster.perform(act.work(cluster)?).map(drop),
            Self::Show { operator } => show::show(cluster, operator),
        }
    }
}

impl Act {
    fn work(&self, cluster: &Cluster) -> Outcome<Work> {
        let me = cluster.me()?;
        Ok(match self {
            Self::Register {
                commission_bps,
                uri,
                base,
            } => {
                let base = read_or_new_keypair(base.as_ref())?;
                let args = RegisterOperatorArgs {
                    commission_bps: *commission_bps,
                    uri: uri.clone(),
                };
                let register = registry::register_operator(&base.pubkey(), &me, &me, args);
                Work::new("operator register")
                    .then(register)
                    .tell("operator", address::operator(&base.pubkey()))
                    .signed_by(base)
            }
            Self::Update {
                operator,
                commission_bps,
                uri,
                successor,
            } => {
                let args = UpdateOperatorArgs {
                    commission_bps: *commission_bps,
                    uri: uri.clone(),
                    successor: *successor,
                };
                let (operator, _) = find::operator(cluster, operator)?;
                Work::new("operator update").then(registry::update_operator(&operator, &me, args))
            }
            Self::Accept { operator } => {
                let (operator, _) = find::operator(cluster, operator)?;
                let accept = registry::accept_operator_authority(&operator, &me);
                Work::new("operator accept").then(accept)
            }
            Self::Retire { operator } => {
                let (operator, _) = find::operator(cluster, operator)?;
                Work::new("operator retire").then(registry::retire_operator(&operator, &me))
            }
            Self::Close { operator } => {
                let (operator, state) = find::operator(cluster, operator)?;
                let close = registry::close_operator(&operator, &me, &state.rent_payer);
                Work::new("operator close").then(close)
            }
            Self::Bond { operator, amount } => bond(cluster, operator, amount)?,
            Self::Unbond { operator, amount } => unbond(cluster, operator, amount)?,
            Self::OptIn { operator, avs } => {
                let (operator, _) = find::operator(cluster, operator)?;
                let (avs, _) = find::avs(cluster, avs)?;
                let opt_in = registry::opt_in(&operator, &avs, &me, Side::Operator);
                Work::new("operator opt-in").then(opt_in)
            }
            Self::OptOut { operator, avs } => {
                let (operator, _) = find::operator(cluster, operator)?;
                let (avs, _) = find::avs(cluster, avs)?;
                let opt_out = registry::opt_out(&operator, &avs, &me, Side::Operator);
                Work::new("operator opt-out").then(opt_out)
            }
            Self::Collect { operator } => collect(cluster, operator)?,
        })
    }
}

fn bond(cluster: &Cluster, operator: &Pubkey, amount: &Amount) -> Outcome<Work> {
    let (view, me) = (cluster.pool()?, cluster.me()?);
    let (operator, _) = find::operator(cluster, operator)?;
    let amount = view.collateral(cluster, amount, &me)?;
    Ok(Work::new("operator bond")
        .then_all(fund(cluster, &view, &me, amount)?)
        .then(view.keys.post_bond(&operator, &me, amount))
        .tell("bond added", view.tokens(amount)))
}

fn unbond(cluster: &Cluster, operator: &Pubkey, amount: &Amount) -> Outcome<Work> {
    let (view, me) = (cluster.pool()?, cluster.me()?);
    let (operator, _) = find::operator(cluster, operator)?;
    let amount = amount.units(view.decimals(), || {
        let key = view.keys.delegation(&operator);
        let delegation: Delegation = cluster.state(&key, "delegation of the operator")?;
        Ok(delegation.bond.saturating_sub(delegation.bond_cooling))
    })?;
    Ok(Work::new("operator unbond")
        .then_all(view.open_collateral(cluster, &me)?)
        .then(view.keys.withdraw_bond(&operator, &me, amount))
        .tell("starts to cool", view.tokens(amount)))
}

fn collect(cluster: &Cluster, operator: &Pubkey) -> Outcome<Work> {
    let (view, me) = (cluster.pool()?, cluster.me()?);
    let (operator, state) = find::operator(cluster, operator)?;
    let authority = state.authority.holder;
    let collect = view.keys.collect_commission(&operator, &authority, &me);
    Ok(Work::new("operator collect")
        .then_all(view.open_collateral(cluster, &authority)?)
        .then(collect)
        .tell("to", authority))
}

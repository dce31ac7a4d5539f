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
    /// Register an operator; the wallet becomes its authority.
    Register {
        /// Share of a reward that it keeps.
        #[arg(long, value_name = "BPS", default_value_t = 0)]
        commission_bps: u16,
        /// Who it is, for people.
        #[arg(long, default_value = "")]
        uri: String,
        /// Keypair that makes the address [default: a fresh one].
        #[arg(long, value_name = "KEYPAIR")]
        base: Option<PathBuf>,
    },
    /// Change commission or URI, or name a successor for the authority.
    Update {
        /// The operator.
        #[arg(value_parser = parse_pubkey)]
        operator: Pubkey,
        /// A cut is in force at once, a rise after seven days.
        #[arg(long, value_name = "BPS")]
        commission_bps: Option<u16>,
        /// Who it is, for people.
        #[arg(long)]
        uri: Option<String>,
        /// Who may accept the authority; 11111111111111111111111111111111 takes the name back.
        #[arg(long, value_parser = parse_pubkey)]
        successor: Option<Pubkey>,
    },
    /// Accept the authority, as the successor named.
    Accept {
        /// The operator.
        #[arg(value_parser = parse_pubkey)]
        operator: Pubkey,
    },
    /// Retire for good: anyone may take its stake back.
    Retire {
        /// The operator.
        #[arg(value_parser = parse_pubkey)]
        operator: Pubkey,
    },
    /// Close an operator that nothing names any more.
    Close {
        /// The operator.
        #[arg(value_parser = parse_pubkey)]
        operator: Pubkey,
    },
    /// Add to the bond at the LRT.
    Bond {
        /// The operator.
        #[arg(value_parser = parse_pubkey)]
        operator: Pubkey,
        /// Collateral tokens, or ALL.
        amount: Amount,
    },
    /// Pay what has cooled of the bond, then start to cool more.
    Unbond {
        /// The operator.
        #[arg(value_parser = parse_pubkey)]
        operator: Pubkey,
        /// Collateral tokens to start to cool, or ALL; 0 only pays.
        #[arg(default_value = "0")]
        amount: Amount,
    },
    /// Consent to work with an AVS.
    OptIn {
        /// The operator.
        #[arg(value_parser = parse_pubkey)]
        operator: Pubkey,
        /// The AVS.
        #[arg(value_parser = parse_pubkey)]
        avs: Pubkey,
    },
    /// Withdraw the consent.
    OptOut {
        /// The operator.
        #[arg(value_parser = parse_pubkey)]
        operator: Pubkey,
        /// The AVS.
        #[arg(value_parser = parse_pubkey)]
        avs: Pubkey,
    },
    /// Who it is, its commission, and its stake and bond at the LRT, where one is named.
    Show {
        /// The operator.
        #[arg(value_parser = parse_pubkey)]
        operator: Pubkey,
    },
    /// Pay the operator the commission it is owed; anyone may, it goes to the authority.
    Collect {
        /// The operator.
        #[arg(value_parser = parse_pubkey)]
        operator: Pubkey,
    },
}

impl OperatorCommand {
    /// Runs the command.
    pub fn run(&self, cluster: &Cluster) -> Outcome<()> {
        if let Self::Show { operator } = self {
            return show::show(cluster, operator);
        }
        let me = cluster.me()?;
        let work = match self {
            Self::Show { .. } => return Ok(()),
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
        };
        cluster.perform(work).map(drop)
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

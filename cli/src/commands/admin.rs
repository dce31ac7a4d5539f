//! `lrt admin`.

use super::{
    create::{AddPool, Create},
    find,
    params::{self, ParamFlags},
    position::stream_keys,
};
use crate::cluster::{self, parse_pubkey, read_book, Amount, Cluster, Outcome, Trouble, Work};
use clap::{Subcommand, ValueEnum};
use liquid_restaking_sdk::{
    anchor_lang::prelude::Pubkey,
    program::state::{Delegation, Lrt, RoleKind},
    StreamKeys,
};

/// What the admin does; `apply` is open to anyone once the timelock is over.
#[derive(Debug, Subcommand)]
pub enum Admin {
    /// Create an LRT.
    Create(Box<Create>),
    /// Add the stake pool of a collateral.
    AddPool(AddPool),
    /// Parameters, under the timelock.
    #[command(subcommand)]
    Params(ParamsCommand),
    /// The cap on deposits: lower at once, higher after the timelock.
    #[command(subcommand)]
    Cap(CapCommand),
    /// Accept an operator with a cap, or remove it with 0.
    #[command(subcommand)]
    OperatorCap(OperatorCapCommand),
    /// Accept an AVS, under the timelock.
    #[command(subcommand)]
    Avs(AvsCap),
    /// Hand a role over, in two steps.
    #[command(subcommand)]
    Role(RoleCommand),
    /// The reward book: rewards in other tokens.
    #[command(subcommand)]
    RewardBook(Existence),
    /// A stream of the reward book.
    #[command(subcommand)]
    Stream(StreamCommand),
    /// Close a stake pool that nothing depends on any more.
    ClosePool,
    /// Close an LRT without a stake pool.
    Close,
}

/// Parameters.
#[derive(Debug, Subcommand)]
pub enum ParamsCommand {
    /// Propose changes of the parameters in force.
    Propose(Box<ParamFlags>),
    /// Take the proposal back.
    Withdraw,
    /// Put the proposal in force.
    Apply,
    /// Show what is in force and what is proposed.
    Show,
}

/// The deposit cap.
#[derive(Debug, Subcommand)]
pub enum CapCommand {
    /// Set it.
    Set {
        /// Collateral tokens; ALL: no cap.
        amount: Amount,
    },
    /// Put a higher one in force.
    Apply,
}

/// An operator's cap.
#[derive(Debug, Subcommand)]
pub enum OperatorCapCommand {
    /// Set it.
    Set {
        /// The operator.
        #[arg(value_parser = parse_pubkey)]
        operator: Pubkey,
        /// Collateral tokens; ALL: no cap; 0: remove.
        amount: Amount,
    },
    /// Put a higher one in force.
    Apply {
        /// The operator.
        #[arg(value_parser = parse_pubkey)]
        operator: Pubkey,
    },
}

/// An AVS's acceptance.
#[derive(Debug, Subcommand)]
pub enum AvsCap {
    /// Propose to accept what it offers now, with a cap as a share of the pool's assets.
    Propose {
        /// The AVS.
        #[arg(value_parser = parse_pubkey)]
        avs: Pubkey,
        /// The cap.
        cap_bps: u16,
    },
    /// Put the acceptance in force.
    Apply {
        /// The AVS.
        #[arg(value_parser = parse_pubkey)]
        avs: Pubkey,
    },
    /// Lower the cap at once; 0 removes the AVS.
    Lower {
        /// The AVS.
        #[arg(value_parser = parse_pubkey)]
        avs: Pubkey,
        /// The cap.
        cap_bps: u16,
    },
}

/// A handover.
#[derive(Debug, Subcommand)]
pub enum RoleCommand {
    /// Name a successor, as the holder.
    Propose {
        /// The role.
        role: RoleName,
        /// The successor; 11111111111111111111111111111111 takes the name back.
        #[arg(value_parser = parse_pubkey)]
        successor: Pubkey,
    },
    /// Accept, as the successor named.
    Accept {
        /// The role.
        role: RoleName,
    },
}

/// The roles.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum RoleName {
    /// Proposes parameters and pools, raises caps.
    Admin,
    /// Delegates and allocates.
    Manager,
    /// Pauses, and ends what must end at once.
    Guardian,
}

/// Making and closing.
#[derive(Debug, Subcommand)]
pub enum Existence {
    /// Make it.
    Create,
    /// Close it.
    Close,
}

/// Streams.
#[derive(Debug, Subcommand)]
pub enum StreamCommand {
    /// Open a stream of a token.
    Add {
        /// Its place, 0 to 7.
        place: u8,
        /// The reward token.
        #[arg(value_parser = parse_pubkey)]
        mint: Pubkey,
        /// Slots over which a funding is shared out.
        slots: u64,
        /// Accept a token that can be frozen.
        #[arg(long)]
        allow_freeze: bool,
    },
    /// Close a stream that is over and claimed.
    Close {
        /// Its place.
        place: u8,
    },
}

impl From<RoleName> for RoleKind {
    fn from(role: RoleName) -> Self {
        match role {
            RoleName::Admin => Self::Admin,
            RoleName::Manager => Self::Manager,
            RoleName::Guardian => Self::Guardian,
        }
    }
}

impl Admin {
    /// Runs the command.
    pub fn run(&self, cluster: &Cluster) -> Outcome<()> {
        let work = match self {
            Self::Create(create) => return create.run(cluster),
            Self::AddPool(add) => return add.run(cluster),
            Self::Params(ParamsCommand::Show) => return params::show(cluster),
            Self::Params(params) => params.work(cluster)?,
            Self::Cap(cap) => cap.work(cluster)?,
            Self::OperatorCap(cap) => cap.work(cluster)?,
            Self::Avs(avs) => avs.work(cluster)?,
            Self::Role(role) => role.work(cluster)?,
            Self::RewardBook(book) => book.work(cluster)?,
            Self::Stream(stream) => stream.work(cluster)?,
            Self::ClosePool => {
                let (view, me) = (cluster.pool()?, cluster.me()?);
                let wallet = view.lrt.params.fee_wallet;
                let close = view
                    .keys
                    .close_stake_pool(&me, &wallet, &view.pool.rent_payer);
                Work::new("admin close-pool")
                    .then_all(view.open_collateral(cluster, &wallet)?)
                    .then(close)
            }
            Self::Close => {
                let (found, me) = (cluster.lrt()?, cluster.me()?);
                let close = found.keys.close_lrt(&me, &found.lrt.rent_payer);
                Work::new("admin close").then(close)
            }
        };
        cluster.perform(work).map(drop)
    }
}

/// When a change is in force: while nobody holds a share, and where it does not wait, at once.
fn from_when(lrt: &Lrt, slot: u64, waits: bool) -> String {
    if !waits || lrt.supply == 0 {
        return "at once".to_owned();
    }
    let ripe = slot.saturating_add(lrt.params.timelock_slots);
    format!("once it is applied, in slot {ripe} or later")
}

impl ParamsCommand {
    fn work(&self, cluster: &Cluster) -> Outcome<Work> {
        let (found, me) = (cluster.lrt()?, cluster.me()?);
        Ok(match self {
            Self::Propose(flags) => {
                let params = flags.over(found.lrt.params, found.lrt.fixed.decimals)?;
                let sound = params.validate(&found.lrt.fixed);
                sound.map_err(|error| Trouble::of_rule(&error))?; // or the note would stand beside a refusal
                params::note(&found.lrt.fixed, &params);
                Work::new("admin params propose")
                    .then(found.keys.propose_params(&me, params))
                    .tell("in force", from_when(&found.lrt, found.slot, true))
            }
            Self::Withdraw => {
                Work::new("admin params withdraw").then(found.keys.withdraw_params(&me))
            }
            Self::Apply | Self::Show => {
                Work::new("admin params apply").then(found.keys.apply_params())
            }
        })
    }
}

impl CapCommand {
    fn work(&self, cluster: &Cluster) -> Outcome<Work> {
        let view = cluster.pool()?;
        Ok(match self {
            Self::Set { amount } => {
                let cap = amount.units(view.decimals(), || Ok(u64::MAX))?;
                let rises = cap > view.pool.deposit_cap.now;
                Work::new("admin cap set")
                    .then(view.keys.set_deposit_cap(&cluster.me()?, cap))
                    .tell("cap", cluster::cap(cap, view.decimals()))
                    .tell("in force", from_when(&view.lrt, view.slot, rises))
            }
            Self::Apply => Work::new("admin cap apply").then(view.keys.apply_deposit_cap()),
        })
    }
}

impl OperatorCapCommand {
    fn work(&self, cluster: &Cluster) -> Outcome<Work> {
        let view = cluster.pool()?;
        Ok(match self {
            Self::Set { operator, amount } => {
                let (operator, _) = find::operator(cluster, operator)?;
                let cap = amount.units(view.decimals(), || Ok(u64::MAX))?;
                let known = cluster.find_state::<Delegation>(&view.keys.delegation(&operator))?;
                let rises = cap > known.map_or(0, |delegation| delegation.cap.now);
                Work::new("admin operator-cap set")
                    .then(view.keys.set_operator_cap(&cluster.me()?, &operator, cap))
                    .tell("cap", cluster::cap(cap, view.decimals()))
                    .tell("in force", from_when(&view.lrt, view.slot, rises))
            }
            Self::Apply { operator } => {
                let (operator, _) = find::operator(cluster, operator)?;
                Work::new("admin operator-cap apply").then(view.keys.apply_operator_cap(&operator))
            }
        })
    }
}

impl AvsCap {
    fn work(&self, cluster: &Cluster) -> Outcome<Work> {
        let view = cluster.pool()?;
        Ok(match self {
            Self::Propose { avs, cap_bps } => {
                let (avs, _) = find::avs(cluster, avs)?;
                let propose = view.keys.propose_avs(&cluster.me()?, &avs, *cap_bps);
                Work::new("admin avs propose")
                    .then(propose)
                    .tell("in force", from_when(&view.lrt, view.slot, true))
            }
            Self::Apply { avs } => {
                let (avs, _) = find::avs(cluster, avs)?;
                Work::new("admin avs apply").then(view.keys.apply_avs(&avs))
            }
            Self::Lower { avs, cap_bps } => {
                let (avs, _) = find::avs(cluster, avs)?;
                let lower = view.keys.lower_avs_cap(&cluster.me()?, &avs, *cap_bps);
                Work::new("admin avs lower").then(lower)
            }
        })
    }
}

impl RoleCommand {
    fn work(&self, cluster: &Cluster) -> Outcome<Work> {
        let (keys, me) = (cluster.lrt()?.keys, cluster.me()?);
        Ok(match self {
            Self::Propose { role, successor } => Work::new("admin role propose")
                .then(keys.propose_role(&me, (*role).into(), *successor))
                .tell("successor", successor),
            Self::Accept { role } => {
                Work::new("admin role accept").then(keys.accept_role(&me, (*role).into()))
            }
        })
    }
}

impl Existence {
    fn work(&self, cluster: &Cluster) -> Outcome<Work> {
        let (view, me) = (cluster.pool()?, cluster.me()?);
        Ok(match self {
            Self::Create => {
                Work::new("admin reward-book create").then(view.keys.create_reward_book(&me))
            }
            Self::Close => {
                let (book, wallet) = (read_book(cluster, &view.keys)?, view.lrt.params.fee_wallet);
                let close = view.keys.close_reward_book(&me, &wallet, &book.rent_payer);
                Work::new("admin reward-book close")
                    .then_all(view.open_lrt(cluster, &wallet)?)
                    .then(close)
            }
        })
    }
}

impl StreamCommand {
    fn work(&self, cluster: &Cluster) -> Outcome<Work> {
        let (view, me) = (cluster.pool()?, cluster.me()?);
        let book = read_book(cluster, &view.keys)?;
        Ok(match self {
            Self::Add {
                place,
                mint,
                slots,
                allow_freeze,
            } => {
                let mint = cluster.mint(mint)?;
                let stream = StreamKeys {
                    place: *place,
                    mint: mint.key,
                    token_program: mint.program,
                };
                let add = view.keys.add_stream(&me, &stream, *slots, *allow_freeze);
                Work::new("admin stream add").then(add)
            }
            Self::Close { place } => {
                let stream = stream_keys(&book, *place)?;
                let wallet = view.lrt.params.fee_wallet;
                let payer = book
                    .streams
                    .get(usize::from(*place))
                    .map(|stream| stream.rent_payer);
                let close =
                    view.keys
                        .close_stream(&me, &stream, &wallet, &payer.unwrap_or_default());
                Work::new("admin stream close")
                    .then_all(cluster.opened(&wallet, &stream.mint, &stream.token_program)?)
                    .then(close)
            }
        })
    }
}

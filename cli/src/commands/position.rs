//! `lrt position`: LRT staked for rewards in other tokens.

use crate::cluster::{read_book, Amount, Cluster, Outcome, PoolView, Trouble, Work};
use clap::Subcommand;
use liquid_restaking_sdk::{
    program::state::{RewardBook, RewardPosition, Stream},
    StreamKeys,
};

/// A wallet's place in the reward book.
#[derive(Debug, Subcommand)]
pub enum Position {
    /// Stake LRT.
    #[command(after_help = "Example:
  lrt position stake 4")]
    Stake {
        /// LRT, or ALL.
        amount: Amount,
    },
    /// Take LRT out; what it has earned stays claimable.
    #[command(after_help = "Example:
  lrt position unstake ALL")]
    Unstake {
        /// LRT, or ALL.
        amount: Amount,
    },
    /// Claim what has been earned.
    #[command(after_help = "Examples:
  lrt position claim
  lrt position claim --stream 0")]
    Claim {
        /// The stream's place [default: every stream that owes something].
        #[arg(long, value_name = "PLACE")]
        stream: Option<u8>,
    },
    /// Close the empty position.
    #[command(after_help = "Example:
  lrt position close")]
    Close,
}

impl Position {
    /// Runs the command.
    pub fn run(&self, cluster: &Cluster) -> Outcome<()> {
        let (view, me) = (cluster.pool()?, cluster.me()?);
        read_book(cluster, &view.keys)?;
        match self {
            Self::Stake { amount } => {
                let shares = view.shares(cluster, amount, &me)?;
                let work = Work::new("position stake")
                    .then(view.keys.stake_position(&me, shares))
                    .tell("LRT", view.tokens(shares));
                cluster.perform(work).map(drop)
            }
            Self::Unstake { amount } => {
                let position = own(cluster, &view)?;
                let shares = amount.units(view.decimals(), || Ok(position.shares))?;
                let work = Work::new("position unstake")
                    .then_all(view.open_lrt(cluster, &me)?)
                    .then(view.keys.unstake_position(&me, shares))
                    .tell("LRT", view.tokens(shares));
                cluster.perform(work).map(drop)
            }
            Self::Claim { stream } => claim(cluster, &view, *stream),
            Self::Close => {
                let position = own(cluster, &view)?;
                let close = view.keys.close_position(&me, &position.rent_payer);
                cluster
                    .perform(Work::new("position close").then(close))
                    .map(drop)
            }
        }
    }
}

fn own(cluster: &Cluster, view: &PoolView) -> Outcome<RewardPosition> {
    let me = cluster.me()?;
    let missing = || Trouble::Input(format!("{me} has no position in this LRT's reward book"));
    cluster
        .find_state(&view.keys.position(&me))?
        .ok_or_else(missing)
}

fn claim(cluster: &Cluster, view: &PoolView, place: Option<u8>) -> Outcome<()> {
    let me = cluster.me()?;
    let (book, position) = (read_book(cluster, &view.keys)?, own(cluster, view)?);
    let places: Vec<u8> = match place {
        Some(place) => vec![place],
        None => (0u8..)
            .zip(&book.streams)
            .map(|(place, _)| place)
            .filter(|place| owes(&book, &position, *place, view.slot))
            .collect(),
    };
    if places.is_empty() {
        return Err(Trouble::Input(
            "no stream owes the position anything yet".to_owned(),
        ));
    }
    for place in places {
        let stream = stream_keys(&book, place)?;
        let open = cluster.opened(&me, &stream.mint, &stream.token_program)?;
        let work = Work::new("position claim")
            .then_all(open)
            .then(view.keys.claim_stream(&me, &me, &stream))
            .tell("stream", place)
            .tell("token", stream.mint);
        cluster.perform(work)?;
    }
    Ok(())
}

/// Whether a claim now would pay, by the program's own rule.
fn owes(book: &RewardBook, position: &RewardPosition, place: u8, slot: u64) -> bool {
    let (mut book, mut position) = (*book, *position);
    position.claim(&mut book, place, slot).is_ok()
}

/// The addresses of an open stream.
pub fn stream_keys(book: &RewardBook, place: u8) -> Outcome<StreamKeys> {
    let stream = book.streams.get(usize::from(place));
    let stream = stream.filter(|stream: &&Stream| stream.is_open());
    let missing = || Trouble::Input(format!("no stream is open at place {place}"));
    let stream = stream.ok_or_else(missing)?;
    Ok(StreamKeys {
        place,
        mint: stream.mint,
        token_program: stream.token_program,
    })
}

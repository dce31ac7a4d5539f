//! `lrt admin reward-book` and `stream`: rewards in other tokens.

use crate::{
    cluster::{parse_pubkey, read_book, Cluster, Outcome, Work},
    commands::position::stream_keys,
};
use clap::Subcommand;
use liquid_restaking_sdk::{anchor_lang::prelude::Pubkey, StreamKeys};

/// Making and closing.
#[derive(Debug, Subcommand)]
pub enum Existence {
    /// Make it.
    #[command(after_help = "Example:
  lrt admin reward-book create")]
    Create,
    /// Close it.
    #[command(after_help = "Example:
  lrt admin reward-book close")]
    Close,
}

/// Streams.
#[derive(Debug, Subcommand)]
pub enum StreamCommand {
    /// Open a stream of a token.
    #[command(after_help = "Example:
  lrt admin stream add 0 MINT 216000")]
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
    #[command(after_help = "Example:
  lrt admin stream close 0")]
    Close {
        /// Its place.
        place: u8,
    },
}

impl Existence {
    /// What is to be sent.
    pub fn work(&self, cluster: &Cluster) -> Outcome<Work> {
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
    /// What is to be sent.
    pub fn work(&self, cluster: &Cluster) -> Outcome<Work> {
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

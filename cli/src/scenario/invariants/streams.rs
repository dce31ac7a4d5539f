//! The reward book: it holds what is staked and what it owes (DESIGN §7).

use super::Books;
use crate::scenario::streams::Streams;

/// Adds what broke to `found`.
pub fn check(books: &Books, found: &mut Vec<String>) {
    let in_book = books.streams.map_or(0, |streams| streams.vault_balance);
    let held = books.wallets.saturating_add(in_book.into());
    if held != u128::from(books.mint_supply) {
        found.push(format!(
            "invariant 2: wallets and reward book hold {held}, the mint says {}",
            books.mint_supply
        ));
    }
    if let Some(streams) = books.streams {
        check_staked(streams, found);
        check_streams(streams, books.slot, found);
    }
}

fn check_staked(streams: &Streams, found: &mut Vec<String>) {
    let (book, positions) = (&streams.book, &streams.positions);
    let staked: u128 = positions.iter().map(|p| u128::from(p.shares)).sum();
    if staked != u128::from(book.staked) || book.staked > streams.vault_balance {
        found.push(format!(
            "DESIGN 7: positions stake {staked}, the book says {}, its vault holds {}",
            book.staked, streams.vault_balance
        ));
    }
    if u64::try_from(positions.len()) != Ok(book.positions) {
        found.push(format!(
            "DESIGN 7: there are {} positions, the book says {}",
            positions.len(),
            book.positions
        ));
    }
}

/// A stream never owes what it does not hold, nor to its positions more than it owes.
fn check_streams(streams: &Streams, slot: u64, found: &mut Vec<String>) {
    let (staked, all) = (streams.book.staked, streams.book.streams);
    let open = all.into_iter().enumerate().filter(|(_, s)| s.is_open());
    for (place, mut stream) in open {
        if stream.update(staked, slot).is_err() {
            found.push("DESIGN 7: a stream's numbers overflow".to_owned());
            return;
        }
        let owes = u128::from(stream.drip.rest).saturating_add(stream.owed.into());
        let holds = streams.balances.get(place).copied().unwrap_or(0);
        if owes > u128::from(holds) {
            found.push(format!(
                "DESIGN 7: stream {place} owes {owes} and holds {holds}"
            ));
        }
        let earned: u128 = streams
            .positions
            .iter()
            .filter_map(|position| {
                let mut checkpoint = *position.checkpoints.get(place)?;
                checkpoint.settle(&stream, position.shares);
                Some(u128::from(checkpoint.owed))
            })
            .sum();
        if earned > u128::from(stream.owed) {
            found.push(format!(
                "DESIGN 7: positions have earned {earned} in stream {place}, it owes {}",
                stream.owed
            ));
        }
    }
}

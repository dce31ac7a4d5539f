//! `lrt avs show` and `lrt avs proposals`: what an operator, an admin and a resolver have to know before they decide.

use crate::{
    cluster::{print_json, print_line, AllBooks, Cluster, Outcome, Trouble},
    commands::find,
    scenario::table,
};
use core::fmt::Write as _;
use liquid_restaking_sdk::{
    anchor_lang::prelude::Pubkey,
    program::state::{AvsOffer, PoolAvs, SlashProposal, SlashState},
};
use serde_json::{json, Map, Value};

/// Shows what an AVS offers, and what the LRT has accepted of it, if one is named.
pub fn show(cluster: &Cluster, avs: &Pubkey) -> Outcome<()> {
    let (key, avs) = find::avs(cluster, avs)?;
    let uri = text_of(&avs.uri);
    let pool = match cluster.pool() {
        Ok(view) => Some(view),
        // No LRT is named.
        Err(Trouble::Input(_)) => None,
        Err(trouble) => return Err(trouble),
    };
    let accepted: Option<PoolAvs> = match &pool {
        Some(view) => cluster.find_state(&view.keys.pool_avs(&key))?,
        None => None,
    };
    let rules = accepted.filter(|one| one.accepted != AvsOffer::default());
    let waits = accepted.filter(|one| one.timelock.is_pending());
    let columns = [
        ("offered", Some(described(&avs.offer))),
        ("accepted", rules.map(|one| described(&one.accepted))),
        ("proposed", waits.map(|one| described(&one.pending))),
    ];
    let successor = (avs.authority.pending != Pubkey::default()).then_some(avs.authority.pending);
    if cluster.json {
        let mut line = json!({
            "avs": key.to_string(), "authority": avs.authority.holder.to_string(),
            "named_successor": successor.map(|key| key.to_string()), "uri": uri, "opt_ins": avs.opt_ins,
        });
        for (name, terms) in columns {
            let fields = |rows: Vec<(&str, String)>| {
                let fields = rows.into_iter();
                fields
                    .map(|(name, value)| (name.replace(' ', "_"), json!(value)))
                    .collect::<Map<_, _>>()
            };
            line[name] = terms.map_or(Value::Null, |terms| Value::Object(fields(terms)));
        }
        return print_json(&line);
    }
    print_line(&format!("AVS {key}, of {}", avs.authority.holder))?;
    if let Some(successor) = successor {
        print_line(&format!("named successor: {successor}"))?;
    }
    if !uri.is_empty() {
        print_line(&uri)?;
    }
    let header = ["what", "offered", "accepted by the LRT", "proposed"];
    let mut rows = table(&header);
    let of = |terms: &Option<Vec<(&str, String)>>, place: usize| {
        let row = terms.as_ref().and_then(|rows| rows.get(place));
        row.map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let [(_, offered), (_, accepted), (_, proposed)] = &columns;
    for (place, (name, _)) in described(&avs.offer).into_iter().enumerate() {
        rows.add_row([
            name.to_owned(),
            of(offered, place),
            of(accepted, place),
            of(proposed, place),
        ]);
    }
    print_line(&rows.to_string())
}

/// Terms by name, under the names of the flags.
fn described(offer: &AvsOffer) -> Vec<(&'static str, String)> {
    let AvsOffer {
        slasher,
        resolver,
        destination,
        terms,
    } = offer;
    let destination = match *destination == Pubkey::default() {
        true => "nobody: it is burned".to_owned(),
        false => destination.to_string(),
    };
    vec![
        ("slasher", slasher.to_string()),
        ("resolver", resolver.to_string()),
        ("destination", destination),
        ("veto-window", terms.veto_window.to_string()),
        ("execution-window", terms.execution_window.to_string()),
        ("exit-delay", terms.exit_delay.to_string()),
        ("slash-window", terms.slash_window.to_string()),
        ("slash-cap-bps", terms.slash_cap_bps.to_string()),
    ]
}

/// Shows the open slash proposals of the LRT, or all that are not closed.
pub fn proposals(cluster: &Cluster, all: bool) -> Outcome<()> {
    let books = cluster.books()?;
    let found = books.proposals.iter();
    let found: Vec<_> = found
        .filter(|(_, one)| all || one.state() == SlashState::Open)
        .collect();
    let tokens = |units: u64| books.view.tokens(units);
    let slot = books.view.slot;
    if cluster.json {
        let rows = found.iter().map(|(key, one)| {
            let operator = find::operator_of(&books, one).map(|key| key.to_string());
            let avs = find::avs_of(&books, one).map(|key| key.to_string());
            json!({
                "proposal": key.to_string(), "operator": operator, "avs": avs,
                "amount": tokens(one.amount), "state": format!("{:?}", one.state()).to_lowercase(),
                "proposed_slot": one.proposed_slot, "execution_slot": one.execution_slot,
                "expiry_slot": one.expiry_slot, "from_bond": tokens(one.from_bond),
                "from_stake": tokens(one.from_stake), "evidence": hex(&one.evidence), "uri": text_of(&one.uri),
            })
        });
        return print_json(&json!({ "slot": slot, "proposals": rows.collect::<Vec<_>>() }));
    }
    if found.is_empty() {
        return print_line("none");
    }
    for (key, one) in found {
        let known = |key: Option<Pubkey>| key.map(|key| key.to_string());
        let operator = known(find::operator_of(&books, one));
        let operator = operator.unwrap_or_else(|| "its delegation is closed".to_owned());
        let avs = known(find::avs_of(&books, one)).unwrap_or_default();
        let mut rows = table(&["proposal", &key.to_string()]);
        rows.add_row(["operator", &operator]);
        rows.add_row(["AVS", &avs]);
        rows.add_row(["amount", &tokens(one.amount)]);
        rows.add_row(["state", &state_of(&books, one)]);
        rows.add_row(["evidence's SHA-256", &hex(&one.evidence)]);
        rows.add_row(["evidence at", &text_of(&one.uri)]);
        print_line(&rows.to_string())?;
    }
    Ok(())
}

/// How a proposal stands, in words.
pub fn state_of(books: &AllBooks, proposal: &SlashProposal) -> String {
    let slot = books.view.slot;
    let (veto, expiry) = (proposal.execution_slot, proposal.expiry_slot);
    match proposal.state() {
        SlashState::Open if slot < veto => {
            let left = veto.saturating_sub(slot);
            format!("may be vetoed before slot {veto}, for {left} slots more")
        }
        SlashState::Open if slot < expiry => {
            format!("anyone may execute it before slot {expiry}")
        }
        SlashState::Open => "not executed in time: anyone may end it".to_owned(),
        SlashState::Vetoed => "vetoed".to_owned(),
        SlashState::Executed => format!(
            "executed: {} from the bond, {} from stake",
            books.view.tokens(proposal.from_bond),
            books.view.tokens(proposal.from_stake)
        ),
        SlashState::Expired => "expired".to_owned(),
    }
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in bytes {
        // Writing to a string can not fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// A URI fit to be printed. Whoever registers chooses its bytes, and others read it on their terminals before they decide:
/// what would move the cursor, hide or turn round what is beside it becomes a replacement character.
pub fn text_of(uri: &[u8]) -> String {
    let end = uri.iter().position(|byte| *byte == 0).unwrap_or(uri.len());
    let text = String::from_utf8_lossy(uri.get(..end).unwrap_or_default());
    let shown = text.chars().map(|one| match is_harmless(one) {
        true => one,
        false => char::REPLACEMENT_CHARACTER,
    });
    shown.collect()
}

/// Neither a control character nor one that is not seen or changes the direction of others.
fn is_harmless(one: char) -> bool {
    let is_unseen = matches!(
        one,
        '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    );
    !(one.is_control() || is_unseen)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uri_can_not_steer_a_terminal() {
        let text = |uri: &str| text_of(&[uri.as_bytes(), &[0; 9]].concat());
        for uri in ["", "https://avs.example/a?b=c#d", "https://ávs.例え/ü"] {
            assert_eq!(text(uri), uri);
        }
        assert_eq!(
            text("a\u{1b}[2Kb\r\nc\u{9b}d"),
            "a\u{fffd}[2Kb\u{fffd}\u{fffd}c\u{fffd}d"
        );
        assert_eq!(
            text("x\u{202e}y\u{2066}z\u{200f}"),
            "x\u{fffd}y\u{fffd}z\u{fffd}"
        );
        assert_eq!(text_of(b"a\xffb"), "a\u{fffd}b");
    }
}

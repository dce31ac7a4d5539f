//! `lrt operator show`.

use crate::{
    cluster::{self, print_json, print_line, Cluster, Outcome, Trouble},
    commands::{avs::text_of, find},
    scenario::table,
};
use liquid_restaking_sdk::{anchor_lang::prelude::Pubkey, program::state::Delegation};
use serde_json::{json, Map, Value};

/// Shows an operator, and its place at the LRT, where one is named and has accepted it.
pub fn show(cluster: &Cluster, operator: &Pubkey) -> Outcome<()> {
    let (key, operator) = find::operator(cluster, operator)?;
    let view = match cluster.pool() {
        Ok(view) => Some(view),
        // No LRT is named.
        Err(Trouble::Input(_)) => None,
        Err(trouble) => return Err(trouble),
    };
    let slot = match &view {
        Some(view) => view.slot,
        None => cluster.slot()?,
    };
    let percent = |bps: u16| format!("{} %", cluster::tokens(bps.into(), 2));
    let mut rows = vec![
        ("operator", key.to_string()),
        ("authority", operator.authority.holder.to_string()),
        ("URI", text_of(&operator.uri)),
        ("commission", percent(operator.commission_at(slot))),
        ("opt-ins given", operator.opt_ins.to_string()),
        ("LRTs that name it", operator.delegations.to_string()),
    ];
    if operator.authority.pending != Pubkey::default() {
        rows.push(("named successor", operator.authority.pending.to_string()));
    }
    if operator.commission_slot > slot {
        let (bps, from) = (operator.pending_commission_bps, operator.commission_slot);
        rows.push(("it rises", format!("to {} in slot {from}", percent(bps))));
    }
    if operator.is_retired() {
        rows.push(("retired", format!("in slot {}", operator.retired_slot)));
    }
    if let Some(view) = &view {
        let key = view.keys.delegation(&key);
        match cluster.find_state::<Delegation>(&key)? {
            Some(delegation) => {
                let amount = |units: u64| view.tokens(units);
                rows.push((
                    "cap at the LRT",
                    cluster::cap(delegation.cap.now, view.decimals()),
                ));
                rows.push(("stake", amount(delegation.active)));
                rows.push((
                    "free stake",
                    amount(delegation.free(view.lrt.params.leverage_bps)),
                ));
                rows.push(("disputed", amount(delegation.disputed)));
                rows.push(("bond", amount(delegation.bond)));
                rows.push(("bond that cools", amount(delegation.bond_cooling)));
                if delegation.bond_cooling > 0 {
                    let when = delegation.bond_release_slot;
                    rows.push(("paid from", format!("slot {when}, it is {slot}")));
                }
                rows.push(("commission owed", amount(delegation.owed)));
                rows.push(("lost to slashes so far", amount(delegation.losses)));
            }
            None => rows.push(("cap at the LRT", "not accepted".to_owned())),
        }
    }
    if cluster.json {
        let fields = rows.into_iter();
        let fields = fields.map(|(name, value)| (name.replace([' ', '-'], "_"), json!(value)));
        return print_json(&Value::Object(fields.collect::<Map<_, _>>()));
    }
    let mut rows = rows.into_iter();
    let (name, value) = rows.next().unwrap_or_default();
    let mut shown = table(&[name, &value]);
    for (name, value) in rows {
        shown.add_row([name, &value]);
    }
    print_line(&shown.to_string())
}

//! Checks a whole file before the first step runs.

use super::{
    fields::{Fields, Names},
    format::{Scenario, Setup, Step},
    op::Op,
    read_op::read_op,
    strict::Strict,
};
use liquid_restaking_sdk::{
    anchor_lang::error::Error,
    program::state::{FixedParams, Params},
};
use serde_json::{Map, Value};

/// One line that says what is wrong with a file, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {what}")]
pub struct Malformed {
    place: String,
    what: String,
}

impl Malformed {
    pub(super) fn new(place: &str, what: &str) -> Self {
        Self {
            place: place.to_owned(),
            what: what.to_owned(),
        }
    }
}

/// Reads and checks a scenario.
///
/// # Errors
/// The first thing that is wrong: unknown operation or field, missing field, wrong type, value out of bounds, or a name
/// that nothing before introduces.
pub fn parse(text: &str) -> Result<Scenario, Malformed> {
    let Strict(file) = serde_json::from_str(text)
        .map_err(|error| Malformed::new("file", &format!("can not be read as JSON: {error}")))?;
    let Value::Object(mut file) = file else {
        return Err(Malformed::new("file", "must be an object"));
    };
    let mut names = Names::default();
    let setup = setup(&file.shift_remove("params").unwrap_or_else(empty), &names)?;
    let users = users(file.shift_remove("users"))?;
    names.users = users.iter().map(|(name, _)| name.clone()).collect();
    let steps = match file.shift_remove("steps") {
        Some(Value::Array(steps)) => steps,
        Some(_) => return Err(Malformed::new("file", "field \"steps\" must be a list")),
        None => return Err(Malformed::new("file", "field \"steps\" is missing")),
    };
    if let Some(field) = file.keys().next() {
        let what = format!("field \"{field}\" is unknown here");
        return Err(Malformed::new("file", &what));
    }
    let mut checked = Vec::with_capacity(steps.len());
    for (number, value) in (1u64..).zip(&steps) {
        let step = step(number, value, &names)?;
        match &step.op {
            Op::RequestWithdraw { ticket, .. } => names.tickets.push(ticket.clone()),
            Op::Operator { name, .. } => names.operators.push(name.clone()),
            Op::Avs { name, .. } => names.avss.push(name.clone()),
            Op::Stream { name, .. } => names.streams.push(name.clone()),
            _ => {}
        }
        checked.push(step);
    }
    Ok(Scenario {
        setup,
        users,
        steps: checked,
    })
}

fn empty() -> Value {
    Value::Object(Map::new())
}

fn users(value: Option<Value>) -> Result<Vec<(String, u64)>, Malformed> {
    let map = match value {
        None => Map::new(),
        Some(Value::Object(map)) => map,
        Some(_) => return Err(Malformed::new("file", "field \"users\" must be an object")),
    };
    let mut total = 0u64;
    let mut users = Vec::with_capacity(map.len());
    for (name, amount) in map {
        let wrong = |what| Malformed::new("users", &format!("field \"{name}\" {what}"));
        let amount = amount
            .as_u64()
            .ok_or_else(|| wrong("must be a whole number from 0 to 18446744073709551615"))?;
        total = total
            .checked_add(amount)
            .ok_or_else(|| wrong("brings the collateral above what a mint can hold"))?;
        users.push((name, amount));
    }
    Ok(users)
}

/// The defaults of the format; whatever is given takes their place.
fn setup(value: &Value, names: &Names) -> Result<Setup, Malformed> {
    let mut fields = Fields::new("params", value, names)?;
    let decimals = fields.optional_number("decimals")?.unwrap_or(9);
    let fixed = FixedParams {
        epoch_length: fields.optional_number("epoch_length")?.unwrap_or(100),
        max_exit_delay: fields.optional_number("max_exit_delay")?.unwrap_or(300),
        decimals: u8::try_from(decimals)
            .map_err(|_| fields.wrong("decimals", "is out of bounds (DecimalsOutOfBounds)"))?,
        padding: [0; 7],
    };
    fixed.validate().map_err(out_of_bounds)?;

    let cooldown_epochs = fields.optional_number("cooldown_epochs")?.unwrap_or(2);
    let one_cooldown = cooldown_epochs.saturating_mul(fixed.epoch_length);
    let mut params = Params {
        cooldown_epochs,
        grace_slots: fields
            .optional_number("grace_slots")?
            .unwrap_or(one_cooldown),
        warmup_slots: fields.optional_number("warmup_slots")?.unwrap_or(10),
        drip_slots: fields.optional_number("drip_slots")?.unwrap_or(100),
        bond_cooldown_slots: fixed.longest_exit().map_err(out_of_bounds)?,
        min_settle: fields.optional_number("min_settle")?.unwrap_or(1),
        min_reward: fields.optional_number("min_reward")?.unwrap_or(1),
        min_slash: fields.optional_number("min_slash")?.unwrap_or(1),
        leverage_bps: fields.small_number("leverage_bps", 10_000)?,
        bond_multiple: fields.small_number("bond_multiple", 0)?,
        dispute_tolerance_bps: fields.small_number("dispute_tolerance_bps", 50)?,
        instant_limit_bps: fields.small_number("instant_limit_bps", 10_000)?,
        ..Params::default()
    };
    let mut fees = fields.object("fees")?;
    params.deposit_fee_bps = fees.small_number("deposit_bps", 0)?;
    params.withdrawal_fee_bps = fees.small_number("withdraw_bps", 0)?;
    params.instant_fee_bps = fees.small_number("instant_bps", 0)?;
    params.reward_fee_bps = fees.small_number("reward_bps", 0)?;
    fees.finish()?;
    params.timelock_slots = match fields.optional_number("timelock_slots")? {
        Some(slots) => slots,
        None => params.least_timelock(&fixed).map_err(out_of_bounds)?,
    };
    fields.finish()?;
    params.validate(&fixed).map_err(out_of_bounds)?;
    Ok(Setup { fixed, params })
}

fn out_of_bounds(error: Error) -> Malformed {
    let name = match error {
        Error::AnchorError(error) => error.error_name,
        Error::ProgramError(error) => error.to_string(),
    };
    Malformed::new("params", &format!("outside the bounds: {name}"))
}

fn step(number: u64, value: &Value, names: &Names) -> Result<Step, Malformed> {
    let place = format!("step {number}");
    let mut fields = Fields::new(&place, value, names)?;
    let Some(name) = fields.optional_text("op")? else {
        return Err(fields.wrong("op", "is missing"));
    };
    let place = format!("step {number} ({name})");
    fields = Fields::new(&place, value, names)?;
    fields.optional_text("op")?;
    let signed_as = fields.optional_text("as")?;
    let op = read_op(&name, &mut fields)?;
    fields.finish()?;
    Ok(Step { op, signed_as })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> String {
        match parse(text) {
            Ok(_) => "accepted".to_owned(),
            Err(malformed) => malformed.to_string(),
        }
    }

    #[test]
    fn the_defaults_are_those_of_the_format() {
        let scenario = parse(r#"{"users": {"alice": 5}, "steps": []}"#);
        let Ok(scenario) = scenario else {
            unreachable!("{scenario:?}")
        };
        let params = scenario.setup.params;
        assert_eq!(params.grace_slots, 200);
        assert_eq!(params.timelock_slots, 400 + 200 + 443);
        assert_eq!(params.bond_cooldown_slots, 443);
        assert_eq!(scenario.users, [("alice".to_owned(), 5)]);
    }

    #[test]
    fn each_fault_gets_one_line_that_names_step_and_field() {
        let cases = [
            ("[", "file: can not be read as JSON: EOF while parsing a list at line 1 column 1"),
            ("[]", "file: must be an object"),
            (
                r#"{"steps": [{"op": "warp", "slots": 1, "slots": 2}]}"#,
                "file: can not be read as JSON: field \"slots\" is given twice at line 1 column 49",
            ),
            ("{}", "file: field \"steps\" is missing"),
            (r#"{"steps": 1}"#, "file: field \"steps\" must be a list"),
            (r#"{"steps": [], "x": 1}"#, "file: field \"x\" is unknown here"),
            (r#"{"steps": [], "users": {"a": -1}}"#, "users: field \"a\" must be a whole number from 0 to 18446744073709551615"),
            (r#"{"steps": [], "params": {"x": 1}}"#, "params: field \"x\" is unknown here"),
            (r#"{"steps": [], "params": {"fees": {"x": 1}}}"#, "params.fees: field \"x\" is unknown here"),
            (r#"{"steps": [], "params": {"epoch_length": 0}}"#, "params: outside the bounds: EpochLengthOutOfBounds"),
            (r#"{"steps": [], "params": {"timelock_slots": 5}}"#, "params: outside the bounds: TimelockTooShort"),
            (r#"{"steps": [5]}"#, "step 1: must be an object"),
            (r#"{"steps": [{}]}"#, "step 1: field \"op\" is missing"),
            (r#"{"steps": [{"op": "fly"}]}"#, "step 1 (fly): field \"op\" names no operation: \"fly\""),
            (r#"{"steps": [{"op": "donate"}]}"#, "step 1 (donate): field \"amount\" is missing"),
            (r#"{"steps": [{"op": "donate", "amount": "5"}]}"#, "step 1 (donate): field \"amount\" must be a whole number from 0 to 18446744073709551615"),
            (r#"{"steps": [{"op": "settle"}, {"op": "settle", "x": 1}]}"#, "step 2 (settle): field \"x\" is unknown here"),
            (r#"{"steps": [{"op": "deposit", "user": "bob", "amount": 1}]}"#, "step 1 (deposit): field \"user\" names no user of this file: \"bob\""),
            (r#"{"steps": [{"op": "claim", "ticket": "t"}]}"#, "step 1 (claim): field \"ticket\" names no ticket that an earlier step introduces: \"t\""),
            (r#"{"steps": [{"op": "bond", "operator": "o", "amount": 1}]}"#, "step 1 (bond): field \"operator\" names no operator that an earlier step introduces: \"o\""),
            (r#"{"steps": [{"op": "operator", "name": "o"}, {"op": "operator", "name": "o"}]}"#, "step 2 (operator): field \"name\" names an operator that an earlier step introduces already: \"o\""),
            (r#"{"steps": [{"op": "operator", "name": "o"}, {"op": "opt_in", "operator": "o", "avs": "a"}]}"#, "step 2 (opt_in): field \"avs\" names no AVS that an earlier step introduces: \"a\""),
            (r#"{"steps": [{"op": "avs", "name": "a", "veto_slots": 1, "execute_slots": 1, "exit_delay": 7}]}"#, "step 1 (avs): field \"slash_cap_bps\" is missing"),
            (r#"{"steps": [{"op": "avs", "name": "a", "veto_slots": 1, "execute_slots": 1, "exit_delay": 7, "slash_cap_bps": 65536}]}"#, "step 1 (avs): field \"slash_cap_bps\" must be at most 65535"),
            (r#"{"steps": [{"op": "avs", "name": "a", "veto_slots": 1, "execute_slots": 1, "exit_delay": 7, "slash_cap_bps": 5, "destination": "bob"}]}"#, "step 1 (avs): field \"destination\" names no user of this file: \"bob\""),
            (r#"{"steps": [{"op": "claim_stream", "user": "a", "stream": "s"}], "users": {"a": 1}}"#, "step 1 (claim_stream): field \"stream\" names no stream that an earlier step introduces: \"s\""),
            (r#"{"steps": [{"op": "stream", "name": "s", "decimals": 256, "amount": 1, "slots": 1}]}"#, "step 1 (stream): field \"decimals\" must be at most 255"),
            (r#"{"steps": [{"op": "operator", "name": "o"}, {"op": "avs", "name": "a", "veto_slots": 1, "execute_slots": 1, "exit_delay": 7, "slash_cap_bps": 5}, {"op": "rewards", "operator": "o", "avs": "a", "amount": 1, "signed": "bob"}]}"#, "step 3 (rewards): field \"signed\" can be \"avs\" or \"stranger\", not \"bob\""),
            (r#"{"steps": [{"op": "end_avs", "avs": "a"}]}"#, "step 1 (end_avs): field \"avs\" names no AVS that an earlier step introduces: \"a\""),
            (r#"{"steps": [{"op": "pause", "what": ["claims"]}]}"#, "step 1 (pause): field \"what\" can hold \"deposit\" and \"instant\", not \"claims\""),
        ];
        for (text, line) in cases {
            assert_eq!(refusal(text), line, "{text}");
        }
    }
}

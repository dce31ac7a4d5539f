//! Reading one operation of a file.

use super::{
    check::Malformed,
    fields::Fields,
    op::{Op, Paused, RewardPayer, BURN},
};
use liquid_restaking_sdk::program::{state::AvsTerms, MAX_PAUSE_SLOTS};

/// The operation `name` with its fields.
pub fn read_op(name: &str, fields: &mut Fields) -> Result<Op, Malformed> {
    Ok(match name {
        "deposit" => Op::Deposit {
            user: fields.user("user")?,
            amount: fields.number("amount")?,
            min_shares: fields.optional_number("min_shares")?.unwrap_or(0),
        },
        "request_withdraw" => Op::RequestWithdraw {
            user: fields.user("user")?,
            shares: fields.number("shares")?,
            ticket: fields.new_ticket("ticket")?,
        },
        "settle" => Op::Settle,
        "claim" => Op::Claim {
            ticket: fields.ticket("ticket")?,
        },
        "cancel" => Op::Cancel {
            ticket: fields.ticket("ticket")?,
        },
        "transfer_ticket" => Op::TransferTicket {
            ticket: fields.ticket("ticket")?,
            to: fields.user("to")?,
        },
        "redeem_instant" => Op::RedeemInstant {
            user: fields.user("user")?,
            shares: fields.number("shares")?,
            min_assets: fields.optional_number("min_assets")?.unwrap_or(0),
        },
        "donate" => Op::Donate {
            amount: fields.number("amount")?,
        },
        "burn_lrt" => Op::BurnLrt {
            user: fields.user("user")?,
            shares: fields.number("shares")?,
        },
        "sweep" => Op::Sweep,
        "accrue" => Op::Accrue,
        "collect" => Op::Collect,
        "pause" => Op::Pause {
            what: paused(fields)?,
            slots: fields.optional_number("slots")?.unwrap_or(MAX_PAUSE_SLOTS),
        },
        "warp" => Op::Warp {
            slots: fields.number("slots")?,
        },
        "operator" => Op::Operator {
            name: fields.new_operator("name")?,
            commission_bps: fields.small_number("commission_bps", 0)?,
        },
        "avs" => avs(fields)?,
        "opt_in" => Op::OptIn {
            operator: fields.operator("operator")?,
            avs: fields.avs("avs")?,
        },
        "opt_out" => Op::OptOut {
            operator: fields.operator("operator")?,
            avs: fields.avs("avs")?,
        },
        "bond" => Op::Bond {
            operator: fields.operator("operator")?,
            amount: fields.number("amount")?,
        },
        "withdraw_bond" => Op::WithdrawBond {
            operator: fields.operator("operator")?,
            amount: fields.number("amount")?,
        },
        "delegate" => Op::Delegate {
            operator: fields.operator("operator")?,
            amount: fields.number("amount")?,
        },
        "undelegate" => Op::Undelegate {
            operator: fields.operator("operator")?,
            amount: fields.number("amount")?,
        },
        "allocate" => Op::Allocate {
            operator: fields.operator("operator")?,
            avs: fields.avs("avs")?,
            amount: fields.number("amount")?,
        },
        "deallocate" => Op::Deallocate {
            operator: fields.operator("operator")?,
            avs: fields.avs("avs")?,
            amount: fields.number("amount")?,
        },
        "release" => Op::Release {
            operator: fields.operator("operator")?,
            avs: fields.avs("avs")?,
        },
        "retire" => Op::Retire {
            operator: fields.operator("operator")?,
        },
        "force_exit" => Op::ForceExit {
            operator: fields.operator("operator")?,
        },
        "rewards" => Op::Rewards {
            operator: fields.operator("operator")?,
            avs: fields.avs("avs")?,
            amount: fields.number("amount")?,
            payer: reward_payer(fields)?,
        },
        "stream" => Op::Stream {
            name: fields.new_stream("name")?,
            decimals: fields.tiny_number("decimals")?,
            amount: fields.number("amount")?,
            slots: fields.number("slots")?,
        },
        "stake_position" => Op::StakePosition {
            user: fields.user("user")?,
            shares: fields.number("shares")?,
        },
        "unstake_position" => Op::UnstakePosition {
            user: fields.user("user")?,
            shares: fields.number("shares")?,
        },
        "claim_stream" => Op::ClaimStream {
            user: fields.user("user")?,
            stream: fields.stream("stream")?,
        },
        "propose_slash" => Op::ProposeSlash {
            operator: fields.operator("operator")?,
            avs: fields.avs("avs")?,
            amount: fields.number("amount")?,
        },
        "veto_slash" => Op::VetoSlash {
            operator: fields.operator("operator")?,
            avs: fields.avs("avs")?,
        },
        "execute_slash" => Op::ExecuteSlash {
            operator: fields.operator("operator")?,
            avs: fields.avs("avs")?,
        },
        "expire_slash" => Op::ExpireSlash {
            operator: fields.operator("operator")?,
            avs: fields.avs("avs")?,
        },
        "end_avs" => Op::EndAvs {
            avs: fields.avs("avs")?,
        },
        unknown => {
            let what = format!("names no operation: \"{unknown}\"");
            return Err(fields.wrong("op", &what));
        }
    })
}

/// Terms out of the program's bounds are for the program to refuse: a file may want to show that it does.
fn avs(fields: &mut Fields) -> Result<Op, Malformed> {
    let name = fields.new_avs("name")?;
    let exit_delay = fields.number("exit_delay")?;
    let terms = AvsTerms {
        veto_window: fields.number("veto_slots")?,
        execution_window: fields.number("execute_slots")?,
        exit_delay,
        slash_window: fields
            .optional_number("slash_window")?
            .unwrap_or(exit_delay),
        slash_cap_bps: fields.required_small_number("slash_cap_bps")?,
        ..AvsTerms::default()
    };
    Ok(Op::Avs {
        name,
        terms,
        cap_bps: fields.small_number("cap_bps", 10_000)?,
        destination: fields.user_unless("destination", BURN)?,
    })
}

fn reward_payer(fields: &mut Fields) -> Result<RewardPayer, Malformed> {
    match fields.optional_text("signed")?.as_deref() {
        None | Some("avs") => Ok(RewardPayer::Avs),
        Some("stranger") => Ok(RewardPayer::Stranger),
        Some(other) => {
            let what = format!("can be \"avs\" or \"stranger\", not \"{other}\"");
            Err(fields.wrong("signed", &what))
        }
    }
}

fn paused(fields: &mut Fields) -> Result<Vec<Paused>, Malformed> {
    let list = fields.texts("what")?;
    list.iter()
        .map(|what| match what.as_str() {
            "deposit" => Ok(Paused::Deposit),
            "instant" => Ok(Paused::Instant),
            other => Err(fields.wrong(
                "what",
                &format!("can hold \"deposit\" and \"instant\", not \"{other}\""),
            )),
        })
        .collect()
}

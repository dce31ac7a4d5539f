//! The least an instruction can cost: the calls and system calls that must happen, at the cluster's own prices.

/// A call to another program, before it does anything.
const CALL: u64 = 946;
/// One try of a search for a PDA. (The runtime derives a PDA that signs a call without charge.)
const SEARCH: u64 = 1_500;
/// Reading the clock.
const CLOCK: u64 = 140;
/// Reading the rent.
const RENT: u64 = 117;
/// The token program's own work.
const TRANSFER: u64 = 76;
const MINT: u64 = 119;
const BURN: u64 = 123;
const CLOSE: u64 = 120;
/// Of a mint or an account; the least that either takes.
const INITIALIZE: u64 = 100;
/// The system program's own work.
const CREATE: u64 = 150;
/// An event is a call of the program to itself.
const EVENT: u64 = CALL;

/// The floor of a row; `None` where none is given.
pub fn of(name: &str) -> Option<u64> {
    let call = |work| CALL + work;
    Some(match name {
        "deposit" | "deposit, the first of all" => CLOCK + call(TRANSFER) + call(MINT) + EVENT,
        "request_withdraw" | "request_withdraw, once more in the slot" => {
            CLOCK + RENT + call(BURN) + call(CREATE) + EVENT
        }
        "request_withdraw, opening a batch" => {
            // One search of the batch's address more, at its first bump.
            CLOCK + 2 * RENT + call(BURN) + 2 * call(CREATE) + SEARCH + EVENT
        }
        "settle" | "settle, in part" | "settle, the rest" | "close_batch" | "accrue"
        | "accrue, at worst" | "sweep_surplus" => CLOCK + EVENT,
        "claim" | "claim, not the last" => CLOCK + call(TRANSFER) + EVENT,
        "claim, by a stranger" => CLOCK + call(TRANSFER) + SEARCH + EVENT,
        "cancel_withdraw" => CLOCK + call(MINT) + EVENT,
        "cancel_withdraw, partly settled" => CLOCK + call(TRANSFER) + call(MINT) + EVENT,
        "redeem_instant" | "redeem_instant, with a queue" => {
            CLOCK + call(BURN) + call(TRANSFER) + EVENT
        }
        "collect_fees" => CLOCK + call(MINT) + EVENT,
        "transfer_ticket" | "propose_role" | "accept_role" | "withdraw_params" => EVENT,
        "propose_params" | "set_deposit_cap" | "set_pause" => CLOCK + EVENT,
        // The mint and the LRT, whose address is searched.
        "create_lrt" => 2 * RENT + 2 * call(CREATE) + call(INITIALIZE) + SEARCH + EVENT,
        // The vault and the pool, and the address that an LRT of the collateral would have: three searches.
        "add_stake_pool" => {
            CLOCK + 2 * RENT + 2 * call(CREATE) + call(INITIALIZE) + 3 * SEARCH + EVENT
        }
        "quote_deposit" | "quote_withdraw" | "quote_instant" | "quote_instant, with a queue" => {
            CLOCK
        }
        _ => return of_restaking(name).or_else(|| of_slashing_and_rewards(name)),
    })
}

/// The floor of a row about operators and AVSs: the same at worst and with more of them.
fn of_restaking(name: &str) -> Option<u64> {
    // An account is created, and its address searched.
    let create = RENT + CALL + CREATE + SEARCH;
    let (instruction, rest) = name.split_once(", ").unwrap_or((name, ""));
    let first = rest.starts_with("opening")
        || rest.starts_with("accepting")
        || rest.ends_with("first time");
    Some(match instruction {
        "register_operator" if rest.ends_with("bump 254") => create + SEARCH + EVENT,
        "register_operator" | "register_avs" => create + EVENT,
        "opt_in" if rest.is_empty() => CLOCK + create + EVENT,
        "allocate" | "set_operator_cap" | "propose_avs" if first => CLOCK + create + EVENT,
        "post_bond" => CLOCK + CALL + TRANSFER + EVENT,
        "withdraw_bond" if rest.is_empty() => CLOCK + CALL + TRANSFER + EVENT,
        "accept_operator_authority"
        | "accept_avs_authority"
        | "update_avs"
        | "close_allocation"
        | "close_opt_in"
        | "close_operator"
        | "close_avs" => EVENT,
        "risk_report" => CLOCK,
        "delegate" | "undelegate" | "allocate" | "deallocate" | "release" | "open_round"
        | "force_deallocate" | "force_undelegate" | "set_operator_cap" | "apply_operator_cap"
        | "propose_avs" | "apply_avs" | "lower_avs_cap" | "opt_in" | "opt_out"
        | "withdraw_bond" | "update_operator" | "retire_operator" | "close_delegation"
        | "close_pool_avs" => CLOCK + EVENT,
        _ => return None,
    })
}

/// The floor of a row about slashes or rewards.
fn of_slashing_and_rewards(name: &str) -> Option<u64> {
    let create = RENT + CALL + CREATE + SEARCH;
    let transfer = CALL + TRANSFER;
    let (instruction, rest) = name.split_once(", ").unwrap_or((name, ""));
    // An associated token account, or the sink.
    let has_search = rest.contains("wallet")
        || rest.contains("sink")
        || rest.ends_with("by a stranger")
        || (instruction == "execute_slash" && rest == "at worst");
    let search = if has_search { SEARCH } else { 0 };
    Some(match instruction {
        "propose_slash" => CLOCK + create + EVENT,
        "veto_slash" | "expire_slash" | "end_avs" => CLOCK + EVENT,
        "execute_slash" if has_search => CLOCK + transfer + search + EVENT,
        "execute_slash" => CLOCK + CALL + BURN + EVENT,
        "close_proposal" | "close_position" => EVENT,
        "stake_position" if rest.starts_with("opening") => CLOCK + create + transfer + EVENT,
        "pay_rewards" | "collect_commission" | "fund_stream" | "stake_position"
        | "unstake_position" | "claim_stream" => CLOCK + transfer + search + EVENT,
        "create_reward_book" => 2 * create + CALL + INITIALIZE + EVENT,
        "add_stream" => create + CALL + INITIALIZE + EVENT,
        "close_stream" if rest.starts_with("paying") => {
            CLOCK + SEARCH + transfer + CALL + CLOSE + EVENT
        }
        "close_stream" => CLOCK + CALL + CLOSE + EVENT,
        "close_reward_book" => CALL + CLOSE + EVENT,
        "yield_report" => CLOCK,
        _ => return None,
    })
}

//! Every instruction of the IDL has a builder that names its accounts as the IDL does, every answer a decoder, every seed a
//! finder: a new instruction without one fails here.

#![allow(clippy::unwrap_used)] // a test's helpers are tests too

use liquid_restaking_sdk::{
    address,
    anchor_lang::prelude::{AnchorSerialize, Pubkey},
    decode_return,
    program::{
        instructions::{
            CreateLrtArgs, ProposeSlashArgs, RegisterAvsArgs, RegisterOperatorArgs, UpdateAvsArgs,
            UpdateOperatorArgs, WithdrawQuote,
        },
        state::{
            AvsOffer, AvsTerms, FixedParams, InstantExit, InvariantReport, Minted, Params,
            Pausable, RiskReport, RoleKind, Side, YieldReport,
        },
    },
    registry, Instruction, PoolKeys, ProposalKeys, StreamKeys, NATIVE_MINT, TOKEN_PROGRAM_ID,
};
use serde_json::Value;

type Built = Vec<(&'static str, Instruction)>;

fn idl() -> Value {
    serde_json::from_str(include_str!("../../idl/liquid_restaking.json")).unwrap()
}

fn key() -> Pubkey {
    Pubkey::new_unique()
}

/// A pool of wrapped SOL, so that the sink is among the accounts.
fn keys() -> PoolKeys {
    PoolKeys::derive(key(), NATIVE_MINT, TOKEN_PROGRAM_ID)
}

/// What an LRT's own people and anybody do.
fn of_the_lrt(keys: &PoolKeys) -> Built {
    let (by, other, params) = (key(), key(), Params::default());
    let ticket = keys.ticket(&by, 0, 7);
    let args = CreateLrtArgs {
        manager: key(),
        guardian: key(),
        fixed: FixedParams::default(),
        params,
    };
    let (role, pause) = (RoleKind::Admin, Pausable::Deposits);
    let request = keys.request_withdraw(&by, 1, 0, 7, Some(6));
    vec![
        ("create_lrt", keys.create_lrt(&by, &other, args)),
        ("add_stake_pool", keys.add_stake_pool(&by, &other, 1, false)),
        ("propose_params", keys.propose_params(&by, params)),
        ("withdraw_params", keys.withdraw_params(&by)),
        ("apply_params", keys.apply_params()),
        ("set_deposit_cap", keys.set_deposit_cap(&by, 1)),
        ("apply_deposit_cap", keys.apply_deposit_cap()),
        ("propose_role", keys.propose_role(&by, role, other)),
        ("accept_role", keys.accept_role(&by, role)),
        ("set_pause", keys.set_pause(&by, pause, None)),
        ("close_stake_pool", keys.close_stake_pool(&by, &other, &by)),
        ("close_lrt", keys.close_lrt(&by, &other)),
        ("deposit", keys.deposit(&by, 1, 1)),
        ("request_withdraw", request),
        ("cancel_withdraw", keys.cancel_withdraw(&ticket)),
        ("claim", keys.claim(&ticket, &other)),
        ("transfer_ticket", keys.transfer_ticket(&ticket, &other)),
        ("redeem_instant", keys.redeem_instant(&by, 1, 1)),
        ("quote_deposit", keys.quote_deposit(1)),
        ("quote_withdraw", keys.quote_withdraw(1)),
        ("quote_instant", keys.quote_instant(1)),
        ("settle", keys.settle(7)),
        ("close_batch", keys.close_batch(7, &by)),
        ("collect_fees", keys.collect_fees(&by, &other)),
        ("sweep_surplus", keys.sweep_surplus()),
        ("accrue", keys.accrue()),
        ("check_invariants", keys.check_invariants()),
    ]
}

/// Operators and AVSs, wherever they work.
fn of_the_registry() -> Built {
    let (by, operator, avs) = (key(), key(), key());
    let terms = AvsTerms::default();
    let register_operator = RegisterOperatorArgs {
        commission_bps: 1,
        uri: String::new(),
    };
    let update_operator = UpdateOperatorArgs {
        commission_bps: None,
        uri: None,
        successor: None,
    };
    let register_avs = RegisterAvsArgs {
        offer: AvsOffer {
            terms,
            ..AvsOffer::default()
        },
        uri: String::new(),
    };
    let update_avs = UpdateAvsArgs {
        slasher: None,
        resolver: None,
        terms: None,
        uri: None,
        successor: None,
    };
    vec![
        (
            "register_operator",
            registry::register_operator(&key(), &by, &key(), register_operator),
        ),
        (
            "update_operator",
            registry::update_operator(&operator, &by, update_operator),
        ),
        (
            "accept_operator_authority",
            registry::accept_operator_authority(&operator, &by),
        ),
        ("retire_operator", registry::retire_operator(&operator, &by)),
        (
            "close_operator",
            registry::close_operator(&operator, &by, &key()),
        ),
        (
            "register_avs",
            registry::register_avs(&key(), &by, &key(), register_avs),
        ),
        ("update_avs", registry::update_avs(&avs, &by, update_avs)),
        (
            "accept_avs_authority",
            registry::accept_avs_authority(&avs, &by),
        ),
        ("close_avs", registry::close_avs(&avs, &by, &key())),
        ("opt_in", registry::opt_in(&operator, &avs, &by, Side::Avs)),
        (
            "opt_out",
            registry::opt_out(&operator, &avs, &by, Side::Avs),
        ),
        ("close_opt_in", registry::close_opt_in(&operator, &avs, &by)),
    ]
}

/// Stake, slashes and rewards.
fn of_the_work(keys: &PoolKeys) -> Built {
    let (by, operator, avs) = (key(), key(), key());
    let on = ProposalKeys {
        operator,
        avs,
        index: 3,
    };
    let args = ProposeSlashArgs {
        amount: 1,
        evidence: [0; 32],
        uri: String::new(),
    };
    let stream = StreamKeys {
        place: 2,
        mint: key(),
        token_program: TOKEN_PROGRAM_ID,
    };
    let (op, av) = (&operator, &avs);
    vec![
        ("set_operator_cap", keys.set_operator_cap(&by, op, 1)),
        ("apply_operator_cap", keys.apply_operator_cap(op)),
        ("propose_avs", keys.propose_avs(&by, av, 1)),
        ("apply_avs", keys.apply_avs(av)),
        ("lower_avs_cap", keys.lower_avs_cap(&by, av, 1)),
        ("end_avs", keys.end_avs(&by, av)),
        ("delegate", keys.delegate(&by, op, 1)),
        ("undelegate", keys.undelegate(&by, op, 1)),
        ("allocate", keys.allocate(&by, op, av, 1)),
        ("deallocate", keys.deallocate(&by, op, av, 1)),
        ("release", keys.release(op, av)),
        ("open_round", keys.open_round(7)),
        ("force_deallocate", keys.force_deallocate(op, av)),
        ("force_undelegate", keys.force_undelegate(op, Some(7))),
        ("close_allocation", keys.close_allocation(op, av, &by)),
        ("close_delegation", keys.close_delegation(op, &by)),
        ("close_pool_avs", keys.close_pool_avs(av, &by)),
        ("post_bond", keys.post_bond(op, &by, 1)),
        ("withdraw_bond", keys.withdraw_bond(op, &by, 1)),
        ("risk_report", keys.risk_report(Some(op))),
        ("propose_slash", keys.propose_slash(&by, &on, args)),
        ("veto_slash", keys.veto_slash(&by, &on)),
        ("expire_slash", keys.expire_slash(&on)),
        ("execute_slash", keys.execute_slash(&on, &key())),
        ("close_proposal", keys.close_proposal(&on, &by)),
        ("pay_rewards", keys.pay_rewards(&by, op, av, 1)),
        (
            "collect_commission",
            keys.collect_commission(op, &by, &key()),
        ),
        ("yield_report", keys.yield_report(&[])),
        ("create_reward_book", keys.create_reward_book(&by)),
        (
            "close_reward_book",
            keys.close_reward_book(&by, &key(), &by),
        ),
        ("add_stream", keys.add_stream(&by, &stream, 1, false)),
        ("close_stream", keys.close_stream(&by, &stream, &key(), &by)),
        ("fund_stream", keys.fund_stream(&by, &stream, 1)),
        ("stake_position", keys.stake_position(&by, 1)),
        ("unstake_position", keys.unstake_position(&by, 1)),
        ("close_position", keys.close_position(&by, &key())),
        ("claim_stream", keys.claim_stream(&by, &key(), &stream)),
    ]
}

#[test]
fn every_instruction_has_a_builder_that_the_idl_agrees_with() {
    let keys = keys();
    let mut built = of_the_lrt(&keys);
    built.extend(of_the_registry());
    built.extend(of_the_work(&keys));

    let idl = idl();
    let known = idl["instructions"].as_array().unwrap();
    let mut names: Vec<_> = built.iter().map(|(name, _)| *name).collect();
    let mut all: Vec<_> = known.iter().map(|i| i["name"].as_str().unwrap()).collect();
    names.sort_unstable();
    all.sort_unstable();
    assert_eq!(names, all);

    for (name, instruction) in &built {
        let entry = known.iter().find(|entry| entry["name"] == *name).unwrap();
        let discriminator: Vec<u8> =
            serde_json::from_value(entry["discriminator"].clone()).unwrap();
        assert!(instruction.data.starts_with(&discriminator), "{name}");
        let accounts = flat(&entry["accounts"]);
        assert_eq!(instruction.accounts.len(), accounts.len(), "{name}");
        for (meta, (account, writable, signer)) in instruction.accounts.iter().zip(&accounts) {
            assert_eq!(meta.is_writable, *writable, "{name}: {account}");
            assert_eq!(meta.is_signer, *signer, "{name}: {account}");
        }
    }
}

/// Name, writable, signer; groups of accounts spread out.
fn flat(accounts: &Value) -> Vec<(String, bool, bool)> {
    let mut found = Vec::new();
    for account in accounts.as_array().unwrap() {
        if account.get("accounts").is_some() {
            found.extend(flat(&account["accounts"]));
            continue;
        }
        let is = |what: &str| account[what].as_bool().unwrap_or(false);
        let name = account["name"].as_str().unwrap().to_owned();
        found.push((name, is("writable"), is("signer")));
    }
    found
}

/// The bytes of an answer decode to the same bytes; and the IDL knows no other answers.
#[test]
fn every_answer_has_a_decoder() {
    fn round_trip<T: AnchorSerialize + liquid_restaking_sdk::anchor_lang::AnchorDeserialize>(
        bytes: usize,
    ) {
        let data = vec![0; bytes];
        let answer: T = decode_return(&data).unwrap();
        let mut again = Vec::new();
        answer.serialize(&mut again).unwrap();
        assert_eq!(again, data);
        assert!(decode_return::<T>(&data[1..]).is_err());
    }
    round_trip::<Minted>(24);
    round_trip::<WithdrawQuote>(32);
    round_trip::<InstantExit>(32);
    round_trip::<InvariantReport>(56);
    round_trip::<RiskReport>(24 + 8 + 128 + 1);
    round_trip::<YieldReport>(8 + 3 * 16 + 16 + 4);

    let idl = idl();
    let answers = idl["instructions"].as_array().unwrap().iter();
    let answers = answers.filter_map(|i| i["returns"]["defined"]["name"].as_str());
    let mut answers: Vec<_> = answers.collect();
    answers.sort_unstable();
    let decoded = [
        "InstantExit",
        "InvariantReport",
        "Minted",
        "RiskReport",
        "WithdrawQuote",
        "YieldReport",
    ];
    assert_eq!(answers, decoded);
}

#[test]
fn every_seed_has_a_finder() {
    let k = key();
    // By the seed's name, so that a new one is missed here.
    let finders = [
        ("ALLOCATION_SEED", address::allocation(&k, &k)),
        ("AVS_SEED", address::avs(&k)),
        ("BATCH_SEED", address::batch(&k, 0)),
        ("DELEGATION_SEED", address::delegation(&k, &k)),
        ("LRT_SEED", address::lrt(&k)),
        ("OPERATOR_SEED", address::operator(&k)),
        ("OPT_IN_SEED", address::opt_in(&k, &k)),
        ("POOL_AVS_SEED", address::pool_avs(&k, &k)),
        ("POSITION_SEED", address::position(&k, &k)),
        ("REWARD_BOOK_SEED", address::reward_book(&k)),
        ("REWARD_VAULT_SEED", address::reward_vault(&k)),
        ("SINK_SEED", address::sink(&k)),
        ("SLASH_SEED", address::proposal(&k, 0)),
        ("STAKE_POOL_SEED", address::stake_pool(&k, &k)),
        ("STREAM_SEED", address::stream_vault(&k, 0)),
        ("TICKET_SEED", address::ticket(&k, &k, 0).0),
        ("VAULT_SEED", address::vault(&k)),
    ];
    let idl = idl();
    let seeds = idl["constants"].as_array().unwrap().iter();
    let seeds: Vec<_> = seeds.map(|c| c["name"].as_str().unwrap()).collect();
    assert_eq!(finders.map(|(seed, _)| seed).as_slice(), seeds);
    let mut found: Vec<_> = finders.iter().map(|(_, address)| address).collect();
    found.sort();
    found.dedup();
    assert_eq!(found.len(), finders.len());
}

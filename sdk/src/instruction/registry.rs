//! Operators and AVSs: known to every LRT of the program, so no stake pool is named.

use super::build;
use crate::address;
use anchor_lang::{prelude::Pubkey, solana_program::instruction::Instruction, system_program};
use liquid_restaking::{
    accounts, instruction,
    instructions::{RegisterAvsArgs, RegisterOperatorArgs, UpdateAvsArgs, UpdateOperatorArgs},
    state::Side,
    ID,
};

/// `register_operator` at the address of `base`, who signs, as `authority` and `payer` do.
pub fn register_operator(
    base: &Pubkey,
    authority: &Pubkey,
    payer: &Pubkey,
    args: RegisterOperatorArgs,
) -> Instruction {
    let accounts = accounts::RegisterOperator {
        base: *base,
        authority: *authority,
        payer: *payer,
        operator: address::operator(base),
        system_program: system_program::ID,
        event_authority: address::event_authority(),
        program: ID,
    };
    build(accounts, instruction::RegisterOperator { args })
}

/// `update_operator`.
pub fn update_operator(
    operator: &Pubkey,
    authority: &Pubkey,
    args: UpdateOperatorArgs,
) -> Instruction {
    let accounts = accounts::UpdateOperator {
        operator: *operator,
        authority: *authority,
        event_authority: address::event_authority(),
        program: ID,
    };
    build(accounts, instruction::UpdateOperator { args })
}

/// `accept_operator_authority`.
pub fn accept_operator_authority(operator: &Pubkey, successor: &Pubkey) -> Instruction {
    let accounts = accounts::AcceptOperatorAuthority {
        operator: *operator,
        successor: *successor,
        event_authority: address::event_authority(),
        program: ID,
    };
    build(accounts, instruction::AcceptOperatorAuthority {})
}

/// `retire_operator`.
pub fn retire_operator(operator: &Pubkey, authority: &Pubkey) -> Instruction {
    let accounts = accounts::RetireOperator {
        operator: *operator,
        authority: *authority,
        event_authority: address::event_authority(),
        program: ID,
    };
    build(accounts, instruction::RetireOperator {})
}

/// `close_operator`; its rent goes to `rent_payer`, who registered it.
pub fn close_operator(operator: &Pubkey, authority: &Pubkey, rent_payer: &Pubkey) -> Instruction {
    let accounts = accounts::CloseOperator {
        operator: *operator,
        authority: *authority,
        rent_payer: *rent_payer,
        event_authority: address::event_authority(),
        program: ID,
    };
    build(accounts, instruction::CloseOperator {})
}

/// `register_avs` at the address of `base`, who signs, as `authority` and `payer` do.
pub fn register_avs(
    base: &Pubkey,
    authority: &Pubkey,
    payer: &Pubkey,
    args: RegisterAvsArgs,
) -> Instruction {
    let accounts = accounts::RegisterAvs {
        base: *base,
        authority: *authority,
        payer: *payer,
        avs: address::avs(base),
        system_program: system_program::ID,
        event_authority: address::event_authority(),
        program: ID,
    };
    build(accounts, instruction::RegisterAvs { args })
}

/// `update_avs`.
pub fn update_avs(avs: &Pubkey, authority: &Pubkey, args: UpdateAvsArgs) -> Instruction {
    let accounts = accounts::UpdateAvs {
        avs: *avs,
        authority: *authority,
        event_authority: address::event_authority(),
        program: ID,
    };
    build(accounts, instruction::UpdateAvs { args })
}

/// `accept_avs_authority`.
pub fn accept_avs_authority(avs: &Pubkey, successor: &Pubkey) -> Instruction {
    let accounts = accounts::AcceptAvsAuthority {
        avs: *avs,
        successor: *successor,
        event_authority: address::event_authority(),
        program: ID,
    };
    build(accounts, instruction::AcceptAvsAuthority {})
}

/// `close_avs`; its rent goes to `rent_payer`, who registered it.
pub fn close_avs(avs: &Pubkey, authority: &Pubkey, rent_payer: &Pubkey) -> Instruction {
    let accounts = accounts::CloseAvs {
        avs: *avs,
        authority: *authority,
        rent_payer: *rent_payer,
        event_authority: address::event_authority(),
        program: ID,
    };
    build(accounts, instruction::CloseAvs {})
}

/// `opt_in` of one side, whose authority signs and pays.
pub fn opt_in(operator: &Pubkey, avs: &Pubkey, authority: &Pubkey, side: Side) -> Instruction {
    let accounts = opt_in_accounts(operator, avs, authority);
    build(accounts, instruction::OptIn { side })
}

/// `opt_out` of one side, whose authority signs.
pub fn opt_out(operator: &Pubkey, avs: &Pubkey, authority: &Pubkey, side: Side) -> Instruction {
    let accounts = opt_in_accounts(operator, avs, authority);
    build(accounts, instruction::OptOut { side })
}

fn opt_in_accounts(operator: &Pubkey, avs: &Pubkey, authority: &Pubkey) -> accounts::OptIn {
    accounts::OptIn {
        operator: *operator,
        avs: *avs,
        opt_in: address::opt_in(operator, avs),
        authority: *authority,
        payer: *authority,
        system_program: system_program::ID,
        event_authority: address::event_authority(),
        program: ID,
    }
}

/// `close_opt_in`; its rent goes to `rent_payer`, who gave the first consent.
pub fn close_opt_in(operator: &Pubkey, avs: &Pubkey, rent_payer: &Pubkey) -> Instruction {
    let accounts = accounts::CloseOptIn {
        opt_in: address::opt_in(operator, avs),
        rent_payer: *rent_payer,
        event_authority: address::event_authority(),
        program: ID,
    };
    build(accounts, instruction::CloseOptIn {})
}

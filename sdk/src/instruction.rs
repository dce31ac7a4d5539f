//! One builder per instruction, with the accounts a user would expect: associated token accounts, the signer as payer.
//! Whoever wants others changes the account metas, or builds with `program::accounts` directly.

use crate::{address, TOKEN_PROGRAM_ID};
use anchor_lang::{
    prelude::Pubkey, solana_program::instruction::Instruction, system_program, InstructionData,
    ToAccountMetas,
};
use liquid_restaking::{
    accounts, instruction,
    instructions::{CreateLrtArgs, RequestWithdrawArgs},
    state::{Params, Pausable, RoleKind},
    ID,
};

/// The addresses that almost every instruction of one pool needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolKeys {
    /// The LRT.
    pub lrt: Pubkey,
    /// Its mint.
    pub lrt_mint: Pubkey,
    /// The stake pool.
    pub stake_pool: Pubkey,
    /// Its vault.
    pub vault: Pubkey,
    /// The collateral's mint.
    pub collateral_mint: Pubkey,
    /// The collateral's token program.
    pub collateral_token_program: Pubkey,
}

/// A ticket, its batch, and who gets its rent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TicketKeys {
    /// The ticket.
    pub ticket: Pubkey,
    /// Its owner.
    pub owner: Pubkey,
    /// Epoch of its batch.
    pub batch_epoch: u64,
    /// Who paid its rent.
    pub rent_payer: Pubkey,
}

/// Token accounts that a payment may go to; by default the owner's associated ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Destinations {
    /// For collateral.
    pub collateral: Pubkey,
    /// For LRT.
    pub lrt: Pubkey,
}

fn build(accounts: impl ToAccountMetas, data: impl InstructionData) -> Instruction {
    Instruction {
        program_id: ID,
        accounts: accounts.to_account_metas(None),
        data: data.data(),
    }
}

impl PoolKeys {
    /// Derives all addresses from the two mints.
    pub fn derive(lrt_mint: Pubkey, collateral_mint: Pubkey, token_program: Pubkey) -> Self {
        let lrt = address::lrt(&lrt_mint);
        let stake_pool = address::stake_pool(&lrt, &collateral_mint);
        Self {
            lrt,
            lrt_mint,
            stake_pool,
            vault: address::vault(&stake_pool),
            collateral_mint,
            collateral_token_program: token_program,
        }
    }

    /// A wallet's associated token accounts for collateral and LRT.
    pub fn of(&self, wallet: &Pubkey) -> Destinations {
        Destinations {
            collateral: address::associated(
                wallet,
                &self.collateral_mint,
                &self.collateral_token_program,
            ),
            lrt: address::associated(wallet, &self.lrt_mint, &TOKEN_PROGRAM_ID),
        }
    }

    // ---- Holders ----

    /// `deposit`, from and to the depositor's associated token accounts.
    pub fn deposit(&self, depositor: &Pubkey, amount: u64, min_shares: u64) -> Instruction {
        let own = self.of(depositor);
        let accounts = accounts::Deposit {
            lrt: self.lrt,
            stake_pool: self.stake_pool,
            lrt_mint: self.lrt_mint,
            vault: self.vault,
            user_collateral: own.collateral,
            user_lrt: own.lrt,
            depositor: *depositor,
            token_program: TOKEN_PROGRAM_ID,
            collateral_token_program: self.collateral_token_program,
            event_authority: address::event_authority(),
            program: ID,
        };
        build(accounts, instruction::Deposit { amount, min_shares })
    }

    /// `request_withdraw` in the LRT's current `epoch`. `tail_epoch` is that of the queue's tail batch; it is needed only
    /// when this request opens the epoch's batch behind it, and does no harm otherwise.
    pub fn request_withdraw(
        &self,
        owner: &Pubkey,
        shares: u64,
        nonce: u64,
        epoch: u64,
        tail_epoch: Option<u64>,
    ) -> Instruction {
        let (ticket, ticket_bump) = address::ticket(&self.stake_pool, owner, nonce);
        let accounts = accounts::RequestWithdraw {
            lrt: self.lrt,
            stake_pool: self.stake_pool,
            lrt_mint: self.lrt_mint,
            batch: address::batch(&self.stake_pool, epoch),
            tail_batch: tail_epoch
                .filter(|tail| *tail != epoch)
                .map(|tail| address::batch(&self.stake_pool, tail)),
            ticket,
            user_lrt: self.of(owner).lrt,
            owner: *owner,
            payer: *owner,
            token_program: TOKEN_PROGRAM_ID,
            system_program: system_program::ID,
            event_authority: address::event_authority(),
            program: ID,
        };
        let args = RequestWithdrawArgs {
            shares,
            nonce,
            epoch,
            ticket_bump,
        };
        build(accounts, instruction::RequestWithdraw { args })
    }

    /// `cancel_withdraw`, to the owner's associated token accounts.
    pub fn cancel_withdraw(&self, ticket: &TicketKeys) -> Instruction {
        let own = self.of(&ticket.owner);
        let accounts = accounts::CancelWithdraw {
            lrt: self.lrt,
            stake_pool: self.stake_pool,
            lrt_mint: self.lrt_mint,
            vault: self.vault,
            batch: address::batch(&self.stake_pool, ticket.batch_epoch),
            ticket: ticket.ticket,
            user_collateral: own.collateral,
            user_lrt: own.lrt,
            owner: ticket.owner,
            rent_payer: ticket.rent_payer,
            token_program: TOKEN_PROGRAM_ID,
            collateral_token_program: self.collateral_token_program,
            event_authority: address::event_authority(),
            program: ID,
        };
        build(accounts, instruction::CancelWithdraw {})
    }

    /// `claim`, to the owner's associated token account; `claimer` may be anyone.
    pub fn claim(&self, ticket: &TicketKeys, claimer: &Pubkey) -> Instruction {
        let accounts = accounts::Claim {
            lrt: self.lrt,
            stake_pool: self.stake_pool,
            vault: self.vault,
            batch: address::batch(&self.stake_pool, ticket.batch_epoch),
            ticket: ticket.ticket,
            destination: self.of(&ticket.owner).collateral,
            claimer: *claimer,
            rent_payer: ticket.rent_payer,
            collateral_token_program: self.collateral_token_program,
            event_authority: address::event_authority(),
            program: ID,
        };
        build(accounts, instruction::Claim {})
    }

    /// `transfer_ticket`.
    pub fn transfer_ticket(&self, ticket: &TicketKeys, new_owner: &Pubkey) -> Instruction {
        let accounts = accounts::TransferTicket {
            ticket: ticket.ticket,
            owner: ticket.owner,
            event_authority: address::event_authority(),
            program: ID,
        };
        build(
            accounts,
            instruction::TransferTicket {
                new_owner: *new_owner,
            },
        )
    }

    /// `redeem_instant`, from and to the holder's associated token accounts.
    pub fn redeem_instant(&self, holder: &Pubkey, shares: u64, min_assets: u64) -> Instruction {
        let own = self.of(holder);
        let accounts = accounts::RedeemInstant {
            lrt: self.lrt,
            stake_pool: self.stake_pool,
            lrt_mint: self.lrt_mint,
            vault: self.vault,
            user_collateral: own.collateral,
            user_lrt: own.lrt,
            holder: *holder,
            token_program: TOKEN_PROGRAM_ID,
            collateral_token_program: self.collateral_token_program,
            event_authority: address::event_authority(),
            program: ID,
        };
        build(accounts, instruction::RedeemInstant { shares, min_assets })
    }

    /// `quote_deposit`; answers a `state::Minted`.
    pub fn quote_deposit(&self, amount: u64) -> Instruction {
        build(self.quote(), instruction::QuoteDeposit { amount })
    }

    /// `quote_withdraw`; answers an `instructions::WithdrawQuote`.
    pub fn quote_withdraw(&self, shares: u64) -> Instruction {
        build(self.quote(), instruction::QuoteWithdraw { shares })
    }

    /// `quote_instant`; answers a `state::InstantExit`.
    pub fn quote_instant(&self, shares: u64) -> Instruction {
        build(self.quote(), instruction::QuoteInstant { shares })
    }

    fn quote(&self) -> accounts::Quote {
        accounts::Quote {
            lrt: self.lrt,
            stake_pool: self.stake_pool,
        }
    }

    // ---- Anyone ----

    /// `settle` of the batch of `epoch`, which must be the queue's head.
    pub fn settle(&self, epoch: u64) -> Instruction {
        let accounts = accounts::Settle {
            lrt: self.lrt,
            stake_pool: self.stake_pool,
            batch: address::batch(&self.stake_pool, epoch),
            event_authority: address::event_authority(),
            program: ID,
        };
        build(accounts, instruction::Settle {})
    }

    /// `close_batch`; its rent goes to `rent_payer`, who opened it.
    pub fn close_batch(&self, epoch: u64, rent_payer: &Pubkey) -> Instruction {
        let accounts = accounts::CloseBatch {
            lrt: self.lrt,
            stake_pool: self.stake_pool,
            batch: address::batch(&self.stake_pool, epoch),
            rent_payer: *rent_payer,
            event_authority: address::event_authority(),
            program: ID,
        };
        build(accounts, instruction::CloseBatch {})
    }

    /// `collect_fees`, to the fee wallet's associated token accounts.
    pub fn collect_fees(&self, fee_wallet: &Pubkey, collector: &Pubkey) -> Instruction {
        let fee = self.of(fee_wallet);
        let accounts = accounts::CollectFees {
            lrt: self.lrt,
            stake_pool: self.stake_pool,
            lrt_mint: self.lrt_mint,
            vault: self.vault,
            fee_lrt: fee.lrt,
            fee_collateral: Some(fee.collateral),
            collector: *collector,
            token_program: TOKEN_PROGRAM_ID,
            collateral_token_program: self.collateral_token_program,
            event_authority: address::event_authority(),
            program: ID,
        };
        build(accounts, instruction::CollectFees {})
    }

    /// `sweep_surplus`.
    pub fn sweep_surplus(&self) -> Instruction {
        let accounts = accounts::SweepSurplus {
            lrt: self.lrt,
            stake_pool: self.stake_pool,
            vault: self.vault,
            event_authority: address::event_authority(),
            program: ID,
        };
        build(accounts, instruction::SweepSurplus {})
    }

    /// `accrue`.
    pub fn accrue(&self) -> Instruction {
        let accounts = accounts::Accrue {
            lrt: self.lrt,
            stake_pool: self.stake_pool,
            event_authority: address::event_authority(),
            program: ID,
        };
        build(accounts, instruction::Accrue {})
    }

    /// `apply_params`.
    pub fn apply_params(&self) -> Instruction {
        let accounts = accounts::ApplyParams {
            lrt: self.lrt,
            event_authority: address::event_authority(),
            program: ID,
        };
        build(accounts, instruction::ApplyParams {})
    }

    /// `apply_deposit_cap`.
    pub fn apply_deposit_cap(&self) -> Instruction {
        let accounts = accounts::ApplyDepositCap {
            lrt: self.lrt,
            stake_pool: self.stake_pool,
            event_authority: address::event_authority(),
            program: ID,
        };
        build(accounts, instruction::ApplyDepositCap {})
    }

    /// `check_invariants`; answers a `state::InvariantReport`.
    pub fn check_invariants(&self) -> Instruction {
        let accounts = accounts::CheckInvariants {
            lrt: self.lrt,
            stake_pool: self.stake_pool,
            vault: self.vault,
            lrt_mint: self.lrt_mint,
        };
        build(accounts, instruction::CheckInvariants {})
    }

    // ---- Admin and guardian ----

    /// `create_lrt`; the mint's key signs too.
    pub fn create_lrt(&self, admin: &Pubkey, payer: &Pubkey, args: CreateLrtArgs) -> Instruction {
        let accounts = accounts::CreateLrt {
            lrt: self.lrt,
            lrt_mint: self.lrt_mint,
            admin: *admin,
            payer: *payer,
            token_program: TOKEN_PROGRAM_ID,
            system_program: system_program::ID,
            event_authority: address::event_authority(),
            program: ID,
        };
        build(accounts, instruction::CreateLrt { args })
    }

    /// `add_stake_pool`.
    pub fn add_stake_pool(
        &self,
        admin: &Pubkey,
        payer: &Pubkey,
        deposit_cap: u64,
        allow_freeze: bool,
    ) -> Instruction {
        let accounts = accounts::AddStakePool {
            lrt: self.lrt,
            admin: *admin,
            payer: *payer,
            stake_pool: self.stake_pool,
            collateral_mint: self.collateral_mint,
            lrt_of_collateral: address::lrt(&self.collateral_mint),
            vault: self.vault,
            collateral_token_program: self.collateral_token_program,
            system_program: system_program::ID,
            event_authority: address::event_authority(),
            program: ID,
        };
        let data = instruction::AddStakePool {
            deposit_cap,
            allow_freeze,
        };
        build(accounts, data)
    }

    /// `propose_params`.
    pub fn propose_params(&self, admin: &Pubkey, params: Params) -> Instruction {
        build(self.by_admin(admin), instruction::ProposeParams { params })
    }

    /// `withdraw_params`.
    pub fn withdraw_params(&self, admin: &Pubkey) -> Instruction {
        build(self.by_admin(admin), instruction::WithdrawParams {})
    }

    fn by_admin(&self, admin: &Pubkey) -> accounts::ProposeParams {
        accounts::ProposeParams {
            lrt: self.lrt,
            admin: *admin,
            event_authority: address::event_authority(),
            program: ID,
        }
    }

    /// `set_deposit_cap`.
    pub fn set_deposit_cap(&self, admin: &Pubkey, cap: u64) -> Instruction {
        let accounts = accounts::SetDepositCap {
            lrt: self.lrt,
            stake_pool: self.stake_pool,
            admin: *admin,
            event_authority: address::event_authority(),
            program: ID,
        };
        build(accounts, instruction::SetDepositCap { cap })
    }

    /// `propose_role`; the default key takes a proposal back.
    pub fn propose_role(&self, holder: &Pubkey, role: RoleKind, successor: Pubkey) -> Instruction {
        let data = instruction::ProposeRole { role, successor };
        build(self.hand_over(holder), data)
    }

    /// `accept_role`.
    pub fn accept_role(&self, successor: &Pubkey, role: RoleKind) -> Instruction {
        build(self.hand_over(successor), instruction::AcceptRole { role })
    }

    fn hand_over(&self, signer: &Pubkey) -> accounts::HandOverRole {
        accounts::HandOverRole {
            lrt: self.lrt,
            signer: *signer,
            event_authority: address::event_authority(),
            program: ID,
        }
    }

    /// `set_pause`; `None` ends a pause early.
    pub fn set_pause(&self, guardian: &Pubkey, what: Pausable, slots: Option<u64>) -> Instruction {
        let accounts = accounts::SetPause {
            lrt: self.lrt,
            guardian: *guardian,
            event_authority: address::event_authority(),
            program: ID,
        };
        build(accounts, instruction::SetPause { what, slots })
    }

    /// `close_stake_pool`; what the vault still holds goes to the fee wallet's associated token account.
    pub fn close_stake_pool(
        &self,
        admin: &Pubkey,
        fee_wallet: &Pubkey,
        rent_payer: &Pubkey,
    ) -> Instruction {
        let accounts = accounts::CloseStakePool {
            lrt: self.lrt,
            stake_pool: self.stake_pool,
            lrt_mint: self.lrt_mint,
            vault: self.vault,
            fee_collateral: self.of(fee_wallet).collateral,
            admin: *admin,
            rent_payer: *rent_payer,
            collateral_token_program: self.collateral_token_program,
            event_authority: address::event_authority(),
            program: ID,
        };
        build(accounts, instruction::CloseStakePool {})
    }

    /// `close_lrt`.
    pub fn close_lrt(&self, admin: &Pubkey, rent_payer: &Pubkey) -> Instruction {
        let accounts = accounts::CloseLrt {
            lrt: self.lrt,
            admin: *admin,
            rent_payer: *rent_payer,
            event_authority: address::event_authority(),
            program: ID,
        };
        build(accounts, instruction::CloseLrt {})
    }
}

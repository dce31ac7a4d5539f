//! Liquid restaking for Solana: collateral in, a liquid restaking token (LRT) out, and a fair queue to leave through.
//!
//! This file is the table of contents: one line an instruction. Each links to its file, whose docs are its specification;
//! the rules themselves are methods of [`state`], on plain numbers.

#![cfg_attr(test, allow(clippy::arithmetic_side_effects))] // tests count in small numbers, and panic on overflow

use anchor_lang::prelude::*;

mod constants;
pub mod error;
pub mod events;
pub mod instructions;
pub mod math;
pub mod state;

pub use constants::*;
use instructions::*;
use state::{
    InstantExit, InvariantReport, Minted, Params, Pausable, RiskReport, RoleKind, Side, YieldReport,
};

declare_id!("EL54Ur8RUvmoyCq7T81YV6vvBbhcnSkQVQnqaAjiK1ix");

// Whom to tell of a vulnerability, readable in the deployed program (`solana-security-txt`). A fork writes its own here.
#[cfg(not(feature = "no-entrypoint"))]
solana_security_txt::security_txt! {
    name: "Liquid restaking",
    project_url: "README.md of the source",
    contacts: "other:the security page of the repository it was built from",
    policy: "SECURITY.md of the source",
    preferred_languages: "en"
}

#[program]
pub mod liquid_restaking {
    use super::*;

    // ---- Holders --------------------------------------------------------------------------------------------------

    /// Deposits collateral and mints LRT at the current rate.
    pub fn deposit(ctx: Context<Deposit>, amount: u64, min_shares: u64) -> Result<()> {
        Deposit::handler(ctx, amount, min_shares)
    }

    /// Burns LRT in the wallet and opens a withdrawal ticket in the current epoch's batch.
    pub fn request_withdraw(
        ctx: Context<RequestWithdraw>,
        args: RequestWithdrawArgs,
    ) -> Result<()> {
        RequestWithdraw::handler(ctx, args)
    }

    /// Takes a ticket back: pays what is settled, returns the rest as LRT.
    pub fn cancel_withdraw(ctx: Context<CancelWithdraw>) -> Result<()> {
        CancelWithdraw::handler(ctx)
    }

    /// Gives a ticket to a new owner.
    pub fn transfer_ticket(ctx: Context<TransferTicket>, new_owner: Pubkey) -> Result<()> {
        TransferTicket::handler(ctx, new_owner)
    }

    /// Pays a ticket what is settled and not yet claimed.
    pub fn claim(ctx: Context<Claim>) -> Result<()> {
        Claim::handler(ctx)
    }

    /// Leaves at once, against a fee that drips to those who stay.
    pub fn redeem_instant(ctx: Context<RedeemInstant>, shares: u64, min_assets: u64) -> Result<()> {
        RedeemInstant::handler(ctx, shares, min_assets)
    }

    /// Read-only: what a deposit would mint now.
    pub fn quote_deposit(ctx: Context<Quote>, amount: u64) -> Result<Minted> {
        Quote::deposit(ctx, amount)
    }

    /// Read-only: what a withdrawal request would queue now, when it is due, and what it is worth.
    pub fn quote_withdraw(ctx: Context<Quote>, shares: u64) -> Result<WithdrawQuote> {
        Quote::withdraw(ctx, shares)
    }

    /// Read-only: what an instant exit would pay now.
    pub fn quote_instant(ctx: Context<Quote>, shares: u64) -> Result<InstantExit> {
        Quote::instant(ctx, shares)
    }

    /// Read-only: leverage and worst-case losses of a stake pool, and of one of its delegations.
    pub fn risk_report(ctx: Context<ReadRisk>) -> Result<RiskReport> {
        ReadRisk::handler(ctx)
    }

    /// Read-only: what each AVS has paid and taken per share so far, and what else the rate is made of.
    pub fn yield_report(ctx: Context<ReadYield>) -> Result<YieldReport> {
        ReadYield::handler(ctx)
    }

    /// Stakes LRT in the reward book, to share its streams.
    pub fn stake_position(ctx: Context<StakePosition>, shares: u64) -> Result<()> {
        StakePosition::handler(ctx, shares)
    }

    /// Takes LRT out of the reward book.
    pub fn unstake_position(ctx: Context<UnstakePosition>, shares: u64) -> Result<()> {
        UnstakePosition::handler(ctx, shares)
    }

    /// Pays a position what it has earned in one stream.
    pub fn claim_stream(ctx: Context<ClaimStream>, place: u8) -> Result<()> {
        ClaimStream::handler(ctx, place)
    }

    /// Closes an empty position.
    pub fn close_position(ctx: Context<ClosePosition>) -> Result<()> {
        ClosePosition::handler(ctx)
    }

    // ---- Anyone ---------------------------------------------------------------------------------------------------

    /// Settles the queue's head batch, as far as idle collateral goes.
    pub fn settle(ctx: Context<Settle>) -> Result<()> {
        Settle::handler(ctx)
    }

    /// Closes a batch that has left the queue and has no open ticket.
    pub fn close_batch(ctx: Context<CloseBatch>) -> Result<()> {
        CloseBatch::handler(ctx)
    }

    /// Pays the fee wallet what it is owed.
    pub fn collect_fees(ctx: Context<CollectFees>) -> Result<()> {
        CollectFees::handler(ctx)
    }

    /// Lets tokens that somebody sent straight to the vault drip to the holders.
    pub fn sweep_surplus(ctx: Context<SweepSurplus>) -> Result<()> {
        SweepSurplus::handler(ctx)
    }

    /// Releases what has dripped since the last write.
    pub fn accrue(ctx: Context<Accrue>) -> Result<()> {
        Accrue::handler(ctx)
    }

    /// Puts proposed parameters in force once their timelock is over.
    pub fn apply_params(ctx: Context<ApplyParams>) -> Result<()> {
        ApplyParams::handler(ctx)
    }

    /// Puts a proposed higher deposit cap in force once its timelock is over.
    pub fn apply_deposit_cap(ctx: Context<ApplyDepositCap>) -> Result<()> {
        ApplyDepositCap::handler(ctx)
    }

    /// Puts an operator's proposed higher cap in force once its timelock is over.
    pub fn apply_operator_cap(ctx: Context<ApplyOperatorCap>) -> Result<()> {
        ApplyOperatorCap::handler(ctx)
    }

    /// Puts a proposed acceptance of an AVS in force once its timelock is over.
    pub fn apply_avs(ctx: Context<ApplyAvs>) -> Result<()> {
        ApplyAvs::handler(ctx)
    }

    /// Books stake of an allocation that has warmed, and coolings that are over.
    pub fn release(ctx: Context<Release>) -> Result<()> {
        Release::handler(ctx)
    }

    /// Opens a forced round when the queue's head is past its grace and stake is pledged.
    pub fn open_round(ctx: Context<OpenRound>) -> Result<()> {
        OpenRound::handler(ctx)
    }

    /// Deallocates an allocation's share of the round, or all that a retired operator has.
    pub fn force_deallocate(ctx: Context<ForceDeallocate>) -> Result<()> {
        ForceDeallocate::handler(ctx)
    }

    /// Moves free stake to idle for an overdue queue, or from a retired operator.
    pub fn force_undelegate(ctx: Context<ForceUndelegate>) -> Result<()> {
        ForceUndelegate::handler(ctx)
    }

    /// Pays an operator the commission it is owed.
    pub fn collect_commission(ctx: Context<CollectCommission>) -> Result<()> {
        CollectCommission::handler(ctx)
    }

    /// Adds tokens to a stream of the reward book.
    pub fn fund_stream(ctx: Context<FundStream>, place: u8, amount: u64) -> Result<()> {
        FundStream::handler(ctx, place, amount)
    }

    /// Executes a slash proposal once its veto window is over.
    pub fn execute_slash(ctx: Context<ExecuteSlash>) -> Result<()> {
        ExecuteSlash::handler(ctx)
    }

    /// Ends a slash proposal that nobody executed in time.
    pub fn expire_slash(ctx: Context<ExpireSlash>) -> Result<()> {
        ExpireSlash::handler(ctx)
    }

    /// Closes a slash proposal that has ended.
    pub fn close_proposal(ctx: Context<CloseProposal>) -> Result<()> {
        CloseProposal::handler(ctx)
    }

    /// Closes an empty allocation.
    pub fn close_allocation(ctx: Context<CloseAllocation>) -> Result<()> {
        CloseAllocation::handler(ctx)
    }

    /// Closes an empty delegation of a removed or retired operator.
    pub fn close_delegation(ctx: Context<CloseDelegation>) -> Result<()> {
        CloseDelegation::handler(ctx)
    }

    /// Closes the acceptance of a removed AVS.
    pub fn close_pool_avs(ctx: Context<ClosePoolAvs>) -> Result<()> {
        ClosePoolAvs::handler(ctx)
    }

    /// Closes an opt-in that neither side gives.
    pub fn close_opt_in(ctx: Context<CloseOptIn>) -> Result<()> {
        CloseOptIn::handler(ctx)
    }

    /// Read-only: recomputes the invariants that LRT, pool, vault and mint show, and returns the numbers.
    pub fn check_invariants(ctx: Context<CheckInvariants>) -> Result<InvariantReport> {
        CheckInvariants::handler(ctx)
    }

    // ---- Manager --------------------------------------------------------------------------------------------------

    /// Delegates idle collateral to an operator.
    pub fn delegate(ctx: Context<Delegate>, amount: u64) -> Result<()> {
        Delegate::handler(ctx, amount)
    }

    /// Moves an operator's free stake back to idle.
    pub fn undelegate(ctx: Context<Undelegate>, amount: u64) -> Result<()> {
        Undelegate::handler(ctx, amount)
    }

    /// Allocates an operator's stake to an AVS.
    pub fn allocate(ctx: Context<Allocate>, amount: u64) -> Result<()> {
        Allocate::handler(ctx, amount)
    }

    /// Takes stake back from an AVS; it cools for the exit delay.
    pub fn deallocate(ctx: Context<Deallocate>, amount: u64) -> Result<()> {
        Deallocate::handler(ctx, amount)
    }

    // ---- Operators ------------------------------------------------------------------------------------------------

    /// Registers an operator.
    pub fn register_operator(
        ctx: Context<RegisterOperator>,
        args: RegisterOperatorArgs,
    ) -> Result<()> {
        RegisterOperator::handler(ctx, args)
    }

    /// Changes an operator's commission or URI, or names a successor for its authority.
    pub fn update_operator(ctx: Context<UpdateOperator>, args: UpdateOperatorArgs) -> Result<()> {
        UpdateOperator::handler(ctx, args)
    }

    /// Accepts an operator's authority as the successor named.
    pub fn accept_operator_authority(ctx: Context<AcceptOperatorAuthority>) -> Result<()> {
        AcceptOperatorAuthority::handler(ctx)
    }

    /// Retires an operator: anyone may take its stake back.
    pub fn retire_operator(ctx: Context<RetireOperator>) -> Result<()> {
        RetireOperator::handler(ctx)
    }

    /// Closes an operator that nothing names any more.
    pub fn close_operator(ctx: Context<CloseOperator>) -> Result<()> {
        CloseOperator::handler(ctx)
    }

    /// Adds to an operator's bond at a stake pool.
    pub fn post_bond(ctx: Context<Bond>, amount: u64) -> Result<()> {
        Bond::post(ctx, amount)
    }

    /// Pays what has cooled of an operator's bond, then starts to cool `amount`.
    pub fn withdraw_bond(ctx: Context<Bond>, amount: u64) -> Result<()> {
        Bond::withdraw(ctx, amount)
    }

    /// Consents to work with the other side of an opt-in, as operator or as AVS.
    pub fn opt_in(ctx: Context<OptIn>, side: Side) -> Result<()> {
        OptIn::give(ctx, side)
    }

    /// Withdraws one's consent.
    pub fn opt_out(ctx: Context<OptIn>, side: Side) -> Result<()> {
        OptIn::withdraw(ctx, side)
    }

    // ---- AVSs -----------------------------------------------------------------------------------------------------

    /// Registers an AVS.
    pub fn register_avs(ctx: Context<RegisterAvs>, args: RegisterAvsArgs) -> Result<()> {
        RegisterAvs::handler(ctx, args)
    }

    /// Changes what an AVS offers to pools that accept it from now on, or names a successor for its authority.
    pub fn update_avs(ctx: Context<UpdateAvs>, args: UpdateAvsArgs) -> Result<()> {
        UpdateAvs::handler(ctx, args)
    }

    /// Accepts an AVS's authority as the successor named.
    pub fn accept_avs_authority(ctx: Context<AcceptAvsAuthority>) -> Result<()> {
        AcceptAvsAuthority::handler(ctx)
    }

    /// Closes an AVS without an opt-in of its own.
    pub fn close_avs(ctx: Context<CloseAvs>) -> Result<()> {
        CloseAvs::handler(ctx)
    }

    /// Pays a reward for an operator's allocation to an AVS; it drips.
    pub fn pay_rewards(ctx: Context<PayRewards>, amount: u64) -> Result<()> {
        PayRewards::handler(ctx, amount)
    }

    /// Proposes to slash an allocation, as the slasher of its AVS.
    pub fn propose_slash(ctx: Context<ProposeSlash>, args: ProposeSlashArgs) -> Result<()> {
        ProposeSlash::handler(ctx, args)
    }

    /// Vetoes a slash proposal, as the resolver of its AVS, or as guardian once the AVS has ended.
    pub fn veto_slash(ctx: Context<VetoSlash>) -> Result<()> {
        VetoSlash::handler(ctx)
    }

    // ---- Admin and guardian ---------------------------------------------------------------------------------------

    /// Creates an LRT and its mint.
    pub fn create_lrt(ctx: Context<CreateLrt>, args: CreateLrtArgs) -> Result<()> {
        CreateLrt::handler(ctx, args)
    }

    /// Adds the stake pool of a collateral to an LRT.
    pub fn add_stake_pool(
        ctx: Context<AddStakePool>,
        deposit_cap: u64,
        allow_freeze: bool,
    ) -> Result<()> {
        AddStakePool::handler(ctx, deposit_cap, allow_freeze)
    }

    /// Proposes parameters; they wait out the timelock.
    pub fn propose_params(ctx: Context<ProposeParams>, params: Params) -> Result<()> {
        ProposeParams::propose(ctx, params)
    }

    /// Takes proposed parameters back.
    pub fn withdraw_params(ctx: Context<ProposeParams>) -> Result<()> {
        ProposeParams::withdraw(ctx)
    }

    /// Lowers a deposit cap at once, or proposes a higher one.
    pub fn set_deposit_cap(ctx: Context<SetDepositCap>, cap: u64) -> Result<()> {
        SetDepositCap::handler(ctx, cap)
    }

    /// Accepts an operator for a stake pool: a lower cap at once, a higher one after the timelock; 0 removes it.
    pub fn set_operator_cap(ctx: Context<SetOperatorCap>, cap: u64) -> Result<()> {
        SetOperatorCap::handler(ctx, cap)
    }

    /// Proposes to accept an AVS with what it offers now and a cap, as a share of the pool's assets.
    pub fn propose_avs(ctx: Context<ProposeAvs>, cap_bps: u16) -> Result<()> {
        ProposeAvs::handler(ctx, cap_bps)
    }

    /// Lowers an AVS's cap at once; 0 removes the AVS.
    pub fn lower_avs_cap(ctx: Context<LowerAvsCap>, cap_bps: u16) -> Result<()> {
        LowerAvsCap::handler(ctx, cap_bps)
    }

    /// Names a successor for a role, or takes the name back (the default key).
    pub fn propose_role(
        ctx: Context<HandOverRole>,
        role: RoleKind,
        successor: Pubkey,
    ) -> Result<()> {
        HandOverRole::propose(ctx, role, successor)
    }

    /// Accepts a role as the successor named.
    pub fn accept_role(ctx: Context<HandOverRole>, role: RoleKind) -> Result<()> {
        HandOverRole::accept(ctx, role)
    }

    /// Pauses deposits or instant exits for a bounded time (`slots`), or ends a pause early (`None`).
    pub fn set_pause(ctx: Context<SetPause>, what: Pausable, slots: Option<u64>) -> Result<()> {
        SetPause::handler(ctx, what, slots)
    }

    /// Ends an AVS on a stake pool at once, as guardian.
    pub fn end_avs(ctx: Context<EndAvs>) -> Result<()> {
        EndAvs::handler(ctx)
    }

    /// Creates the LRT's reward book.
    pub fn create_reward_book(ctx: Context<CreateRewardBook>) -> Result<()> {
        CreateRewardBook::handler(ctx)
    }

    /// Closes a reward book without streams and positions.
    pub fn close_reward_book(ctx: Context<CloseRewardBook>) -> Result<()> {
        CloseRewardBook::handler(ctx)
    }

    /// Adds a stream of a reward token, which shares out fundings over `slots`.
    pub fn add_stream(
        ctx: Context<AddStream>,
        place: u8,
        slots: u64,
        allow_freeze: bool,
    ) -> Result<()> {
        AddStream::handler(ctx, place, slots, allow_freeze)
    }

    /// Closes a stream that is over and claimed.
    pub fn close_stream(ctx: Context<CloseStream>, place: u8) -> Result<()> {
        CloseStream::handler(ctx, place)
    }

    /// Closes a stake pool that nothing depends on any more.
    pub fn close_stake_pool(ctx: Context<CloseStakePool>) -> Result<()> {
        CloseStakePool::handler(ctx)
    }

    /// Closes an LRT without a stake pool.
    pub fn close_lrt(ctx: Context<CloseLrt>) -> Result<()> {
        CloseLrt::handler(ctx)
    }
}

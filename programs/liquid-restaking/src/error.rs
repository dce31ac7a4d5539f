//! Every refusal of the program, numbered from 6000 in the order below. New errors go to the end.

use anchor_lang::prelude::*;

/// What the program refuses, and why.
#[error_code]
#[derive(PartialEq, Eq, bytemuck::CheckedBitPattern)]
pub enum RestakingError {
    // Arithmetic and arguments
    #[msg("An amount is too large, or a ledger entry would go below zero")]
    MathOverflow, // 6000
    #[msg("The amount must be greater than zero")]
    ZeroAmount, // 6001
    #[msg("The call would change nothing")]
    NothingToDo, // 6002
    #[msg("The result is below the minimum that the caller accepts")]
    SlippageExceeded, // 6003
    #[msg("After fees and rounding nothing would be left")]
    NothingLeft, // 6004

    // Accounts
    #[msg("The stake pool belongs to another LRT")]
    WrongLrt, // 6005
    #[msg("The mint is not the LRT's")]
    WrongLrtMint, // 6006
    #[msg("The token account is not the stake pool's vault")]
    WrongVault, // 6007
    #[msg("The program is not the token program of this mint")]
    WrongTokenProgram, // 6008
    #[msg("The account belongs to another stake pool")]
    WrongStakePool, // 6009
    #[msg("The batch is not the one the ticket or the epoch belongs to")]
    WrongBatch, // 6010
    #[msg("The account that paid the rent must get it back")]
    WrongRentPayer, // 6011
    #[msg("The account is not at the address its seeds give")]
    WrongAddress, // 6012
    #[msg("The vault itself can not be source or destination of a payment")]
    VaultNotAllowed, // 6013
    #[msg(
        "A payment that its owner has not signed goes to the owner's associated token account only"
    )]
    NotOwnersAssociatedAccount, // 6014
    #[msg("The account is in use already")]
    AlreadyInUse, // 6015
    // Defence in depth: no mint on the allow-list and no account that a user can sign for brings it about.
    #[msg("The balance did not change by the amount that was transferred")]
    TransferMismatch, // 6016

    // Roles
    #[msg("Only the admin may do this")]
    NotAdmin, // 6017
    #[msg("Only the guardian may do this")]
    NotGuardian, // 6018
    #[msg("Only the holder of the role may do this")]
    NotRoleHolder, // 6019
    #[msg("Only the successor named by the role's holder may accept it")]
    NotPendingSuccessor, // 6020
    #[msg("Only the ticket's owner may do this")]
    NotTicketOwner, // 6021

    // Parameters and the timelock
    #[msg("The number of decimals is outside the bounds")]
    DecimalsOutOfBounds, // 6022
    #[msg("The epoch length is outside the bounds")]
    EpochLengthOutOfBounds, // 6023
    #[msg("The largest exit delay is outside the bounds")]
    MaxExitDelayOutOfBounds, // 6024
    #[msg("The cooldown is outside the bounds")]
    CooldownOutOfBounds, // 6025
    #[msg("The timelock is shorter than the time everybody needs to leave")]
    TimelockTooShort, // 6026
    #[msg("The grace is longer than one cooldown")]
    GraceOutOfBounds, // 6027
    #[msg("The warm-up is longer than the largest exit delay")]
    WarmupOutOfBounds, // 6028
    #[msg("The drip is outside the bounds")]
    DripOutOfBounds, // 6029
    #[msg("The bond's cooldown is outside the bounds")]
    BondCooldownOutOfBounds, // 6030
    #[msg("The smallest settlement is more than one whole token")]
    MinSettleOutOfBounds, // 6031
    #[msg("The leverage is outside the bounds")]
    LeverageOutOfBounds, // 6032
    #[msg("The dispute tolerance is outside the bounds")]
    DisputeToleranceOutOfBounds, // 6033
    #[msg("The instant limit is more than the whole")]
    InstantLimitOutOfBounds, // 6034
    #[msg("A fee is higher than its bound")]
    FeeOutOfBounds, // 6035
    #[msg("Nothing is proposed")]
    NothingProposed, // 6036
    #[msg("The timelock of the proposal is not over")]
    TimelockRunning, // 6037
    #[msg("The proposal has lapsed: propose it again")]
    ProposalLapsed, // 6038

    // Collateral
    #[msg("The mint's owner is no token program")]
    NotAMint, // 6039
    #[msg("The collateral's decimals differ from the LRT's")]
    DecimalsMismatch, // 6040
    #[msg("An LRT of this program can not be collateral")]
    CollateralIsLrt, // 6041
    #[msg("The collateral can be frozen: allow it explicitly or take another")]
    CollateralCanBeFrozen, // 6042
    #[msg("The collateral mint has the extension TransferFeeConfig")]
    CollateralHasTransferFee, // 6043
    #[msg("The collateral mint has the extension TransferHook")]
    CollateralHasTransferHook, // 6044
    #[msg("The collateral mint has the extension PermanentDelegate")]
    CollateralHasPermanentDelegate, // 6045
    #[msg("The collateral mint has the extension DefaultAccountState")]
    CollateralHasDefaultAccountState, // 6046
    #[msg("The collateral mint has the extension Pausable")]
    CollateralIsPausable, // 6047
    #[msg("The collateral mint has the extension NonTransferable")]
    CollateralIsNonTransferable, // 6048
    #[msg("The collateral mint has a confidential extension")]
    CollateralIsConfidential, // 6049
    #[msg("The collateral mint has the extension MintCloseAuthority")]
    CollateralCanBeClosed, // 6050
    #[msg("The collateral mint has an extension that is not on the allow-list; its number is in the log")]
    CollateralExtensionNotAllowed, // 6051
    #[msg("The collateral mint's extension data can not be read")]
    CollateralExtensionMalformed, // 6052
    #[msg("The LRT has its stake pool already")]
    TooManyPools, // 6053

    // Deposits and exits
    #[msg("Deposits are paused")]
    DepositsPaused, // 6054
    #[msg("Instant exits are paused")]
    InstantExitsPaused, // 6055
    #[msg("The deposit would exceed the stake pool's cap")]
    DepositCapExceeded, // 6056
    #[msg("The LRT is all but worthless: deposits wait until it is worth something again")]
    LrtWorthless, // 6057
    #[msg("The epoch given is not the current one")]
    WrongEpoch, // 6058
    #[msg("The batch's due slot has not come")]
    BatchNotDue, // 6059
    #[msg("The batch is not at the head of the queue")]
    NotHeadBatch, // 6060
    #[msg("The batch that is the queue's tail is needed to open a new one")]
    TailBatchMissing, // 6061
    #[msg("The batch is still in the queue")]
    BatchInQueue, // 6062
    #[msg("The batch has open tickets")]
    BatchHasTickets, // 6063
    #[msg("The stake pool's free collateral, less what the queue is owed, is too small")]
    InsufficientIdle, // 6064
    #[msg("The epoch's limit of instant exits is used up")]
    InstantLimitExceeded, // 6065

    // Pauses
    #[msg("The pause is longer than three days, or of no length")]
    PauseOutOfBounds, // 6066
    #[msg("A new pause may begin only after three times the length of the last one")]
    PauseTooSoon, // 6067

    // Closing
    #[msg("Somebody still holds a share of the LRT")]
    SharesOutstanding, // 6068
    #[msg("The stake pool still has batches, delegations, bonds or debts")]
    StakePoolInUse, // 6069
    #[msg("The LRT still has a stake pool")]
    LrtInUse, // 6070

    // Invariants
    #[msg("The vault holds less than the ledger says")]
    VaultShort, // 6071
    #[msg("More shares are held than the LRT's supply counts")]
    SupplyShort, // 6072
    #[msg("The pool table and the stake pool's ledger differ")]
    TableMismatch, // 6073

    // Later additions, in the order in which they came
    #[msg("The timelock is longer than a thousand days")]
    TimelockTooLong, // 6074
    #[msg("There are not so many shares")]
    SharesExceedSupply, // 6075

    // Operators and AVSs
    #[msg("Only the operator's authority may do this")]
    NotOperatorAuthority, // 6076
    #[msg("Only the AVS's authority may do this")]
    NotAvsAuthority, // 6077
    #[msg("Only the LRT's manager may do this")]
    NotManager, // 6078
    #[msg("The URI is longer than 128 bytes or holds a zero byte")]
    UriMalformed, // 6079
    #[msg("The commission is higher than 20 %")]
    CommissionOutOfBounds, // 6080
    #[msg("The operator has retired")]
    OperatorRetired, // 6081
    #[msg("The operator still has delegations or opt-ins")]
    OperatorInUse, // 6082
    #[msg("The AVS is still opted in to an operator")]
    AvsInUse, // 6083
    #[msg("The exit delay is outside the bounds")]
    ExitDelayOutOfBounds, // 6084
    #[msg("The veto window is outside the bounds")]
    VetoWindowOutOfBounds, // 6085
    #[msg("The execution window is outside the bounds")]
    ExecutionWindowOutOfBounds, // 6086
    #[msg("The slash window is outside the bounds")]
    SlashWindowOutOfBounds, // 6087
    #[msg("The slash cap is outside the bounds")]
    SlashCapOutOfBounds, // 6088
    #[msg("The operator has not opted in to the AVS")]
    OperatorNotOptedIn, // 6089
    #[msg("The AVS has not opted in to the operator")]
    AvsNotOptedIn, // 6090
    #[msg("The opt-in is younger than the LRT's warm-up")]
    OptInWarming, // 6091
    #[msg("The opt-in is still given by one side")]
    OptInInUse, // 6092

    // Acceptance by a stake pool
    #[msg("The account belongs to another operator")]
    WrongOperator, // 6093
    #[msg("The account belongs to another AVS")]
    WrongAvs, // 6094
    #[msg("The allocation belongs to another delegation")]
    WrongDelegation, // 6095
    #[msg("The stake pool has accepted as many AVSs as it can")]
    TooManyAvss, // 6096
    #[msg("An AVS's cap is more than the whole")]
    AvsCapOutOfBounds, // 6097
    #[msg("The exit delay can change only while nothing is allocated to the AVS")]
    ExitDelayFixed, // 6098
    #[msg("A cap in force can only be lowered here: propose a higher one")]
    CapNotLower, // 6099
    #[msg("The stake pool has not accepted the operator")]
    OperatorNotAccepted, // 6100
    #[msg("The stake pool has not accepted the AVS")]
    AvsNotAccepted, // 6101
    #[msg("The AVS still has a cap, a proposal, an allocation or a slash proposal")]
    PoolAvsInUse, // 6102
    #[msg("The delegation still has a cap, stake, a bond, a debt or an allocation")]
    DelegationInUse, // 6103
    #[msg("The allocation still has stake, or a slash may still follow")]
    AllocationInUse, // 6104

    // Delegation and allocation
    #[msg("The operator's cap would be exceeded; by how much is in the log")]
    OperatorCapExceeded, // 6105
    #[msg("The AVS's cap would be exceeded; by how much is in the log")]
    AvsCapExceeded, // 6106
    #[msg("An allocation would exceed the operator's stake; by how much is in the log")]
    AllocationExceedsStake, // 6107
    #[msg("The leverage would be exceeded; by how much is in the log")]
    LeverageExceeded, // 6108
    #[msg("The operator's bond is too small for its stake; by how much is in the log")]
    BondTooSmall, // 6109
    #[msg("The stake is pledged; what is free is in the log")]
    StakeNotFree, // 6110
    #[msg("Less is allocated; how much is in the log")]
    AllocationTooSmall, // 6111
    #[msg("Idle and soon free stake would not cover what the queue is owed")]
    QueueNotCovered, // 6112
    #[msg("The bond is needed: it covers stake or a dispute")]
    BondLocked, // 6113
    // Defence in depth: release slots on the grid can not be more.
    #[msg("Too many release slots are pending")]
    TooManyCoolings, // 6114

    // What anyone may do
    #[msg("The queue's head is not past its grace, or idle covers what the queue is owed")]
    QueueNotOverdue, // 6115
    #[msg("The queue's head is missing")]
    HeadBatchMissing, // 6116
    #[msg("The round before has not ended")]
    RoundRunning, // 6117
    #[msg("No round is open")]
    RoundNotOpen, // 6118
    #[msg("The allocation has been called in this round")]
    RoundServed, // 6119

    // Slashing
    #[msg("Only the slasher that the stake pool has accepted may do this")]
    NotSlasher, // 6120
    #[msg("Only the resolver may veto, or the guardian once the AVS has ended")]
    NotResolver, // 6121
    #[msg("The slash is below the LRT's smallest")]
    SlashTooSmall, // 6122
    #[msg("The slash is more than the AVS can count on; how much that is is in the log")]
    SlashExceedsStake, // 6123
    #[msg("The slash is more than the AVS has room for; how much that is is in the log")]
    SlashExceedsRoom, // 6124
    #[msg("A proposal is open on the allocation")]
    ProposalOpen, // 6125
    #[msg("The proposal has ended")]
    ProposalEnded, // 6126
    #[msg("After its last proposal the AVS may not propose yet")]
    ProposalBlocked, // 6127
    #[msg("The veto window is over")]
    VetoWindowOver, // 6128
    #[msg("The veto window is not over")]
    VetoWindowRunning, // 6129
    #[msg("The execution window is over: let the proposal expire")]
    ExecutionWindowOver, // 6130
    #[msg("The execution window is not over")]
    ExecutionWindowRunning, // 6131
    #[msg("The AVS has ended on this stake pool")]
    AvsEnded, // 6132
    #[msg("The proposal belongs to another AVS or stake pool")]
    WrongPoolAvs, // 6133
    #[msg("The proposal is about another allocation")]
    WrongAllocation, // 6134
    #[msg("The account is not where this AVS's slashed collateral goes")]
    WrongDestination, // 6135
    #[msg("The account is not the collateral's mint")]
    WrongCollateralMint, // 6136
    #[msg("Too much is disputed to settle: wait for the veto window")]
    DisputeAboveTolerance, // 6137
    #[msg("A slash was proposed in this slot: try again in the next")]
    ProposalInThisSlot, // 6138

    // Rewards
    #[msg("The reward is below the LRT's smallest")]
    RewardTooSmall, // 6139
    #[msg("No stream is open at this place")]
    NoSuchStream, // 6140
    #[msg("The stream is not over, or not all of it is claimed")]
    StreamInUse, // 6141
    #[msg("The stream's slots are outside the bounds")]
    StreamSlotsOutOfBounds, // 6142
    #[msg("Less LRT is staked in the position")]
    PositionTooSmall, // 6143
    #[msg("The position still has LRT or something to claim")]
    PositionInUse, // 6144
    #[msg("The reward book still has streams or positions")]
    RewardBookInUse, // 6145
    #[msg("The account belongs to another reward book")]
    WrongRewardBook, // 6146
    #[msg("Only the position's owner may do this")]
    NotPositionOwner, // 6147

    // Later additions, in the order in which they came
    #[msg("All of the operator's stake is disputed: what is delegated now would be too")]
    StakeDisputed, // 6148
    #[msg("Allocations pledge more than the operator has left: deallocate that first")]
    StakePledgedBeyond, // 6149
    #[msg("Token-2022's wrapped SOL can not be burned: take SPL Token's")]
    CollateralIsNative2022, // 6150
}

//! What holders do, on the built program under solana-program-test: one file per instruction.

mod cancel_withdraw;
mod claim;
mod deposit;
mod quotes;
mod redeem_instant;
mod request_withdraw;
mod transfer_ticket;

//! Holders: in, out, and what it would cost.

mod cancel_withdraw;
mod claim;
mod deposit;
mod quote;
mod redeem_instant;
mod request_withdraw;
mod risk_report;
mod transfer_ticket;

pub use cancel_withdraw::*;
pub use claim::*;
pub use deposit::*;
pub use quote::*;
pub use redeem_instant::*;
pub use request_withdraw::*;
pub use risk_report::*;
pub use transfer_ticket::*;

//! Holders: in, out, and what it would cost.

mod cancel_withdraw;
mod claim;
mod claim_stream;
mod deposit;
mod position;
mod quote;
mod redeem_instant;
mod request_withdraw;
mod risk_report;
mod transfer_ticket;
mod yield_report;

pub use cancel_withdraw::*;
pub use claim::*;
pub use claim_stream::*;
pub use deposit::*;
pub use position::*;
pub use quote::*;
pub use redeem_instant::*;
pub use request_withdraw::*;
pub use risk_report::*;
pub use transfer_ticket::*;
pub use yield_report::*;

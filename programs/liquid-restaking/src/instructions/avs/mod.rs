//! AVSs: who they are and what they offer.

mod close_avs;
mod pay_rewards;
mod propose_slash;
mod register_avs;
mod update_avs;
mod veto_slash;

pub use close_avs::*;
pub use pay_rewards::*;
pub use propose_slash::*;
pub use register_avs::*;
pub use update_avs::*;
pub use veto_slash::*;

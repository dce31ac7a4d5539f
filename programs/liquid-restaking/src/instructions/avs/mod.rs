//! AVSs: who they are and what they offer.

mod close_avs;
mod register_avs;
mod update_avs;

pub use close_avs::*;
pub use register_avs::*;
pub use update_avs::*;

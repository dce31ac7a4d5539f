//! Admin and guardian: what exists, under which parameters, held by whom.

mod add_stake_pool;
mod avs_cap;
mod close_lrt;
mod close_stake_pool;
mod create_lrt;
mod end_avs;
mod operator_cap;
mod params;
mod pause;
mod reward_book;
mod roles;
mod set_deposit_cap;
mod stream;

pub use add_stake_pool::*;
pub use avs_cap::*;
pub use close_lrt::*;
pub use close_stake_pool::*;
pub use create_lrt::*;
pub use end_avs::*;
pub use operator_cap::*;
pub use params::*;
pub use pause::*;
pub use reward_book::*;
pub use roles::*;
pub use set_deposit_cap::*;
pub use stream::*;

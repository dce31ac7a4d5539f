//! Rewards on the built program.

mod pay_rewards;

//! Who pays for a slash, to the base unit; and how long an AVS can hold exits up.

mod bond_and_wallet;
mod court;
mod deposits;
mod disputes;
mod hold_up;
mod hold_up_search;
mod leverage;
mod rewards;
mod siege;
mod tables;
mod tickets;
mod total_loss;

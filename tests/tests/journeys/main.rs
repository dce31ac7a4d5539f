//! Long journeys on the built program under solana-program-test.

mod attacks;
mod attacks_on_tokens;
mod events;
mod inflation;
mod run_on_the_queue;
mod sold_ticket;
mod ten_thousand_tickets;
mod three_users;

//! Operators, AVSs, delegation and allocation.

mod after_a_slash;
mod allocate;
mod allocate_limits;
mod busy_manager;
mod coolings;
mod deallocate;
mod delegate;
mod force_deallocate;
mod force_undelegate;
mod held_back;
mod leaving_avs;
mod leverage;
mod mass_exit;
mod open_round;
mod release;
mod retiring_operator;
mod risk_report;
mod round_rounding;
mod silent_manager;
mod stage;
mod undelegate;

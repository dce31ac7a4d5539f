//! Operators, AVSs, delegation and allocation.

mod allocate;

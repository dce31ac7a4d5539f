//! Operators, AVSs, and what they agree on.

use anchor_lang::prelude::*;

//! What a stake pool accepts, delegates and allocates.

use crate::state::{AvsOffer, Deallocated, Ripened, Timelock};
use anchor_lang::prelude::*;

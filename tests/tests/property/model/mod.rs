//! A second ledger, written from DESIGN alone and for this test: exact rational numbers, none of the program's code.
//!
//! It predicts no refusal, but objects to one that DESIGN rules out ([`must_succeed`]) and to one that is missing
//! ([`forbidden`]). For every step that the program accepted it computes from the numbers before what each number
//! should be after, and what the program has must agree to within one base unit: **per operation**. Then the model is set
//! anew to the program's integers, so that errors do not add up and each operation is judged by itself; what may add up
//! over a run is bounded in [`crate::wealth`]. Where one formula of DESIGN uses another's result, the model rounds that
//! result as DESIGN says and computes exactly from there. A refused step must leave every number as it was.

mod apply;
mod compare;
mod duties;
mod forced;
mod limits;
mod pledges;
mod read;
mod slashes;
mod streams;

pub use apply::after;
pub use compare::{agree, unchanged};
pub use duties::must_succeed;
pub use limits::forbidden;
pub use read::read;
pub use streams::Streams;

use lrt_cli::scenario::Setup;
use num_rational::BigRational;
use num_traits::{ToPrimitive, Zero};
use std::collections::BTreeMap;

/// An exact number.
pub type Q = BigRational;

/// A whole number.
pub fn q(n: u64) -> Q {
    Q::from_integer(n.into())
}

/// `part` in basis points of `whole`.
pub fn bps(whole: &Q, part: u16) -> Q {
    whole * q(part.into()) / q(10_000)
}

/// As a `u64`, rounded down; what does not fit becomes the largest.
pub fn floor(x: &Q) -> u64 {
    x.floor().to_integer().to_u64().unwrap_or(u64::MAX)
}

/// An operator's and an AVS's name.
pub type Pair = (String, String);

/// Every number that a line shows, and what its next value depends on. Amounts are as an accrual would leave them.
#[derive(Debug, Clone)]
pub struct Ledger {
    pub setup: Setup,
    pub slot: u64,
    pub supply: Q,
    pub fee_shares: Q,
    pub idle: Q,
    pub drip: Q,
    /// 0 while nothing drips.
    pub drip_end: u64,
    pub claimable: Q,
    pub fees_owed: Q,
    pub vault: Q,
    pub round: Round,
    /// Of users, operators, and the fee wallet.
    pub wallets: BTreeMap<String, Wallet>,
    pub tickets: BTreeMap<String, Ticket>,
    /// By epoch: the order of the queue.
    pub batches: BTreeMap<u64, Batch>,
    pub operators: BTreeMap<String, Operator>,
    pub avss: BTreeMap<String, Avs>,
    pub allocations: BTreeMap<Pair, Allocation>,
    /// Names of reward streams; [`Streams`] follows them.
    pub streams: Vec<String>,
}

/// Name of the fee wallet among the wallets.
pub const FEE_WALLET: &str = "(fees)";

#[derive(Debug, Clone, Default)]
pub struct Wallet {
    pub collateral: Q,
    pub lrt: Q,
    /// LRT in a reward position.
    pub staked: Q,
}

#[derive(Debug, Clone)]
pub struct Ticket {
    pub owner: String,
    pub batch: u64,
    pub shares: Q,
    pub claimed: Q,
}

#[derive(Debug, Clone, Default)]
pub struct Batch {
    pub due: u64,
    pub shares: Q,
    pub settled: Q,
    pub assets: Q,
    pub claimed: Q,
    pub left_queue: bool,
}

#[derive(Debug, Clone, Default)]
pub struct Operator {
    pub active: Q,
    pub bond: Q,
    pub bond_cooling: Q,
    pub bond_slot: u64,
    pub owed: Q,
    pub commission_bps: u16,
    pub retired: bool,
}

#[derive(Debug, Clone)]
pub struct Avs {
    pub veto: u64,
    pub execution: u64,
    pub exit_delay: u64,
    pub slash_cap_bps: u16,
    /// A user; `None`: burned.
    pub destination: Option<String>,
    /// 0: it has not ended.
    pub ended: u64,
}

#[derive(Debug, Clone, Default)]
pub struct Allocation {
    pub stake: Q,
    pub warming: Q,
    pub warm_slot: u64,
    /// By release slot.
    pub coolings: BTreeMap<u64, Q>,
    pub held: Q,
    pub disputed: Q,
    /// The slot in which the last proposal opened.
    pub proposed: u64,
    pub round: u64,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Round {
    pub number: u64,
    pub end: u64,
    pub shortage: u64,
    pub used: u64,
}

/// min and max of exact numbers, by value.
pub fn least(a: Q, b: Q) -> Q {
    a.min(b)
}

impl Batch {
    pub fn unsettled(&self) -> Q {
        &self.shares - &self.settled
    }
}

impl Ledger {
    /// Virtual shares and units: `10^(decimals − 3)`.
    pub fn virtual_units(&self) -> Q {
        q(10u64.pow(u32::from(self.setup.fixed.decimals) - 3))
    }

    pub fn delegated(&self) -> Q {
        self.operators.values().map(|o| o.active.clone()).sum()
    }

    pub fn bonds(&self) -> Q {
        self.operators.values().map(|o| o.bond.clone()).sum()
    }

    pub fn operators_owed(&self) -> Q {
        self.operators.values().map(|o| o.owed.clone()).sum()
    }

    pub fn queued(&self) -> Q {
        self.batches.values().map(Batch::unsettled).sum()
    }

    pub fn nav(&self) -> Q {
        &self.idle + self.delegated()
    }

    /// What open proposals lock at an operator.
    pub fn disputed(&self, operator: &str) -> Q {
        let own = self
            .allocations
            .iter()
            .filter(|(pair, _)| pair.0 == operator);
        own.map(|(_, allocation)| allocation.disputed.clone()).sum()
    }

    /// What is disputed and no bond covers.
    pub fn uncovered(&self) -> Q {
        let each = self.operators.iter().map(|(name, operator)| {
            let over = self.disputed(name) - &operator.bond;
            least(over.max(Q::zero()), operator.active.clone())
        });
        each.sum()
    }

    /// Value of one share when all of them are worth `value`.
    fn price(&self, value: Q) -> Q {
        if value < self.supply {
            return value / &self.supply;
        }
        (value + self.virtual_units()) / (&self.supply + self.virtual_units())
    }

    /// What an exit gets for a share.
    pub fn exit_price(&self) -> Q {
        self.price(self.nav() - self.uncovered())
    }

    /// What a share is worth at nav.
    pub fn nav_price(&self) -> Q {
        self.price(self.nav())
    }

    /// What the queue is owed, rounded up.
    pub fn owed(&self) -> Q {
        (self.queued() * self.nav_price()).ceil()
    }

    /// The batch that is settled next.
    pub fn head(&self) -> Option<u64> {
        let waiting = self.batches.iter().find(|(_, batch)| !batch.left_queue);
        waiting.map(|(epoch, _)| *epoch)
    }

    pub fn epoch(&self) -> u64 {
        self.slot / self.setup.fixed.epoch_length
    }

    /// A ticket's part of what its batch was settled for.
    pub fn entitled(&self, ticket: &Ticket) -> Q {
        let batch = &self.batches[&ticket.batch];
        &ticket.shares * &batch.assets / &batch.shares
    }

    /// A ticket's part of what its batch still waits for.
    pub fn waiting(&self, ticket: &Ticket) -> Q {
        let batch = &self.batches[&ticket.batch];
        &ticket.shares * batch.unsettled() / &batch.shares
    }

    /// Whether a slash was proposed in this slot: nobody leaves in it.
    pub fn has_new_proposal(&self) -> bool {
        self.allocations
            .values()
            .any(|allocation| allocation.proposed == self.slot)
    }

    /// Tokens in the vault that nobody has booked.
    pub fn surplus(&self) -> Q {
        let booked = self.nav()
            + &self.drip
            + &self.claimable
            + self.bonds()
            + &self.fees_owed
            + self.operators_owed();
        &self.vault - booked
    }
}

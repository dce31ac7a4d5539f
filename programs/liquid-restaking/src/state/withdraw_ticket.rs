//! A ticket: one holder's place in a batch. Who owns it can sell it.

use super::WithdrawBatch;
use crate::{
    error::RestakingError,
    math::{mul_div_floor, Checked},
};
use anchor_lang::prelude::*;

/// One request to withdraw.
#[account(zero_copy)]
#[derive(Debug)]
pub struct WithdrawTicket {
    /// The stake pool.
    pub stake_pool: Pubkey,
    /// Who may claim, cancel and transfer it.
    pub owner: Pubkey,
    /// Paid for this account and gets its rent back.
    pub rent_payer: Pubkey,
    /// Epoch of its batch.
    pub batch_epoch: u64,
    /// Chosen by the first owner; part of the address.
    pub nonce: u64,
    /// Its shares of the batch.
    pub shares: u64,
    /// What has been claimed, in collateral units.
    pub claimed: u64,
    /// Bump of this account's address.
    pub bump: u8,
    /// Layout version, `LAYOUT_VERSION` when created.
    pub version: u8,
    /// Explicit padding.
    pub padding: [u8; 6],
    /// Room to grow.
    pub reserved: [u64; 2],
}

const _: () = {
    assert!(core::mem::size_of::<WithdrawTicket>() == 152);
    assert!(core::mem::offset_of!(WithdrawTicket, owner) == 32);
};

/// What a claim pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claimed {
    /// Collateral units to pay; 0 only when the ticket closes.
    pub assets: u64,
    /// Whether it was the last claim.
    pub closes: bool,
}

/// What leaving a batch gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left {
    /// Collateral units that were entitled and not yet claimed.
    pub assets: u64,
    /// Shares that were not settled.
    pub back: u64,
}

impl WithdrawTicket {
    /// Bytes of the account, discriminator included.
    pub const SPACE: usize = 8 + core::mem::size_of::<Self>();

    /// Its part of what its batch has been settled for: `floor(shares · assets_settled / batch.shares)`.
    ///
    /// # Errors
    /// `MathOverflow`, which a sound batch can not reach.
    pub fn entitled_floor(&self, batch: &WithdrawBatch) -> Result<u64> {
        mul_div_floor(
            self.shares,
            u128::from(batch.assets_settled),
            u128::from(batch.shares),
        )
    }

    /// Takes what is entitled and not yet claimed; the last claim closes the ticket, even with nothing left to pay.
    ///
    /// # Errors
    /// `NothingToDo` when nothing is to be had and something is still unsettled.
    pub fn claim(&mut self, batch: &mut WithdrawBatch) -> Result<Claimed> {
        let entitled = self.entitled_floor(batch)?;
        let assets = entitled.minus(self.claimed)?;
        let closes = batch.unsettled()? == 0;
        require!(assets > 0 || closes, RestakingError::NothingToDo);
        self.claimed = entitled;
        batch.assets_claimed = batch.assets_claimed.plus(assets)?;
        if closes {
            batch.shares_closed = batch.shares_closed.plus(self.shares)?;
        }
        Ok(Claimed { assets, closes })
    }

    /// Leaves the batch: takes the ticket's part out of shares, settlements and claims alike, so that the other
    /// tickets' parts do not fall. `back = floor(shares · unsettled / batch.shares)`.
    ///
    /// # Errors
    /// `MathOverflow`, which a sound batch can not reach.
    pub fn leave(&mut self, batch: &mut WithdrawBatch) -> Result<Left> {
        let entitled = self.entitled_floor(batch)?;
        let back = mul_div_floor(
            self.shares,
            u128::from(batch.unsettled()?),
            u128::from(batch.shares),
        )?;
        let assets = entitled.minus(self.claimed)?;
        batch.shares_settled = batch.shares_settled.minus(self.shares.minus(back)?)?;
        batch.shares = batch.shares.minus(self.shares)?;
        batch.assets_settled = batch.assets_settled.minus(entitled)?;
        batch.assets_claimed = batch.assets_claimed.minus(self.claimed)?;
        self.claimed = entitled;
        Ok(Left { assets, back })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::fixtures::*;
    use proptest::prelude::*;

    fn settled_batch(shares: u64, settled: u64, assets: u64) -> WithdrawBatch {
        let (lrt, mut pool) = world();
        let (mut batch, _) = queue(&lrt, &mut pool);
        (batch.shares, batch.shares_settled, batch.assets_settled) = (shares, settled, assets);
        batch
    }

    fn ticket(shares: u64) -> WithdrawTicket {
        let (lrt, mut pool) = world();
        let (_, mut ticket) = queue(&lrt, &mut pool);
        ticket.shares = shares;
        ticket
    }

    #[test]
    fn a_ticket_closes_with_its_last_claim_even_for_nothing() {
        let mut batch = settled_batch(10, 10, 0);
        let mut mine = ticket(4);
        assert_eq!(
            mine.claim(&mut batch).unwrap(),
            Claimed {
                assets: 0,
                closes: true
            }
        );
        assert_eq!(batch.shares_closed, 4);
    }

    #[test]
    fn leaving_a_half_settled_batch_pays_one_half_and_returns_the_other() {
        let mut batch = settled_batch(100, 50, 60);
        let mut mine = ticket(40);
        assert_eq!(
            mine.leave(&mut batch).unwrap(),
            Left {
                assets: 24,
                back: 20
            }
        );
        assert_eq!(
            (batch.shares, batch.shares_settled, batch.assets_settled),
            (60, 30, 36)
        );
    }

    proptest! {
        /// Invariant 8, and: nobody's leaving or claiming lowers what another ticket is entitled to.
        #[test]
        fn tickets_never_take_from_each_other(
            shares in proptest::collection::vec(1u64..1_000, 2..12),
            part in 0u64..=1_000, rate in 0u64..5_000, order in proptest::collection::vec((any::<usize>(), any::<bool>()), 1..40),
        ) {
            let total: u64 = shares.iter().sum();
            let settled = total * part / 1_000;
            let mut batch = settled_batch(total, settled, settled * rate / 1_000);
            let assets = batch.assets_settled;
            let mut tickets: Vec<_> = shares.iter().map(|s| Some(ticket(*s))).collect();
            let (mut paid, mut back) = (0u64, 0u64);
            for (pick, leaves) in order {
                let index = pick % tickets.len();
                let before: Vec<_> = tickets.iter().flatten().map(|t| t.entitled_floor(&batch).unwrap()).collect();
                let Some(mut mine) = tickets[index].take() else { continue };
                let mut kept = true;
                if leaves {
                    let left = mine.leave(&mut batch).unwrap();
                    paid += left.assets;
                    back += left.back;
                    kept = false;
                } else if let Ok(claimed) = mine.claim(&mut batch) {
                    paid += claimed.assets;
                    kept = !claimed.closes;
                }
                if kept { tickets[index] = Some(mine); }
                prop_assert!(batch.shares_settled <= batch.shares && batch.assets_claimed <= batch.assets_settled);
                if kept {
                    let after: Vec<_> = tickets.iter().flatten().map(|t| t.entitled_floor(&batch).unwrap()).collect();
                    prop_assert!(before.iter().zip(&after).all(|(b, a)| a >= b));
                }
                for other in tickets.iter().flatten() {
                    prop_assert!(other.entitled_floor(&batch).unwrap() >= other.claimed);
                }
            }
            prop_assert!(paid <= assets);
            prop_assert!(back <= total - settled);
        }
    }
}

//! What anyone may do when the queue's head is past its grace.

use super::{restaking::MILLION, staking::Staking};
use anyhow::Result;
use liquid_restaking_tests::ONE;

impl Staking<'_> {
    /// So much is asked for that stake has to come back, and nobody brings it in time.
    fn overdue(&mut self, shares: u64) -> Result<u64> {
        let head = self.request(shares)?;
        self.skip_epochs(6);
        Ok(head)
    }

    pub(super) fn forced(&mut self) -> Result<()> {
        let head = self.overdue(180 * ONE)?;
        let open = self.keys.open_round(head);
        self.measure("open_round", &open, &[])?;
        let take = self.force_deallocate(0);
        self.measure("force_deallocate", &take, &[])?;
        let take = self.keys.force_undelegate(&self.operator.key, Some(head));
        self.measure("force_undelegate", &take, &[])
    }

    /// As `at_worst`, and the eighth cooling opens here.
    pub(super) fn forced_at_worst(&mut self) -> Result<()> {
        let head = self.overdue(90 * MILLION)?;
        let open = self.keys.open_round(head);
        self.measure_now("open_round, at worst", &open, &[])?;
        let last = self.seven_coolings(15, MILLION / 10)?;
        self.bench.vm.set_slot(last);
        let take = self.force_deallocate(15);
        self.measure_now("force_deallocate, at worst", &take, &[])?;
        self.skip_epochs(1);
        let take = self.keys.force_undelegate(&self.operator.key, Some(head));
        self.measure_now("force_undelegate, at worst", &take, &[])
    }
}

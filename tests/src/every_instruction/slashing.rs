//! The instructions about slashes.

use super::{restaking::Cast, Row};
use crate::{params, Avs, World, ONE};
use liquid_restaking_sdk::{
    anchor_lang::prelude::Pubkey, program::instructions::ProposeSlashArgs, PoolKeys, ProposalKeys,
};
use solana_keypair::Keypair;
use solana_signer::Signer;

/// Another LRT, with a proposal in every state.
pub(super) struct Court {
    /// Its addresses.
    pub(super) keys: PoolKeys,
    /// Was vetoed.
    vetoed: ProposalKeys,
    /// Its execution window is over.
    late: ProposalKeys,
    /// Its execution window is open.
    ripe: ProposalKeys,
    /// Its veto window is open.
    young: ProposalKeys,
}

impl World {
    /// The LRT with four allocations; two proposals are old. Ends in the first slot of an epoch.
    pub(super) async fn court(&mut self, cast: &Cast) -> Court {
        let court = self.create_lrt(params()).await;
        let admin = self.admin.insecure_clone();
        let by = admin.pubkey();
        let (working, retired) = (&cast.working, &cast.retired);
        let accepted = [
            court.set_operator_cap(&by, &working.key, 3 * ONE),
            court.set_operator_cap(&by, &retired.key, ONE),
            court.propose_avs(&by, &cast.accepted.key, 10_000),
            court.propose_avs(&by, &cast.emptied.key, 10_000),
            court.propose_avs(&by, &cast.dropped.key, 10_000),
        ];
        self.send(&accepted, &[&admin]).await;
        self.opt_in(working, &cast.dropped).await;

        let home = std::mem::replace(&mut self.keys, court);
        self.holder(4 * ONE).await;
        self.delegate(working, 3 * ONE).await;
        self.delegate(retired, ONE).await;
        for (operator, avs) in [
            (working, &cast.accepted),
            (working, &cast.emptied),
            (working, &cast.dropped),
            (retired, &cast.accepted),
        ] {
            self.stake(operator, avs, ONE).await;
        }
        let vetoed = self.propose_slash(retired, &cast.accepted, 1).await;
        self.veto_slash(&vetoed, &cast.accepted).await;
        let late = self.propose_slash(working, &cast.accepted, 1).await;
        self.keys = home;
        let next = self.epoch().await + 1;
        self.warp_to_epoch(next).await;
        let to_come = |avs: &Avs| ProposalKeys {
            operator: working.key,
            avs: avs.key,
            index: 0,
        };
        Court {
            keys: court,
            vetoed,
            late,
            ripe: to_come(&cast.emptied),
            young: to_come(&cast.dropped),
        }
    }

    /// Opens the other two proposals; takes a few slots.
    pub(super) async fn try_in(&mut self, court: &Court, cast: &Cast) {
        let home = std::mem::replace(&mut self.keys, court.keys);
        let ripe = self.propose_slash(&cast.working, &cast.emptied, 1).await;
        self.warp(15).await;
        let young = self.propose_slash(&cast.working, &cast.dropped, 1).await;
        assert_eq!((ripe, young), (court.ripe, court.young));
        self.keys = home;
    }
}

impl Court {
    /// Every instruction about a slash; the guardian ends an AVS.
    pub(super) fn of_slashes<'a>(&self, cast: &'a Cast, guardian: &'a Keypair) -> Vec<Row<'a>> {
        let (keys, nobody) = (&self.keys, Pubkey::default());
        let slasher = &cast.accepted.slasher;
        let next = ProposalKeys {
            index: self.late.index + 1,
            ..self.vetoed
        };
        let args = ProposeSlashArgs {
            amount: 1,
            evidence: [7; 32],
            uri: String::new(),
        };
        vec![
            (
                "propose_slash",
                keys.propose_slash(&slasher.pubkey(), &next, args),
                vec![slasher],
            ),
            (
                "veto_slash",
                keys.veto_slash(&cast.dropped.resolver.pubkey(), &self.young),
                vec![&cast.dropped.resolver],
            ),
            (
                "execute_slash",
                keys.execute_slash(&self.ripe, &nobody),
                vec![],
            ),
            ("expire_slash", keys.expire_slash(&self.late), vec![]),
            (
                "close_proposal",
                keys.close_proposal(&self.vetoed, &slasher.pubkey()),
                vec![],
            ),
            (
                "end_avs",
                keys.end_avs(&guardian.pubkey(), &cast.accepted.key),
                vec![guardian],
            ),
        ]
    }
}

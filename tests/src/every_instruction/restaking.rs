//! The instructions of operators, AVSs, and those who decide about them.

use super::Row;
use crate::{params, terms, Avs, Operator, World, ONE};
use liquid_restaking_sdk::{
    program::{
        instructions::{RegisterAvsArgs, RegisterOperatorArgs, UpdateAvsArgs, UpdateOperatorArgs},
        state::{AvsOffer, AvsTerms, Side},
    },
    registry, PoolKeys,
};
use solana_keypair::Keypair;
use solana_signer::Signer;

/// Operators and AVSs in every state that an instruction needs.
pub(super) struct Cast {
    /// Has stake, a commission, a bond of which half has cooled, and a pending rise of its cap.
    pub(super) working: Operator,
    /// Has retired with stake.
    pub(super) retired: Operator,
    /// Accepted, then removed; has given a consent and withdrawn it.
    removed: Operator,
    /// Known to no stake pool.
    unused: Operator,
    /// Has stake, and a pending rise of its cap.
    pub(super) accepted: Avs,
    /// Its allocation is empty.
    pub(super) emptied: Avs,
    /// Accepted, then removed; leaves plenty of time for a veto.
    pub(super) dropped: Avs,
    /// Known to no stake pool.
    unknown: Avs,
    /// Named by `working` and by `accepted`.
    successor: Keypair,
    /// Makes an address.
    base: Keypair,
    /// Another LRT, whose queue is overdue while half of its stake is pledged.
    late: PoolKeys,
    /// The epoch of its queue's head.
    late_head: u64,
}

impl World {
    /// Everybody, accepted at once since no share is in being, and warm; ends in the first slot of an epoch.
    pub(super) async fn cast(&mut self) -> Cast {
        let patient = AvsTerms {
            veto_window: 33,
            execution_window: 33,
            ..terms()
        };
        let mut cast = Cast {
            working: self.register_operator_for(500).await,
            retired: self.operator().await,
            removed: self.operator().await,
            unused: self.register_operator().await,
            accepted: self.avs(terms(), 5_000).await,
            emptied: self.avs(terms(), 5_000).await,
            dropped: self.avs(patient, 1).await,
            unknown: self.register_avs(terms()).await,
            successor: Keypair::new(),
            base: Keypair::new(),
            late: self.create_lrt(params()).await,
            late_head: 0,
        };
        let (admin, keys, late) = (self.admin.insecure_clone(), self.keys, cast.late);
        let (by_admin, working, accepted) = (admin.pubkey(), &cast.working.key, &cast.accepted.key);
        let decisions = [
            keys.set_operator_cap(&by_admin, working, 8 * ONE),
            keys.set_operator_cap(&by_admin, &cast.removed.key, 0),
            keys.lower_avs_cap(&by_admin, &cast.dropped.key, 0),
            late.set_operator_cap(&by_admin, working, ONE),
            late.propose_avs(&by_admin, accepted, 10_000),
        ];
        self.send(&decisions, &[&admin]).await;
        for (operator, avs) in [
            (&cast.working, &cast.accepted),
            (&cast.working, &cast.emptied),
            (&cast.retired, &cast.accepted),
        ] {
            self.opt_in(operator, avs).await;
        }
        let names = [
            registry::update_operator(
                working,
                &cast.working.authority.pubkey(),
                UpdateOperatorArgs {
                    successor: Some(cast.successor.pubkey()),
                    ..UpdateOperatorArgs::default()
                },
            ),
            registry::update_avs(
                accepted,
                &cast.accepted.authority.pubkey(),
                UpdateAvsArgs {
                    successor: Some(cast.successor.pubkey()),
                    ..UpdateAvsArgs::default()
                },
            ),
        ];
        let signers = [&cast.working.authority, &cast.accepted.authority];
        self.send(&names, &signers).await;
        let by_removed = cast.removed.authority.pubkey();
        let change = |instruction: fn(&_, &_, &_, _) -> _| {
            let (operator, avs) = (&cast.removed.key, &cast.unknown.key);
            instruction(operator, avs, &by_removed, Side::Operator)
        };
        let consent = [change(registry::opt_in), change(registry::opt_out)];
        self.send(&consent, &[&cast.removed.authority]).await;
        self.post_bond(&cast.working, 2 * ONE).await;
        let owner = cast.working.authority.pubkey();
        let withdraw = keys.withdraw_bond(working, &owner, ONE);
        self.send(&[withdraw], &[&cast.working.authority]).await;

        self.keys = late;
        let holder = self.holder(ONE).await;
        self.delegate(&cast.working, ONE).await;
        self.allocate(&cast.working, &cast.accepted, ONE / 2).await;
        cast.late_head = self.request(&holder, ONE, 0).await.batch_epoch;
        self.keys = keys;

        let next = self.epoch().await + 1;
        self.warp_to_epoch(next).await;
        cast
    }

    /// Stake with two operators, and proposals that ripen; needs six idle tokens.
    pub(super) async fn put_to_work(&mut self, cast: &Cast) {
        let (admin, keys) = (self.admin.insecure_clone(), self.keys);
        self.delegate(&cast.working, 4 * ONE).await;
        self.delegate(&cast.retired, 2 * ONE).await;
        self.allocate(&cast.working, &cast.accepted, ONE).await;
        self.allocate(&cast.working, &cast.emptied, ONE).await;
        self.deallocate(&cast.working, &cast.emptied, ONE).await;
        self.allocate(&cast.retired, &cast.accepted, ONE).await;
        let retire = registry::retire_operator(&cast.retired.key, &cast.retired.authority.pubkey());
        let raises = [
            retire,
            keys.set_operator_cap(&admin.pubkey(), &cast.working.key, 16 * ONE),
            keys.propose_avs(&admin.pubkey(), &cast.accepted.key, 6_000),
        ];
        self.send(&raises, &[&admin, &cast.retired.authority]).await;
    }
}

impl Cast {
    /// What operators and AVSs do for themselves; `payer` registers two more.
    pub(super) fn of_registry<'a>(&'a self, payer: &'a Keypair) -> Vec<Row<'a>> {
        let (operator, avs) = (&self.working.key, &self.accepted.key);
        let by_operator = self.working.authority.pubkey();
        let by_avs = self.accepted.authority.pubkey();
        let (base, owner) = (self.base.pubkey(), payer.pubkey());
        let uri = String::from("https://example.org");
        let new_operator = RegisterOperatorArgs {
            commission_bps: 500,
            uri: uri.clone(),
        };
        let new_avs = RegisterAvsArgs {
            offer: AvsOffer {
                terms: terms(),
                ..AvsOffer::default()
            },
            uri: uri.clone(),
        };
        let changed_operator = UpdateOperatorArgs {
            uri: Some(uri.clone()),
            ..UpdateOperatorArgs::default()
        };
        let changed_avs = UpdateAvsArgs {
            uri: Some(uri),
            ..UpdateAvsArgs::default()
        };
        let new = self.successor.pubkey();
        let (unused, unknown) = (&self.unused, &self.unknown);
        let (by_unused, by_unknown) = (unused.authority.pubkey(), unknown.authority.pubkey());
        let by_removed = self.removed.authority.pubkey();
        vec![
            (
                "register_operator",
                registry::register_operator(&base, &owner, &owner, new_operator),
                vec![payer, &self.base],
            ),
            (
                "update_operator",
                registry::update_operator(operator, &by_operator, changed_operator),
                vec![&self.working.authority],
            ),
            (
                "accept_operator_authority",
                registry::accept_operator_authority(operator, &new),
                vec![&self.successor],
            ),
            (
                "retire_operator",
                registry::retire_operator(operator, &by_operator),
                vec![&self.working.authority],
            ),
            (
                "close_operator",
                registry::close_operator(&unused.key, &by_unused, &by_unused),
                vec![&unused.authority],
            ),
            (
                "register_avs",
                registry::register_avs(&base, &owner, &owner, new_avs),
                vec![payer, &self.base],
            ),
            (
                "update_avs",
                registry::update_avs(avs, &by_avs, changed_avs),
                vec![&self.accepted.authority],
            ),
            (
                "accept_avs_authority",
                registry::accept_avs_authority(avs, &new),
                vec![&self.successor],
            ),
            (
                "close_avs",
                registry::close_avs(&unknown.key, &by_unknown, &by_unknown),
                vec![&unknown.authority],
            ),
            (
                "opt_in, by the operator",
                registry::opt_in(operator, &unknown.key, &by_operator, Side::Operator),
                vec![&self.working.authority],
            ),
            (
                "opt_in, by the AVS",
                registry::opt_in(operator, &unknown.key, &by_unknown, Side::Avs),
                vec![&unknown.authority],
            ),
            (
                "opt_out, by the operator",
                registry::opt_out(operator, avs, &by_operator, Side::Operator),
                vec![&self.working.authority],
            ),
            (
                "opt_out, by the AVS",
                registry::opt_out(operator, avs, &by_avs, Side::Avs),
                vec![&self.accepted.authority],
            ),
            (
                "close_opt_in",
                registry::close_opt_in(&self.removed.key, &unknown.key, &by_removed),
                vec![],
            ),
        ]
    }

    /// What is done about them in a stake pool.
    pub(super) fn of_pool<'a>(
        &'a self,
        keys: &PoolKeys,
        admin: &'a Keypair,
        manager: &'a Keypair,
    ) -> Vec<Row<'a>> {
        let (operator, avs) = (&self.working.key, &self.accepted.key);
        let authority = &self.working.authority;
        let by_operator = authority.pubkey();
        let (by_admin, by_manager) = (admin.pubkey(), manager.pubkey());
        let (retired, head) = (&self.retired.key, self.late_head);
        vec![
            (
                "set_operator_cap",
                keys.set_operator_cap(&by_admin, operator, 7 * ONE),
                vec![admin],
            ),
            (
                "set_operator_cap, of one never seen",
                keys.set_operator_cap(&by_admin, &self.unused.key, ONE),
                vec![admin],
            ),
            (
                "apply_operator_cap",
                keys.apply_operator_cap(operator),
                vec![],
            ),
            (
                "propose_avs",
                keys.propose_avs(&by_admin, avs, 7_000),
                vec![admin],
            ),
            (
                "propose_avs, one never seen",
                keys.propose_avs(&by_admin, &self.unknown.key, 7_000),
                vec![admin],
            ),
            ("apply_avs", keys.apply_avs(avs), vec![]),
            (
                "lower_avs_cap",
                keys.lower_avs_cap(&by_admin, avs, 4_000),
                vec![admin],
            ),
            (
                "delegate",
                keys.delegate(&by_manager, operator, ONE),
                vec![manager],
            ),
            (
                "undelegate",
                keys.undelegate(&by_manager, operator, ONE),
                vec![manager],
            ),
            (
                "allocate",
                keys.allocate(&by_manager, operator, avs, ONE),
                vec![manager],
            ),
            (
                "deallocate",
                keys.deallocate(&by_manager, operator, avs, ONE),
                vec![manager],
            ),
            ("release", keys.release(operator, avs), vec![]),
            ("open_round", self.late.open_round(head), vec![]),
            (
                "force_deallocate",
                keys.force_deallocate(retired, avs),
                vec![],
            ),
            (
                "force_undelegate",
                keys.force_undelegate(retired, None),
                vec![],
            ),
            (
                "force_undelegate, overdue",
                self.late.force_undelegate(operator, Some(head)),
                vec![],
            ),
            (
                "post_bond",
                keys.post_bond(operator, &by_operator, ONE),
                vec![authority],
            ),
            (
                "withdraw_bond",
                keys.withdraw_bond(operator, &by_operator, ONE),
                vec![authority],
            ),
            (
                "close_allocation",
                keys.close_allocation(operator, &self.emptied.key, &by_manager),
                vec![],
            ),
            (
                "close_delegation",
                keys.close_delegation(&self.removed.key, &by_admin),
                vec![],
            ),
            (
                "close_pool_avs",
                keys.close_pool_avs(&self.dropped.key, &by_admin),
                vec![],
            ),
            ("risk_report", keys.risk_report(Some(operator)), vec![]),
        ]
    }
}

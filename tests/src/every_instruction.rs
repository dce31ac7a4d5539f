//! Every instruction of the program at once, for tests that try something on all of them.

mod restaking;
mod rewards;
mod slashing;

use crate::{World, EPOCH, ONE};
use liquid_restaking_sdk::{
    anchor_lang::prelude::Pubkey,
    program::state::{Params, RoleKind},
    Instruction, TOKEN_PROGRAM_ID,
};
use solana_keypair::Keypair;
use solana_signer::Signer;

/// A name, the instruction, and who signs it.
pub type Possible = (&'static str, Instruction, Vec<Keypair>);

/// The same while the list is made.
type Row<'a> = (&'static str, Instruction, Vec<&'a Keypair>);

impl World {
    /// Every instruction but `create_lrt`, `close_stake_pool` and `set_pause`, in a state in which each of them would
    /// succeed: to be simulated. Needs a fresh world.
    pub async fn every_instruction(&mut self) -> Vec<Possible> {
        let (admin, manager) = (self.admin.insecure_clone(), self.manager.insecure_clone());
        let (keys, by_admin) = (self.keys, admin.pubkey());
        let new = Keypair::new();
        let cast = self.cast().await;
        let court = self.court(&cast).await;
        let alice = self.user(40 * ONE);
        let owner = alice.pubkey();
        self.deposit(&alice, 20 * ONE).await;
        self.put_to_work(&cast).await;
        let wanted = Params {
            min_settle: 2,
            ..self.lrt().await.params
        };
        let preparations = [
            keys.propose_params(&by_admin, wanted),
            keys.set_deposit_cap(&by_admin, 100 * ONE),
            keys.set_deposit_cap(&by_admin, 200 * ONE),
            keys.propose_role(&manager.pubkey(), RoleKind::Manager, new.pubkey()),
        ];
        self.send(&preparations, &[&admin, &manager]).await;
        let mut tickets = Vec::new();
        for nonce in 0..3 {
            tickets.push(self.request(&alice, ONE, nonce).await);
            self.warp(EPOCH).await;
        }
        self.warp(8 * EPOCH).await;
        self.settle().await;
        self.settle().await;
        self.claim(&tickets[0], &alice).await;
        let streams = self.streams(&alice, &court.keys).await;
        self.try_in(&court, &cast).await;
        self.reward(&cast).await;
        let queued = self.request(&alice, ONE, 3).await;
        let request = self.request_instruction(&owner, ONE, 4).await;
        self.donate(1).await;

        // Another LRT, for what needs one without shares or pool.
        let collateral = Pubkey::new_unique();
        self.create_mint(&collateral, &owner);
        let bare = self.create_lrt_for(collateral, TOKEN_PROGRAM_ID).await;
        let (fee_wallet, guardian) = (
            self.fee_wallet.insecure_clone(),
            self.guardian.insecure_clone(),
        );
        let wallet = fee_wallet.pubkey();
        let (settled, waiting) = (tickets[1], tickets[2].batch_epoch);
        let mut possible: Vec<Row> = vec![
            ("deposit", keys.deposit(&owner, ONE, 0), vec![&alice]),
            ("request_withdraw", request, vec![&alice]),
            (
                "cancel_withdraw, settled",
                keys.cancel_withdraw(&settled),
                vec![&alice],
            ),
            (
                "cancel_withdraw, queued",
                keys.cancel_withdraw(&queued),
                vec![&alice],
            ),
            (
                "transfer_ticket",
                keys.transfer_ticket(&queued, &wallet),
                vec![&alice],
            ),
            ("claim", keys.claim(&settled, &owner), vec![&alice]),
            (
                "redeem_instant",
                keys.redeem_instant(&owner, ONE, 0),
                vec![&alice],
            ),
            ("quote_deposit", keys.quote_deposit(ONE), vec![]),
            ("quote_withdraw", keys.quote_withdraw(ONE), vec![]),
            ("quote_instant", keys.quote_instant(ONE), vec![]),
            ("settle", keys.settle(waiting), vec![]),
            (
                "close_batch",
                keys.close_batch(tickets[0].batch_epoch, &owner),
                vec![],
            ),
            (
                "collect_fees",
                keys.collect_fees(&wallet, &new.pubkey()),
                vec![&new],
            ),
            ("sweep_surplus", keys.sweep_surplus(), vec![]),
            ("accrue", keys.accrue(), vec![]),
            ("apply_params", keys.apply_params(), vec![]),
            ("apply_deposit_cap", keys.apply_deposit_cap(), vec![]),
            ("check_invariants", keys.check_invariants(), vec![]),
            (
                "add_stake_pool",
                bare.add_stake_pool(&by_admin, &by_admin, 0, false),
                vec![&admin],
            ),
            (
                "close_lrt",
                bare.close_lrt(&by_admin, &by_admin),
                vec![&admin],
            ),
            (
                "propose_params",
                keys.propose_params(&by_admin, wanted),
                vec![&admin],
            ),
            (
                "withdraw_params",
                keys.withdraw_params(&by_admin),
                vec![&admin],
            ),
            (
                "set_deposit_cap",
                keys.set_deposit_cap(&by_admin, 0),
                vec![&admin],
            ),
            (
                "propose_role",
                keys.propose_role(&by_admin, RoleKind::Admin, wallet),
                vec![&admin],
            ),
            (
                "accept_role",
                keys.accept_role(&new.pubkey(), RoleKind::Manager),
                vec![&new],
            ),
        ];
        possible.extend(cast.of_registry(&alice));
        possible.extend(cast.of_pool(&keys, &admin, &manager));
        possible.extend(court.of_slashes(&cast, &guardian));
        let (lrts, people) = ([&keys, &court.keys, &bare], (&fee_wallet, &alice));
        possible.extend(streams.of_rewards(lrts, &cast, &admin, people));
        possible
            .into_iter()
            .map(|(name, instruction, signers)| {
                let signers = signers.into_iter().map(Keypair::insecure_clone);
                (name, instruction, signers.collect())
            })
            .collect()
    }
}

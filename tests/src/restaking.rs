//! Operators, AVSs and what a pool accepts, for tests that are about something else.

use crate::{World, ONE};
use liquid_restaking_sdk::{
    address,
    anchor_lang::prelude::Pubkey,
    program::{
        instructions::{RegisterAvsArgs, RegisterOperatorArgs},
        state::{Allocation, AvsOffer, AvsTerms, Delegation, PoolAvs, Side},
    },
    registry,
};
use solana_keypair::Keypair;
use solana_signer::Signer;

/// A registered operator: its account, and who acts for it.
pub struct Operator {
    /// The account.
    pub key: Pubkey,
    /// Acts for it; has collateral for a bond.
    pub authority: Keypair,
}

/// A registered AVS: its account, and who acts for it.
pub struct Avs {
    /// The account.
    pub key: Pubkey,
    /// Acts for it.
    pub authority: Keypair,
    /// Proposes its slashes.
    pub slasher: Keypair,
    /// Vetoes them.
    pub resolver: Keypair,
}

/// An exit delay of 100 slots, so a grid of 15; windows of 10 and 20; 10 % in 100 slots.
pub fn terms() -> AvsTerms {
    AvsTerms {
        veto_window: 10,
        execution_window: 20,
        exit_delay: 100,
        slash_window: 100,
        slash_cap_bps: 1_000,
        padding: [0; 6],
    }
}

impl World {
    /// Registers an operator without a commission.
    pub async fn register_operator(&mut self) -> Operator {
        self.register_operator_for(0).await
    }

    /// Registers an operator that keeps a share of its rewards.
    pub async fn register_operator_for(&mut self, commission_bps: u16) -> Operator {
        let (base, authority) = (Keypair::new(), self.user(1_000 * ONE));
        let args = RegisterOperatorArgs {
            commission_bps,
            uri: String::new(),
        };
        let owner = authority.pubkey();
        let register = registry::register_operator(&base.pubkey(), &owner, &owner, args);
        self.send(&[register], &[&authority, &base]).await;
        Operator {
            key: address::operator(&base.pubkey()),
            authority,
        }
    }

    /// Registers an AVS that burns what it slashes.
    pub async fn register_avs(&mut self, terms: AvsTerms) -> Avs {
        let (base, authority) = (Keypair::new(), self.user(0));
        let (slasher, resolver) = (Keypair::new(), Keypair::new());
        for key in [&slasher, &resolver] {
            self.fund(&key.pubkey());
        }
        let args = RegisterAvsArgs {
            offer: AvsOffer {
                slasher: slasher.pubkey(),
                resolver: resolver.pubkey(),
                destination: Pubkey::default(),
                terms,
            },
            uri: String::new(),
        };
        let owner = authority.pubkey();
        let register = registry::register_avs(&base.pubkey(), &owner, &owner, args);
        self.send(&[register], &[&authority, &base]).await;
        Avs {
            key: address::avs(&base.pubkey()),
            authority,
            slasher,
            resolver,
        }
    }

    /// Lets a proposal of the admin ripen.
    pub async fn wait_timelock(&mut self) {
        let slots = self.lrt().await.params.timelock_slots;
        self.warp(slots).await;
    }

    /// Registers an operator and accepts it without a cap; waits out the timelock unless no share is in being.
    pub async fn operator(&mut self) -> Operator {
        self.operator_for(0).await
    }

    /// The same with a commission.
    pub async fn operator_for(&mut self, commission_bps: u16) -> Operator {
        let operator = self.register_operator_for(commission_bps).await;
        let (admin, keys) = (self.admin.insecure_clone(), self.keys);
        let set = keys.set_operator_cap(&admin.pubkey(), &operator.key, u64::MAX);
        self.send(&[set], &[&admin]).await;
        if self.lrt().await.supply > 0 {
            self.wait_timelock().await;
            self.send(&[keys.apply_operator_cap(&operator.key)], &[])
                .await;
        }
        operator
    }

    /// Registers an AVS and accepts it with a cap; waits out the timelock unless no share is in being.
    pub async fn avs(&mut self, terms: AvsTerms, cap_bps: u16) -> Avs {
        let avs = self.register_avs(terms).await;
        let (admin, keys) = (self.admin.insecure_clone(), self.keys);
        let propose = keys.propose_avs(&admin.pubkey(), &avs.key, cap_bps);
        self.send(&[propose], &[&admin]).await;
        if self.lrt().await.supply > 0 {
            self.wait_timelock().await;
            self.send(&[keys.apply_avs(&avs.key)], &[]).await;
        }
        avs
    }

    /// Both sides opt in, and the warm-up passes.
    pub async fn opt_in(&mut self, operator: &Operator, avs: &Avs) {
        for (side, authority) in [
            (Side::Operator, &operator.authority),
            (Side::Avs, &avs.authority),
        ] {
            let opt_in = registry::opt_in(&operator.key, &avs.key, &authority.pubkey(), side);
            self.send(&[opt_in], &[authority]).await;
        }
        let slots = self.lrt().await.params.warmup_slots;
        self.warp(slots).await;
    }

    /// Delegates; must succeed.
    pub async fn delegate(&mut self, operator: &Operator, amount: u64) {
        let manager = self.funded_manager();
        let delegate = self.keys.delegate(&manager.pubkey(), &operator.key, amount);
        self.send(&[delegate], &[&manager]).await;
    }

    /// Moves free stake back; must succeed.
    pub async fn undelegate(&mut self, operator: &Operator, amount: u64) {
        let manager = self.funded_manager();
        let undelegate = self
            .keys
            .undelegate(&manager.pubkey(), &operator.key, amount);
        self.send(&[undelegate], &[&manager]).await;
    }

    /// Allocates; must succeed. What is allocated warms.
    pub async fn allocate(&mut self, operator: &Operator, avs: &Avs, amount: u64) {
        let manager = self.funded_manager();
        let allocate = self
            .keys
            .allocate(&manager.pubkey(), &operator.key, &avs.key, amount);
        self.send(&[allocate], &[&manager]).await;
    }

    /// Allocates and waits until it counts.
    pub async fn stake(&mut self, operator: &Operator, avs: &Avs, amount: u64) {
        self.allocate(operator, avs, amount).await;
        let slots = self.lrt().await.params.warmup_slots;
        self.warp(slots).await;
        let release = self.keys.release(&operator.key, &avs.key);
        self.send(&[release], &[]).await;
    }

    /// Takes stake back; must succeed.
    pub async fn deallocate(&mut self, operator: &Operator, avs: &Avs, amount: u64) {
        let manager = self.funded_manager();
        let deallocate = self
            .keys
            .deallocate(&manager.pubkey(), &operator.key, &avs.key, amount);
        self.send(&[deallocate], &[&manager]).await;
    }

    /// Posts a bond; must succeed.
    pub async fn post_bond(&mut self, operator: &Operator, amount: u64) {
        let authority = operator.authority.insecure_clone();
        let post = self
            .keys
            .post_bond(&operator.key, &authority.pubkey(), amount);
        self.send(&[post], &[&authority]).await;
    }

    /// The manager, with lamports for the rent of allocations.
    pub fn funded_manager(&mut self) -> Keypair {
        let manager = self.manager.insecure_clone();
        self.fund(&manager.pubkey());
        manager
    }

    /// An operator's delegation.
    pub async fn delegation(&mut self, operator: &Operator) -> Delegation {
        let key = self.keys.delegation(&operator.key);
        self.state(&key).await.expect("the delegation")
    }

    /// An allocation.
    pub async fn allocation(&mut self, operator: &Operator, avs: &Avs) -> Allocation {
        let key = self.keys.allocation(&operator.key, &avs.key);
        self.state(&key).await.expect("the allocation")
    }

    /// The pool's acceptance of an AVS.
    pub async fn pool_avs(&mut self, avs: &Avs) -> PoolAvs {
        let key = self.keys.pool_avs(&avs.key);
        self.state(&key).await.expect("the acceptance")
    }
}

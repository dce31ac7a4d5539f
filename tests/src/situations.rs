//! Situations that several tests need: pauses, losses, drips, a second LRT, odd token accounts.

use crate::{params, World, EPOCH};
use liquid_restaking_sdk::{
    address, anchor_lang::prelude::Pubkey, program::state::Pausable, AccountMeta, Instruction,
    PoolKeys, TicketKeys, TOKEN_PROGRAM_ID,
};
use solana_keypair::Keypair;
use solana_signer::Signer;

/// Position of the payer among the accounts of `request_withdraw`.
const REQUEST_PAYER: usize = 8;
/// Where a token account's state is; 2 is frozen.
const TOKEN_STATE_OFFSET: usize = 108;

impl World {
    /// Pauses all that can be paused, for ten epochs.
    pub async fn pause_all(&mut self) {
        let guardian = self.guardian.insecure_clone();
        let pause = |what| {
            let key = guardian.pubkey();
            self.keys.set_pause(&key, what, Some(10 * EPOCH))
        };
        let both = [pause(Pausable::Deposits), pause(Pausable::InstantExits)];
        self.send(&both, &[&guardian]).await;
    }

    /// Takes idle collateral out of the ledger, as a loss would; its tokens stay in the vault, unbooked.
    pub async fn lose(&mut self, assets: u64) {
        self.change_pool(|pool| pool.idle -= assets).await;
        self.change_lrt(|lrt| lrt.pools[0].assets -= assets).await;
    }

    /// Sends collateral straight to the vault and lets it drip.
    pub async fn start_drip(&mut self, amount: u64) {
        self.donate(amount).await;
        let sweep = self.keys.sweep_surplus();
        self.send(&[sweep], &[]).await;
    }

    /// One more LRT over the same collateral, in which `owner` has one share left and a ticket of 99.
    pub async fn twin(&mut self, owner: &Keypair) -> (PoolKeys, TicketKeys) {
        let lrt_mint = Keypair::new();
        let twin = PoolKeys::derive(
            lrt_mint.pubkey(),
            self.keys.collateral_mint,
            TOKEN_PROGRAM_ID,
        );
        let (create, add) = self.creation(&twin, params());
        let admin = self.admin.insecure_clone();
        self.send(&[create, add], &[&admin, &lrt_mint]).await;

        let own = twin.of(&owner.pubkey());
        let balance = self.balance(&own.collateral).await;
        self.open_accounts(&twin, &owner.pubkey(), balance + 100);
        let home = std::mem::replace(&mut self.keys, twin);
        self.deposit(owner, 100).await;
        let ticket = self.request(owner, 99, 0).await;
        self.keys = home;
        (twin, ticket)
    }

    /// A request of all of `amount` by a new holder, settled in the first slot it is due.
    pub async fn settled(&mut self, amount: u64) -> (Keypair, TicketKeys) {
        let owner = self.holder(amount).await;
        let ticket = self.request(&owner, amount, 0).await;
        self.warp_to_due(&ticket).await;
        self.settle().await;
        (owner, ticket)
    }

    /// A request whose rent another pays.
    pub async fn request_paid_by(
        &mut self,
        payer: &Keypair,
        owner: &Keypair,
        shares: u64,
        nonce: u64,
    ) -> TicketKeys {
        let mut request = self
            .request_instruction(&owner.pubkey(), shares, nonce)
            .await;
        request.accounts[REQUEST_PAYER].pubkey = payer.pubkey();
        self.send(&[request], &[owner, payer]).await;
        TicketKeys {
            ticket: address::ticket(&self.keys.stake_pool, &owner.pubkey(), nonce).0,
            owner: owner.pubkey(),
            batch_epoch: self.epoch().await,
            rent_payer: payer.pubkey(),
        }
    }

    /// Two owners with a ticket each, of 300 and of 600 shares; of 1,000 in being, 100 are paid by idle and settled.
    pub async fn part_settled(&mut self) -> [(Keypair, TicketKeys); 2] {
        let (alice, bob, _carol) = (
            self.holder(300).await,
            self.holder(600).await,
            self.holder(100).await,
        );
        let first = self.request(&alice, 300, 0).await;
        let second = self.request(&bob, 600, 0).await;
        self.leave_idle(100).await;
        self.warp_to_due(&first).await;
        self.settle().await;
        [(alice, first), (bob, second)]
    }

    /// Lets time pass to the due slot of a ticket's batch.
    pub async fn warp_to_due(&mut self, ticket: &TicketKeys) {
        let batch = self.batch(ticket.batch_epoch).await.expect("a batch");
        let slots = batch.due_slot - self.slot().await;
        self.warp(slots).await;
    }

    /// Adds to a user's collateral.
    pub async fn fund_collateral(&mut self, user: &Keypair, amount: u64) {
        let key = self.keys.of(&user.pubkey()).collateral;
        let balance = self.balance(&key).await + amount;
        self.patch(&key, 64, &balance.to_le_bytes()).await;
    }

    /// What has been put into the drip and is not in the price yet.
    pub async fn drip_rest(&mut self) -> u64 {
        self.lrt().await.pools[0].drip.rest
    }

    /// Lamports of an account; 0 when it does not exist.
    pub async fn lamports(&mut self, key: &Pubkey) -> u64 {
        self.account(key)
            .await
            .map_or(0, |account| account.lamports)
    }

    /// Takes an account away.
    pub fn remove(&mut self, key: &Pubkey) {
        self.set_raw(key, Pubkey::default(), Vec::new(), 0);
    }

    /// Freezes a token account.
    pub async fn freeze(&mut self, key: &Pubkey) {
        self.patch(key, TOKEN_STATE_OFFSET, &[2]).await;
    }

    /// Gives a token account to a new owner, as the token program allows even for an associated one.
    pub async fn give_token_account(&mut self, key: &Pubkey, owner: &Keypair, to: &Pubkey) {
        const SET_AUTHORITY_ACCOUNT_OWNER: [u8; 3] = [6, 2, 1];
        let mut data = SET_AUTHORITY_ACCOUNT_OWNER.to_vec();
        data.extend_from_slice(to.as_ref());
        self.call_token_program(&[*key], owner, data).await;
    }

    /// Lets a delegate spend from a token account.
    pub async fn approve(&mut self, key: &Pubkey, owner: &Keypair, to: &Pubkey, amount: u64) {
        const APPROVE: u8 = 4;
        let mut data = vec![APPROVE];
        data.extend_from_slice(&amount.to_le_bytes());
        self.call_token_program(&[*key, *to], owner, data).await;
    }

    async fn call_token_program(&mut self, keys: &[Pubkey], owner: &Keypair, data: Vec<u8>) {
        let mut accounts: Vec<_> = keys.iter().map(|k| AccountMeta::new(*k, false)).collect();
        accounts.push(AccountMeta::new_readonly(owner.pubkey(), true));
        let call = Instruction {
            program_id: TOKEN_PROGRAM_ID,
            accounts,
            data,
        };
        self.send(&[call], &[owner]).await;
    }

    /// Refuses the instruction with each signature missing and each written account passed read-only, one at a time.
    #[track_caller]
    pub fn refuse_unprivileged<'a>(
        &'a mut self,
        instruction: &'a Instruction,
        signers: &'a [&'a Keypair],
    ) -> impl std::future::Future<Output = ()> + 'a {
        let caller = std::panic::Location::caller();
        async move {
            for (position, meta) in instruction.accounts.iter().enumerate() {
                let mut without = Vec::new();
                if meta.is_signer {
                    let mut unsigned = instruction.clone();
                    unsigned.accounts[position].is_signer = false;
                    without.push((unsigned, "AccountNotSigner"));
                }
                if meta.is_writable {
                    let mut read_only = instruction.clone();
                    read_only.accounts[position].is_writable = false;
                    without.push((read_only, "ConstraintMut"));
                }
                for (changed, error) in without {
                    let signs = |key: &Pubkey| {
                        let mut metas = changed.accounts.iter();
                        metas.any(|meta| meta.is_signer && meta.pubkey == *key)
                    };
                    let left: Vec<_> = signers
                        .iter()
                        .copied()
                        .filter(|signer| signs(&signer.pubkey()))
                        .collect();
                    let before = self.snapshot(&changed).await;
                    let outcome = self.try_send(std::slice::from_ref(&changed), &left).await;
                    assert_eq!(
                        outcome.err().as_deref(),
                        Some(error),
                        "account {position}, at {caller}"
                    );
                    assert!(
                        before == self.snapshot(&changed).await,
                        "a refusal changed something: account {position}, at {caller}"
                    );
                }
            }
        }
    }
}

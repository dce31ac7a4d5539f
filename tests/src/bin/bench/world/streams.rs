//! The reward book: streams of other tokens, and positions that share them.

use super::{associated_bump, bump, Bench};
use anyhow::{Context, Result};
use liquid_restaking_sdk::{
    anchor_lang::prelude::Pubkey,
    program::{
        state::{RewardBook, RewardPosition},
        MAX_STREAMS, POSITION_SEED, STREAM_SEED,
    },
    Instruction, StreamKeys, TOKEN_PROGRAM_ID,
};
use liquid_restaking_tests::{ONE, START};
use lrt_cli::vm::keypair;
use solana_keypair::Keypair;
use solana_signer::Signer;

/// Slots over which a funding is shared out.
const SLOTS: u64 = 10_000;
/// A funding.
const FUNDING: u64 = 100 * ONE;

/// Everybody in the book.
struct Scene {
    streams: Vec<StreamKeys>,
    /// Stakes first and is measured.
    alice: Keypair,
    /// Comes when all streams run.
    bob: Keypair,
    fee_wallet: Pubkey,
}

impl Bench {
    pub(super) fn streams(&mut self) -> Result<()> {
        let scene = self.scene()?;
        let (admin, keys) = (self.admin.insecure_clone(), self.keys);
        self.wait(20);
        let create = keys.create_reward_book(&admin.pubkey());
        self.measure("create_reward_book", &create, &[&admin])?;

        let (first, others) = scene.streams.split_first().context("eight streams")?;
        self.open_stream(first, Some("add_stream"))?;
        let before = self.vm.clone();
        let close = keys.close_stream(&admin.pubkey(), first, &scene.fee_wallet, &admin.pubkey());
        self.measure("close_stream", &close, &[&admin])?;
        self.vm = before;
        self.fund(first, Some("fund_stream, the first"))?;
        let keeper = self.keeper.insecure_clone();
        self.send(
            "a position",
            &keys.stake_position(&keeper.pubkey(), 50 * ONE),
            &[&keeper],
        )?;
        self.stakes("", &scene.alice, first)?;

        for stream in others {
            self.open_stream(stream, None)?;
            self.fund(stream, None)?;
        }
        self.stakes(", 8 streams", &scene.bob, first)?;
        self.close_all(&scene)
    }

    fn wait(&mut self, slots: u64) {
        let slot = self.vm.slot() + slots;
        self.vm.set_slot(slot);
    }

    fn scene(&mut self) -> Result<Scene> {
        let book = self.keys.book();
        let holders = (0..)
            .map(|n| keypair(&format!("bench holder {n}")))
            .filter(|key| bump(&[POSITION_SEED, book.as_ref(), key.pubkey().as_ref()]) == 255)
            .take(2)
            .collect::<Vec<_>>();
        let [alice, bob] = <[Keypair; 2]>::try_from(holders)
            .ok()
            .context("two holders")?;
        let fee_wallet = keypair("bench fee wallet").pubkey();
        let keeper = self.keeper.insecure_clone();
        for holder in [&alice, &bob, &keeper] {
            let key = holder.pubkey();
            self.vm.fund(&key);
            self.give(&key, 100 * ONE);
            let own = self.keys.of(&key).lrt;
            self.vm
                .create_token_account(&own, &self.keys.lrt_mint, &key, 0);
            let deposit = self.keys.deposit(&key, 100 * ONE, 0);
            self.send("a deposit", &deposit, &[holder])?;
        }
        // The stream that is measured is at a place whose vault is at bump 255.
        let mut places = (0..MAX_STREAMS as u8).collect::<Vec<_>>();
        places.sort_by_key(|place| bump(&[STREAM_SEED, book.as_ref(), &[*place]]) != 255);
        let mut streams = Vec::new();
        for place in places {
            let mint = (0..)
                .map(|n| keypair(&format!("bench reward token {place}.{n}")).pubkey())
                .find(|mint| {
                    let wallets = [alice.pubkey(), bob.pubkey(), fee_wallet];
                    wallets
                        .iter()
                        .all(|wallet| associated_bump(wallet, mint) == 255)
                })
                .context("one in eight addresses will do")?;
            let stream = StreamKeys {
                place,
                mint,
                token_program: TOKEN_PROGRAM_ID,
            };
            let issuer = keypair("bench issuer").pubkey();
            self.vm.create_mint(&mint, &issuer, 9, 1_000 * FUNDING);
            for (owner, amount) in [
                (keeper.pubkey(), 10 * FUNDING),
                (alice.pubkey(), 0),
                (bob.pubkey(), 0),
                (fee_wallet, 0),
            ] {
                let own = stream.of(&owner);
                self.vm.create_token_account(&own, &mint, &owner, amount);
            }
            streams.push(stream);
        }
        Ok(Scene {
            streams,
            alice,
            bob,
            fee_wallet,
        })
    }

    fn open_stream(&mut self, stream: &StreamKeys, name: Option<&str>) -> Result<()> {
        let admin = self.admin.insecure_clone();
        let add = self.keys.add_stream(&admin.pubkey(), stream, SLOTS, false);
        match name {
            Some(name) => self.measure(name, &add, &[&admin]),
            None => self.send("a stream", &add, &[&admin]).map(|_| ()),
        }
    }

    fn fund(&mut self, stream: &StreamKeys, name: Option<&str>) -> Result<()> {
        let keeper = self.keeper.insecure_clone();
        let fund = self.keys.fund_stream(&keeper.pubkey(), stream, FUNDING);
        match name {
            Some(name) => self.measure(name, &fund, &[&keeper]),
            None => self.send("a funding", &fund, &[&keeper]).map(|_| ()),
        }
    }

    /// All that a holder does, while so many streams run.
    fn stakes(&mut self, special: &str, holder: &Keypair, stream: &StreamKeys) -> Result<()> {
        let (keys, owner) = (self.keys, holder.pubkey());
        let keeper = self.keeper.insecure_clone();
        self.wait(10);
        let stake = keys.stake_position(&owner, 10 * ONE);
        let name = format!("stake_position, opening a position{special}");
        self.measure(&name, &stake, &[holder])?;
        self.wait(10);
        self.measure(&format!("stake_position{special}"), &stake, &[holder])?;
        self.wait(10);
        self.fund(stream, Some(&format!("fund_stream{special}")))?;
        self.wait(10);
        let unstake = keys.unstake_position(&owner, 5 * ONE);
        self.measure(&format!("unstake_position{special}"), &unstake, &[holder])?;
        self.wait(10);
        let claim = keys.claim_stream(&owner, &owner, stream);
        self.measure(&format!("claim_stream{special}"), &claim, &[holder])?;
        if !special.is_empty() {
            return Ok(()); // the rest is about one stream
        }
        self.wait(10);
        let claim = keys.claim_stream(&owner, &keeper.pubkey(), stream);
        self.measure("claim_stream, by a stranger", &claim, &[&keeper])
    }

    /// When everything is shared out, everybody leaves, and the book is closed.
    fn close_all(&mut self, scene: &Scene) -> Result<()> {
        let keys = self.keys;
        let admin = self.admin.insecure_clone();
        let keeper = self.keeper.insecure_clone();
        self.vm.set_slot(START + 10 * SLOTS);
        for holder in [&scene.alice, &scene.bob, &keeper] {
            let owner = holder.pubkey();
            let position: RewardPosition = self
                .vm
                .state(&keys.position(&owner))
                .context("a position")?;
            let unstake = keys.unstake_position(&owner, position.shares);
            self.send("all of it", &unstake, &[holder])?;
            for stream in &scene.streams {
                let claim = keys.claim_stream(&owner, &owner, stream);
                self.send("a claim", &claim, &[holder])?;
            }
            let close = keys.close_position(&owner, &owner);
            self.measure_once("close_position", &close, &[])?;
        }
        let by = admin.pubkey();
        let book: RewardBook = self.vm.state(&keys.book()).context("a reward book")?;
        for stream in &scene.streams {
            let close = keys.close_stream(&by, stream, &scene.fee_wallet, &by);
            let rest = book.streams[usize::from(stream.place)].owed;
            let name = match rest {
                0 => "close_stream",
                _ => "close_stream, paying what rounding left",
            };
            self.measure_once(name, &close, &[&admin])?;
        }
        let close = keys.close_reward_book(&by, &scene.fee_wallet, &by);
        self.measure("close_reward_book", &close, &[&admin])
    }

    /// Measures what there is no row of yet, else only sends it.
    fn measure_once(
        &mut self,
        name: &str,
        instruction: &Instruction,
        signers: &[&Keypair],
    ) -> Result<()> {
        if self.rows.iter().any(|row| row.name == name) {
            return self.send(name, instruction, signers).map(|_| ());
        }
        self.measure(name, instruction, signers)
    }
}

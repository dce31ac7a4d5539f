//! A buffer with the code to deploy. Writing the same bytes twice changes nothing, so whatever got lost is sent again, and
//! a deployment that broke off goes on where it stopped: the buffer's address is made of the wallet and the code's hash.

use crate::cluster::{Cluster, Outcome, Trouble, Work, LOADER_V3};
use indicatif::{ProgressBar, ProgressStyle};
use liquid_restaking_sdk::{anchor_lang::prelude::Pubkey, Instruction};
use sha2::{Digest, Sha256};
use solana_keypair::Keypair;
use solana_loader_v3_interface::{instruction as loader, state::UpgradeableLoaderState};
use solana_signer::Signer;
use solana_system_interface::instruction::{allocate_with_seed, transfer};
use std::{
    thread::sleep,
    time::{Duration, Instant},
};

/// Bytes of code in one transaction: what fits beside two signatures and the compute budget.
const CHUNK: usize = 850;
/// Compute units of one writing.
const WRITE_UNITS: u64 = 2_370;
/// Transactions on their way at a time.
const SENDERS: usize = 8;
/// Between two looks at the buffer.
const LOOK: Duration = Duration::from_secs(1);
/// What has not arrived after so long is sent again.
const ROUND: Duration = Duration::from_secs(20);
/// Nothing has arrived for so long: the cluster takes no writes.
const PATIENCE: Duration = Duration::from_secs(180);

/// A buffer of the loader.
pub struct Buffer<'a> {
    /// Its address.
    pub key: Pubkey,
    seed: String,
    authority: &'a Keypair,
}

/// The parts of a program, each with its place.
pub fn chunks(bytes: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let places = (0..bytes.len()).step_by(CHUNK);
    places.zip(bytes.chunks(CHUNK))
}

impl<'a> Buffer<'a> {
    /// The buffer of `authority` for this code.
    ///
    /// # Errors
    /// When no address can be made of them.
    pub fn of(authority: &'a Keypair, bytes: &[u8]) -> Outcome<Self> {
        // Of all bytes: programs that differ in zeros at the end need buffers of different lengths.
        let hash = Sha256::digest(bytes);
        let seed: String = hash
            .iter()
            .take(16)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let key = Pubkey::create_with_seed(&authority.pubkey(), &seed, &LOADER_V3)
            .map_err(|error| Trouble::Input(error.to_string()))?;
        Ok(Self {
            key,
            seed,
            authority,
        })
    }

    /// Makes the buffer where it is missing, and writes what it lacks of the code.
    ///
    /// # Errors
    /// When the wallet can not pay the rent, or the cluster takes no writes.
    pub fn fill(&self, cluster: &Cluster, bytes: &[u8]) -> Outcome<()> {
        let found = cluster.account(&self.key)?;
        if found.as_ref().is_none_or(|found| found.owner != LOADER_V3) {
            let lamports = found.map_or(0, |found| found.lamports);
            let create = self.create(cluster, bytes.len(), lamports)?;
            cluster.perform_silently(&Work::new("program deploy").then_all(create))?;
        }
        let bar = ProgressBar::new(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        if let Ok(style) = ProgressStyle::with_template(
            "writing the program {bar:40} {bytes}/{total_bytes} {elapsed}",
        ) {
            bar.set_style(style);
        }
        let mut arrived = Instant::now();
        let mut least = usize::MAX;
        loop {
            let lacking = self.lacking(cluster, bytes)?;
            bar.set_position(written(bytes, &lacking));
            if lacking.is_empty() {
                bar.finish_and_clear();
                return Ok(());
            }
            if lacking.len() < least {
                (least, arrived) = (lacking.len(), Instant::now());
            } else if arrived.elapsed() > PATIENCE {
                return Err(Trouble::Cluster(format!(
                    "{} takes no writes: run the command again later, it goes on where it stopped; a --priority-fee may help",
                    cluster.url()
                )));
            }
            self.send(cluster, &lacking)?;
            self.wait(cluster, bytes, lacking.len(), &bar)?;
        }
    }

    /// Transfer, allocate, initialize: anyone can have sent lamports to the address, `present` of them, and then a
    /// creation in one step is refused.
    fn create(&self, cluster: &Cluster, length: usize, present: u64) -> Outcome<[Instruction; 3]> {
        let space = UpgradeableLoaderState::size_of_buffer(length);
        let lamports = cluster.rent(space)?;
        let (payer, authority) = (cluster.fee_payer()?.pubkey(), self.authority.pubkey());
        let space = u64::try_from(space).unwrap_or(u64::MAX);
        let fund = transfer(&payer, &self.key, lamports.saturating_sub(present));
        let allocate = allocate_with_seed(&self.key, &authority, &self.seed, space, &LOADER_V3);
        let both = loader::create_buffer(&payer, &self.key, &authority, lamports, length);
        let initialize = both.ok().and_then(|both| both.into_iter().nth(1));
        let initialize =
            initialize.ok_or_else(|| Trouble::Input("the program is too long".to_owned()))?;
        Ok([fund, allocate, initialize])
    }

    /// The parts that the buffer does not hold yet.
    fn lacking<'b>(&self, cluster: &Cluster, bytes: &'b [u8]) -> Outcome<Vec<(usize, &'b [u8])>> {
        let account = cluster.account(&self.key)?;
        let data = account.map(|account| account.data).unwrap_or_default();
        let body = data.get(UpgradeableLoaderState::size_of_buffer_metadata()..);
        let body = body.unwrap_or_default();
        let is_there = |place: usize, part: &[u8]| {
            body.get(place..place.saturating_add(part.len())) == Some(part)
        };
        let lacking = chunks(bytes).filter(|(place, part)| !is_there(*place, part));
        Ok(lacking.collect())
    }

    /// Sends every part once. What a node refuses here is sent again in the next round.
    fn send(&self, cluster: &Cluster, parts: &[(usize, &[u8])]) -> Outcome<()> {
        let blockhash = cluster.fresh_blockhash()?;
        let signers = [cluster.fee_payer()?, self.authority];
        let share = parts.len().div_ceil(SENDERS).max(1);
        std::thread::scope(|scope| {
            for parts in parts.chunks(share) {
                scope.spawn(move || {
                    for (place, part) in parts {
                        let Ok(offset) = u32::try_from(*place) else {
                            continue;
                        };
                        let authority = self.authority.pubkey();
                        let write = loader::write(&self.key, &authority, offset, part.to_vec());
                        if cluster
                            .post(&[write], &signers, WRITE_UNITS, blockhash)
                            .is_err()
                        {
                            sleep(LOOK); // too many at a time, perhaps
                        }
                    }
                });
            }
        });
        Ok(())
    }

    /// Waits until all parts have arrived, or no more do.
    fn wait(&self, cluster: &Cluster, bytes: &[u8], sent: usize, bar: &ProgressBar) -> Outcome<()> {
        let (mut least, mut since) = (sent, Instant::now());
        while since.elapsed() < ROUND {
            sleep(LOOK);
            let lacking = self.lacking(cluster, bytes)?;
            bar.set_position(written(bytes, &lacking));
            if lacking.is_empty() {
                return Ok(());
            }
            if lacking.len() < least {
                (least, since) = (lacking.len(), Instant::now());
            }
        }
        Ok(())
    }
}

fn written(bytes: &[u8], lacking: &[(usize, &[u8])]) -> u64 {
    let lacking: usize = lacking.iter().map(|(_, part)| part.len()).sum();
    u64::try_from(bytes.len().saturating_sub(lacking)).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_cut_into_parts_that_cover_it() {
        let bytes: Vec<u8> = (0..2_000u32).map(|n| n.to_le_bytes()[0]).collect();
        let parts: Vec<_> = chunks(&bytes).collect();
        assert_eq!(parts.len(), 3);
        let whole: Vec<u8> = parts.iter().flat_map(|(_, part)| part.to_vec()).collect();
        assert_eq!(whole, bytes);
        assert_eq!(parts.last().map(|(place, _)| *place), Some(1_700));
        assert_eq!(written(&bytes, &parts), 0);
    }

    #[test]
    fn the_same_wallet_and_code_have_the_same_buffer() {
        let (one, other) = (Keypair::new(), Keypair::new());
        let key = |wallet, code: &[u8]| Buffer::of(wallet, code).map(|buffer| buffer.key).ok();
        assert_eq!(key(&one, b"code"), key(&one, b"code"));
        assert_ne!(key(&one, b"code"), key(&one, b"code\0\0"));
        assert_ne!(key(&one, b"code"), key(&one, b"coda"));
        assert_ne!(key(&one, b"code"), key(&other, b"code"));
    }
}

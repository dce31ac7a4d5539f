//! `lrt program`: the program itself, put on a cluster without other tools.

mod upload;

use super::status::who_can;
use crate::{
    cluster::{
        print_json, print_line, read_keypair, tokens, without_zeros, Cluster, Code, Deployment,
        Outcome, Trouble, Work,
    },
    program_file,
};
use clap::Subcommand;
use liquid_restaking_sdk::{
    anchor_lang::prelude::Pubkey,
    program::{self},
    Instruction,
};
use serde_json::json;
use sha2::{Digest, Sha256};
use solana_keypair::Keypair;
use solana_loader_v3_interface::{instruction as loader, state::UpgradeableLoaderState};
use solana_signer::Signer;
use std::path::{Path, PathBuf};
use upload::Buffer;

/// Decimals of SOL.
const SOL_DECIMALS: u8 = 9;
/// The address that local clusters use: everybody has its key.
const PUBLIC_ID: Pubkey = Pubkey::from_str_const("EL54Ur8RUvmoyCq7T81YV6vvBbhcnSkQVQnqaAjiK1ix");
/// The least by which the loader lengthens a program.
const LEAST_EXTENSION: usize = 10_240;

/// The program on the cluster: its code, and who can change it.
#[derive(Debug, Subcommand)]
pub enum Program {
    /// Its address, its code's hash, who can upgrade it.
    #[command(after_help = "Examples:
  lrt program show
  lrt program show --compare target/deploy/liquid_restaking.so    exit status 1 when other code runs")]
    Show {
        /// A built program, to compare with what runs.
        #[arg(long, value_name = "SO")]
        compare: Option<PathBuf>,
    },
    /// Deploy it, or upgrade it.
    #[command(after_help = "Examples:
  lrt program deploy --url localhost
  lrt program deploy liquid_restaking.so --program-id release.json --final

The code is written into a buffer first, which is the wallet's; a deployment that broke off goes on where it stopped when it is
run again. The wallet becomes the upgrade authority, and pays about 7 SOL per megabyte of rent.")]
    Deploy {
        /// The built program [default: $LRT_PROGRAM, then target/deploy].
        file: Option<PathBuf>,
        /// Keypair of the program's address, for the first deployment [default: beside the file, *-keypair.json].
        #[arg(long, value_name = "KEYPAIR")]
        program_id: Option<PathBuf>,
        /// Longest that an upgrade may be without paying for more, in bytes [default: the file's length].
        #[arg(long, value_name = "BYTES")]
        max_len: Option<usize>,
        /// Nobody may ever upgrade it again.
        #[arg(long = "final")]
        is_final: bool,
    },
    /// Hand the right to upgrade over, or give it up for ever.
    #[command(after_help = "Examples:
  lrt program set-authority KEY      such as a multisig's; the key is not asked
  lrt program set-authority --final")]
    SetAuthority {
        /// The new upgrade authority.
        #[arg(value_parser = crate::cluster::parse_pubkey, required_unless_present = "is_final", conflicts_with = "is_final")]
        new: Option<Pubkey>,
        /// Nobody, for ever.
        #[arg(long = "final")]
        is_final: bool,
    },
    /// Take the rent back of a deployment that broke off and shall not go on.
    #[command(
        after_help = "Example:\n  lrt program close-buffer target/deploy/liquid_restaking.so"
    )]
    CloseBuffer {
        /// The program that was being deployed [default: $LRT_PROGRAM, then target/deploy].
        file: Option<PathBuf>,
    },
}

impl Program {
    /// Runs the command.
    pub fn run(&self, cluster: &Cluster) -> Outcome<()> {
        match self {
            Self::Show { compare } => show(cluster, compare.as_deref()),
            Self::Deploy {
                file,
                program_id,
                max_len,
                is_final,
            } => {
                let file = found(file.as_deref())?;
                let plan = Plan::of(cluster, &file, program_id.as_deref(), *max_len)?;
                plan.run(cluster, *is_final)
            }
            Self::SetAuthority { new, is_final: _ } => {
                let me = cluster.me()?;
                let handover = loader::set_upgrade_authority(&program::ID, &me, new.as_ref());
                let who = new.map_or_else(|| "nobody".to_owned(), |key| key.to_string());
                let work = Work::new("program set-authority").then(handover);
                cluster
                    .perform(work.tell("upgrade authority", who))
                    .map(drop)
            }
            Self::CloseBuffer { file } => {
                let buffer = Buffer::of(cluster.wallet()?, &read(&found(file.as_deref())?)?)?;
                let me = cluster.me()?;
                if cluster.account(&buffer.key)?.is_none() {
                    let text = format!(
                        "{me} has no buffer with this program (it would be at {})",
                        buffer.key
                    );
                    return Err(Trouble::Input(text));
                }
                let close = loader::close(&buffer.key, &me, &me);
                let work = Work::new("program close-buffer").then(close);
                cluster.perform(work.tell("buffer", buffer.key)).map(drop)
            }
        }
    }
}

fn found(file: Option<&Path>) -> Outcome<PathBuf> {
    program_file::find(file).map_err(|error| Trouble::Input(format!("{error:#}")))
}

/// Reads a built program.
fn read(file: &Path) -> Outcome<Vec<u8>> {
    let name = file.display();
    let bytes = std::fs::read(file)
        .map_err(|error| Trouble::Input(format!("{name} can not be read: {error}")))?;
    if !bytes.starts_with(b"\x7fELF") {
        let text = "is no built program: `cargo xtask build` leaves one in target/deploy";
        return Err(Trouble::Input(format!("{name} {text}")));
    }
    Ok(bytes)
}

/// SHA-256 without the zeros at the end, as `solana-verify` tells it.
fn hash_of(bytes: &[u8]) -> String {
    let hash = Sha256::digest(without_zeros(bytes));
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn show(cluster: &Cluster, compare: Option<&Path>) -> Outcome<()> {
    let wanted = compare.map(read).transpose()?;
    let deployment = cluster.deployment()?;
    let who = who_can(cluster, &deployment)?;
    let code = match &deployment {
        Deployment::Upgradeable(code) => Some(code),
        _ => None,
    };
    let hash = code.map(|code| hash_of(&code.bytes));
    if cluster.json {
        print_json(&json!({
            "address": program::ID.to_string(),
            "who_can_upgrade": who,
            "authority": code.and_then(|code| code.authority).map(|key| key.to_string()),
            "slot": code.map(|code| code.slot),
            "length": code.map(|code| code.bytes.len()),
            "sha256": hash,
        }))?;
    } else {
        print_line(&format!("address: {}", program::ID))?;
        print_line(&format!("who can upgrade it: {who}"))?;
        if let (Some(code), Some(hash)) = (code, &hash) {
            print_line(&format!("deployed in slot: {}", code.slot))?;
            print_line(&format!("length: {} bytes", code.bytes.len()))?;
            print_line(&format!("sha256: {hash}"))?;
        }
    }
    match (code, wanted) {
        (Some(code), Some(wanted)) if !code.is(&wanted) => Err(Trouble::refused(
            "OtherCode",
            format!("the file's SHA-256 is {}", hash_of(&wanted)),
        )),
        (None, Some(_)) => Err(Trouble::refused("OtherCode", who)),
        _ => Ok(()),
    }
}

/// What a deployment will do.
struct Plan {
    bytes: Vec<u8>,
    deployed: Option<Code>,
    /// The program's address, for the first deployment.
    program: Option<Keypair>,
    max_len: usize,
}

impl Plan {
    fn of(
        cluster: &Cluster,
        file: &Path,
        program_id: Option<&Path>,
        max_len: Option<usize>,
    ) -> Outcome<Self> {
        let bytes = read(file)?;
        let max_len = max_len.unwrap_or(bytes.len());
        if max_len < bytes.len() {
            let text = format!(
                "--max-len {max_len} is less than the program's {}",
                bytes.len()
            );
            return Err(Trouble::Input(text));
        }
        let (deployed, program) = match cluster.deployment()? {
            Deployment::None => {
                if program::ID == PUBLIC_ID && !cluster.is_local() {
                    eprintln!("lrt: note: the key of {PUBLIC_ID} is in the repository, for local clusters: whoever reads it can deploy there first. A release needs a key and a `declare_id!` of its own");
                }
                (None, Some(program_keypair(file, program_id)?))
            }
            Deployment::Upgradeable(code) => (Some(code), None),
            other => {
                let who = who_can(cluster, &other)?;
                let text = format!("{} can not be deployed to: {who}", program::ID);
                return Err(Trouble::Input(text));
            }
        };
        Ok(Self {
            bytes,
            deployed,
            program,
            max_len,
        })
    }

    fn run(self, cluster: &Cluster, is_final: bool) -> Outcome<()> {
        let me = cluster.me()?;
        if let Some(code) = &self.deployed {
            if code.authority != Some(me) {
                let who = code
                    .authority
                    .map_or("nobody".to_owned(), |key| key.to_string());
                let text =
                    format!("{who} can upgrade it, not {me}: name that wallet with --keypair");
                return Err(Trouble::Input(text));
            }
            if code.is(&self.bytes) {
                return unchanged(cluster, &me, code, is_final);
            }
        }
        let buffer = Buffer::of(cluster.wallet()?, &self.bytes)?;
        if cluster.dry_run {
            return self.print_dry_run(cluster);
        }
        self.lengthen(cluster)?;
        buffer.fill(cluster, &self.bytes)?;
        let mut work = Work::new("program deploy")
            .then_all(self.last(cluster, &me, &buffer.key)?)
            .tell("program", program::ID)
            .tell("sha256", hash_of(&self.bytes));
        if is_final {
            work = work
                .then(loader::set_upgrade_authority(&program::ID, &me, None))
                .tell("upgrade authority", "nobody");
        } else {
            work = work.tell("upgrade authority", me);
        }
        if let Some(program) = self.program {
            work = work.signed_by(program);
        }
        cluster.perform(work).map(drop)
    }

    fn print_dry_run(&self, cluster: &Cluster) -> Outcome<()> {
        let rent_of = |length| cluster.rent(UpgradeableLoaderState::size_of_programdata(length));
        let room = self.deployed.as_ref().map_or(0, |code| code.bytes.len());
        let before = if room == 0 { 0 } else { rent_of(room)? };
        let rent = rent_of(self.max_len.max(room))?.saturating_sub(before);
        let rent = tokens(rent, SOL_DECIMALS);
        let (length, parts) = (self.bytes.len(), upload::chunks(&self.bytes).count());
        if cluster.json {
            return print_json(&json!({
                "command": "program deploy",
                "dry_run": true,
                "signature": null,
                "length": length,
                "transactions": parts,
                "rent": rent,
            }));
        }
        print_line(&format!(
            "dry run, nothing was sent: {length} bytes in {parts} transactions; {rent} SOL of rent stay with the program, and about as much as all its rent is needed while it is written"
        ))
    }

    /// What makes the buffer's code the program's.
    fn last(&self, cluster: &Cluster, me: &Pubkey, buffer: &Pubkey) -> Outcome<Vec<Instruction>> {
        let payer = cluster.fee_payer()?.pubkey();
        if self.deployed.is_some() {
            return Ok(vec![loader::upgrade(&program::ID, buffer, me, me)]);
        }
        let rent = cluster.rent(UpgradeableLoaderState::size_of_program())?;
        let id = program::ID;
        loader::deploy_with_max_program_len(&payer, &id, buffer, me, rent, self.max_len)
            .map_err(|error| Trouble::Input(error.to_string()))
    }

    /// Makes room where the new code is longer than the old: before the buffer is filled, for the loader refuses an
    /// upgrade in the slot of an extension.
    fn lengthen(&self, cluster: &Cluster) -> Outcome<()> {
        let room = self.deployed.as_ref().map(|code| code.bytes.len());
        let lacking = self.max_len.saturating_sub(room.unwrap_or(usize::MAX));
        if lacking == 0 {
            return Ok(());
        }
        let more = u32::try_from(lacking.max(LEAST_EXTENSION))
            .map_err(|_| Trouble::Input("the program is too long".to_owned()))?;
        let payer = cluster.fee_payer()?.pubkey();
        let extend = loader::extend_program(&program::ID, Some(&payer), more);
        let work = Work::new("program deploy").then(extend);
        cluster.perform_silently(&work).map(drop)
    }
}

/// Nothing to write: this very code runs. What a deployment that broke off after its last step says when it is run again.
fn unchanged(cluster: &Cluster, me: &Pubkey, code: &Code, is_final: bool) -> Outcome<()> {
    let hash = hash_of(&code.bytes);
    if is_final {
        let give_up = loader::set_upgrade_authority(&program::ID, me, None);
        let work = Work::new("program deploy")
            .then(give_up)
            .tell("program", program::ID)
            .tell("sha256", hash)
            .tell("upgrade authority", "nobody");
        return cluster.perform(work).map(drop);
    }
    if cluster.json {
        return print_json(&json!({
            "command": "program deploy",
            "dry_run": cluster.dry_run,
            "signature": null,
            "program": program::ID.to_string(),
            "sha256": hash,
            "upgrade_authority": me.to_string(),
        }));
    }
    print_line(&format!(
        "this very code runs since slot {}: nothing to do",
        code.slot
    ))
}

/// The keypair of the program's address: the one named, or the one beside the file.
fn program_keypair(file: &Path, named: Option<&Path>) -> Outcome<Keypair> {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    let beside = file.with_file_name(format!("{stem}-keypair.json"));
    let path = named.unwrap_or(&beside);
    let keypair = read_keypair(path).map_err(|trouble| {
        Trouble::Input(format!("the program is deployed for the first time, and its address must sign: {trouble} (--program-id)"))
    })?;
    if keypair.pubkey() != program::ID {
        return Err(Trouble::Input(format!(
            "{} is the key of {}, and the program is compiled for {} (its `declare_id!`): it would refuse every instruction",
            path.display(),
            keypair.pubkey(),
            program::ID
        )));
    }
    Ok(keypair)
}

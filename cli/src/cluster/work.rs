//! One transaction of a command: what it is called, what it does, who signs, and what to tell about it.

use super::{
    changes::{written, Change},
    print_json, print_line, Cluster, Fact, Outcome,
};
use crate::scenario::{right_align, table};
use liquid_restaking_sdk::Instruction;
use serde_json::{json, Map, Value};
use solana_keypair::Keypair;
use solana_signer::Signer;

/// What a command is about to do.
pub struct Work {
    name: &'static str,
    instructions: Vec<Instruction>,
    signers: Vec<Keypair>,
    facts: Vec<Fact>,
}

/// What came of it.
#[derive(Debug)]
pub struct Receipt {
    /// The signature; `None` after a dry run.
    pub signature: Option<String>,
    /// Compute units, by the simulation.
    pub units: u64,
    /// Balances, in a dry run.
    pub changes: Vec<Change>,
}

impl Work {
    /// The work of the command `name`.
    pub fn new(name: &'static str) -> Self {
        Self {
            name,
            instructions: Vec::new(),
            signers: Vec::new(),
            facts: Vec::new(),
        }
    }

    /// Adds an instruction.
    pub fn then(mut self, instruction: Instruction) -> Self {
        self.instructions.push(instruction);
        self
    }

    /// Adds instructions.
    pub fn then_all(mut self, instructions: impl IntoIterator<Item = Instruction>) -> Self {
        self.instructions.extend(instructions);
        self
    }

    /// Adds a signer beside the wallet.
    pub fn signed_by(mut self, signer: Keypair) -> Self {
        self.signers.push(signer);
        self
    }

    /// Adds something to tell.
    pub fn tell(mut self, name: &'static str, value: impl ToString) -> Self {
        self.facts.push(Fact::new(name, value));
        self
    }
}

impl Cluster {
    /// Does the work in the wallet's name and prints the receipt; with `--dry-run` only simulates it.
    ///
    /// # Errors
    /// What is refused, and what the cluster does.
    pub fn perform(&self, work: Work) -> Outcome<Receipt> {
        let receipt = self.execute(&work)?;
        self.print(&work, &receipt)?;
        Ok(receipt)
    }

    /// Does the work as [`Cluster::perform`], and prints nothing: a step of something larger.
    ///
    /// # Errors
    /// As [`Cluster::perform`].
    pub fn perform_silently(&self, work: &Work) -> Outcome<Receipt> {
        self.execute(work)
    }

    fn execute(&self, work: &Work) -> Outcome<Receipt> {
        let payer = self.fee_payer()?.pubkey();
        if !self.dry_run {
            let simulated = self.simulate(&payer, &work.instructions, &[])?;
            let mut signers = vec![self.wallet()?];
            signers.extend(&work.signers);
            let needed = |signer: &&Keypair| {
                let metas = work.instructions.iter().flat_map(|one| &one.accounts);
                metas
                    .into_iter()
                    .any(|meta| meta.is_signer && meta.pubkey == signer.pubkey())
            };
            signers.retain(needed);
            let landed = self.send(&work.instructions, &signers, simulated.units)?;
            return Ok(Receipt {
                signature: Some(landed.signature.to_string()),
                units: simulated.units,
                changes: Vec::new(),
            });
        }
        let watched = written(&payer, &work.instructions);
        let (_, before) = self.accounts(&watched)?;
        let simulated = self.simulate(&payer, &work.instructions, &watched)?;
        Ok(Receipt {
            signature: None,
            units: simulated.units,
            changes: self.changes(&watched, &before, &simulated.accounts)?,
        })
    }

    fn print(&self, work: &Work, receipt: &Receipt) -> Outcome<()> {
        if self.json {
            let mut line = Map::new();
            line.insert("command".to_owned(), json!(work.name));
            line.insert("dry_run".to_owned(), json!(self.dry_run));
            line.insert("signature".to_owned(), json!(receipt.signature));
            line.insert("compute_units".to_owned(), json!(receipt.units));
            for fact in &work.facts {
                line.insert(fact.name.replace(' ', "_"), json!(fact.value));
            }
            if self.dry_run {
                line.insert("changes".to_owned(), json!(receipt.changes));
            }
            return print_json(&Value::Object(line));
        }
        for fact in &work.facts {
            print_line(&format!("{}: {}", fact.name, fact.value))?;
        }
        match &receipt.signature {
            Some(signature) => print_line(&format!("signature: {signature}")),
            None => {
                print_line(&format!(
                    "dry run, nothing was sent: {} would use {} compute units and change",
                    work.name, receipt.units
                ))?;
                let mut rows = table(&["account", "token", "before", "after"]);
                for change in &receipt.changes {
                    rows.add_row([
                        &change.account,
                        &change.token,
                        &change.before,
                        &change.after,
                    ]);
                }
                right_align(&mut rows, 2);
                print_line(&rows.to_string())
            }
        }
    }
}

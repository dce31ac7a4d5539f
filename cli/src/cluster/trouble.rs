//! What can go wrong, in one line that says what to do, and the exit status that goes with it.

use liquid_restaking_sdk::{
    anchor_lang::{prelude::Pubkey, system_program},
    error_name,
    program::{self, error::RestakingError},
    TOKEN_2022_PROGRAM_ID, TOKEN_PROGRAM_ID,
};
use solana_instruction_error::InstructionError;
use solana_rpc_client_api::{
    client_error::{Error as ClientError, ErrorKind},
    request::RpcError,
};
use solana_transaction_error::TransactionError;

/// The result of anything that talks to a cluster.
pub type Outcome<T> = Result<T, Trouble>;

/// Why a command did not do what it was asked to.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Trouble {
    /// The program, or one that it calls, says no.
    #[error("refused: {0}")]
    Refused(Refusal),
    /// What was asked for can not be meant: a wrong key, amount or file, or an empty wallet.
    #[error("{0}")]
    Input(String),
    /// The cluster can not be reached, or is not the one meant.
    #[error("{0}")]
    Cluster(String),
}

/// A refusal by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The error's name.
    pub name: String,
    /// What it means, with the numbers that the log adds.
    pub message: String,
}

impl core::fmt::Display for Refusal {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self.message.is_empty() {
            true => f.write_str(&self.name),
            false => write!(f, "{}: {}", self.name, self.message),
        }
    }
}

impl Trouble {
    /// The exit status: 1 refused, 2 bad input, 3 trouble with the cluster.
    pub fn exit_status(&self) -> u8 {
        match self {
            Self::Refused(_) => 1,
            Self::Input(_) => 2,
            Self::Cluster(_) => 3,
        }
    }

    /// A refusal of our own.
    pub fn refused(name: &str, message: String) -> Self {
        Self::Refused(Refusal {
            name: name.to_owned(),
            message,
        })
    }

    /// The name of a refusal.
    pub fn refusal(&self) -> Option<&str> {
        match self {
            Self::Refused(refusal) => Some(&refusal.name),
            _ => None,
        }
    }

    /// What the RPC node's answer, or its silence, means.
    pub fn of_client(url: &str, error: &ClientError) -> Self {
        if let Some(refused) = error.kind().get_transaction_error() {
            return Self::of_transaction(&refused, &[], &[]);
        }
        let text = match error.kind() {
            ErrorKind::Reqwest(error) if error.is_timeout() => {
                format!("{url} did not answer in time: try again, with a longer --timeout, or with another --url")
            }
            ErrorKind::Reqwest(error) if error.is_connect() => {
                format!("{url} can not be reached: is the address right and the node up? Name another with --url")
            }
            ErrorKind::Reqwest(error) => match error.status() {
                Some(status) if status.as_u16() == 429 => {
                    format!("{url} refuses so many requests: wait, or name another node with --url")
                }
                Some(status) => format!("{url} answered {status}: is it a Solana RPC node?"),
                None => format!("{url} did not answer as a Solana RPC node does"),
            },
            ErrorKind::RpcError(RpcError::RpcResponseError { code, message, .. }) => {
                format!("{url} answered with error {code}: {message}")
            }
            other => format!("{url} did not answer as a Solana RPC node does: {other}"),
        };
        Self::Cluster(text)
    }

    /// What a transaction's failure means. Of the accounts that it names, the payer first, one is told where it matters.
    pub fn of_transaction(error: &TransactionError, logs: &[String], keys: &[Pubkey]) -> Self {
        let unfunded = || {
            let who = keys
                .first()
                .map_or_else(|| "the fee payer".to_owned(), ToString::to_string);
            Self::Input(format!(
                "{who} has too few lamports for this: send it some SOL, or name another with --fee-payer or --keypair"
            ))
        };
        match error {
            TransactionError::AccountNotFound | TransactionError::InsufficientFundsForFee => {
                unfunded()
            }
            TransactionError::InsufficientFundsForRent { account_index } => {
                let who = keys.get(usize::from(*account_index));
                let who = who.map_or_else(|| "an account".to_owned(), ToString::to_string);
                Self::Input(format!("{who} would hold too few lamports for its rent"))
            }
            TransactionError::ProgramAccountNotFound
            | TransactionError::InvalidProgramForExecution => Self::Cluster(format!(
                "the program {} is not deployed on this cluster: name the right one with --url",
                program::ID
            )),
            TransactionError::InstructionError(_, InstructionError::Custom(code)) => {
                let who = failed_program(logs);
                if who == Some(system_program::ID) && *code == 1 {
                    return unfunded();
                }
                Self::Refused(named(who, *code, logs))
            }
            TransactionError::InstructionError(_, InstructionError::UnsupportedProgramId) => {
                Self::of_transaction(&TransactionError::ProgramAccountNotFound, logs, keys)
            }
            TransactionError::InstructionError(_, error) => Self::Refused(Refusal {
                name: format!("{error:?}"),
                message: detail(logs).unwrap_or_default(),
            }),
            TransactionError::BlockhashNotFound => {
                Self::Cluster("the node does not know the blockhash yet: try again".to_owned())
            }
            other => Self::Refused(Refusal {
                name: format!("{other:?}"),
                message: other.to_string(),
            }),
        }
    }

    /// The same with something more to say.
    pub fn and(self, more: &str) -> Self {
        match self {
            Self::Refused(Refusal { name, message }) if message.is_empty() => {
                Self::refused(&name, more.to_owned())
            }
            Self::Refused(Refusal { name, message }) => {
                Self::refused(&name, format!("{message}; {more}"))
            }
            Self::Input(text) => Self::Input(format!("{text}; {more}")),
            Self::Cluster(text) => Self::Cluster(format!("{text}; {more}")),
        }
    }

    /// A refusal that the program's own rule gave, run here on copies of the accounts.
    pub fn of_rule(error: &liquid_restaking_sdk::anchor_lang::error::Error) -> Self {
        use liquid_restaking_sdk::anchor_lang::error::Error;
        let refusal = match error {
            Error::AnchorError(error) => Refusal {
                name: error.error_name.clone(),
                message: error.error_msg.clone(),
            },
            Error::ProgramError(error) => Refusal {
                name: error.program_error.to_string(),
                message: String::new(),
            },
        };
        Self::Refused(refusal)
    }
}

impl From<liquid_restaking_sdk::ReadError> for Trouble {
    fn from(error: liquid_restaking_sdk::ReadError) -> Self {
        Self::Cluster(format!("an account can not be read: {error}"))
    }
}

/// The program that failed first: the one whose number the code is. `None` where the log is cut off before, or missing.
fn failed_program(logs: &[String]) -> Option<Pubkey> {
    let failed = |line: &String| {
        let (id, _) = line.strip_prefix("Program ")?.split_once(" failed: ")?;
        id.parse().ok()
    };
    logs.iter().find_map(failed)
}

fn named(failed: Option<Pubkey>, code: u32, logs: &[String]) -> Refusal {
    // Most numbers are our program's own, and no other's.
    let who = failed.unwrap_or(program::ID);
    let unknown = || match failed {
        Some(who) => format!("error {code} of {who}"),
        None => format!("error {code} of a program that the log does not tell"),
    };
    let name = error_name(&who, code).unwrap_or_else(unknown);
    let own = (who == program::ID).then(|| own_message(code)).flatten();
    let message = own.or_else(|| token_message(&who, code).map(str::to_owned));
    let parts = [message, detail(logs)];
    let message = parts.into_iter().flatten().collect::<Vec<_>>().join("; ");
    Refusal { name, message }
}

fn own_message(code: u32) -> Option<String> {
    let error: RestakingError = bytemuck::checked::try_cast(code.checked_sub(6000)?).ok()?;
    Some(error.to_string())
}

fn token_message(who: &Pubkey, code: u32) -> Option<&'static str> {
    let is_token = [TOKEN_PROGRAM_ID, TOKEN_2022_PROGRAM_ID].contains(who);
    match code {
        1 if is_token => Some("the token account holds less"),
        4 if is_token => Some("the token account belongs to somebody else"),
        17 if is_token => Some("the token account is frozen"),
        _ => None,
    }
}

/// What the program logged of its own accord, such as "Over by 5" (in base units).
fn detail(logs: &[String]) -> Option<String> {
    let own = logs
        .iter()
        .filter_map(|line| line.strip_prefix("Program log: "));
    let mut told = own.filter(|text| {
        let noise = ["Instruction: ", "AnchorError", "Left:", "Right:", "Error: "];
        !noise.iter().any(|start| text.starts_with(start))
    });
    told.next_back()
        .map(|text| format!("{text} (in base units)"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that can not go on ends")]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_has_the_programs_own_words_and_numbers() {
        let code = 6000 + RestakingError::BondTooSmall as u32;
        let failed = TransactionError::InstructionError(0, InstructionError::Custom(code));
        let logs = [
            format!("Program {} invoke [1]", program::ID),
            "Program log: Instruction: Delegate".to_owned(),
            "Program log: Over by 5".to_owned(),
            format!("Program {} failed: custom program error", program::ID),
        ];
        let trouble = Trouble::of_transaction(&failed, &logs, &[]);
        assert_eq!(trouble.exit_status(), 1);
        let text = trouble.to_string();
        assert!(text.starts_with("refused: BondTooSmall: The operator's bond is too small"));
        assert!(text.ends_with("Over by 5 (in base units)"), "{text}");
    }

    #[test]
    fn an_empty_wallet_and_a_missing_program_are_no_refusals() {
        let payer = Pubkey::new_unique();
        let empty = Trouble::of_transaction(&TransactionError::AccountNotFound, &[], &[payer]);
        assert!(empty.to_string().starts_with(&payer.to_string()) && empty.exit_status() == 2);
        let missing = TransactionError::ProgramAccountNotFound;
        assert_eq!(Trouble::of_transaction(&missing, &[], &[]).exit_status(), 3);
    }

    #[test]
    fn a_number_is_that_of_the_program_that_failed_first() {
        let failed = TransactionError::InstructionError(2, InstructionError::Custom(1));
        let logs = [
            format!("Program {} invoke [1]", program::ID),
            format!("Program {TOKEN_PROGRAM_ID} failed: custom program error: 0x1"),
            format!("Program {} failed: custom program error: 0x1", program::ID),
        ];
        let text = |logs| Trouble::of_transaction(&failed, logs, &[]).to_string();
        assert!(text(&logs).contains("the token account holds less"));
        // Without a log nobody is blamed.
        let silent = text(&[]);
        assert!(silent.contains("error 1 of a program"), "{silent}");
        assert!(!silent.contains(&program::ID.to_string()), "{silent}");
    }

    #[test]
    fn what_holds_too_little_for_its_rent_is_named() {
        let (payer, other) = (Pubkey::new_unique(), Pubkey::new_unique());
        let failed = TransactionError::InsufficientFundsForRent { account_index: 1 };
        let trouble = Trouble::of_transaction(&failed, &[], &[payer, other]);
        assert!(trouble.to_string().starts_with(&other.to_string()));
        assert_eq!(trouble.exit_status(), 2);
    }

    #[test]
    fn more_is_said_behind_what_is_said_already() {
        let plain = Trouble::refused("X", String::new()).and("more");
        assert_eq!(plain.to_string(), "refused: X: more");
        assert_eq!(plain.and("yet").to_string(), "refused: X: more; yet");
        assert_eq!(Trouble::Input("a".to_owned()).and("b").to_string(), "a; b");
    }
}

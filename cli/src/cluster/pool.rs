//! An LRT and its stake pool, as every command needs them.

use super::{
    rpc::{clock_slot, state_of, CLOCK},
    tokens, Amount, Cluster, Holdings, Outcome, Trouble,
};
use liquid_restaking_sdk::{
    address,
    anchor_lang::prelude::Pubkey,
    program::{
        self,
        state::{CollateralMint, Lrt, RewardBook, StakePool},
    },
    token_balance, Instruction, Observed, PoolKeys, NATIVE_MINT, TOKEN_PROGRAM_ID,
};

/// An LRT that may have no stake pool yet.
#[derive(Debug)]
pub struct LrtOnly {
    /// Addresses; those of the stake pool mean nothing.
    pub keys: PoolKeys,
    /// The LRT.
    pub lrt: Lrt,
    /// The slot as programs see it.
    pub slot: u64,
}

/// An LRT with its stake pool, read in one slot.
#[derive(Debug, Clone)]
pub struct PoolView {
    /// Addresses.
    pub keys: PoolKeys,
    /// The LRT as it is stored.
    pub lrt: Lrt,
    /// Its stake pool as it is stored.
    pub pool: StakePool,
    /// The slot as programs see it.
    pub slot: u64,
    /// Tokens in the vault.
    pub vault_balance: u64,
    /// Supply of the LRT's mint.
    pub mint_supply: u64,
    /// The slot that the node answered as of.
    pub context_slot: u64,
}

impl Cluster {
    /// The LRT that `--lrt` names.
    ///
    /// # Errors
    /// When none is named, or there is none: with what is wrong.
    pub fn lrt(&self) -> Outcome<LrtOnly> {
        let named = self.lrt.ok_or_else(|| {
            Trouble::Input("which LRT? Name its mint with --lrt, or set LRT".to_owned())
        })?;
        let keys_of = |mint| PoolKeys::derive(mint, Pubkey::default(), TOKEN_PROGRAM_ID);
        // Its mint is named, or the account itself.
        let (_, accounts) = self.accounts(&[keys_of(named).lrt, named, CLOCK])?;
        let account = |place: usize| accounts.get(place).and_then(|account| account.as_ref());
        let slot = clock_slot(account(2))?;
        for account in [account(0), account(1)].into_iter().flatten() {
            if let Some(lrt) = state_of::<Lrt>(account)? {
                let keys = keys_of(lrt.mint);
                return Ok(LrtOnly { keys, lrt, slot });
            }
        }
        Err(self.no_lrt(&named))
    }

    /// The LRT and its stake pool.
    ///
    /// # Errors
    /// As [`Cluster::lrt`]; when it has no stake pool.
    pub fn pool(&self) -> Outcome<PoolView> {
        let LrtOnly { keys, lrt, .. } = self.lrt()?;
        let row = lrt.rows().next().copied();
        let row = row.ok_or_else(|| {
            Trouble::Input(
                "the LRT has no stake pool yet: its admin adds one with `lrt admin add-pool`"
                    .to_owned(),
            )
        })?;
        let pool: StakePool = self.state(&row.stake_pool, "stake pool")?;
        let keys = PoolKeys::derive(keys.lrt_mint, pool.collateral_mint, pool.token_program);
        self.pool_at(keys)
    }

    /// Reads LRT and stake pool anew, in one slot.
    ///
    /// # Errors
    /// When one of them is gone.
    pub fn pool_at(&self, keys: PoolKeys) -> Outcome<PoolView> {
        let read = [keys.lrt, keys.stake_pool, keys.vault, keys.lrt_mint, CLOCK];
        let (context_slot, accounts) = self.accounts(&read)?;
        let account = |place: usize| accounts.get(place).and_then(|account| account.as_ref());
        let gone = || Trouble::Cluster("the LRT or its stake pool is gone".to_owned());
        let mint = account(3).and_then(|mint| CollateralMint::parse(&mint.data).ok());
        let vault = account(2).and_then(|vault| token_balance(&vault.data));
        Ok(PoolView {
            keys,
            lrt: account(0).map_or(Ok(None), state_of)?.ok_or_else(gone)?,
            pool: account(1).map_or(Ok(None), state_of)?.ok_or_else(gone)?,
            slot: clock_slot(account(4))?,
            vault_balance: vault.ok_or_else(gone)?,
            mint_supply: mint.ok_or_else(gone)?.supply,
            context_slot,
        })
    }

    /// Fails where the program is not: then nothing else is wrong with a key that is not found.
    ///
    /// # Errors
    /// When the cluster has no program, or does not answer.
    pub fn require_program(&self) -> Outcome<()> {
        if self
            .account(&program::ID)?
            .is_some_and(|account| account.executable)
        {
            return Ok(());
        }
        Err(Trouble::Cluster(format!(
            "the program {} is not deployed on {}: name the right cluster with --url",
            program::ID,
            self.url()
        )))
    }

    /// Why there is no LRT.
    fn no_lrt(&self, mint: &Pubkey) -> Trouble {
        let url = self.url();
        let account = match self.require_program().and_then(|()| self.account(mint)) {
            Ok(account) => account,
            Err(trouble) => return trouble,
        };
        let Some(account) = account else {
            return Trouble::Input(format!(
                "there is no account {mint} on {url}: is it the right cluster, and the right mint?"
            ));
        };
        match CollateralMint::parse(&account.data) {
            Ok(_) => Trouble::Input(format!(
                "{mint} is a mint, but of no LRT of this program: `lrt list` shows those there are"
            )),
            Err(_) => Trouble::Input(format!(
                "{mint} is no mint: `lrt list` shows the LRTs there are"
            )),
        }
    }
}

impl PoolView {
    /// Decimals of LRT and collateral.
    pub fn decimals(&self) -> u8 {
        self.lrt.fixed.decimals
    }

    /// Base units as people write them.
    pub fn tokens(&self, units: u64) -> String {
        tokens(units, self.decimals())
    }

    /// Both accounts as an `accrue` now would leave them.
    ///
    /// # Errors
    /// When they contradict each other.
    pub fn observed(&self) -> Outcome<Observed> {
        Ok(Observed::at(self.lrt, self.pool, self.slot)?)
    }

    /// Epoch of the queue's head.
    pub fn head(&self) -> Option<u64> {
        (self.pool.queue_length > 0).then_some(self.pool.head_epoch)
    }

    /// Epoch of the queue's tail.
    pub fn tail(&self) -> Option<u64> {
        (self.pool.queue_length > 0).then_some(self.pool.tail_epoch)
    }

    /// What a wallet has of the collateral.
    ///
    /// # Errors
    /// When the node does not answer.
    pub fn collateral_of(&self, cluster: &Cluster, wallet: &Pubkey) -> Outcome<Holdings> {
        let keys = &self.keys;
        cluster.holdings(
            wallet,
            &keys.collateral_mint,
            &keys.collateral_token_program,
        )
    }

    /// What a wallet has of the LRT.
    ///
    /// # Errors
    /// When the node does not answer.
    pub fn lrt_of(&self, cluster: &Cluster, wallet: &Pubkey) -> Outcome<Holdings> {
        cluster.holdings(wallet, &self.keys.lrt_mint, &TOKEN_PROGRAM_ID)
    }

    /// LRT base units of an amount; ALL is what the wallet has.
    ///
    /// # Errors
    /// When the amount has too many decimals, or the node does not answer.
    pub fn shares(&self, cluster: &Cluster, amount: &Amount, wallet: &Pubkey) -> Outcome<u64> {
        amount.units(self.decimals(), || {
            Ok(self.lrt_of(cluster, wallet)?.balance)
        })
    }

    /// Collateral base units of an amount; ALL is what the wallet has, of SOL what it has wrapped.
    ///
    /// # Errors
    /// As [`PoolView::shares`]; when ALL is nothing.
    pub fn collateral(&self, cluster: &Cluster, amount: &Amount, wallet: &Pubkey) -> Outcome<u64> {
        amount.units(self.decimals(), || {
            let mint = self.keys.collateral_mint;
            match self.collateral_of(cluster, wallet)?.balance {
                0 if mint == NATIVE_MINT => Err(Trouble::Input(format!(
                    "ALL is what is wrapped already, and {wallet} has no wrapped SOL: name an amount, and as much is wrapped"
                ))),
                0 => Err(Trouble::Input(format!(
                    "ALL is nothing: {wallet} has none of the token {mint} in its associated account"
                ))),
                all => Ok(all),
            }
        })
    }

    /// Makes a wallet's collateral account where it is missing.
    ///
    /// # Errors
    /// When the node does not answer.
    pub fn open_collateral(
        &self,
        cluster: &Cluster,
        wallet: &Pubkey,
    ) -> Outcome<Option<Instruction>> {
        let keys = &self.keys;
        cluster.opened(
            wallet,
            &keys.collateral_mint,
            &keys.collateral_token_program,
        )
    }

    /// Makes a wallet's LRT account where it is missing.
    ///
    /// # Errors
    /// When the node does not answer.
    pub fn open_lrt(&self, cluster: &Cluster, wallet: &Pubkey) -> Outcome<Option<Instruction>> {
        cluster.opened(wallet, &self.keys.lrt_mint, &TOKEN_PROGRAM_ID)
    }
}

/// Reads an LRT's reward book.
///
/// # Errors
/// When it has none.
pub fn read_book(cluster: &Cluster, keys: &PoolKeys) -> Outcome<RewardBook> {
    let book = address::reward_book(&keys.lrt);
    cluster.find_state(&book)?.ok_or_else(|| {
        Trouble::Input(
            "the LRT has no reward book: its admin makes one with `lrt admin reward-book create`"
                .to_owned(),
        )
    })
}

//! An AVS with some allocations that holds exits up, driven slot by slot on the real program.

use liquid_restaking_sdk::{program::state::AvsTerms, ProposalKeys};
use liquid_restaking_tests::{terms, Avs, Operator, World, ONE};

/// Veto and execution window together.
pub const WHOLE: u64 = 20;
/// Every failure is forgotten after this many slots.
pub const SLASH_WINDOW: u64 = 30;

fn windows() -> AvsTerms {
    AvsTerms {
        veto_window: 10,
        execution_window: 10,
        exit_delay: 30,
        slash_window: SLASH_WINDOW,
        slash_cap_bps: 5_000,
        ..terms()
    }
}

/// What a proposal comes to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Nobody executes it: the keeper ends it.
    Expires,
    /// The keeper executes it.
    Executes,
}

/// A proposal that is open, and the allocation it is on.
pub struct Open {
    pub on: ProposalKeys,
    pub operator: usize,
    pub amount: u64,
    pub end: End,
    /// The first slot in which the keeper ends it.
    pub slot: u64,
}

/// An AVS with an allocation of ten tokens from each of some operators, out of a hundred.
pub struct Siege {
    pub world: World,
    pub avs: Avs,
    pub operators: Vec<Operator>,
    pub head: u64,
    pub open: Vec<Open>,
    pub windows: AvsTerms,
    /// What each proposal is about; `None`: the least that holds exits up.
    pub amount: Option<u64>,
    /// Slots that the keeper is late to end what has expired.
    pub late: u64,
    pub begin: u64,
    /// For every slot since the beginning: was the settlement refused?
    pub held: Vec<bool>,
}

impl Siege {
    pub async fn with(operators: usize) -> Self {
        Self::of(operators, windows()).await
    }

    pub async fn of(operators: usize, windows: AvsTerms) -> Self {
        let mut world = World::new().await;
        let avs = world.avs(windows, 10_000).await;
        let mut accepted = Vec::new();
        for _ in 0..operators {
            let operator = world.operator().await;
            world.opt_in(&operator, &avs).await;
            accepted.push(operator);
        }
        let holder = world.holder(100 * ONE).await;
        for operator in &accepted {
            world.delegate(operator, 10 * ONE).await;
            world.stake(operator, &avs, 10 * ONE).await;
        }
        let ticket = world.request(&holder, ONE, 1).await;
        world.warp_to_due(&ticket).await;
        Self {
            begin: world.slot().await,
            world,
            avs,
            operators: accepted,
            head: ticket.batch_epoch,
            open: Vec::new(),
            windows,
            amount: None,
            late: 0,
            held: Vec::new(),
        }
    }

    pub async fn now(&mut self) -> u64 {
        self.world.slot().await - self.begin
    }

    /// The least that holds exits up: a unit more than the tolerance, once what ends in this slot is executed.
    pub async fn least(&mut self) -> u64 {
        let (nav, slot) = (
            self.world.lrt().await.nav().expect("a sum"),
            self.world.slot().await,
        );
        let ending = self
            .open
            .iter()
            .filter(|open| open.slot <= slot && open.end == End::Executes);
        let nav = nav - ending.map(|open| open.amount).sum::<u64>();
        nav * 50 / 10_000 + 1
    }

    /// Whether a settlement would be refused now, because of a dispute.
    pub async fn is_held(&mut self) -> bool {
        let settle = self.world.keys.settle(self.head);
        match self.world.simulate(&settle, &[]).await {
            Ok(()) => false,
            Err(error) => {
                let expected = ["DisputeAboveTolerance", "ProposalInThisSlot"];
                assert!(expected.contains(&error.as_str()), "{error}");
                true
            }
        }
    }

    /// Proposes on the allocation that was free first; `false` when the program refuses on every one.
    pub async fn propose(&mut self, end: End) -> bool {
        let slot = self.world.slot().await;
        let amount = match self.amount {
            Some(amount) => amount,
            None => self.least().await,
        };
        let mut free = Vec::new();
        for index in 0..self.operators.len() {
            if self.open.iter().all(|open| open.operator != index) {
                let operator = &self.operators[index];
                let allocation = self.world.allocation(operator, &self.avs).await;
                free.push((allocation.blocked_until, index));
            }
        }
        let Some((_, operator)) = free.into_iter().min() else {
            return false;
        };
        let (propose, on) = self
            .world
            .proposal_instruction(&self.operators[operator], &self.avs, amount)
            .await;
        let sent = self.world.try_send(&[propose], &[&self.avs.slasher]).await;
        if let Err(refused) = sent {
            assert_eq!(refused, "ProposalBlocked");
            return false;
        }
        let slots = match end {
            End::Expires => self.windows.veto_window + self.windows.execution_window + self.late,
            End::Executes => self.windows.veto_window,
        };
        self.open.push(Open {
            on,
            operator,
            amount,
            end,
            slot: slot + slots,
        });
        true
    }

    /// The keeper ends what it can.
    pub async fn keep(&mut self) {
        let slot = self.world.slot().await;
        for open in std::mem::take(&mut self.open) {
            if open.slot > slot {
                self.open.push(open);
                continue;
            }
            let end = match open.end {
                End::Expires => self.world.keys.expire_slash(&open.on),
                End::Executes => self.world.keys.execute_slash(&open.on, &Default::default()),
            };
            self.world.send(&[end], &[]).await;
        }
    }

    /// Drives the program slot by slot. In each slot the AVS is asked how a proposal of now should end, if it wants one; what it
    /// knows is for how long those that are open will stay so.
    pub async fn run(&mut self, slots: u64, wish: impl Fn(&Known) -> Option<End>) {
        while self.now().await < slots {
            let slot = self.world.slot().await;
            let staying = |end| {
                let open = self.open.iter().filter(|o| o.end == end && o.slot > slot);
                open.map(|o| o.slot - slot).max().unwrap_or(0)
            };
            let known = Known {
                slot: slot - self.begin,
                expires_in: staying(End::Expires),
                executes_in: staying(End::Executes),
            };
            if let Some(end) = wish(&known) {
                self.propose(end).await;
            }
            self.keep().await;
            let held = self.is_held().await;
            self.held.push(held);
            self.world.warp(1).await;
        }
    }

    /// The longest run of slots in which exits were held up, and how many there were in all.
    pub fn worst(&self) -> (usize, usize) {
        let runs = self.held.split(|held| !held);
        let longest = runs.map(<[bool]>::len).max().unwrap_or(0);
        (longest, self.held.iter().filter(|held| **held).count())
    }
}

/// What the AVS knows before it proposes.
pub struct Known {
    pub slot: u64,
    /// Slots until the last one that is to expire does; 0 when none outlasts this slot.
    pub expires_in: u64,
    /// The same of those that are to be executed.
    pub executes_in: u64,
}

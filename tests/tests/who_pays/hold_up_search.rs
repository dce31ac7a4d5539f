//! How long an AVS can hold exits up with proposals that fail: a search over what it might do, by the program's own rules.
//!
//! T is veto and execution window together, W the slash window, at least 1.5 T by the bounds. A keeper ends what has expired
//! in its slot; in that slot the AVS is faster. Found and asserted, of any number of allocations:
//! - never more than 3 T without a gap: a second failure blocks the whole pool, so the last proposal is opened before the
//!   second one of a run ends, which is at 2 T;
//! - in the long run T in every W, and 3 T more at its ends: one failure is forgotten in each slash window.

use bytemuck::Zeroable;
use liquid_restaking_sdk::program::state::{
    Allocation, AvsTerms, PoolAvs, SlashProposal, SlashState,
};
use liquid_restaking_tests::terms;

/// What the AVS does next: waits, proposes on the allocation that was free first, and lets it end after so many slots.
#[derive(Clone, Copy)]
struct Move {
    wait: u64,
    length: u64,
}

/// An AVS with some allocations, and the slots in which it holds exits up.
struct Plot {
    pool_avs: PoolAvs,
    allocations: Vec<(Allocation, Option<(SlashProposal, u64)>)>,
    held: Vec<bool>,
}

impl Plot {
    fn new(terms: AvsTerms, allocations: usize, slots: usize) -> Self {
        let mut pool_avs = PoolAvs::zeroed();
        pool_avs.accepted.terms = terms;
        Self {
            pool_avs,
            allocations: vec![(Allocation::zeroed(), None); allocations],
            held: vec![false; slots],
        }
    }

    /// Ends what was to end before `slot`, in order.
    fn end_before(&mut self, slot: u64) {
        let execution = self.pool_avs.accepted.terms.veto_window;
        while let Some((allocation, open)) = self
            .allocations
            .iter_mut()
            .filter(|(_, open)| open.is_some_and(|(_, end)| end < slot))
            .min_by_key(|(_, open)| open.map(|(_, end)| end))
        {
            let Some((mut proposal, end)) = open.take() else {
                break;
            };
            let state = if end - proposal.proposed_slot < execution {
                SlashState::Vetoed
            } else {
                SlashState::Expired
            };
            proposal.end(state, end).expect("it can end so");
            self.pool_avs
                .block_after_failure(allocation, &proposal, end);
        }
    }

    fn open(&mut self, slot: u64, length: u64) -> bool {
        let (pool_avs, terms) = (&self.pool_avs, self.pool_avs.accepted.terms);
        let free = self.allocations.iter_mut().filter(|(allocation, open)| {
            open.is_none() && pool_avs.require_unblocked(allocation, slot).is_ok()
        });
        let Some((_, open)) = free.min_by_key(|(allocation, _)| allocation.blocked_until) else {
            return false;
        };
        let mut proposal = SlashProposal::zeroed();
        proposal.open(1, &terms, slot).expect("slots that fit");
        let end = slot + length.max(1);
        *open = Some((proposal, end));
        for slot in slot..end {
            if let Some(held) = usize::try_from(slot)
                .ok()
                .and_then(|s| self.held.get_mut(s))
            {
                *held = true;
            }
        }
        true
    }

    /// The longest run of slots in which exits are held up, and how many there are in all.
    fn play(mut self, moves: &[Move]) -> (usize, usize) {
        let mut slot = 0;
        for next in moves {
            slot += next.wait;
            self.end_before(slot);
            while usize::try_from(slot).is_ok_and(|slot| slot < self.held.len())
                && !self.open(slot, next.length)
            {
                slot += 1;
                self.end_before(slot);
            }
        }
        let (mut longest, mut run) = (0, 0);
        for held in &self.held {
            run = if *held { run + 1 } else { 0 };
            longest = longest.max(run);
        }
        (longest, self.held.iter().filter(|held| **held).count())
    }
}

/// Numbers for the search that are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }

    fn roll(&mut self, terms: &AvsTerms) -> Move {
        let whole = terms.veto_window + terms.execution_window;
        let waits = [
            0,
            whole - 1,
            whole,
            terms.slash_window,
            terms.slash_window - whole,
            self.below(2 * terms.slash_window),
        ];
        let vetoed = self.below(terms.veto_window);
        let lengths = [whole, whole, whole, terms.veto_window - 1, vetoed];
        let pick = |dice: &mut Self, of: &[u64]| {
            let sides = u64::try_from(of.len()).expect("a few");
            of[usize::try_from(dice.below(sides)).expect("a few")]
        };
        Move {
            wait: pick(self, &waits),
            length: pick(self, &lengths),
        }
    }
}

/// Tries to improve on the worst plots known, at random, a little at a time; gives the longest run
/// found, and asserts that no plot on the way leaves the bounds.
fn search(terms: AvsTerms, allocations: usize, seed: u64) -> usize {
    const ROUNDS: u64 = 40;
    let whole = terms.veto_window + terms.execution_window;
    let slots = usize::try_from(ROUNDS * whole).expect("a few");
    let play = |moves: &[Move]| Plot::new(terms, allocations, slots).play(moves);
    let bound = usize::try_from(slots as u64 / terms.slash_window * whole + 3 * whole);
    let bound = bound.expect("a few");
    let (mut dice, mut longest) = (Dice(seed), 0);
    for for_longest in [true, false] {
        let score = |result: (usize, usize)| if for_longest { result.0 } else { result.1 };
        // Begins with what is worst by hand: one after another without a gap, or one in every slash window.
        let wait = if for_longest {
            whole
        } else {
            terms.slash_window
        };
        let length = whole;
        let mut moves = vec![Move { wait, length }; 60];
        let mut now = play(&moves);
        for _ in 0..400 {
            let mut changed = moves.clone();
            for _ in 0..=dice.below(3) {
                let index = usize::try_from(dice.below(60)).expect("a few");
                changed[index] = dice.roll(&terms);
            }
            let result = play(&changed);
            assert!(result.0 as u64 <= 3 * whole, "{} in a row", result.0);
            assert!(result.1 <= bound, "{} of {bound}", result.1);
            if score(result) >= score(now) {
                (moves, now) = (changed, result);
            }
        }
        longest = longest.max(now.0);
    }
    longest
}

fn with_windows(veto: u64, execution: u64, slash: u64) -> AvsTerms {
    AvsTerms {
        veto_window: veto,
        execution_window: execution,
        exit_delay: 30,
        slash_window: slash,
        ..terms()
    }
}

#[test]
fn whatever_an_avs_lets_fail_exits_are_held_up_three_times_both_windows_at_most() {
    for (veto, execution, slash) in [
        (10, 10, 30),
        (10, 10, 60),
        (10, 10, 120),
        (2, 10, 30),
        (2, 2, 30),
    ] {
        let terms = with_windows(veto, execution, slash);
        let whole = usize::try_from(veto + execution).expect("a few");
        for (allocations, expected) in [(1, whole), (2, 2 * whole), (5, 3 * whole)] {
            let longest = search(terms, allocations, 7 + slash);
            assert_eq!(longest, expected);
        }
    }
}

#[test]
fn the_two_worst_plots_are_a_run_of_three_and_one_failure_a_slash_window() {
    let terms = with_windows(10, 10, 30);
    let play = |allocations, wait| {
        let length = 20;
        let mut moves = vec![Move { wait, length }; 60];
        moves[0].wait = 0;
        Plot::new(terms, allocations, 800).play(&moves)
    };
    // Each is opened in the slot in which the one before ends: slots 0 to 59. Then the pool is blocked for 16 T, and it
    // begins again at 380, and at 760.
    assert_eq!(play(5, 20), (60, 160));
    // One allocation alone holds up T in every 5 T.
    assert_eq!(play(1, 20), (20, 160));
    // A slash window after each: every one is forgotten before the next fails. 16 times 20 slots in 800.
    assert_eq!(play(5, 50), (20, 320));
    assert_eq!(play(5, 30), (20, 160)); // too hasty
}

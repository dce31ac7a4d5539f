//! Why an operator's losses may differ from what the proposals that can still be read took of it, with nothing broken.

use crate::scenario::{Delegated, Proposed, Restaking};

/// Names of the operators whose losses need not be what their proposals took. AVSs are none of them: what an acceptance
/// has taken can always be compared with its own proposals, which it outlives.
pub fn explained(restaking: &Restaking) -> Vec<&str> {
    let (mut explained, mut above) = (Vec::new(), Vec::new());
    let (mut lost, mut taken) = (0u128, 0u128);
    for one in &restaking.operators {
        let (its_losses, its_proposals) = (u128::from(one.delegation.losses), own(one, restaking));
        let took = sum(&its_proposals);
        if its_losses < took && is_made_anew(one, &its_proposals) {
            explained.push(one.name.as_str());
            continue;
        }
        lost = lost.saturating_add(its_losses);
        taken = taken.saturating_add(took);
        if its_losses > took {
            above.push(one.name.as_str());
        }
    }
    // An acceptance that is closed takes its proposals with it, and leaves more losses than proposals, never less.
    if lost > taken {
        explained.append(&mut above);
    }
    explained
}

/// An operator's proposals, in the order in which they ended.
fn own<'a>(one: &Delegated, restaking: &'a Restaking) -> Vec<&'a Proposed> {
    let all = restaking.proposals.iter();
    let mut own: Vec<&Proposed> = all
        .filter(|proposed| proposed.operator == one.delegation.operator)
        .collect();
    own.sort_by_key(|proposed| proposed.proposal.ended_slot);
    own
}

fn sum(proposals: &[&Proposed]) -> u128 {
    proposals.iter().map(|one| one.taken()).sum()
}

/// A delegation that was closed and made anew at the same address has forgotten what it lost before, and its allocations
/// have forgotten the proposals.
fn is_made_anew(one: &Delegated, own: &[&Proposed]) -> bool {
    let is_remembered = |proposed: &&Proposed| {
        one.allocations.iter().any(|(_, allocation)| {
            allocation.avs == proposed.avs
                && allocation.proposal_ended_slot == proposed.proposal.ended_slot
        })
    };
    (1..=own.len()).any(|forgotten| {
        let (before, since) = own.split_at(forgotten);
        sum(since) == one.delegation.losses.into() && !before.iter().any(is_remembered)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use liquid_restaking_sdk::{
        anchor_lang::prelude::Pubkey,
        program::state::{Allocation, Delegation, Operator, SlashProposal},
        ProgramAccount,
    };

    fn zeroed<T: ProgramAccount>() -> T {
        bytemuck::Zeroable::zeroed()
    }

    /// One operator of so many losses, of whom proposals took so much, one a slot.
    fn world(losses: u64, taken: &[u64]) -> Restaking {
        let (operator, avs) = (Pubkey::new_unique(), Pubkey::new_unique());
        let mut delegation = zeroed::<Delegation>();
        (delegation.operator, delegation.losses) = (operator, losses);
        let proposals = (1..).zip(taken).map(|(index, taken)| {
            let mut proposal = zeroed::<SlashProposal>();
            (proposal.from_stake, proposal.ended_slot) = (*taken, index);
            Proposed {
                operator,
                avs,
                proposal,
            }
        });
        Restaking {
            proposals: proposals.collect(),
            avss: Vec::new(),
            operators: vec![Delegated {
                name: "o".to_owned(),
                operator: zeroed::<Operator>(),
                delegation,
                allocations: Vec::new(),
            }],
        }
    }

    /// An allocation that remembers the proposal that ended in this slot.
    fn remember(restaking: &mut Restaking, slot: u64) {
        let mut allocation = zeroed::<Allocation>();
        allocation.avs = restaking.proposals[0].avs;
        allocation.proposal_ended_slot = slot;
        restaking.operators[0].allocations = vec![(0, allocation)];
    }

    #[test]
    fn a_closed_acceptance_explains_losses_without_proposals() {
        assert_eq!(explained(&world(8, &[3])), ["o"]);
        assert_eq!(explained(&world(3, &[])), ["o"]);
        assert!(explained(&world(3, &[3])).is_empty());
    }

    #[test]
    fn it_does_not_explain_losses_that_another_operator_lacks() {
        let (mut all, mut other) = (world(8, &[3]), world(1, &[6]));
        remember(&mut other, 1);
        all.operators.append(&mut other.operators);
        all.proposals.append(&mut other.proposals);
        assert!(explained(&all).is_empty());
    }

    #[test]
    fn a_delegation_made_anew_has_forgotten_its_first_losses_and_no_others() {
        assert_eq!(explained(&world(0, &[3])), ["o"]);
        assert_eq!(explained(&world(5, &[3, 5])), ["o"]);
        assert!(explained(&world(3, &[3, 5])).is_empty());
        assert!(explained(&world(7, &[3, 5])).is_empty());
        // Its allocation knows better.
        let mut known = world(0, &[3]);
        remember(&mut known, 1);
        assert!(explained(&known).is_empty());
    }
}

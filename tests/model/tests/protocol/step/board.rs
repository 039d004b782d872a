//! `flight::Board`: the fills of one process, and who may follow them.

use protocol_model::Set;

use super::Step;
use crate::slot::{Slot, Start};
use crate::state::{Fill, Phase, Wire};

impl Step<'_> {
    /// The other calls of the same process.
    pub(super) fn mates(&self, call: usize) -> impl Iterator<Item = usize> + use<'_> {
        let process = self.setup.calls[call].process;
        let same = move |&mate: &usize| mate != call && self.setup.calls[mate].process == process;
        (0..self.state.calls.len()).filter(same)
    }

    /// `flight::Reader::follow`, `flight::Reader::lead`, `flight::Board::refill`: the flight that `call`, whose read has
    /// found `found`, may join.
    pub(super) fn flight_to_join(&self, call: usize, found: Slot) -> Option<usize> {
        let finds_value = matches!(found, Slot::Value(_));
        self.mates(call).find(|&mate| match self.state.calls[mate].phase {
            // A refresh is on the board when its mark is in the slot.
            Phase::Acquire(_) | Phase::TakeOver(_) | Phase::Mark(_)
                if self.setup.calls[mate].refresh =>
            {
                false
            }
            // The body is yet to begin, so it will have begun after the call.
            Phase::Acquire(_) | Phase::TakeOver(_) => !finds_value,
            Phase::Lock(_, stale) => found.starts(Start::Mark(stale.mark)),
            Phase::Body(fill) | Phase::Store(fill) => {
                let found_its_own = fill.start.is_some_and(|start| found.starts(start));
                fill.elders.has(call) && !finds_value || found_its_own
            }
            _ => false,
        })
    }

    /// `flight::Board::run_late`: a flight whose body began after the call did.
    pub(super) fn younger_flight(&self, call: usize) -> Option<usize> {
        self.mates(call).find(|&mate| match self.state.calls[mate].phase {
            Phase::Body(fill) => fill.elders.has(call),
            _ => false,
        })
    }

    /// Any flight, whatever has happened since it began.
    pub(super) fn any_flight(&self, call: usize) -> Option<usize> {
        let flight = |phase| matches!(phase, Phase::Acquire(_) | Phase::Body(_) | Phase::Store(_));
        self.mates(call).find(|&mate| flight(self.state.calls[mate].phase))
    }

    /// `read` says whether the call itself has read the stale value that the flight refills.
    pub(super) fn follow(&mut self, call: usize, leader: usize, read: bool) {
        if let Phase::Store(fill) = self.state.calls[leader].phase {
            return self.answer(call, fill.body);
        }
        let leader = u8::try_from(leader).unwrap_or(u8::MAX);
        self.state.calls[call].phase = Phase::Follow(leader, read);
        self.state.calls[call].wire = Wire::Idle;
    }

    /// The calls of the process that are under way.
    pub(super) fn elders(&self, call: usize) -> Set {
        let under_way = |phase| !matches!(phase, Phase::NotBegun | Phase::Over);
        self.mates(call)
            .filter(|&mate| under_way(self.state.calls[mate].phase))
            .fold(Set::default(), Set::with)
    }

    /// `flight::Board::lead`: the leader is gone; its first follower leads the others.
    pub(super) fn hand_over(&mut self, leader: usize, fill: Fill) {
        let followers = self.state.followers(leader);
        let Some((&next, others)) = followers.split_first() else { return };
        match fill.start {
            // A fill has a token of its own.
            Some(start @ Start::Lease(_)) => self.take_over(next, start),
            start => self.begin_body(next, start, None),
        }
        for &other in others {
            self.follow(other, next, false);
        }
    }

    /// Only a mutation: the fill is still known by `start`, though it does not commit.
    pub(super) fn keep_known(&mut self, call: usize, start: Start) {
        if let Phase::Body(fill) = &mut self.state.calls[call].phase {
            (fill.start, fill.stores) = (Some(start), false);
        }
    }
}

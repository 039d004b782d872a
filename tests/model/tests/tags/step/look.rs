//! `call::look`: the read of a slot and its tags, and what a call does next.

use super::{Step, number};
use crate::mutation::Mutation;
use crate::setup::Named;
use crate::slot::{Found, Maker, Slot, TAGS, Tag, Value};
use crate::state::{Fill, Phase};

impl Step<'_> {
    pub(super) fn begin(&mut self, call: usize) {
        self.state.calls[call].owed = self.state.returned;
        self.state.calls[call].phase = Phase::Read;
    }

    pub(super) fn read(&mut self, call: usize) {
        let found = self.state.server.found();
        self.state.calls[call].phase =
            if self.setup.by_steps { Phase::ReadTags(found.slot) } else { Phase::Look(found) };
    }

    pub(super) fn read_tags(&mut self, call: usize) {
        let Phase::ReadTags(slot) = self.state.calls[call].phase else { return };
        self.state.calls[call].phase = Phase::Look(Found { slot, ..self.state.server.found() });
    }

    pub(super) fn look(&mut self, call: usize) {
        let Phase::Look(found) = self.state.calls[call].phase else { return };
        if let Some(value) = self.valid(found) {
            return self.answer(call, value.body);
        }
        if let Some(leader) = self.flight_to_join(call, found) {
            return self.follow(call, leader);
        }
        self.state.calls[call].phase = match found.slot {
            Slot::Absent => Phase::Acquire,
            Slot::Lease(other) => Phase::Wait(other),
            Slot::Value(outdated) => Phase::TakeOver(outdated.mark),
        };
    }

    /// The value that was found, if its tags still have the epochs that they had before its body.
    fn valid(&self, found: Found) -> Option<Value> {
        let Slot::Value(value) = found.slot else { return None };
        let same = |tag| self.is_same(found.tags[tag], value.epochs[tag]);
        (0..self.setup.tags.len()).all(same).then_some(value)
    }

    fn is_same(&self, tag: Tag, epoch: Maker) -> bool {
        match tag {
            Tag::Epoch(now) => now.maker == epoch && epoch != Maker::Gone,
            Tag::Absent => self.setup.mutated(Mutation::MissingIsUnchanged),
            Tag::Intent(_) => false,
        }
    }

    /// The flight of its process that a call, whose read has found `found`, may join.
    pub(super) fn flight_to_join(&self, call: usize, found: Found) -> Option<usize> {
        self.mates(call).find(|&mate| match self.state.calls[mate].phase {
            // The body is yet to begin, so it will have begun after the call.
            Phase::Acquire | Phase::TakeOver(_) | Phase::Mint | Phase::MintMore(_) => true,
            Phase::Body(fill)
            | Phase::MintAfter(fill)
            | Phase::MintMoreAfter(fill, _)
            | Phase::Store(fill) => {
                let found_its_own = found.slot == Slot::Lease(number(mate));
                fill.elders.has(call) || found_its_own && self.is_of_now(fill, found)
            }
            _ => false,
        })
    }

    /// Whether no tag of the fill had been invalidated between its mint and a read.
    fn is_of_now(&self, fill: Fill, found: Found) -> bool {
        let mut named = self.setup.named(Named::ByArguments);
        let epochs = named.all(|tag| self.is_same(found.tags[tag], fill.epochs[tag]));
        // The tags that the result names are not known yet.
        let clock = !self.setup.names_by_result() || found.clock == Some(fill.clock);
        (epochs || self.setup.mutated(Mutation::FollowUnseen))
            && (clock || self.setup.mutated(Mutation::FollowByArguments))
    }

    fn follow(&mut self, call: usize, leader: usize) {
        match self.state.calls[leader].phase {
            Phase::MintAfter(fill) | Phase::MintMoreAfter(fill, _) | Phase::Store(fill) => {
                self.answer(call, fill.body);
            }
            _ => self.state.calls[call].phase = Phase::Follow(number(leader)),
        }
    }

    /// The other calls of the same process.
    pub(super) fn mates(&self, call: usize) -> impl Iterator<Item = usize> + use<'_> {
        let calls = &self.setup.calls;
        (0..calls.len()).filter(move |&mate| mate != call && calls[mate] == calls[call])
    }

    /// Those whom nobody leads now look again.
    pub(super) fn release(&mut self, leader: usize) {
        for follower in self.state.followers(leader) {
            self.state.calls[follower].phase = Phase::Read;
        }
    }
}

/// No epochs yet.
pub(super) const UNKNOWN: [Maker; TAGS] = [Maker::Gone; TAGS];

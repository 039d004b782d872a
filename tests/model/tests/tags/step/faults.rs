//! What goes wrong: replies that don't come, processes that end, slots that vanish.

use protocol_model::Set;

use super::fill::commitment;
use super::{Step, number};
use crate::mutation::Mutation;
use crate::server::Request;
use crate::setup::Named;
use crate::slot::{Epoch, Maker, Slot, TAGS, Tag};
use crate::state::{Phase, Stage};

impl Step<'_> {
    /// Nothing is stored, but for a commit that is on its way.
    pub(super) fn time_out(&mut self, call: usize) {
        self.state.budget.timeouts -= 1;
        let number = number(call);
        match self.state.calls[call].phase {
            Phase::Acquire => self.send_late(Request::Acquire(number)),
            Phase::TakeOver(mark) => self.send_late(Request::TakeOver(number, mark)),
            Phase::Mint => {
                self.send_late(Request::Mint(Maker::Before(number), false));
                if self.setup.mutated(Mutation::LateMintUsed) {
                    let clock = Epoch { maker: Maker::Gone, stamp: 0 };
                    return self.begin_body(call, [Maker::Before(number); TAGS], clock);
                }
            }
            Phase::MintAfter(_) => self.send_late(Request::Mint(Maker::After(number), true)),
            Phase::Store(fill) => self.send_late(commitment(call, fill)),
            _ => {}
        }
        self.give_up(call);
    }

    pub(super) fn crash(&mut self, process: u8) {
        self.state.budget.crashes -= 1;
        for call in 0..self.state.calls.len() {
            let begun = self.state.calls[call].phase != Phase::NotBegun;
            if begun && self.setup.calls[call] == process {
                self.leave(call);
            }
        }
    }

    pub(super) fn crash_writer(&mut self, writer: usize) {
        self.state.budget.crashes -= 1;
        self.state.writers[writer].stage = Stage::Over;
    }

    pub(super) fn apply_late(&mut self, late: usize) {
        let request = self.state.late.remove(late);
        self.apply(request);
        if let Request::Invalidate(writer, _) = request {
            self.lose_intents(self.setup.writers[usize::from(writer)].tag);
        }
    }

    pub(super) fn end_right(&mut self, writer: usize) {
        if self.state.writers[writer].stage != Stage::Over {
            self.state.budget.losses -= 1;
        }
        let tag = self.setup.writers[writer].tag;
        self.state.server.end_write(tag, writer);
        self.lose_intent(writer);
    }

    /// The intents in a tag's slot are gone, other than by their end.
    pub(super) fn lose_intents(&mut self, tag: usize) {
        for writer in 0..self.state.writers.len() {
            if self.setup.writers[writer].tag == tag {
                self.lose_intent(writer);
            }
        }
    }

    fn lose_intent(&mut self, writer: usize) {
        self.state.writers[writer].is_protected = false;
        let by_result = self.setup.tags[self.setup.writers[writer].tag] == Named::ByResult;
        // Nothing will tell this fill that it is older than the commit, before the writer's end does.
        let outlasts = self.state.calls.iter().any(|call| match call.phase {
            Phase::Body(fill) | Phase::MintAfter(fill) => fill.amid.has(writer),
            _ => false,
        });
        if by_result && outlasts && !self.state.returned.has(writer) {
            self.state.kept = self.state.kept.without(Set::EMPTY.with(writer));
        }
    }

    fn lose(&mut self) {
        // In peace, time still passes for leases; they are bounded by the calls.
        self.state.budget.losses = self.state.budget.losses.saturating_sub(1);
    }

    pub(super) fn vanish_slot(&mut self) {
        self.lose();
        self.state.server.slot = Slot::Absent;
    }

    pub(super) fn vanish_tag(&mut self, tag: usize) {
        self.lose();
        self.empty_tag(tag);
    }

    fn empty_tag(&mut self, tag: usize) {
        self.state.server.tags[tag] = Tag::Absent;
        self.lose_intents(tag);
    }

    pub(super) fn vanish_clock(&mut self) {
        self.lose();
        self.state.server.clock = None;
    }

    pub(super) fn flush(&mut self) {
        self.lose();
        self.state.server.slot = Slot::Absent;
        self.state.server.clock = None;
        for tag in 0..self.setup.tags.len() {
            self.empty_tag(tag);
        }
    }
}

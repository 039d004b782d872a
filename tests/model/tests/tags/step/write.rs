//! Writers: `Cache::invalidate_tag` after the write, or `call::write` around it.

use super::{Step, number};
use crate::mutation::Mutation;
use crate::server::Request;
use crate::setup::{How, Writing};
use crate::slot::{Epoch, Maker, Tag};
use crate::state::Stage;

impl Step<'_> {
    pub(super) fn begin_write(&mut self, writer: usize) {
        let tag = self.setup.writers[writer].tag;
        let is_first = self.state.writers[writer].stage == Stage::NotBegun;
        if is_first && !self.setup.mutated(Mutation::NoIntent) {
            self.state.server.begin_write(tag, writer);
        } else if !is_first && !self.setup.mutated(Mutation::BeginWithoutClock) {
            self.change_clock(Maker::Begun(number(writer)));
        }
        let writer = &mut self.state.writers[writer];
        writer.stage = if is_first { Stage::Begun } else { Stage::Body };
        writer.is_protected |= is_first;
    }

    /// `Store::invalidate_tags` of no tag.
    fn change_clock(&mut self, maker: Maker) {
        if self.setup.by_steps {
            self.state.server.clock = Some(Epoch { maker, stamp: 0 });
        } else {
            self.state.server.count(maker);
        }
    }

    pub(super) fn commit_write(&mut self, writer: usize) {
        self.state.applied = self.state.applied.with(writer);
        if self.state.writers[writer].is_protected {
            self.state.kept = self.state.kept.with(writer);
        }
        self.state.writers[writer].stage = Stage::Sent;
    }

    /// Each try has an epoch of its own.
    fn maker(&self, writer: usize) -> Maker {
        let again = self.state.writers[writer].stage == Stage::Again;
        if again && !self.setup.mutated(Mutation::SameEpochAgain) {
            Maker::Again(number(writer))
        } else {
            Maker::Writer(number(writer))
        }
    }

    pub(super) fn invalidate(&mut self, writer: usize) {
        let maker = self.maker(writer);
        let Writing { tag, how } = self.setup.writers[writer];
        let is_first = self.state.writers[writer].stage == Stage::Sent;
        let halves = how == How::Intent || self.setup.by_steps;
        match how {
            How::Intent => self.half_end(writer, tag, maker, is_first),
            How::Invalidate if halves => self.half_invalidate(tag, maker, is_first),
            How::Invalidate => {
                self.apply(Request::Invalidate(number(writer), maker));
                self.lose_intents(tag);
            }
        }
        // An invalidation takes effect with its first step.
        self.state.applied = self.state.applied.with(writer);
        if halves && is_first {
            self.state.writers[writer].stage = Stage::Half;
            return;
        }
        self.state.returned = self.state.returned.with(writer);
        self.state.kept = self.state.kept.with(writer);
        self.state.writers[writer].stage = Stage::Over;
    }

    /// `Engine::end_tag_writes`: another clock, and then the intent goes.
    fn half_end(&mut self, writer: usize, tag: usize, maker: Maker, is_first: bool) {
        if is_first == self.setup.mutated(Mutation::EndClockLast) {
            self.state.server.end_write(tag, writer);
        } else if !self.setup.mutated(Mutation::EndWithoutClock) {
            self.change_clock(maker);
        }
    }

    /// `store::tagged::invalidate_tags`, by single steps: another clock, and then another epoch.
    fn half_invalidate(&mut self, tag: usize, maker: Maker, is_first: bool) {
        if is_first == self.setup.mutated(Mutation::TagBeforeClock) {
            self.state.server.tags[tag] = Tag::Epoch(Epoch { maker, stamp: 0 });
            self.lose_intents(tag);
        } else {
            self.change_clock(maker);
        }
    }

    /// Its caller is told of an error. The first request may still come, and a second is sent.
    pub(super) fn lose_invalidation(&mut self, writer: usize) {
        self.state.budget.timeouts -= 1;
        self.send_late(Request::Invalidate(number(writer), self.maker(writer)));
        self.state.writers[writer].stage = Stage::Again;
    }
}

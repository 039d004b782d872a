//! Writers: `Cache::invalidate_tag` after the write, or `call::write` around it.

use super::{Step, number};
use crate::mutation::Mutation;
use crate::server::Request;
use crate::setup::How;
use crate::slot::{Epoch, Maker, Tag};
use crate::state::Stage;

impl Step<'_> {
    pub(super) fn begin_write(&mut self, writer: usize) {
        self.state.server.begin_write(self.setup.writers[writer].tag, writer);
        let writer = &mut self.state.writers[writer];
        (writer.stage, writer.is_protected) = (Stage::Body, true);
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
        let writing = self.setup.writers[writer];
        if writing.how == How::Intent {
            self.state.server.end_write(writing.tag, writer, maker, self.setup);
        } else if self.setup.by_steps {
            let is_first = self.state.writers[writer].stage == Stage::Sent;
            self.half_invalidate(writing.tag, maker, is_first);
            if is_first {
                self.state.applied = self.state.applied.with(writer);
                self.state.writers[writer].stage = Stage::Half;
                return;
            }
        } else {
            self.apply(Request::Invalidate(number(writer), maker));
        }
        self.state.applied = self.state.applied.with(writer);
        self.state.returned = self.state.returned.with(writer);
        self.state.kept = self.state.kept.with(writer);
        self.state.writers[writer].stage = Stage::Over;
    }

    /// `store::tagged::invalidate_tags`, by single steps: another clock, and then another epoch.
    fn half_invalidate(&mut self, tag: usize, maker: Maker, is_first: bool) {
        let epoch = Epoch { maker, stamp: 0 };
        if is_first == self.setup.mutated(Mutation::TagBeforeClock) {
            self.state.server.tags[tag] = Tag::Epoch(epoch);
        } else {
            self.state.server.clock = Some(epoch);
        }
    }

    /// Its caller is told of an error. The first request may still come, and a second is sent.
    pub(super) fn lose_invalidation(&mut self, writer: usize) {
        self.state.budget.timeouts -= 1;
        self.send_late(Request::Invalidate(number(writer), self.maker(writer)));
        self.state.writers[writer].stage = Stage::Again;
    }
}

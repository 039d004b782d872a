//! `call::write`: the intent, the body of a function that writes, the end.

use super::{Step, number};
use crate::mutation::Mutation;
use crate::server::Request;
use crate::setup::How;
use crate::slot::Version;
use crate::state::{Part, Stage};

impl Step<'_> {
    pub(super) fn begin_write(&mut self, writer: usize) {
        if self.setup.by_steps {
            self.state.writers[writer].stage = Stage::Begins(Part::Look);
            return;
        }
        if self.setup.has_intent(writer) {
            self.apply(Request::BeginWrite(number(writer)));
        }
        self.has_begun(writer);
    }

    pub(super) fn has_begun(&mut self, writer: usize) {
        let writer = &mut self.state.writers[writer];
        (writer.stage, writer.has_begun, writer.is_protected) = (Stage::Body, true, true);
    }

    /// Redis never fails a call: the body runs.
    pub(super) fn lose_begin(&mut self, writer: usize) {
        self.state.budget.timeouts -= 1;
        self.state.send_late(Request::BeginWrite(number(writer)));
        self.state.writers[writer].stage = Stage::Body;
    }

    pub(super) fn commit_write(&mut self, writer: usize) {
        self.state.database += 1;
        let version = self.state.database;
        let writer = &mut self.state.writers[writer];
        (writer.stage, writer.committed) = (Stage::Body, Some(version));
        if writer.is_protected {
            self.state.promised = version;
        }
    }

    /// What the writer puts: only if its intent was in the slot before its body began.
    pub(super) fn value(&self, writer: usize) -> Option<Version> {
        let now = self.state.writers[writer];
        let may_put = now.has_begun || self.setup.mutated(Mutation::PutAfterLostBegin);
        let puts = self.setup.writers[writer].how == How::Put && may_put;
        now.committed.filter(|_| puts)
    }

    fn end(&self, writer: usize, value: Option<Version>) -> Request {
        if self.setup.has_intent(writer) {
            Request::EndWrite(number(writer), value)
        } else {
            Request::Delete
        }
    }

    pub(super) fn end_write(&mut self, writer: usize) {
        if self.setup.by_steps {
            self.state.writers[writer].stage = Stage::Ends(Part::Look);
            return;
        }
        let end = self.end(writer, self.value(writer));
        self.apply(end);
        if end == Request::Delete {
            self.unprotect();
            self.has_ended(writer);
        }
        self.state.writers[writer].stage = Stage::Over;
    }

    /// The end has been carried out.
    pub(super) fn has_ended(&mut self, writer: usize) {
        if let Some(version) = self.state.writers[writer].committed.take() {
            self.state.promised = self.state.promised.max(version);
        }
        self.state.writers[writer].is_protected = false;
    }

    /// Its caller is told of an error, and nothing is promised before the end comes.
    pub(super) fn lose_end(&mut self, writer: usize) {
        self.state.budget.timeouts -= 1;
        self.state.send_late(self.end(writer, self.value(writer)));
        self.state.writers[writer].stage = Stage::Over;
    }

    pub(super) fn fail_write(&mut self, writer: usize) {
        self.state.budget.failures -= 1;
        self.apply(Request::EndWrite(number(writer), None));
        self.state.writers[writer].stage = Stage::Over;
    }

    pub(super) fn cancel_write(&mut self, writer: usize) {
        self.state.budget.cancels -= 1;
        self.state.send_late(Request::EndWrite(number(writer), None));
        self.state.writers[writer].stage = Stage::Over;
    }

    /// The slot has been emptied by somebody: whatever intent was there is lost.
    pub(super) fn unprotect(&mut self) {
        for writer in &mut self.state.writers {
            writer.is_protected = false;
        }
    }
}

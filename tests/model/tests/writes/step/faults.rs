//! What goes wrong: replies that don't come, calls and processes that end, slots that vanish.

use super::{Step, number};
use crate::server::Request;
use crate::slot::{Intent, Slot};
use crate::state::{Phase, Stage};

impl Step<'_> {
    /// The body of this call runs without the cache, which is right by itself; or its commit is on its way.
    pub(super) fn time_out(&mut self, call: usize) {
        self.state.budget.timeouts -= 1;
        match self.state.calls[call].phase {
            Phase::Acquire => self.state.send_late(Request::Acquire(number(call))),
            Phase::Store(fill) => {
                self.state.send_late(Request::Commit(number(call), fill.version));
            }
            _ => {}
        }
        self.state.send_late(Request::GiveUp(number(call)));
        self.release(call);
        self.leave(call);
    }

    pub(super) fn cancel(&mut self, call: usize) {
        self.state.budget.cancels -= 1;
        self.state.send_late(Request::GiveUp(number(call)));
        self.release(call);
        self.leave(call);
    }

    pub(super) fn crash(&mut self, process: u8) {
        self.state.budget.crashes -= 1;
        for call in 0..self.state.calls.len() {
            let begun = self.state.calls[call].phase != Phase::NotBegun;
            if begun && self.setup.calls[call] == process {
                self.leave(call);
            }
        }
        for (writer, writing) in self.state.writers.iter_mut().zip(&self.setup.writers) {
            if writer.stage != Stage::NotBegun && writing.process == process {
                writer.stage = Stage::Over;
            }
        }
    }

    pub(super) fn apply_late(&mut self, late: usize) {
        let request = self.state.late.remove(late);
        if request == Request::Delete {
            self.unprotect();
        }
        self.apply(request);
    }

    pub(super) fn end_right(&mut self, writer: usize) {
        if self.state.writers[writer].stage != Stage::Over {
            self.state.budget.losses -= 1;
        }
        self.state.writers[writer].is_protected = false;
        if let Slot::Intent(intent) = self.state.slot {
            let writers = intent.writers.without(protocol_model::Set::EMPTY.with(writer));
            let is_over = writers == protocol_model::Set::EMPTY;
            self.state.slot =
                if is_over { Slot::Absent } else { Slot::Intent(Intent { writers, ..intent }) };
        }
    }

    pub(super) fn vanish(&mut self) {
        // In peace, time still passes for leases; they are bounded by the calls.
        self.state.budget.losses = self.state.budget.losses.saturating_sub(1);
        self.unprotect();
        self.state.slot = Slot::Absent;
    }
}

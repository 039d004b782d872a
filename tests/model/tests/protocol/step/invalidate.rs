//! `Engine::delete`: a writer changes the database, then empties the slot.

use super::Step;
use crate::server::Request;
use crate::state::Invalidation;

impl Step<'_> {
    /// The write and the sending are one step: to a body it makes no difference whether it begins
    /// between the two, or after both and before the server carries out the `UNLINK`.
    pub(super) fn invalidate(&mut self, writer: usize) {
        self.state.written = self.state.written.with(writer);
        self.state.invalidations[writer] = Invalidation::Sent;
    }

    pub(super) fn apply_unlink(&mut self, writer: usize) {
        self.state.server.apply(Request::Delete);
        self.state.applied = self.state.applied.with(writer);
        self.state.invalidations[writer] = Invalidation::Applied;
    }

    pub(super) fn invalidated(&mut self, writer: usize) {
        self.state.returned = self.state.returned.with(writer);
        self.state.invalidations[writer] = Invalidation::Returned;
    }

    /// Its caller is told, and its process reads around the slot until the background task got
    /// through. That is no part of this model: to other processes it is one more `UNLINK`.
    pub(super) fn invalidation_fails(&mut self, writer: usize) {
        self.state.budget.timeouts -= 1;
        if self.state.invalidations[writer] == Invalidation::Sent {
            self.state.send_late(Request::Delete);
        }
        self.state.invalidations[writer] = Invalidation::Failed;
    }
}

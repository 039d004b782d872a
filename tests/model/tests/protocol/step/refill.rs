//! `call::refill`: the lock beside a stale value. Its body and commit are those of any fill.

use super::Step;
use crate::mutation::Mutation;
use crate::server::Request;
use crate::slot::{Id, Start, Value};
use crate::state::Phase;

impl Step<'_> {
    pub(super) fn lock(&mut self, call: usize, stale: Value) {
        let token = self.draw();
        self.send(call, Phase::Lock(token, stale), Request::Lock(token));
    }

    pub(super) fn locked(&mut self, call: usize, token: Id, stale: Value, met: bool) {
        if !met {
            return self.not_locked(call, stale);
        }
        let by_content = self.setup.mutated(Mutation::RefillByContent);
        let mark = Start::Mark(stale.mark);
        let start = if by_content { Start::Content(stale.body.content()) } else { mark };
        self.begin_body(call, Some(start), Some((token, stale)));
    }

    /// Another process refills, or nobody knows: the stale value will do.
    pub(super) fn not_locked(&mut self, call: usize, stale: Value) {
        for follower in self.state.followers(call) {
            self.look(follower);
        }
        self.answer(call, stale.body);
    }
}

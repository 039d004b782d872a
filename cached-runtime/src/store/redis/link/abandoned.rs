//! Callers that are less patient than `op_timeout`.
//!
//! A call that is dropped while it waits never learns whether the server would have answered. If all callers are like
//! that, a server that hangs would go unnoticed, and each call would wait for it in turn. So one task asks in their
//! place, with all the patience of `op_timeout`.

use std::sync::Arc;

use ::redis::{Value, cmd};
use tokio::time::timeout;

use super::Shared;
use crate::duty::Turn;
use crate::store::redis::failure::Failure;

/// Held while a command waits for its reply; dropped with it, it has the server asked.
pub(super) struct Abandoned<'a>(pub(super) Option<&'a Arc<Shared>>);

impl Abandoned<'_> {
    pub(super) fn not(mut self) {
        self.0 = None;
    }
}

impl Drop for Abandoned<'_> {
    fn drop(&mut self) {
        if let Some(shared) = self.0
            && let Some((turn, runtime)) = shared.checking.take()
        {
            let checking = Checking { shared: Arc::clone(shared), turn };
            runtime.spawn(async move { checking.shared.check().await });
        }
    }
}

impl Shared {
    async fn check(self: &Arc<Self>) {
        let ping = cmd("PING");
        let mut used = None;
        let reply = timeout(self.settings.op_timeout, self.attempt(&ping, &mut used)).await;
        // An error is an answer: it may be that we have no right to ask.
        let reply = match reply.unwrap_or(Err(Failure::Timeout)) {
            Err(Failure::Refused { .. }) => Ok(Value::Nil),
            reply => reply,
        };
        self.settle("PING", "", &reply, used);
    }
}

/// Lets the next one ask, also when the runtime drops this one.
struct Checking {
    shared: Arc<Shared>,
    turn: Turn,
}

impl Drop for Checking {
    fn drop(&mut self) {
        self.shared.checking.end(self.turn);
    }
}

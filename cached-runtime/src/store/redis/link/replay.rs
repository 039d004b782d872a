//! What the caches have to make up for when the server is back, before calls are let in again.
//!
//! The steps of that pass the open breaker, on the new connection, and are told from all others by their task.

use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ::redis::Value;
use tokio::time::timeout;

use super::super::failure::Failure;
use super::super::request::Request;
use super::{Live, Shared};
use crate::duty::Turn;
use crate::store::{OnReturn, StoreFuture};

/// How often the task of a long replay is heard of.
const HEARTBEAT: Duration = Duration::from_millis(500);

tokio::task_local! {
    /// The address of the link whose replay this is, and its new connection.
    static REPLAY: (usize, Arc<Live>);
}

/// What is to be called, as long as its cache is there.
#[derive(Default)]
pub(super) struct Returns(Mutex<Vec<OnReturn>>);

impl Returns {
    pub(super) fn add(&self, replay: OnReturn) {
        let mut returns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        returns.retain(|replay| replay().is_some());
        returns.push(replay);
    }

    fn begin(&self) -> Vec<StoreFuture<'static, ()>> {
        let returns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        returns.iter().filter_map(|replay| replay()).collect()
    }
}

impl Shared {
    /// Has all caches make up for what failed. An error if one could not.
    pub(super) async fn replay(
        self: &Arc<Self>,
        live: &Arc<Live>,
        turn: Turn,
    ) -> Result<(), Failure> {
        for replay in self.returns.begin() {
            let mut replay = pin!(REPLAY.scope((self.name(), Arc::clone(live)), replay));
            loop {
                match timeout(HEARTBEAT, &mut replay).await {
                    Ok(Ok(())) => break,
                    Ok(Err(error)) => return Err(Failure::Lost(error.to_string().into())),
                    Err(_) if self.recovering.go_on(turn) => {}
                    // Another task has taken over.
                    Err(_) => return Err(Failure::Timeout),
                }
            }
        }
        Ok(())
    }

    /// The connection of a replay, in whose task this is called.
    pub(super) fn replaying(self: &Arc<Self>) -> Option<Arc<Live>> {
        let mine = |(name, live): &(usize, Arc<Live>)| (*name == self.name()).then(|| live.clone());
        REPLAY.try_with(mine).ok().flatten()
    }

    /// Sends a request on a connection that is not that of all calls.
    pub(super) async fn send_on(
        &self,
        live: &Live,
        request: &impl Request,
    ) -> Result<Value, Failure> {
        let mut connection = live.connection.clone();
        let reply = timeout(self.settings.op_timeout, request.send(&mut connection)).await;
        reply.unwrap_or(Err(Failure::Timeout))
    }

    /// No other link has it as long as this one is there.
    fn name(self: &Arc<Self>) -> usize {
        Arc::as_ptr(self).addr()
    }
}

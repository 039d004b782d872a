//! What one actor does.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use cached_runtime::{Cache, Outcome, Store, observe, refresh};

use crate::functions::{Failure, PREFIX};
use crate::history::{Call, Emptying, Event};
use crate::plan::{Action, Deed, Slot};
use crate::world::World;

/// An actor, with all that it touches.
pub(crate) struct Actor {
    pub(crate) world: Arc<World>,
    pub(crate) cache: Cache,
    /// A client that knows nothing of caches.
    pub(crate) bare: Arc<dyn Store>,
    pub(crate) action: Action,
}

impl Actor {
    pub(crate) async fn act(self) {
        let end = End { world: Arc::clone(&self.world), action: self.action, is_told: false };
        match self.action.deed {
            Deed::Call | Deed::Refresh => Box::pin(self.call(end, u32::MAX)).await,
            Deed::CancelledCall(polls) => Box::pin(self.call(end, polls)).await,
            Deed::Get => self.get(end).await,
            _ => self.empty(end).await,
        }
    }

    async fn get(self, mut end: End) {
        let Self { world, cache, action, .. } = self;
        let slot = world.plan.slots[action.slot];
        let began = world.clock.tick();
        world.history.push(began, Event::Begins(action));
        let held = Arc::clone(&world);
        let got = cache.scope(async move { slot.entry(held).get().await }).await;
        end.is_told = true;
        let now = world.clock.tick();
        world.history.push(now, Event::Returned(action, got.is_ok()));
        if let Ok(Some(read)) = got {
            // It does not tell which.
            let outcome = Outcome::Stale;
            world.history.push(now, Event::Answered(action, Ok(read), outcome));
            world.history.push_call(Call { action, began, outcome, is_error: false, read });
        }
    }

    async fn call(self, mut end: End, polls: u32) {
        let Self { world, cache, action, .. } = self;
        let slot = world.plan.slots[action.slot];
        let began = world.clock.tick();
        world.history.push(began, Event::Begins(action));
        let called = slot.call(Arc::clone(&world));
        let answer = if action.deed == Deed::Refresh {
            Box::pin(within(polls, cache.scope(observe(refresh(called))))).await
        } else {
            within(polls, cache.scope(observe(called))).await
        };
        end.is_told = true;
        let now = world.clock.tick();
        let Some((answer, outcome)) = answer else {
            world.history.push(now, Event::Cancelled(action));
            return;
        };
        let answer = answer.map_err(|Failure(read)| read);
        world.history.push(now, Event::Answered(action, answer, outcome));
        let is_error = answer.is_err();
        let (Ok(read) | Err(read)) = answer;
        world.history.push_call(Call { action, began, outcome, is_error, read });
    }

    async fn empty(self, mut end: End) {
        let Self { world, cache, bare, action } = self;
        let slot = world.plan.slots[action.slot];
        let is_of_all = matches!(action.deed, Deed::Clear | Deed::InvalidatePrefix);
        let meant: Vec<Slot> = if is_of_all { world.plan.slots.clone() } else { vec![slot] };
        // The database first, then the cache.
        if !matches!(action.deed, Deed::Evict | Deed::EvictLock | Deed::Expire) {
            for slot in &meant {
                world.database.write(slot.number);
            }
        }
        let versions: Vec<u64> =
            meant.iter().map(|slot| world.database.version(slot.number)).collect();
        let started = world.clock.tick();
        world.history.push(started, Event::Begins(action));
        let entry = cache.scope({
            let world = Arc::clone(&world);
            async move { slot.entry(world) }
        });
        let entry = entry.await;
        let done = match action.deed {
            Deed::Invalidate => entry.invalidate().await,
            Deed::Expire => entry.expire().await,
            Deed::Clear => cache.clear().await.map(drop),
            Deed::InvalidatePrefix => cache.invalidate_prefix(PREFIX).await.map(drop),
            Deed::EvictLock => bare.delete(&format!("{}:refill", entry.key())).await.map(drop),
            _ => bare.delete(entry.key()).await.map(drop),
        };
        let returned = world.clock.tick();
        end.is_told = true;
        world.history.push(returned, Event::Returned(action, done.is_ok()));
        if done.is_err() || action.deed == Deed::EvictLock {
            return;
        }
        for (Slot { number, .. }, version) in meant.into_iter().zip(versions) {
            world.history.push_emptying(Emptying { action, version, started, returned, number });
        }
    }
}

/// Tells the schedule that an actor has ended, however it did.
struct End {
    world: Arc<World>,
    action: Action,
    is_told: bool,
}

impl Drop for End {
    fn drop(&mut self) {
        if !self.is_told {
            self.world.history.push(self.world.clock.tick(), Event::Panicked(self.action));
        }
        self.world.gates.tell();
    }
}

/// Polls `call` at most so often, and then drops it.
async fn within<F: Future>(polls: u32, call: F) -> Option<F::Output> {
    let mut call = pin!(call);
    let mut left = polls;
    poll_fn(move |context| match call.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending if left <= 1 => Poll::Ready(None),
        Poll::Pending => {
            left -= 1;
            Poll::Pending
        }
    })
    .await
}

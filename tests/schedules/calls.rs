//! What one actor does.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Instant;

use cached_runtime::{Cache, Entry, Outcome, Store, observe, refresh};
use tokio::sync::Notify;

use crate::check::Bar;
use crate::deeds::{Deed, Fate, Pen};
use crate::functions::{Failure, Origin, Read};
use crate::history::{Call, Event};
use crate::life::Life;
use crate::plan::{Action, Slot};
use crate::world::World;
use crate::writers::Job;
use crate::writes::{WRITING, Written};

/// An actor, with all that it touches.
pub(crate) struct Actor {
    pub(crate) world: Arc<World>,
    pub(crate) cache: Cache,
    /// The cache that it empties slots by: the same, usually.
    pub(crate) emptying: Cache,
    pub(crate) life: Arc<Life>,
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
            Deed::Put => self.put(end).await,
            Deed::Write(pen, fate) => Box::pin(self.write(end, pen, fate)).await,
            _ => self.empty(end).await,
        }
    }

    pub(super) fn slot(&self) -> Slot {
        self.world.plan.slots[self.action.slot]
    }

    /// Its entry.
    pub(super) async fn entry(&self) -> Entry<Read> {
        self.entry_of(&self.cache).await
    }

    pub(super) async fn entry_of(&self, cache: &Cache) -> Entry<Read> {
        let (slot, world) = (self.slot(), Arc::clone(&self.world));
        cache.scope(async move { slot.call_entry(world) }).await
    }

    async fn get(self, mut end: End) {
        let Self { ref world, action, .. } = self;
        let began = world.clock.tick();
        world.history.push(began, Event::Begins(action));
        let got = self.entry().await.get().await;
        end.is_told = true;
        let now = world.clock.tick();
        world.history.push(now, Event::Returned(action, got.is_ok()));
        if let Ok(Some(read)) = got {
            // It does not tell which.
            let outcome = Outcome::Stale;
            world.history.push(now, Event::Answered(action, Ok(read), outcome));
            let life = self.life.index;
            let time = Instant::now();
            let call = Call { action, life, began, time, outcome, is_error: false, read };
            world.history.push_call(call);
        }
    }

    async fn call(self, mut end: End, polls: u32) {
        let slot = self.slot();
        let Self { world, cache, life, action, .. } = self;
        let (began, time) = (world.clock.tick(), Instant::now());
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
        let life = life.index;
        world.history.push_call(Call { action, life, began, time, outcome, is_error, read });
    }

    async fn write(self, mut end: End, pen: Pen, fate: Fate) {
        let slot = self.slot();
        let key = self.entry().await.key().to_owned();
        let Self { world, cache, life, action, .. } = self;
        world.history.push(world.clock.tick(), Event::Begins(action));
        let covers = pen.covers(&world, slot, &key);
        let writing = Arc::new(Mutex::new(Written::new(action, life.index, covers)));
        world.history.push_write(&writing);
        let drops = Arc::new(Notify::new());
        let polls = if let Fate::Cancelled(polls) = fate { polls } else { u32::MAX };
        let job = Job {
            world: Arc::clone(&world),
            action,
            slot,
            fate,
            writing: Arc::clone(&writing),
            drops: Arc::clone(&drops),
        };
        let written = WRITING.scope(Arc::clone(&writing), cache.scope(pen.write(job)));
        let written = tokio::select! {
            written = within(polls, written) => written,
            () = drops.notified() => None,
        };
        end.is_told = true;
        let now = world.clock.tick();
        let Some(written) = written else {
            return world.history.push(now, Event::Cancelled(action));
        };
        world.history.push(now, Event::Wrote(action, written.is_ok()));
        if written.is_ok() {
            writing.lock().unwrap().returned = Some(now);
        }
    }

    /// Puts a value that was read before.
    async fn put(self, mut end: End) {
        let (slot, entry) = (self.slot(), self.entry().await);
        let Self { world, action, .. } = self;
        let (born, version) = (world.clock.tick(), world.database.version(slot.number));
        let read = Read { number: slot.number, born, version, origin: Origin::Hand };
        world.history.push(born, Event::Body(read));
        world.pass_writer().await;
        let started = world.clock.tick();
        world.history.push(started, Event::Begins(action));
        let done = entry.put(&read).await;
        end.is_told = true;
        let returned = world.clock.tick();
        world.history.push(returned, Event::Returned(action, done.is_ok()));
        if done.is_ok() {
            world.history.push_put(read, returned);
            let bar = Bar::new(action, slot.number, returned);
            world.history.push_bar(Bar { born: started, settled: started, ..bar });
        }
    }
}

/// Tells the schedule that an actor has ended, however it did.
pub(super) struct End {
    world: Arc<World>,
    action: Action,
    pub(super) is_told: bool,
}

impl Drop for End {
    fn drop(&mut self) {
        if !self.is_told {
            let now = self.world.clock.tick();
            let is_panic = std::thread::panicking();
            let event = if is_panic { Event::Panicked } else { Event::Killed };
            self.world.history.push(now, event(self.action));
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

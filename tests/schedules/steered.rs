//! The store of one process. Its steps about tags and writes are those that each store has, by its single steps, or one
//! step each; and it tells what becomes of intents.

use std::future::Future;
use std::sync::{Arc, MutexGuard};
use std::time::{Duration, Instant};

use cached_runtime::{
    Bytes, Error, Minted, OnReturn, Store, StoreFuture, TagRead, Tagged, Tracked, Tracker,
};

use crate::forgery::Forgery;
use crate::life::Life;
use crate::mutants::Mutant;
use crate::store::{Steps, command};
use crate::wires::Wire;
use crate::world::World;
use crate::writes::{Intent, WRITING, Written};

pub(crate) struct Steered {
    pub(super) steps: Steps,
    pub(super) world: Arc<World>,
    pub(super) wire: Arc<Wire>,
    /// Whether the store below tells of what changes, and no wire is needed.
    pub(super) tells_itself: bool,
    mutant: Option<Mutant>,
    forgery: Forgery,
}

impl Steered {
    pub(crate) fn new(
        inner: Arc<dyn Store>,
        world: &Arc<World>,
        life: &Arc<Life>,
        mutant: Option<Mutant>,
    ) -> Self {
        let steps = Steps::new(inner, world, life, mutant);
        let (wire, tells_itself) = (world.wires.add(life, mutant), false);
        let (world, forgery) = (Arc::clone(world), Forgery::default());
        Self { steps, world, wire, tells_itself, mutant, forgery }
    }

    /// The store below tells of what changes.
    pub(crate) fn telling_itself(self) -> Self {
        Self { tells_itself: true, ..self }
    }

    fn is(&self, mutant: Mutant) -> bool {
        self.mutant == Some(mutant)
    }

    pub(super) fn is_whole(&self) -> bool {
        self.world.plan.is_whole
    }

    /// A step that takes whatever is in a slot away, or in those whose names start so.
    async fn removing<T: Default>(
        &self,
        slot: &str,
        is_prefix: bool,
        step: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        let number = self.world.history.removes(slot, is_prefix, self.world.clock.tick());
        let removed = step.await;
        if removed.is_ok() {
            self.world.history.removed(number, self.world.clock.tick());
        }
        self.or_lie(removed)
    }

    fn or_lie<T: Default>(&self, done: Result<T, Error>) -> Result<T, Error> {
        if done.is_err() && self.is(Mutant::NoDoubts) {
            self.steps.life.lie();
            return Ok(T::default());
        }
        done
    }

    /// Of the tags, one after the other.
    async fn invalidate(&self, clock: &str, tags: &[String]) -> Result<(), Error> {
        if !self.is_whole() {
            return self.steps.invalidate_tags(clock, tags).await;
        }
        let (name, tags) = (clock.to_owned(), tags.to_vec());
        let command = command("invalidate_tags", &format!("{name} {}", tags.join(" ")));
        self.steps
            .step(command, |store| async move { store.invalidate_tags(&name, &tags).await })
            .await
    }

    async fn end(
        &self,
        slot: &str,
        token: [u8; 16],
        value: Option<(Bytes, Duration)>,
    ) -> Result<bool, Error> {
        match (self.mutant, &value) {
            (Some(Mutant::NoEnd), None) => return Ok(false),
            (Some(Mutant::PutAnyway), Some((value, ttl))) => {
                self.steps.set(slot, value.clone(), *ttl).await?;
                return Ok(true);
            }
            (Some(Mutant::EndsAll), _) => {
                let found = self.steps.get(slot).await?.unwrap_or_default();
                let is_there = found.windows(token.len()).any(|part| part == token);
                return match value.filter(|_| is_there) {
                    Some((value, ttl)) => self.steps.set(slot, value, ttl).await.map(|()| true),
                    None => self.steps.delete(slot).await,
                };
            }
            (Some(Mutant::EndsAlone), _) => {
                self.forgery.forget_others(&*self.steps.inner, slot).await?;
            }
            _ => {}
        }
        if !self.is_whole() {
            return self.steps.end_write(slot, token, value).await;
        }
        let name = slot.to_owned();
        let mut command = command("end_write", slot);
        command.value = value.as_ref().map(|(value, _)| value.clone());
        self.steps
            .step(command, |store| async move { store.end_write(&name, token, value).await })
            .await
    }
}

/// Changes what is known of the write whose function runs here, if there is one.
fn of_writing(change: impl FnOnce(MutexGuard<'_, Written>)) {
    let _ = WRITING.try_with(|writing| change(writing.lock().unwrap()));
}

impl Store for Steered {
    fn get<'a>(&'a self, slot: &'a str) -> StoreFuture<'a, Option<Bytes>> {
        self.steps.get(slot)
    }

    fn get_with_ttl<'a>(&'a self, slot: &'a str) -> StoreFuture<'a, Option<(Bytes, Duration)>> {
        self.steps.get_with_ttl(slot)
    }

    fn get_and_renew<'a>(&'a self, slot: &'a str, ttl: Duration) -> StoreFuture<'a, Option<Bytes>> {
        self.steps.get_and_renew(slot, ttl)
    }

    fn set<'a>(&'a self, slot: &'a str, value: Bytes, ttl: Duration) -> StoreFuture<'a, ()> {
        Box::pin(self.removing(slot, false, self.steps.set(slot, value, ttl)))
    }

    fn set_if_absent<'a>(
        &'a self,
        slot: &'a str,
        value: Bytes,
        ttl: Duration,
    ) -> StoreFuture<'a, Option<Bytes>> {
        self.steps.set_if_absent(slot, value, ttl)
    }

    fn set_if_starts<'a>(
        &'a self,
        slot: &'a str,
        start: &'a [u8],
        value: Bytes,
        ttl: Duration,
    ) -> StoreFuture<'a, bool> {
        Box::pin(async move {
            let value = if self.is(Mutant::EpochsLate) {
                self.forgery.date_anew(&*self.steps.inner, value).await?
            } else {
                value
            };
            self.steps.set_if_starts(slot, start, value, ttl).await
        })
    }

    fn delete<'a>(&'a self, slot: &'a str) -> StoreFuture<'a, bool> {
        Box::pin(self.removing(slot, false, self.steps.delete(slot)))
    }

    fn delete_if_starts<'a>(&'a self, slot: &'a str, start: &'a [u8]) -> StoreFuture<'a, bool> {
        self.steps.delete_if_starts(slot, start)
    }

    fn ttl<'a>(&'a self, slot: &'a str) -> StoreFuture<'a, Option<Duration>> {
        self.steps.ttl(slot)
    }

    fn delete_prefix<'a>(&'a self, prefix: &'a str) -> StoreFuture<'a, u64> {
        Box::pin(self.removing(prefix, true, self.steps.delete_prefix(prefix)))
    }

    fn get_tagged<'a>(&'a self, slot: &'a str, read: &'a TagRead) -> StoreFuture<'a, Tagged> {
        Box::pin(async move {
            let mut tagged = if self.is_whole() {
                let (name, ask) = (slot.to_owned(), read.clone());
                let command = command("get_tagged", slot);
                let op = |store: Arc<dyn Store>| async move { store.get_tagged(&name, &ask).await };
                self.steps.step(command, op).await?
            } else {
                self.steps.get_tagged(slot, read).await?
            };
            if self.is(Mutant::EpochsUnread) {
                self.forgery.keep_tags(slot, &mut tagged);
            }
            if self.is(Mutant::ClockStill)
                && read.names_tags
                && let Some(Some(clock)) = tagged.tags.get_mut(read.tags.len() - 1)
            {
                self.forgery.keep_clock(clock);
            }
            Ok(tagged)
        })
    }

    fn track(&self, tracker: Tracker) {
        if self.tells_itself {
            self.steps.inner.track(tracker);
        } else {
            self.wire.connect(tracker);
        }
    }

    fn get_tracked<'a>(&'a self, slot: &'a str, read: &'a TagRead) -> StoreFuture<'a, Tracked> {
        Box::pin(self.read_tracked(slot, read))
    }

    fn mint<'a>(
        &'a self,
        clock: &'a str,
        tags: &'a [String],
        ttl: Duration,
    ) -> StoreFuture<'a, Minted> {
        Box::pin(async move {
            let mut minted = if self.is_whole() {
                let (name, names) = (clock.to_owned(), tags.to_vec());
                let command = command("mint", &tags.join(" "));
                let op =
                    |store: Arc<dyn Store>| async move { store.mint(&name, &names, ttl).await };
                self.steps.step(command, op).await?
            } else {
                self.steps.mint(clock, tags, ttl).await?
            };
            if self.is(Mutant::EpochsLate) {
                self.forgery.learn(tags, &minted);
            }
            if self.is(Mutant::ClockStill) {
                self.forgery.stop(&mut minted);
            }
            Ok(minted)
        })
    }

    fn invalidate_tags<'a>(&'a self, clock: &'a str, tags: &'a [String]) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            let removals = tags
                .iter()
                .map(|tag| self.world.history.removes(tag, false, self.world.clock.tick()));
            let removals: Vec<usize> = removals.collect();
            let done = self.invalidate(clock, tags).await;
            if done.is_ok() {
                let now = self.world.clock.tick();
                for number in removals {
                    self.world.history.removed(number, now);
                }
            } else {
                of_writing(|mut writing| writing.has_failed |= writing.ends.is_some());
            }
            self.or_lie(done)
        })
    }

    fn begin_write<'a>(
        &'a self,
        slot: &'a str,
        token: [u8; 16],
        ttl: Duration,
    ) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            let (sent, time_sent) = (self.world.clock.tick(), Instant::now());
            if self.is(Mutant::NoIntent) {
                // It is told to be there.
            } else if self.is_whole() {
                let name = slot.to_owned();
                let op = |store: Arc<dyn Store>| async move {
                    store.begin_write(&name, token, ttl).await
                };
                self.steps.step(command("begin_write", slot), op).await?;
            } else {
                self.steps.begin_write(slot, token, ttl).await?;
            }
            let slot = slot.to_owned();
            of_writing(|mut writing| {
                writing.intents.push(Intent { slot, sent, time_sent });
            });
            Ok(())
        })
    }

    fn end_write<'a>(
        &'a self,
        slot: &'a str,
        token: [u8; 16],
        value: Option<(Bytes, Duration)>,
    ) -> StoreFuture<'a, bool> {
        Box::pin(async move {
            let ended = self.end(slot, token, value).await;
            if ended.is_err() {
                of_writing(|mut writing| writing.has_failed |= writing.ends.is_some());
            }
            self.or_lie(ended)
        })
    }

    fn ping(&self) -> StoreFuture<'_, ()> {
        self.steps.ping()
    }

    fn on_return(&self, replay: OnReturn) {
        self.steps.life.on_return(replay);
    }

    fn is_away(&self) -> bool {
        self.steps.is_away()
    }
}

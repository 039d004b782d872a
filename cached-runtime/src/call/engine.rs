use std::cell::Cell;
use std::sync::{Arc, OnceLock, Weak};
use std::time::Duration;

use bytes::Bytes;

use super::Request;
use super::announce::Invalidation;
use super::background::Background;
use super::doubts::{Doubt, Doubts, replay, settle};
use super::functions::Functions;
use super::holdoffs::Holdoffs;
use super::join::{Step, each};
use super::lease::give_up;
use super::write::WriteEvents;
use crate::Error;
use crate::codec::wire;
use crate::flight::Board;
use crate::key::clock_slot;
use crate::local::{Budget, Tier};
use crate::observe::Known;
use crate::store::tracker::Watch;
use crate::store::{Held, Store, Tracker, Watched};

/// A server does nothing else meanwhile, and takes some thousands of names at the most.
const TAGS_OF_A_STEP: usize = 1000;

/// What a cache is told, whatever its store.
pub(crate) struct Settings {
    /// Escaped.
    pub(crate) namespace: String,
    /// `{namespace}:{version}:`, escaped.
    pub(crate) start: String,
    /// The largest encoding to store, in bytes, where a function does not say.
    pub(crate) max_size: usize,
    /// Refills in the background at once.
    pub(crate) refills: usize,
    /// For the values that are kept in the process.
    pub(crate) budget: Budget,
}

/// What a cache is made of, for the calls that use it.
pub(crate) struct Engine {
    /// `None` for a disabled cache.
    pub(crate) store: Option<Watched>,
    /// Escaped. What is not to be cleared, and is common to all versions, has a name of its own behind it.
    pub(crate) namespace: String,
    /// `{namespace}:{version}:`, escaped: every slot's name starts with it.
    pub(crate) start: String,
    /// The slot of the clock of all tags.
    pub(crate) clock: String,
    /// The largest encoding to store, in bytes, where a function does not say.
    pub(crate) max_size: usize,
    pub(crate) functions: Functions,
    pub(crate) background: Background,
    pub(crate) board: Arc<Board>,
    /// The values that are kept in the process. Made at the first call of a function with `local`.
    pub(super) tier: OnceLock<Tier>,
    budget: Budget,
    /// What has changed, for those values and for calls that wait for a change.
    pub(super) watch: Arc<Watch>,
    pub(super) holdoffs: Holdoffs,
    pub(super) doubts: Doubts,
    pub(super) write_events: WriteEvents,
}

impl Engine {
    pub(crate) fn new(store: Option<Held>, settings: Settings) -> Arc<Self> {
        let Settings { namespace, start, max_size, refills, budget } = settings;
        let watch = Arc::new(Watch::default());
        let watched = |store| Watched::new(store, Arc::clone(&watch));
        let clock = clock_slot(&start);
        let engine = Arc::new_cyclic(|engine: &Weak<Self>| Self {
            doubts: Doubts::new(&start, &clock),
            store: store.map(watched),
            namespace,
            clock,
            start,
            max_size,
            functions: Functions::default(),
            background: Background::new(refills),
            board: Board::new({
                let engine = Weak::clone(engine);
                move |slot, mark| abandon(&engine, slot, mark)
            }),
            tier: OnceLock::new(),
            budget,
            watch: Arc::clone(&watch),
            holdoffs: Holdoffs::default(),
            write_events: WriteEvents::default(),
        });
        if let Some(store) = &engine.store {
            let engine = Arc::downgrade(&engine);
            store.on_return(Box::new(move || {
                let engine = engine.upgrade()?;
                Some(Box::pin(replay(engine)))
            }));
        }
        engine
    }

    /// The values that are kept in the process; from now on the store tells of changes, if it can.
    pub(super) fn tier(&self) -> &Tier {
        self.tier.get_or_init(|| {
            if let Some(store) = &self.store {
                store.track(Tracker::new(&self.watch));
            }
            Tier::new(self.budget, Arc::clone(&self.watch))
        })
    }

    /// Empties a slot. Until that has gone through, this process reads around it: also if it fails, and if the caller
    /// does not wait for it.
    pub(crate) async fn delete(self: &Arc<Self>, slot: &str) -> Result<(), Error> {
        let Some(store) = &self.store else { return Ok(()) };
        let doubted = Doubted { engine: self, doubts: vec![self.doubts.add_slot(slot)] };
        let deleted = store.delete(slot).await;
        self.board.overtake_slot(slot);
        doubted.settle(deleted)?;
        self.announce(&Invalidation::Entry(slot.to_owned()));
        Ok(())
    }

    /// Empties all slots whose names start with `prefix`; as [`delete`](Self::delete). `told` is what it is to others.
    pub(crate) async fn delete_prefix(
        self: &Arc<Self>,
        prefix: &str,
        told: &Invalidation,
    ) -> Result<u64, Error> {
        let Some(store) = &self.store else { return Ok(0) };
        let doubted = Doubted { engine: self, doubts: vec![self.doubts.add_prefix(prefix)] };
        let deleted = store.delete_prefix(prefix).await;
        self.board.overtake(|slot| slot.starts_with(prefix));
        let deleted = doubted.settle(deleted)?;
        self.announce(told);
        Ok(deleted)
    }

    /// Gives tags new epochs, by their slots; as [`delete`](Self::delete).
    pub(crate) async fn invalidate_tags(self: &Arc<Self>, tags: &[String]) -> Result<(), Error> {
        let Some(store) = &self.store else { return Ok(()) };
        let doubted = Doubted { engine: self, doubts: self.doubts.add_tags(tags) };
        let invalidate = async {
            for tags in tags.chunks(TAGS_OF_A_STEP) {
                store.invalidate_tags(&self.clock, tags).await?;
            }
            Ok(())
        };
        doubted.settle(invalidate.await)
    }

    /// A writer has ended: see [`Store::end_write`]. As [`delete`](Self::delete), where it stores nothing.
    pub(super) async fn end_write(
        self: &Arc<Self>,
        slot: &str,
        token: [u8; 16],
        value: Option<(Bytes, Duration)>,
    ) -> Result<bool, Error> {
        let Some(store) = &self.store else { return Ok(false) };
        let doubted = Doubted { engine: self, doubts: vec![self.doubts.add_slot(slot)] };
        let ended = store.end_write(slot, token, value).await;
        self.board.overtake_slot(slot);
        let is_stored = doubted.settle(ended)?;
        self.announce(&Invalidation::Entry(slot.to_owned()));
        Ok(is_stored)
    }

    /// A writer of these tags has ended, by their slots; as [`delete`](Self::delete). Its intents, if they may be there, are
    /// taken back as well.
    pub(super) async fn end_tag_writes(
        self: &Arc<Self>,
        tags: &[String],
        token: [u8; 16],
        has_intents: bool,
    ) -> Result<(), Error> {
        let Some(store) = &self.store else { return Ok(()) };
        let doubts = if has_intents {
            self.doubts.add_written_tags(tags, token)
        } else {
            self.doubts.add_tags(tags)
        };
        let doubted = Doubted { engine: self, doubts };
        let end = async {
            // First the clock: what is being filled, and will name one of these tags, sees that or an intent.
            store.invalidate_tags(&self.clock, &[]).await?;
            let mut steps: Vec<Step<'_>> = Vec::new();
            for tag in tags {
                let ended = store.end_write(tag, token, None);
                steps.push(Box::pin(async move { ended.await.map(drop) }));
            }
            each(steps).await
        };
        doubted.settle(end.await)
    }

    /// Empties a slot as soon as that can be done; until then this process reads around it.
    pub(super) fn doubt(self: &Arc<Self>, slot: &str) {
        drop(Doubted { engine: self, doubts: vec![self.doubts.add_slot(slot)] });
    }

    /// Whether anything may be out of date, as its invalidation is under way or has failed.
    #[inline]
    pub(super) fn doubts_anything(&self) -> bool {
        self.doubts.any()
    }

    /// Whether what is in `slot` may be out of date, as an invalidation of it failed.
    pub(crate) fn doubts(self: &Arc<Self>, slot: &str) -> bool {
        let doubts = self.doubts.about(slot);
        if doubts {
            settle(self);
        }
        doubts
    }

    /// Whether what is under these tags, by their slots, may be out of date, as an invalidation of one failed. The slot of
    /// the clock stands for tags that are not known yet.
    pub(crate) fn doubts_tags(self: &Arc<Self>, tags: &[String]) -> bool {
        let doubts = self.doubts.about_tags(tags);
        if doubts {
            settle(self);
        }
        doubts
    }

    /// The tags that make it so.
    pub(crate) fn doubted_tags(&self, tags: &[String]) -> Vec<String> {
        self.doubts.among(tags)
    }

    /// How many invalidations have failed and wait.
    pub(crate) fn pending_invalidations(&self) -> u64 {
        self.doubts.pending() as u64
    }

    /// Whether a call would be told at once that the store can't be used.
    pub(super) fn is_away(&self) -> bool {
        self.store.as_ref().is_none_or(Store::is_away)
    }

    /// The name of a slot.
    ///
    /// # Errors
    ///
    /// What is wrong with the arguments as a key, or that another function would use the same names.
    pub(crate) fn slot<V>(&self, request: &Request<V>, known: &Known) -> Result<Arc<str>, String> {
        thread_local! {
            /// Where names are put together, as their length is not known before.
            static NAME: Cell<String> = const { Cell::new(String::new()) };
        }
        if let Some(other) = &known.clash {
            return Err(format!(
                "another function of the same path, at {other}, has them as well: give one a `prefix`"
            ));
        }
        let mut name = NAME.try_with(Cell::take).unwrap_or_default();
        name.clear();
        name.push_str(&self.start);
        request.key.push_to(&mut name, request.function)?;
        let slot = name.as_str().into();
        // A thread that ends has no such place any more.
        let _ = NAME.try_with(|place| place.set(name));
        Ok(slot)
    }
}

/// The last call of a fill has gone. A lease is given back; a value stays.
fn abandon(engine: &Weak<Engine>, slot: &Arc<str>, mark: &Bytes) {
    if wire::is_lease(mark)
        && let Some(engine) = engine.upgrade()
    {
        give_up(&engine, slot, mark);
    }
}

/// An invalidation under way. Dropped before it has gone through, it leaves its doubts to the background task.
struct Doubted<'a> {
    engine: &'a Arc<Engine>,
    doubts: Vec<Doubt>,
}

impl Doubted<'_> {
    fn settle<T>(mut self, outcome: Result<T, Error>) -> Result<T, Error> {
        // With wrong settings no slot was ever filled, and none ever will be.
        if outcome.as_ref().err().is_none_or(Error::is_setting) {
            self.doubts.drain(..).for_each(|doubt| self.engine.doubts.remove(&doubt));
        }
        outcome
    }
}

impl Drop for Doubted<'_> {
    fn drop(&mut self) {
        self.doubts.iter().for_each(|doubt| self.engine.doubts.release(doubt));
        settle(self.engine);
    }
}

use std::sync::{Arc, Weak};

use bytes::Bytes;

use super::Request;
use super::background::Background;
use super::doubts::{Doubt, Doubts, settle};
use super::functions::Functions;
use super::holdoffs::Holdoffs;
use super::lease::give_up;
use crate::Error;
use crate::codec::wire;
use crate::flight::Board;
use crate::key::Function;
use crate::observe::Known;
use crate::store::Store;

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
}

/// What a cache is made of, for the calls that use it.
pub(crate) struct Engine {
    /// `None` for a disabled cache.
    pub(crate) store: Option<Box<dyn Store>>,
    /// Escaped. For names that no version and no `clear` is to touch.
    #[cfg_attr(not(feature = "redis"), expect(dead_code, reason = "only queues in Redis use it"))]
    pub(crate) namespace: String,
    /// `{namespace}:{version}:`, escaped: every slot's name starts with it.
    pub(crate) start: String,
    /// The largest encoding to store, in bytes, where a function does not say.
    pub(crate) max_size: usize,
    pub(crate) functions: Functions,
    pub(crate) background: Background,
    pub(crate) board: Arc<Board>,
    pub(super) holdoffs: Holdoffs,
    pub(super) doubts: Doubts,
}

impl Engine {
    pub(crate) fn new(store: Option<Box<dyn Store>>, settings: Settings) -> Arc<Self> {
        let Settings { namespace, start, max_size, refills } = settings;
        Arc::new_cyclic(|engine: &Weak<Self>| Self {
            store,
            namespace,
            start,
            max_size,
            functions: Functions::default(),
            background: Background::new(refills),
            board: Board::new({
                let engine = Weak::clone(engine);
                move |slot, mark| abandon(&engine, slot, mark)
            }),
            holdoffs: Holdoffs::default(),
            doubts: Doubts::default(),
        })
    }

    /// Empties a slot. Until that has gone through, this process reads around it: also if it fails, and if the caller
    /// does not wait for it.
    pub(crate) async fn delete(
        self: &Arc<Self>,
        slot: &str,
        function: &Function,
    ) -> Result<(), Error> {
        let Some(store) = &self.store else { return Ok(()) };
        let group = format!("{}{}", self.start, function.part().trim_end_matches(':'));
        let doubted = Doubted { engine: self, doubt: self.doubts.add_slot(slot, &group) };
        let deleted = store.delete(slot).await;
        self.board.overtake_slot(slot);
        doubted.settle(deleted).map(drop)
    }

    /// Empties all slots whose names start with `prefix`; as [`delete`](Self::delete).
    pub(crate) async fn delete_prefix(self: &Arc<Self>, prefix: &str) -> Result<u64, Error> {
        let Some(store) = &self.store else { return Ok(0) };
        let doubted = Doubted { engine: self, doubt: self.doubts.add_prefix(prefix) };
        let deleted = store.delete_prefix(prefix).await;
        self.board.overtake(|slot| slot.starts_with(prefix));
        doubted.settle(deleted)
    }

    /// Whether what is in `slot` may be out of date, as an invalidation of it failed.
    pub(crate) fn doubts(self: &Arc<Self>, slot: &str) -> bool {
        let doubts = self.doubts.about(slot);
        if doubts {
            settle(self);
        }
        doubts
    }

    /// Whether a call would be told at once that the store can't be used.
    pub(super) fn is_away(&self) -> bool {
        self.store.as_ref().is_none_or(|store| store.is_away())
    }

    /// The name of a slot.
    ///
    /// # Errors
    ///
    /// What is wrong with the arguments as a key, or that another function would use the same names.
    pub(crate) fn slot<V>(&self, request: &Request<V>, known: &Known) -> Result<String, String> {
        if let Some(other) = &known.clash {
            return Err(format!(
                "another function of the same path, at {other}, has them as well: give one a `prefix`"
            ));
        }
        let mut slot = String::with_capacity(self.start.len() + request.function.part().len() + 64);
        slot.push_str(&self.start);
        request.key.push_to(&mut slot, request.function)?;
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

/// An invalidation under way. Dropped before it has gone through, it leaves its doubt to the background task.
struct Doubted<'a> {
    engine: &'a Arc<Engine>,
    doubt: Doubt,
}

impl Doubted<'_> {
    fn settle<T>(self, outcome: Result<T, Error>) -> Result<T, Error> {
        // With wrong settings no slot was ever filled, and none ever will be.
        if outcome.as_ref().err().is_none_or(Error::is_setting) {
            self.engine.doubts.remove(&self.doubt);
        }
        outcome
    }
}

impl Drop for Doubted<'_> {
    fn drop(&mut self) {
        self.engine.doubts.release(&self.doubt);
        settle(self.engine);
    }
}

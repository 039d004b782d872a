//! All slots that calls of this process are busy with.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::oneshot;

use super::key::{BuildHash, Key, Name, Named};
use super::place::{Flight, Place, State};
use super::verdict::{Landing, Mark, Verdict, Waiter, Waiting};
use super::{First, Leader, Reader};
use crate::sync::{Mutex, lock};

/// Calls of different slots seldom meet at a lock.
const SHARDS: usize = 64;

/// What is to be done about the mark of a fill that nobody goes on with: its slot, and the mark.
type Abandoned = Box<dyn Fn(&Arc<str>, &Bytes) + Send + Sync>;

type Places = HashMap<Key, Place, BuildHash>;

/// The places of all slots that calls are busy with.
pub(crate) struct Board {
    shards: [Mutex<Places>; SHARDS],
    pub(super) abandoned: Abandoned,
}

/// What a call does first.
pub(crate) enum Turn<'a> {
    Read(First<'a>),
    /// It reads, and the last read found nothing but a fill under way.
    ReadLater(Reader),
    Wait(Waiting),
}

/// What a call does about a fill.
pub(crate) enum Boarding {
    Lead(Leader),
    Follow(Waiting),
}

impl Board {
    /// `abandoned` is called, with no lock held, for the mark of each fill whose last call has gone before its end.
    pub(crate) fn new(abandoned: impl Fn(&Arc<str>, &Bytes) + Send + Sync + 'static) -> Arc<Self> {
        let shards = std::array::from_fn(|_| Mutex::new(Places::default()));
        Arc::new(Self { shards, abandoned: Box::new(abandoned) })
    }

    /// A call begins. The number is the moment, for [`run_late`](Self::run_late).
    pub(crate) fn enter<'a>(self: &'a Arc<Self>, slot: &'a Arc<str>) -> (u64, Turn<'a>) {
        let name = Name::new(slot);
        let mut places = lock(self.shard(&name));
        let place = places.entry(name.to_key()).or_default();
        let began = place.tick();
        if place.is_read {
            let (waiter, waiting) = oneshot::channel();
            place.wait(waiter);
            return (began, Turn::Wait(waiting));
        }
        place.is_read = true;
        let is_hopeful = place.vain == 0;
        drop(places);
        let turn = if is_hopeful {
            Turn::Read(First::new(self, name))
        } else {
            Turn::ReadLater(Reader::new(self, name.to_key()))
        };
        (began, turn)
    }

    /// A call that has read the value that begins with `mark` refills the slot, or follows who does.
    pub(crate) fn refill(self: &Arc<Self>, slot: &Arc<str>, mark: &Bytes) -> Boarding {
        self.board(slot, Mark::InSlot(mark.clone()), |flight| flight.is_marked(mark))
    }

    /// As [`refill`](Self::refill), for a call that does not wait: `None` if the slot is being refilled.
    pub(crate) fn refill_alone(self: &Arc<Self>, slot: &Arc<str>, mark: &Bytes) -> Option<Leader> {
        let key = Name::new(slot).to_key();
        let mut places = lock(self.shard(&key));
        let place = places.entry(key.clone()).or_default();
        if place.flights.iter().any(|flight| flight.is_marked(mark)) {
            return None;
        }
        let mark = Mark::InSlot(mark.clone());
        let born = place.take_off(mark.clone(), [].into());
        drop(places);
        Some(Leader::new(self, key, born, mark))
    }

    /// A call that has waited long enough for the fills of others runs its body, or follows one that began to after it.
    pub(crate) fn run_late(self: &Arc<Self>, slot: &Arc<str>, began: u64) -> Boarding {
        self.board(slot, Mark::Late, |flight| flight.born > began)
    }

    /// Whether calls that wait for this slot wait for a fill, and not just for a read.
    pub(crate) fn is_being_filled(&self, slot: &Arc<str>) -> bool {
        let name = Name::new(slot);
        let places = lock(self.shard(&name));
        places.get(&name as &dyn Named).is_some_and(Place::has_followers)
    }

    /// A fill whose mark is put into the slot whatever is there: nobody is waiting for it.
    pub(crate) fn lead(self: &Arc<Self>, slot: &Arc<str>, mark: &Bytes) -> Leader {
        let mark = Mark::InSlot(mark.clone());
        let key = Name::new(slot).to_key();
        let born = self.with_place(&key, |place| place.take_off(mark.clone(), [].into()));
        Leader::new(self, key, born, mark)
    }

    /// From now on nobody follows the fills of these slots that are under way, and those without a mark in the slot
    /// store nothing.
    pub(crate) fn overtake(&self, is_meant: impl Fn(&str) -> bool) {
        for shard in &self.shards {
            for (_, place) in lock(shard).iter_mut().filter(|(key, _)| is_meant(&key.slot)) {
                place.overtake();
            }
        }
    }

    /// As [`overtake`](Self::overtake), of one slot.
    pub(crate) fn overtake_slot(&self, slot: &str) {
        let slot = slot.into();
        let name = Name::new(&slot);
        if let Some(place) = lock(self.shard(&name)).get_mut(&name as &dyn Named) {
            place.overtake();
        }
    }

    fn board(
        self: &Arc<Self>,
        slot: &Arc<str>,
        mark: Mark,
        joins: impl Fn(&Flight) -> bool,
    ) -> Boarding {
        let (waiter, waiting) = oneshot::channel();
        let key = Name::new(slot).to_key();
        let mut places = lock(self.shard(&key));
        let place = places.entry(key.clone()).or_default();
        let flight = place.flights.iter_mut().find(|flight| flight.is_open() && joins(flight));
        let Some(flight) = flight else {
            let born = place.take_off(mark.clone(), [].into());
            drop(places);
            return Boarding::Lead(Leader::new(self, key, born, mark));
        };
        if let State::Landed(value) = &flight.state {
            let landing = Landing::Value(value.clone());
            drop(places);
            tell(waiter, Verdict::Landed(landing));
        } else {
            flight.follow(waiter);
        }
        Boarding::Follow(waiting)
    }

    /// Changes a place, and clears it away if nobody needs it after that.
    pub(super) fn with_place<T>(
        &self,
        name: &dyn Named,
        change: impl FnOnce(&mut Place) -> T,
    ) -> T {
        let mut places = lock(self.shard(name));
        if let Some(place) = places.get_mut(name) {
            let result = change(place);
            if place.is_idle() {
                places.remove(name);
            }
            return result;
        }
        let mut place = Place::default();
        let result = change(&mut place);
        if !place.is_idle() {
            places.insert(name.name().to_key(), place);
        }
        result
    }

    /// The role of the reader goes to `next`, or if that call has gone, to the next one that waits.
    pub(super) fn hand_reading_to(self: &Arc<Self>, name: &dyn Named, mut next: Option<Waiter>) {
        while let Some(waiter) = next {
            match waiter.send(Verdict::Read(Reader::new(self, name.name().to_key()))) {
                // It has gone: its role must not come back to us by being dropped.
                Err(Verdict::Read(reader)) => reader.disarm(),
                _ => return,
            }
            next = self.with_place(name, Place::next_reader);
        }
    }

    fn shard(&self, name: &dyn Named) -> &Mutex<Places> {
        &self.shards[name.name().shard(SHARDS)]
    }

    #[cfg(test)]
    pub(crate) fn is_empty(&self) -> bool {
        self.shards.iter().all(|shard| lock(shard).is_empty())
    }

    /// How many calls are listed as waiting, be they there or gone.
    #[cfg(test)]
    pub(crate) fn waiters(&self) -> usize {
        let of_place = |place: &Place| {
            let followers = place.flights.iter().map(|flight| flight.followers.len());
            place.waiting.len() + followers.sum::<usize>()
        };
        self.shards.iter().map(|shard| lock(shard).values().map(of_place).sum::<usize>()).sum()
    }
}

impl Place {
    fn overtake(&mut self) {
        for flight in &mut self.flights {
            // One that has landed may be about to store what it landed with.
            if flight.is_open() {
                flight.state = State::Overtaken;
            }
        }
    }
}

impl fmt::Debug for Board {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Board").finish_non_exhaustive()
    }
}

/// Tells a call something. It may have gone, and that disturbs nobody.
pub(super) fn tell(waiter: Waiter, verdict: Verdict) {
    drop(waiter.send(verdict));
}

//! All slots that calls of this process are busy with.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::oneshot;

use super::place::{Flight, Place, State};
use super::verdict::{Landing, Mark, Verdict, Waiter, Waiting};
use super::{Leader, Reader};
use crate::sync::{Mutex, lock};

/// Calls of different slots seldom meet at a lock.
const SHARDS: usize = 64;

/// What is to be done about the mark of a fill that nobody goes on with: its slot, and the mark.
type Abandoned = Box<dyn Fn(&Arc<str>, &Bytes) + Send + Sync>;

/// The places of all slots that calls are busy with.
pub(crate) struct Board {
    shards: [Mutex<HashMap<Arc<str>, Place>>; SHARDS],
    pub(super) abandoned: Abandoned,
}

/// What a call does first.
pub(crate) enum Turn {
    Read(Reader),
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
        let shards = std::array::from_fn(|_| Mutex::new(HashMap::new()));
        Arc::new(Self { shards, abandoned: Box::new(abandoned) })
    }

    /// A call begins. The number is the moment, for [`run_late`](Self::run_late).
    pub(crate) fn enter(self: &Arc<Self>, slot: &Arc<str>) -> (u64, Turn) {
        let mut places = lock(self.shard(slot));
        let place = places.entry(Arc::clone(slot)).or_default();
        let began = place.tick();
        if place.is_read {
            let (waiter, waiting) = oneshot::channel();
            place.wait(waiter);
            return (began, Turn::Wait(waiting));
        }
        place.is_read = true;
        let turn = if place.vain == 0 { Turn::Read } else { Turn::ReadLater };
        drop(places);
        (began, turn(Reader::new(self, slot)))
    }

    /// A call that has read the value that begins with `mark` refills the slot, or follows who does.
    pub(crate) fn refill(self: &Arc<Self>, slot: &Arc<str>, mark: &Bytes) -> Boarding {
        self.board(slot, Mark::InSlot(mark.clone()), |flight| flight.is_marked(mark))
    }

    /// As [`refill`](Self::refill), for a call that does not wait: `None` if the slot is being refilled.
    pub(crate) fn refill_alone(self: &Arc<Self>, slot: &Arc<str>, mark: &Bytes) -> Option<Leader> {
        let mut places = lock(self.shard(slot));
        let place = places.entry(Arc::clone(slot)).or_default();
        if place.flights.iter().any(|flight| flight.is_marked(mark)) {
            return None;
        }
        let mark = Mark::InSlot(mark.clone());
        let born = place.take_off(mark.clone(), [].into());
        drop(places);
        Some(Leader::new(self, slot, born, mark))
    }

    /// A call that has waited long enough for the fills of others runs its body, or follows one that began to after it.
    pub(crate) fn run_late(self: &Arc<Self>, slot: &Arc<str>, began: u64) -> Boarding {
        self.board(slot, Mark::Late, |flight| flight.born > began)
    }

    /// A fill whose mark is put into the slot whatever is there: nobody is waiting for it.
    pub(crate) fn lead(self: &Arc<Self>, slot: &Arc<str>, mark: &Bytes) -> Leader {
        let mark = Mark::InSlot(mark.clone());
        let born = self.with_place(slot, |place| place.take_off(mark.clone(), [].into()));
        Leader::new(self, slot, born, mark)
    }

    /// From now on nobody follows the fills of these slots that are under way, and those without a mark in the slot
    /// store nothing.
    pub(crate) fn overtake(&self, is_meant: impl Fn(&str) -> bool) {
        for shard in &self.shards {
            for (_, place) in lock(shard).iter_mut().filter(|(slot, _)| is_meant(slot)) {
                place.overtake();
            }
        }
    }

    /// As [`overtake`](Self::overtake), of one slot.
    pub(crate) fn overtake_slot(&self, slot: &str) {
        if let Some(place) = lock(self.shard(slot)).get_mut(slot) {
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
        let mut places = lock(self.shard(slot));
        let place = places.entry(Arc::clone(slot)).or_default();
        let flight = place.flights.iter_mut().find(|flight| flight.is_open() && joins(flight));
        let Some(flight) = flight else {
            let born = place.take_off(mark.clone(), [].into());
            drop(places);
            return Boarding::Lead(Leader::new(self, slot, born, mark));
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
    pub(super) fn with_place<T>(&self, slot: &Arc<str>, change: impl FnOnce(&mut Place) -> T) -> T {
        let mut places = lock(self.shard(slot));
        let place = places.entry(Arc::clone(slot)).or_default();
        let result = change(place);
        if place.is_idle() {
            places.remove(slot);
        }
        result
    }

    /// The role of the reader goes to `next`, or if that call has gone, to the next one that waits.
    pub(super) fn hand_reading_to(self: &Arc<Self>, slot: &Arc<str>, mut next: Option<Waiter>) {
        while let Some(waiter) = next {
            match waiter.send(Verdict::Read(Reader::new(self, slot))) {
                // It has gone: its role must not come back to us by being dropped.
                Err(Verdict::Read(reader)) => reader.disarm(),
                _ => return,
            }
            next = self.with_place(slot, Place::next_reader);
        }
    }

    fn shard(&self, slot: &str) -> &Mutex<HashMap<Arc<str>, Place>> {
        // Most slots end with a digest.
        let end = slot.as_bytes().iter().rev().take(8);
        let sum =
            end.fold(0_usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(usize::from(*byte)));
        &self.shards[sum % SHARDS]
    }

    #[cfg(test)]
    pub(crate) fn is_empty(&self) -> bool {
        self.shards.iter().all(|shard| lock(shard).is_empty())
    }
}

impl Place {
    fn overtake(&mut self) {
        for flight in &mut self.flights {
            // Also one that has landed and is about to be stored: who comes now began after the invalidation.
            if matches!(flight.state, State::Flying | State::Landed(_)) {
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

//! What the calls of this process are doing about one slot.

use std::collections::VecDeque;

use bytes::Bytes;
use tokio::sync::oneshot;

use super::verdict::{Mark, Waiter};

/// The calls of one slot, and their flights.
#[derive(Default)]
pub(super) struct Place {
    /// Counts calls and flights, and so tells which of them began first.
    clock: u64,
    /// Whether a call is the reader.
    pub(super) is_read: bool,
    /// Calls that began after the last read was sent.
    pub(super) waiting: VecDeque<Waiter>,
    pub(super) flights: Vec<Flight>,
    /// Reads in a row that found nothing but a fill under way.
    pub(super) vain: u32,
    /// Wakes the reader, if it waits before its next read.
    pub(super) wake: Option<oneshot::Sender<()>>,
}

/// One fill of this process.
pub(super) struct Flight {
    /// When its body began, by the place's clock. Unique in the place.
    pub(super) born: u64,
    pub(super) mark: Mark,
    /// Of its tags when the body began; empty where it has none.
    pub(super) epochs: Bytes,
    pub(super) followers: VecDeque<Waiter>,
    pub(super) state: State,
}

pub(super) enum State {
    Flying,
    /// An invalidation by this process came after its body began.
    Overtaken,
    /// It has ended with a value, which is about to be stored.
    Landed(Bytes),
    /// It has ended, with nothing for those who come late.
    Closed,
}

impl Place {
    /// The next moment.
    pub(super) fn tick(&mut self) -> u64 {
        self.clock += 1;
        self.clock
    }

    /// Whether nobody needs it any more.
    pub(super) fn is_idle(&self) -> bool {
        !self.is_read && self.waiting.is_empty() && self.flights.is_empty()
    }

    /// The reader has read: who is it now? If nobody, there is none.
    pub(super) fn next_reader(&mut self) -> Option<Waiter> {
        let next = self.waiting.pop_front();
        self.is_read = next.is_some();
        next
    }

    /// Whether calls wait for a fill: of this process, or one that the reader looks after.
    pub(super) fn has_followers(&self) -> bool {
        let is_followed = |flight: &Flight| flight.followers.iter().any(|it| !it.is_closed());
        self.vain > 0 || self.flights.iter().any(is_followed)
    }

    pub(super) fn wait(&mut self, waiter: Waiter) {
        push(&mut self.waiting, waiter);
    }

    pub(super) fn flight(&mut self, born: u64) -> Option<&mut Flight> {
        self.flights.iter_mut().find(|flight| flight.born == born)
    }

    /// A flight whose body begins now.
    pub(super) fn take_off(&mut self, mark: Mark, followers: VecDeque<Waiter>) -> u64 {
        let born = self.tick();
        let epochs = Bytes::new();
        self.flights.push(Flight { born, mark, epochs, followers, state: State::Flying });
        born
    }

    /// Takes a flight off the board, and has the slot read again without delay, as it may have changed.
    pub(super) fn remove(&mut self, born: u64) -> Option<Flight> {
        let at = self.flights.iter().position(|flight| flight.born == born)?;
        self.vain = 0;
        if let Some(wake) = self.wake.take() {
            // It may have woken by itself.
            let _ = wake.send(());
        }
        Some(self.flights.swap_remove(at))
    }
}

impl Flight {
    /// Whether its mark is what stands in the slot.
    pub(super) fn is_marked(&self, content: &[u8]) -> bool {
        matches!(&self.mark, Mark::InSlot(mark) if content.starts_with(mark))
    }

    /// Whether it is of these epochs. A call that does not know those of its tags has `None`.
    pub(super) fn is_under(&self, epochs: Option<&Bytes>) -> bool {
        epochs == Some(&self.epochs)
    }

    pub(super) fn is_open(&self) -> bool {
        matches!(self.state, State::Flying | State::Landed(_))
    }

    /// Takes in calls that may follow it. If it has landed, they stay, and are to be told its value.
    pub(super) fn join(&mut self, calls: &mut VecDeque<Waiter>) -> Option<Bytes> {
        if let State::Landed(value) = &self.state {
            return Some(value.clone());
        }
        calls.drain(..).for_each(|call| self.follow(call));
        None
    }

    pub(super) fn follow(&mut self, waiter: Waiter) {
        push(&mut self.followers, waiter);
    }
}

/// Forgets those who have gone whenever the list would grow, so that it is not much longer than there are calls.
pub(super) fn push(waiters: &mut VecDeque<Waiter>, waiter: Waiter) {
    if waiters.len() == waiters.capacity() {
        waiters.retain(|waiter| !waiter.is_closed());
        // Else the next one might look at all of them again.
        waiters.reserve(waiters.len());
    }
    waiters.push_back(waiter);
}

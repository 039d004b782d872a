//! The call that reads a slot for all calls of this process.

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::oneshot;

use super::board::{Board, tell};
use super::key::Key;
use super::place::{Flight, Place, push};
use super::verdict::{Found, Landing, Mark, Verdict, Waiter, Waiting};
use super::{Boarding, Leader};

/// The role of the one call that reads a slot. Dropped, it goes to the next call that waits.
pub(crate) struct Reader {
    board: Arc<Board>,
    key: Key,
    /// The calls that the next read counts for as well.
    members: VecDeque<Waiter>,
    is_over: bool,
}

impl Reader {
    pub(super) fn new(board: &Arc<Board>, key: Key) -> Self {
        let board = Arc::clone(board);
        Self { board, key, members: VecDeque::new(), is_over: false }
    }

    /// Takes in the calls that have arrived so far. To be called before each read, and not after it was sent.
    pub(crate) fn gather(&mut self) {
        let members = &mut self.members;
        self.board.with_place(&self.key, |place| {
            place.waiting.drain(..).for_each(|waiter| push(members, waiter));
        });
    }

    /// How many reads in a row have found a fill under way; and what wakes this call when a flight ends, if so.
    pub(crate) fn in_vain(&self) -> Option<(u32, oneshot::Receiver<()>)> {
        self.board.with_place(&self.key, |place| {
            (place.vain > 0).then(|| {
                let (wake, woken) = oneshot::channel();
                place.wake = Some(wake);
                (place.vain, woken)
            })
        })
    }

    /// The slot has a value.
    pub(crate) fn found(mut self, found: &Found) {
        self.step_down(|place| place.vain = 0);
        for member in std::mem::take(&mut self.members) {
            tell(member, Verdict::Found(found.clone()));
        }
    }

    /// The store could not be asked: that holds for those who came later, too.
    pub(crate) fn failed(mut self) {
        self.gather();
        self.step_down(|place| place.vain = 0);
        for member in std::mem::take(&mut self.members) {
            tell(member, Verdict::PassBy);
        }
    }

    /// The slot is being filled, by the fill whose mark is `content`. If that is one of this process, and the read has
    /// found the `epochs` that the tags had when its body began, all whom the read counts for follow it.
    pub(crate) fn follow(
        mut self,
        content: &[u8],
        epochs: Option<&Bytes>,
    ) -> Result<Waiting, Self> {
        let (waiter, waiting) = oneshot::channel();
        let members = &mut self.members;
        let joined = self.board.with_place(&self.key, |place| {
            place.vain = place.vain.saturating_add(1);
            let mut flights = place.flights.iter_mut();
            let flight =
                flights.find(|it| it.is_open() && it.is_marked(content) && it.is_under(epochs))?;
            members.push_back(waiter);
            Some(flight.join(members))
        });
        let Some(landed) = joined else { return Err(self) };
        self.step_down(|_| ());
        self.tell_landed(landed);
        Ok(waiting)
    }

    /// The slot is to be filled, and this call does it: its `mark` is in the slot. The body has not begun, so all that
    /// have arrived follow.
    pub(crate) fn lead(self, mark: Bytes) -> Leader {
        self.take_off(Mark::InSlot(mark))
    }

    /// As [`lead`](Self::lead), where no mark could be put into the slot.
    pub(crate) fn lead_late(self) -> Leader {
        self.take_off(Mark::Late)
    }

    fn take_off(mut self, mark: Mark) -> Leader {
        let mut followers = std::mem::take(&mut self.members);
        let born = self.step_down(|place| {
            followers.append(&mut place.waiting);
            place.vain = u32::from(mark != Mark::Late);
            place.take_off(mark.clone(), followers)
        });
        Leader::new(&self.board, self.key.clone(), born, mark)
    }

    /// The slot is to be filled, and nothing in it says by whom: follows a fill of this process with the same `epochs`, or
    /// leads one.
    pub(crate) fn board(mut self, epochs: Option<&Bytes>) -> Boarding {
        let (waiter, waiting) = oneshot::channel();
        let mut members = std::mem::take(&mut self.members);
        let boarded = self.step_down(|place| {
            place.vain = place.vain.saturating_add(1);
            let is_meant =
                |it: &&mut Flight| it.is_open() && it.mark == Mark::Process && it.is_under(epochs);
            if let Some(flight) = place.flights.iter_mut().find(is_meant) {
                members.push_back(waiter);
                return Err((flight.join(&mut members), members));
            }
            members.append(&mut place.waiting);
            Ok(place.take_off(Mark::Process, members))
        });
        match boarded {
            Ok(born) => {
                Boarding::Lead(Leader::new(&self.board, self.key.clone(), born, Mark::Process))
            }
            Err((landed, members)) => {
                self.members = members;
                self.tell_landed(landed);
                Boarding::Follow(waiting)
            }
        }
    }

    /// The flight that the members have joined has landed already, with this.
    fn tell_landed(&mut self, landed: Option<Bytes>) {
        let Some(value) = landed else { return };
        for member in std::mem::take(&mut self.members) {
            tell(member, Verdict::Landed(Landing::Value(value.clone())));
        }
    }

    /// Ends the role, whoever waits.
    pub(super) fn disarm(mut self) {
        self.is_over = true;
    }

    /// Ends the role with a last change. The members are left for the caller to tell.
    fn step_down<T>(&mut self, change: impl FnOnce(&mut Place) -> T) -> T {
        self.is_over = true;
        let (changed, next) =
            self.board.with_place(&self.key, |place| (change(place), place.next_reader()));
        self.board.hand_reading_to(&self.key, next);
        changed
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        if self.is_over {
            return;
        }
        // They began before whatever is read next.
        let mut members = std::mem::take(&mut self.members);
        self.step_down(|place| {
            members.append(&mut place.waiting);
            place.waiting = members;
        });
    }
}

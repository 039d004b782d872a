//! The call that runs the body for all that follow it.

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::Bytes;

use super::board::{Board, tell};
use super::place::State;
use super::verdict::{Landing, Mark, Verdict, Waiter};

/// The role of the call that fills a slot. Dropped before it has landed, it goes to a follower; without one, or dropped
/// later without being [done](Leader::done), its mark is given up.
pub(crate) struct Leader {
    board: Arc<Board>,
    slot: Arc<str>,
    /// Of its flight, or `NEVER` when that is off the board.
    born: u64,
    mark: Mark,
    state: Role,
}

/// No flight is born then. A flight that is off the board must not be looked for by when it was born: a place that all
/// have left is cleared away, and the next one of the slot counts from the beginning.
const NEVER: u64 = 0;

#[derive(PartialEq, Eq)]
enum Role {
    Leading,
    /// The followers have been told how it ended.
    Landed,
    /// The role was passed on, or ended otherwise.
    Over,
}

impl Leader {
    pub(super) fn new(board: &Arc<Board>, slot: &Arc<str>, born: u64, mark: Mark) -> Self {
        let (board, slot) = (Arc::clone(board), Arc::clone(slot));
        Self { board, slot, born, mark, state: Role::Leading }
    }

    /// By what the fill can be told.
    pub(crate) fn mark(&self) -> &Mark {
        &self.mark
    }

    /// The fill goes on under another mark, which is in the slot by now.
    pub(crate) fn change_mark(&mut self, mark: Bytes) {
        self.set_mark(Mark::InSlot(mark));
    }

    /// Whether anybody follows.
    pub(crate) fn has_followers(&self) -> bool {
        self.board.with_place(&self.slot, |place| {
            let flight = place.flight(self.born);
            flight.is_some_and(|flight| flight.followers.iter().any(|it| !it.is_closed()))
        })
    }

    /// Whether an invalidation by this process came after the body began.
    pub(crate) fn is_overtaken(&self) -> bool {
        self.board.with_place(&self.slot, |place| {
            place.flight(self.born).is_some_and(|flight| matches!(flight.state, State::Overtaken))
        })
    }

    /// The fill goes on without its mark, which may not be in the slot: nothing is stored.
    pub(crate) fn lose_mark(&mut self) {
        self.set_mark(Mark::Late);
    }

    /// The flight has ended with `value`: the followers get it, and so do those who find the mark in the slot before
    /// this is [done](Self::done).
    pub(crate) fn land(&mut self, value: &Bytes) {
        for follower in self.close(State::Landed(value.clone())) {
            tell(follower, Verdict::Landed(Landing::Value(value.clone())));
        }
    }

    /// The flight has ended without a value; `landing` makes what each follower is told.
    pub(crate) fn land_without(&mut self, mut landing: impl FnMut() -> Landing) {
        for follower in self.close(State::Closed) {
            tell(follower, Verdict::Landed(landing()));
        }
    }

    /// It is known what became of the mark. Else it is given up when this is dropped.
    pub(crate) fn done(mut self) {
        self.state = Role::Over;
        self.board.with_place(&self.slot, |place| place.remove(self.born));
    }

    fn close(&mut self, state: State) -> VecDeque<Waiter> {
        self.state = Role::Landed;
        self.board.with_place(&self.slot, |place| {
            let Some(flight) = place.flight(self.born) else { return VecDeque::new() };
            if matches!(flight.state, State::Flying) {
                flight.state = state;
            }
            std::mem::take(&mut flight.followers)
        })
    }

    fn set_mark(&mut self, mark: Mark) {
        self.mark = mark.clone();
        self.board.with_place(&self.slot, |place| {
            if let Some(flight) = place.flight(self.born) {
                flight.mark = mark;
            }
        });
    }

    /// The time of the fill is over, and this call goes on alone: the followers start over.
    pub(crate) fn time_out(&mut self) {
        self.state = Role::Over;
        let next = self.board.with_place(&self.slot, |place| {
            for follower in place.remove(self.born)?.followers {
                place.wait(follower);
            }
            if place.is_read { None } else { place.next_reader() }
        });
        self.born = NEVER;
        self.board.hand_reading_to(&self.slot, next);
    }

    /// Ends the role.
    pub(super) fn disarm(mut self) {
        self.state = Role::Over;
    }
}

impl Drop for Leader {
    fn drop(&mut self) {
        if self.state == Role::Over {
            return;
        }
        while self.state == Role::Leading {
            // In one step: nobody may begin to follow in between.
            let next = self.board.with_place(&self.slot, |place| {
                let next = place.flight(self.born).and_then(|flight| flight.followers.pop_front());
                if next.is_none() {
                    place.remove(self.born);
                }
                next
            });
            let Some(next) = next else { break };
            let leader = Self::new(&self.board, &self.slot, self.born, self.mark.clone());
            match next.send(Verdict::Lead(leader)) {
                // It has gone: its role must not come back to us by being dropped.
                Err(Verdict::Lead(leader)) => leader.disarm(),
                _ => return,
            }
        }
        if self.state == Role::Landed {
            self.board.with_place(&self.slot, |place| place.remove(self.born));
        }
        if let Mark::InSlot(mark) = &self.mark {
            (self.board.abandoned)(&self.slot, mark);
        }
    }
}

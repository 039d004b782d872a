//! The call that runs the body for all that follow it.

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::Bytes;

use super::board::{Board, tell};
use super::key::Key;
use super::place::{Flight, State};
use super::verdict::{Landing, Mark, Verdict, Waiter};

/// The role of the call that fills a slot. Dropped before it has landed, it goes to a follower; without one, or dropped
/// later without being [done](Leader::done), its mark is given up.
pub(crate) struct Leader {
    board: Arc<Board>,
    key: Key,
    born: u64,
    mark: Mark,
    state: Role,
}

enum Role {
    Leading,
    /// The followers have been told how it ended.
    Landed,
    /// The role was passed on, or ended otherwise.
    Over,
}

impl Leader {
    pub(super) fn new(board: &Arc<Board>, key: Key, born: u64, mark: Mark) -> Self {
        let board = Arc::clone(board);
        Self { board, key, born, mark, state: Role::Leading }
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
        self.with_flight(|flight| flight.followers.iter().any(|it| !it.is_closed()))
            .unwrap_or(false)
    }

    /// Whether an invalidation by this process came after the body began.
    pub(crate) fn is_overtaken(&self) -> bool {
        self.with_flight(|flight| matches!(flight.state, State::Overtaken)).unwrap_or(false)
    }

    /// The tags had these epochs before the body begins: whoever finds others does not follow.
    pub(crate) fn under(&mut self, epochs: Bytes) {
        self.with_flight(|flight| flight.epochs = epochs);
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
        if !matches!(self.state, Role::Over) {
            self.state = Role::Over;
            self.board.with_place(&self.key, |place| place.remove(self.born));
        }
    }

    /// Gives the role to a follower. Without one, the flight is over, and the answer `false`.
    fn hand_over(&self) -> bool {
        loop {
            // In one step: nobody may begin to follow in between.
            let next = self.board.with_place(&self.key, |place| {
                let next = place.flight(self.born).and_then(|flight| flight.followers.pop_front());
                if next.is_none() {
                    place.remove(self.born);
                }
                next
            });
            let Some(next) = next else { return false };
            let leader = Self::new(&self.board, self.key.clone(), self.born, self.mark.clone());
            match next.send(Verdict::Lead(leader)) {
                // It has gone: its role must not come back to us by being dropped.
                Err(Verdict::Lead(leader)) => leader.disarm(),
                _ => return true,
            }
        }
    }

    fn close(&mut self, state: State) -> VecDeque<Waiter> {
        let followers = self.with_flight(|flight| {
            if matches!(flight.state, State::Flying) {
                flight.state = state;
            }
            std::mem::take(&mut flight.followers)
        });
        if matches!(self.state, Role::Leading) {
            self.state = Role::Landed;
        }
        followers.unwrap_or_default()
    }

    fn set_mark(&mut self, mark: Mark) {
        self.mark = mark.clone();
        self.with_flight(|flight| flight.mark = mark);
    }

    /// Changes the flight, as long as it is this one's. After that its number may be that of another: a place that is
    /// cleared away and comes back counts from the beginning.
    fn with_flight<T>(&self, change: impl FnOnce(&mut Flight) -> T) -> Option<T> {
        if matches!(self.state, Role::Over) {
            return None;
        }
        self.board.with_place(&self.key, |place| place.flight(self.born).map(change))
    }

    /// The time of the fill is over, and this call goes on alone: the followers start over.
    pub(crate) fn time_out(&mut self) {
        if matches!(self.state, Role::Over) {
            return;
        }
        self.state = Role::Over;
        let next = self.board.with_place(&self.key, |place| {
            for follower in place.remove(self.born)?.followers {
                place.wait(follower);
            }
            if place.is_read { None } else { place.next_reader() }
        });
        self.board.hand_reading_to(&self.key, next);
    }

    /// Ends the role.
    pub(super) fn disarm(mut self) {
        self.state = Role::Over;
    }
}

impl Drop for Leader {
    fn drop(&mut self) {
        match self.state {
            Role::Over => return,
            Role::Landed => self.board.with_place(&self.key, |place| drop(place.remove(self.born))),
            Role::Leading => {
                if self.hand_over() {
                    return;
                }
            }
        }
        if let Mark::InSlot(mark) = &self.mark {
            (self.board.abandoned)(&self.key.slot, mark);
        }
    }
}

//! The call that runs the body for all that follow it.

use std::sync::Arc;

use bytes::Bytes;

use super::board::{Board, tell};
use super::place::State;
use super::verdict::{Landing, Mark, Verdict};

/// The role of the call that fills a slot. Dropped before it has landed, it goes to a follower; without one, the mark
/// is given up.
pub(crate) struct Leader {
    board: Arc<Board>,
    slot: Arc<str>,
    born: u64,
    mark: Mark,
    state: Role,
}

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
        self.board.with_place(&self.slot, |place| {
            if let Some(flight) = place.flight(self.born) {
                flight.mark = Mark::InSlot(mark.clone());
            }
        });
        self.mark = Mark::InSlot(mark);
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

    /// Tells the followers how the flight has ended; `share` makes a landing for each. Those who find the mark in the
    /// slot after a value has landed get it as well, until this is dropped.
    pub(crate) fn land(&mut self, mut share: impl FnMut() -> Landing) {
        let value = match share() {
            Landing::Value(value) => Some(value),
            _ => None,
        };
        let followers = self.board.with_place(&self.slot, |place| {
            let Some(flight) = place.flight(self.born) else { return [].into() };
            if matches!(flight.state, State::Flying) {
                flight.state = value.map_or(State::Closed, State::Landed);
            }
            std::mem::take(&mut flight.followers)
        });
        self.state = Role::Landed;
        for follower in followers {
            tell(follower, Verdict::Landed(share()));
        }
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
            return;
        }
        if let Mark::InSlot(mark) = &self.mark {
            (self.board.abandoned)(&self.slot, mark);
        }
    }
}

//! The reader as long as it has read nothing: nearly always, one read later, it has found a value, and nobody waits.

use std::sync::Arc;

use super::Reader;
use super::board::Board;
use super::key::Name;
use super::place::Place;

/// A [`Reader`] before its first read. Dropped, the role goes to the next call that waits.
///
/// It borrows the board and the name: to count who holds them takes time, and cores would wait for each other.
pub(crate) struct First<'a> {
    board: &'a Arc<Board>,
    name: Name<'a>,
    is_over: bool,
}

impl<'a> First<'a> {
    pub(super) fn new(board: &'a Arc<Board>, name: Name<'a>) -> Self {
        Self { board, name, is_over: false }
    }

    /// For all that is not a hit.
    pub(crate) fn into_reader(mut self) -> Reader {
        self.is_over = true;
        Reader::new(self.board, self.name.to_key())
    }
}

impl Drop for First<'_> {
    fn drop(&mut self) {
        if !self.is_over {
            let next = self.board.with_place(&self.name, Place::next_reader);
            self.board.hand_reading_to(&self.name, next);
        }
    }
}

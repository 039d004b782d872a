//! The reader as long as it has read nothing: nearly always, one read later, it has found a value, and nobody waits.

use std::sync::Arc;

use super::Reader;
use super::board::Board;
use super::key::Key;
use super::place::Place;

/// A [`Reader`] before its first read. Dropped, the role goes to the next call that waits.
///
/// It borrows the board: to count who holds it, cores would wait for each other at every hit.
pub(crate) struct First<'a> {
    board: &'a Arc<Board>,
    key: Key,
    is_over: bool,
}

impl<'a> First<'a> {
    pub(super) fn new(board: &'a Arc<Board>, key: Key) -> Self {
        Self { board, key, is_over: false }
    }

    /// For all that is not a hit.
    pub(crate) fn into_reader(mut self) -> Reader {
        self.is_over = true;
        Reader::new(self.board, self.key.clone())
    }
}

impl Drop for First<'_> {
    fn drop(&mut self) {
        if !self.is_over {
            let next = self.board.with_place(&self.key, Place::next_reader);
            self.board.hand_reading_to(&self.key, next);
        }
    }
}

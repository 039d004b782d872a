//! The calls in one process that share reads and fills of one slot.
//!
//! For each slot that calls are busy with, the [`Board`] has a place. At most one call at a time is its **reader**: it
//! asks the store what is in the slot. Calls that arrive meanwhile wait for the next read, which they all share: that
//! one is sent after they have begun. A call that finds the slot empty, and may fill it, becomes the **leader** of a
//! flight; others follow it and are told how it ended.
//!
//! A call may follow a flight only if
//! - the flight's body began after the call did, or
//! - a read that was sent after the call had begun found the flight's own mark in the slot, and the epochs that the
//!   flight's tags had when its body began.
//!
//! So nobody is handed the result of a fill that an invalidation had overtaken before the call began: whatever
//! empties the slot takes the mark away, and whatever invalidates a tag changes its epoch.
//!
//! Both roles are values: when one is dropped, as its call is cancelled or panics, the role goes to the next call that
//! waits, and if that one is gone as well, to the one after it. Nothing here waits, and nothing here knows a store:
//! `call` does both. No lock is held while another call is told something.

mod board;
mod first;
mod key;
mod leader;
mod place;
mod reader;
mod verdict;

pub(crate) use board::{Board, Boarding, Turn};
pub(crate) use first::First;
pub(crate) use leader::Leader;
pub(crate) use reader::Reader;
pub(crate) use verdict::{Found, Landing, Mark, NO_TAGS, Verdict, Waiting};

//! The store, as far as the flights are concerned: one slot, and the steps that are atomic on it.

use bytes::Bytes;

use crate::sync::{Mutex, lock};

/// A kind (one byte), and what is unique to one write (eight).
const START: usize = 9;

#[derive(Default)]
pub(crate) struct Slot {
    content: Mutex<Option<Bytes>>,
}

/// What stands in the slot while a fill is under way.
pub(crate) fn lease(token: u64) -> Bytes {
    [b"L", &token.to_be_bytes()[..]].concat().into()
}

/// A value whose body began at a moment of the record's clock.
pub(crate) fn value(mark: u64, began: u64, is_stale: bool) -> Bytes {
    let kind: &[u8] = if is_stale { b"S" } else { b"V" };
    [kind, &mark.to_be_bytes(), &began.to_be_bytes()].concat().into()
}

pub(crate) fn is_lease(content: &[u8]) -> bool {
    content[0] == b'L'
}

pub(crate) fn is_stale(content: &[u8]) -> bool {
    content[0] == b'S'
}

/// By what a value can be told.
pub(crate) fn start(value: &Bytes) -> Bytes {
    value.slice(..START)
}

/// When the body of a value began.
pub(crate) fn began(value: &[u8]) -> u64 {
    u64::from_be_bytes(value[START..].try_into().expect("a value ends with its moment"))
}

impl Slot {
    pub(crate) fn get(&self) -> Option<Bytes> {
        lock(&self.content).clone()
    }

    pub(crate) fn set(&self, content: Bytes) {
        *lock(&self.content) = Some(content);
    }

    /// `Some` is what is there already.
    pub(crate) fn set_if_absent(&self, content: Bytes) -> Option<Bytes> {
        let mut slot = lock(&self.content);
        if slot.is_none() {
            *slot = Some(content);
            return None;
        }
        slot.clone()
    }

    pub(crate) fn set_if_starts(&self, start: &[u8], content: Bytes) -> bool {
        let mut slot = lock(&self.content);
        let holds = slot.as_ref().is_some_and(|it| it.starts_with(start));
        if holds {
            *slot = Some(content);
        }
        holds
    }

    pub(crate) fn delete_if_starts(&self, start: &[u8]) {
        let mut slot = lock(&self.content);
        if slot.as_ref().is_some_and(|it| it.starts_with(start)) {
            *slot = None;
        }
    }

    /// `then` happens at the same moment.
    pub(crate) fn delete<T>(&self, then: impl FnOnce() -> T) -> T {
        let mut slot = lock(&self.content);
        *slot = None;
        then()
    }
}

//! What the server does with a request: the steps of the trait `Store`, each of them in one instant.

use crate::slot::{Id, Lock, Slot, Start, Value};

/// A command on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Request {
    /// `Store::get` (or `get_with_ttl`).
    Get,
    /// `Store::set_if_absent`.
    SetIfAbsent(Slot),
    /// `Store::set_if_starts`.
    SetIfStarts(Start, Slot),
    /// `Store::set_if_starts`, too: the value with this mark gets another, and stays what it is.
    Remark(Id, Value),
    /// `Store::set`; the fill protocol has none, only a mutation.
    Set(Slot),
    /// `Store::delete_if_starts`.
    DeleteIfStarts(Start),
    /// `Store::delete`.
    Delete,
    /// `Store::set_if_absent` on the lock.
    Lock(Id),
    /// `Store::delete_if_starts` on the lock.
    Unlock(Id),
    /// `Store::set_if_starts` on the lock.
    HoldOff(Id),
}

/// The server's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Reply {
    /// What the slot held, before the request changed it.
    Held(Slot),
    /// Whether the condition was met.
    Done(bool),
}

/// The two keys of one entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Server {
    pub(crate) slot: Slot,
    pub(crate) lock: Lock,
}

impl Server {
    /// Carries out `request`.
    pub(crate) fn apply(&mut self, request: Request) -> Reply {
        let held = self.slot;
        match request {
            Request::Get => Reply::Held(held),
            Request::SetIfAbsent(new) => {
                if held == Slot::Absent {
                    self.slot = new;
                }
                Reply::Held(held)
            }
            Request::SetIfStarts(start, new) => self.replace(held.starts(start), new),
            Request::Remark(mark, new) => {
                self.replace(held.starts(Start::Mark(mark)), Slot::Value(new))
            }
            Request::Set(new) => self.replace(true, new),
            Request::DeleteIfStarts(start) => self.replace(held.starts(start), Slot::Absent),
            Request::Delete => self.replace(true, Slot::Absent),
            Request::Lock(token) => self.relock(Lock::Free, Lock::Held(token)),
            Request::Unlock(token) => self.relock(Lock::Held(token), Lock::Free),
            Request::HoldOff(token) => self.relock(Lock::Held(token), Lock::HoldOff),
        }
    }

    fn replace(&mut self, met: bool, new: Slot) -> Reply {
        if met {
            self.slot = new;
        }
        Reply::Done(met)
    }

    fn relock(&mut self, wanted: Lock, new: Lock) -> Reply {
        let met = self.lock == wanted;
        if met {
            self.lock = new;
        }
        Reply::Done(met)
    }
}

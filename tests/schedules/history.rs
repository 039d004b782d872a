//! What happened in a schedule, for the checker and for people.

use std::fmt;
use std::sync::Mutex;

use cached_runtime::{Bytes, Outcome};

use crate::functions::Read;
use crate::plan::{Action, Deed};

#[derive(Default)]
pub(crate) struct History {
    events: Mutex<Vec<(u64, Event)>>,
    calls: Mutex<Vec<Call>>,
    emptyings: Mutex<Vec<Emptying>>,
}

/// A call that was answered.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Call {
    pub(crate) action: Action,
    pub(crate) began: u64,
    pub(crate) outcome: Outcome,
    pub(crate) is_error: bool,
    pub(crate) read: Read,
}

/// An invalidation, or an expiry, that returned `Ok`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Emptying {
    pub(crate) action: Action,
    /// The database's version, if it wrote one; else an older one.
    pub(crate) version: u64,
    pub(crate) started: u64,
    pub(crate) returned: u64,
    pub(crate) number: u8,
}

#[derive(Debug, Clone)]
pub(crate) enum Event {
    Begins(Action),
    Body(Read),
    Answered(Action, Result<Read, Read>, Outcome),
    Cancelled(Action),
    Panicked(Action),
    Returned(Action, bool),
    Sent(usize, Command),
    Did(usize, Command, String),
}

/// A step of the store, for people.
#[derive(Debug, Clone)]
pub(crate) struct Command {
    pub(crate) verb: &'static str,
    pub(crate) slot: String,
    pub(crate) start: Option<Bytes>,
    pub(crate) value: Option<Bytes>,
}

impl Emptying {
    /// It leaves stale values.
    pub(crate) fn is_expiry(&self) -> bool {
        self.action.deed == Deed::Expire
    }
}

impl History {
    pub(crate) fn push(&self, now: u64, event: Event) {
        self.events.lock().unwrap().push((now, event));
    }

    pub(crate) fn push_call(&self, call: Call) {
        self.calls.lock().unwrap().push(call);
    }

    pub(crate) fn push_emptying(&self, emptying: Emptying) {
        self.emptyings.lock().unwrap().push(emptying);
    }

    pub(crate) fn events(&self) -> Vec<(u64, Event)> {
        self.events.lock().unwrap().clone()
    }

    pub(crate) fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap().clone()
    }

    pub(crate) fn emptyings(&self) -> Vec<Emptying> {
        self.emptyings.lock().unwrap().clone()
    }
}

impl fmt::Display for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut events = self.events.lock().unwrap().clone();
        events.sort_by_key(|(now, _)| *now);
        for (now, event) in events {
            writeln!(f, "{now:5}  {event}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Begins(action) => write!(f, "{action}: begins"),
            Self::Body(read) => {
                write!(f, "a body of {} begins and reads version {}", read.number, read.version)
            }
            Self::Answered(action, Ok(read), outcome) => {
                write!(
                    f,
                    "{action}: {outcome:?}, the value born at {}, of version {}",
                    read.born, read.version
                )
            }
            Self::Answered(action, Err(read), outcome) => {
                write!(f, "{action}: {outcome:?}, the error born at {}", read.born)
            }
            Self::Cancelled(action) => write!(f, "{action}: cancelled"),
            Self::Panicked(action) => write!(f, "{action}: panicked"),
            Self::Returned(action, true) => write!(f, "{action}: Ok"),
            Self::Returned(action, false) => write!(f, "{action}: failed"),
            Self::Sent(process, command) => write!(f, "    p{process} sends {command}"),
            Self::Did(process, command, result) => {
                write!(f, "    p{process} did   {command} -> {result}")
            }
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "p{} {:?} of slot {}", self.process, self.deed, self.slot)
    }
}

/// What came of a step, for people.
pub(crate) fn told<T: fmt::Debug>(result: &Result<T, cached_runtime::Error>) -> String {
    match result {
        Ok(value) => format!("{value:?}"),
        Err(error) => error.to_string(),
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.verb, self.slot)?;
        if let Some(start) = &self.start {
            write!(f, " if {}", readable(start))?;
        }
        if let Some(value) = &self.value {
            write!(f, " = {}", readable(value))?;
        }
        Ok(())
    }
}

/// The bytes of a slot: of a mark or a token, the end tells them apart.
pub(crate) fn readable(bytes: &[u8]) -> String {
    let end =
        |mark: &[u8]| mark.iter().rev().take(3).rev().fold(0, |n, byte| n << 8 | u32::from(*byte));
    match bytes {
        [2, _, token @ ..] => format!("LEASE({:x}.{:x})", token[0], end(token)),
        [3] => "HELD-OFF".to_owned(),
        [1, 1, flags, rest @ ..] if flags & 1 == 1 && rest.len() >= 16 => {
            let text = String::from_utf8_lossy(&rest[16..]);
            let json = text.find('{').map_or("", |at| &text[at..]);
            format!("MARK({:x}.{:x}){json}", rest[0], end(&rest[..16]))
        }
        _ => String::from_utf8_lossy(bytes).into_owned(),
    }
}

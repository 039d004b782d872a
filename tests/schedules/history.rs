//! What happened in a schedule, for the checker and for people.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use cached_runtime::{Bytes, Outcome};

use crate::check::Bar;
use crate::deeds::Deed;
use crate::functions::Read;
use crate::plan::Action;
use crate::writes::{Removal, Writing, Written};

#[derive(Default)]
pub(crate) struct History {
    events: Mutex<Vec<(u64, Event)>>,
    calls: Mutex<Vec<Call>>,
    bars: Mutex<Vec<Bar>>,
    /// When each value that was put by hand was there.
    puts: Mutex<HashMap<u64, u64>>,
    removals: Mutex<Vec<Removal>>,
    writes: Mutex<Vec<Writing>>,
}

/// A call that was answered.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Call {
    pub(crate) action: Action,
    pub(crate) life: usize,
    pub(crate) began: u64,
    pub(crate) time: Instant,
    pub(crate) outcome: Outcome,
    pub(crate) is_error: bool,
    pub(crate) read: Read,
}

#[derive(Debug, Clone)]
pub(crate) enum Event {
    Begins(Action),
    Body(Read),
    Answered(Action, Result<Read, Read>, Outcome),
    Committed(Action, Option<u64>),
    Wrote(Action, bool),
    Cancelled(Action),
    Panicked(Action),
    Killed(Action),
    Returned(Action, bool),
    Process(usize, Deed),
    Sent(usize, Command),
    Did(usize, Command, String),
    Told(usize, String),
}

/// A step of the store, for people.
#[derive(Debug, Clone)]
pub(crate) struct Command {
    pub(crate) verb: &'static str,
    pub(crate) slot: String,
    pub(crate) start: Option<Bytes>,
    pub(crate) value: Option<Bytes>,
}

impl Command {
    /// Whether it has changed something, by what came of it.
    pub(crate) fn is_change(&self, told: &str) -> bool {
        match self.verb {
            // An epoch that comes where there was none makes nothing wrong.
            "mint" => false,
            "set_if_absent" => told == "None",
            "set_if_starts" | "delete" | "delete_if_starts" => told == "true",
            verb => !verb.starts_with("get"),
        }
    }

    pub(crate) fn is_about(&self, slot: &str) -> bool {
        match self.verb {
            "delete_prefix" => slot.starts_with(&self.slot),
            _ => self.slot.split(' ').any(|it| it == slot),
        }
    }
}

impl History {
    pub(crate) fn push(&self, now: u64, event: Event) {
        self.events.lock().unwrap().push((now, event));
    }

    pub(crate) fn push_call(&self, call: Call) {
        self.calls.lock().unwrap().push(call);
    }

    pub(crate) fn push_bar(&self, bar: Bar) {
        self.bars.lock().unwrap().push(bar);
    }

    pub(crate) fn push_put(&self, read: Read, returned: u64) {
        self.puts.lock().unwrap().insert(read.born, returned);
    }

    pub(crate) fn push_write(&self, writing: &Writing) {
        self.writes.lock().unwrap().push(Arc::clone(writing));
    }

    /// Something takes whatever is in a slot away. Its number.
    pub(crate) fn removes(&self, slot: &str, is_prefix: bool, sent: u64) -> usize {
        let removal = Removal { slot: slot.to_owned(), is_prefix, sent, done: u64::MAX };
        let mut removals = self.removals.lock().unwrap();
        removals.push(removal);
        removals.len() - 1
    }

    pub(crate) fn removed(&self, number: usize, now: u64) {
        self.removals.lock().unwrap()[number].done = now;
    }

    pub(crate) fn events(&self) -> Vec<(u64, Event)> {
        self.events.lock().unwrap().clone()
    }

    pub(crate) fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap().clone()
    }

    pub(crate) fn bars(&self) -> Vec<Bar> {
        self.bars.lock().unwrap().clone()
    }

    pub(crate) fn puts(&self) -> HashMap<u64, u64> {
        self.puts.lock().unwrap().clone()
    }

    pub(crate) fn removals(&self) -> Vec<Removal> {
        self.removals.lock().unwrap().clone()
    }

    pub(crate) fn writes(&self) -> Vec<Written> {
        let writes = self.writes.lock().unwrap();
        writes.iter().map(|writing| writing.lock().unwrap().clone()).collect()
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
            Self::Wrote(action, is_ok) => write!(f, "{action}: has written, Ok: {is_ok}"),
            Self::Cancelled(action) => write!(f, "{action}: cancelled"),
            Self::Panicked(action) => write!(f, "{action}: panicked"),
            Self::Killed(action) => write!(f, "{action}: killed"),
            Self::Committed(action, version) => write!(f, "{action}: commits {version:?}"),
            Self::Process(process, deed) => write!(f, "process {process}: {deed:?}"),
            Self::Returned(action, true) => write!(f, "{action}: Ok"),
            Self::Returned(action, false) => write!(f, "{action}: failed"),
            Self::Sent(process, command) => write!(f, "    p{process} sends {command}"),
            Self::Told(process, what) => write!(f, "    p{process} is told that {what}"),
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
        [2, 2, shared, _, writers @ ..] => {
            let writers =
                writers.chunks(29).map(|it| format!("{:x}", end(&it[..it.len().min(16)])));
            format!("INTENT({shared}: {})", writers.collect::<Vec<_>>().join(", "))
        }
        [2, _, token @ ..] => format!("LEASE({:x}.{:x})", token[0], end(token)),
        [3] => "HELD-OFF".to_owned(),
        [4, epoch @ ..] if epoch.len() >= 16 => {
            let stamp = String::from_utf8_lossy(&epoch[16..]);
            format!("EPOCH({:x}) of {stamp}", end(&epoch[..16]))
        }
        [1, 1, flags, rest @ ..] if flags & 1 == 1 && rest.len() >= 16 => {
            let text = String::from_utf8_lossy(&rest[16..]);
            let json = text.find('{').map_or("", |at| &text[at..]);
            format!("MARK({:x}.{:x}){json}", rest[0], end(&rest[..16]))
        }
        _ => String::from_utf8_lossy(bytes).into_owned(),
    }
}

//! The connections over which the server tells each process what has changed: of each slot that was read there, once.
//!
//! As in Redis, what is told comes in the order of the changes, at any time after them; and before the reply of a read
//! that came later than the change. Whoever has lost the connection learns of that at some time, and not of what has
//! changed since. So a wire knows until when its process could not know better.

use std::collections::{BTreeSet, HashSet};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Instant;

use cached_runtime::Tracker;

use crate::life::Life;
use crate::mutants::Mutant;
use crate::world::Clock;

/// The wire of one process.
pub(crate) struct Wire {
    life: Arc<Life>,
    mutant: Option<Mutant>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    tracker: Option<Tracker>,
    condition: Condition,
    /// How often it was connected.
    session: u64,
    /// What the server tells of when it changes.
    tracked: HashSet<String>,
    /// Those that have not come back to their process.
    reads: Vec<Read>,
    last_read: u64,
    /// All that was ever sent, in order.
    pushes: Vec<Push>,
    /// How many of these have come.
    come: usize,
}

/// What became of the connection.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Condition {
    /// Nobody has asked for it.
    #[default]
    Off,
    Up,
    /// It is there, but nothing is known of it: what it brings is right, and may be late.
    Silent,
    /// It is lost, and its process has not seen that.
    Broken,
    /// It is lost, and its process knows.
    Down,
}

struct Read {
    number: u64,
    slots: Vec<String>,
    /// The server is at it. It can't be known whether a change of now comes before or after it.
    is_at_work: bool,
}

struct Push {
    /// `None` for all.
    slot: Option<String>,
    /// When the change began that it tells of: it may be sent a little later than it is made.
    began: u64,
    /// When its process could have known.
    known: u64,
}

/// Those of all processes of a schedule.
#[derive(Default)]
pub(crate) struct Wires(Mutex<Vec<Arc<Wire>>>);

impl Wires {
    pub(crate) fn add(&self, life: &Arc<Life>, mutant: Option<Mutant>) -> Arc<Wire> {
        let wire = Arc::new(Wire { life: Arc::clone(life), mutant, state: Mutex::default() });
        self.all().push(Arc::clone(&wire));
        wire
    }

    /// Slots have changed in the store, by something that began then.
    pub(crate) fn changed(&self, began: u64, is_changed: impl Fn(&str) -> bool) {
        self.all().iter().for_each(|wire| wire.changed(began, &is_changed));
    }

    /// Those to which something is to come.
    pub(crate) fn expected(&self) -> Vec<Arc<Wire>> {
        self.all().iter().filter(|wire| wire.is_expected()).cloned().collect()
    }

    /// Those of a process that lives.
    pub(crate) fn of(&self, process: usize) -> Vec<Arc<Wire>> {
        let is_of = |wire: &&Arc<Wire>| wire.life.process == process && !wire.life.is_dead();
        self.all().iter().filter(is_of).cloned().collect()
    }

    /// When the process of that life could know what had changed until `moment`; `u64::MAX` if it never could.
    pub(crate) fn known(&self, life: usize, moment: u64) -> u64 {
        let of_life = |wire: &&Arc<Wire>| wire.life.index == life;
        self.all().iter().filter(of_life).map(|wire| wire.known(moment)).max().unwrap_or(0)
    }

    fn all(&self) -> MutexGuard<'_, Vec<Arc<Wire>>> {
        self.0.lock().unwrap()
    }
}

impl Wire {
    pub(crate) fn life(&self) -> &Life {
        &self.life
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// It is connected.
    pub(crate) fn connect(&self, tracker: Tracker) {
        let mut state = self.state();
        state.tracker = Some(tracker);
        state.up();
    }

    /// The server begins to read, at the most these slots. `None` where there is no connection.
    pub(crate) fn read(self: &Arc<Self>, slots: Vec<String>) -> Option<Reading> {
        let mut state = self.state();
        if !state.is_connected() {
            return None;
        }
        state.last_read += 1;
        let (number, session) = (state.last_read, state.session);
        state.reads.push(Read { number, slots, is_at_work: true });
        Some(Reading { wire: Arc::clone(self), number, session, before: 0 })
    }

    /// Slots have changed.
    fn changed(&self, began: u64, is_changed: impl Fn(&str) -> bool) {
        let mut state = self.state();
        let at_work = state.reads.iter().filter(|read| read.is_at_work);
        let mut slots: BTreeSet<String> = at_work.flat_map(|read| read.slots.clone()).collect();
        slots.extend(state.tracked.iter().cloned());
        for slot in slots.into_iter().filter(|slot| is_changed(slot)) {
            state.tracked.remove(&slot);
            state.push(Some(slot), began);
        }
    }

    /// The server has lost track: it tells of all that it knows of, one by one or at once.
    pub(crate) fn overflow(&self, now: u64, is_at_once: bool) {
        if is_at_once {
            self.state().push(None, now);
        } else {
            self.changed(now, |_| true);
        }
    }

    pub(crate) fn break_off(&self) {
        let mut state = self.state();
        if state.is_connected() {
            state.condition = Condition::Broken;
        }
    }

    /// What it has brought counts as old.
    pub(crate) fn fall_silent(&self) {
        let mut state = self.state();
        if state.condition == Condition::Up {
            state.condition = Condition::Silent;
            state.tell(|tracker| tracker.trust_until(Instant::now()));
        }
    }

    /// Whether something is to come.
    pub(crate) fn is_expected(&self) -> bool {
        let state = self.state();
        let is_alive = !self.life.is_dead() && state.condition != Condition::Off;
        is_alive && (state.condition != Condition::Up || state.come < state.pushes.len())
    }

    /// The next thing comes. What it was, for people.
    pub(crate) fn bring(&self, clock: &Clock) -> String {
        let mut state = self.state();
        match state.condition {
            Condition::Broken => {
                if self.mutant != Some(Mutant::LossUntold) {
                    state.tell(Tracker::lost);
                }
                state.lose(clock.tick());
                "the connection is lost".to_owned()
            }
            Condition::Down => {
                state.up();
                "connected again".to_owned()
            }
            Condition::Silent if state.come == state.pushes.len() => {
                state.up();
                "trusted again".to_owned()
            }
            _ => {
                let come = state.come + 1;
                self.bring_until(&mut state, come, clock)
            }
        }
    }

    fn bring_until(&self, state: &mut State, until: usize, clock: &Clock) -> String {
        let mut told = String::new();
        while state.come < until {
            let come = state.come;
            let slot = state.pushes[come].slot.clone();
            let is_read = |slot: &String| state.reads.iter().any(|read| read.slots.contains(slot));
            // What is not there yet can't be removed.
            let is_missed =
                self.mutant == Some(Mutant::InFlightMissed) && slot.as_ref().is_some_and(is_read);
            if !is_missed {
                match &slot {
                    Some(slot) => state.tell(|tracker| tracker.changed(slot)),
                    None => state.tell(Tracker::all_changed),
                }
            }
            told = slot
                .map_or_else(|| "all has changed".to_owned(), |slot| format!("{slot} has changed"));
            state.pushes[come].known = clock.tick();
            state.come += 1;
        }
        told
    }

    /// When its process could know what had changed until `moment`; `u64::MAX` if it can't know yet.
    pub(crate) fn known(&self, moment: u64) -> u64 {
        let state = self.state();
        let sent = state.pushes.iter().filter(|push| push.began < moment);
        sent.map(|push| push.known).max().unwrap_or(0)
    }
}

impl State {
    fn is_connected(&self) -> bool {
        matches!(self.condition, Condition::Up | Condition::Silent)
    }

    fn up(&mut self) {
        self.condition = Condition::Up;
        self.session += 1;
        self.tell(Tracker::trust);
    }

    fn lose(&mut self, now: u64) {
        self.condition = Condition::Down;
        self.tracked.clear();
        for push in &mut self.pushes[self.come..] {
            push.known = now;
        }
        self.come = self.pushes.len();
    }

    fn push(&mut self, slot: Option<String>, began: u64) {
        self.pushes.push(Push { slot, began, known: u64::MAX });
    }

    fn tell(&self, tell: impl FnOnce(&Tracker)) {
        if let Some(tracker) = &self.tracker {
            tell(tracker);
        }
    }
}

/// A read over a wire, until its process has what it found.
pub(crate) struct Reading {
    wire: Arc<Wire>,
    number: u64,
    session: u64,
    /// How much was sent before its reply.
    before: usize,
}

impl Reading {
    /// The server has read these slots.
    pub(crate) fn done(&mut self, slots: Vec<String>) {
        let mut state = self.wire.state();
        if state.session == self.session {
            // Of the others it was told that they change, if they did.
            let is_kept = |slot: &String| {
                self.wire.mutant != Some(Mutant::TagsUntracked) || !slot.contains("%tag")
            };
            state.tracked.extend(slots.into_iter().filter(is_kept));
        }
        state
            .reads
            .iter_mut()
            .filter(|read| read.number == self.number)
            .for_each(|read| read.is_at_work = false);
        self.before = state.pushes.len();
    }

    /// The reply comes, after all that was sent before it. `false` if the connection is lost, and it with it.
    pub(crate) fn comes(self, clock: &Clock) -> bool {
        let mut state = self.wire.state();
        if state.session != self.session || !state.is_connected() {
            return false;
        }
        let before = self.before;
        self.wire.bring_until(&mut state, before, clock);
        true
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        let number = self.number;
        self.wire.state().reads.retain(|read| read.number != number);
    }
}

impl fmt::Debug for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "read {}", self.number)
    }
}

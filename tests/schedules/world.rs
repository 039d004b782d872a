//! What all actors of one schedule share.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use fastrand::Rng;

use crate::deeds::Tag;
use crate::functions::Read;
use crate::gates::Gates;
use crate::history::{Event, History};
use crate::plan::{Plan, Scene, Slot, Times};
use crate::wires::Wires;

/// Those of a higher rank are the last to go on.
pub(crate) const LAST: u32 = u32::MAX / 16 * 15;

pub(crate) struct World {
    pub(crate) plan: Plan,
    /// What the names of all slots start with.
    pub(crate) start: String,
    pub(crate) clock: Clock,
    pub(crate) database: Database,
    pub(crate) gates: Gates,
    pub(crate) history: History,
    pub(crate) wires: Wires,
    rng: Mutex<Rng>,
    /// Processes that are to be killed now.
    doomed: Mutex<Vec<usize>>,
}

/// Tells what came first.
#[derive(Default)]
pub(crate) struct Clock(AtomicU64);

impl Clock {
    pub(crate) fn tick(&self) -> u64 {
        self.0.fetch_add(1, Ordering::SeqCst)
    }
}

/// A counter for each entry.
#[derive(Default)]
pub(crate) struct Database([AtomicU64; 3]);

impl Database {
    pub(crate) fn version(&self, number: u8) -> u64 {
        self.0[usize::from(number)].load(Ordering::SeqCst)
    }

    /// The version that it then has.
    pub(crate) fn write(&self, number: u8) -> u64 {
        self.0[usize::from(number)].fetch_add(1, Ordering::SeqCst) + 1
    }
}

impl World {
    pub(crate) fn new(plan: Plan, start: String, rng: Rng) -> Self {
        Self {
            plan,
            start,
            clock: Clock::default(),
            database: Database::default(),
            gates: Gates::default(),
            history: History::default(),
            wires: Wires::default(),
            rng: Mutex::new(rng),
            doomed: Mutex::default(),
        }
    }

    pub(crate) fn times(&self) -> Times {
        self.plan.times
    }

    /// One of a hundred.
    pub(crate) fn draw(&self) -> u32 {
        self.rng().u32(..100)
    }

    pub(crate) fn rng(&self) -> std::sync::MutexGuard<'_, Rng> {
        self.rng.lock().unwrap()
    }

    /// A body waits; what is drawn for it, of a hundred.
    pub(crate) async fn pass_body(&self) -> u32 {
        let rank = if self.plan.holds_bodies { LAST.. } else { 0.. };
        let rank = self.rng().u32(rank);
        self.gates.pass(rank).await % 100
    }

    /// A writer waits, not longer than a step.
    pub(crate) async fn pass_writer(&self) {
        let rank = self.rng().u32(..);
        self.gates.pass(rank).await;
    }

    /// A step waits.
    pub(crate) async fn pass_step(&self) {
        if self.plan.is_stepped {
            let rank = self.rng().u32(..);
            self.gates.pass(rank).await;
        }
    }

    /// A step that was told to have failed waits.
    pub(crate) async fn pass_late(&self) {
        let rank = self.rng().u32(..);
        self.gates.pass(rank).await;
    }

    /// Whether steps can be overtaken on their way to the store. Without anything of a fill in the slot, the order of
    /// the commands of one connection is all there is.
    pub(crate) fn has_way_there(&self) -> bool {
        self.plan.scene != Scene::OneProcess
    }

    pub(crate) fn began(&self, read: Read) {
        self.history.push(read.born, Event::Body(read));
    }

    /// The entries under a tag, each with the team whose values are meant if not all are.
    pub(crate) fn under(&self, tag: Tag, slot: Slot) -> Vec<(u8, Option<u8>)> {
        let slots = self.plan.slots.iter().filter(|it| match tag {
            Tag::All => it.kind.has_tags_of_arguments(),
            Tag::Own => it.number == slot.number && it.kind.has_tags_of_arguments(),
            Tag::Team(_) => it.kind.has_tags_of_result(),
        });
        let team = if let Tag::Team(team) = tag { Some(team) } else { None };
        slots.map(|it| (it.number, team)).collect()
    }

    /// The slot of a tag.
    pub(crate) fn tag_slot(&self, tag: Tag, slot: Slot) -> String {
        format!("{}%tag:{}", self.start, slot.tag_text(tag))
    }

    /// That of the tag of a team.
    pub(crate) fn team_slot(&self, team: u8) -> String {
        self.tag_slot(Tag::Team(team), self.plan.slots[0])
    }

    /// The slot of the clock of all tags.
    pub(crate) fn clock_slot(&self) -> String {
        format!("{}%tags", self.start)
    }

    /// Something comes to a process that has not come yet; to which, is drawn. `false` if there is nothing.
    pub(crate) fn bring(&self, rng: &mut Rng) -> bool {
        let expected = self.wires.expected();
        if expected.is_empty() {
            return false;
        }
        let wire = &expected[rng.usize(..expected.len())];
        let told = wire.bring(&self.clock);
        self.history.push(self.clock.tick(), Event::Told(wire.life().process, told));
        true
    }

    /// This process is to be killed.
    pub(crate) fn doom(&self, process: usize) {
        self.doomed.lock().unwrap().push(process);
        self.gates.tell();
    }

    pub(crate) fn next_doomed(&self) -> Option<usize> {
        self.doomed.lock().unwrap().pop()
    }
}

//! What a schedule is made of, drawn from its seed.

use std::time::Duration;

use fastrand::Rng;

use crate::deeds::{Deed, Shares};
use crate::kinds::Kind;

/// What a campaign is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scene {
    /// All there is.
    Whole,
    /// Fills of empty slots only.
    Fills,
    /// Refills of stale values.
    Refills,
    /// `flight = "process"`, whose promise is for the invalidations of the one process that there is.
    OneProcess,
    /// Entries with tags.
    Tags,
    /// Entries whose tags only their values name.
    NamedTags,
    /// Functions that write.
    Writes,
    /// Functions that write, whose process dies.
    Crashes,
    /// Entries with tags, while the store fails now and then.
    Outages,
    /// Values that are kept in the processes.
    Kept,
    /// The same, under tags.
    KeptTags,
}

impl Scene {
    /// Whether it is about what becomes of values that are there.
    fn begins_filled(self) -> bool {
        !matches!(self, Self::Whole | Self::Fills | Self::OneProcess)
    }
}

/// One entry: a function and its argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Slot {
    pub(crate) kind: Kind,
    pub(crate) number: u8,
}

#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a choice of its own")]
pub(crate) struct Plan {
    pub(crate) scene: Scene,
    pub(crate) processes: usize,
    pub(crate) slots: Vec<Slot>,
    pub(crate) actions: Vec<Action>,
    pub(crate) times: Times,
    /// Whether bodies wait until there is little else to do, so that there are many at a time.
    pub(crate) holds_bodies: bool,
    /// Whether the next to go on is the one of the lowest rank, or anyone.
    pub(crate) by_rank: bool,
    /// Whether steps wait at gates; else only bodies do.
    pub(crate) is_stepped: bool,
    /// Whether the steps about tags and writes are one step each, or several single ones.
    pub(crate) is_whole: bool,
    /// Of a hundred bodies that could go on now, how many do not yet, if they are held.
    pub(crate) hold: u32,
    /// Of a hundred choices, how many begin the next action.
    pub(crate) haste: u32,
    /// Of a hundred choices, how many bring to a process what has changed.
    pub(crate) delivery: u32,
    /// Whether the store itself tells of that at once, if it can.
    pub(crate) is_told: bool,
    /// Of a hundred choices, how many wait for the end of a lease.
    pub(crate) patience: u32,
    /// Of a hundred steps, how many fail in one way or another.
    pub(crate) faults: u32,
    /// Of a hundred bodies, how many fail.
    pub(crate) failures: u32,
    /// Whether each entry is called, and its slot filled, before all else.
    pub(crate) begins_with_calls: bool,
    /// Whether all processes call, and keep, each entry before all else.
    pub(crate) begins_kept: bool,
    /// Whether each process calls each entry in the end.
    pub(crate) ends_with_calls: bool,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Times {
    pub(crate) ttl: Duration,
    pub(crate) window: Duration,
    pub(crate) lease: Duration,
    pub(crate) wait: Duration,
    /// How long a writer's intent stands.
    pub(crate) write: Duration,
    /// How long a process keeps a value.
    pub(crate) local: Duration,
    /// The same, where nobody tells it of changes.
    pub(crate) untracked: Duration,
}

/// What an actor does, in which process, about which slot.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Action {
    pub(crate) process: usize,
    pub(crate) slot: usize,
    pub(crate) deed: Deed,
}

impl Plan {
    pub(crate) fn draw(scene: Scene, rng: &mut Rng) -> Self {
        let kinds = Kind::of(scene, rng);
        let processes = match scene {
            Scene::Whole => rng.usize(2..=3),
            Scene::OneProcess => 1,
            _ => rng.usize(1..=2),
        };
        let most = if scene == Scene::Whole { 3 } else { 1 };
        let slots: Vec<Slot> = (0..rng.u8(1..=most).min(rng.u8(1..=most)))
            .map(|number| Slot { kind: kinds[rng.usize(..kinds.len())], number })
            .collect();
        let shares = Shares::draw(scene, rng);
        // The same value is to be read twice, and called a third time.
        let most = if matches!(scene, Scene::Kept | Scene::KeptTags) { 26 } else { 18 };
        let actions = (0..rng.usize(8..=most))
            .map(|_| {
                // The first one most.
                let slot = rng.usize(..slots.len()).min(rng.usize(..slots.len()));
                let deed = Deed::draw(scene, shares, slots[slot].kind, rng);
                Action { process: rng.usize(..processes), slot, deed }
            })
            .collect();
        let with_faults = scene == Scene::Whole && rng.u8(..10) < 4;
        // Many fills of one slot at once are what tells one of them from another.
        let is_narrow = matches!(scene, Scene::Fills | Scene::Refills);
        let holds_bodies = is_narrow || rng.bool();
        Self {
            scene,
            processes,
            slots,
            actions,
            times: Times::draw(scene, rng),
            holds_bodies,
            by_rank: holds_bodies || rng.bool(),
            is_stepped: is_narrow || rng.u8(..10) < 8,
            is_whole: rng.bool(),
            hold: if is_narrow { 95 } else { 75 },
            haste: rng.u32(if scene == Scene::Writes { 40..=80 } else { 5..=50 }),
            delivery: [2, 10, 50][rng.usize(..3)],
            is_told: rng.bool(),
            patience: if rng.u8(..10) < 3 { rng.u32(1..=6) } else { 0 },
            faults: if with_faults { rng.u32(1..=10) } else { 0 },
            failures: if rng.bool() { rng.u32(0..=50) } else { 0 },
            begins_with_calls: rng.bool() || scene.begins_filled(),
            begins_kept: kinds.iter().any(|kind| kind.is_kept()) && rng.u8(..4) > 0,
            ends_with_calls: rng.bool() || scene != Scene::Whole,
        }
    }
}

impl Times {
    fn draw(scene: Scene, rng: &mut Rng) -> Self {
        let mut of = |millis: &[u64]| Duration::from_millis(millis[rng.usize(..millis.len())]);
        let ttl = of(&[3, 10, LONG, LONG, LONG, LONG]);
        let window = of(&[10, LONG, LONG]);
        let (lease, wait) = (of(&[20, 100, 300]), of(&[0, 5, 30, 100]));
        let write = of(&[20, 100, 300]);
        let (local, untracked) = (of(&[30, LONG, LONG]), of(&[30, 100]));
        let long = Duration::from_millis(LONG);
        match scene {
            Scene::Whole | Scene::OneProcess => {
                Self { ttl, window, lease, wait, write, local, untracked }
            }
            // The end of an intent is a part of what is to be caught.
            Scene::Crashes => {
                let (ttl, window, write) = (long, long, of(&[10, 30]));
                Self { ttl, window, lease, wait, write, local: long, untracked }
            }
            // What is to be caught takes several turns, and nothing is to end before.
            _ => {
                let lease = Duration::from_millis(300);
                let (ttl, window, write) = (long, long, long);
                Self { ttl, window, lease, wait, write, local: long, untracked }
            }
        }
    }
}

/// Longer than any schedule, in milliseconds.
const LONG: u64 = 60_000;

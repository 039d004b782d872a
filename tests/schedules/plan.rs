//! What a schedule is made of, drawn from its seed.

use std::time::Duration;

use fastrand::Rng;

use crate::functions::Kind;

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
    /// Of a hundred bodies that could go on now, how many do not yet, if they are held.
    pub(crate) hold: u32,
    /// Of a hundred choices, how many begin the next action.
    pub(crate) haste: u32,
    /// Of a hundred choices, how many wait for the end of a lease.
    pub(crate) patience: u32,
    /// Of a hundred steps, how many fail in one way or another.
    pub(crate) faults: u32,
    /// Of a hundred bodies, how many fail.
    pub(crate) failures: u32,
    /// Whether each entry is called, and its slot filled, before all else.
    pub(crate) begins_with_calls: bool,
    /// Whether each process calls each entry in the end.
    pub(crate) ends_with_calls: bool,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Times {
    pub(crate) ttl: Duration,
    pub(crate) window: Duration,
    pub(crate) lease: Duration,
    pub(crate) wait: Duration,
}

/// What an actor does, in which process, about which slot.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Action {
    pub(crate) process: usize,
    pub(crate) slot: usize,
    pub(crate) deed: Deed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deed {
    Call,
    /// It is dropped at that poll, if it gets there.
    CancelledCall(u32),
    Refresh,
    /// By its entry, without a body.
    Get,
    Invalidate,
    /// By a client that knows nothing of caches.
    Unlink,
    /// As `Unlink`, and the database has not changed.
    Evict,
    /// The same, of the lock beside the slot.
    EvictLock,
    Clear,
    InvalidatePrefix,
    Expire,
}

impl Plan {
    pub(crate) fn draw(scene: Scene, rng: &mut Rng) -> Self {
        let kinds: &[Kind] = match scene {
            Scene::Whole => &Kind::OF_ALL_PROCESSES,
            Scene::Fills => &[Kind::Plain],
            Scene::Refills => &[Kind::Revalidate, Kind::Revalidate, Kind::IfError, Kind::Both],
            Scene::OneProcess => &[Kind::Process],
        };
        let processes = match scene {
            Scene::Whole => rng.usize(2..=3),
            Scene::Fills | Scene::Refills => rng.usize(1..=2),
            Scene::OneProcess => 1,
        };
        let most = if scene == Scene::Whole { 3 } else { 1 };
        let slots: Vec<Slot> = (0..rng.u8(1..=most).min(rng.u8(1..=most)))
            .map(|number| Slot { kind: kinds[rng.usize(..kinds.len())], number })
            .collect();
        let emptyings = rng.u32(10..=45);
        let actions = (0..rng.usize(8..=18))
            .map(|_| Action {
                process: rng.usize(..processes),
                // The first one most.
                slot: rng.usize(..slots.len()).min(rng.usize(..slots.len())),
                deed: Deed::draw(scene, emptyings, rng),
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
            hold: if is_narrow { 95 } else { 75 },
            haste: rng.u32(5..=50),
            patience: if rng.u8(..10) < 3 { rng.u32(1..=6) } else { 0 },
            faults: if with_faults { rng.u32(1..=10) } else { 0 },
            failures: if rng.bool() { rng.u32(0..=50) } else { 0 },
            begins_with_calls: rng.bool() || scene == Scene::Refills,
            ends_with_calls: rng.bool() || scene != Scene::Whole,
        }
    }
}

impl Times {
    fn draw(scene: Scene, rng: &mut Rng) -> Self {
        let mut of = |millis: &[u64]| Duration::from_millis(millis[rng.usize(..millis.len())]);
        let ttl = of(&[3, 10, LONG, LONG, LONG, LONG]);
        let window = of(&[10, LONG, LONG]);
        let (lease, wait) = (of(&[15, 50, 300]), of(&[0, 5, 30, 150]));
        match scene {
            Scene::Whole | Scene::OneProcess => Self { ttl, window, lease, wait },
            // What is to be caught takes several turns, and nothing is to end before.
            Scene::Fills | Scene::Refills => {
                let long = Duration::from_millis(LONG);
                Self { ttl: long, window: long, lease: Duration::from_millis(300), wait }
            }
        }
    }
}

/// Longer than any schedule, in milliseconds.
const LONG: u64 = 60_000;

impl Deed {
    /// `emptyings` of a hundred take a value away.
    fn draw(scene: Scene, emptyings: u32, rng: &mut Rng) -> Self {
        use Deed::{
            Call, CancelledCall, Clear, Evict, EvictLock, Expire, Get, Invalidate,
            InvalidatePrefix, Refresh, Unlink,
        };
        let own = [Invalidate, Invalidate, Invalidate, Invalidate, Clear, InvalidatePrefix];
        let of_others = [Unlink, Unlink, Unlink, Evict, EvictLock];
        let is_emptying = rng.u32(..100) < emptyings;
        match rng.usize(..16) {
            roll @ 0..6 if is_emptying => own[roll],
            roll @ 6..11 if is_emptying && scene != Scene::OneProcess => of_others[roll - 6],
            _ if is_emptying && scene != Scene::OneProcess => Expire,
            _ if is_emptying => Invalidate,
            0 | 1 if scene != Scene::Fills => CancelledCall(rng.u32(1..=12)),
            2 | 3 if scene == Scene::Whole => Refresh,
            4 => Get,
            _ => Call,
        }
    }
}

//! What an actor does.

use fastrand::Rng;

use crate::kinds::Kind;
use crate::plan::Scene;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deed {
    Call,
    /// It is dropped at that poll, if it gets there.
    CancelledCall(u32),
    Refresh,
    /// By its entry, without a body.
    Get,
    Invalidate,
    InvalidateTag(Tag),
    /// Two of them: that of all arguments, and of a team.
    InvalidateTags,
    /// By a client that knows nothing of caches.
    Unlink,
    /// As `Unlink`, and the database has not changed.
    Evict,
    /// The same, of the lock beside the slot.
    EvictLock,
    /// The same, of the slot of a tag.
    EvictTag(Tag),
    /// The same, of the clock of all tags.
    EvictClock,
    Clear,
    InvalidatePrefix,
    Expire,
    /// A value that was read some time before, by its entry.
    Put,
    Write(Pen, Fate),
    /// The process is killed, and another takes its place.
    Kill,
    /// The store fails for a process, until further notice: whether it says so before it is asked.
    Away(bool),
    Back,
    /// What tells a process of changes is lost.
    Sever,
    /// It is not trusted for a while.
    Silence,
    /// The server can't remember what it would tell of, and tells of it now: of all at once, or one by one.
    Overflow(bool),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tag {
    /// Of all entries whose arguments name tags.
    All,
    /// Of that one entry.
    Own,
    /// Of the values of this team.
    Team(u8),
}

/// Which function writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pen {
    Invalidate,
    Put,
    Tag(Tag),
    /// A value, and a tag.
    Both,
    /// What is to be invalidated is known only after the body.
    Late,
}

/// What becomes of a writer's body, before or after its commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    Returns,
    /// The call is dropped at that poll, if it gets there.
    Cancelled(u32),
    Stops(Stop, When),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    Fails,
    Panics,
    IsDropped,
    /// Its process is killed.
    Dies,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    BeforeCommit,
    AfterCommit,
}

/// How often things happen, of a hundred.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shares {
    /// That take a value away.
    emptyings: u32,
    writes: u32,
    /// Writers, that do not return.
    stops: u32,
    kills: bool,
    outages: bool,
    /// What becomes of the connections that tell of changes.
    wires: bool,
}

impl Shares {
    pub(crate) fn draw(scene: Scene, rng: &mut Rng) -> Self {
        let is_kept = matches!(scene, Scene::Kept | Scene::KeptTags);
        let emptyings = if is_kept { rng.u32(5..=25) } else { rng.u32(10..=45) };
        let (writes, stops, kills, outages) = match scene {
            Scene::Whole => (rng.u32(0..=60), rng.u32(0..=60), rng.u8(..4) == 0, rng.u8(..4) == 0),
            Scene::Tags | Scene::NamedTags | Scene::Outages => {
                (0, 0, false, scene == Scene::Outages)
            }
            Scene::Writes => (65, 5, false, false),
            Scene::Crashes => (40, 60, false, false),
            Scene::Kept => (8, 20, false, false),
            Scene::Fills | Scene::Refills | Scene::OneProcess | Scene::KeptTags => {
                (0, 0, false, false)
            }
        };
        let wires = is_kept || (scene == Scene::Whole && rng.bool());
        Self { emptyings, writes, stops, kills, outages, wires }
    }
}

impl Deed {
    pub(crate) fn draw(scene: Scene, shares: Shares, kind: Kind, rng: &mut Rng) -> Self {
        let mut roll = || rng.u32(..100);
        let (is_emptying, is_write, is_rare) =
            (roll() < shares.emptyings, roll() < shares.writes, roll() < 12);
        if shares.outages && is_rare {
            return if rng.bool() { Self::Away(rng.bool()) } else { Self::Back };
        }
        if shares.wires && is_rare && rng.bool() {
            return [Self::Sever, Self::Silence, Self::Overflow(rng.bool())][rng.usize(..3)];
        }
        if shares.kills && is_rare && rng.u8(..3) == 0 {
            return Self::Kill;
        }
        if is_write {
            return Self::Write(Pen::draw(kind, rng), Fate::draw(shares, rng));
        }
        if is_emptying {
            return Self::emptying(scene, kind, rng);
        }
        match rng.usize(..16) {
            0 | 1 if scene != Scene::Fills => Self::CancelledCall(rng.u32(1..=12)),
            2 | 3 if scene == Scene::Whole => Self::Refresh,
            4 => Self::Get,
            _ => Self::Call,
        }
    }

    fn emptying(scene: Scene, kind: Kind, rng: &mut Rng) -> Self {
        let tag = kind.draw_tag(rng);
        let roll = rng.usize(..16);
        let of_tag = match tag {
            Some(_) if roll == 3 => Self::InvalidateTags,
            Some(tag) => Self::InvalidateTag(tag),
            None => Self::Invalidate,
        };
        if matches!(scene, Scene::Tags | Scene::NamedTags | Scene::Outages | Scene::KeptTags) {
            return if roll < 12 { of_tag } else { Self::Invalidate };
        }
        match roll {
            _ if scene == Scene::OneProcess => match roll {
                4 => Self::Clear,
                5 => Self::InvalidatePrefix,
                _ => Self::Invalidate,
            },
            0 | 1 => Self::Invalidate,
            2 | 3 => of_tag,
            4 => Self::Clear,
            5 => Self::InvalidatePrefix,
            6 | 7 => Self::Unlink,
            8 => Self::Evict,
            9 => Self::EvictLock,
            10 => tag.map_or(Self::Unlink, Self::EvictTag),
            11 => {
                if tag.is_some() {
                    Self::EvictClock
                } else {
                    Self::Unlink
                }
            }
            12 | 13 if scene == Scene::Whole => Self::Put,
            _ => Self::Expire,
        }
    }
}

impl Pen {
    fn draw(kind: Kind, rng: &mut Rng) -> Self {
        let tag = kind.draw_tag(rng);
        match rng.u8(..8) {
            0 | 1 => Self::Invalidate,
            2 => Self::Late,
            3 | 4 => tag.map_or(Self::Put, Self::Tag),
            5 if tag.is_some() => Self::Both,
            _ => Self::Put,
        }
    }
}

impl Fate {
    fn draw(shares: Shares, rng: &mut Rng) -> Self {
        if rng.u32(..100) >= shares.stops {
            return Self::Returns;
        }
        let when = if rng.u8(..4) == 0 { When::BeforeCommit } else { When::AfterCommit };
        let stops = [Stop::Fails, Stop::Panics, Stop::IsDropped, Stop::Dies, Stop::Dies];
        match rng.usize(..6) {
            roll @ ..5 => Self::Stops(stops[roll], when),
            _ => Self::Cancelled(rng.u32(1..=12)),
        }
    }
}

//! The functions that write.

use std::panic::resume_unwind;
use std::sync::Arc;

use cached_runtime::{cache_invalidate, cache_put};
use tokio::sync::Notify;

use crate::deeds::{Fate, Pen, Stop, Tag, When};
use crate::functions::{Answer, Failure, Origin, Panic, Read};
use crate::history::Event;
use crate::plan::{Action, Slot};
use crate::world::World;
use crate::writes::{Commit, Cover, Writing};

/// What a function that writes knows.
#[derive(Clone)]
pub(crate) struct Job {
    pub(crate) world: Arc<World>,
    pub(crate) action: Action,
    pub(crate) slot: Slot,
    pub(crate) fate: Fate,
    pub(crate) writing: Writing,
    /// Its caller is to drop it.
    pub(crate) drops: Arc<Notify>,
}

#[cache_invalidate(Slot::call(job.slot, Arc::clone(&job.world)), lease = job.world.times().write)]
async fn invalidating(job: Job) -> Answer {
    job.write().await
}

#[cache_put(Slot::call(job.slot, Arc::clone(&job.world)), lease = job.world.times().write)]
async fn putting(job: Job) -> Answer {
    job.write().await
}

#[cache_invalidate(tags = ["all"], lease = job.world.times().write)]
async fn of_all(job: Job) -> Answer {
    job.write().await
}

#[cache_invalidate(tags = ["n:{job.slot.number}"], lease = job.world.times().write)]
async fn of_one(job: Job) -> Answer {
    job.write().await
}

#[cache_invalidate(tags = ["team:{team}"], lease = job.world.times().write)]
async fn of_team(job: Job, team: u8) -> Answer {
    job.write().await
}

#[cache_put(
    Slot::call(job.slot, Arc::clone(&job.world)),
    value = *result,
    tags = ["all"],
    lease = job.world.times().write
)]
async fn putting_under_a_tag(job: Job) -> Answer {
    job.write().await
}

#[cache_invalidate(
    Slot::call(Slot { kind, number: result.number }, Arc::clone(&world)),
    tags = ["n:{result.number}"]
)]
async fn late(job: Job, kind: crate::kinds::Kind, world: Arc<World>) -> Answer {
    job.write().await
}

impl Pen {
    pub(crate) async fn write(self, job: Job) -> Answer {
        match self {
            Self::Invalidate => invalidating(job).await,
            Self::Put => putting(job).await,
            Self::Tag(Tag::All) => of_all(job).await,
            Self::Tag(Tag::Own) => of_one(job).await,
            Self::Tag(Tag::Team(team)) => of_team(job, team).await,
            Self::Both => putting_under_a_tag(job).await,
            Self::Late => {
                let (kind, world) = (job.slot.kind, Arc::clone(&job.world));
                late(job, kind, world).await
            }
        }
    }

    /// What it writes, and through which slots.
    pub(crate) fn covers(self, world: &World, slot: Slot, key: &str) -> Vec<Cover> {
        let cover = |number, team, slot: String| Cover { number, team, slot, version: 0 };
        let entry = || cover(slot.number, None, key.to_owned());
        let under = |tag| {
            let through = world.tag_slot(tag, slot);
            world
                .under(tag, slot)
                .into_iter()
                .map(move |(number, team)| cover(number, team, through.clone()))
        };
        match self {
            Self::Invalidate | Self::Put | Self::Late => vec![entry()],
            Self::Tag(tag) => under(tag).collect(),
            Self::Both => [entry()].into_iter().chain(under(Tag::All)).collect(),
        }
    }
}

impl Job {
    async fn write(self) -> Answer {
        let Self { world, slot, writing, .. } = &self;
        world.pass_writer().await;
        let version = world.database.version(slot.number);
        let read =
            Read { number: slot.number, born: world.clock.tick(), version, origin: Origin::Writer };
        self.stop(When::BeforeCommit, read).await?;
        let version = self.commit();
        let read =
            Read { version: version.unwrap_or(read.version), born: world.clock.tick(), ..read };
        world.pass_writer().await;
        self.stop(When::AfterCommit, read).await?;
        writing.lock().unwrap().ends = Some(world.clock.tick());
        Ok(read)
    }

    /// The version that the entry of the job then has.
    fn commit(&self) -> Option<u64> {
        let mut writing = self.writing.lock().unwrap();
        let mut of_slot = None;
        let mut written = Vec::new();
        for cover in &mut writing.covers {
            let before = written.iter().find(|(number, _)| *number == cover.number);
            let version =
                before.map_or_else(|| self.world.database.write(cover.number), |(_, it)| *it);
            written.push((cover.number, version));
            cover.version = version;
            if cover.number == self.slot.number {
                of_slot = Some(version);
            }
        }
        let (at, time) = (self.world.clock.tick(), std::time::Instant::now());
        writing.commit = Some(Commit { at, time });
        self.world.history.push(at, Event::Committed(self.action, of_slot));
        of_slot
    }

    async fn stop(&self, when: When, read: Read) -> Result<(), Failure> {
        match self.fate {
            Fate::Stops(stop, then) if then == when => match stop {
                Stop::Fails => return Err(Failure(read)),
                // Quietly: no hook prints it.
                Stop::Panics => resume_unwind(Box::new(Panic)),
                Stop::IsDropped => self.drops.notify_one(),
                Stop::Dies => self.world.doom(self.action.process),
            },
            _ => return Ok(()),
        }
        std::future::pending().await
    }
}

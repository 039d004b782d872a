//! What random schedules have found, step by step.

use std::sync::Arc;
use std::time::Duration;

use cached_runtime::{Cache, MemoryStore, Outcome, Store, observe};
use fastrand::Rng;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use crate::functions::Read;
use crate::kinds::Kind;
use crate::life::Life;
use crate::plan::{Plan, Scene, Slot, Times};
use crate::steered::Steered;
use crate::world::World;

const SLOT: u8 = 0;

struct Stage {
    world: Arc<World>,
    /// Two processes.
    caches: [Cache; 2],
    lives: [Arc<Life>; 2],
    slot: Slot,
}

impl Stage {
    fn new(kind: Kind, scene: Scene, is_stepped: bool) -> Self {
        let plan = Plan::draw(scene, &mut Rng::with_seed(1));
        let times = Times {
            ttl: Duration::from_secs(60),
            window: Duration::from_secs(60),
            lease: Duration::from_secs(1),
            wait: Duration::from_secs(60),
            write: Duration::from_secs(1),
            local: Duration::from_secs(60),
            untracked: Duration::from_secs(1),
        };
        let plan = Plan { times, is_stepped, faults: 0, failures: 0, holds_bodies: false, ..plan };
        let world = Arc::new(World::new(plan, String::new(), Rng::with_seed(1)));
        let store: Arc<dyn Store> = Arc::new(MemoryStore::default());
        let lives = [0, 1].map(|process| Arc::new(Life::new(process, process)));
        let caches = [0, 1].map(|process: usize| {
            let steered = Steered::new(Arc::clone(&store), &world, &lives[process], None);
            let cache = Cache::builder().store(steered).op_timeout(Duration::from_secs(60));
            cache.build().expect("good settings")
        });
        Self { world, caches, lives, slot: Slot { kind, number: SLOT } }
    }

    fn call(&self, process: usize) -> JoinHandle<(Read, Outcome)> {
        let (slot, world) = (self.slot, Arc::clone(&self.world));
        let call = self.caches[process].scope(async move { observe(slot.call(world)).await });
        tokio::spawn(async move {
            let (answer, outcome) = call.await;
            (answer.expect("its body does not fail"), outcome)
        })
    }

    fn invalidate(&self) -> JoinHandle<()> {
        let (slot, world) = (self.slot, Arc::clone(&self.world));
        self.world.database.write(SLOT);
        let done = self.caches[0].scope(async move { slot.call_entry(world).invalidate().await });
        tokio::spawn(async move { done.await.expect("the store does not fail") })
    }

    fn expire(&self) -> JoinHandle<()> {
        let (slot, world) = (self.slot, Arc::clone(&self.world));
        self.world.database.write(SLOT);
        let done = self.caches[0].scope(async move { slot.call_entry(world).expire().await });
        tokio::spawn(async move { done.await.expect("the store does not fail") })
    }

    /// Opens the gates of those who came last until `actor` has ended.
    async fn finish<T>(&self, actor: JoinHandle<T>) -> T {
        while !actor.is_finished() {
            self.open_last().await;
            settle().await;
        }
        actor.await.expect("it does not panic")
    }

    async fn open_last(&self) {
        settle().await;
        let opened = timeout(Duration::from_secs(1), self.world.gates.open_last()).await;
        opened.expect("somebody is before a gate");
    }

    /// As `open_last`, before anything is tried again.
    async fn open_last_soon(&self) {
        sleep(Duration::from_millis(5)).await;
        let opened = timeout(Duration::from_millis(1), self.world.gates.open_last()).await;
        opened.expect("somebody is before a gate");
    }

    async fn open_first(&self) {
        settle().await;
        let opened = timeout(Duration::from_secs(1), self.world.gates.open_first()).await;
        opened.expect("somebody is before a gate");
    }
}

/// Lets all go on as far as they get: the clock is paused, and goes on when nothing else does.
async fn settle() {
    sleep(Duration::from_millis(100)).await;
}

/// Of a flight that has timed out only its leader is left, and its number may belong to another one by now.
#[tokio::test(start_paused = true)]
async fn a_fill_that_took_too_long_is_not_handed_to_those_who_follow_the_next() {
    let stage = Stage::new(Kind::Plain, Scene::Whole, false);
    let slow = stage.call(0);
    settle().await;
    // Longer than the lease: the body goes on, and nobody follows it any more.
    sleep(Duration::from_secs(2)).await;
    stage.invalidate().await.unwrap();
    let next = stage.call(0);
    settle().await;
    let follower = stage.call(0);
    settle().await;
    let mut rng = Rng::new();
    // First the body that began first.
    let mut gates = 0;
    while stage.world.gates.open(&mut rng, true, u32::MAX) {
        settle().await;
        gates += 1;
    }
    assert_eq!(gates, 2, "two bodies");
    let (slow, next, follower) = tokio::join!(slow, next, follower);
    assert_eq!((slow.unwrap().0.version, next.unwrap().0.version), (0, 1));
    let (read, outcome) = follower.unwrap();
    assert_eq!((read.version, outcome), (1, Outcome::Shared));
}

/// It is not in the store yet, and an invalidation comes between.
#[tokio::test(start_paused = true)]
async fn a_fill_that_has_landed_is_not_handed_to_a_call_after_an_invalidation() {
    let stage = Stage::new(Kind::Process, Scene::OneProcess, true);
    let first = stage.call(0);
    // The reply of its read, and its body: now it stores what it has.
    stage.open_last().await;
    stage.open_last().await;
    settle().await;
    let invalidation = stage.invalidate();
    stage.open_last().await;
    invalidation.await.unwrap();
    let second = stage.call(0);
    // The reply of its read; its body; the reply of its writing.
    for _ in 0..3 {
        stage.open_last().await;
    }
    assert_eq!(second.await.unwrap().0.version, 1);
    stage.open_last().await;
    assert_eq!(first.await.unwrap().0.version, 0);
}

/// What another process puts into the slot between a read and an acquire may have been expired again.
#[tokio::test(start_paused = true)]
async fn what_an_acquire_finds_is_not_fresh_if_it_was_expired_since() {
    let stage = Stage::new(Kind::IfError, Scene::Whole, true);
    let reader = stage.call(1);
    // It is on the way back with nothing, until further notice.
    stage.open_last().await;
    settle().await;
    stage.finish(stage.call(0)).await;
    stage.finish(stage.expire()).await;
    let follower = stage.call(1);
    stage.finish(reader).await;
    let (read, outcome) = stage.finish(follower).await;
    assert_eq!(read.version, 1, "{outcome:?}");
}

/// A call that waits for another process reads, and keeps, what an invalidation of its own process was to take away.
#[tokio::test(start_paused = true)]
async fn what_is_kept_after_an_invalidation_has_failed_is_not_served() {
    let stage = Stage::new(Kind::Kept, Scene::Whole, true);
    let leader = stage.call(1);
    // Its read and its acquire, there and back. Its body is held.
    for _ in 0..4 {
        stage.open_last().await;
    }
    let follower = stage.call(0);
    stage.open_last().await;
    stage.open_last().await;
    // It has found the lease, and looks again.
    sleep(Duration::from_millis(5)).await;
    let entry = {
        let (slot, world) = (stage.slot, Arc::clone(&stage.world));
        stage.caches[0].scope(async move { slot.call_entry(world) }).await
    };
    stage.world.database.write(SLOT);
    stage.lives[0].lose_store(false);
    entry.invalidate().await.expect_err("the store is away");
    stage.lives[0].find_store();
    // The follower finds the lease again, before the failure is made up for, and again, as it may have changed.
    for _ in 0..4 {
        stage.open_last_soon().await;
    }
    // The body goes on, and its value is committed. The follower is told, and finds it. What makes up for the failure is
    // held.
    stage.open_first().await;
    stage.open_last().await;
    sleep(Duration::from_millis(5)).await;
    while stage.world.bring(&mut Rng::new()) {}
    stage.open_last().await;
    stage.open_last().await;
    let (read, outcome) = follower.await.unwrap();
    assert_eq!((read.version, outcome), (0, Outcome::Hit));
    let (read, outcome) = stage.finish(stage.call(0)).await;
    assert_eq!((read.version, outcome), (1, Outcome::Bypass));
    stage.finish(leader).await;
}

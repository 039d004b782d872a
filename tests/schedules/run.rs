//! Runs one schedule.

use std::sync::Arc;
use std::time::Duration;

use cached_runtime::{Cache, Store};
use fastrand::Rng;
use tokio::task::{JoinError, JoinSet};
use tokio::time::{sleep, timeout};

use crate::calls::Actor;
use crate::functions::Panic;
use crate::mutants::Mutant;
use crate::plan::{Action, Deed, Plan, Scene};
use crate::store::Steered;
use crate::world::{LAST, World};

/// Far longer than any: one that takes so long hangs.
const LIMIT: Duration = Duration::from_secs(60);

/// The connections that a schedule uses.
#[derive(Clone)]
pub(crate) struct Stores {
    /// One for each process.
    pub(crate) processes: Vec<Arc<dyn Store>>,
    pub(crate) bare: Arc<dyn Store>,
}

pub(crate) struct Schedule {
    pub(crate) world: Arc<World>,
    pub(crate) caches: Vec<Cache>,
    bare: Arc<dyn Store>,
    /// What decides; the world has another, so that it is the same choices whoever draws in between.
    rng: Rng,
    actors: JoinSet<()>,
}

impl Schedule {
    pub(crate) fn new(seed: u64, scene: Scene, mutant: Option<Mutant>, stores: &Stores) -> Self {
        let mut rng = Rng::with_seed(seed);
        let plan = Plan::draw(scene, &mut rng);
        let world = Arc::new(World::new(plan, rng.fork()));
        let cache_of = |process: usize| {
            let inner = Arc::clone(&stores.processes[process]);
            Cache::builder()
                .store(Steered::new(inner, &world, process, mutant))
                .namespace(format!("s{seed:x}"))
                .op_timeout(LIMIT)
                .build()
                .expect("good settings")
        };
        let caches = (0..world.plan.processes).map(cache_of).collect();
        let bare = Arc::clone(&stores.bare);
        Self { world, caches, bare, rng, actors: JoinSet::new() }
    }

    /// What went wrong, the promise aside.
    pub(crate) async fn run(&mut self) -> Option<String> {
        let ended = timeout(LIMIT, self.play()).await;
        let problem = match ended {
            Ok(Ok(())) => None,
            Ok(Err(problem)) => Some(problem),
            Err(_) => Some("it hangs".to_owned()),
        };
        self.clean_up().await;
        problem
    }

    async fn play(&mut self) -> Result<(), String> {
        let plan = &self.world.plan;
        let calls_of = |process| {
            (0..plan.slots.len()).map(move |slot| Action { process, slot, deed: Deed::Call })
        };
        let first = calls_of(0).take(if plan.begins_with_calls { usize::MAX } else { 0 }).collect();
        let actions = plan.actions.iter().copied().collect();
        let ending = if plan.ends_with_calls { plan.processes } else { 0 };
        let last = (0..ending).flat_map(calls_of).collect();
        for part in [first, actions, last] {
            self.steer(part).await?;
        }
        self.shut_down().await;
        Ok(())
    }

    /// Lets the actors act until all have ended.
    async fn steer(
        &mut self,
        mut actions: std::collections::VecDeque<Action>,
    ) -> Result<(), String> {
        loop {
            self.settle().await;
            while let Some(ended) = self.actors.try_join_next() {
                judge(ended)?;
            }
            if self.actors.is_empty() && actions.is_empty() {
                return Ok(());
            }
            if self.rng.u32(..100) < self.world.plan.patience {
                sleep(self.world.times().lease + Duration::from_millis(1)).await;
            }
            let starts = self.rng.u32(..100) < self.world.plan.haste;
            let plan = &self.world.plan;
            let holds = plan.holds_bodies && !actions.is_empty() && self.rng.u32(..100) < plan.hold;
            if !starts && self.open(if holds { LAST } else { u32::MAX }) {
                continue;
            }
            if let Some(action) = actions.pop_front() {
                let actor = Actor {
                    world: Arc::clone(&self.world),
                    cache: self.caches[action.process].clone(),
                    bare: Arc::clone(&self.bare),
                    action,
                };
                self.actors.spawn(actor.act());
            } else if !self.open(u32::MAX) {
                // Whoever is left waits for a clock.
                tokio::select! {
                    () = self.world.gates.changed() => {}
                    // What an actor does last is not yet its end.
                    Some(ended) = self.actors.join_next() => judge(ended)?,
                }
            }
        }
    }

    /// Ends what goes on in the background.
    async fn shut_down(&mut self) {
        let caches = self.caches.clone();
        let mut ended = tokio::spawn(async move {
            for cache in caches {
                cache.shutdown().await;
            }
        });
        loop {
            while self.open(u32::MAX) {}
            tokio::select! {
                _ = &mut ended => return,
                () = self.world.gates.changed() => {}
            }
        }
    }

    /// Leaves nothing for the server to keep.
    async fn clean_up(&mut self) {
        self.actors.shutdown().await;
        for slot in self.world.plan.slots.clone() {
            let world = Arc::clone(&self.world);
            let entry = self.caches[0].scope(async move { slot.entry(world) }).await;
            for name in [entry.key().to_owned(), format!("{}:refill", entry.key())] {
                // It ends by itself, otherwise.
                let _ = self.bare.delete(&name).await;
            }
        }
    }

    async fn settle(&mut self) {
        if self.world.plan.is_stepped {
            self.world.gates.quiet().await;
        } else {
            for _ in 0..self.rng.u32(1..8) {
                tokio::task::yield_now().await;
            }
        }
    }

    fn open(&mut self, most: u32) -> bool {
        let by_rank = self.world.plan.by_rank;
        self.world.gates.open(&mut self.rng, by_rank, most)
    }
}

/// An actor may panic only as its body does.
fn judge(ended: Result<(), JoinError>) -> Result<(), String> {
    match ended.map_err(JoinError::try_into_panic) {
        Ok(()) => Ok(()),
        Err(Ok(panic)) if panic.is::<Panic>() => Ok(()),
        Err(_) => Err("an actor has panicked".to_owned()),
    }
}

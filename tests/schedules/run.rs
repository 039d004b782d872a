//! Runs one schedule.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use cached_runtime::Store;
use fastrand::Rng;
use tokio::task::{JoinError, JoinSet};
use tokio::time::{Instant, sleep, timeout, timeout_at};

use crate::calls::Actor;
use crate::deeds::Deed;
use crate::fleet::Fleet;
use crate::functions::Panic;
use crate::mutants::Mutant;
use crate::plan::{Action, Plan, Scene, Times};
use crate::world::{LAST, World};

/// Far longer than any: one that takes so long hangs.
const LIMIT: Duration = Duration::from_secs(60);

/// With more, the few that wait so often would take the time of many others.
const NAPS: u32 = 4;

/// Enough for the first attempts to make up for invalidations that have failed.
const REPLAY: Duration = Duration::from_millis(80);

/// The connections that a schedule uses.
#[derive(Clone)]
pub(crate) struct Stores {
    /// One for each process.
    pub(crate) processes: Vec<Arc<dyn Store>>,
    pub(crate) bare: Arc<dyn Store>,
    /// Whether they are one store in this process, which tells of what changes.
    pub(crate) tell: bool,
}

pub(crate) struct Schedule {
    pub(crate) world: Arc<World>,
    pub(crate) fleet: Fleet,
    bare: Arc<dyn Store>,
    /// What decides; the world has another, so that it is the same choices whoever draws in between.
    rng: Rng,
    actors: JoinSet<()>,
    /// How often it still waits for the end of a lease.
    naps: u32,
}

impl Schedule {
    pub(crate) fn new(seed: u64, scene: Scene, mutant: Option<Mutant>, stores: &Stores) -> Self {
        let mut rng = Rng::with_seed(seed);
        let plan = Plan::draw(scene, &mut rng);
        let namespace = format!("s{seed:x}");
        let world = Arc::new(World::new(plan, format!("{namespace}:"), rng.fork()));
        let fleet = Fleet::new(&world, stores, namespace, LIMIT, mutant);
        let bare = Arc::clone(&stores.bare);
        Self { world, fleet, bare, rng, actors: JoinSet::new(), naps: NAPS }
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
        let calls_in = |processes| -> VecDeque<_> { (0..processes).flat_map(calls_of).collect() };
        let first = calls_in(usize::from(plan.begins_with_calls));
        // What one call puts there, or finds, the next one keeps.
        let kept = calls_in(if plan.begins_kept { plan.processes } else { 0 });
        let actions = plan.actions.iter().copied().collect();
        let last = calls_in(if plan.ends_with_calls { plan.processes } else { 0 });
        for part in [first, kept.clone(), kept, actions] {
            self.steer(part).await?;
        }
        self.recover().await;
        self.steer(last).await?;
        self.shut_down().await;
        Ok(())
    }

    /// Lets the actors act until all have ended.
    async fn steer(&mut self, mut actions: VecDeque<Action>) -> Result<(), String> {
        loop {
            self.settle().await;
            while let Some(ended) = self.actors.try_join_next() {
                judge(ended)?;
            }
            while let Some(process) = self.world.next_doomed() {
                self.fleet.kill(process);
            }
            if self.actors.is_empty() && actions.is_empty() {
                return Ok(());
            }
            if self.naps > 0 && self.rng.u32(..100) < self.world.plan.patience {
                let Times { lease, write, .. } = self.world.times();
                sleep(lease.min(write) + Duration::from_millis(1)).await;
                self.naps -= 1;
            }
            let starts = self.rng.u32(..100) < self.world.plan.haste;
            let plan = &self.world.plan;
            let holds = plan.holds_bodies && !actions.is_empty() && self.rng.u32(..100) < plan.hold;
            if !starts && self.open(if holds { LAST } else { u32::MAX }) {
                continue;
            }
            if let Some(action) = actions.pop_front() {
                self.begin(action);
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

    fn begin(&mut self, action: Action) {
        let process = action.process;
        match action.deed {
            Deed::Kill => self.fleet.kill(process),
            Deed::Away(says_so) => self.fleet.lose_store(process, says_so),
            Deed::Back => self.fleet.find_store(process),
            Deed::Sever | Deed::Silence | Deed::Overflow(_) => {
                self.fleet.disturb(process, action.deed);
            }
            _ => {
                let actor = Actor {
                    world: Arc::clone(&self.world),
                    cache: self.fleet.cache(process),
                    emptying: self.fleet.emptying(process),
                    life: self.fleet.life(process),
                    bare: Arc::clone(&self.bare),
                    action,
                };
                let actor = self.actors.spawn(actor.act());
                self.fleet.adopt(process, actor);
            }
        }
    }

    /// All stores are there again. Sometimes there is the time to make up for what has failed.
    async fn recover(&mut self) {
        let away = 0..self.world.plan.processes;
        let away: Vec<usize> = away.filter(|process| self.fleet.is_away(*process)).collect();
        for process in &away {
            self.fleet.find_store(*process);
        }
        let until = Instant::now() + if self.rng.bool() { REPLAY } else { Duration::ZERO };
        let is_over = |fleet: &Fleet| {
            let is_back = away.iter().all(|process| !fleet.is_away(*process));
            is_back && (away.is_empty() || Instant::now() >= until)
        };
        while !is_over(&self.fleet) {
            while self.open(u32::MAX) {}
            let soon = Instant::now() + Duration::from_millis(5);
            let _ = timeout_at(soon, self.world.gates.changed()).await;
        }
    }

    /// Ends what goes on in the background.
    async fn shut_down(&mut self) {
        let caches = self.fleet.caches();
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
        // It ends by itself, otherwise.
        let _ = self.bare.delete_prefix(&self.world.start).await;
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

    /// Lets somebody go on, or something come.
    fn open(&mut self, most: u32) -> bool {
        let Plan { by_rank, delivery, .. } = self.world.plan;
        if self.rng.u32(..100) < delivery && self.world.bring(&mut self.rng) {
            return true;
        }
        self.world.gates.open(&mut self.rng, by_rank, most)
            || (most == u32::MAX && self.world.bring(&mut self.rng))
    }
}

/// An actor may panic only as its body does, and end with its process.
fn judge(ended: Result<(), JoinError>) -> Result<(), String> {
    match ended.map_err(JoinError::try_into_panic) {
        Ok(()) => Ok(()),
        Err(Ok(panic)) if panic.is::<Panic>() => Ok(()),
        Err(Err(error)) if error.is_cancelled() => Ok(()),
        Err(_) => Err("an actor has panicked".to_owned()),
    }
}

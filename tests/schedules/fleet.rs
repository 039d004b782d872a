//! The processes of one schedule.

use std::sync::Arc;
use std::time::Duration;

use cached_runtime::Cache;
use tokio::task::AbortHandle;

use crate::deeds::Deed;
use crate::history::Event;
use crate::life::{Life, REPLAYING};
use crate::mutants::Mutant;
use crate::run::Stores;
use crate::steered::Steered;
use crate::world::World;

/// For the values that a process keeps: far more than there are.
const LOCAL: usize = 256 * 1024;

pub(crate) struct Fleet {
    world: Arc<World>,
    stores: Stores,
    namespace: String,
    limit: Duration,
    mutant: Option<Mutant>,
    processes: Vec<Process>,
    /// Those that were killed.
    pub(crate) dead: Vec<Cache>,
    lives: usize,
}

struct Process {
    cache: Cache,
    /// What it empties slots by.
    emptying: Cache,
    life: Arc<Life>,
    actors: Vec<AbortHandle>,
}

impl Fleet {
    pub(crate) fn new(
        world: &Arc<World>,
        stores: &Stores,
        namespace: String,
        limit: Duration,
        mutant: Option<Mutant>,
    ) -> Self {
        let (processes, dead) = (Vec::new(), Vec::new());
        let (world, stores) = (Arc::clone(world), stores.clone());
        let mut fleet = Self { world, stores, namespace, limit, mutant, processes, dead, lives: 0 };
        for process in 0..fleet.world.plan.processes {
            let started = fleet.start(process);
            fleet.processes.push(started);
        }
        fleet
    }

    fn start(&mut self, process: usize) -> Process {
        let life = Arc::new(Life::new(self.lives, process));
        self.lives += 1;
        let cache = self.connect(&life);
        // What one does, the other's values don't know.
        let is_apart = self.mutant == Some(Mutant::OwnUntold);
        let emptying = if is_apart { self.connect(&life) } else { cache.clone() };
        Process { cache, emptying, life, actors: Vec::new() }
    }

    fn connect(&self, life: &Arc<Life>) -> Cache {
        let inner = Arc::clone(&self.stores.processes[life.process]);
        let mut store = Steered::new(inner, &self.world, life, self.mutant);
        if self.stores.tell && self.world.plan.is_told {
            store = store.telling_itself();
        }
        Cache::builder()
            .store(store)
            .namespace(&self.namespace)
            .op_timeout(self.limit)
            .local_bytes(LOCAL)
            .build()
            .expect("good settings")
    }

    pub(crate) fn cache(&self, process: usize) -> Cache {
        self.processes[process].cache.clone()
    }

    pub(crate) fn emptying(&self, process: usize) -> Cache {
        self.processes[process].emptying.clone()
    }

    pub(crate) fn life(&self, process: usize) -> Arc<Life> {
        Arc::clone(&self.processes[process].life)
    }

    /// Those of the processes that live.
    pub(crate) fn caches(&self) -> Vec<Cache> {
        self.processes.iter().map(|process| process.cache.clone()).collect()
    }

    /// This actor dies with its process.
    pub(crate) fn adopt(&mut self, process: usize, actor: AbortHandle) {
        self.processes[process].actors.push(actor);
    }

    /// Nothing of it goes on, and no step goes out any more. Another takes its place.
    pub(crate) fn kill(&mut self, process: usize) {
        self.tell(process, Deed::Kill);
        self.processes[process].life.end();
        let next = self.start(process);
        let killed = std::mem::replace(&mut self.processes[process], next);
        killed.actors.iter().for_each(AbortHandle::abort);
        self.dead.push(killed.cache);
    }

    /// Something becomes of what tells it of changes.
    pub(crate) fn disturb(&self, process: usize, deed: Deed) {
        self.tell(process, deed);
        let now = self.world.clock.tick();
        for wire in self.world.wires.of(process) {
            match deed {
                Deed::Sever => wire.break_off(),
                Deed::Silence => wire.fall_silent(),
                Deed::Overflow(is_at_once) => wire.overflow(now, is_at_once),
                _ => {}
            }
        }
    }

    pub(crate) fn lose_store(&mut self, process: usize, says_so: bool) {
        self.tell(process, Deed::Away(says_so));
        self.processes[process].life.lose_store(says_so);
    }

    /// A store that says that it is away first lets through what makes up for failures.
    pub(crate) fn find_store(&mut self, process: usize) {
        let life = self.life(process);
        if !life.is_away() {
            return;
        }
        self.tell(process, Deed::Back);
        let Some(replay) = life.replay() else { return life.find_store() };
        let world = Arc::clone(&self.world);
        tokio::spawn(REPLAYING.scope((), async move {
            // What fails again is left to the background.
            let _ = replay.await;
            life.find_store();
            world.gates.tell();
        }));
    }

    pub(crate) fn is_away(&self, process: usize) -> bool {
        self.processes[process].life.is_away()
    }

    fn tell(&self, process: usize, deed: Deed) {
        self.world.history.push(self.world.clock.tick(), Event::Process(process, deed));
    }
}

//! Many schedules, side by side.

use std::env;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cached_runtime::{MemoryStore, RedisStore, Store};
use support::RedisServer;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;

use crate::mutants::Mutant;
use crate::plan::Scene;
use crate::run::{Schedule, Stores};
use crate::tally::Tally;

/// At once, on one thread: most of them wait.
const SIDE_BY_SIDE: usize = 48;

const PROCESSES: usize = 3;

pub(crate) struct Campaign {
    place: Place,
    threads: Threads,
    schedules: u64,
    scene: Scene,
    mutant: Option<Mutant>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Redis,
    Memory,
}

/// What runs the schedules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Threads {
    /// Each schedule has one thread, so that its seed says nearly everything.
    Apart,
    /// All threads run all schedules.
    Together,
}

impl Campaign {
    pub(crate) fn new(place: Place, threads: Threads, schedules: u64) -> Self {
        let schedules = number("SCHEDULES").unwrap_or(schedules);
        Self { place, threads, schedules, scene: Scene::Whole, mutant: None }
    }

    pub(crate) fn of(mut self, scene: Scene) -> Self {
        self.scene = scene;
        self
    }

    pub(crate) fn with(mut self, mutant: Mutant) -> Self {
        self.mutant = Some(mutant);
        self
    }

    /// Runs them, and prints what they came to.
    pub(crate) fn run(&self, name: &str) -> Tally {
        let replayed = number("SCHEDULE_SEED");
        let first = replayed.unwrap_or_else(|| fastrand::u64(..u64::MAX / 2));
        let count = if replayed.is_some() { 1 } else { self.schedules };
        let main = Builder::new_current_thread().enable_all().build().expect("a runtime");
        let server = (self.place == Place::Redis).then(|| main.block_on(RedisServer::start()));
        let began = Instant::now();
        let seeds: Vec<u64> = (first..first + count).collect();
        let parts: Vec<&[u64]> = match self.threads {
            Threads::Apart => seeds.chunks(seeds.len().div_ceil(2)).collect(),
            Threads::Together => vec![&seeds],
        };
        let mut tally = Tally::default();
        std::thread::scope(|scope| {
            let server = server.as_ref();
            let run = |seeds| scope.spawn(move || self.part(server, seeds));
            let parts: Vec<_> = parts.into_iter().map(run).collect();
            for part in parts {
                tally.merge(part.join().expect("a campaign ends"));
            }
        });
        println!("{name}: seeds from {first}, {:.1?}: {tally}", began.elapsed());
        tally
    }

    fn part(&self, server: Option<&RedisServer>, seeds: &[u64]) -> Tally {
        self.runtime().block_on(async {
            let stores = Self::stores(server);
            let mut tally = Tally::default();
            let mut running = JoinSet::new();
            for seed in seeds {
                if self.mutant.is_some() && tally.wrong_answers() > 0 {
                    // It is caught.
                    break;
                }
                if running.len() >= SIDE_BY_SIDE {
                    tally.merge(running.join_next().await.expect("some").expect("it ends"));
                }
                running.spawn(one(*seed, self.scene, self.mutant, stores.clone()));
            }
            while let Some(ended) = running.join_next().await {
                tally.merge(ended.expect("it ends"));
            }
            tally
        })
    }

    fn runtime(&self) -> Runtime {
        let mut builder = match self.threads {
            Threads::Apart => Builder::new_current_thread(),
            Threads::Together => Builder::new_multi_thread(),
        };
        builder.enable_all().build().expect("a runtime")
    }

    fn stores(server: Option<&RedisServer>) -> Stores {
        let Some(server) = server else {
            let store: Arc<dyn Store> = Arc::new(MemoryStore::default());
            let processes = vec![Arc::clone(&store); PROCESSES];
            return Stores { processes, bare: store, tell: true };
        };
        let connect = || -> Arc<dyn Store> {
            // Longer than any pause of a busy machine.
            let limit = Duration::from_secs(30);
            Arc::new(RedisStore::open(server.url(), limit).expect("a good URL"))
        };
        let processes = (0..PROCESSES).map(|_| connect()).collect();
        Stores { processes, bare: connect(), tell: false }
    }
}

async fn one(seed: u64, scene: Scene, mutant: Option<Mutant>, stores: Stores) -> Tally {
    let mut schedule = Schedule::new(seed, scene, mutant, &stores);
    let problem = schedule.run().await;
    let mut tally = Tally::default();
    let fleet = &schedule.fleet;
    let caches = [fleet.caches(), fleet.dead.clone()].concat();
    tally.add(seed, &schedule.world, &caches, problem);
    if number("SCHEDULE_SEED").is_some() {
        println!("{:?}\n{}", schedule.world.plan, schedule.world.history);
    }
    tally
}

fn number(variable: &str) -> Option<u64> {
    let text = env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable} is to be a number, not {text:?}")))
}

//! Runs a test under many schedules, for a share of the time there is.

use std::env;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use shuttle::scheduler::{DfsScheduler, PctScheduler, RandomScheduler, ReplayScheduler, Scheduler};
use shuttle::{Config, FailurePersistence, MaxSteps, Runner};

/// More than any schedule needs that comes to an end.
const STEPS: usize = 20_000;
/// Schedules between two looks at the clock.
const BATCH: usize = 100;
/// So many schedules are not even begun with.
const MOST: usize = 1_000_000;
/// PCT finds what takes so many switches at just the wrong moments.
const DEPTH: usize = 4;

/// All searches together, in seconds.
fn budget() -> f64 {
    let seconds = env::var("FLIGHT_SECONDS").ok();
    seconds.map_or(45.0, |it| it.parse().expect("FLIGHT_SECONDS is a number of seconds"))
}

/// Searches at random and by PCT, for a fraction of the budget.
pub(crate) fn search(name: &str, share: f64, test: fn()) {
    if let Ok(schedule) = env::var("FLIGHT_REPLAY") {
        Runner::new(ReplayScheduler::new_from_encoded(&schedule), config()).run(test);
        return;
    }
    let time = Duration::from_secs_f64(budget() * share / 2.0);
    report(name, "random", || for_a_time(time, test, || RandomScheduler::new(BATCH)));
    report(name, "PCT", || for_a_time(time, test, || PctScheduler::new(DEPTH, BATCH)));
}

/// In batches, as shuttle's own limit of time leaves the random scheduler saying that its last seed had failed.
fn for_a_time<S: Scheduler + 'static>(time: Duration, test: fn(), scheduler: fn() -> S) -> usize {
    let (began, mut schedules) = (Instant::now(), 0);
    while began.elapsed() < time {
        schedules += Runner::new(scheduler(), config()).run(test);
    }
    schedules
}

/// Which of so many random schedules fails first.
pub(crate) fn first_failure(
    schedules: usize,
    test: impl Fn() + Send + Sync + 'static,
) -> Option<usize> {
    let mut quiet = config();
    quiet.failure_persistence = FailurePersistence::None;
    // Always the same, so that no proof fails by bad luck.
    let scheduler = RandomScheduler::new_from_seed(7, schedules);
    let begun = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&begun);
    let run = move || {
        Runner::new(scheduler, quiet).run(move || {
            count.fetch_add(1, Ordering::Relaxed);
            test();
        })
    };
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(run));
    result.is_err().then(|| begun.load(Ordering::Relaxed))
}

/// Runs all schedules there are.
pub(crate) fn exhaust(name: &str, test: impl Fn() + Send + Sync + 'static) {
    report(name, "all", || {
        let schedules = Runner::new(DfsScheduler::new(Some(MOST), false), config()).run(test);
        assert!(schedules < MOST, "there are more than {MOST}");
        schedules
    });
}

fn report(name: &str, how: &str, run: impl FnOnce() -> usize) {
    let began = Instant::now();
    let schedules = run();
    let took = began.elapsed();
    #[expect(clippy::cast_precision_loss, reason = "for people to read")]
    let rate = schedules as f64 / took.as_secs_f64();
    println!("{name}, {how}: {schedules} schedules in {took:.1?}, {rate:.0} a second");
}

pub(crate) fn config() -> Config {
    let mut config = Config::new();
    config.max_steps = MaxSteps::FailAfter(STEPS);
    config.stack_size = 0x2_0000;
    config
}

//! One round: all processes call a function, and what became of it.

use std::collections::BTreeMap;
use std::time::Duration;

use support::Line;
use tokio::sync::Mutex;
use tokio::time::sleep;

use crate::fleet::{Fleet, PROCESSES, Said};

/// One test at a time: they measure times on a machine of few processors.
pub(crate) static TURN: Mutex<()> = Mutex::const_new(());

/// The most commands of a process for one fill.
pub(crate) const COMMANDS: u64 = 15;

/// After a round that was too slow; twice as long after two.
const PAUSE: Duration = Duration::from_secs(2);

pub(crate) struct Round {
    /// The bodies, in the order in which they began.
    pub(crate) bodies: Vec<Said>,
    /// How long they took, of those that measure it.
    pub(crate) took: Vec<Duration>,
    /// What became of the calls, by process.
    pub(crate) done: BTreeMap<usize, Line>,
    /// Commands, by process.
    pub(crate) commands: [u64; PROCESSES],
}

impl Round {
    /// Has all processes call the function, and waits for the answers of `living` of them. `on_body` is told of each
    /// body that begins, and which one it is.
    pub(crate) async fn run(
        fleet: &mut Fleet,
        (function, id): (&str, u64),
        living: usize,
        mut on_body: impl FnMut(&mut Fleet, usize, usize),
    ) -> Self {
        fleet.call(function, id);
        let (mut bodies, mut took, mut done) = (Vec::new(), Vec::new(), BTreeMap::new());
        while done.len() < living {
            let said = fleet.next().await;
            assert_eq!(said.line.number("id"), id, "{said:?}");
            match said.line.word.as_str() {
                "body" => {
                    on_body(fleet, said.process, bodies.len());
                    bodies.push(said);
                }
                "ended" => took.push(Duration::from_micros(said.line.number("micros"))),
                "done" => drop(done.insert(said.process, said.line)),
                other => panic!("nobody says {other:?}"),
            }
        }
        let commands = std::array::from_fn(|process| fleet.commands(process).values().sum());
        Self { bodies, took, done, commands }
    }

    /// That number, of all processes together.
    pub(crate) fn sum(&self, name: &str) -> u64 {
        self.done.values().map(|line| line.number(name)).sum()
    }

    /// The slowest call.
    pub(crate) fn max(&self) -> Duration {
        let micros = self.done.values().map(|line| line.number("max")).max();
        Duration::from_micros(micros.expect("some process is done"))
    }

    /// The medians of the followers in the process of the first body, and the longest one in the others.
    pub(crate) fn medians(&self) -> (Duration, Duration) {
        let leader = self.bodies[0].process;
        let median = |(_, line): (_, &Line)| Duration::from_micros(line.number("median"));
        let own = self.done.iter().filter(|(process, _)| **process == leader).map(median).max();
        let others = self.done.iter().filter(|(process, _)| **process != leader).map(median).max();
        (own.unwrap_or_default(), others.unwrap_or_default())
    }

    /// How long after the first body the second one began.
    pub(crate) fn until_the_second(&self) -> Duration {
        self.bodies[1].at.duration_since(self.bodies[0].at)
    }

    /// The calls, and no process asked more than it may.
    pub(crate) fn is_cheap(&self) {
        assert!(self.commands.iter().all(|count| *count <= COMMANDS), "{:?}", self.commands);
    }

    pub(crate) fn show(&self, scenario: &str, more: &str) {
        let [right, errors, lost] = ["right", "errors", "lost"].map(|name| self.sum(name));
        eprintln!(
            "{scenario}: {} bodies, {right} right, {errors} errors, {lost} lost, commands {:?}, slowest call {:?}{more}",
            self.bodies.len(),
            self.commands,
            self.max(),
        );
    }
}

/// What is promised of times is measured on a machine that may be busy: it holds in one of three rounds. A round
/// answers what was too slow.
pub(crate) async fn best_of_three(mut round: impl AsyncFnMut(u64) -> Result<(), String>) {
    let mut slow = Vec::new();
    for id in 0..3 {
        // What keeps the machine busy does so for seconds: rounds back to back would all meet the same.
        sleep(PAUSE * u32::try_from(slow.len()).expect("it is small")).await;
        match round(id).await {
            Ok(()) => return,
            Err(problem) => slow.push(problem),
        }
    }
    panic!("too slow, three times: {slow:?}");
}

/// `Ok` if it took at most that long.
pub(crate) fn within(limit: Duration, took: Duration, what: &str) -> Result<(), String> {
    if took <= limit { Ok(()) } else { Err(format!("{what}: {took:?}, not within {limit:?}")) }
}

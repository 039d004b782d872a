//! The call that leads does not come to its end.

use std::time::Duration;

use crate::fleet::{CALLS, Fleet, PROCESSES};
use crate::functions::{BODY, LEASE, WAIT};
use crate::rounds::{Round, TURN, best_of_three, within};

const ALL: u64 = CALLS * PROCESSES as u64;

/// What a busy machine may add.
const NOISE: Duration = Duration::from_millis(150);

/// A process looks at the slot that often at least.
const POLL: Duration = Duration::from_millis(50);

#[tokio::test]
async fn cancelled() {
    next_leader_at_once("cancelled", "abort").await;
}

#[tokio::test]
async fn panicking() {
    next_leader_at_once("panicking", "panic").await;
}

async fn next_leader_at_once(scenario: &str, order: &str) {
    let _turn = TURN.lock().await;
    let mut fleet = Fleet::start().await;
    best_of_three(async |id| {
        let steer = |fleet: &mut Fleet, process, body| {
            fleet.tell(process, if body == 0 { order } else { "finish" });
        };
        let round = Round::run(&mut fleet, ("steered", id), PROCESSES, steer).await;
        let second = round.until_the_second();
        round.show(scenario, &format!("; the next body after {second:?}"));
        assert_eq!((round.bodies.len(), round.sum("right")), (2, ALL - 1));
        assert_eq!((round.sum("lost"), round.sum("miss"), round.sum("bypass")), (1, 1, 0));
        assert_eq!(round.bodies[0].process, round.bodies[1].process, "a follower leads");
        round.is_cheap();
        within(POLL, second, "the next body")?;
        within(BODY + NOISE, round.max(), "the slowest call")
    })
    .await;
}

/// The others wait until its lease is over.
#[tokio::test]
async fn killed() {
    let _turn = TURN.lock().await;
    best_of_three(async |id| {
        let mut fleet = Fleet::start().await;
        let round = Round::run(&mut fleet, ("leased", id), PROCESSES - 1, kill_the_first).await;
        let second = round.until_the_second();
        round.show("killed", &format!("; the next body after {second:?} of a lease of {LEASE:?}"));
        assert_eq!((round.bodies.len(), round.sum("right")), (2, ALL - CALLS));
        assert_eq!((round.sum("miss"), round.sum("bypass")), (1, 0));
        within(LEASE + POLL + NOISE, second, "the next body")?;
        within(LEASE + POLL + BODY + NOISE, round.max(), "the slowest call")
    })
    .await;
}

/// Its lease is longer than the others wait.
#[tokio::test]
async fn killed_and_nobody_waits_so_long() {
    let _turn = TURN.lock().await;
    best_of_three(async |id| {
        let mut fleet = Fleet::start().await;
        let round = Round::run(&mut fleet, ("impatient", id), PROCESSES - 1, kill_the_first).await;
        round.show("killed, impatient", &format!("; a wait of {WAIT:?}"));
        // One in each process that is left, however many calls it has.
        assert_eq!((round.bodies.len(), round.sum("right")), (PROCESSES, ALL - CALLS));
        assert_eq!((round.sum("miss"), round.sum("bypass")), (PROCESSES as u64 - 1, 0));
        round.is_cheap();
        within(WAIT + BODY + NOISE, round.max(), "the slowest call")
    })
    .await;
}

fn kill_the_first(fleet: &mut Fleet, process: usize, body: usize) {
    if body == 0 {
        fleet.kill(process);
    } else {
        fleet.tell(process, "finish");
    }
}

/// Its followers have its error; each other process tries for itself.
#[tokio::test]
async fn failing() {
    let _turn = TURN.lock().await;
    let mut fleet = Fleet::start().await;
    best_of_three(async |id| {
        let round = Round::run(&mut fleet, ("alike", id), PROCESSES, |_, _, _| ()).await;
        let (took, (same, _)) = (round.took[0], round.medians());
        round.show("failing", &format!("; a body of {took:?}, followers' median {same:?}"));
        let processes = PROCESSES as u64;
        assert_eq!((round.bodies.len(), round.sum("errors")), (PROCESSES, ALL));
        assert_eq!((round.sum("miss"), round.sum("shared")), (processes, ALL - processes));
        within(took + Duration::from_millis(20), same, "followers")?;
        within(BODY * 4 + POLL * 3 + NOISE, round.max(), "the slowest call")
    })
    .await;
}

/// Its error is its own: each call runs its body.
#[tokio::test]
async fn failing_with_an_error_of_its_own() {
    let _turn = TURN.lock().await;
    let mut fleet = Fleet::start().await;
    best_of_three(async |id| {
        let round = Round::run(&mut fleet, ("unlike", id), PROCESSES, |_, _, _| ()).await;
        round.show("failing, no `Clone`", "");
        assert_eq!((round.bodies.len() as u64, round.sum("errors")), (ALL, ALL));
        assert_eq!((round.sum("miss"), round.sum("bypass")), (ALL, 0));
        within(BODY * 5 + POLL * 3 + NOISE, round.max(), "the slowest call")
    })
    .await;
}

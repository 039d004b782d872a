//! Nothing goes wrong.

use std::time::Duration;

use crate::fleet::{CALLS, Fleet, PROCESSES};
use crate::rounds::{Round, TURN, best_of_three, within};

/// What followers in the leader's process may wait longer than its body.
const SAME: Duration = Duration::from_millis(20);

/// What those in other processes may, which ask from time to time.
const OTHER: Duration = Duration::from_millis(60);

#[tokio::test]
async fn a_thousand_calls_run_one_body() {
    let _turn = TURN.lock().await;
    let mut fleet = Fleet::start().await;
    best_of_three(async |id| {
        let round = Round::run(&mut fleet, ("plain", id), PROCESSES, |_, _, _| ()).await;
        let (took, (same, other)) = (round.took[0], round.medians());
        let more =
            format!("; a body of {took:?}, followers' medians {same:?}, elsewhere {other:?}");
        round.show("stampede", &more);
        assert_eq!((round.bodies.len(), round.sum("right")), (1, CALLS * PROCESSES as u64));
        assert_eq!((round.sum("miss"), round.sum("bypass")), (1, 0));
        round.is_cheap();
        within(took + SAME, same, "followers")?;
        within(took + OTHER, other, "followers elsewhere")
    })
    .await;
}

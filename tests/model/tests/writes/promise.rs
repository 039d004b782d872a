//! What holds in every state, and in the end.

use protocol_model::holds;

use crate::setups::{by_steps, failing, mixed, peace, puts};

#[test]
fn puts_keep_the_promise() {
    holds(&puts());
}

#[test]
fn puts_and_invalidations_keep_the_promise() {
    holds(&mixed());
}

#[test]
fn failing_writes_keep_the_promise() {
    holds(&failing());
}

#[test]
fn writes_by_single_steps_keep_the_promise() {
    holds(&by_steps());
}

/// Three calls, of which some share a process.
#[cfg(feature = "large")]
#[test]
fn puts_with_more_calls_keep_the_promise() {
    use crate::setup::{Budget, Setup};
    let budget = Budget { losses: 1, crashes: 1, ..Budget::default() };
    holds(&Setup { calls: vec![0, 0, 1], budget, ..puts() });
    holds(&Setup { calls: vec![0, 1], ..by_steps() });
}

/// Whoever has crashed with an intent in the slot: the next call that nothing disturbs fills it.
#[test]
fn a_slot_is_filled_in_the_end() {
    holds(&peace());
}

//! The promise holds in every state.

use protocol_model::holds;

use crate::setups::{failing_refills, fills, refills, refreshes, slow};

#[test]
fn fills_keep_the_promise() {
    holds(&fills());
}

#[test]
fn slow_and_failing_bodies_keep_the_promise() {
    holds(&slow());
}

#[test]
fn refills_keep_the_promise() {
    holds(&refills());
}

#[test]
fn failing_refills_keep_the_promise() {
    holds(&failing_refills());
}

#[test]
fn refreshes_keep_the_promise() {
    holds(&refreshes());
}

/// Two faults of the network and two of the server.
#[cfg(feature = "large")]
#[test]
fn twice_as_many_faults_keep_the_promise() {
    use crate::setup::Budget;
    let budget = Budget { timeouts: 2, losses: 2, cancels: 1, crashes: 1, ..Budget::default() };
    holds(&crate::setup::Setup { name: "fills, two of each fault", budget, ..fills() });
}

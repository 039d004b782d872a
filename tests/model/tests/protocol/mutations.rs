//! Each protection is needed: without it the checker finds a way to break the promise.

use protocol_model::breaks;

use crate::mutation::Mutation;
use crate::setup::{Budget, Setup};
use crate::setups::{fills, peace, refills, refreshes};

/// Without what is not needed to show it, so that it is found quickly.
fn without(mutation: Mutation, budget: Budget, setup: Setup) {
    let setup = Setup { mutation: Some(mutation), budget, shows: vec![], ..setup };
    breaks(&setup, mutation);
}

const NONE: Budget = Budget {
    timeouts: 0,
    losses: 0,
    cancels: 0,
    failures: 0,
    overruns: 0,
    impatience: 0,
    crashes: 0,
};

const TIMEOUT: Budget = Budget { timeouts: 1, ..NONE };

#[test]
fn an_unconditional_commit() {
    without(Mutation::UnconditionalCommit, NONE, fills());
}

#[test]
fn one_token_per_process() {
    without(Mutation::TokenPerProcess, NONE, fills());
}

#[test]
fn a_late_acquire_that_is_used() {
    without(Mutation::LateAcquireUsed, TIMEOUT, fills());
}

#[test]
fn a_late_acquire_that_is_joined() {
    without(Mutation::LateAcquireJoined, TIMEOUT, fills());
}

#[test]
fn what_an_acquire_found_handed_to_those_who_came_later() {
    without(Mutation::FoundHandedOn, NONE, fills());
}

#[test]
fn a_refill_that_compares_content() {
    without(Mutation::RefillByContent, NONE, Setup { versions: true, ..refills() });
}

#[test]
fn a_stale_value_handed_to_those_who_did_not_read_it() {
    without(Mutation::StaleHandedOn, Budget { failures: 1, ..NONE }, refills());
}

#[test]
fn a_flight_joined_without_a_look() {
    without(Mutation::JoinUnread, NONE, fills());
}

#[test]
fn a_read_under_way_that_is_shared() {
    without(Mutation::ReadUnderWayShared, NONE, fills());
}

#[test]
fn a_refresh_without_a_mark() {
    without(Mutation::RefreshWithoutMark, NONE, refreshes());
}

#[test]
fn a_lease_without_an_end() {
    without(Mutation::EndlessLease, Budget { crashes: 1, ..NONE }, peace());
}

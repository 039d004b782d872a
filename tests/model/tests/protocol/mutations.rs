//! Each protection is needed: without it the checker finds a way to break the promise.

use crate::check::shortest;
use crate::mutation::Mutation;
use crate::setup::{Budget, Setup};
use crate::setups::{fills, peace, refills, refreshes};

/// Without what is not needed to show it, so that it is found quickly.
fn breaks(mutation: Mutation, budget: Budget, setup: Setup) {
    let setup = Setup { mutation: Some(mutation), budget, shows: vec![], ..setup };
    let Some((name, story)) = shortest(&setup) else {
        panic!("without this protection nothing breaks: {mutation:?}");
    };
    println!("{mutation:?} breaks: {name}\n{story}");
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
    breaks(Mutation::UnconditionalCommit, NONE, fills());
}

#[test]
fn one_token_per_process() {
    breaks(Mutation::TokenPerProcess, NONE, fills());
}

#[test]
fn a_late_acquire_that_is_used() {
    breaks(Mutation::LateAcquireUsed, TIMEOUT, fills());
}

#[test]
fn a_late_acquire_that_is_joined() {
    breaks(Mutation::LateAcquireJoined, TIMEOUT, fills());
}

#[test]
fn what_an_acquire_found_handed_to_those_who_came_later() {
    breaks(Mutation::FoundHandedOn, NONE, fills());
}

#[test]
fn a_refill_that_compares_content() {
    breaks(Mutation::RefillByContent, NONE, Setup { versions: true, ..refills() });
}

#[test]
fn a_stale_value_handed_to_those_who_did_not_read_it() {
    breaks(Mutation::StaleHandedOn, Budget { failures: 1, ..NONE }, refills());
}

#[test]
fn a_flight_joined_without_a_look() {
    breaks(Mutation::JoinUnread, NONE, fills());
}

#[test]
fn a_read_under_way_that_is_shared() {
    breaks(Mutation::ReadUnderWayShared, NONE, fills());
}

#[test]
fn a_refresh_without_a_mark() {
    breaks(Mutation::RefreshWithoutMark, NONE, refreshes());
}

#[test]
fn a_lease_without_an_end() {
    breaks(Mutation::EndlessLease, Budget { crashes: 1, ..NONE }, peace());
}

//! Each protection is needed: without it the checker finds a way to break the promise.

use protocol_model::breaks;

use crate::mutation::Mutation;
use crate::setup::{Budget, Setup};
use crate::setups::{by_steps, mixed, peace, puts};

/// Without what is not needed to show it, so that it is found quickly.
fn without(mutation: Mutation, budget: Budget, setup: Setup) {
    breaks(&Setup { mutation: Some(mutation), budget, shows: vec![], ..setup }, mutation);
}

const NONE: Budget = Budget { timeouts: 0, losses: 0, cancels: 0, failures: 0, crashes: 0 };
const CRASH: Budget = Budget { crashes: 1, ..NONE };
const LOSS: Budget = Budget { losses: 1, ..NONE };

#[test]
fn no_intent() {
    without(Mutation::NoIntent, CRASH, mixed());
}

#[test]
fn a_begin_that_leaves_a_fill() {
    without(Mutation::BeginLeavesFill, CRASH, mixed());
}

#[test]
fn a_put_that_looks_at_nothing() {
    without(Mutation::PutUnchecked, NONE, puts());
}

#[test]
fn a_put_whose_intent_was_deleted() {
    without(Mutation::PutWithoutIntent, LOSS, puts());
}

#[test]
fn an_intent_of_one_writer() {
    without(Mutation::OneToken, CRASH, puts());
}

#[test]
fn writers_that_overlap_unnoticed() {
    without(Mutation::SharedIgnored, NONE, puts());
}

#[test]
fn an_end_without_an_intent_that_leaves_no_trace() {
    without(Mutation::StrangerUnnoticed, LOSS, puts());
}

#[test]
fn an_end_that_leaves_a_fill() {
    without(Mutation::EndLeavesFill, LOSS, mixed());
}

#[test]
fn a_put_after_a_begin_without_a_reply() {
    without(Mutation::PutAfterLostBegin, Budget { timeouts: 1, ..NONE }, puts());
}

#[test]
fn an_intent_that_is_taken_over() {
    without(Mutation::IntentTakenOver, CRASH, mixed());
}

#[test]
fn a_begin_that_deletes_what_it_has_not_seen() {
    without(Mutation::BeginDeletesUnseen, CRASH, by_steps());
}

#[test]
fn an_end_that_deletes_what_it_has_not_seen() {
    without(Mutation::EndDeletesUnseen, Budget { losses: 1, crashes: 1, ..NONE }, by_steps());
}

#[test]
fn an_intent_without_an_end() {
    without(Mutation::EndlessIntent, CRASH, peace());
}

//! Each protection is needed: without it the checker finds a way to break the promise.

use protocol_model::breaks;

use crate::mutation::Mutation;
use crate::setup::{Budget, Named, Setup};
use crate::setups::{arguments, by_steps, peace, results, writers};

/// Without what is not needed to show it, so that it is found quickly.
fn without(mutation: Mutation, budget: Budget, setup: Setup) {
    breaks(&Setup { mutation: Some(mutation), budget, shows: vec![], ..setup }, mutation);
}

const NONE: Budget = Budget { timeouts: 0, losses: 0, crashes: 0 };
const LOSS: Budget = Budget { losses: 1, ..NONE };
const CRASH: Budget = Budget { crashes: 1, ..NONE };

#[test]
fn epochs_minted_after_the_body() {
    without(Mutation::MintAfterBody, NONE, arguments());
}

#[test]
fn a_late_mint_that_is_used() {
    without(Mutation::LateMintUsed, Budget { timeouts: 1, losses: 2, ..NONE }, arguments());
}

#[test]
fn a_flight_followed_whatever_its_epochs() {
    without(Mutation::FollowUnseen, NONE, arguments());
}

#[test]
fn a_flight_followed_whatever_the_clock() {
    without(Mutation::FollowByArguments, NONE, results());
}

#[test]
fn a_missing_epoch_that_counts_as_unchanged() {
    without(Mutation::MissingIsUnchanged, LOSS, arguments());
}

#[test]
fn a_result_without_the_clock() {
    without(Mutation::NoClock, NONE, results());
}

#[test]
fn a_lost_clock_unnoticed() {
    without(Mutation::ClockLostUnnoticed, LOSS, results());
}

#[test]
fn an_epoch_minted_without_a_stamp() {
    without(Mutation::MintWithoutStamp, LOSS, results());
}

#[test]
fn by_steps_a_tag_before_the_clock() {
    without(Mutation::TagBeforeClock, NONE, by_steps());
}

#[test]
fn by_steps_the_clock_read_before_the_tags() {
    without(Mutation::ClockReadFirst, NONE, by_steps());
}

#[test]
fn an_invalidation_sent_again_with_the_same_epoch() {
    without(Mutation::SameEpochAgain, Budget { timeouts: 1, ..NONE }, arguments());
}

#[test]
fn a_writer_without_an_intent() {
    without(Mutation::NoIntent, CRASH, writers(Named::ByArguments));
}

#[test]
fn a_begin_of_a_writer_that_leaves_the_clock() {
    without(Mutation::BeginWithoutClock, CRASH, writers(Named::ByResult));
}

#[test]
fn an_end_of_a_writer_that_leaves_the_clock() {
    without(Mutation::EndWithoutClock, NONE, writers(Named::ByResult));
}

#[test]
fn an_end_of_a_writer_that_changes_the_clock_last() {
    without(Mutation::EndClockLast, NONE, writers(Named::ByResult));
}

#[test]
fn a_stamp_of_a_lost_clock_that_stays() {
    without(Mutation::ForeignStampStays, LOSS, peace());
}

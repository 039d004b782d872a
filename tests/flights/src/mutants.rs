//! Proof that the schedules can fail: calls that break a rule are caught.

use crate::scenarios::invalidated;
use crate::search::first_failure as first_failure_of;

/// What a call does wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mutant {
    /// A follower is told to lead, and neither does nor lets go of the role.
    IgnoresLead,
    /// A reader goes, and its role with it.
    ForgetsReader,
    /// Calls that arrived while a read was under way are answered with it.
    GathersAfterRead,
    /// A call joins a fill that it has not seen in the slot.
    JoinsWithoutRead,
    /// A fill is stored whatever has become of its lease.
    CommitsAnyway,
}

/// A mutant that survives so many schedules would survive a search as well.
const SCHEDULES: usize = 20_000;

fn first_failure(mutant: Option<Mutant>) -> Option<usize> {
    first_failure_of(SCHEDULES, move || drop(invalidated(mutant).end()))
}

fn assert_caught(mutant: Mutant) {
    let schedule = first_failure(Some(mutant));
    println!("{mutant:?}: caught by schedule {schedule:?}");
    assert!(schedule.is_some(), "{mutant:?} is not caught");
}

#[test]
fn a_follower_that_ignores_its_promotion_is_caught() {
    assert_caught(Mutant::IgnoresLead);
}

#[test]
fn a_forgotten_reader_is_caught() {
    assert_caught(Mutant::ForgetsReader);
}

#[test]
fn an_answer_from_a_read_that_was_under_way_is_caught() {
    assert_caught(Mutant::GathersAfterRead);
}

#[test]
fn joining_without_a_read_is_caught() {
    assert_caught(Mutant::JoinsWithoutRead);
}

#[test]
fn an_unconditional_commit_is_caught() {
    assert_caught(Mutant::CommitsAnyway);
}

#[test]
fn without_a_mutant_there_is_nothing_to_catch() {
    assert_eq!(first_failure(None), None);
}

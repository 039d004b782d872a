//! Random schedules of calls, invalidations and writes, over a real server and in memory: no call is answered with a value
//! whose body began before an invalidation that had returned when the call began, be it of an entry, of a tag, of a prefix,
//! or by a function that writes.
//!
//! A schedule is made from a seed. Its few entries are filled, refilled, written and emptied by actors in two or three
//! "processes", each a cache of its own. Every body, every commit of a writer to the database, and every step of the
//! store waits at a gate, on its way there and on its way back, and the seed decides which gate opens next; so any of
//! them can be overtaken by any other. The protocol must not rely on the order of the commands of one connection, and
//! here it can't. Some steps fail, or happen although they were told to have failed, at once or much later. Processes are
//! killed, above all between a writer's commit and its end: what they do stops, and no step of theirs goes out any more.
//! For others the store is away for a while.
//!
//! Some functions have values that each process keeps. What has changed is told to it when the seed says so, as late as
//! Redis may; the connection that tells of it is lost, is not trusted for a while, or tells of everything. A process may
//! answer with what it keeps for as long as it has not been told of another's invalidation; of its own it knows.
//!
//! `SCHEDULE_SEED=…` runs that one schedule and prints what happened; `SCHEDULES=…` is how many each test runs.

mod calls;
mod campaign;
mod check;
mod deeds;
mod emptyings;
mod fleet;
mod forgery;
mod functions;
mod gates;
mod history;
mod kept;
mod kinds;
mod life;
mod mutants;
mod plan;
mod regressions;
mod run;
mod steered;
mod steps;
mod store;
mod tagged;
mod tally;
mod tracked;
mod wires;
mod world;
mod writers;
mod writes;

use campaign::{Campaign, Place, Threads};
use mutants::Mutant;
use plan::Scene;

#[test]
fn no_stale_fill_on_redis() {
    let campaign = Campaign::new(Place::Redis, Threads::Apart, 2_200);
    let tally = campaign.run("redis");
    tally.assert_sound();
    tally.assert_complete();
}

#[test]
fn no_stale_fill_in_memory() {
    let campaign = Campaign::new(Place::Memory, Threads::Apart, 1_500);
    let tally = campaign.run("memory");
    tally.assert_sound();
    tally.assert_complete();
}

#[test]
fn no_stale_fill_with_threads_that_race() {
    let tally = Campaign::new(Place::Memory, Threads::Together, 400).run("memory, threads");
    tally.assert_sound();
}

#[test]
fn no_stale_refill() {
    let campaign = Campaign::new(Place::Redis, Threads::Apart, 800);
    campaign.of(Scene::Refills).run("redis, refills").assert_sound();
}

#[test]
fn no_stale_fill_in_a_process_of_its_own() {
    let campaign = Campaign::new(Place::Redis, Threads::Apart, 400);
    let tally = campaign.of(Scene::OneProcess).run("redis, flight = \"process\"");
    tally.assert_sound();
}

#[test]
fn nothing_stale_after_writes() {
    let campaign = Campaign::new(Place::Redis, Threads::Apart, 400);
    campaign.of(Scene::Writes).run("redis, writes").assert_sound();
}

#[test]
fn nothing_stale_after_crashes() {
    let campaign = Campaign::new(Place::Redis, Threads::Apart, 500);
    campaign.of(Scene::Crashes).run("redis, crashes").assert_sound();
}

#[test]
fn nothing_stale_after_outages() {
    let campaign = Campaign::new(Place::Redis, Threads::Apart, 300);
    campaign.of(Scene::Outages).run("redis, outages").assert_sound();
}

#[test]
fn nothing_stale_is_kept() {
    let campaign = Campaign::new(Place::Redis, Threads::Apart, 300);
    campaign.of(Scene::Kept).run("redis, kept").assert_sound();
}

#[test]
fn nothing_stale_is_kept_with_threads_that_race() {
    let campaign = Campaign::new(Place::Memory, Threads::Together, 300);
    campaign.of(Scene::Kept).run("memory, threads, kept").assert_sound();
}

#[test]
fn nothing_stale_is_kept_under_tags() {
    let campaign = Campaign::new(Place::Redis, Threads::Apart, 300);
    campaign.of(Scene::KeptTags).run("redis, kept under tags").assert_sound();
}

/// A protocol without one of its protections must be caught, or the checker is of no use.
fn is_caught(mutant: Mutant, name: &str) {
    let campaign = Campaign::new(Place::Redis, Threads::Apart, 1_200);
    let tally = campaign.of(mutant.scene()).with(mutant).run(name);
    assert!(tally.wrong_answers() > 0, "{name}: the checker has not seen it");
}

#[test]
fn a_commit_without_a_condition_is_caught() {
    is_caught(Mutant::CommitAlways, "commit without a condition");
}

#[test]
fn one_token_per_process_is_caught() {
    is_caught(Mutant::OneToken, "one token per process");
}

#[test]
fn a_refill_without_a_condition_is_caught() {
    is_caught(Mutant::RefillAlways, "refill without a condition");
}

#[test]
fn a_late_acquire_that_is_used_is_caught() {
    is_caught(Mutant::LateAcquire, "late acquire");
}

#[test]
fn epochs_that_are_not_compared_are_caught() {
    is_caught(Mutant::EpochsUnread, "epochs are not compared");
}

#[test]
fn epochs_from_after_the_body_are_caught() {
    is_caught(Mutant::EpochsLate, "epochs from after the body");
}

#[test]
fn a_clock_of_tags_that_stands_still_is_caught() {
    is_caught(Mutant::ClockStill, "the clock of the tags stands still");
}

#[test]
fn a_writer_without_an_intent_is_caught() {
    is_caught(Mutant::NoIntent, "no intent");
}

#[test]
fn a_put_without_its_intent_is_caught() {
    is_caught(Mutant::PutAnyway, "a put though the intent is gone");
}

#[test]
fn a_writer_that_ends_the_others_is_caught() {
    is_caught(Mutant::EndsAll, "the end of one is the end of all");
}

#[test]
fn a_put_after_another_writer_is_caught() {
    is_caught(Mutant::EndsAlone, "the last of several puts its value");
}

#[test]
fn a_writer_that_leaves_its_entry_is_caught() {
    is_caught(Mutant::NoEnd, "the end does not empty");
}

#[test]
fn failures_that_are_forgotten_are_caught() {
    is_caught(Mutant::NoDoubts, "what fails is not remembered");
}

#[test]
fn changes_that_are_missed_while_a_value_is_read_are_caught() {
    is_caught(Mutant::InFlightMissed, "changes missed in flight");
}

#[test]
fn a_lost_connection_that_is_not_told_is_caught() {
    is_caught(Mutant::LossUntold, "the loss of the connection is not told");
}

#[test]
fn tags_that_are_not_tracked_are_caught() {
    is_caught(Mutant::TagsUntracked, "tags are not tracked");
}

#[test]
fn own_changes_that_are_not_told_are_caught() {
    is_caught(Mutant::OwnUntold, "own changes are not told");
}

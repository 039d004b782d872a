//! What goes on around one slot, at random.

use std::sync::Arc;

use shuttle::rand::{Rng, thread_rng};

use crate::call::call;
use crate::mutants::Mutant;
use crate::others::{By, invalidate, stranger};
use crate::plan::{Plan, one_in};
use crate::search::search;
use crate::slot;
use crate::world::{Flight, World};

#[test]
fn calls_share_a_fill() {
    search("calls", 0.25, || drop(calls(&World::new(Flight::Cluster, None), 4).end()));
}

#[test]
fn invalidations_come_in_between() {
    search("invalidations", 0.25, || {
        drop(invalidated(None).end());
    });
}

#[test]
fn other_processes_fill_as_well() {
    search("strangers", 0.2, || {
        let world = World::new(Flight::Cluster, None);
        strangers(&world, 2);
        invalidations(&world, 1);
        drop(calls(&world, 3).end());
    });
}

#[test]
fn stale_values_are_refilled() {
    search("stale", 0.15, || {
        let world = World::new(Flight::Cluster, None);
        world.slot.set(slot::value(0, 0, true));
        invalidations(&world, 1);
        drop(calls(&world, 4).end());
    });
}

#[test]
fn a_process_shares_without_leases() {
    search("process", 0.15, || {
        let world = World::new(Flight::Process, None);
        invalidations(&world, 2);
        drop(calls(&world, 4).end());
    });
}

/// Calls and invalidations of a slot that may be filled already.
pub(crate) fn invalidated(mutant: Option<Mutant>) -> Arc<World> {
    let world = World::new(Flight::Cluster, mutant);
    if one_in(&mut thread_rng(), 2) {
        world.slot.set(slot::value(0, 0, false));
    }
    invalidations(&world, 2);
    calls(&world, 4)
}

fn calls(world: &Arc<World>, number: usize) -> Arc<World> {
    for _ in 0..number {
        let world = Arc::clone(world);
        let plans: Vec<_> = (0..thread_rng().gen_range(1..4)).map(|_| Plan::random()).collect();
        let of_task = Arc::clone(&world);
        world.spawn(async move {
            for plan in plans {
                call(Arc::clone(&of_task), plan).await;
            }
        });
    }
    Arc::clone(world)
}

fn invalidations(world: &Arc<World>, number: usize) {
    for _ in 0..number {
        let mut rng = thread_rng();
        let by = match (world.flight, rng.gen_range(0..3)) {
            (Flight::Cluster, 0) => By::Anyone,
            (_, 1) => By::Prefix,
            // Without leases, an invalidation that the process does not know of promises nothing.
            _ => By::Entry,
        };
        if by != By::Anyone {
            world.record.board_will_be_told();
        }
        world.spawn(invalidate(Arc::clone(world), by, rng.gen_range(0..30)));
    }
}

fn strangers(world: &Arc<World>, number: usize) {
    for _ in 0..number {
        let mut rng = thread_rng();
        let (delay, body) = (rng.gen_range(0..15), rng.gen_range(0..6));
        world.spawn(stranger(Arc::clone(world), delay, body, one_in(&mut rng, 3)));
    }
}

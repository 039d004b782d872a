//! Which actions are possible in a state.

use crate::action::Action;
use crate::mutation::Mutation;
use crate::setup::Setup;
use crate::slot::{Lock, Slot};
use crate::state::{Invalidation, Phase, State, Wire};

/// Adds the possible actions to `actions`, always in the same order.
pub(crate) fn enabled(setup: &Setup, state: &State, actions: &mut Vec<Action>) {
    // Beyond a broken promise there is nothing to learn.
    if state.wrong {
        return;
    }
    for call in 0..state.calls.len() {
        of_call(setup, state, call, actions);
    }
    for writer in 0..state.invalidations.len() {
        of_writer(state, writer, actions);
    }
    for late in 0..state.late.len() {
        // Two alike are one.
        if late == 0 || state.late[late] != state.late[late - 1] {
            actions.push(Action::ApplyLate(late));
            // Elsewhere a request that is lost is one that does not come in time.
            if setup.last_in_peace {
                actions.push(Action::Lose(late));
            }
        }
    }
    of_time(setup, state, actions);
    of_crashes(setup, state, actions);
}

fn of_call(setup: &Setup, state: &State, call: usize, actions: &mut Vec<Action>) {
    let budget = &state.budget;
    let now = &state.calls[call];
    match now.wire {
        Wire::Sent(_) => actions.push(Action::Apply(call)),
        Wire::Back(_) => actions.push(Action::Reply(call)),
        Wire::Idle => {}
    }
    let in_peace = setup.is_last_in_peace(call);
    // A read without a reply means a body without the cache, which is right by itself.
    if now.wire != Wire::Idle && now.phase != Phase::Look && budget.timeouts > 0 && !in_peace {
        actions.push(Action::TimeOut(call));
    }
    match now.phase {
        Phase::NotBegun if may_begin(setup, state, call) => actions.push(Action::Begin(call)),
        Phase::Wait(token) => {
            // A look at the same lease would change nothing.
            if state.server.slot != Slot::Lease(token) {
                actions.push(Action::Poll(call));
            }
            if budget.impatience > 0 && !in_peace {
                actions.push(Action::Impatient(call));
            }
        }
        Phase::Follow(..) if budget.impatience > 0 && !in_peace => {
            actions.push(Action::Impatient(call));
        }
        Phase::Body(_) => {
            actions.push(Action::BodyReturns(call));
            if budget.failures > 0 && !in_peace {
                actions.push(Action::BodyFails(call));
            }
            if budget.overruns > 0 && !state.followers(call).is_empty() {
                actions.push(Action::Overrun(call));
            }
        }
        _ => {}
    }
    let cancelled = !matches!(now.phase, Phase::NotBegun | Phase::Over | Phase::Look);
    if cancelled && budget.cancels > 0 && !in_peace {
        actions.push(Action::Cancel(call));
    }
}

fn may_begin(setup: &Setup, state: &State, call: usize) -> bool {
    if setup.is_last_in_peace(call) {
        return is_calm(state, call);
    }
    // Calls that are alike begin in order, as any other order is the same with the numbers changed.
    (0..call).all(|other| {
        setup.calls[other] != setup.calls[call] || state.calls[other].phase != Phase::NotBegun
    })
}

/// Whether all calls before `last` and all invalidations are over, and nothing is on its way.
fn is_calm(state: &State, last: usize) -> bool {
    let over = |invalidation| matches!(invalidation, Invalidation::Returned | Invalidation::Failed);
    state.calls[..last].iter().all(|call| call.phase == Phase::Over)
        && state.invalidations.iter().copied().all(over)
        && state.late.is_empty()
}

fn of_writer(state: &State, writer: usize, actions: &mut Vec<Action>) {
    let now = state.invalidations[writer];
    let is_early = matches!(now, Invalidation::NotBegun | Invalidation::Sent);
    // Writers are alike: of two that stand where nothing has come of them yet, the first one goes on.
    if is_early && writer > 0 && state.invalidations[writer - 1] == now {
        return;
    }
    match now {
        Invalidation::NotBegun => return actions.push(Action::Invalidate(writer)),
        Invalidation::Sent => actions.push(Action::ApplyUnlink(writer)),
        Invalidation::Applied => actions.push(Action::Invalidated(writer)),
        Invalidation::Returned | Invalidation::Failed => return,
    }
    if state.budget.timeouts > 0 {
        actions.push(Action::InvalidationFails(writer));
    }
}

fn of_time(setup: &Setup, state: &State, actions: &mut Vec<Action>) {
    let (slot, lock) = (state.server.slot, state.server.lock);
    let last = state.calls.len() - 1;
    if setup.last_in_peace && state.calls[last].phase != Phase::NotBegun {
        let waits = matches!((state.calls[last].phase, slot), (Phase::Wait(_), Slot::Lease(_)));
        if waits && !setup.mutated(Mutation::EndlessLease) {
            actions.push(Action::Vanish);
        }
        return;
    }
    if state.budget.losses == 0 {
        return;
    }
    if matches!(slot, Slot::Value(value) if !value.stale) {
        actions.push(Action::Age);
    }
    if slot != Slot::Absent {
        actions.push(Action::Vanish);
    }
    if lock != Lock::Free {
        actions.push(Action::Unlock);
        if slot != Slot::Absent {
            actions.push(Action::Flush);
        }
    }
}

fn of_crashes(setup: &Setup, state: &State, actions: &mut Vec<Action>) {
    // The one that has to find peace is not crashed.
    if setup.last_in_peace && state.calls.last().is_some_and(|call| call.phase != Phase::NotBegun) {
        return;
    }
    let processes: u8 = setup.calls.iter().map(|caller| caller.process + 1).max().unwrap_or(0);
    let alive = |process| {
        let under_way = |phase| !matches!(phase, Phase::NotBegun | Phase::Over);
        let calls = setup.calls.iter().zip(&state.calls);
        calls.filter(|(caller, _)| caller.process == process).any(|(_, call)| under_way(call.phase))
    };
    if state.budget.crashes > 0 {
        actions.extend((0..processes).filter(|&process| alive(process)).map(Action::Crash));
    }
}

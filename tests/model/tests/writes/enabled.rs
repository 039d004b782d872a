//! Which actions are possible in a state.

use crate::action::Action;
use crate::mutation::Mutation;
use crate::setup::{How, Setup};
use crate::slot::Slot;
use crate::state::{Phase, Stage, State};

/// Adds the possible actions to `actions`, always in the same order.
pub(crate) fn enabled(setup: &Setup, state: &State, actions: &mut Vec<Action>) {
    // Beyond a broken promise there is nothing to learn.
    if state.wrong {
        return;
    }
    for call in 0..state.calls.len() {
        of_call(setup, state, call, actions);
    }
    for writer in 0..state.writers.len() {
        of_writer(setup, state, writer, actions);
    }
    for late in 0..state.late.len() {
        actions.push(Action::ApplyLate(late));
        // Elsewhere a request that is lost is one that does not come in time.
        if setup.last_in_peace {
            actions.push(Action::Lose(late));
        }
    }
    of_time(setup, state, actions);
    of_crashes(setup, state, actions);
}

fn of_call(setup: &Setup, state: &State, call: usize, actions: &mut Vec<Action>) {
    let budget = &state.budget;
    let in_peace = setup.is_last_in_peace(call);
    let phase = state.calls[call].phase;
    match phase {
        Phase::NotBegun if may_begin(setup, state, call) => actions.push(Action::Begin(call)),
        Phase::Read => actions.push(Action::Read(call)),
        Phase::Look(_) => actions.push(Action::Look(call)),
        Phase::Acquire | Phase::TakeOver(_) => actions.push(Action::Acquire(call)),
        // Another look at the same would change nothing.
        Phase::Wait(holder) if state.slot.holder() != Some(holder) => {
            actions.push(Action::Poll(call));
        }
        Phase::Body(_) => actions.push(Action::BodyReturns(call)),
        Phase::Store(_) => actions.push(Action::Commit(call)),
        _ => {}
    }
    if matches!(phase, Phase::Acquire | Phase::Store(_)) && budget.timeouts > 0 && !in_peace {
        actions.push(Action::TimeOut(call));
    }
    if matches!(phase, Phase::Body(_)) && budget.cancels > 0 && !in_peace {
        actions.push(Action::Cancel(call));
    }
}

fn may_begin(setup: &Setup, state: &State, call: usize) -> bool {
    if setup.is_last_in_peace(call) {
        return state.calls[..call].iter().all(|call| call.phase == Phase::Over)
            && state.writers.iter().all(|writer| writer.stage == Stage::Over)
            && state.late.is_empty();
    }
    // Calls that are alike begin in order, as any other order is the same with the numbers changed.
    (0..call).all(|other| {
        setup.calls[other] != setup.calls[call] || state.calls[other].phase != Phase::NotBegun
    })
}

fn of_writer(setup: &Setup, state: &State, writer: usize, actions: &mut Vec<Action>) {
    let (now, budget) = (state.writers[writer], &state.budget);
    let may_fail = setup.has_intent(writer) && !setup.by_steps;
    let loses = may_fail && budget.timeouts > 0;
    match now.stage {
        Stage::NotBegun if setup.writers[writer].how == How::Delete => {
            actions.push(Action::CommitWrite(writer));
        }
        Stage::NotBegun => {
            // Of two writers that are alike, the first begins first.
            let alike = |&other: &usize| setup.writers[other].how == setup.writers[writer].how;
            let waits = |other: usize| state.writers[other].stage == Stage::NotBegun;
            if (0..writer).filter(alike).any(waits) {
                return;
            }
            actions.push(Action::BeginWrite(writer));
            if loses {
                actions.push(Action::LoseBegin(writer));
            }
        }
        Stage::Body => {
            if now.committed.is_none() {
                actions.push(Action::CommitWrite(writer));
            } else {
                actions.push(Action::EndWrite(writer));
                if loses {
                    actions.push(Action::LoseEnd(writer));
                }
            }
            if may_fail && budget.failures > 0 {
                actions.push(Action::FailWrite(writer));
            }
            if may_fail && budget.cancels > 0 {
                actions.push(Action::CancelWrite(writer));
            }
        }
        Stage::Begins(_) | Stage::Ends(_) => actions.push(Action::StepWrite(writer)),
        Stage::Over => {}
    }
}

fn of_time(setup: &Setup, state: &State, actions: &mut Vec<Action>) {
    let losses = state.budget.losses > 0;
    for writer in 0..state.writers.len() {
        let is_over = state.writers[writer].stage == Stage::Over;
        if state.slot.protects(writer)
            && (is_over && !setup.mutated(Mutation::EndlessIntent) || losses)
        {
            actions.push(Action::EndRight(writer));
        }
    }
    let last = state.calls.last().map(|call| call.phase);
    if setup.last_in_peace && last != Some(Phase::NotBegun) {
        if matches!((last, state.slot), (Some(Phase::Wait(_)), Slot::Lease(_))) {
            actions.push(Action::Vanish);
        }
    } else if losses && state.slot != Slot::Absent {
        actions.push(Action::Vanish);
    }
}

fn of_crashes(setup: &Setup, state: &State, actions: &mut Vec<Action>) {
    // The one that has to find peace is not crashed.
    let last = state.calls.last().map(|call| call.phase);
    if state.budget.crashes == 0 || setup.last_in_peace && last != Some(Phase::NotBegun) {
        return;
    }
    let calls = setup.calls.iter().zip(&state.calls);
    let calls = calls.filter(|(_, call)| !matches!(call.phase, Phase::NotBegun | Phase::Over));
    let writers = setup.writers.iter().zip(&state.writers);
    let writers =
        writers.filter(|(_, writer)| !matches!(writer.stage, Stage::NotBegun | Stage::Over));
    let under_way = calls.map(|(process, _)| *process);
    let mut processes: Vec<u8> =
        under_way.chain(writers.map(|(writing, _)| writing.process)).collect();
    processes.sort_unstable();
    processes.dedup();
    actions.extend(processes.into_iter().map(Action::Crash));
}

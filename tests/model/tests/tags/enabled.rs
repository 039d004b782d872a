//! Which actions are possible in a state.

use protocol_model::Set;

use crate::action::Action;
use crate::setup::{How, Setup};
use crate::slot::{Slot, Tag};
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
        if setup.in_peace > 0 {
            actions.push(Action::Lose(late));
        }
    }
    let calls = state.calls.len();
    let mut in_peace = state.calls[calls - setup.in_peace..].iter().map(|call| call.phase);
    if in_peace.clone().any(|phase| phase != Phase::NotBegun) {
        // Whose lease it is makes no difference: nobody else is there.
        let waits = in_peace.any(|phase| matches!(phase, Phase::Wait(_)));
        if waits && matches!(state.server.slot, Slot::Lease(_)) {
            actions.push(Action::VanishSlot);
        }
        return;
    }
    if state.budget.losses > 0 {
        of_losses(setup, state, actions);
    }
    if state.budget.crashes > 0 {
        of_crashes(setup, state, actions);
    }
}

fn of_call(setup: &Setup, state: &State, call: usize, actions: &mut Vec<Action>) {
    let phase = state.calls[call].phase;
    match phase {
        Phase::NotBegun if may_begin(setup, state, call) => actions.push(Action::Begin(call)),
        Phase::Read => actions.push(Action::Read(call)),
        Phase::ReadTags(_) => actions.push(Action::ReadTags(call)),
        Phase::Look(_) => actions.push(Action::Look(call)),
        Phase::Acquire | Phase::TakeOver(_) => actions.push(Action::Acquire(call)),
        Phase::Mint | Phase::MintMore(_) | Phase::MintAfter(_) | Phase::MintMoreAfter(..) => {
            actions.push(Action::Mint(call));
        }
        // Another look at the same would change nothing: the epochs of a fill only go out of date.
        Phase::Wait(other) if state.server.slot != Slot::Lease(other) => {
            actions.push(Action::Poll(call));
        }
        Phase::Body(_) => actions.push(Action::BodyReturns(call)),
        Phase::Store(_) => actions.push(Action::Commit(call)),
        _ => {}
    }
    let asks = matches!(
        phase,
        Phase::Acquire | Phase::TakeOver(_) | Phase::Mint | Phase::MintAfter(_) | Phase::Store(_)
    );
    if asks && state.budget.timeouts > 0 && !setup.has_peace(call) {
        actions.push(Action::TimeOut(call));
    }
}

fn may_begin(setup: &Setup, state: &State, call: usize) -> bool {
    if setup.has_peace(call) {
        return state.calls[..call].iter().all(|call| call.phase == Phase::Over)
            && state.writers.iter().all(|writer| writer.stage == Stage::Over)
            && state.server.tags.iter().all(|tag| tag.writers() == Set::EMPTY)
            && state.late.is_empty();
    }
    // Calls that are alike begin in order, as any other order is the same with the numbers changed.
    (0..call).all(|other| {
        setup.calls[other] != setup.calls[call] || state.calls[other].phase != Phase::NotBegun
    })
}

fn of_writer(setup: &Setup, state: &State, writer: usize, actions: &mut Vec<Action>) {
    let (now, writing) = (state.writers[writer], setup.writers[writer]);
    // Of two writers that are alike, the first begins first.
    let alike = |&other: &usize| setup.writers[other] == writing;
    let is_first = !(0..writer).filter(alike).any(|other| state.writers[other] == now);
    match now.stage {
        Stage::NotBegun if is_first => actions.push(Action::BeginWrite(writer)),
        Stage::Begun => actions.push(Action::BeginWrite(writer)),
        Stage::Body => actions.push(Action::CommitWrite(writer)),
        Stage::Sent if writing.how == How::Intent || is_first => {
            actions.push(Action::Invalidate(writer));
            if writing.how == How::Invalidate && !setup.by_steps && state.budget.timeouts > 0 {
                actions.push(Action::LoseInvalidation(writer));
            }
        }
        Stage::Half | Stage::Again => actions.push(Action::Invalidate(writer)),
        _ => {}
    }
    let has_right = state.server.tags[writing.tag].writers().has(writer);
    if has_right && (now.stage == Stage::Over || state.budget.losses > 0) {
        actions.push(Action::EndRight(writer));
    }
}

fn of_losses(setup: &Setup, state: &State, actions: &mut Vec<Action>) {
    let server = &state.server;
    if server.slot != Slot::Absent {
        actions.push(Action::VanishSlot);
    }
    for tag in (0..setup.tags.len()).filter(|&tag| server.tags[tag] != Tag::Absent) {
        actions.push(Action::VanishTag(tag));
    }
    if server.clock.is_some() {
        actions.push(Action::VanishClock);
    }
    actions.push(Action::Flush);
}

fn of_crashes(setup: &Setup, state: &State, actions: &mut Vec<Action>) {
    let processes: u8 = setup.calls.iter().map(|process| process + 1).max().unwrap_or(0);
    let alive = |process| {
        let under_way = |phase| !matches!(phase, Phase::NotBegun | Phase::Over);
        let mut calls = setup.calls.iter().zip(&state.calls);
        calls.any(|(other, call)| *other == process && under_way(call.phase))
    };
    actions.extend((0..processes).filter(|&process| alive(process)).map(Action::Crash));
    for (number, writing) in setup.writers.iter().enumerate() {
        let stage = state.writers[number].stage;
        if writing.how == How::Intent
            && matches!(stage, Stage::Begun | Stage::Body | Stage::Sent | Stage::Half)
        {
            actions.push(Action::CrashWriter(number));
        }
    }
}

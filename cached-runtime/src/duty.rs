//! Work that one task does for all calls, whichever runtime the task is on.
//!
//! A runtime can end, or stand still while another one makes calls (tests, and programs with a runtime per thread, do
//! that). Whoever finds the task gone or silent takes its duty over.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;

/// A task that has not been heard of for so long is taken to stand still.
const OVERDUE: Duration = Duration::from_millis(1500);

#[derive(Debug, Default)]
pub(crate) struct Duty(Mutex<Holder>);

#[derive(Debug, Default)]
struct Holder {
    /// Of the last turn.
    number: u64,
    /// When its task was heard of, if it has not ended.
    heard: Option<Instant>,
}

/// One task's turn.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Turn(u64);

impl Duty {
    /// A turn for a new task on this runtime, unless there is a task that does the work.
    pub(crate) fn take(&self) -> Option<(Turn, Handle)> {
        let runtime = Handle::try_current().ok()?;
        let mut holder = self.holder();
        if holder.heard.is_some_and(|heard| heard.elapsed() < OVERDUE) {
            return None;
        }
        holder.number += 1;
        holder.heard = Some(Instant::now());
        Some((Turn(holder.number), runtime))
    }

    /// Tells that the task of `turn` is at work. `false` if another has taken over, and this one should end.
    pub(crate) fn go_on(&self, turn: Turn) -> bool {
        let mut holder = self.holder();
        let is_mine = holder.number == turn.0;
        if is_mine {
            holder.heard = Some(Instant::now());
        }
        is_mine
    }

    /// The task of `turn` has ended.
    pub(crate) fn end(&self, turn: Turn) {
        let mut holder = self.holder();
        if holder.number == turn.0 {
            holder.heard = None;
        }
    }

    fn holder(&self) -> MutexGuard<'_, Holder> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_task_at_a_time_and_another_when_it_has_ended_or_is_silent() {
        let duty = Duty::default();
        let (first, _) = duty.take().unwrap();
        assert!(duty.take().is_none() && duty.go_on(first));
        duty.end(first);
        let (second, _) = duty.take().unwrap();
        assert!(!duty.go_on(first));
        duty.end(first);
        assert!(duty.take().is_none(), "the end of an earlier turn is not that of this one");
        duty.holder().heard = Instant::now().checked_sub(OVERDUE);
        let (third, _) = duty.take().unwrap();
        assert!(!duty.go_on(second) && duty.go_on(third));
    }

    #[test]
    fn without_a_runtime_nobody_takes_it() {
        assert!(Duty::default().take().is_none());
    }
}

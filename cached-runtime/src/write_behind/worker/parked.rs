//! Records that failed and are to be tried again later, each with those of its key that came after it.

use std::collections::{HashMap, VecDeque};

use tokio::time::Instant;

use super::job::Job;

#[derive(Default)]
pub(super) struct Parked {
    lines: HashMap<String, Line>,
    count: usize,
}

struct Line {
    /// When the first is to be tried.
    due: Instant,
    jobs: VecDeque<Job>,
}

impl Parked {
    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// How many records there are.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// A record that has failed, in front of those of its key.
    pub(super) fn park(&mut self, job: Job, due: Instant) {
        self.count += 1;
        if let Some(line) = self.lines.get_mut(&job.key) {
            line.due = due;
            line.jobs.push_front(job);
        } else {
            self.lines.insert(job.key.clone(), Line { due, jobs: [job].into() });
        }
    }

    /// A record behind those of its key. It comes back if there are none.
    pub(super) fn line_up(&mut self, job: Job) -> Result<(), Job> {
        let Some(line) = self.lines.get_mut(&job.key) else { return Err(job) };
        line.jobs.push_back(job);
        self.count += 1;
        Ok(())
    }

    /// When the next one is to be tried.
    pub(super) fn next_due(&self) -> Option<Instant> {
        self.lines.values().map(|line| line.due).min()
    }

    /// A record that is to be tried now. Those behind it stay until [`free`](Self::free) or [`park`](Self::park).
    pub(super) fn take_due(&mut self, now: Instant) -> Option<Job> {
        let line =
            self.lines.values_mut().filter(|line| line.due <= now).min_by_key(|line| line.due)?;
        self.count -= 1;
        line.jobs.pop_front()
    }

    /// The record in front is no longer in the way: those behind it.
    pub(super) fn free(&mut self, key: &str) -> VecDeque<Job> {
        let jobs = self.lines.remove(key).map(|line| line.jobs).unwrap_or_default();
        self.count -= jobs.len();
        jobs
    }
}

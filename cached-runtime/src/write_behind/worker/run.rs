//! Runs a shard's records: in batches, in smaller ones where those fail, and by themselves where they fail again.

use std::panic::catch_unwind;

use serde_core::Serialize;
use serde_core::de::DeserializeOwned;
use tokio::time::Instant;

use super::function::told;
use super::job::Job;
use super::shard::{Halt, ShardWork};
use crate::codec::{Codec, Json};
use crate::store::redis::queue::Grave;
use crate::write_behind::queue::Queue;
use crate::write_behind::{Batch, Record};

/// Records that fail by themselves, one after the other, before the others are left alone: it is not the records then.
const FAILURES_IN_A_ROW: u32 = 3;

/// Characters of an error that are kept.
const LONGEST_ERROR: usize = 2000;

/// What became of a record that was run by itself.
enum Fate {
    Done,
    Buried,
    /// It is to be tried again.
    Failed(Job),
}

impl<T: Serialize + DeserializeOwned + Send + 'static> ShardWork<T> {
    /// Runs all that are ready, unless too many fail.
    pub(super) async fn run_ready(&mut self) -> Result<(), Halt> {
        let most = self.queue.settings.batch;
        let (mut size, mut failures) = (most, 0);
        while !self.is_leaving() && failures < FAILURES_IN_A_ROW {
            let count = self.ready.iter().take(size).take_while(|job| !job.is_suspect).count();
            let mut jobs: Vec<_> = self.ready.drain(..count.max(1).min(self.ready.len())).collect();
            let batch = self.decoded(&mut jobs).await?;
            let fate = match jobs.len() {
                0 if self.ready.is_empty() => return Ok(()),
                0 => continue,
                1 => self.alone(jobs.remove(0), batch).await?,
                count => match (self.function)(batch).await {
                    Ok(()) => {
                        self.ack(&ids(&jobs)).await?;
                        Fate::Done
                    }
                    Err(error) => {
                        tracing::debug!(
                            queue = self.queue.names.base,
                            count,
                            error,
                            "a batch failed"
                        );
                        for job in jobs.into_iter().rev() {
                            self.ready.push_front(job);
                        }
                        size = count / 2;
                        continue;
                    }
                },
            };
            match fate {
                Fate::Done => {
                    failures = 0;
                    size = size.saturating_mul(2).min(most);
                }
                Fate::Buried => failures += 1,
                Fate::Failed(job) => {
                    failures += 1;
                    self.park(job);
                }
            }
        }
        self.is_stuck = failures >= FAILURES_IN_A_ROW;
        Ok(())
    }

    /// Tries the records whose pause is over.
    pub(super) async fn retry_due(&mut self) -> Result<(), Halt> {
        while !self.is_leaving()
            && let Some(job) = self.parked.take_due(Instant::now())
        {
            let key = job.key.clone();
            let mut jobs = vec![job];
            let batch = self.decoded(&mut jobs).await?;
            let fate = match jobs.pop() {
                Some(job) => self.alone(job, batch).await?,
                None => Fate::Buried,
            };
            if let Fate::Failed(job) = fate {
                self.park(job);
                continue;
            }
            self.is_stuck &= !matches!(fate, Fate::Done);
            for job in self.parked.free(&key).into_iter().rev() {
                self.ready.push_front(job);
            }
        }
        Ok(())
    }

    /// Runs one record. A suspect is counted before, as nobody may be there to do it after.
    async fn alone(&mut self, mut job: Job, batch: Batch<T>) -> Result<Fate, Halt> {
        let most = self.queue.settings.max_attempts;
        if job.is_suspect {
            job.failures = self.charge(&job).await?;
            if job.failures > most {
                job.failures = most;
                let error =
                    "the worker's process ended, or stood still, each time that it was tried";
                self.bury(&job, error).await?;
                return Ok(Fate::Buried);
            }
        }
        let Err(error) = (self.function)(batch).await else {
            self.ack(&[&job.id]).await?;
            return Ok(Fate::Done);
        };
        if !job.is_suspect {
            job.failures = self.charge(&job).await?;
        }
        if job.failures >= most {
            self.bury(&job, &error).await?;
            return Ok(Fate::Buried);
        }
        if let Some(held_back) = self.queue.failures.pass() {
            let (queue, failures) = (self.queue.names.base.as_str(), job.failures);
            tracing::warn!(
                queue,
                record = job.id,
                failures,
                error,
                held_back,
                "a record of a write-behind queue failed: it is tried again"
            );
        }
        Ok(Fate::Failed(job))
    }

    /// Later records of its key wait behind it.
    fn park(&mut self, job: Job) {
        let key = job.key.clone();
        let due = Instant::now() + self.queue.settings.backoff.after(job.failures);
        self.parked.park(job, due);
        for job in std::mem::take(&mut self.ready) {
            let kept = if job.key == key { self.parked.line_up(job) } else { Err(job) };
            if let Err(job) = kept {
                self.ready.push_back(job);
            }
        }
    }

    /// What the function is given; without those that are no records.
    async fn decoded(&mut self, jobs: &mut Vec<Job>) -> Result<Batch<T>, Halt> {
        let mut records = Vec::with_capacity(jobs.len());
        for job in std::mem::take(jobs) {
            match decode(&job.payload) {
                Ok(value) => {
                    let id = job.id.parse().unwrap_or_default();
                    let (key, failures) = (job.key.clone(), job.failures);
                    records.push(Record { id, key, value, failures });
                    jobs.push(job);
                }
                Err(error) => {
                    self.bury(&job, &format!("it can't be decoded: {error}")).await?;
                }
            }
        }
        Ok(Batch(records))
    }

    /// The records are through.
    pub(super) async fn ack(&mut self, ids: &[&str]) -> Result<(), Halt> {
        loop {
            let Queue { names, .. } = &*self.queue;
            let redis = self.queue.redis().map_err(Halt::Failed)?;
            match redis.queue_ack(names, self.number, &self.lease, ids).await {
                Ok(true) => return Ok(()),
                Ok(false) => return Err(Halt::Lost),
                Err(error) => self.again(&error).await?,
            }
        }
    }

    async fn charge(&mut self, job: &Job) -> Result<u32, Halt> {
        loop {
            let Queue { names, .. } = &*self.queue;
            let redis = self.queue.redis().map_err(Halt::Failed)?;
            match redis.queue_charge(names, self.number, &self.lease, &job.id).await {
                Ok(failures) => return failures.ok_or(Halt::Lost),
                Err(error) => self.again(&error).await?,
            }
        }
    }

    async fn bury(&mut self, job: &Job, error: &str) -> Result<(), Halt> {
        let (queue, failures) = (&self.queue.names.base, job.failures);
        if let Some(held_back) = self.queue.burials.pass() {
            tracing::error!(
                queue,
                record = job.id,
                failures,
                error,
                held_back,
                "a record of a write-behind queue is a dead letter now"
            );
        }
        let error: String = error.chars().take(LONGEST_ERROR).collect();
        let Job { id, key, payload, .. } = job;
        let grave = Grave { id, key, payload, error: &error, tries: failures };
        loop {
            let Queue { names, .. } = &*self.queue;
            let redis = self.queue.redis().map_err(Halt::Failed)?;
            match redis.queue_bury(names, self.number, &self.lease, &grave).await {
                Ok(true) => return Ok(()),
                Ok(false) => return Err(Halt::Lost),
                Err(error) => self.again(&error).await?,
            }
        }
    }
}

/// Without it, a panic would end the task, and that of each stint after it.
fn decode<T: Serialize + DeserializeOwned>(payload: &[u8]) -> Result<T, String> {
    match catch_unwind(|| Json::decode(payload)) {
        Ok(decoded) => decoded.map_err(|error| error.to_string()),
        Err(panic) => Err(told("its `Deserialize`", &*panic)),
    }
}

fn ids(jobs: &[Job]) -> Vec<&str> {
    jobs.iter().map(|job| job.id.as_str()).collect()
}

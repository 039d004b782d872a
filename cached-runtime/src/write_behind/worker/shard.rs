//! One shard's work: reads its records, has them [run](super::run), and waits for more.

use std::collections::VecDeque;
use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use serde_core::Serialize;
use serde_core::de::DeserializeOwned;
use tokio::sync::watch;
use tokio::time::{sleep, sleep_until};

use super::function::Function;
use super::job::Job;
use super::parked::Parked;
use super::seat::Status;
use crate::Error;
use crate::store::redis::queue::{Page, Read};
use crate::write_behind::pauses::{Pause, first};
use crate::write_behind::queue::Queue;

/// So many batches of records may be parked before no more are read.
const PARKED_BATCHES: usize = 4;

/// Between tries when Redis fails.
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

/// Why a shard's work comes to a halt.
pub(super) enum Halt {
    /// The shard is another worker's, or to become that.
    Lost,
    /// It is not known what was read.
    Failed(Error),
}

pub(super) struct ShardWork<T> {
    pub(super) queue: Arc<Queue>,
    pub(super) number: usize,
    pub(super) lease: Arc<str>,
    pub(super) function: Function<T>,
    pub(super) status: Arc<Status>,
    pub(super) leave: watch::Receiver<bool>,
    /// To be read next.
    page: Page,
    /// So many records of it.
    count: usize,
    /// To be run next, in order.
    pub(super) ready: VecDeque<Job>,
    pub(super) parked: Parked,
    /// Whether only those that failed are tried, as nothing passes.
    pub(super) is_stuck: bool,
    pause: Pause,
}

impl<T: Serialize + DeserializeOwned + Send + 'static> ShardWork<T> {
    pub(super) fn new(
        queue: Arc<Queue>,
        number: usize,
        lease: Arc<str>,
        function: Function<T>,
        status: Arc<Status>,
        leave: watch::Receiver<bool>,
    ) -> Self {
        let count = queue.settings.batch;
        Self {
            queue,
            number,
            lease,
            function,
            status,
            leave,
            page: first_page(),
            count,
            ready: VecDeque::new(),
            parked: Parked::default(),
            is_stuck: false,
            pause: Pause::up_to(LONGEST_PAUSE),
        }
    }

    pub(super) async fn run(mut self) {
        while !self.is_leaving() {
            match self.round().await {
                Ok(()) => self.pause.start_over(),
                Err(Halt::Lost) => return,
                Err(Halt::Failed(error)) => {
                    if error.is_timeout() {
                        // They may be too large for `op_timeout`.
                        self.count = (self.count / 2).max(1);
                    }
                    self.start_over();
                    if self.again(&error).await.is_err() {
                        return;
                    }
                }
            }
        }
    }

    async fn round(&mut self) -> Result<(), Halt> {
        self.retry_due().await?;
        self.is_stuck &= !self.parked.is_empty();
        if self.is_stuck {
            self.wait(false).await;
            return Ok(());
        }
        if self.ready.is_empty() {
            let most = PARKED_BATCHES * self.queue.settings.batch;
            let has_room = self.parked.count() < most;
            if !has_room || !self.read().await? {
                self.wait(has_room).await;
            }
            return Ok(());
        }
        self.run_ready().await
    }

    /// Whether there was something, or may be: a worker before us may have left records that it had read.
    async fn read(&mut self) -> Result<bool, Halt> {
        let Queue { names, settings, .. } = &*self.queue;
        let redis = self.queue.redis().map_err(Halt::Failed)?;
        let read = redis.queue_read(names, self.number, &self.lease, &self.page, self.count);
        let (found, last) = match read.await.map_err(Halt::Failed)? {
            Read::Records(found, last) => (found, last),
            Read::Missed => {
                self.start_over();
                return Ok(true);
            }
            Read::Lost => return Err(Halt::Lost),
        };
        self.count = self.count.saturating_mul(2).min(settings.batch);
        let has_more = !found.is_empty() || matches!(self.page, Page::Left(_));
        match (&mut self.page, found.last()) {
            (Page::Left(behind) | Page::New(behind), Some(found)) => behind.clone_from(&found.id),
            (page @ Page::Left(_), None) => *page = Page::New(last),
            (Page::New(_), None) => {}
        }
        let mut gone = Vec::new();
        for found in found {
            match Job::new(found).map(|job| self.parked.line_up(job)) {
                Ok(Ok(())) => {}
                Ok(Err(job)) => self.ready.push_back(job),
                Err(id) => gone.push(id),
            }
        }
        if !gone.is_empty() {
            self.ack(&gone.iter().map(String::as_str).collect::<Vec<_>>()).await?;
        }
        Ok(has_more)
    }

    /// Until there is something to do: a parked record's time, or, if those are wanted, new records.
    async fn wait(&mut self, wants_records: bool) {
        self.status.set(self.ready.len() + self.parked.count(), wants_records);
        let due = self.parked.next_due();
        let linger = self.queue.settings.linger;
        let rung = async {
            if !wants_records {
                pending::<()>().await;
            }
            self.queue.bells[self.number].notified().await;
            sleep(linger).await;
        };
        let is_due = async {
            match due {
                Some(due) => sleep_until(due).await,
                None => pending().await,
            }
        };
        first(first(rung, is_due), left(self.leave.clone())).await;
        self.status.set(0, false);
    }

    /// What was read may be known to Redis only. It will tell.
    fn start_over(&mut self) {
        self.page = first_page();
        self.ready.clear();
        self.parked = Parked::default();
        self.is_stuck = false;
    }

    /// After a failure of Redis: waits until it is time to try again, unless it is time to go. The keeper ends it all
    /// before the lease can have ended.
    pub(super) async fn again(&mut self, error: &Error) -> Result<(), Halt> {
        if let Some(held_back) = self.queue.refusals.pass() {
            let (queue, shard) = (self.queue.names.base.as_str(), self.number);
            tracing::warn!(queue, shard, %error, held_back, "a worker of a write-behind queue can't reach it");
        }
        if self.is_leaving() && error.is_refused() {
            return Err(Halt::Lost);
        }
        sleep(self.pause.next()).await;
        Ok(())
    }

    pub(super) fn is_leaving(&self) -> bool {
        *self.leave.borrow()
    }
}

/// All that was read before, by whomever, and is not done.
fn first_page() -> Page {
    Page::Left("0".to_owned())
}

async fn left(mut leave: watch::Receiver<bool>) {
    // Without its keeper, a task goes, too.
    let _ = leave.wait_for(|leave| *leave).await;
}

//! Keeps a worker's leases, and starts and ends the tasks of its shards.
//!
//! A shard's task runs only while its lease is known to be ours: the keeper ends it before the lease can have ended.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use serde_core::Serialize;
use serde_core::de::DeserializeOwned;
use tokio::sync::watch;
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::{Instant, timeout, timeout_at};

use super::function::Function;
use super::seat::{Seat, Status};
use super::shard::ShardWork;
use crate::Error;
use crate::codec::wire;
use crate::store::redis::queue::{Asked, Turn};
use crate::write_behind::pauses::{Pause, first};
use crate::write_behind::queue::Queue;

/// Idle shards are looked at so often at least.
const LONGEST_PAUSE: Duration = Duration::from_millis(100);

pub(super) struct Keeper<T> {
    queue: Arc<Queue>,
    function: Function<T>,
    /// What stands in the leases: no other worker has it.
    token: Arc<str>,
    stop: watch::Receiver<bool>,
    seats: HashMap<usize, Seat>,
    tasks: JoinSet<()>,
    /// When the step was sent that kept the leases the last time.
    kept: Option<Instant>,
    pause: Pause,
}

impl<T: Serialize + DeserializeOwned + Send + 'static> Keeper<T> {
    pub(super) fn new(
        queue: Arc<Queue>,
        function: Function<T>,
        stop: watch::Receiver<bool>,
    ) -> Self {
        let pause = Pause::up_to(LONGEST_PAUSE.min(queue.settings.lease / 4));
        Self {
            queue,
            function,
            token: new_token(),
            stop,
            seats: HashMap::new(),
            tasks: JoinSet::new(),
            kept: None,
            pause,
        }
    }

    pub(super) async fn run(mut self) {
        loop {
            self.turn().await;
            if self.is_stopping() && self.seats.is_empty() {
                return;
            }
            self.rest().await;
        }
    }

    /// Whoever has dropped the handle wants no worker either.
    fn is_stopping(&self) -> bool {
        *self.stop.borrow() || self.stop.has_changed().is_err()
    }

    async fn turn(&mut self) {
        let lease = self.queue.settings.lease;
        let sent = Instant::now();
        let renews = self.kept.is_none_or(|kept| sent - kept >= lease / 4);
        let asked = Asked { token: &self.token, lease, renews, seeks: !self.is_stopping() };
        let turn = async { self.queue.redis()?.queue_turn(&self.queue.names, &asked).await };
        let turn = match self.end() {
            Some(end) => timeout_at(end, turn).await.ok(),
            None => Some(turn.await),
        };
        match turn {
            Some(Ok(turn)) => {
                if renews {
                    self.kept = Some(sent);
                }
                self.take(&turn);
            }
            Some(Err(error)) => self.tell(&error),
            None => {}
        }
        if self.end().is_some_and(|end| Instant::now() >= end) {
            self.seats.values().for_each(|seat| seat.task.abort());
        }
    }

    /// When the tasks must have ended, if the leases are not kept before that: less than the whole time of a lease, as
    /// clocks differ in speed.
    fn end(&self) -> Option<Instant> {
        let kept = self.kept.filter(|_| !self.seats.is_empty())?;
        Some(kept + self.queue.settings.lease.mul_f64(0.9))
    }

    fn take(&mut self, turn: &Turn) {
        for (number, &records) in turn.shards.iter().enumerate() {
            match (records, self.seats.get(&number)) {
                (Some(_), None) if !self.is_stopping() => {
                    self.start(number);
                    self.pause.start_over();
                }
                (Some(records), Some(seat)) if seat.status.has_missed(records) => {
                    self.queue.bells[number].notify_one();
                    self.pause.start_over();
                }
                (None, Some(seat)) => seat.task.abort(),
                _ => {}
            }
        }
        let leaving = self.seats.values().filter(|seat| seat.was_asked_to_leave()).count();
        let staying = self.seats.len() - leaving;
        let surplus = staying.saturating_sub(turn.share);
        self.seats
            .values()
            .filter(|seat| !seat.was_asked_to_leave())
            .take(surplus)
            .for_each(Seat::ask_to_leave);
    }

    fn start(&mut self, number: usize) {
        let (leave, left) = watch::channel(false);
        let status = Arc::new(Status::default());
        let work = ShardWork::new(
            Arc::clone(&self.queue),
            number,
            Arc::clone(&self.token),
            Arc::clone(&self.function),
            Arc::clone(&status),
            left,
        );
        let task = self.tasks.spawn(work.run());
        self.seats.insert(number, Seat::new(task, status, leave));
    }

    /// Waits for the next turn.
    async fn rest(&mut self) {
        let pause = self.pause.next();
        if self.is_stopping() {
            self.seats.values().for_each(Seat::ask_to_leave);
        }
        let is_stopping = self.is_stopping();
        let ended = async {
            match self.tasks.join_next_with_id().await {
                None => pending().await,
                ended => ended,
            }
        };
        let stopped = async {
            if is_stopping {
                pending::<()>().await;
            }
            let _ = self.stop.changed().await;
            None
        };
        if let Ok(Some(ended)) = timeout(pause, first(ended, stopped)).await {
            self.ended(&ended).await;
        }
    }

    /// A task has ended, by itself or not: its shard is for whoever wants it.
    async fn ended(&mut self, ended: &Result<(Id, ()), JoinError>) {
        let (id, is_whole) = match ended {
            Ok((id, ())) => (*id, true),
            Err(error) => (error.id(), false),
        };
        let number =
            self.seats.iter().find(|(_, seat)| seat.task.id() == id).map(|(&number, _)| number);
        let Some(number) = number else { return };
        self.seats.remove(&number);
        if is_whole && let Ok(redis) = self.queue.redis() {
            // If it fails, the lease ends by itself.
            let _ = redis.queue_leave(&self.queue.names, number, &self.token).await;
        }
    }

    fn tell(&self, error: &Error) {
        if let Some(held_back) = self.queue.refusals.pass() {
            let queue = self.queue.names.base.as_str();
            tracing::warn!(queue, %error, held_back, "a worker of a write-behind queue can't reach it");
        }
    }
}

/// Text, for those who look at a lease.
fn new_token() -> Arc<str> {
    let mut token = String::new();
    for byte in &wire::new_lease()[2..] {
        let _ = write!(token, "{byte:02x}");
    }
    token.into()
}

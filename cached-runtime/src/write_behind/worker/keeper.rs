//! Keeps a worker's leases, and starts and ends the tasks of its shards.
//!
//! A shard's task runs only while its lease is known to be ours: the keeper ends it before the lease can have ended.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::future::{Future, pending};
use std::sync::Arc;
use std::time::Duration;

use serde_core::Serialize;
use serde_core::de::DeserializeOwned;
use tokio::sync::watch;
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::{Instant, timeout, timeout_at};
use tracing::Instrument as _;

use super::function::Function;
use super::seat::{Seat, Status};
use super::shard::ShardWork;
use crate::Error;
use crate::codec::wire;
use crate::store::redis::queue::{Asked, Holding, Turn};
use crate::write_behind::pauses::{Pause, first};
use crate::write_behind::queue::Queue;

/// Idle shards are looked at so often at least.
const LONGEST_PAUSE: Duration = Duration::from_millis(100);

pub(super) struct Keeper<T> {
    queue: Arc<Queue>,
    function: Function<T>,
    /// What the leases begin with: no other worker has it.
    token: String,
    /// How many turns there were.
    turns: u64,
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
            turns: 0,
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
        let ttl = self.queue.settings.lease;
        let sent = Instant::now();
        let renews = self.kept.is_none_or(|kept| sent - kept >= ttl / 4);
        self.turns += 1;
        let taken: Arc<str> = format!("{}:{}", self.token, self.turns).into();
        let lease = |shard| self.seats.get(&shard).and_then(Seat::kept_lease);
        let leases: Vec<_> = (0..self.queue.names.count()).map(lease).collect();
        let (token, seeks) = (&self.token, !self.is_stopping());
        let asked = Asked { token, taken: &taken, leases: &leases, ttl, renews, seeks };
        let turn = async { self.queue.redis()?.queue_turn(&self.queue.names, &asked).await };
        match self.in_time(turn).await {
            Some(Ok(turn)) => {
                if renews {
                    self.kept = Some(sent);
                }
                self.take(&turn, &taken);
            }
            Some(Err(error)) => self.tell(&error),
            None => {}
        }
        if self.end().is_some_and(|end| Instant::now() >= end) {
            self.seats.values_mut().for_each(Seat::lose);
        }
    }

    /// A step may take longer than the tasks may go on without us.
    async fn in_time<V>(&self, step: impl Future<Output = V>) -> Option<V> {
        match self.end() {
            Some(end) => timeout_at(end, step).await.ok(),
            None => Some(step.await),
        }
    }

    /// When the tasks must have ended, if the leases are not kept before that: less than the whole time of a lease, as
    /// clocks differ in speed.
    fn end(&self) -> Option<Instant> {
        let kept = self.kept.filter(|_| !self.seats.is_empty())?;
        Some(kept + self.queue.settings.lease.mul_f64(0.9))
    }

    fn take(&mut self, turn: &Turn, taken: &Arc<str>) {
        for (number, &holding) in turn.shards.iter().enumerate() {
            match (holding, self.seats.get_mut(&number)) {
                (Holding::Taken(_), None) => {
                    self.start(number, taken);
                    self.pause.start_over();
                }
                (Holding::Kept(records), Some(seat)) if seat.status.has_missed(records) => {
                    self.queue.bells[number].notify_one();
                    self.pause.start_over();
                }
                // The next turn takes it anew, when the task has ended.
                (Holding::Taken(_) | Holding::NotMine, Some(seat)) => seat.lose(),
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

    fn start(&mut self, number: usize, lease: &Arc<str>) {
        let (leave, left) = watch::channel(false);
        let status = Arc::new(Status::default());
        let work = ShardWork::new(
            Arc::clone(&self.queue),
            number,
            Arc::clone(lease),
            Arc::clone(&self.function),
            Arc::clone(&status),
            left,
        );
        let task = self.tasks.spawn(work.run().in_current_span());
        self.seats.insert(number, Seat::new(Arc::clone(lease), task, status, leave));
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
        let number = self.seats.iter().find(|(_, seat)| seat.is_of(id)).map(|(&number, _)| number);
        let Some((number, seat)) = number.and_then(|number| self.seats.remove_entry(&number))
        else {
            return;
        };
        if is_whole && let Ok(redis) = self.queue.redis() {
            // If it fails, the lease ends by itself.
            let leave = redis.queue_leave(&self.queue.names, number, &seat.lease);
            let _ = self.in_time(leave).await;
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
fn new_token() -> String {
    let mut token = String::new();
    for byte in &wire::new_lease()[2..] {
        let _ = write!(token, "{byte:02x}");
    }
    token
}

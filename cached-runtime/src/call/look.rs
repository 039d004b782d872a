//! What a call finds: a value, or that its body is to run, and what for.
//!
//! It reads the slot, or waits for another call of this process that reads it; where the slot is being filled, it
//! follows the flight, or looks again after a pause. Each step leads to the next one or to the end of looking.

use std::ops::ControlFlow::{self, Break, Continue};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::{Instant, timeout_at};

use super::Desk;
use super::either::either;
use super::errors::Copied;
use super::lease::Leased;
use super::pace::pause;
use super::read::{Content, Seen, freshness, read, read_and_keep};
use super::run::{Lead, Role, Run};
use crate::clock::Tick;
use crate::codec::wire;
use crate::flight::{
    Boarding, Found, Landing, Leader, Mark, NO_TAGS, Reader, Turn, Verdict, Waiting,
};
use crate::observe::Outcome;
use crate::policy::{Flight, Freshness, Policy};
use crate::store::has_clock;
use crate::store::tracker::Ticket;

/// As much of useless bytes as is compared before they are replaced.
const ENOUGH: usize = 64;

/// The slot may change between a look at it and the attempt to fill it; that often is no chance any more.
const ATTEMPTS: u32 = 16;

/// How long a call waits to be told that its slot has changed, before it looks all the same.
const RARELY: Duration = Duration::from_millis(250);

/// About as long as a read takes.
const A_READ: Duration = Duration::from_millis(10);

/// Longer than nearly all reads take. One that takes longer may never end: its call may be held and not polled.
const A_SLOW_READ: Duration = Duration::from_secs(1);

/// What a call does.
pub(super) enum Look<V> {
    /// It has a value.
    Value(V, Outcome),
    /// It has a stale value, and its body may refill the slot in the background.
    Refill(V, Leader),
    /// It has the error of the call that it followed.
    Error(Copied),
    /// It runs its body.
    Run(Run<V>),
}

/// A call that looks for its value.
pub(super) struct Looking<'a, V> {
    pub(super) desk: Desk<'a>,
    pub(super) policy: &'a Policy<V>,
    /// When it began, as the flights count.
    began: u64,
    /// When it stops to wait for the fills of others.
    deadline: Option<Instant>,
    /// After `deadline`, when it stops to wait for the reads of others.
    patience: Option<Instant>,
    /// Whether that was already, and it waits for one that began after that.
    is_late: bool,
    /// How often it has tried to fill the slot.
    attempts: u32,
    /// Of its last read, if the store tells when what it found has changed.
    ticket: Option<Ticket>,
    /// A value that is better than an error.
    pub(super) fallback: Option<(V, Outcome)>,
}

/// One step of looking.
pub(super) enum Step<V> {
    Read(Reader),
    Judge(Reader, Content<V>),
    /// A value was read of which this is known: to ask again would be another draw, where it may be refilled early.
    Use(Reader, V, Found, Freshness),
    Wait(Waiting),
}

pub(super) type Next<V> = ControlFlow<Look<V>, Step<V>>;

/// Looks for the value of a call.
pub(super) async fn look<V>(desk: Desk<'_>, policy: &Policy<V>) -> Look<V> {
    let (began, turn) = desk.engine.board.enter(desk.slot);
    let step = match turn {
        Turn::Read(first) => match read(desk, policy).await {
            Content::Value(value, found) => match freshness(policy, &found) {
                Freshness::Fresh => return Look::Value(value, Outcome::Hit),
                freshness => Step::Use(first.into_reader(), value, found, freshness),
            },
            content => Step::Judge(first.into_reader(), content),
        },
        Turn::ReadLater(reader) => Step::Read(reader),
        Turn::Wait(waiting) => Step::Wait(waiting),
    };
    let looking = Looking {
        desk,
        policy,
        began,
        deadline: None,
        patience: None,
        is_late: false,
        attempts: 0,
        ticket: None,
        fallback: None,
    };
    // Apart, as the way of a hit is to have no room for it in the future of each call.
    Box::pin(looking.go_on(step)).await
}

impl<V> Looking<'_, V> {
    async fn go_on(mut self, mut step: Step<V>) -> Look<V> {
        loop {
            let next = match step {
                Step::Read(reader) => self.read_later(reader).await,
                Step::Judge(reader, content) => self.judge(reader, content).await,
                Step::Use(reader, value, found, freshness) => {
                    reader.found(&found);
                    self.use_value(value, found, freshness).await
                }
                Step::Wait(waiting) => self.wait(waiting).await,
            };
            match next {
                Break(look) => return look,
                Continue(next) => step = next,
            }
        }
    }

    /// Reads, after a pause if the last read found nothing but a fill under way.
    async fn read_later(&mut self, mut reader: Reader) -> Next<V> {
        if let Some((vain, woken)) = reader.in_vain()
            && let Some(deadline) = self.deadline()
        {
            self.pause_until_changed(deadline, pause(vain), woken).await;
            if Instant::now() >= deadline {
                drop(reader);
                return self.run_late();
            }
        }
        reader.gather();
        let content = self.read_again().await;
        Continue(Step::Judge(reader, content))
    }

    /// Until the slot has changed, if the store tells of that, else for a while. It wakes early when a fill of this process
    /// ends.
    async fn pause_until_changed(
        &self,
        deadline: Instant,
        pause: Duration,
        woken: oneshot::Receiver<()>,
    ) {
        let now = Instant::now();
        match &self.ticket {
            // What tells of changes may stop to do so.
            Some(ticket) => {
                let changed = self.desk.engine.watch.change_since(ticket);
                let _ = timeout_at(deadline.min(now + RARELY), either(changed, woken)).await;
            }
            None => drop(timeout_at(deadline.min(now + pause), woken).await),
        }
    }

    /// Reads, once more; if the store can, so that it tells when what was found has changed.
    async fn read_again(&mut self) -> Content<V> {
        if self.policy.renewal().is_some() || !self.desk.engine.watch.is_trusted(Tick::now()) {
            self.ticket = None;
            return read(self.desk, self.policy).await;
        }
        let (content, ticket) = read_and_keep(self.desk, self.policy).await;
        self.ticket = ticket;
        content
    }

    async fn judge(&mut self, reader: Reader, content: Content<V>) -> Next<V> {
        let is_shared_by_all = self.policy.sharing.flight == Flight::Cluster;
        match content {
            Content::Value(value, found) => {
                let freshness = freshness(self.policy, &found);
                Continue(Step::Use(reader, value, found, freshness))
            }
            // What is being written is not to be overwritten, and these calls do not wait for other processes.
            Content::Lease(lease, _) if !is_shared_by_all && wire::is_intent(&lease) => {
                drop(reader);
                self.run_late()
            }
            Content::Lease(lease, label) if is_shared_by_all => {
                match reader.follow(&lease, label.as_ref()) {
                    Ok(waiting) => Continue(Step::Wait(waiting)),
                    Err(reader) if has_clock() => Continue(Step::Read(reader)),
                    // There is no waiting for another process without a clock.
                    Err(reader) => self.pass_by(reader),
                }
            }
            Content::Empty(_) if is_shared_by_all => self.fill(reader, None).await,
            Content::Junk(junk, _) if is_shared_by_all => {
                self.fill(reader, Some(&junk[..junk.len().min(ENOUGH)])).await
            }
            Content::Empty(label) | Content::Junk(_, label) | Content::Lease(_, label) => {
                match reader.board(label.as_ref()) {
                    Boarding::Lead(mut leader) => {
                        leader.under(label.unwrap_or_default());
                        self.run(Role::Lead(Lead::of(leader)))
                    }
                    Boarding::Follow(waiting) => Continue(Step::Wait(waiting)),
                }
            }
            Content::Failed => self.pass_by(reader),
        }
    }

    /// Tries for the lease of a slot that is empty, or holds `junk`.
    async fn fill(&mut self, mut reader: Reader, junk: Option<&[u8]>) -> Next<V> {
        self.attempts += 1;
        if self.attempts > ATTEMPTS {
            // A store that contradicts itself, perhaps. It must not keep the call for ever.
            drop(reader);
            return self.run_late();
        }
        // The lease is asked for after they have begun, and the body begins after that.
        reader.gather();
        let lease = self.policy.sharing.lease;
        let leased = match junk {
            None => self.desk.acquire(lease).await,
            Some([]) => self.desk.take_over_nothing(lease).await,
            Some(junk) => self.desk.take_over(junk, lease).await,
        };
        match leased {
            Leased::Mine(mark) => self.run(Role::Lead(Lead::of(reader.lead(mark)))),
            // It came into the slot just now, but may have been expired since, or its tags invalidated: that takes a look
            // at its age and at them.
            Leased::Taken(bytes)
                if !self.desk.tags.is_empty() || !wire::age(&bytes).window.is_zero() =>
            {
                Continue(Step::Read(reader))
            }
            Leased::Taken(bytes) => {
                // Without a window, nothing is stale.
                let seen = Seen::untagged(Found { bytes, left: Duration::MAX });
                let content = Content::of(seen, Some(NO_TAGS.clone()), self.desk, self.policy);
                Continue(Step::Judge(reader, content))
            }
            Leased::Changed => Continue(Step::Read(reader)),
            // Nothing can be stored. Those who have arrived need not all run their bodies for that.
            Leased::Unknown => self.run(Role::Lead(Lead::of(reader.lead_late()))),
        }
    }

    async fn wait(&mut self, mut waiting: Waiting) -> Next<V> {
        let verdict = loop {
            let Some(deadline) = self.deadline() else { break Ok(waiting.await) };
            match timeout_at(deadline, &mut waiting).await {
                Err(_) if self.waits_for_a_read() => {
                    self.deadline = Some(Instant::now() + A_READ);
                }
                verdict => break verdict,
            }
        };
        match verdict {
            Ok(Ok(Verdict::Found(found))) => match wire::decode(&self.policy.codec, &found.bytes) {
                Ok(value) => {
                    let freshness = freshness(self.policy, &found);
                    self.use_value(value, found, freshness).await
                }
                Err(_) => self.run(Role::Alone),
            },
            Ok(Ok(Verdict::Landed(landing))) => self.landed(landing),
            Ok(Ok(Verdict::Read(reader))) => Continue(Step::Read(reader)),
            Ok(Ok(Verdict::Lead(leader))) => self.take_lead(leader).await,
            Ok(Ok(Verdict::PassBy) | Err(_)) => self.run(Role::PassBy),
            Err(_) => self.run_late(),
        }
    }

    /// Whether it waits for a read and not for a fill, and not for too long. A read has bounds of its own, but they
    /// count only while its call is polled.
    fn waits_for_a_read(&mut self) -> bool {
        let now = Instant::now();
        !self.desk.engine.board.is_being_filled(self.desk.slot)
            && now < *self.patience.get_or_insert(now + A_SLOW_READ)
    }

    /// The flight that this call followed has ended.
    fn landed(&mut self, landing: Landing) -> Next<V> {
        match (landing, self.fallback.take()) {
            (Landing::Value(bytes), _) => match wire::decode(&self.policy.codec, &bytes) {
                Ok(value) => Break(Look::Value(value, Outcome::Shared)),
                Err(_) => self.run(Role::Alone),
            },
            (Landing::Error(_), Some((value, outcome))) => Break(Look::Value(value, outcome)),
            (Landing::Error(Some(error)), None) => Break(Look::Error(error)),
            (Landing::Error(None) | Landing::Nothing, fallback) => {
                self.fallback = fallback;
                self.run(Role::Alone)
            }
        }
    }

    /// The leader has gone, and this call is the next one.
    async fn take_lead(&mut self, mut leader: Leader) -> Next<V> {
        let lease = match leader.mark() {
            Mark::InSlot(mark) if wire::is_lease(mark) => mark.clone(),
            _ => return self.run(Role::Lead(Lead::of(leader))),
        };
        // A fill has a token of its own, and all the time of a lease.
        match self.desk.take_over(&lease, self.policy.sharing.lease).await {
            Leased::Mine(mark) => {
                leader.change_mark(mark);
                self.run(Role::Lead(Lead::of(leader)))
            }
            Leased::Taken(_) | Leased::Changed => {
                leader.time_out();
                self.start_over()
            }
            Leased::Unknown => {
                leader.lose_mark();
                self.run(Role::Lead(Lead::of(leader)))
            }
        }
    }

    pub(super) fn start_over(&mut self) -> Next<V> {
        let (_, turn) = self.desk.engine.board.enter(self.desk.slot);
        Continue(match turn {
            Turn::Read(first) => Step::Read(first.into_reader()),
            Turn::ReadLater(reader) => Step::Read(reader),
            Turn::Wait(waiting) => Step::Wait(waiting),
        })
    }

    /// This call has waited long enough.
    pub(super) fn run_late(&mut self) -> Next<V> {
        if self.is_late {
            return self.run(Role::Alone);
        }
        match self.desk.engine.board.run_late(self.desk.slot, self.began) {
            Boarding::Lead(leader) => self.run(Role::Lead(Lead::of(leader))),
            Boarding::Follow(waiting) => {
                self.is_late = true;
                self.deadline = None;
                Continue(Step::Wait(waiting))
            }
        }
    }

    /// The store is of no use to this call, nor to those that wait for it.
    fn pass_by(&mut self, reader: Reader) -> Next<V> {
        reader.failed();
        self.run(Role::PassBy)
    }

    pub(super) fn run(&mut self, role: Role) -> Next<V> {
        Break(Look::Run(Run { role, fallback: self.fallback.take() }))
    }

    /// When this call stops to wait; never, where there is no clock.
    pub(super) fn deadline(&mut self) -> Option<Instant> {
        if self.deadline.is_none() && has_clock() {
            self.deadline = Instant::now().checked_add(self.policy.sharing.wait);
        }
        self.deadline
    }
}

//! One call, in the part of the runtime's `call`: it reads, waits, fills or follows.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::oneshot::error::RecvError;

use crate::fate::{cancelled, caught, within, yields};
use crate::fill::Led;
use crate::flight::{Boarding, Found, Landing, Reader, Turn, Verdict, Waiting};
use crate::mutants::Mutant;
use crate::plan::Plan;
use crate::read::{Content, use_found};
use crate::record::judge_answer;
use crate::slot;
use crate::world::{Flight, World};

/// What a call does next.
pub(crate) enum Step {
    Read(Reader),
    Judge(Reader, Content),
    Wait(Waiting),
    Fill(Led),
    /// The slot has a stale value.
    Refill(Bytes),
    /// It has waited long enough for others.
    Late,
    /// It runs its body for itself.
    Alone,
    /// It begins anew, as its turn has come to nothing.
    StartOver,
    Answer(Answer),
}

pub(crate) enum Answer {
    /// Out of the slot.
    Hit(Bytes),
    /// From another call's body.
    Shared(Bytes),
    Own(Bytes),
    Error,
}

/// Runs a call until it is answered, cancelled or panics, and judges its answer.
pub(crate) async fn call(world: Arc<World>, plan: Plan) {
    yields(plan.delay).await;
    let since = world.record.invalidated();
    let call = caught(Call::new(&world, plan.clone()).run());
    let answer = match plan.cancel {
        Some(cancel) => cancelled(cancel, call).await,
        None => Some(call.await),
    };
    let way = match answer {
        None => "cancelled",
        Some(None) => "panicked",
        Some(Some(Answer::Error)) => "error",
        Some(Some(Answer::Own(value))) => {
            judge_answer(since, &value);
            "filled"
        }
        Some(Some(Answer::Shared(value))) => {
            judge_answer(since, &value);
            "shared"
        }
        Some(Some(Answer::Hit(value))) => {
            // Without a lease, a fill may store what an invalidation has overtaken in that moment: no promise there.
            if world.flight == Flight::Cluster {
                judge_answer(since, &value);
            }
            "hit"
        }
    };
    world.record.way_out(way);
}

pub(crate) struct Call {
    pub(crate) world: Arc<World>,
    pub(crate) plan: Plan,
    pub(crate) is_late: bool,
}

impl Call {
    fn new(world: &Arc<World>, plan: Plan) -> Self {
        Self { world: Arc::clone(world), plan, is_late: false }
    }

    async fn run(mut self) -> Answer {
        if self.plan.is_refresh && self.world.flight == Flight::Cluster {
            let led = self.refresh();
            if let Step::Answer(answer) = self.fill(led).await {
                return answer;
            }
        }
        let world = Arc::clone(&self.world);
        let mut first_began = None;
        loop {
            let (began, turn) = world.board.enter(&world.name);
            let began = *first_began.get_or_insert(began);
            let mut step = match turn {
                _ if world.is(Mutant::JoinsWithoutRead) && !self.is_late => {
                    self.is_late = true;
                    Step::Late
                }
                Turn::Read(first) => self.read_first(first).await,
                Turn::ReadLater(reader) => Step::Read(reader),
                Turn::Wait(waiting) => Step::Wait(waiting),
            };
            loop {
                step = match step {
                    Step::Read(reader) => self.read(reader).await,
                    Step::Judge(reader, content) => self.judge(reader, content).await,
                    Step::Wait(waiting) => self.wait(waiting).await,
                    Step::Fill(led) => self.fill(led).await,
                    Step::Refill(value) => self.refill(value),
                    Step::Late => self.run_late(began),
                    Step::Alone => Step::Answer(self.alone().await),
                    Step::StartOver => break,
                    Step::Answer(answer) => return answer,
                }
            }
        }
    }

    async fn wait(&mut self, waiting: Waiting) -> Step {
        let Some(verdict) = self.patiently(waiting).await else {
            self.is_late = true;
            return Step::Late;
        };
        match verdict.expect("whoever waits is told something") {
            Verdict::Found(Found { bytes, left }) => {
                assert_eq!(left, Duration::MAX);
                use_found(bytes)
            }
            Verdict::Landed(Landing::Value(value)) => Step::Answer(Answer::Shared(value)),
            Verdict::Landed(Landing::Error(error)) => {
                let error = error.expect("it can be copied").downcast();
                self.world.record.judge_error(*error.expect("it is a number"));
                Step::Answer(Answer::Error)
            }
            Verdict::Read(reader) => Step::Read(reader),
            Verdict::Lead(leader) if self.world.is(Mutant::IgnoresLead) => {
                std::mem::forget(leader);
                Step::Alone
            }
            Verdict::Lead(leader) => self.take_over(leader).await,
            Verdict::Landed(Landing::Nothing) | Verdict::PassBy => Step::Alone,
        }
    }

    /// `None` if the fill of another takes too long.
    async fn patiently(&self, mut waiting: Waiting) -> Option<Result<Verdict, RecvError>> {
        let Some(patience) = self.plan.patience.filter(|_| !self.is_late) else {
            return Some(waiting.await);
        };
        loop {
            if let Some(verdict) = within(patience, &mut waiting).await {
                return Some(verdict);
            }
            // A read comes to its end by itself.
            if self.world.board.is_being_filled(&self.world.name) {
                return None;
            }
            yields(1).await;
        }
    }

    pub(crate) async fn travel(&self) {
        yields(self.plan.travel).await;
    }

    fn refill(&self, value: Bytes) -> Step {
        let (world, mark) = (&self.world, slot::start(&value));
        if !self.plan.takes_stale {
            let boarding = world.board.refill(&world.name, &mark);
            if let Boarding::Lead(_) = boarding {
                world.record.begins(&mark);
            }
            return self.boarded(boarding);
        }
        if let Some(leader) = world.board.refill_alone(&world.name, &mark) {
            world.record.begins(&mark);
            let led = Led::new(world, leader);
            let call = Self::new(world, self.plan.clone());
            world.spawn(async move { drop(caught(call.fill(led)).await) });
        }
        Step::Answer(Answer::Hit(value))
    }

    fn run_late(&self, began: u64) -> Step {
        let began = if self.world.is(Mutant::JoinsWithoutRead) { 0 } else { began };
        self.boarded(self.world.board.run_late(&self.world.name, began))
    }

    /// Takes the slot over, whatever is in it.
    fn refresh(&self) -> Led {
        let token = slot::lease(self.world.record.tick());
        self.world.slot.set(token.clone());
        self.world.record.begins(&token);
        Led::new(&self.world, self.world.board.lead(&self.world.name, &token))
    }

    pub(crate) fn boarded(&self, boarding: Boarding) -> Step {
        match boarding {
            Boarding::Lead(leader) => Step::Fill(Led::new(&self.world, leader)),
            Boarding::Follow(waiting) => Step::Wait(waiting),
        }
    }

    async fn alone(&self) -> Answer {
        let began = self.world.record.tick();
        yields(self.plan.body).await;
        Answer::Own(slot::value(began, began, false))
    }
}

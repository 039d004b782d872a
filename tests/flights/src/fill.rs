//! A call that leads: it runs the body, lands, and stores.

use bytes::Bytes;

use crate::call::{Answer, Call, Step};
use crate::fate::{throw, yields};
use crate::flight::{Landing, Leader, Mark};
use crate::mutants::Mutant;
use crate::plan::Ending;
use crate::record::Held;
use crate::slot;
use crate::world::World;

/// The role of a leader. The record gives its mark up before the role goes to the next call.
pub(crate) struct Led {
    sole: Option<Held>,
    leader: Leader,
}

impl Led {
    pub(crate) fn new(world: &World, leader: Leader) -> Self {
        let sole = Some(world.record.leads(in_slot(leader.mark()).as_ref()));
        Self { sole, leader }
    }

    fn mark(&self) -> Option<Bytes> {
        in_slot(self.leader.mark())
    }

    /// The followers start over, and this call goes on alone.
    fn time_out(&mut self, world: &World) {
        self.sole = None;
        if let Some(mark) = self.mark() {
            world.record.ends(&mark);
        }
        self.leader.time_out();
    }
}

fn in_slot(mark: &Mark) -> Option<Bytes> {
    match mark {
        Mark::InSlot(mark) => Some(mark.clone()),
        Mark::Process | Mark::Late => None,
    }
}

impl Call {
    /// A follower has been told to lead: it puts a lease of its own into the slot, if the old one is still there.
    pub(crate) async fn take_over(&self, leader: Leader) -> Step {
        let world = &self.world;
        let mut led = Led::new(world, leader);
        let Some(mark) = led.mark().filter(|mark| slot::is_lease(mark)) else {
            return Step::Fill(led);
        };
        self.travel().await;
        if self.plan.is_cut_off {
            // The reply is lost. What is in the slot comes to its end by itself.
            led.sole = None;
            led.leader.lose_mark();
            world.record.ends(&mark);
            world.slot.delete_if_starts(&mark);
            return Step::Fill(led);
        }
        let token = slot::lease(world.record.tick());
        if world.slot.set_if_starts(&mark, token.clone()) {
            led.leader.change_mark(token.clone());
            world.record.ends(&mark);
            world.record.begins(&token);
            led.sole = None;
            led.sole = Some(world.record.leads(Some(&token)));
            return Step::Fill(led);
        }
        led.time_out(world);
        Step::StartOver
    }

    pub(crate) async fn fill(&self, mut led: Led) -> Step {
        let (world, ending) = (&self.world, self.plan.ending);
        let began = world.record.tick();
        let running = world.record.runs(led.mark().as_ref());
        self.body().await;
        drop(running);
        if let Some(mark) = led.mark().filter(|_| self.plan.is_overdue) {
            if slot::is_lease(&mark) {
                world.slot.delete_if_starts(&mark);
            }
            led.time_out(world);
            // Others have the slot by now; this body goes on, lands and tries to store all the same.
            self.body().await;
        }
        let value = slot::value(world.record.tick(), began, false);
        led.sole = None;
        match ending {
            Ending::Value => led.leader.land(&value),
            Ending::Nothing => led.leader.land_without(|| Landing::Nothing),
            Ending::Error | Ending::Panic => {
                let error = || Landing::Error(Some(Box::new(world.record.tick())));
                led.leader.land_without(error);
                // Its mark is given up as the role is dropped.
                return Step::Answer(Answer::Error);
            }
        }
        assert!(!led.leader.has_followers(), "whoever followed has been told");
        self.store(&led, began, &value).await;
        // It is on the board up to here: who finds its mark in the slot meanwhile is answered at once.
        if let Some(mark) = led.mark().filter(|_| !self.plan.is_overdue) {
            world.record.ends(&mark);
        }
        led.leader.done();
        Step::Answer(Answer::Own(value))
    }

    async fn body(&self) {
        yields(self.plan.body).await;
        if self.plan.ending == Ending::Panic {
            throw();
        }
    }

    async fn store(&self, Led { leader, .. }: &Led, began: u64, value: &Bytes) {
        let world = &self.world;
        self.travel().await;
        let overtaken = world.record.overtaken();
        match leader.mark() {
            Mark::InSlot(mark) if self.plan.ending == Ending::Nothing => {
                world.slot.delete_if_starts(mark);
            }
            Mark::InSlot(_) if world.is(Mutant::CommitsAnyway) => world.slot.set(value.clone()),
            Mark::InSlot(mark) => {
                world.slot.set_if_starts(mark, value.clone());
            }
            Mark::Process if self.plan.ending == Ending::Value && !leader.is_overtaken() => {
                assert!(
                    overtaken < began,
                    "overtaken at {overtaken}, begun at {began}, and stored"
                );
                world.slot.set(value.clone());
            }
            Mark::Process | Mark::Late => {}
        }
        self.travel().await;
    }
}

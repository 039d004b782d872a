//! A step on its way to the store and back.

use std::fmt::Debug;
use std::future::{Future, pending};
use std::pin::Pin;
use std::sync::Arc;

use cached_runtime::Error;

use crate::history::{Command, Event, told};
use crate::life::Life;
use crate::world::World;

type Op<T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>;

/// A step that is on its way.
pub(crate) struct Sent<T: Debug + Send + 'static> {
    pub(crate) step: Step,
    pub(crate) op: Option<Op<T>>,
    /// Whether it happens even if nobody waits for it any more.
    pub(crate) is_bound_to_come: bool,
}

/// A step, wherever it is.
#[derive(Clone)]
pub(crate) struct Step {
    pub(crate) world: Arc<World>,
    pub(crate) life: Arc<Life>,
    pub(crate) command: Command,
}

impl<T: Debug + Send + 'static> Sent<T> {
    /// From gate to gate.
    pub(crate) async fn go(mut self) -> Result<T, Error> {
        if self.step.world.has_way_there() {
            self.step.world.pass_step().await;
        }
        if self.step.life.is_dead() && !self.is_bound_to_come {
            return pending().await;
        }
        let op = self.op.take().expect("it goes once");
        let result = self.step.happens(op).await;
        self.step.world.pass_step().await;
        if self.step.life.is_dead() {
            return pending().await;
        }
        result
    }

    /// It does not get there.
    pub(crate) fn lose(mut self) {
        self.op = None;
    }

    /// It gets there when its caller has long gone on.
    pub(crate) fn comes_late(mut self) {
        self.is_bound_to_come = true;
    }
}

impl<T: Debug + Send + 'static> Drop for Sent<T> {
    fn drop(&mut self) {
        let Some(op) = self.op.take().filter(|_| self.is_bound_to_come) else { return };
        let step = self.step.clone();
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        runtime.spawn(async move {
            step.world.pass_late().await;
            let _ = step.happens(op).await;
        });
    }
}

impl Step {
    async fn happens<T: Debug + Send + 'static>(&self, op: Op<T>) -> Result<T, Error> {
        let at_work = self.world.gates.at_work();
        let (result, told) = commit(&self.world, self.command.clone(), op).await;
        drop(at_work);
        let now = self.world.clock.tick();
        self.world.history.push(now, Event::Did(self.life.process, self.command.clone(), told));
        result
    }
}

/// The store is at it, to its end, whatever becomes of the caller: then those who track it are told. What came of it, also
/// for people.
pub(crate) async fn commit<T: Debug + Send + 'static>(
    world: &Arc<World>,
    command: Command,
    op: Op<T>,
) -> (Result<T, Error>, String) {
    let (world, began) = (Arc::clone(world), world.clock.tick());
    let done = tokio::spawn(async move {
        let result = op.await;
        let told = told(&result);
        if command.is_change(&told) {
            world.wires.changed(began, |slot| command.is_about(slot));
        }
        (result, told)
    });
    done.await.expect("no step panics")
}

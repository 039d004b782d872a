//! The single steps of the store of one process: each waits at gates, and some go wrong.

use std::fmt::Debug;
use std::future::{Future, pending};
use std::sync::Arc;
use std::time::Duration;

use cached_runtime::{Bytes, Error, Store, StoreFuture};

use crate::history::{Command, Event};
use crate::life::Life;
use crate::mutants::{Mutant, OneToken, is_lease};
use crate::steps::{Sent, Step};
use crate::world::World;

pub(crate) struct Steps {
    pub(crate) inner: Arc<dyn Store>,
    pub(crate) world: Arc<World>,
    pub(crate) life: Arc<Life>,
    mutant: Option<Mutant>,
    tokens: Option<OneToken>,
}

/// How a step goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// It does not happen.
    Lost,
    /// It happens, and its caller is told that it failed.
    ReplyLost,
    /// Its caller is told that it failed, and then it happens.
    Late,
}

impl Steps {
    pub(crate) fn new(
        inner: Arc<dyn Store>,
        world: &Arc<World>,
        life: &Arc<Life>,
        mutant: Option<Mutant>,
    ) -> Self {
        let tokens = (mutant == Some(Mutant::OneToken)).then(|| OneToken::new(life.process));
        Self { inner, world: Arc::clone(world), life: Arc::clone(life), mutant, tokens }
    }

    fn fault(&self, is_write: bool) -> Option<Fault> {
        if self.world.draw() >= self.world.plan.faults {
            return None;
        }
        let faults = [Fault::Lost, Fault::ReplyLost, Fault::Late];
        let most = if is_write { faults.len() } else { 1 };
        Some(faults[self.world.rng().usize(..most)])
    }

    /// Takes a step from gate to gate.
    pub(crate) async fn step<T, F>(
        &self,
        command: Command,
        op: impl FnOnce(Arc<dyn Store>) -> F,
    ) -> Result<T, Error>
    where
        T: Debug + Send + 'static,
        F: Future<Output = Result<T, Error>> + Send + 'static,
    {
        if self.life.is_dead() {
            return pending().await;
        }
        if self.life.refuses() {
            return Err(Error::custom("away"));
        }
        let is_write = !command.verb.starts_with("get");
        let fault = self.fault(is_write);
        let now = self.world.clock.tick();
        self.world.history.push(now, Event::Sent(self.life.process, command.clone()));
        let op = op(Arc::clone(&self.inner));
        let sent = Sent {
            // A call that is dropped takes back what is on its way only sometimes.
            is_bound_to_come: is_write && self.world.plan.is_stepped && self.world.draw() < 50,
            op: Some(Box::pin(op)),
            step: self.at(command),
        };
        match fault {
            None => sent.go().await,
            Some(Fault::Lost) => {
                sent.lose();
                Err(Error::custom("lost"))
            }
            Some(Fault::ReplyLost) => {
                let _ = sent.go().await;
                Err(Error::custom("the reply is lost"))
            }
            Some(Fault::Late) => {
                sent.comes_late();
                Err(Error::custom("late"))
            }
        }
    }

    fn at(&self, command: Command) -> Step {
        Step { world: Arc::clone(&self.world), life: Arc::clone(&self.life), command }
    }

    fn out(&self, bytes: Bytes) -> Bytes {
        match &self.tokens {
            Some(tokens) => tokens.out(bytes),
            None => bytes,
        }
    }

    fn back(&self, slot: &str, bytes: Bytes) -> Bytes {
        match &self.tokens {
            Some(tokens) => tokens.back(slot, bytes),
            None => bytes,
        }
    }

    fn put(&self, slot: &str, value: &Bytes) {
        if let Some(tokens) = &self.tokens {
            tokens.put(slot, value);
        }
    }
}

pub(crate) fn command(verb: &'static str, slot: &str) -> Command {
    Command { verb, slot: slot.to_owned(), start: None, value: None }
}

impl Store for Steps {
    fn get<'a>(&'a self, slot: &'a str) -> StoreFuture<'a, Option<Bytes>> {
        Box::pin(async move {
            let name = slot.to_owned();
            let found = self
                .step(command("get", slot), |store| async move { store.get(&name).await })
                .await?;
            Ok(found.map(|bytes| self.back(slot, bytes)))
        })
    }

    fn get_with_ttl<'a>(&'a self, slot: &'a str) -> StoreFuture<'a, Option<(Bytes, Duration)>> {
        Box::pin(async move {
            let name = slot.to_owned();
            let found = self
                .step(command("get_with_ttl", slot), |store| async move {
                    store.get_with_ttl(&name).await
                })
                .await?;
            Ok(found.map(|(bytes, left)| (self.back(slot, bytes), left)))
        })
    }

    fn get_and_renew<'a>(&'a self, slot: &'a str, ttl: Duration) -> StoreFuture<'a, Option<Bytes>> {
        Box::pin(async move {
            let name = slot.to_owned();
            let found = self
                .step(command("get_and_renew", slot), |store| async move {
                    store.get_and_renew(&name, ttl).await
                })
                .await?;
            Ok(found.map(|bytes| self.back(slot, bytes)))
        })
    }

    fn set<'a>(&'a self, slot: &'a str, value: Bytes, ttl: Duration) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            let name = slot.to_owned();
            let command = Command { value: Some(value.clone()), ..command("set", slot) };
            self.step(command, |store| async move { store.set(&name, value, ttl).await }).await
        })
    }

    fn set_if_absent<'a>(
        &'a self,
        slot: &'a str,
        value: Bytes,
        ttl: Duration,
    ) -> StoreFuture<'a, Option<Bytes>> {
        Box::pin(async move {
            let (name, sent) = (slot.to_owned(), self.out(value.clone()));
            let command = Command { value: Some(value.clone()), ..command("set_if_absent", slot) };
            let op =
                |store: Arc<dyn Store>| async move { store.set_if_absent(&name, sent, ttl).await };
            if self.mutant == Some(Mutant::LateAcquire) && is_lease(&value) {
                let step = self.at(command);
                let op = op(Arc::clone(&self.inner));
                Sent { op: Some(Box::pin(op)), step, is_bound_to_come: true }.comes_late();
                return Ok(None);
            }
            let found = self.step(command, op).await?;
            if found.is_none() {
                self.put(slot, &value);
            }
            Ok(found.map(|bytes| self.back(slot, bytes)))
        })
    }

    fn set_if_starts<'a>(
        &'a self,
        slot: &'a str,
        start: &'a [u8],
        value: Bytes,
        ttl: Duration,
    ) -> StoreFuture<'a, bool> {
        Box::pin(async move {
            let is_fresh = ttl > self.world.times().window;
            if self.mutant.is_some_and(|mutant| mutant.always_sets(start, &value, is_fresh)) {
                return self.set(slot, value, ttl).await.map(|()| true);
            }
            let start = self.out(Bytes::copy_from_slice(start));
            let (name, sent) = (slot.to_owned(), self.out(value.clone()));
            let command = Command {
                start: Some(start.clone()),
                value: Some(sent.clone()),
                ..command("set_if_starts", slot)
            };
            let op = |store: Arc<dyn Store>| async move {
                store.set_if_starts(&name, &start, sent, ttl).await
            };
            let is_set = self.step(command, op).await?;
            if is_set {
                self.put(slot, &value);
            }
            Ok(is_set)
        })
    }

    fn delete<'a>(&'a self, slot: &'a str) -> StoreFuture<'a, bool> {
        Box::pin(async move {
            let name = slot.to_owned();
            self.step(command("delete", slot), |store| async move { store.delete(&name).await })
                .await
        })
    }

    fn delete_if_starts<'a>(&'a self, slot: &'a str, start: &'a [u8]) -> StoreFuture<'a, bool> {
        Box::pin(async move {
            let (name, start) = (slot.to_owned(), self.out(Bytes::copy_from_slice(start)));
            let command =
                Command { start: Some(start.clone()), ..command("delete_if_starts", slot) };
            let op =
                |store: Arc<dyn Store>| async move { store.delete_if_starts(&name, &start).await };
            self.step(command, op).await
        })
    }

    fn ttl<'a>(&'a self, slot: &'a str) -> StoreFuture<'a, Option<Duration>> {
        self.inner.ttl(slot)
    }

    fn delete_prefix<'a>(&'a self, prefix: &'a str) -> StoreFuture<'a, u64> {
        Box::pin(async move {
            let name = prefix.to_owned();
            self.step(command("delete_prefix", prefix), |store| async move {
                store.delete_prefix(&name).await
            })
            .await
        })
    }

    fn ping(&self) -> StoreFuture<'_, ()> {
        self.inner.ping()
    }

    fn is_away(&self) -> bool {
        self.life.says_so()
    }
}

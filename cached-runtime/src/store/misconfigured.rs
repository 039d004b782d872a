//! What stands in for a store whose settings, from the environment, are wrong.

use std::future::ready;
use std::time::Duration;

use bytes::Bytes;

use super::{Minted, Store, StoreFuture, Subscription, TagRead, Tagged};
use crate::Error;

/// Calls pass it by; explicit calls are told what is wrong, which the building of the default cache could tell nobody.
pub(crate) struct Misconfigured {
    setting: &'static str,
    problem: String,
}

impl Misconfigured {
    pub(crate) fn new(setting: &'static str, error: &Error) -> Self {
        Self { setting, problem: error.to_string() }
    }

    fn fail<T: Send + 'static>(&self) -> StoreFuture<'_, T> {
        Box::pin(ready(Err(Error::setting(self.setting, &*self.problem))))
    }
}

impl Store for Misconfigured {
    fn get<'a>(&'a self, _slot: &'a str) -> StoreFuture<'a, Option<Bytes>> {
        self.fail()
    }

    fn get_with_ttl<'a>(&'a self, _slot: &'a str) -> StoreFuture<'a, Option<(Bytes, Duration)>> {
        self.fail()
    }

    fn get_and_renew<'a>(
        &'a self,
        _slot: &'a str,
        _ttl: Duration,
    ) -> StoreFuture<'a, Option<Bytes>> {
        self.fail()
    }

    fn set<'a>(&'a self, _slot: &'a str, _value: Bytes, _ttl: Duration) -> StoreFuture<'a, ()> {
        self.fail()
    }

    fn set_if_absent<'a>(
        &'a self,
        _slot: &'a str,
        _value: Bytes,
        _ttl: Duration,
    ) -> StoreFuture<'a, Option<Bytes>> {
        self.fail()
    }

    fn set_if_starts<'a>(
        &'a self,
        _slot: &'a str,
        _start: &'a [u8],
        _value: Bytes,
        _ttl: Duration,
    ) -> StoreFuture<'a, bool> {
        self.fail()
    }

    fn delete<'a>(&'a self, _slot: &'a str) -> StoreFuture<'a, bool> {
        self.fail()
    }

    fn delete_if_starts<'a>(&'a self, _slot: &'a str, _start: &'a [u8]) -> StoreFuture<'a, bool> {
        self.fail()
    }

    fn ttl<'a>(&'a self, _slot: &'a str) -> StoreFuture<'a, Option<Duration>> {
        self.fail()
    }

    fn delete_prefix<'a>(&'a self, _prefix: &'a str) -> StoreFuture<'a, u64> {
        self.fail()
    }

    fn get_tagged<'a>(&'a self, _slot: &'a str, _read: &'a TagRead) -> StoreFuture<'a, Tagged> {
        self.fail()
    }

    fn mint<'a>(
        &'a self,
        _clock: &'a str,
        _tags: &'a [String],
        _ttl: Duration,
    ) -> StoreFuture<'a, Minted> {
        self.fail()
    }

    fn invalidate_tags<'a>(&'a self, _clock: &'a str, _tags: &'a [String]) -> StoreFuture<'a, ()> {
        self.fail()
    }

    fn begin_write<'a>(
        &'a self,
        _slot: &'a str,
        _token: [u8; 16],
        _ttl: Duration,
    ) -> StoreFuture<'a, ()> {
        self.fail()
    }

    fn end_write<'a>(
        &'a self,
        _slot: &'a str,
        _token: [u8; 16],
        _value: Option<(Bytes, Duration)>,
    ) -> StoreFuture<'a, bool> {
        self.fail()
    }

    fn lock<'a>(
        &'a self,
        _slot: &'a str,
        _fence: &'a str,
        _token: &'a [u8],
        _ttl: Duration,
    ) -> StoreFuture<'a, Option<u64>> {
        self.fail()
    }

    fn publish<'a>(&'a self, _channel: &'a str, _message: Bytes) -> StoreFuture<'a, ()> {
        self.fail()
    }

    fn subscribe<'a>(&'a self, _channel: &'a str) -> StoreFuture<'a, Subscription> {
        self.fail()
    }

    fn ping(&self) -> StoreFuture<'_, ()> {
        self.fail()
    }

    fn describe(&self) -> String {
        format!("nowhere: {}", self.problem)
    }

    fn is_away(&self) -> bool {
        true
    }
}

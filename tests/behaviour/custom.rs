//! A store and a codec of the user's own.

use std::future::pending;
use std::time::{Duration, Instant};

use cached_runtime::codec::{Codec, CodecError};
use cached_runtime::{
    Bytes, Cache, Error, MemoryStore, Outcome, Store, StoreFuture, observe, redis_cache,
};

use crate::on_every_store;

struct BigEndian;

impl Codec<u32> for BigEndian {
    const NAME: &'static str = "u32be";

    fn encode(value: &u32, out: &mut Vec<u8>) -> Result<(), CodecError> {
        if *value == 13 {
            return Err("13 has no encoding".into());
        }
        out.extend_from_slice(&value.to_be_bytes());
        Ok(())
    }

    fn decode(bytes: &[u8]) -> Result<u32, CodecError> {
        Ok(u32::from_be_bytes(bytes.try_into()?))
    }
}

#[redis_cache(ttl = 60, codec = BigEndian)]
async fn number(n: u32) -> u32 {
    n
}

on_every_store! {
    async fn values_in_a_format_of_ones_own(world) {
        assert_eq!(observe(number(7)).await, (7, Outcome::Miss));
        assert_eq!(observe(number(7)).await, (7, Outcome::Hit));
        if let Some(server) = &world.server {
            let entry = number::entry(7);
            let stored = server.command(&["STRLEN", entry.key()]).await;
            assert_eq!(stored.text(), "13", "four bytes of header, five of name, four of number");
        }
        assert_eq!(observe(number(13)).await, (13, Outcome::Miss));
        assert_eq!(observe(number(13)).await, (13, Outcome::Miss));
        assert!(number::entry(1).put(&13).await.unwrap_err().is_codec());
    }
}

/// How a [`Faulty`] store fails.
#[derive(Clone, Copy, PartialEq)]
enum Fault {
    Errors,
    Hangs,
    OnlyWrites,
    /// It has junk that is not there when it is to be replaced.
    Contradicts,
}

struct Faulty(Fault, MemoryStore);

impl Faulty {
    fn read<'a, T: Send + 'a>(&self, good: StoreFuture<'a, T>) -> StoreFuture<'a, T> {
        match self.0 {
            Fault::Errors => Box::pin(async { Err(Error::custom("the disk is gone")) }),
            Fault::Hangs => Box::pin(pending()),
            Fault::OnlyWrites | Fault::Contradicts => good,
        }
    }

    fn write<'a, T: Send + 'a>(&self, contradiction: T) -> StoreFuture<'a, T> {
        match self.0 {
            Fault::Contradicts => Box::pin(async { Ok(contradiction) }),
            _ => full(),
        }
    }
}

fn full<'a, T: Send + 'a>() -> StoreFuture<'a, T> {
    Box::pin(async { Err(Error::custom("the disk is full")) })
}

fn junk() -> Bytes {
    Bytes::from_static(b"junk")
}

impl Store for Faulty {
    fn get<'a>(&'a self, slot: &'a str) -> StoreFuture<'a, Option<Bytes>> {
        match self.0 {
            Fault::Contradicts => Box::pin(async { Ok(Some(junk())) }),
            _ => self.read(self.1.get(slot)),
        }
    }

    fn get_with_ttl<'a>(&'a self, slot: &'a str) -> StoreFuture<'a, Option<(Bytes, Duration)>> {
        self.read(self.1.get_with_ttl(slot))
    }

    fn get_and_renew<'a>(&'a self, slot: &'a str, ttl: Duration) -> StoreFuture<'a, Option<Bytes>> {
        self.read(self.1.get_and_renew(slot, ttl))
    }

    fn set<'a>(&'a self, _slot: &'a str, _value: Bytes, _ttl: Duration) -> StoreFuture<'a, ()> {
        full()
    }

    fn set_if_absent<'a>(
        &'a self,
        _slot: &'a str,
        _value: Bytes,
        _ttl: Duration,
    ) -> StoreFuture<'a, Option<Bytes>> {
        self.write(Some(junk()))
    }

    fn set_if_starts<'a>(
        &'a self,
        _slot: &'a str,
        _start: &'a [u8],
        _value: Bytes,
        _ttl: Duration,
    ) -> StoreFuture<'a, bool> {
        self.write(false)
    }

    fn delete<'a>(&'a self, slot: &'a str) -> StoreFuture<'a, bool> {
        self.read(self.1.delete(slot))
    }

    fn delete_if_starts<'a>(&'a self, slot: &'a str, start: &'a [u8]) -> StoreFuture<'a, bool> {
        self.read(self.1.delete_if_starts(slot, start))
    }

    fn ttl<'a>(&'a self, slot: &'a str) -> StoreFuture<'a, Option<Duration>> {
        self.read(self.1.ttl(slot))
    }

    fn delete_prefix<'a>(&'a self, prefix: &'a str) -> StoreFuture<'a, u64> {
        self.read(self.1.delete_prefix(prefix))
    }

    fn ping(&self) -> StoreFuture<'_, ()> {
        self.read(self.1.ping())
    }
}

#[redis_cache(ttl = 60)]
async fn double(n: u64) -> u64 {
    n * 2
}

#[tokio::test]
async fn a_store_that_fails_or_hangs_fails_no_call() {
    const LIMIT: Duration = Duration::from_millis(20);
    for (fault, outcome) in [
        (Fault::Errors, Outcome::Bypass),
        (Fault::Hangs, Outcome::Bypass),
        (Fault::OnlyWrites, Outcome::Miss),
    ] {
        let store = Faulty(fault, MemoryStore::default());
        let cache = Cache::builder().store(store).op_timeout(LIMIT).build().unwrap();
        let start = Instant::now();
        for n in 0..3 {
            assert_eq!(cache.scope(observe(double(n))).await, (n * 2, outcome));
        }
        assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
        assert_eq!(cache.stats().total.errors, 3);
        let invalidated = cache.scope(async { double::entry(1).invalidate().await }).await;
        match fault {
            Fault::Errors => assert_eq!(invalidated.unwrap_err().to_string(), "the disk is gone"),
            Fault::Hangs => assert!(invalidated.unwrap_err().is_timeout()),
            Fault::OnlyWrites | Fault::Contradicts => invalidated.unwrap(),
        }
    }
}

/// A call does not go in circles for ever.
#[tokio::test]
async fn a_store_that_contradicts_itself_holds_up_no_call() {
    let store = Faulty(Fault::Contradicts, MemoryStore::default());
    let cache = Cache::builder().store(store).build().unwrap();
    for n in 0..3 {
        let call = cache.scope(observe(double(n)));
        let answer = tokio::time::timeout(Duration::from_secs(5), call).await.unwrap();
        assert_eq!(answer, (n * 2, Outcome::Miss));
        let refreshed = cache.scope(observe(cached_runtime::refresh(double(n)))).await;
        assert_eq!(refreshed, (n * 2, Outcome::Bypass));
    }
}

#[test]
fn without_a_runtime_a_store_works_unbounded_and_redis_is_passed_by() {
    let own = Cache::builder().store(MemoryStore::default()).build().unwrap();
    let redis = Cache::builder().redis("redis://127.0.0.1:1").build().unwrap();
    let run = |cache: &Cache| {
        let mut call = std::pin::pin!(cache.scope(observe(double(4))));
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        match call.as_mut().poll(&mut context) {
            std::task::Poll::Ready(answer) => answer,
            std::task::Poll::Pending => panic!("nothing here waits"),
        }
    };
    assert_eq!(run(&own), (8, Outcome::Miss));
    assert_eq!(run(&own), (8, Outcome::Hit));
    assert_eq!(run(&redis), (8, Outcome::Bypass));
}

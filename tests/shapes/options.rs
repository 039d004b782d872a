//! Every option, by what it does.

use std::time::Duration;

use cached_runtime::codec::{Codec, CodecError};
use cached_runtime::{Cache, redis_cache};

use crate::check::{Runs, hit, miss, with_cache};

#[tokio::test]
async fn ttl_in_every_form() {
    static RUNS: Runs = Runs::new();
    const HOUR: Duration = Duration::from_secs(3600);

    #[redis_cache(ttl = 90)]
    async fn seconds(id: u64) -> u64 {
        RUNS.count();
        id
    }

    #[redis_cache(ttl = "1m30s")]
    async fn text(id: u64) -> u64 {
        RUNS.count();
        id
    }

    #[redis_cache(ttl = HOUR / 40)]
    async fn constant(id: u64) -> u64 {
        RUNS.count();
        id
    }

    #[redis_cache(ttl = Duration::from_secs(id * 30), skip(_other))]
    async fn of_an_argument(id: u64, _other: u64) -> u64 {
        RUNS.count();
        id
    }

    #[redis_cache(ttl = |id| Duration::from_secs(id * 30))]
    async fn of_the_value(id: u64) -> Result<u64, String> {
        RUNS.count();
        Ok(id)
    }

    with_cache(async {
        cached!(RUNS, seconds(3));
        cached!(RUNS, text(3));
        cached!(RUNS, constant(3));
        cached!(RUNS, of_an_argument(3, 0));
        cached!(RUNS, of_the_value(3)).unwrap();
        for entry in [
            seconds::entry(3),
            text::entry(3),
            constant::entry(3),
            of_an_argument::entry(3),
            of_the_value::entry(3),
        ] {
            let ttl = entry.ttl().await.unwrap().unwrap();
            assert!(ttl > Duration::from_secs(85) && ttl <= Duration::from_secs(90), "{ttl:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn prefix() {
    static RUNS: Runs = Runs::new();

    #[redis_cache(ttl = 60, prefix = "user")]
    async fn with_prefix(id: u8) -> u8 {
        RUNS.count();
        id
    }

    #[redis_cache(ttl = 60)]
    async fn without(id: u8) -> u8 {
        RUNS.count();
        id
    }

    with_cache(async {
        cached!(RUNS, with_prefix(1));
        cached!(RUNS, without(1));
        assert_eq!(Cache::current().invalidate_prefix("user").await.unwrap(), 1);
        cached!(RUNS, with_prefix(1));
        hit(without(1)).await;
    })
    .await;
}

#[tokio::test]
async fn version() {
    mod old {
        #[cached_runtime::redis_cache(ttl = 60, version = 1)]
        pub(super) async fn number(id: u8) -> u8 {
            id
        }
    }

    mod text {
        #[cached_runtime::redis_cache(ttl = 60, version = "2024-03")]
        pub(super) async fn number(id: u8) -> u8 {
            id
        }
    }

    with_cache(async {
        assert_eq!(miss(old::number(1)).await, 1);
        assert_eq!(miss(text::number(1)).await, 1);
        assert_eq!(hit(old::number(1)).await, 1);
    })
    .await;
}

#[tokio::test]
async fn ttl_jitter() {
    #[redis_cache(ttl = 1000, ttl_jitter = 0.5)]
    async fn spread(id: u32) -> u32 {
        id
    }

    with_cache(async {
        let mut ttls = Vec::new();
        for id in 0..20 {
            spread(id).await;
            ttls.push(spread::entry(id).ttl().await.unwrap().unwrap().as_secs());
        }
        assert!(ttls.iter().all(|ttl| (499..=1000).contains(ttl)), "{ttls:?}");
        assert!(ttls.iter().any(|ttl| *ttl < 950), "{ttls:?}");
    })
    .await;
}

#[tokio::test]
async fn sliding() {
    static RUNS: Runs = Runs::new();

    #[redis_cache(ttl = "600ms", sliding)]
    async fn renewed(id: u8) -> u8 {
        RUNS.count();
        id
    }

    with_cache(async {
        miss(renewed(1)).await;
        for _ in 0..4 {
            tokio::time::sleep(Duration::from_millis(250)).await;
            hit(renewed(1)).await;
        }
        assert_eq!(RUNS.get(), 1);
    })
    .await;
}

#[tokio::test]
async fn cache_none() {
    #[redis_cache(ttl = 60, cache_none = false)]
    async fn skipped(id: u8) -> Result<Option<u8>, String> {
        Ok(id.checked_sub(1))
    }

    #[redis_cache(ttl = 60, cache_none = true)]
    async fn cached(id: u8) -> Option<u8> {
        id.checked_sub(1)
    }

    with_cache(async {
        assert_eq!(miss(skipped(0)).await, Ok(None));
        assert_eq!(miss(skipped(0)).await, Ok(None));
        assert_eq!(miss(skipped(1)).await, Ok(Some(0)));
        assert_eq!(hit(skipped(1)).await, Ok(Some(0)));
        assert_eq!(miss(cached(0)).await, None);
        assert_eq!(hit(cached(0)).await, None);
    })
    .await;
}

#[tokio::test]
async fn none_ttl() {
    #[redis_cache(ttl = 60, none_ttl = "5s")]
    async fn find(id: u8) -> Option<u8> {
        id.checked_sub(1)
    }

    with_cache(async {
        assert_eq!(miss(find(0)).await, None);
        assert_eq!(hit(find(0)).await, None);
        assert_eq!(miss(find(1)).await, Some(0));
        assert!(find::entry(0).ttl().await.unwrap().unwrap() <= Duration::from_secs(5));
        assert!(find::entry(1).ttl().await.unwrap().unwrap() > Duration::from_secs(5));
    })
    .await;
}

#[tokio::test]
async fn cache_if() {
    #[allow(clippy::trivially_copy_pass_by_ref, reason = "values are passed by reference")]
    fn is_even(value: &u8) -> bool {
        value.is_multiple_of(2)
    }

    #[redis_cache(ttl = 60, cache_if = |list| !list.is_empty())]
    async fn closure(length: usize) -> Result<Vec<u8>, String> {
        Ok(vec![1; length])
    }

    #[redis_cache(ttl = 60, cache_if = is_even)]
    async fn path(id: u8) -> u8 {
        id
    }

    with_cache(async {
        miss(closure(0)).await.unwrap();
        miss(closure(0)).await.unwrap();
        miss(closure(1)).await.unwrap();
        hit(closure(1)).await.unwrap();
        miss(path(1)).await;
        miss(path(1)).await;
        miss(path(2)).await;
        hit(path(2)).await;
    })
    .await;
}

/// Numbers in four bytes.
struct BigEndian;

impl Codec<u32> for BigEndian {
    const NAME: &'static str = "u32be";

    fn encode(value: &u32, out: &mut Vec<u8>) -> Result<(), CodecError> {
        out.extend_from_slice(&value.to_be_bytes());
        Ok(())
    }

    fn decode(bytes: &[u8]) -> Result<u32, CodecError> {
        Ok(u32::from_be_bytes(bytes.try_into()?))
    }
}

#[tokio::test]
async fn codec() {
    static RUNS: Runs = Runs::new();

    #[redis_cache(ttl = 60, codec = BigEndian)]
    async fn own(id: u32) -> Result<u32, String> {
        RUNS.count();
        Ok(id)
    }

    #[redis_cache(ttl = 60, codec = Json)]
    async fn built_in(id: u32) -> u32 {
        RUNS.count();
        id
    }

    with_cache(async {
        assert_eq!(cached!(RUNS, own(1)), Ok(1));
        assert_eq!(cached!(RUNS, built_in(1)), 1);
    })
    .await;
}

#[tokio::test]
async fn max_size() {
    #[redis_cache(ttl = 60, max_size = 10)]
    async fn text(length: usize) -> String {
        "x".repeat(length)
    }

    with_cache(async {
        miss(text(5)).await;
        hit(text(5)).await;
        miss(text(50)).await;
        miss(text(50)).await;
    })
    .await;
}

#[tokio::test]
async fn cache() {
    static RUNS: Runs = Runs::new();

    #[redis_cache(ttl = 60, cache = caches[which], skip(caches, which))]
    async fn chosen(caches: &[Cache], which: usize, id: u8) -> u8 {
        RUNS.count();
        id
    }

    let caches = [Cache::in_memory(), Cache::in_memory()];
    assert_eq!(cached!(RUNS, chosen(&caches, 0, 7)), 7);
    assert_eq!(cached!(RUNS, chosen(&caches, 1, 7)), 7);
    chosen::entry(&caches, 0, 7).invalidate().await.unwrap();
    assert_eq!(cached!(RUNS, chosen(&caches, 0, 7)), 7);
    hit(chosen(&caches, 1, 7)).await;
}

mod reexported {
    pub(super) use cached_runtime as cache;
}

#[tokio::test]
async fn renamed_crate() {
    static RUNS: Runs = Runs::new();

    #[redis_cache(ttl = 60, crate = reexported::cache)]
    async fn by_path(id: u8) -> u8 {
        RUNS.count();
        id
    }

    #[redis_cache(ttl = 60, crate = "crate::options::reexported::cache")]
    async fn by_text(id: u8) -> u8 {
        RUNS.count();
        id
    }

    with_cache(async {
        assert_eq!(cached!(RUNS, by_path(1)), 1);
        assert_eq!(cached!(RUNS, by_text(1)), 1);
    })
    .await;
}

#[tokio::test]
async fn all_at_once() {
    static RUNS: Runs = Runs::new();

    #[redis_cache(
        ttl = "1h",
        prefix = "all",
        key(id),
        skip(cache),
        version = 3,
        ttl_jitter = 0.25,
        none_ttl = 10,
        cache_if = |value: &Option<u8>| value != &Some(0),
        codec = cached_runtime::codec::Json,
        max_size = 1_000,
        cache = cache,
        crate = ::cached_runtime,
    )]
    async fn all(cache: Cache, id: u8) -> Result<Option<u8>, String> {
        RUNS.count();
        Ok(id.checked_sub(1))
    }

    let cache = Cache::in_memory();
    assert_eq!(cached!(RUNS, all(cache.clone(), 0)), Ok(None));
    assert_eq!(cached!(RUNS, all(cache.clone(), 2)), Ok(Some(1)));
    for _ in 0..2 {
        assert_eq!(miss(all(cache.clone(), 1)).await, Ok(Some(0)));
    }
    assert_eq!(all::entry(cache, 2).get().await.unwrap(), Some(Some(1)));
}

//! Entries by hand.

use std::pin::pin;
use std::time::Duration;

use cached_runtime::{Outcome, observe, redis_cache};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::on_every_store;

#[redis_cache(ttl = 60, prefix = "square")]
async fn square(n: u64) -> Result<u64, String> {
    Ok(n * n)
}

#[redis_cache(ttl = 60, cache_none = false, max_size = 4)]
async fn small(n: u64) -> Option<u64> {
    Some(n)
}

struct Shop {
    tenant: String,
}

impl Shop {
    #[redis_cache(ttl = 60, key = "order:{self.tenant}:{id}")]
    pub(crate) async fn order(&self, id: u64) -> String {
        format!("{} {id}", self.tenant)
    }
}

on_every_store! {
    async fn an_entry_reads_writes_and_empties_the_slot_of_the_call(_world) {
        let entry = square::entry(3);
        assert_eq!(entry.get().await.unwrap(), None);
        assert_eq!(entry.ttl().await.unwrap(), None);
        assert_eq!(square(3).await, Ok(9));
        assert_eq!(entry.get().await.unwrap(), Some(9));
        let ttl = entry.ttl().await.unwrap().unwrap();
        assert!(ttl > Duration::from_secs(50) && ttl <= Duration::from_secs(60), "{ttl:?}");
        entry.put(&10).await.unwrap();
        assert_eq!(observe(square(3)).await, (Ok(10), Outcome::Hit));
        entry.invalidate().await.unwrap();
        assert_eq!(observe(square(3)).await, (Ok(9), Outcome::Miss));
        entry.invalidate().await.unwrap();
        entry.invalidate().await.unwrap();
    }

    async fn a_put_that_the_options_refuse_empties_the_slot(_world) {
        let entry = small::entry(1);
        small(1).await;
        entry.put(&None).await.unwrap();
        assert_eq!(entry.get().await.unwrap(), None);
        small(1).await;
        let error = entry.put(&Some(12345)).await.unwrap_err();
        assert!(error.is_too_large(), "{error}");
        assert!(error.to_string().contains("max_size"), "{error}");
        assert_eq!(entry.get().await.unwrap(), None, "the old value is no longer so");
    }

    async fn a_put_is_not_undone_by_a_fill_of_this_process(world) {
        // One for each store: both run at a time.
        static GATES: [Semaphore; 2] = [const { Semaphore::const_new(0) }; 2];
        #[redis_cache(ttl = 60, flight = "process")]
        async fn gated(on_redis: bool) -> u32 {
            GATES[usize::from(on_redis)].acquire().await.unwrap().forget();
            1
        }

        let on_redis = world.server.is_some();
        let mut fill = pin!(gated(on_redis));
        while world.cache.stats().total.misses == 0 {
            let _ = timeout(Duration::from_millis(1), fill.as_mut()).await;
        }
        gated::entry(on_redis).put(&2).await.unwrap();
        GATES[usize::from(on_redis)].add_permits(1);
        assert_eq!(fill.await, 1);
        assert_eq!(observe(gated(on_redis)).await, (2, Outcome::Hit));
    }

    async fn methods_have_entries_too(world) {
        let shop = Shop { tenant: "a:b".to_owned() };
        let other = Shop { tenant: "a".to_owned() };
        assert_eq!(shop.order(1).await, "a:b 1");
        let entry = shop.order_entry(1);
        assert!(entry.key().ends_with(":order:a%3Ab:1"), "{}", entry.key());
        assert!(entry.key().starts_with(&world.namespace), "{}", entry.key());
        assert_eq!(entry.get().await.unwrap().as_deref(), Some("a:b 1"));
        assert_eq!(observe(other.order(1)).await, ("a 1".to_owned(), Outcome::Miss));
        entry.invalidate().await.unwrap();
        assert_eq!(observe(shop.order(1)).await.1, Outcome::Miss);
        assert_eq!(observe(other.order(1)).await.1, Outcome::Hit);
    }
}

#[tokio::test]
async fn arguments_without_a_key_run_uncached_and_say_so() {
    use std::os::unix::ffi::OsStringExt;

    #[redis_cache(ttl = 60)]
    async fn length(path: std::path::PathBuf) -> usize {
        path.as_os_str().len()
    }
    let cache = cached_runtime::Cache::in_memory();
    cache
        .scope(async {
            let path = || std::path::PathBuf::from(std::ffi::OsString::from_vec(vec![0xFF]));
            assert_eq!(observe(length(path())).await, (1, Outcome::Bypass));
            let entry = length::entry(path());
            assert_eq!(entry.key(), "");
            let error = entry.invalidate().await.unwrap_err();
            assert!(error.is_key(), "{error}");
            assert!(error.to_string().contains("length"), "{error}");
        })
        .await;
    assert_eq!(cache.stats().total.errors, 1);
}

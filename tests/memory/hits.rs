//! A hit in the process takes no memory at all.

use std::sync::Arc;

use cached_runtime::{Cache, Outcome, observe, redis_cache};

use crate::values::{User, user};
use crate::{ALLOCATOR, ALONE};

#[redis_cache(ttl = "1h", local = "1h")]
async fn by_number(id: u64) -> Arc<User> {
    Arc::new(user(id))
}

#[redis_cache(ttl = "1h", local = "1h")]
async fn by_name(id: u64, name: &str) -> Arc<User> {
    let _ = name;
    Arc::new(user(id))
}

#[redis_cache(ttl = "1h", local = "1h", tags = ["users", "user:{id}"])]
async fn tagged(id: u64) -> Arc<User> {
    Arc::new(user(id))
}

#[redis_cache(ttl = "1h", local = "1h", tags = ["user:{result.id}"])]
async fn tagged_by_its_value(id: u64) -> Arc<User> {
    Arc::new(user(id))
}

#[redis_cache(ttl = "1h", local = "1h", key = "user:{id}:{name}")]
async fn templated(id: u64, name: &str) -> Arc<User> {
    let _ = name;
    Arc::new(user(id))
}

#[redis_cache(ttl = "1h", local = "1h", stale_if_error = "1h", early_refresh = 1.0)]
async fn fallible(id: u64) -> Result<Arc<User>, String> {
    Ok(Arc::new(user(id)))
}

#[redis_cache(ttl = "1h", local = "1h", stale_while_revalidate = "1h")]
async fn revalidated(id: u64) -> Option<Arc<str>> {
    Some(id.to_string().into())
}

struct Shop {
    number: u32,
}

impl Shop {
    #[redis_cache(ttl = "1h", local = "1h", key(self.number, id))]
    async fn stock(&self, id: u64) -> Arc<User> {
        Arc::new(user(id))
    }

    #[redis_cache(ttl = "1h", local = "1h", key(self.number, id))]
    async fn product<T>(&self, id: u64) -> Arc<User> {
        Arc::new(user(id))
    }
}

/// The least number of allocations that some calls made in a row: the process has other threads.
async fn allocations<T>(call: impl AsyncFn() -> T) -> usize {
    const ROUNDS: usize = 20;
    const CALLS: usize = 300;
    for outcome in [Outcome::Miss, Outcome::Hit, Outcome::LocalHit] {
        assert_eq!(observe(call()).await.1, outcome);
    }
    let mut least = usize::MAX;
    for _ in 0..ROUNDS {
        let before = ALLOCATOR.stats();
        for _ in 0..CALLS {
            call().await;
        }
        let after = ALLOCATOR.stats();
        let made = after.allocations - before.allocations;
        least = least.min(made + after.reallocations - before.reallocations);
    }
    least
}

#[tokio::test]
async fn a_local_hit_allocates_nothing() {
    let _alone = ALONE.lock().await;
    let calls = async {
        let shop = Shop { number: 7 };
        let made = [
            ("a number", allocations(async || by_number(1).await).await),
            ("a number and a text", allocations(async || by_name(1, "somebody").await).await),
            ("tags", allocations(async || tagged(1).await).await),
            ("tags of the value", allocations(async || tagged_by_its_value(1).await).await),
            ("a template", allocations(async || templated(1, "somebody").await).await),
            ("a result", allocations(async || fallible(1).await).await),
            ("an optional text", allocations(async || revalidated(1).await).await),
            ("a method", allocations(async || shop.stock(1).await).await),
            ("a generic method", allocations(async || shop.product::<u8>(1).await).await),
        ];
        for (what, made) in made {
            println!("{what}: {made}");
        }
        for (what, made) in made {
            assert_eq!(made, 0, "{what}");
        }
    };
    Cache::in_memory().scope(calls).await;
}

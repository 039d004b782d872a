//! What was counted.

use cached_runtime::{bypass, redis_cache};

use crate::on_every_store;

#[redis_cache(ttl = 60)]
async fn one(id: u64) -> u64 {
    id
}

#[redis_cache(ttl = 60)]
async fn two(id: u64) -> u64 {
    id
}

on_every_store! {
    async fn each_function_and_all_together(world) {
        one(1).await;
        one(1).await;
        one(1).await;
        two(1).await;
        bypass(two(1)).await;
        one::entry(1).invalidate().await.unwrap();
        let stats = world.cache.stats();
        let of = |name: &str| {
            let path = format!("behaviour::stats::{name}");
            stats.functions.iter().find(|(function, _)| *function == path).unwrap().1
        };
        let (one, two) = (of("one"), of("two"));
        assert_eq!((one.hits, one.misses, one.bypasses), (2, 1, 0));
        assert_eq!((two.hits, two.misses, two.bypasses), (0, 1, 1));
        let total = stats.total;
        assert_eq!((total.hits, total.misses, total.bypasses, total.errors), (2, 2, 1, 0));
        assert_eq!(stats.functions.len(), 2, "a function and its entry are one");
    }
}

//! The futures around a call: `refresh`, `bypass`, `only_cached`, `observe`.

use cached_runtime::{Outcome, bypass, observe, only_cached, redis_cache, refresh};

use crate::on_every_store;
use crate::world::Runs;

#[redis_cache(ttl = 60)]
async fn inner(runs: u64) -> u64 {
    runs
}

/// Whether the call in its body was a hit.
#[redis_cache(ttl = 60)]
async fn outer(id: u64) -> (u64, bool) {
    let (value, outcome) = observe(inner(id)).await;
    (value, outcome == Outcome::Hit)
}

on_every_store! {
    async fn refresh_runs_the_body_and_stores(_world) {
        static RUNS: Runs = Runs::new();
        #[redis_cache(ttl = 60)]
        async fn count(on_redis: bool) -> u32 { let _ = on_redis; RUNS.more() }
        let here = _world.server.is_some();
        let first = count(here).await;
        assert_eq!(count(here).await, first);
        let (second, outcome) = observe(refresh(count(here))).await;
        assert!(second > first);
        assert_eq!(outcome, Outcome::Miss);
        assert_eq!(observe(count(here)).await, (second, Outcome::Hit));
    }

    async fn bypass_neither_reads_nor_stores(_world) {
        assert_eq!(observe(bypass(inner(1))).await, (1, Outcome::Bypass));
        assert_eq!(observe(inner(1)).await.1, Outcome::Miss);
        assert_eq!(observe(bypass(inner(1))).await, (1, Outcome::Bypass));
    }

    async fn only_cached_never_runs_a_body(_world) {
        #[redis_cache(ttl = 60)]
        async fn forbidden(id: u64) -> u64 { unreachable!("the body of {id} ran") }
        assert_eq!(only_cached(forbidden(1)).await, None);
        assert_eq!(only_cached(refresh(forbidden(1))).await, None);
        assert_eq!(only_cached(bypass(forbidden(1))).await, None);
        forbidden::entry(1).put(&5).await.unwrap();
        assert_eq!(only_cached(forbidden(1)).await, Some(5));
        assert_eq!(observe(only_cached(forbidden(1))).await, (Some(5), Outcome::Hit));
        assert_eq!(only_cached(observe(forbidden(1))).await, Some((5, Outcome::Hit)));
        assert_eq!(only_cached(forbidden(2)).await, None);
        // Nor does it touch the slot: a fill under way would be overtaken.
        assert_eq!(only_cached(refresh(forbidden(1))).await, None);
        assert_eq!(observe(only_cached(forbidden(1))).await, (Some(5), Outcome::Hit));
    }

    async fn what_is_asked_of_a_call_is_not_asked_of_those_in_its_body(_world) {
        assert_eq!(outer(1).await, (1, false));
        assert_eq!(refresh(outer(1)).await, (1, true), "only the page is made again");
        assert_eq!(bypass(outer(1)).await, (1, true));
        assert_eq!(observe(bypass(outer(2))).await, ((2, false), Outcome::Bypass));
    }

    async fn several_calls_in_one_future(_world) {
        let ((a, b), outcome) = observe(async { (inner(1).await, inner(1).await) }).await;
        assert_eq!(((a, b), outcome), ((1, 1), Outcome::Hit), "of the last one");
        assert_eq!(only_cached(async { (inner(1).await, inner(2).await) }).await, None);
        assert_eq!(observe(async {}).await.1, Outcome::Bypass, "no call at all");
    }
}

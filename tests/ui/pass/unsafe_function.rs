//! Not in `tests/shapes`, where `unsafe` is forbidden.

use cached_runtime::{Cache, Outcome, observe, redis_cache};

static mut RUNS: u32 = 0;

/// # Safety
///
/// One call at a time.
#[redis_cache(ttl = 60)]
async unsafe fn next(by: u32) -> u32 {
    unsafe {
        RUNS += by;
        RUNS
    }
}

/// # Safety
///
/// One call at a time.
#[redis_cache(ttl = 60, stale_while_revalidate = 60)]
async unsafe fn refilled(by: u32) -> u32 {
    unsafe {
        RUNS += by;
        RUNS
    }
}

struct Shop;

impl Shop {
    #[redis_cache(ttl = 60, skip(self))]
    pub async unsafe fn price(&self, id: u32) -> u32 {
        id
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    Cache::in_memory()
        .scope(async {
            unsafe {
                assert_eq!(observe(next(1)).await, (1, Outcome::Miss));
                assert_eq!(observe(next(1)).await, (1, Outcome::Hit));
                assert_eq!(observe(refilled(2)).await, (3, Outcome::Miss));
                assert_eq!(observe(refilled(2)).await, (3, Outcome::Hit));
                assert_eq!(observe(Shop.price(1)).await, (1, Outcome::Miss));
            }
            assert_eq!(next::entry(1).get().await.unwrap(), Some(1));
            assert_eq!(Shop::price_entry(1).get().await.unwrap(), Some(1));
        })
        .await;
}

//! `flight`, `lease` and `wait`, in every shape.

use std::time::Duration;

use cached_runtime::redis_cache;

use crate::check::{Runs, with_cache};

static RUNS: Runs = Runs::new();

#[tokio::test]
async fn every_flight() {
    #[redis_cache(ttl = 60, flight = "cluster", lease = "30s", wait = "1500ms")]
    async fn cluster(id: u8) -> Result<u8, String> {
        RUNS.count();
        Ok(id)
    }

    #[redis_cache(ttl = 60, flight = "process", wait = 1)]
    async fn process(id: &str) -> String {
        RUNS.count();
        id.to_owned()
    }

    #[redis_cache(ttl = 60, flight = "off")]
    async fn off<T: ToString>(id: u8, what: &str) -> String {
        RUNS.count();
        format!("{id}{what}")
    }

    #[redis_cache(ttl = 60, wait = 0)]
    async fn impatient(id: u8) -> u8 {
        RUNS.count();
        id
    }

    with_cache(async {
        assert_eq!(cached!(RUNS, cluster(1)), Ok(1));
        assert_eq!(cached!(RUNS, process("a")), "a");
        assert_eq!(cached!(RUNS, off::<u8>(1, "a")), "1a");
        assert_eq!(cached!(RUNS, impatient(1)), 1);
    })
    .await;
}

struct Shop {
    lease: Duration,
}

impl Shop {
    #[redis_cache(ttl = 60, lease = self.lease, wait = self.lease / 2, skip(self))]
    pub(crate) async fn price(&self, id: u8) -> u8 {
        RUNS.count();
        id
    }
}

#[tokio::test]
async fn the_entry_asks_for_nothing_that_only_a_call_uses() {
    #[redis_cache(ttl = 60, lease = limit, wait = limit / 2, skip(limit))]
    async fn limited(id: u8, limit: Duration) -> u8 {
        RUNS.count();
        id
    }

    let second = Duration::from_secs(1);
    with_cache(async {
        assert_eq!(cached!(RUNS, limited(1, second)), 1);
        assert_eq!(limited::entry(1).get().await.unwrap(), Some(1));
        assert_eq!(cached!(RUNS, Shop { lease: second }.price(1)), 1);
        assert_eq!(Shop::price_entry(1).get().await.unwrap(), Some(1));
    })
    .await;
}

#[async_trait::async_trait]
trait Load {
    async fn load(&self, id: u8) -> u8;
}

#[async_trait::async_trait]
impl Load for Shop {
    #[redis_cache(ttl = 60, flight = "process", wait = self.lease, skip(self))]
    async fn load(&self, id: u8) -> u8 {
        RUNS.count();
        id
    }
}

trait Describe {
    #[redis_cache(ttl = 60, lease = 5, wait = 5, skip(self))]
    async fn describe(&self, id: u8) -> u8 {
        RUNS.count();
        id
    }
}

impl Describe for Shop {}

#[tokio::test]
async fn traits() {
    let shop = Shop { lease: Duration::from_secs(1) };
    with_cache(async {
        assert_eq!(cached!(RUNS, shop.load(1)), 1);
        assert_eq!(cached!(RUNS, shop.describe(1)), 1);
    })
    .await;
}

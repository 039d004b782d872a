//! Together with other attributes.

use async_trait::async_trait;
use cached_runtime::redis_cache;
use tracing::instrument;

use crate::check::{Runs, with_cache};

#[tokio::test]
async fn instrument_above() {
    static RUNS: Runs = Runs::new();

    #[instrument(skip(db), err)]
    #[redis_cache(ttl = 60, skip(db))]
    async fn double(db: &str, id: u8) -> Result<u8, String> {
        RUNS.count();
        if db.is_empty() {
            return Err("no database".to_owned());
        }
        Ok(id * 2)
    }

    with_cache(async {
        assert_eq!(cached!(RUNS, double("db", 2)), Ok(4));
        assert_eq!(double::entry(2).get().await.unwrap(), Some(4));
    })
    .await;
}

#[tokio::test]
async fn instrument_below() {
    static RUNS: Runs = Runs::new();

    #[redis_cache(ttl = 60, skip(db))]
    #[instrument(skip(db), ret, err)]
    async fn double(db: &str, id: u8) -> Result<u8, String> {
        RUNS.count();
        if db.is_empty() {
            return Err("no database".to_owned());
        }
        Ok(id * 2)
    }

    with_cache(async {
        assert_eq!(cached!(RUNS, double("db", 2)), Ok(4));
        assert_eq!(double::entry(2).get().await.unwrap(), Some(4));
    })
    .await;
}

struct Shop;

static METHOD: Runs = Runs::new();

impl Shop {
    #[instrument(skip(self))]
    #[redis_cache(ttl = 60, skip(self))]
    #[instrument(skip_all, fields(inner = true))]
    pub(crate) async fn price(&self, id: u8) -> u8 {
        METHOD.count();
        id
    }
}

#[async_trait]
trait Priced {
    async fn above(&self, id: u8) -> u8;
    async fn below(&self, id: u8) -> u8;
}

#[async_trait]
impl Priced for Shop {
    #[instrument(skip(self))]
    #[redis_cache(ttl = 60, skip(self))]
    async fn above(&self, id: u8) -> u8 {
        METHOD.count();
        id
    }

    #[redis_cache(ttl = 60, skip(self))]
    #[instrument(skip(self))]
    async fn below(&self, id: u8) -> u8 {
        METHOD.count();
        id
    }
}

#[tokio::test]
async fn instrumented_methods() {
    with_cache(async {
        assert_eq!(cached!(METHOD, Shop.price(1)), 1);
        assert_eq!(cached!(METHOD, Shop.above(1)), 1);
        assert_eq!(cached!(METHOD, Shop.below(1)), 1);
        assert_eq!(Shop::price_entry(1).get().await.unwrap(), Some(1));
    })
    .await;
}

#[tokio::test]
async fn attributes_of_the_compiler() {
    static RUNS: Runs = Runs::new();

    /// Doubles, with documentation.
    #[doc = "And more of it."]
    #[must_use = "it is not for free"]
    #[redis_cache(ttl = 60)]
    #[allow(clippy::unused_async, reason = "the shape under test")]
    #[inline]
    async fn double(id: u8) -> u8 {
        RUNS.count();
        id * 2
    }

    #[deprecated = "use `double`"]
    #[redis_cache(ttl = 60)]
    #[cold]
    async fn twice(id: u8) -> u8 {
        RUNS.count();
        id * 2
    }

    with_cache(async {
        assert_eq!(cached!(RUNS, double(2)), 4);
        #[allow(deprecated, reason = "the shape under test")]
        let four = cached!(RUNS, twice(2));
        assert_eq!(four, 4);
    })
    .await;
}

/// One of these two exists, and its companion with it.
#[redis_cache(ttl = 60)]
#[cfg(test)]
async fn conditional(id: u8) -> u8 {
    METHOD.count();
    id
}

#[redis_cache(ttl = 60)]
#[cfg(not(test))]
async fn conditional(id: NoSuchType) -> u8 {
    id
}

#[tokio::test]
async fn under_cfg() {
    with_cache(async {
        assert_eq!(cached!(METHOD, conditional(1)), 1);
        assert_eq!(conditional::entry(1).get().await.unwrap(), Some(1));
    })
    .await;
}

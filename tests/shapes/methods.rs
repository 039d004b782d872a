//! Receivers of every kind, and functions of types.

use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

use cached_runtime::{Cache, redis_cache};
use serde::Serialize;

use crate::check::{Runs, hit, miss, with_cache};

static RUNS: Runs = Runs::new();

#[derive(Clone, Serialize)]
struct Shop {
    tenant: String,
    discount: u32,
}

fn shop(tenant: &str) -> Shop {
    Shop { tenant: tenant.to_owned(), discount: 1 }
}

static SKIPPED: Runs = Runs::new();
static KEYED: Runs = Runs::new();
static TEMPLATE: Runs = Runs::new();
static CHANGING: Runs = Runs::new();
static TAKING: Runs = Runs::new();
static SHARED: Runs = Runs::new();
static PINNED: Runs = Runs::new();
static COUNTED: Runs = Runs::new();
static SELF_TYPED: Runs = Runs::new();
static ASSOCIATED: Runs = Runs::new();
static PRIVATE: Runs = Runs::new();

impl Shop {
    #[redis_cache(ttl = 60, skip(self))]
    pub(crate) async fn price(&self, id: u32) -> u32 {
        SKIPPED.count();
        id * 10 - self.discount
    }

    #[redis_cache(ttl = 60, key(self.tenant, id))]
    pub(crate) async fn keyed(&self, id: u32, _trace: &str) -> String {
        KEYED.count();
        format!("{}{id}", self.tenant)
    }

    #[redis_cache(ttl = 60, key = "shop:{self.tenant}:{id}")]
    pub(crate) async fn template(&self, id: u32) -> String {
        TEMPLATE.count();
        format!("{}{id}", self.tenant)
    }

    #[redis_cache(ttl = 60, skip(self))]
    pub(crate) async fn changing(&mut self, id: u32) -> u32 {
        CHANGING.count();
        self.discount += id;
        self.discount
    }

    #[redis_cache(ttl = 60, key(self))]
    pub(crate) async fn taking(mut self, id: u32) -> String {
        TAKING.count();
        self.tenant.push('!');
        format!("{}{id}", self.tenant)
    }

    #[redis_cache(ttl = 60, key(self.tenant))]
    pub(crate) async fn shared(self: Arc<Self>) -> String {
        SHARED.count();
        self.tenant.clone()
    }

    #[redis_cache(ttl = 60, key(self.tenant))]
    pub(crate) async fn pinned(mut self: Pin<&mut Self>, by: u32) -> u32 {
        PINNED.count();
        self.discount += by;
        self.discount
    }

    #[redis_cache(ttl = 60, key(self.tenant))]
    pub(crate) async fn counted(self: &Rc<Self>) -> usize {
        COUNTED.count();
        Rc::strong_count(self)
    }

    #[redis_cache(ttl = 60, skip(self))]
    #[allow(clippy::needless_arbitrary_self_type, reason = "the shape under test")]
    pub(crate) async fn typed(self: &Self, id: u32) -> u32 {
        SELF_TYPED.count();
        self.discount + id
    }

    #[redis_cache(ttl = 60)]
    pub(crate) async fn standard(id: u32) -> u32 {
        ASSOCIATED.count();
        Self::doubled(id)
    }

    #[redis_cache(ttl = 60, skip(self))]
    async fn private(&self, id: u32) -> u32 {
        PRIVATE.count();
        id
    }

    fn doubled(id: u32) -> u32 {
        id * 2
    }
}

#[tokio::test]
async fn self_skipped() {
    with_cache(async {
        assert_eq!(cached!(SKIPPED, shop("a").price(2)), 19);
        assert_eq!(hit(shop("b").price(2)).await, 19);
        assert_eq!(Shop::price_entry(2).get().await.unwrap(), Some(19));
    })
    .await;
}

#[tokio::test]
async fn self_in_key() {
    with_cache(async {
        assert_eq!(cached!(KEYED, shop("a").keyed(2, "x")), "a2");
        assert_eq!(hit(shop("a").keyed(2, "y")).await, "a2");
        assert_eq!(cached!(KEYED, shop("b").keyed(2, "x")), "b2");
        assert_eq!(shop("b").keyed_entry(2).get().await.unwrap().as_deref(), Some("b2"));
    })
    .await;
}

#[tokio::test]
async fn self_in_template() {
    with_cache(async {
        assert_eq!(cached!(TEMPLATE, shop("a").template(2)), "a2");
        assert_eq!(cached!(TEMPLATE, shop("b").template(2)), "b2");
        let entry = shop("b").template_entry(2);
        assert!(entry.key().ends_with(":shop:b:2"), "{}", entry.key());
        assert_eq!(entry.get().await.unwrap().as_deref(), Some("b2"));
    })
    .await;
}

#[tokio::test]
async fn exclusive_self() {
    with_cache(async {
        let mut shop = shop("a");
        assert_eq!(miss(shop.changing(2)).await, 3);
        assert_eq!(hit(shop.changing(2)).await, 3);
        assert_eq!((shop.discount, CHANGING.get()), (3, 1));
        assert_eq!(Shop::changing_entry(2).get().await.unwrap(), Some(3));
    })
    .await;
}

#[tokio::test]
async fn owned_self() {
    with_cache(async {
        assert_eq!(cached!(TAKING, shop("a").taking(2)), "a!2");
        assert_eq!(cached!(TAKING, shop("b").taking(2)), "b!2");
    })
    .await;
}

#[tokio::test]
async fn self_behind_arc() {
    with_cache(async {
        assert_eq!(cached!(SHARED, Arc::new(shop("a")).shared()), "a");
        assert_eq!(cached!(SHARED, Arc::new(shop("b")).shared()), "b");
        assert_eq!(shop("b").shared_entry().get().await.unwrap().as_deref(), Some("b"));
    })
    .await;
}

#[tokio::test]
async fn pinned_self() {
    with_cache(async {
        let mut pinned = Box::pin(shop("a"));
        assert_eq!(miss(pinned.as_mut().pinned(2)).await, 3);
        assert_eq!(hit(pinned.as_mut().pinned(2)).await, 3);
        assert_eq!(PINNED.get(), 1);
    })
    .await;
}

#[tokio::test]
async fn self_behind_a_reference_to_rc() {
    with_cache(async {
        let shop = Rc::new(shop("a"));
        assert_eq!(cached!(COUNTED, shop.counted()), 1);
    })
    .await;
}

#[tokio::test]
async fn self_with_a_type() {
    with_cache(async { assert_eq!(cached!(SELF_TYPED, shop("a").typed(2)), 3) }).await;
}

#[tokio::test]
async fn without_self() {
    with_cache(async {
        assert_eq!(cached!(ASSOCIATED, Shop::standard(2)), 4);
        assert_eq!(Shop::standard_entry(2).get().await.unwrap(), Some(4));
    })
    .await;
}

#[tokio::test]
async fn without_a_visibility() {
    with_cache(async { assert_eq!(cached!(PRIVATE, shop("a").private(2)), 2) }).await;
}

struct WithCache {
    cache: Cache,
    ttl: std::time::Duration,
}

impl WithCache {
    #[redis_cache(ttl = self.ttl, skip(self), cache = self.cache)]
    pub(crate) async fn double(&self, id: u32) -> u32 {
        RUNS.count();
        id * 2
    }
}

#[tokio::test]
async fn with_a_cache_of_its_own() {
    let ttl = std::time::Duration::from_secs(60);
    let one = WithCache { cache: Cache::in_memory(), ttl };
    let other = WithCache { cache: Cache::in_memory(), ttl };
    assert_eq!(cached!(RUNS, one.double(2)), 4);
    assert_eq!(cached!(RUNS, other.double(2)), 4);
    one.double_entry(2).invalidate().await.unwrap();
    assert_eq!(cached!(RUNS, one.double(2)), 4);
    hit(other.double(2)).await;
}

struct Generic<T, const N: usize>(T);

static GENERIC: Runs = Runs::new();

impl<T: Clone + Into<u64>, const N: usize> Generic<T, N> {
    #[redis_cache(ttl = 60, skip(self))]
    pub(crate) async fn sum(&self, id: u64) -> Result<Vec<u64>, T> {
        GENERIC.count();
        if id == 0 {
            return Err(self.0.clone());
        }
        Ok(vec![self.0.clone().into() + id; N])
    }
}

#[tokio::test]
async fn of_a_generic_type() {
    with_cache(async {
        assert_eq!(cached!(GENERIC, Generic::<u8, 2>(1).sum(1)), Ok(vec![2, 2]));
        assert_eq!(cached!(GENERIC, Generic::<u16, 2>(1).sum(1)), Ok(vec![2, 2]));
        assert_eq!(cached!(GENERIC, Generic::<u16, 1>(1).sum(1)), Ok(vec![2]));
        assert_eq!(miss(Generic::<u16, 1>(1).sum(0)).await, Err(1));
        assert_eq!(Generic::<u16, 1>::sum_entry(1).get().await.unwrap(), Some(vec![2]));
    })
    .await;
}

//! Trait methods: default bodies and implementations, native and by `#[async_trait]`.

use std::future::Future;
use std::pin::Pin;

use async_trait::async_trait;
use cached_runtime::redis_cache;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::check::{Runs, hit, miss, with_cache};

static DEFAULT: Runs = Runs::new();
static IMPLEMENTED: Runs = Runs::new();

trait Repo {
    const TABLE: &'static str;

    fn tenant(&self) -> u32;

    #[redis_cache(ttl = 60, key(self.tenant(), id))]
    async fn describe(&self, id: u32) -> String {
        DEFAULT.count();
        format!("{}:{}:{id}", Self::TABLE, self.tenant())
    }

    #[redis_cache(ttl = 60)]
    async fn table() -> String {
        DEFAULT.count();
        Self::TABLE.to_owned()
    }

    async fn load(&self, id: u32) -> Result<u32, String>;
}

struct Users(u32);
struct Orders;

impl Repo for Users {
    const TABLE: &'static str = "users";

    fn tenant(&self) -> u32 {
        self.0
    }

    #[redis_cache(ttl = 60, skip(self))]
    async fn load(&self, id: u32) -> Result<u32, String> {
        IMPLEMENTED.count();
        id.checked_sub(1).ok_or_else(|| "none".to_owned())
    }
}

impl Repo for Orders {
    const TABLE: &'static str = "orders";

    fn tenant(&self) -> u32 {
        1
    }

    #[redis_cache(ttl = 60, skip(self))]
    async fn load(&self, id: u32) -> Result<u32, String> {
        IMPLEMENTED.count();
        Ok(id + 100)
    }
}

#[tokio::test]
async fn default_body() {
    with_cache(async {
        assert_eq!(cached!(DEFAULT, Users(1).describe(7)), "users:1:7");
        assert_eq!(cached!(DEFAULT, Users(2).describe(7)), "users:2:7");
        assert_eq!(cached!(DEFAULT, Orders.describe(7)), "orders:1:7");
        assert_eq!(cached!(DEFAULT, Users::table()), "users");
        assert_eq!(cached!(DEFAULT, Orders::table()), "orders");
    })
    .await;
}

#[tokio::test]
async fn implementation() {
    with_cache(async {
        assert_eq!(cached!(IMPLEMENTED, Users(1).load(7)), Ok(6));
        assert_eq!(cached!(IMPLEMENTED, Orders.load(7)), Ok(107));
        assert_eq!(miss(Users(1).load(0)).await, Err("none".to_owned()));
        assert_eq!(miss(Users(1).load(0)).await, Err("none".to_owned()));
    })
    .await;
}

static BOXED: Runs = Runs::new();

#[async_trait]
trait Boxed: Sync {
    fn tenant(&self) -> u32;

    #[redis_cache(ttl = 60, key(self.tenant(), id))]
    async fn describe(&self, id: &str) -> String {
        BOXED.count();
        format!("{}:{id}", self.tenant())
    }

    async fn load<T>(&self, mut id: T, text: &str) -> Result<Vec<T>, String>
    where
        Self: Sized,
        T: Serialize + DeserializeOwned + Clone + Send + Sync + 'static;

    async fn change(&mut self, by: u32) -> Option<u32>;
}

struct Shop(u32);

#[async_trait]
impl Boxed for Shop {
    fn tenant(&self) -> u32 {
        self.0
    }

    #[redis_cache(ttl = 60, skip(self))]
    async fn load<T>(&self, id: T, text: &str) -> Result<Vec<T>, String>
    where
        T: Serialize + DeserializeOwned + Clone + Send + Sync + 'static,
    {
        BOXED.count();
        let length: usize = text.parse().map_err(|_| text.to_owned())?;
        tokio::task::yield_now().await;
        Ok(vec![id; length])
    }

    #[redis_cache(ttl = 60, key = "{self.0}:{by}")]
    async fn change(&mut self, by: u32) -> Option<u32> {
        BOXED.count();
        self.0 += by;
        Some(self.0)
    }
}

#[tokio::test]
async fn async_trait() {
    with_cache(async {
        assert_eq!(cached!(BOXED, Shop(1).describe("x")), "1:x");
        assert_eq!(cached!(BOXED, Shop(2).describe("x")), "2:x");
        let dynamic: Box<dyn Boxed> = Box::new(Shop(1));
        let _ = dynamic.tenant();
        assert_eq!(cached!(BOXED, Shop(1).load(7_u8, "2")), Ok(vec![7, 7]));
        assert_eq!(cached!(BOXED, Shop(1).load(7_u16, "2")), Ok(vec![7, 7]));
        assert_eq!(hit(Shop(2).load(7_u16, "2")).await, Ok(vec![7, 7]));
        assert_eq!(miss(Shop(1).load(7_u8, "x")).await, Err("x".to_owned()));
        assert_eq!(cached!(BOXED, Shop(1).change(2)), Some(3));
    })
    .await;
}

#[tokio::test]
async fn async_trait_is_send() {
    let call = tokio::spawn(async {
        let shop = Shop(1);
        with_cache(shop.describe("x")).await
    });
    assert_eq!(call.await.unwrap(), "1:x");
}

static BY_HAND: Runs = Runs::new();

#[redis_cache(ttl = 60)]
fn boxed_by_hand(id: &str) -> Pin<Box<dyn Future<Output = Result<usize, String>> + Send + '_>> {
    Box::pin(async move {
        BY_HAND.count();
        if id.is_empty() { Err("empty".to_owned()) } else { Ok(id.len()) }
    })
}

#[tokio::test]
async fn boxed_future() {
    with_cache(async {
        assert_eq!(cached!(BY_HAND, boxed_by_hand("abc")), Ok(3));
        assert_eq!(miss(boxed_by_hand("")).await, Err("empty".to_owned()));
        assert_eq!(miss(boxed_by_hand("")).await, Err("empty".to_owned()));
    })
    .await;
}

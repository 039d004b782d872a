//! `stale_while_revalidate`, `stale_if_error` and `early_refresh`, in every shape that can have them.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use cached_runtime::redis_cache;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::check::{Runs, with_cache};

static RUNS: Runs = Runs::new();

#[tokio::test]
async fn free_functions() {
    const WINDOW: Duration = Duration::from_secs(30);

    #[redis_cache(ttl = 60, stale_while_revalidate = "5m")]
    async fn revalidated(id: u8, mut text: String) -> String {
        RUNS.count();
        text += &id.to_string();
        text
    }

    #[redis_cache(ttl = 60, stale_if_error = WINDOW)]
    async fn kept(id: &str) -> Result<String, &str> {
        RUNS.count();
        Ok(id.to_owned())
    }

    #[redis_cache(ttl = 60, early_refresh = 1.5)]
    async fn early(id: &str) -> String {
        RUNS.count();
        id.to_owned()
    }

    #[redis_cache(
        ttl = window,
        stale_while_revalidate = window,
        stale_if_error = window * 2,
        early_refresh = 1,
        skip(window),
    )]
    async fn all(id: u8, window: Duration) -> Result<u8, String> {
        RUNS.count();
        Ok(id)
    }

    with_cache(async {
        assert_eq!(cached!(RUNS, revalidated(1, "a".to_owned())), "a1");
        assert_eq!(cached!(RUNS, kept("a")), Ok("a".to_owned()));
        assert_eq!(cached!(RUNS, early("a")), "a");
        assert_eq!(cached!(RUNS, all(1, WINDOW)), Ok(1));
        assert_eq!(all::entry(1, WINDOW).get().await.unwrap(), Some(1));
    })
    .await;
}

#[tokio::test]
async fn the_entry_asks_for_what_a_window_mentions() {
    #[redis_cache(ttl = 60, stale_while_revalidate = window, skip(window, _other))]
    async fn revalidated(id: u8, window: Duration, _other: u8) -> u8 {
        RUNS.count();
        id
    }

    #[redis_cache(ttl = 60, stale_if_error = limits.window, skip(limits))]
    async fn kept(id: u8, limits: &Limits) -> Result<u8, String> {
        RUNS.count();
        Ok(id)
    }

    struct Limits {
        window: Duration,
    }

    let window = Duration::from_secs(5);
    with_cache(async {
        assert_eq!(cached!(RUNS, revalidated(1, window, 0)), 1);
        assert_eq!(revalidated::entry(1, window).get().await.unwrap(), Some(1));
        assert_eq!(cached!(RUNS, kept(1, &Limits { window })), Ok(1));
        assert_eq!(kept::entry(1, &Limits { window }).get().await.unwrap(), Some(1));
    })
    .await;
}

/// `Send`, and neither `Sync` nor `Serialize`.
struct Connection(std::cell::Cell<u8>);

#[tokio::test]
async fn arguments() {
    #[derive(Serialize)]
    struct Point {
        x: u8,
        y: u8,
    }

    #[redis_cache(ttl = 60, stale_while_revalidate = 60, skip(db))]
    async fn skipped(db: Connection, id: u8) -> u8 {
        RUNS.count();
        db.0.get() + id
    }

    #[redis_cache(ttl = 60, stale_while_revalidate = 60)]
    async fn destructured(Point { x, mut y }: Point, (a, _): (u8, Rc<u8>), _: Rc<u8>) -> u8 {
        RUNS.count();
        y += 1;
        x + y + a
    }

    #[redis_cache(ttl = 60, stale_while_revalidate = 60, key(text))]
    async fn of_functions(
        double: impl Fn(&u8) -> u8 + Send + 'static,
        triple: Box<dyn for<'a> Fn(&'a u8) -> u8 + Send>,
        plain: fn(&str) -> &str,
        text: &'static str,
    ) -> String {
        RUNS.count();
        format!("{}{}{}", plain(text), double(&1), triple(&1))
    }

    #[redis_cache(ttl = 60, stale_while_revalidate = 60)]
    async fn conditional(#[cfg(unix)] r#type: u8, #[cfg(not(unix))] r#type: &str) -> String {
        RUNS.count();
        r#type.to_string()
    }

    with_cache(async {
        assert_eq!(cached!(RUNS, skipped(Connection(1.into()), 1)), 2);
        assert_eq!(
            cached!(RUNS, destructured(Point { x: 1, y: 2 }, (3, Rc::new(4)), Rc::new(5))),
            7
        );
        let triple = || Box::new(|n: &u8| n * 3);
        assert_eq!(cached!(RUNS, of_functions(|n| n * 2, triple(), str::trim, " 1")), "123");
        assert_eq!(cached!(RUNS, conditional(11)), "11");
    })
    .await;
}

#[tokio::test]
async fn generics() {
    #[redis_cache(ttl = 60, stale_while_revalidate = 60)]
    async fn repeated<T, const N: usize>(item: T) -> Result<Vec<T>, String>
    where
        T: Serialize + DeserializeOwned + Clone + Send + 'static,
    {
        RUNS.count();
        tokio::task::yield_now().await;
        Ok(vec![item; N])
    }

    #[redis_cache(ttl = 60, stale_while_revalidate = 60)]
    async fn phantom<'a, T: Default + ToString + 'a>() -> String {
        RUNS.count();
        T::default().to_string()
    }

    #[redis_cache(ttl = 60, stale_if_error = 60, early_refresh = 0.5)]
    async fn borrowed<T: Serialize + ToString>(item: &T) -> Result<String, std::fmt::Error> {
        RUNS.count();
        Ok(item.to_string())
    }

    with_cache(async {
        assert_eq!(cached!(RUNS, repeated::<u8, 2>(1)), Ok(vec![1, 1]));
        assert_eq!(cached!(RUNS, phantom::<u8>()), "0");
        assert_eq!(cached!(RUNS, borrowed(&1)), Ok("1".to_owned()));
    })
    .await;
}

#[derive(Serialize)]
struct Shop {
    tenant: u64,
    window: Duration,
}

impl Shop {
    #[redis_cache(ttl = 60, stale_while_revalidate = self.window, key(self.tenant, id))]
    pub(crate) async fn price(self: Arc<Self>, id: u64) -> u64 {
        RUNS.count();
        tokio::task::yield_now().await;
        self.tenant + id
    }

    #[redis_cache(ttl = 60, stale_while_revalidate = 60, key(self.tenant, id))]
    pub(crate) async fn taken(mut self, id: u64) -> Result<u64, String> {
        RUNS.count();
        self.tenant += id;
        Ok(self.tenant)
    }

    #[redis_cache(ttl = 60, stale_while_revalidate = 60, skip(self))]
    async fn forever(&'static self, id: u64) -> u64 {
        RUNS.count();
        self.tenant + id
    }

    #[redis_cache(ttl = 60, stale_while_revalidate = 60)]
    pub(crate) async fn associated(id: u64) -> u64 {
        RUNS.count();
        Self::doubled(id)
    }

    #[redis_cache(ttl = 60, stale_if_error = self.window, early_refresh = 1.0, skip(self))]
    pub(crate) async fn kept(&self, id: u64) -> Result<u64, String> {
        RUNS.count();
        Ok(self.tenant + id)
    }

    fn doubled(id: u64) -> u64 {
        id * 2
    }
}

static FOREVER: Shop = Shop { tenant: 3, window: Duration::ZERO };

#[tokio::test]
async fn methods() {
    let shop = || Shop { tenant: 1, window: Duration::from_secs(9) };
    with_cache(async {
        assert_eq!(cached!(RUNS, Arc::new(shop()).price(1)), 2);
        assert_eq!(shop().price_entry(1).get().await.unwrap(), Some(2));
        assert_eq!(cached!(RUNS, shop().taken(1)), Ok(2));
        assert_eq!(cached!(RUNS, FOREVER.forever(1)), 4);
        assert_eq!(cached!(RUNS, Shop::associated(1)), 2);
        assert_eq!(cached!(RUNS, shop().kept(1)), Ok(2));
        assert_eq!(shop().kept_entry(1).get().await.unwrap(), Some(2));
    })
    .await;
}

trait Describe: Send + Sync + 'static {
    fn name(&self) -> String;

    #[redis_cache(ttl = 60, stale_while_revalidate = 60, key(self.name(), id))]
    async fn describe(self: Arc<Self>, id: u8) -> String {
        RUNS.count();
        format!("{}{id}", self.name())
    }

    async fn detail(self: Arc<Self>, id: u8) -> Result<String, String>;
}

impl Describe for Shop {
    fn name(&self) -> String {
        self.tenant.to_string()
    }

    #[redis_cache(ttl = 60, stale_while_revalidate = 60, stale_if_error = 90, key(self.name(), id))]
    async fn detail(self: Arc<Self>, id: u8) -> Result<String, String> {
        RUNS.count();
        Ok(format!("{}:{id}", self.name()))
    }
}

#[async_trait::async_trait]
trait Boxed {
    async fn load(&self, id: u8) -> Result<u8, String>;
}

#[async_trait::async_trait]
impl Boxed for Shop {
    #[redis_cache(ttl = 60, stale_if_error = 60, early_refresh = 1.0, skip(self))]
    async fn load(&self, id: u8) -> Result<u8, String> {
        RUNS.count();
        Ok(id)
    }
}

#[tokio::test]
async fn traits() {
    let shop = || Arc::new(Shop { tenant: 7, window: Duration::ZERO });
    with_cache(async {
        assert_eq!(cached!(RUNS, shop().describe(1)), "71");
        assert_eq!(cached!(RUNS, shop().detail(1)), Ok("7:1".to_owned()));
        assert_eq!(cached!(RUNS, shop().load(1)), Ok(1));
    })
    .await;
}

#[tokio::test]
async fn recursive() {
    #[redis_cache(ttl = 60, stale_while_revalidate = 60)]
    async fn sum(to: u8) -> u8 {
        RUNS.count();
        if to == 0 { 0 } else { to + boxed(to - 1).await }
    }

    fn boxed(to: u8) -> std::pin::Pin<Box<dyn Future<Output = u8> + Send>> {
        Box::pin(sum(to))
    }

    with_cache(async { assert_eq!(sum(3).await, 6) }).await;
}

#[tokio::test]
async fn is_send_where_the_function_was() {
    #[redis_cache(ttl = 60, stale_while_revalidate = 60)]
    async fn spawned(id: String) -> Result<String, String> {
        RUNS.count();
        tokio::task::yield_now().await;
        Ok(id)
    }

    with_cache(async {
        assert_eq!(cached!(RUNS, spawned("a".to_owned())), Ok("a".to_owned()));
        assert_eq!(tokio::spawn(spawned("b".to_owned())).await.unwrap(), Ok("b".to_owned()));
    })
    .await;
}

/// Makes a type with methods; their parts come from where the macro is used.
macro_rules! repo {
    ($name:ident, $window:expr, $beta:expr, $flight:literal, $id:ident => $body:expr) => {
        struct $name;

        impl $name {
            #[redis_cache(ttl = 60, stale_while_revalidate = $window, skip(self))]
            pub(crate) async fn get(self: Arc<Self>, $id: u8) -> u8 {
                RUNS.count();
                $body
            }

            #[redis_cache(ttl = 60, early_refresh = $beta, flight = $flight, skip(self))]
            pub(crate) async fn early(&self, $id: u8) -> u8 {
                RUNS.count();
                $body
            }
        }
    };
}

repo!(Doubled, "30s", 1, "process", number => number * 2);

#[tokio::test]
async fn from_a_macro() {
    with_cache(async {
        assert_eq!(cached!(RUNS, Arc::new(Doubled).get(2)), 4);
        assert_eq!(cached!(RUNS, Doubled.early(2)), 4);
    })
    .await;
}

#[tokio::test]
async fn below_and_above_other_attributes() {
    #[tracing::instrument(skip(text))]
    #[redis_cache(ttl = 60, stale_while_revalidate = 60)]
    async fn below(id: u8, text: String) -> String {
        RUNS.count();
        tokio::task::yield_now().await;
        text + &id.to_string()
    }

    #[redis_cache(ttl = 60, stale_while_revalidate = 60)]
    #[tracing::instrument(skip(text))]
    #[must_use]
    async fn above(id: u8, text: String) -> String {
        RUNS.count();
        tokio::task::yield_now().await;
        text + &id.to_string()
    }

    with_cache(async {
        assert_eq!(cached!(RUNS, below(1, "a".to_owned())), "a1");
        assert_eq!(cached!(RUNS, above(1, "a".to_owned())), "a1");
    })
    .await;
}

//! `local`, in every shape: the first call runs the body, the second reads the store, the third asks nobody.

use std::borrow::Cow;
use std::collections::HashMap;
use std::marker::PhantomData;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use cached_runtime::{Cache, bypass, only_cached, redis_cache, refresh};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::check::{Runs, hit, local_hit, miss, with_cache};

static RUNS: Runs = Runs::new();

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct User {
    id: u64,
    name: String,
}

fn user(id: u64) -> User {
    User { id, name: format!("user {id}") }
}

#[tokio::test]
async fn every_way_to_write_it() {
    const SPAN: Duration = Duration::from_secs(30);

    #[redis_cache(ttl = 60, local = "30s")]
    async fn text(id: u64) -> User {
        RUNS.count();
        user(id)
    }

    #[redis_cache(ttl = 60, local = 30)]
    async fn seconds(id: u64) -> User {
        RUNS.count();
        user(id)
    }

    #[redis_cache(ttl = 60, local = span / 2, skip(span))]
    async fn expression(id: u64, span: Duration) -> User {
        RUNS.count();
        user(id)
    }

    #[redis_cache(ttl = 60, local(ttl = SPAN, max_size = 4096_usize, untracked = "250ms",))]
    async fn list(id: u64) -> User {
        RUNS.count();
        user(id)
    }

    #[redis_cache(ttl = 60, local(max_size = 4096))]
    async fn as_long_as_fresh(id: u64) -> User {
        RUNS.count();
        user(id)
    }

    #[redis_cache(ttl = 60, local(untracked = SPAN))]
    async fn untracked(id: u64) -> User {
        RUNS.count();
        user(id)
    }

    with_cache(async {
        assert_eq!(kept!(RUNS, text(1)), user(1));
        assert_eq!(kept!(RUNS, seconds(1)), user(1));
        assert_eq!(kept!(RUNS, expression(1, SPAN)), user(1));
        assert_eq!(kept!(RUNS, list(1)), user(1));
        assert_eq!(kept!(RUNS, as_long_as_fresh(1)), user(1));
        assert_eq!(kept!(RUNS, untracked(1)), user(1));
        // An entry reads the store, so it asks for nothing that only `local` uses.
        assert_eq!(expression::entry(1).get().await.unwrap(), Some(user(1)));
    })
    .await;
}

#[tokio::test]
async fn larger_values_are_not_kept() {
    #[redis_cache(ttl = 60, local(max_size = 1_000))]
    async fn letters(count: usize) -> String {
        RUNS.count();
        "a".repeat(count)
    }

    with_cache(async {
        kept!(RUNS, letters(100));
        cached!(RUNS, letters(2_000));
        hit(letters(2_000)).await;
    })
    .await;
}

#[tokio::test]
async fn types_of_values() {
    type Reply<T> = Result<T, String>;

    #[redis_cache(ttl = 60, local = 30)]
    async fn shared(id: u64) -> Arc<User> {
        RUNS.count();
        Arc::new(user(id))
    }

    #[redis_cache(ttl = 60, local = 30)]
    async fn shared_or_failed(id: u64) -> Result<Arc<User>, String> {
        RUNS.count();
        Ok(Arc::new(user(id)))
    }

    #[redis_cache(ttl = 60, local = 30)]
    async fn shared_text(id: u64) -> Arc<str> {
        RUNS.count();
        id.to_string().into()
    }

    #[redis_cache(ttl = 60, local = 30)]
    async fn shared_slice(id: u64) -> Arc<[User]> {
        RUNS.count();
        [user(id)].into()
    }

    #[redis_cache(ttl = 60, local = 30)]
    async fn perhaps_shared(id: u64) -> Option<Arc<User>> {
        RUNS.count();
        (id > 0).then(|| Arc::new(user(id)))
    }

    #[redis_cache(ttl = 60, local = 30)]
    async fn behind_an_alias(id: u64) -> Reply<HashMap<u64, Arc<User>>> {
        RUNS.count();
        Ok([(id, Arc::new(user(id)))].into())
    }

    #[redis_cache(ttl = 60, local = 30)]
    async fn shared_behind_an_alias(id: u64) -> Reply<Arc<User>> {
        RUNS.count();
        Ok(Arc::new(user(id)))
    }

    #[redis_cache(ttl = 60, local = 30)]
    async fn nothing(_id: u64) {
        RUNS.count();
    }

    with_cache(async {
        assert_eq!(*kept!(RUNS, shared(1)), user(1));
        let (first, second) = (local_hit(shared(1)).await, local_hit(shared(1)).await);
        assert!(Arc::ptr_eq(&first, &second), "nothing is copied");
        assert_eq!(kept!(RUNS, shared_or_failed(1)).as_deref(), Ok(&user(1)));
        assert_eq!(&*kept!(RUNS, shared_text(1)), "1");
        assert_eq!(&*kept!(RUNS, shared_slice(1)), [user(1)]);
        assert_eq!(kept!(RUNS, perhaps_shared(1)).as_deref(), Some(&user(1)));
        assert_eq!(kept!(RUNS, perhaps_shared(0)), None);
        assert_eq!(kept!(RUNS, behind_an_alias(1)).map(|users| users.len()), Ok(1));
        let kept = kept!(RUNS, shared_behind_an_alias(1)).unwrap();
        assert!(Arc::ptr_eq(&kept, &local_hit(shared_behind_an_alias(1)).await.unwrap()));
        kept!(RUNS, nothing(1));
    })
    .await;
}

#[tokio::test]
async fn what_is_not_kept_needs_nothing() {
    /// Neither `Clone` nor `Send`, and borrowed.
    #[derive(Debug, PartialEq)]
    struct Broken<'a>(&'a str, PhantomData<*const u8>);

    #[redis_cache(ttl = 60, local = 30, skip(_db))]
    async fn find<'a>(_db: &Rc<u8>, text: &'a str) -> Result<Cow<'static, str>, Broken<'a>> {
        RUNS.count();
        if text.is_empty() {
            return Err(Broken(text, PhantomData));
        }
        Ok(Cow::Owned(text.to_owned()))
    }

    #[redis_cache(ttl = 60, local = 30)]
    async fn elided(text: &str) -> Result<String, Broken<'_>> {
        RUNS.count();
        Ok(text.to_owned())
    }

    let db = Rc::new(0);
    with_cache(async {
        assert_eq!(kept!(RUNS, find(&db, "a")).as_deref(), Ok("a"));
        assert!(miss(find(&db, "")).await.is_err());
        assert!(miss(find(&db, "")).await.is_err(), "an error is never kept");
        assert_eq!(kept!(RUNS, elided("a")).as_deref(), Ok("a"));
    })
    .await;
}

#[tokio::test]
async fn generic_functions() {
    #[redis_cache(ttl = 60, local = 30)]
    async fn cloned<T>(what: T) -> T
    where
        T: Clone + Send + Sync + Serialize + DeserializeOwned + 'static,
    {
        RUNS.count();
        what
    }

    #[redis_cache(ttl = 60, local = 30)]
    async fn shared<T>(what: T) -> Result<Arc<T>, String>
    where
        T: Send + Sync + Serialize + DeserializeOwned + 'static,
    {
        RUNS.count();
        Ok(Arc::new(what))
    }

    #[redis_cache(ttl = 60, local = 30)]
    async fn repeated<T: ToString + Serialize, const N: usize>(what: &T) -> Vec<String> {
        RUNS.count();
        vec![what.to_string(); N]
    }

    #[redis_cache(ttl = 60, local = 30)]
    async fn size_of<T>() -> usize {
        RUNS.count();
        std::mem::size_of::<T>()
    }

    with_cache(async {
        assert_eq!(kept!(RUNS, cloned(1_u8)), 1);
        // Another function, with the same arguments.
        assert_eq!(kept!(RUNS, cloned(1_u64)), 1);
        assert_eq!(kept!(RUNS, size_of::<u8>()), 1);
        assert_eq!(kept!(RUNS, size_of::<u16>()), 2);
        assert_eq!(kept!(RUNS, cloned(Arc::new(user(1)))), Arc::new(user(1)));
        assert_eq!(kept!(RUNS, shared(user(1))), Ok(Arc::new(user(1))));
        assert_eq!(kept!(RUNS, repeated::<_, 2>(&1)).len(), 2);
        assert_eq!(kept!(RUNS, repeated::<_, 3>(&1)).len(), 3);
    })
    .await;
}

struct Repo<T> {
    tenant: u8,
    span: Duration,
    cache: Cache,
    what: T,
}

impl<T: Clone + Send + Sync + Serialize + DeserializeOwned + 'static> Repo<T> {
    #[redis_cache(ttl = 60, local = self.span, key(self.tenant, id), cache = self.cache)]
    pub(crate) async fn get(&self, id: u8) -> (T, u8) {
        RUNS.count();
        (self.what.clone(), id)
    }

    #[redis_cache(ttl = 60, local(untracked = self.span), skip(self))]
    pub(crate) async fn shared(self: &Arc<Self>, id: u8) -> Result<Arc<(T, u8)>, String> {
        RUNS.count();
        Ok(Arc::new((self.what.clone(), id)))
    }

    #[redis_cache(ttl = 60, local = 5, key(id, Self::NAME))]
    pub(crate) async fn associated(id: u8) -> u8 {
        RUNS.count();
        id
    }

    const NAME: &str = "repo";
}

fn repo<T>(tenant: u8, what: T) -> Arc<Repo<T>> {
    Arc::new(Repo { tenant, span: Duration::from_secs(5), cache: Cache::current(), what })
}

#[tokio::test]
async fn methods() {
    with_cache(async {
        let (first, second) = (repo(1, 7_u8), repo(2, 8_u8));
        assert_eq!(kept!(RUNS, first.get(1)), (7, 1));
        assert_eq!(kept!(RUNS, second.get(1)), (8, 1));
        assert_eq!(kept!(RUNS, first.shared(1)).as_deref(), Ok(&(7, 1)));
        assert_eq!(local_hit(second.shared(1)).await.as_deref(), Ok(&(7, 1)), "`skip(self)`");
        assert_eq!(kept!(RUNS, Repo::<u8>::associated(1)), 1);
        assert_eq!(kept!(RUNS, Repo::<u16>::associated(1)), 1);
    })
    .await;
}

trait Describe {
    fn name(&self) -> &str;

    #[redis_cache(ttl = 60, local = 30, key(self.name(), id))]
    async fn describe(&self, id: u8) -> Arc<str>
    where
        Self: Sync,
    {
        RUNS.count();
        format!("{} {id}", self.name()).into()
    }

    async fn rename(&self, id: u8) -> String;
}

impl Describe for User {
    fn name(&self) -> &str {
        &self.name
    }

    #[redis_cache(ttl = 60, local(ttl = 30), skip(self))]
    async fn rename(&self, id: u8) -> String {
        RUNS.count();
        id.to_string()
    }
}

#[async_trait::async_trait]
trait Load {
    async fn load(&self, id: u8) -> Result<Arc<User>, String>;

    #[redis_cache(ttl = 60, local = 30, skip(self))]
    async fn text(&self, text: &str) -> String {
        RUNS.count();
        text.to_owned()
    }
}

#[async_trait::async_trait]
impl Load for User {
    #[redis_cache(ttl = 60, local = 30, skip(self))]
    async fn load(&self, id: u8) -> Result<Arc<User>, String> {
        RUNS.count();
        Ok(Arc::new(user(id.into())))
    }
}

#[tokio::test]
async fn traits() {
    with_cache(async {
        assert_eq!(&*kept!(RUNS, user(1).describe(2)), "user 1 2");
        assert_eq!(&*kept!(RUNS, user(2).describe(2)), "user 2 2");
        assert_eq!(kept!(RUNS, user(1).rename(2)), "2");
        assert_eq!(kept!(RUNS, user(1).load(2)), Ok(Arc::new(user(2))));
        assert_eq!(kept!(RUNS, user(1).text("a")), "a");
    })
    .await;
}

#[tokio::test]
async fn with_other_options() {
    #[redis_cache(ttl = 60, local = 30, tags = ["users", "user:{id}", "name:{result.name}"])]
    async fn tagged(id: u64) -> User {
        RUNS.count();
        user(id)
    }

    #[redis_cache(ttl = 60, local = 30, stale_if_error = 60, early_refresh = 1, lease = 5)]
    async fn failing(id: u64) -> Result<User, String> {
        RUNS.count();
        Ok(user(id))
    }

    #[redis_cache(ttl = 60, local = 30, stale_while_revalidate = 60)]
    async fn in_background(id: u64) -> User {
        RUNS.count();
        user(id)
    }

    #[redis_cache(ttl = 60, local = 30, flight = "process", none_ttl = 5, ttl_jitter = 0.1)]
    async fn in_process(id: u64) -> Option<User> {
        RUNS.count();
        (id > 1).then(|| user(id))
    }

    #[redis_cache(ttl = 60, local = 30, flight = "off", codec = Json, max_size = 1000)]
    async fn alone(id: u64) -> User {
        RUNS.count();
        user(id)
    }

    #[redis_cache(ttl = |user| Duration::from_secs(user.id), local = 30, key = "{id}:{name}")]
    async fn by_value(id: u64, name: &str) -> User {
        RUNS.count();
        User { id, name: name.to_owned() }
    }

    #[redis_cache(ttl = 60, local = 30, cache_if = |user| user.id > 1, entry = false)]
    async fn not_all(id: u64) -> User {
        RUNS.count();
        user(id)
    }

    with_cache(async {
        assert_eq!(kept!(RUNS, tagged(1)), user(1));
        Cache::current().invalidate_tag("name:user 1").await.unwrap();
        assert_eq!(kept!(RUNS, tagged(1)), user(1));
        Cache::current().invalidate_tag("user:1").await.unwrap();
        assert_eq!(kept!(RUNS, tagged(1)), user(1));
        assert_eq!(kept!(RUNS, failing(1)), Ok(user(1)));
        assert_eq!(kept!(RUNS, in_background(1)), user(1));
        assert_eq!(kept!(RUNS, in_process(1)), None);
        assert_eq!(kept!(RUNS, in_process(2)), Some(user(2)));
        assert_eq!(kept!(RUNS, alone(1)), user(1));
        assert_eq!(kept!(RUNS, by_value(60, "a")).name, "a");
        assert_eq!(kept!(RUNS, not_all(2)), user(2));
        miss(not_all(1)).await;
        miss(not_all(1)).await;
    })
    .await;
}

#[tokio::test]
async fn around_a_call() {
    #[redis_cache(ttl = 60, local = 30)]
    async fn run(id: usize) -> usize {
        RUNS.count();
        RUNS.get() * 10 + id
    }

    with_cache(async {
        assert_eq!(only_cached(run(1)).await, None);
        let first = kept!(RUNS, run(1));
        assert_eq!(local_hit(only_cached(run(1))).await, Some(first));
        let second = bypass(run(1)).await;
        assert_ne!(first, second);
        assert_eq!(local_hit(run(1)).await, first);
        let third = refresh(run(1)).await;
        assert_ne!(first, third);
        assert_eq!(hit(run(1)).await, third);
        assert_eq!(local_hit(run(1)).await, third);
        run::entry(1).invalidate().await.unwrap();
        assert_ne!(miss(run(1)).await, third);
    })
    .await;
}

/// A method of this name is in scope; the expansion has to use its own.
trait Keep {
    fn keeper(&self) -> u64;
}

impl<T> Keep for T {
    fn keeper(&self) -> u64 {
        7
    }
}

#[tokio::test]
async fn names_of_the_user() {
    #[redis_cache(ttl = |user| Duration::from_secs(user.keeper()), local = Duration::from_secs(5.keeper()))]
    async fn find(id: u64) -> User {
        RUNS.count();
        user(id)
    }

    with_cache(async {
        assert_eq!(kept!(RUNS, find(1)), user(1));
    })
    .await;
}

//! `#[cache_invalidate]` and `#[cache_put]`: which functions can have them, and which calls can stand in them.

use std::sync::Arc;

use async_trait::async_trait;
use cached_runtime::{cache_invalidate, cache_put, redis_cache};
use serde::{Deserialize, Serialize};
use tracing::instrument;

use crate::check::{hit, miss, with_cache};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct User {
    id: u32,
    name: String,
}

fn user(id: u32, name: &str) -> User {
    User { id, name: name.to_owned() }
}

mod users {
    use super::{User, redis_cache, user};

    #[redis_cache(ttl = 60, skip(_db))]
    pub(super) async fn get(_db: &str, id: u32) -> Option<User> {
        Some(user(id, "old"))
    }

    #[redis_cache(ttl = 60)]
    pub(super) async fn of_kind<T, const N: u8>(id: u32) -> Result<u32, String> {
        Ok(id + u32::from(N))
    }

    #[redis_cache(ttl = 60)]
    pub(super) async fn r#match(name: &str) -> String {
        name.to_owned()
    }
}

use users::get;

#[tokio::test]
async fn free_functions() {
    #[cache_invalidate(get(id), users::of_kind::<u8, 3>(id + 1), users::r#match("a"), tags = ["users", "user:{id}"], lease = "30s")]
    async fn rename(id: u32, fails: bool) -> Result<u32, String> {
        let id = if fails { Err("no")? } else { id };
        if id == 0 {
            return Err("zero".to_owned());
        }
        Ok(id)
    }

    with_cache(async {
        miss(get("", 1)).await;
        miss(users::of_kind::<u8, 3>(2)).await.unwrap();
        miss(users::of_kind::<u16, 3>(2)).await.unwrap();
        miss(users::r#match("a")).await;
        assert_eq!(rename(1, false).await, Ok(1));
        miss(get("", 1)).await;
        miss(users::of_kind::<u8, 3>(2)).await.unwrap();
        hit(users::of_kind::<u16, 3>(2)).await.unwrap();
        miss(users::r#match("a")).await;
    })
    .await;
}

#[tokio::test]
async fn new_values() {
    #[cache_put(get(id), value = Some(result.clone()))]
    async fn rename(id: u32, name: String) -> Result<User, String> {
        Ok(User { id, name })
    }

    #[cache_invalidate(get(result.id), tags = ["users", "user:{result.id}"])]
    async fn create(name: String) -> User {
        User { id: 7, name }
    }

    #[cache_put(get(id), cache = cached_runtime::Cache::current(), tags = ["{id}"])]
    async fn replace(id: u32, name: &str) -> Option<User> {
        Some(user(id, name))
    }

    #[cache_put(get(id), value = None, crate = cached_runtime)]
    #[cache_put(users::r#match(name), value = <_>::from(""))]
    async fn remove(id: u32, name: &str) {
        let _ = (id, name);
    }

    with_cache(async {
        rename(1, "new".to_owned()).await.unwrap();
        assert_eq!(hit(get("", 1)).await, Some(user(1, "new")));
        miss(get("", 7)).await;
        create("made".to_owned()).await;
        miss(get("", 7)).await;
        replace(1, "newer").await;
        assert_eq!(hit(get("", 1)).await, Some(user(1, "newer")));
        remove(1, "a").await;
        assert_eq!(hit(get("", 1)).await, None);
        assert_eq!(hit(users::r#match("a")).await, "");
    })
    .await;
}

#[derive(Clone, Debug)]
struct Repo<T> {
    tenant: T,
}

impl<T: Serialize + Send + Sync + Clone> Repo<T> {
    #[redis_cache(ttl = 60, key(self.tenant, id))]
    pub(crate) async fn get(&self, id: u32) -> Option<User> {
        Some(user(id, "old"))
    }

    #[redis_cache(ttl = 60, skip(self))]
    pub(crate) async fn count<K>(self: Arc<Self>, (low, high): (u32, u32), name: &str) -> u32 {
        low + high + u32::try_from(name.len()).unwrap()
    }

    #[redis_cache(ttl = 60)]
    pub(crate) async fn top() -> Result<u32, Box<Self>> {
        Ok(1)
    }

    #[cache_invalidate(self.get(id), Self::top(), Repo::<T>::top())]
    pub(crate) async fn rename(&self, id: u32) -> Result<(), String> {
        if id == 0 { Err("zero".to_owned()) } else { Ok(()) }
    }

    #[cache_put(self.get(user.id), value = Some(user.clone()), tags = ["{user.id}"])]
    async fn replace(&self, user: &User) {
        let _ = user;
    }

    #[cache_invalidate(self.get(*id), self.count::<u8>((1, *id), "x"), Self::count_all(*id))]
    async fn change(&mut self, id: &mut u32) -> T {
        *id += 1;
        self.tenant = self.tenant.clone();
        self.tenant.clone()
    }

    #[redis_cache(ttl = 60)]
    pub(crate) async fn count_all(id: u32) -> Vec<Option<Self>> {
        (0..id).map(|_| None).collect()
    }
}

impl<T> Serialize for Repo<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }
}

impl<'de, T> Deserialize<'de> for Repo<T> {
    fn deserialize<D: serde::Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        Err(serde::de::Error::custom("never stored"))
    }
}

#[tokio::test]
async fn methods() {
    struct Service {
        repo: Repo<u8>,
        shared: Arc<Repo<u8>>,
    }

    impl Service {
        #[cache_invalidate(self.repo.get(id), self.shared.count::<u8>((1, 2), &id.to_string()), <Repo<u8>>::top())]
        async fn all(&self, id: u32) {
            tokio::task::yield_now().await;
        }
    }

    with_cache(async {
        let mut repo = Repo { tenant: 1_u8 };
        let shared = Arc::new(repo.clone());
        for _ in 0..2 {
            miss(repo.get(1)).await;
            miss(Repo::<u8>::top()).await.unwrap();
            repo.rename(1).await.unwrap();
        }
        repo.replace(&user(1, "new")).await;
        assert_eq!(hit(repo.get(1)).await, Some(user(1, "new")));
        repo.rename(1).await.unwrap();
        miss(repo.get(1)).await;
        miss(shared.clone().count::<u8>((1, 2), "x")).await;
        repo.change(&mut 1).await;
        miss(repo.get(1)).await;
        hit(shared.clone().count::<u8>((1, 2), "x")).await;
        repo.change(&mut 2).await;
        miss(shared.clone().count::<u8>((1, 2), "x")).await;
        miss(shared.clone().count::<u8>((1, 2), "1")).await;
        let service = Service { repo: repo.clone(), shared: shared.clone() };
        service.all(1).await;
        miss(repo.get(1)).await;
        miss(shared.clone().count::<u8>((1, 2), "1")).await;
        miss(Repo::<u8>::top()).await.unwrap();
        assert_eq!(miss(Repo::<u8>::count_all(0)).await.len(), 0);
    })
    .await;
}

trait Writes {
    async fn write(&self, id: u32) -> Result<u32, String>;

    #[cache_invalidate(get(id))]
    async fn default(&self, id: u32) -> u32 {
        id
    }
}

#[async_trait]
trait Boxed {
    async fn write(&self, id: u32, name: String) -> Result<User, String>;

    #[cache_invalidate(get(id), get(result + 1), tags = ["{id}", "{result}"])]
    async fn default(&self, id: u32) -> u32 {
        id
    }
}

impl Writes for Repo<u8> {
    #[cache_invalidate(self.get(id), get(result + 1))]
    async fn write(&self, id: u32) -> Result<u32, String> {
        Ok(id)
    }
}

#[async_trait]
impl Boxed for Repo<u8> {
    #[cache_put(self.get(id), get(id), value = Some(result.clone()))]
    #[instrument(skip(self))]
    async fn write(&self, id: u32, name: String) -> Result<User, String> {
        Ok(User { id, name })
    }
}

#[tokio::test]
async fn traits() {
    with_cache(async {
        let repo = Repo { tenant: 2_u8 };
        for _ in 0..2 {
            miss(get("", 1)).await;
            Writes::default(&repo, 1).await;
        }
        for _ in 0..2 {
            miss(get("", 2)).await;
            miss(repo.get(1)).await;
            Writes::write(&repo, 1).await.unwrap();
        }
        for _ in 0..2 {
            miss(get("", 1)).await;
            Boxed::default(&repo, 1).await;
        }
        Boxed::write(&repo, 1, "new".to_owned()).await.unwrap();
        assert_eq!(hit(repo.get(1)).await, Some(user(1, "new")));
        assert_eq!(hit(get("", 1)).await, Some(user(1, "new")));
    })
    .await;
}

#[tokio::test]
async fn composed() {
    /// Documented.
    #[cfg(test)]
    #[instrument(err)]
    #[cache_invalidate(get(id))]
    #[doc(hidden)]
    #[cache_put(users::r#match(name), value = format!("{result}{name}"))]
    #[instrument(skip_all)]
    #[cache_invalidate(#[cfg(test)] get(id + 1), #[cfg(not(test))] gone(id), tags = ["{id}"])]
    async fn several(id: u32, name: &str) -> Result<u32, String> {
        #![allow(clippy::unused_async)]
        Ok(id + u32::try_from(name.len()).unwrap())
    }

    #[cache_invalidate(#[cfg(not(test))] get(gone), #[cfg(test)] get(id), tags = ["{gone}{id}"])]
    async fn conditional(#[cfg(test)] id: u32, #[cfg(not(test))] gone: u32) {}

    #[redis_cache(ttl = 60)]
    #[cache_invalidate(get(id))]
    async fn cached(id: u32) -> u32 {
        id
    }

    with_cache(async {
        for _ in 0..2 {
            miss(get("", 1)).await;
            miss(get("", 2)).await;
            several(1, "ab").await.unwrap();
            assert_eq!(hit(users::r#match("ab")).await, "3ab");
        }
        miss(cached(1)).await;
        hit(cached(1)).await;
        miss(get("", 1)).await;
        conditional(1).await;
        miss(get("", 1)).await;
    })
    .await;
}

#[tokio::test]
async fn generic_and_send() {
    fn is_send<F: Future + Send>(future: F) -> F {
        future
    }

    #[cache_invalidate(users::of_kind::<T, N>(id), tags = ["{what}", "{N}"])]
    async fn change<'a, T, const N: u8>(
        id: u32,
        what: &'a (impl std::fmt::Display + Sync),
        kind: T,
    ) -> Result<&'a str, T>
    where
        T: Send,
    {
        tokio::task::yield_now().await;
        if what.to_string().is_empty() { Err(kind) } else { Ok("done") }
    }

    #[cache_put(get(id), value = name.map(|name| user(id, name)))]
    async fn put(id: u32, name: Option<&str>) -> Result<u32, Box<dyn std::error::Error + Send>> {
        tokio::task::yield_now().await;
        Ok(id)
    }

    /// By way of itself.
    #[cache_invalidate(get(depth), tags = ["{depth}", "{result}"])]
    async fn deeper(depth: u32) -> u32 {
        if depth == 0 { 0 } else { Box::pin(deeper(depth - 1)).await + 1 }
    }

    /// Holds what is not `Send`.
    #[cache_put(get(*id), value = result.as_ref().clone())]
    async fn local(id: std::rc::Rc<u32>) -> std::rc::Rc<Option<User>> {
        tokio::task::yield_now().await;
        std::rc::Rc::new(Some(user(*id, "local")))
    }

    with_cache(async {
        miss(users::of_kind::<u8, 3>(1)).await.unwrap();
        is_send(change::<u8, 3>(1, &"x", 1)).await.unwrap();
        miss(users::of_kind::<u8, 3>(1)).await.unwrap();
        is_send(put(8, Some("sent"))).await.unwrap();
        assert_eq!(hit(get("", 8)).await, Some(user(8, "sent")));
        assert_eq!(deeper(8).await, 8);
        miss(get("", 8)).await;
        local(std::rc::Rc::new(9)).await;
        assert_eq!(hit(get("", 9)).await, Some(user(9, "local")));
    })
    .await;
}

#[tokio::test]
async fn in_macros() {
    macro_rules! writes {
        ($name:ident, $id:ident, $target:expr, $tag:literal, $value:expr) => {
            #[cache_put($target, value = $value, tags = [$tag, "{result.id}"])]
            #[cache_invalidate(get(result.id))]
            async fn $name($id: u32) -> User {
                user($id, "macro")
            }
        };
    }
    writes!(write, id, get(id + 1), "user:{id}", Some(result.clone()));

    with_cache(async {
        miss(get("", 1)).await;
        write(1).await;
        miss(get("", 1)).await;
        hit(get("", 2)).await;
    })
    .await;
}

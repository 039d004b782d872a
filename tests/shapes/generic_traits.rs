//! Traits with parameters: one type has an entry for each of its implementations.

use async_trait::async_trait;
use cached_runtime::redis_cache;

use crate::check::{hit, miss, with_cache};

struct Pg;

trait Model: Send + Sync + serde::Serialize + serde::de::DeserializeOwned {
    fn new(id: u8) -> Self;
}

impl Model for String {
    fn new(id: u8) -> Self {
        format!("user {id}")
    }
}

impl Model for u32 {
    fn new(id: u8) -> Self {
        u32::from(id) + 1000
    }
}

trait Repository<T> {
    async fn load(&self, id: u8) -> T;
}

impl<T: Model> Repository<T> for Pg {
    #[redis_cache(ttl = 60, skip(self))]
    async fn load(&self, id: u8) -> T {
        T::new(id)
    }
}

#[tokio::test]
async fn implementation() {
    with_cache(async {
        assert_eq!(miss(Repository::<String>::load(&Pg, 1)).await, "user 1");
        assert_eq!(miss(Repository::<u32>::load(&Pg, 1)).await, 1001);
        assert_eq!(hit(Repository::<String>::load(&Pg, 1)).await, "user 1");
        assert_eq!(hit(Repository::<u32>::load(&Pg, 1)).await, 1001);
    })
    .await;
}

trait Readable<T> {
    async fn load(&self, id: u8) -> usize;
}

impl<T> Readable<T> for Pg {
    #[redis_cache(ttl = 60, key = "{id}", skip(self))]
    async fn load(&self, id: u8) -> usize {
        size_of::<T>() + usize::from(id)
    }
}

#[tokio::test]
async fn template() {
    with_cache(async {
        assert_eq!(miss(Readable::<u8>::load(&Pg, 1)).await, 2);
        assert_eq!(miss(Readable::<u16>::load(&Pg, 1)).await, 3);
        assert_eq!(hit(Readable::<u8>::load(&Pg, 1)).await, 2);
    })
    .await;
}

#[async_trait]
trait Boxed<T: Model>: Sync {
    async fn load(&self, id: u8) -> T;

    #[redis_cache(ttl = 60, skip(self))]
    async fn by_default(&self, id: u8) -> T {
        T::new(id)
    }
}

#[async_trait]
impl<T: Model> Boxed<T> for Pg {
    #[redis_cache(ttl = 60, skip(self))]
    async fn load(&self, id: u8) -> T {
        T::new(id)
    }
}

#[tokio::test]
async fn async_trait() {
    with_cache(async {
        assert_eq!(miss(Boxed::<String>::load(&Pg, 1)).await, "user 1");
        assert_eq!(miss(Boxed::<u32>::load(&Pg, 1)).await, 1001);
        assert_eq!(hit(Boxed::<u32>::load(&Pg, 1)).await, 1001);
        assert_eq!(miss(Boxed::<String>::by_default(&Pg, 1)).await, "user 1");
        assert_eq!(miss(Boxed::<u32>::by_default(&Pg, 1)).await, 1001);
        assert_eq!(hit(Boxed::<u32>::by_default(&Pg, 1)).await, 1001);
    })
    .await;
}

trait Repo<T: Model> {
    #[redis_cache(ttl = 60, skip(self))]
    async fn load(&self, id: u8) -> T {
        T::new(id)
    }
}

impl<T: Model> Repo<T> for Pg {}

trait Sized2<const N: usize> {
    #[redis_cache(ttl = 60)]
    async fn size() -> usize
    where
        Self: Sized,
    {
        N
    }
}

impl<const N: usize> Sized2<N> for Pg {}

#[tokio::test]
async fn default_body() {
    with_cache(async {
        assert_eq!(miss(Repo::<String>::load(&Pg, 1)).await, "user 1");
        assert_eq!(miss(Repo::<u32>::load(&Pg, 1)).await, 1001);
        assert_eq!(hit(Repo::<u32>::load(&Pg, 1)).await, 1001);
        assert_eq!(miss(<Pg as Sized2<1>>::size()).await, 1);
        assert_eq!(miss(<Pg as Sized2<2>>::size()).await, 2);
        assert_eq!(hit(<Pg as Sized2<1>>::size()).await, 1);
    })
    .await;
}

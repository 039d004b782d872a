//! Two functions never share an entry by accident.

use cached_runtime::{Entry, redis_cache};

use crate::check::{hit, miss, with_cache};

mod one {
    #[cached_runtime::redis_cache(ttl = 60)]
    pub(super) async fn find(id: u8) -> u8 {
        id + 1
    }
}

mod other {
    #[cached_runtime::redis_cache(ttl = 60)]
    pub(super) async fn find(id: u8) -> u8 {
        id + 2
    }
}

#[tokio::test]
async fn same_name_in_two_modules() {
    with_cache(async {
        assert_eq!(miss(one::find(1)).await, 2);
        assert_eq!(miss(other::find(1)).await, 3);
        assert_ne!(one::find::entry(1).key(), other::find::entry(1).key());
    })
    .await;
}

struct Users;
struct Orders;
struct Table<T>(T);

impl Users {
    #[redis_cache(ttl = 60, skip(self))]
    pub(crate) async fn find(&self, id: u8) -> u8 {
        id + 1
    }
}

impl Orders {
    #[redis_cache(ttl = 60, skip(self))]
    pub(crate) async fn find(&self, id: u8) -> u8 {
        id + 2
    }
}

impl Table<Users> {
    #[redis_cache(ttl = 60, skip(self))]
    pub(crate) async fn find(&self, id: u8) -> u8 {
        let _ = &self.0;
        id + 3
    }
}

impl Table<Orders> {
    #[redis_cache(ttl = 60, skip(self))]
    pub(crate) async fn find(&self, id: u8) -> u8 {
        let _ = &self.0;
        id + 4
    }
}

#[tokio::test]
async fn same_name_in_two_impls() {
    with_cache(async {
        assert_eq!(miss(Users.find(1)).await, 2);
        assert_eq!(miss(Orders.find(1)).await, 3);
        assert_eq!(miss(Table(Users).find(1)).await, 4);
        assert_eq!(miss(Table(Orders).find(1)).await, 5);
        assert_eq!(hit(Table(Users).find(1)).await, 4);
        assert_eq!(Table::<Orders>::find_entry(1).get().await.unwrap(), Some(5));
    })
    .await;
}

trait Find {
    async fn find(&self, id: u8) -> u8;
}

impl Find for Users {
    #[redis_cache(ttl = 60, skip(self))]
    async fn find(&self, id: u8) -> u8 {
        id + 10
    }
}

#[tokio::test]
async fn inherent_and_trait_method_of_one_name() {
    with_cache(async {
        assert_eq!(miss(Users.find(1)).await, 2);
        assert_eq!(miss(Find::find(&Users, 1)).await, 11);
    })
    .await;
}

#[tokio::test]
async fn nested_functions_of_one_name() {
    async fn first(id: u8) -> (u8, Entry<u8>) {
        #[redis_cache(ttl = 60)]
        async fn find(id: u8) -> u8 {
            id + 1
        }
        (miss(find(id)).await, find::entry(id))
    }

    async fn second(id: u8) -> (u8, Entry<u8>) {
        #[redis_cache(ttl = 60)]
        async fn find(id: u8) -> u8 {
            id + 2
        }
        (miss(find(id)).await, find::entry(id))
    }

    with_cache(async {
        let (first, first_entry) = first(1).await;
        let (second, second_entry) = second(1).await;
        assert_eq!((first, second), (2, 3));
        assert_ne!(first_entry.key(), second_entry.key());
        assert_eq!(first_entry.get().await.unwrap(), Some(2));
    })
    .await;
}

#[tokio::test]
async fn templates_of_two_functions() {
    #[redis_cache(ttl = 60, key = "user:{id}")]
    async fn name(id: u8) -> u8 {
        id + 1
    }

    #[redis_cache(ttl = 60, key = "user:{id}")]
    async fn mail(id: u8) -> u8 {
        id + 2
    }

    with_cache(async {
        assert_eq!(miss(name(1)).await, 2);
        assert_eq!(miss(mail(1)).await, 3);
    })
    .await;
}

#[tokio::test]
async fn templates_of_two_instances() {
    #[redis_cache(ttl = 60, key = "{id}")]
    async fn size<T>(id: u8) -> usize {
        size_of::<T>() + usize::from(id)
    }

    with_cache(async {
        assert_eq!(miss(size::<u8>(1)).await, 2);
        assert_eq!(miss(size::<u16>(1)).await, 3);
        assert_eq!(hit(size::<u8>(1)).await, 2);
    })
    .await;
}

#[tokio::test]
async fn arguments_that_only_look_alike() {
    #[redis_cache(ttl = 60)]
    async fn joined(a: &str, b: &str) -> String {
        format!("{a}{b}")
    }

    with_cache(async {
        assert_eq!(miss(joined("ab", "c")).await, "abc");
        assert_eq!(miss(joined("a", "bc")).await, "abc");
    })
    .await;
}

//! `entry = false`, for where nothing can stand beside the function; and what does without it.

use std::sync::Arc;

use cached_runtime::redis_cache;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::check::{Runs, hit, miss, with_cache};

static RUNS: Runs = Runs::new();

mod get_user {
    #[cached_runtime::redis_cache(ttl = 60, entry = false)]
    pub(crate) async fn get_user(id: u8) -> u8 {
        super::RUNS.count();
        id
    }
}
use get_user::get_user;

#[tokio::test]
async fn module_of_the_same_name() {
    with_cache(async {
        assert_eq!(cached!(RUNS, get_user(1)), 1);
    })
    .await;
}

#[derive(Serialize, Deserialize, Clone, PartialEq, Debug)]
struct Wrap<Item>(Item);

type R<T> = Result<T, String>;

struct Repo<Item>(Item);

impl<Item: Serialize + DeserializeOwned + Clone> Repo<Item> {
    #[redis_cache(ttl = 60, skip(self), entry = false)]
    pub(crate) async fn first(&self) -> Item {
        RUNS.count();
        self.0.clone()
    }

    #[redis_cache(ttl = 60, skip(self), entry = false)]
    pub(crate) async fn wrapped(&self) -> Wrap<Item> {
        RUNS.count();
        Wrap(self.0.clone())
    }

    #[redis_cache(ttl = 60, skip(self))]
    pub(crate) async fn list(&self) -> Vec<Item> {
        RUNS.count();
        vec![self.0.clone()]
    }

    #[redis_cache(ttl = 60, skip(self))]
    pub(crate) async fn find(&self) -> Option<Item> {
        RUNS.count();
        Some(self.0.clone())
    }

    #[redis_cache(ttl = 60, skip(self))]
    pub(crate) async fn shared(&self) -> Box<Item> {
        RUNS.count();
        Box::new(self.0.clone())
    }

    #[redis_cache(ttl = 60, skip(self))]
    pub(crate) async fn count(&self, fail: bool) -> R<u8> {
        RUNS.count();
        if fail { Err("asked for".to_owned()) } else { Ok(1) }
    }
}

#[tokio::test]
async fn parameters_of_the_impl_in_camel_case() {
    with_cache(async {
        let repo = Repo(7_u8);
        assert_eq!(cached!(RUNS, repo.first()), 7);
        assert_eq!(cached!(RUNS, repo.wrapped()), Wrap(7));
        assert_eq!(cached!(RUNS, repo.list()), [7]);
        assert_eq!(cached!(RUNS, repo.find()), Some(7));
        assert_eq!(cached!(RUNS, repo.shared()), Box::new(7));
        assert_eq!(Repo::<u8>::list_entry().get().await.unwrap(), Some(vec![7]));
        assert_eq!(Repo::<u8>::find_entry().get().await.unwrap(), Some(Some(7)));
        assert_eq!(miss(Repo(7_u16).first()).await, 7);
        assert_eq!(miss(Repo(7_u16).list()).await, [7]);
    })
    .await;
}

#[tokio::test]
async fn alias_of_one_letter() {
    with_cache(async {
        let repo = Arc::new(Repo(7_u8));
        assert_eq!(cached!(RUNS, repo.count(false)), Ok(1));
        assert_eq!(Repo::<u8>::count_entry(false).get().await.unwrap(), Some(1));
        assert_eq!(miss(repo.count(true)).await, Err("asked for".to_owned()));
        assert_eq!(miss(repo.count(true)).await, Err("asked for".to_owned()));
    })
    .await;
}

struct Users;
struct Orders;

trait Table {
    const NAME: &'static str;

    async fn name() -> String;

    #[redis_cache(ttl = 60, entry = false)]
    async fn rows(page: u8) -> u8 {
        RUNS.count();
        page
    }
}

impl Table for Users {
    const NAME: &'static str = "users";

    #[redis_cache(ttl = 60, entry = false)]
    async fn name() -> String {
        "users".to_owned()
    }
}

impl Table for Orders {
    const NAME: &'static str = "orders";

    #[redis_cache(ttl = 60, entry = false)]
    async fn name() -> String {
        "orders".to_owned()
    }
}

impl<Item> Repo<Item> {
    #[redis_cache(ttl = 60, entry = false)]
    pub(crate) async fn size() -> usize {
        size_of::<Item>()
    }
}

#[tokio::test]
async fn associated_functions_that_mention_no_self() {
    with_cache(async {
        assert_eq!(Users::NAME.len() + Orders::NAME.len(), 11);
        assert_eq!(miss(Users::name()).await, "users");
        assert_eq!(miss(Orders::name()).await, "orders");
        assert_eq!(hit(Users::name()).await, "users");
        assert_eq!(miss(Users::rows(1)).await, 1);
        assert_eq!(miss(Orders::rows(1)).await, 1);
        assert_eq!(hit(Users::rows(1)).await, 1);
        assert_eq!(miss(Repo::<u8>::size()).await, 1);
        assert_eq!(miss(Repo::<u16>::size()).await, 2);
        assert_eq!(hit(Repo::<u8>::size()).await, 1);
    })
    .await;
}

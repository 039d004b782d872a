//! What is cached is decided by type, so `Result` may go by any name.

use cached_runtime::redis_cache;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::check::{Runs, miss, with_cache};

mod own {
    pub(super) type Result<T> = std::result::Result<T, String>;
}

type Reply<T> = Result<T, String>;
type Plain = Result<u8, String>;
type Swapped<E, T> = Result<T, E>;
type Maybe = Option<u8>;

/// Called like a `Result`, and none.
#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
struct SearchResult(u8);

mod lookup {
    #[derive(serde::Serialize, serde::Deserialize, PartialEq, Debug, Clone)]
    pub(super) struct Result(pub(super) u8);
}

#[tokio::test]
async fn of_one_parameter() {
    static RUNS: Runs = Runs::new();

    #[redis_cache(ttl = 60)]
    async fn named_result(id: u8) -> own::Result<u8> {
        RUNS.count();
        id.checked_sub(1).ok_or_else(|| "none".to_owned())
    }

    #[redis_cache(ttl = 60)]
    async fn named_otherwise(id: u8) -> Reply<u8> {
        RUNS.count();
        id.checked_sub(1).ok_or_else(|| "none".to_owned())
    }

    with_cache(async {
        assert_eq!(cached!(RUNS, named_result(1)), Ok(0));
        assert_eq!(cached!(RUNS, named_otherwise(1)), Ok(0));
        for _ in 0..2 {
            assert_eq!(miss(named_result(0)).await, Err("none".to_owned()));
            assert_eq!(miss(named_otherwise(0)).await, Err("none".to_owned()));
        }
        assert_eq!(named_result::entry(1).get().await.unwrap(), Some(0_u8));
        assert_eq!(named_otherwise::entry(1).get().await.unwrap(), Some(0_u8));
    })
    .await;
}

#[tokio::test]
async fn without_parameters() {
    static RUNS: Runs = Runs::new();

    #[redis_cache(ttl = 60)]
    async fn plain(id: u8) -> Plain {
        RUNS.count();
        if id == 0 { Err("zero".to_owned()) } else { Ok(id) }
    }

    #[redis_cache(ttl = 60)]
    async fn maybe(id: u8) -> Maybe {
        RUNS.count();
        id.checked_sub(1)
    }

    with_cache(async {
        assert_eq!(cached!(RUNS, plain(1)), Ok(1));
        assert_eq!(miss(plain(0)).await, Err("zero".to_owned()));
        assert_eq!(miss(plain(0)).await, Err("zero".to_owned()));
        assert_eq!(plain::entry(1).get().await.unwrap(), Some(1_u8));
        assert_eq!(cached!(RUNS, maybe(0)), None);
        assert_eq!(maybe::entry(0).get().await.unwrap(), Some(None));
    })
    .await;
}

#[tokio::test]
async fn of_parameters_of_the_function() {
    static RUNS: Runs = Runs::new();

    #[redis_cache(ttl = 60)]
    async fn repeated<T>(item: T) -> Reply<Vec<T>>
    where
        T: Serialize + DeserializeOwned + Clone + Default + PartialEq,
    {
        RUNS.count();
        if item == T::default() { Err("default".to_owned()) } else { Ok(vec![item; 2]) }
    }

    #[redis_cache(ttl = 60)]
    async fn swapped<T: Serialize + DeserializeOwned>(item: T) -> Swapped<String, T> {
        RUNS.count();
        Ok(item)
    }

    with_cache(async {
        assert_eq!(cached!(RUNS, repeated(1)), Ok(vec![1, 1]));
        assert_eq!(miss(repeated(0)).await, Err("default".to_owned()));
        assert_eq!(miss(repeated(0)).await, Err("default".to_owned()));
        assert_eq!(cached!(RUNS, swapped(1)), Ok(1));
        assert_eq!(repeated::entry(1).get().await.unwrap(), Some(vec![1, 1]));
        assert_eq!(swapped::entry(1).get().await.unwrap(), Some(1));
    })
    .await;
}

struct Repo<K>(K);

static OF_IMPL: Runs = Runs::new();

impl<K: Serialize + DeserializeOwned + Clone> Repo<K> {
    #[redis_cache(ttl = 60, skip(self))]
    pub(crate) async fn find(&self, fail: bool) -> Reply<K> {
        OF_IMPL.count();
        if fail { Err("failed".to_owned()) } else { Ok(self.0.clone()) }
    }

    #[redis_cache(ttl = 60, skip(self))]
    pub(crate) async fn whole(&self) -> K {
        OF_IMPL.count();
        self.0.clone()
    }
}

#[tokio::test]
async fn of_parameters_of_the_impl() {
    with_cache(async {
        assert_eq!(cached!(OF_IMPL, Repo(1).find(false)), Ok(1));
        assert_eq!(miss(Repo(1).find(true)).await, Err("failed".to_owned()));
        assert_eq!(miss(Repo(1).find(true)).await, Err("failed".to_owned()));
        assert_eq!(cached!(OF_IMPL, Repo(1).whole()), 1);
        assert_eq!(Repo::<i32>::find_entry(false).get().await.unwrap(), Some(1));
        assert_eq!(Repo::<i32>::whole_entry().get().await.unwrap(), Some(1));
    })
    .await;
}

#[tokio::test]
async fn types_that_only_sound_alike() {
    static RUNS: Runs = Runs::new();

    #[redis_cache(ttl = 60)]
    async fn search(id: u8) -> SearchResult {
        RUNS.count();
        SearchResult(id)
    }

    #[redis_cache(ttl = 60)]
    async fn found(id: u8) -> lookup::Result {
        RUNS.count();
        lookup::Result(id)
    }

    #[redis_cache(ttl = 60)]
    async fn formatted(id: u8) -> std::fmt::Result {
        RUNS.count();
        if id == 0 { Err(std::fmt::Error) } else { Ok(()) }
    }

    with_cache(async {
        assert_eq!(cached!(RUNS, found(1)), lookup::Result(1));
        assert_eq!(found::entry(1).get().await.unwrap(), Some(lookup::Result(1)));
        assert_eq!(cached!(RUNS, formatted(1)), Ok(()));
        miss(formatted(0)).await.unwrap_err();
        miss(formatted(0)).await.unwrap_err();
        assert_eq!(formatted::entry(1).get().await.unwrap(), Some(()));
        assert_eq!(cached!(RUNS, search(1)), SearchResult(1));
        assert_eq!(search::entry(1).get().await.unwrap(), Some(SearchResult(1)));
    })
    .await;
}

#[tokio::test]
async fn options_and_results_in_each_other() {
    static RUNS: Runs = Runs::new();

    #[redis_cache(ttl = 60)]
    async fn option_of_result(id: u8) -> Option<Result<u8, String>> {
        RUNS.count();
        Some(id.checked_sub(1).ok_or_else(|| "none".to_owned()))
    }

    #[redis_cache(ttl = 60)]
    async fn result_of_result(id: u8) -> Result<Result<u8, String>, u8> {
        RUNS.count();
        Ok(Err(id.to_string()))
    }

    with_cache(async {
        assert_eq!(cached!(RUNS, option_of_result(0)), Some(Err("none".to_owned())));
        assert_eq!(cached!(RUNS, result_of_result(1)), Ok(Err("1".to_owned())));
    })
    .await;
}

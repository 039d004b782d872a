//! Type and const parameters.

use std::fmt::Debug;
use std::str::FromStr;

use cached_runtime::redis_cache;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::check::{Runs, hit, miss, with_cache};

#[tokio::test]
async fn parameter_of_an_argument() {
    static RUNS: Runs = Runs::new();

    #[redis_cache(ttl = 60)]
    async fn shown<T: Serialize + Debug>(value: T) -> String {
        RUNS.count();
        format!("{value:?}")
    }

    with_cache(async {
        assert_eq!(cached!(RUNS, shown(1_u8)), "1");
        assert_eq!(cached!(RUNS, shown(1_u16)), "1");
        assert_eq!(shown::entry(1_u16).get().await.unwrap().as_deref(), Some("1"));
    })
    .await;
}

#[tokio::test]
async fn parameter_of_the_result_alone() {
    static RUNS: Runs = Runs::new();

    #[redis_cache(ttl = 60)]
    async fn parse<T>(text: &str) -> Result<T, T::Err>
    where
        T: FromStr + Serialize + DeserializeOwned,
    {
        RUNS.count();
        text.parse()
    }

    #[redis_cache(ttl = 60)]
    async fn default<T: Default + Serialize + DeserializeOwned>() -> T {
        RUNS.count();
        T::default()
    }

    with_cache(async {
        assert_eq!(cached!(RUNS, parse::<u8>("1")), Ok(1));
        assert_eq!(cached!(RUNS, parse::<String>("1")).unwrap(), "1");
        miss(parse::<u8>("x")).await.unwrap_err();
        assert_eq!(parse::entry::<u8>("1").get().await.unwrap(), Some(1));
        assert_eq!(cached!(RUNS, default::<u8>()), 0);
        assert_eq!(cached!(RUNS, default::<String>()), "");
    })
    .await;
}

#[tokio::test]
async fn const_parameters() {
    static RUNS: Runs = Runs::new();

    #[derive(Serialize, Deserialize, PartialEq, Debug)]
    struct Row<const N: usize, const UP: bool>(Vec<char>);

    #[redis_cache(ttl = 60)]
    async fn row<const N: usize, const UP: bool, const C: char>() -> Row<N, UP> {
        RUNS.count();
        Row(vec![if UP { C.to_ascii_uppercase() } else { C }; N])
    }

    with_cache(async {
        assert_eq!(cached!(RUNS, row::<2, false, 'a'>()).0, ['a', 'a']);
        assert_eq!(cached!(RUNS, row::<3, false, 'a'>()).0, ['a', 'a', 'a']);
        assert_eq!(cached!(RUNS, row::<2, true, 'a'>()).0, ['A', 'A']);
        assert_eq!(cached!(RUNS, row::<2, true, 'b'>()).0, ['B', 'B']);
        assert!(row::entry::<2, true, 'b'>().get().await.unwrap().is_some());
    })
    .await;
}

/// A type that can't be had with every argument.
#[derive(Serialize, Deserialize, PartialEq, Debug)]
#[serde(bound = "")]
struct Page<T: Model>(Vec<T::Id>);

trait Model {
    type Id: Serialize + DeserializeOwned + PartialEq + Debug + From<u8>;
}

#[derive(PartialEq, Debug)]
struct User;

impl Model for User {
    type Id = u64;
}

struct Pages;

static PAGED: Runs = Runs::new();

impl Pages {
    #[redis_cache(ttl = 60, skip(self))]
    pub(crate) async fn of_users(&self, id: u8) -> Page<User> {
        PAGED.count();
        Page(vec![id.into()])
    }

    #[redis_cache(ttl = 60, skip(self))]
    async fn of<T: Model>(&self, id: u8) -> Page<T> {
        PAGED.count();
        Page(vec![id.into()])
    }
}

#[tokio::test]
async fn bounded_types_in_results() {
    with_cache(async {
        assert_eq!(cached!(PAGED, Pages.of_users(1)).0, [1]);
        assert_eq!(cached!(PAGED, Pages.of::<User>(1)).0, [1]);
        assert_eq!(Pages::of_users_entry(1).get().await.unwrap(), Some(Page(vec![1])));
    })
    .await;
}

#[tokio::test]
async fn projections() {
    static RUNS: Runs = Runs::new();

    #[redis_cache(ttl = 60)]
    async fn id<T: Model>(number: u8) -> T::Id {
        RUNS.count();
        number.into()
    }

    #[redis_cache(ttl = 60)]
    async fn qualified<T: Model>(number: u8) -> <T as Model>::Id {
        RUNS.count();
        number.into()
    }

    with_cache(async {
        assert_eq!(cached!(RUNS, id::<User>(1)), 1);
        assert_eq!(cached!(RUNS, qualified::<User>(1)), 1);
        assert_eq!(id::entry::<User>(1).get().await.unwrap(), Some(1));
    })
    .await;
}

#[tokio::test]
async fn skipped_parameters_have_no_bounds() {
    static RUNS: Runs = Runs::new();

    #[redis_cache(ttl = 60, skip(load))]
    async fn loaded(load: impl AsyncFnOnce(u32) -> u32, id: u32) -> u32 {
        RUNS.count();
        load(id).await
    }

    with_cache(async {
        let load = async |id| id + 1;
        assert_eq!(cached!(RUNS, loaded(load, 1)), 2);
        hit(loaded(load, 1)).await;
    })
    .await;
}

/// All closures of one function have one name, so none of them can be a part of a key.
#[tokio::test]
async fn closures_as_named_parameters_are_not_cached() {
    static RUNS: Runs = Runs::new();

    #[redis_cache(ttl = 60, skip(load))]
    async fn loaded<F: FnOnce(u32) -> u32>(load: F, id: u32) -> u32 {
        RUNS.count();
        load(id)
    }

    with_cache(async {
        assert_eq!(loaded(|id| id + 1, 1).await, 2);
        assert_eq!(loaded(|id| id + 2, 1).await, 3);
        assert_eq!(RUNS.get(), 2);
    })
    .await;
}

/// The names of their types have a closure in them, the body of the `async fn`.
#[tokio::test]
async fn types_inside_of_an_async_function() {
    static RUNS: Runs = Runs::new();

    struct Here;
    struct There;

    #[redis_cache(ttl = 60)]
    async fn size<T>(id: u32) -> u32 {
        RUNS.count();
        id
    }

    impl There {
        #[redis_cache(ttl = 60, skip(self))]
        async fn count(&self, id: u32) -> u32 {
            RUNS.count();
            id
        }
    }

    with_cache(async {
        assert_eq!(cached!(RUNS, size::<Here>(1)), 1);
        assert_eq!(cached!(RUNS, size::<There>(1)), 1);
        assert_eq!(cached!(RUNS, There.count(1)), 1);
    })
    .await;
}

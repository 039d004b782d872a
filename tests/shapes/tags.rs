//! `tags`: which templates and functions can have them. What they do is in `tests/behaviour`.

use cached_runtime::redis_cache;
use serde::{Deserialize, Serialize};

use crate::check::{Runs, with_cache};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct User {
    team: u32,
    groups: Vec<u32>,
}

#[tokio::test]
async fn of_arguments() {
    static RUNS: Runs = Runs::new();

    const REGION: &str = "eu";

    #[redis_cache(
        ttl = 60,
        tags = ["users", "{{user}}:{id}", "{REGION}{id}{name}", "{name.len()}", "{r#type}{type}"]
    )]
    async fn find(id: u32, name: &str, r#type: u8) -> u32 {
        RUNS.count();
        id + u32::from(r#type) + u32::try_from(name.len()).unwrap()
    }

    with_cache(async {
        assert_eq!(cached!(RUNS, find(1, "a", 0)), 2);
        assert_eq!(find::entry(1, "a", 0).get().await.unwrap(), Some(2));
    })
    .await;
}

#[tokio::test]
async fn of_skipped_arguments() {
    static RUNS: Runs = Runs::new();

    #[redis_cache(ttl = 60, skip(tenant, _trace), tags = ["tenant:{tenant}", "trace:{_trace}"])]
    async fn find(id: u32, tenant: &str, _trace: u8) -> String {
        RUNS.count();
        format!("{id}{tenant}")
    }

    with_cache(async {
        assert_eq!(cached!(RUNS, find(1, "a", 0)), "1a");
        assert_eq!(find::entry(1, "a", 0).get().await.unwrap().as_deref(), Some("1a"));
    })
    .await;
}

#[tokio::test]
async fn of_the_result() {
    static RUNS: Runs = Runs::new();

    #[redis_cache(
        ttl = 60,
        tags = [
            "user:{id}",
            "team:{result.team}",
            "{result.groups.iter().map(|group| group + result.team).sum::<u32>()}",
        ]
    )]
    async fn find(id: u32) -> Result<User, std::fmt::Error> {
        RUNS.count();
        Ok(User { team: id, groups: vec![1, 2] })
    }

    #[redis_cache(ttl = |_| std::time::Duration::from_secs(60), tags = ["{result}"])]
    async fn plain(id: u32) -> u32 {
        RUNS.count();
        id
    }

    #[redis_cache(ttl = 60, tags = ["team:{result.as_ref().map_or(0, |user| user.team)}"])]
    async fn none(_id: u32) -> Option<User> {
        RUNS.count();
        None
    }

    with_cache(async {
        assert_eq!(cached!(RUNS, async { find(1).await.unwrap() }).team, 1);
        assert_eq!(find::entry(1).get().await.unwrap().map(|user| user.team), Some(1));
        assert_eq!(cached!(RUNS, plain(7)), 7);
        assert_eq!(cached!(RUNS, none(7)), None);
    })
    .await;
}

#[tokio::test]
async fn of_self_and_generics() {
    static RUNS: Runs = Runs::new();

    struct Repo<T>(T);

    impl<T: std::fmt::Display + Sync> Repo<T> {
        #[redis_cache(
            ttl = 60,
            skip(self),
            tags = ["tenant:{self.0}", "{what}:{N}", "all of {std::any::type_name::<Self>()}", "{result}"]
        )]
        pub(crate) async fn count<const N: u8>(
            &self,
            what: impl std::fmt::Display + Serialize + Send,
        ) -> u8 {
            RUNS.count();
            let _ = what;
            N
        }

        #[redis_cache(ttl = 60, skip(self), flight = "off", tags = ["{self.0}", "{id}"])]
        async fn without_entry(&self, #[cfg(test)] id: u8) -> u8 {
            RUNS.count();
            id
        }
    }

    with_cache(async {
        let repo = Repo("acme");
        assert_eq!(cached!(RUNS, repo.count::<3>("users")), 3);
        assert_eq!(repo.count_entry::<3>("users").get().await.unwrap(), Some(3));
        assert_eq!(cached!(RUNS, repo.without_entry(4)), 4);
    })
    .await;
}

#[tokio::test]
async fn below_async_trait_and_in_macros() {
    static RUNS: Runs = Runs::new();

    #[async_trait::async_trait]
    trait Load {
        async fn load(&self, id: u32) -> Result<u32, String>;
    }

    struct Repo;

    #[async_trait::async_trait]
    impl Load for Repo {
        #[redis_cache(ttl = 60, skip(self), tags = ["load:{id}", "loaded:{result}"])]
        async fn load(&self, id: u32) -> Result<u32, String> {
            RUNS.count();
            Ok(id)
        }
    }

    macro_rules! tagged {
        ($name:ident, $first:literal, $second:expr) => {
            #[redis_cache(ttl = 60, tags = [$first, $second, "third:{id}", "fourth:{result}"])]
            async fn $name(id: u8) -> u8 {
                RUNS.count();
                id
            }
        };
    }
    tagged!(find, "first:{id}", "second:{result}");

    with_cache(async {
        assert_eq!(cached!(RUNS, Repo.load(1)), Ok(1));
        assert_eq!(cached!(RUNS, find(1)), 1);
    })
    .await;
}

#[tokio::test]
async fn refilled_in_the_background() {
    static RUNS: Runs = Runs::new();

    #[redis_cache(ttl = 60, stale_while_revalidate = 60, tags = ["a:{id}", "b:{result}"])]
    async fn find(id: String) -> String {
        RUNS.count();
        id
    }

    with_cache(async { assert_eq!(cached!(RUNS, find("x".to_owned())), "x") }).await;
}

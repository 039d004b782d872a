//! Slots keep apart, and wide invalidations stay inside their namespace.

use cached_runtime::{Outcome, observe, redis_cache};

use crate::on_every_store;
use crate::world::World;

mod a {
    #[cached_runtime::redis_cache(ttl = 60)]
    pub(crate) async fn name(id: u64) -> String {
        format!("a {id}")
    }
}

mod b {
    #[cached_runtime::redis_cache(ttl = 60)]
    pub(crate) async fn name(id: u64) -> String {
        format!("b {id}")
    }
}

#[redis_cache(ttl = 60, prefix = "users")]
async fn user(id: u64) -> u64 {
    id
}

#[redis_cache(ttl = 60, prefix = "users*")]
async fn starred(id: u64) -> u64 {
    id
}

#[redis_cache(ttl = 60, prefix = "usersx")]
async fn longer(id: u64) -> u64 {
    id
}

#[redis_cache(ttl = 60, key = "{tenant}:{id}")]
async fn of_tenant(tenant: &str, id: &str) -> String {
    format!("{tenant}|{id}")
}

on_every_store! {
    async fn one_name_in_two_modules_is_two_functions(_world) {
        assert_eq!((a::name(1).await, b::name(1).await), ("a 1".to_owned(), "b 1".to_owned()));
        assert_eq!(a::name(1).await, "a 1");
        assert_ne!(a::name::entry(1).key(), b::name::entry(1).key());
    }

    async fn hostile_arguments_stay_in_their_place(_world) {
        let hostile = ["a", "", ":", "a:b", "%3A", "{x}", "a b", "\r\n", "*", "\0", "é", "../a"];
        for tenant in hostile {
            for id in hostile {
                let (value, outcome) = observe(of_tenant(tenant, id)).await;
                assert_eq!((value, outcome), (format!("{tenant}|{id}"), Outcome::Miss));
            }
        }
        for tenant in hostile {
            for id in hostile {
                let (value, outcome) = observe(of_tenant(tenant, id)).await;
                assert_eq!((value, outcome), (format!("{tenant}|{id}"), Outcome::Hit));
            }
        }
        let long = "x".repeat(5000);
        assert_eq!(observe(of_tenant(&long, "1")).await.1, Outcome::Miss);
        assert_eq!(observe(of_tenant(&long, "2")).await.1, Outcome::Miss);
        assert_eq!(observe(of_tenant(&long, "1")).await.1, Outcome::Hit);
        assert!(of_tenant::entry(&long, "1").key().len() < 500);
    }

    async fn a_prefix_is_emptied_and_nothing_else(world) {
        for id in 0..2500 {
            user(id).await;
        }
        longer(1).await;
        starred(1).await;
        assert_eq!(world.cache.invalidate_prefix("users").await.unwrap(), 2500);
        assert_eq!(observe(user(1)).await.1, Outcome::Miss);
        assert_eq!(observe(longer(1)).await.1, Outcome::Hit);
        assert_eq!(observe(starred(1)).await.1, Outcome::Hit);
        assert_eq!(world.cache.invalidate_prefix("users*").await.unwrap(), 1);
        assert_eq!(observe(longer(1)).await.1, Outcome::Hit, "an asterisk is no wildcard");
        assert_eq!(world.cache.invalidate_prefix("nobody").await.unwrap(), 0);
        assert!(world.cache.invalidate_prefix("").await.unwrap_err().is_setting());
    }

    async fn clear_empties_the_namespace(world) {
        user(1).await;
        a::name(1).await;
        assert_eq!(world.cache.clear().await.unwrap(), 2);
        assert_eq!(world.cache.clear().await.unwrap(), 0);
        assert_eq!(observe(user(1)).await.1, Outcome::Miss);
    }
}

#[tokio::test]
async fn clear_stays_inside_namespace_and_version() {
    let world = World::on_redis("clear_stays").await;
    let server = world.server.as_ref().unwrap();
    let build = |namespace: &str, version: &str| {
        let builder = cached_runtime::Cache::builder().redis(server.url());
        builder.namespace(namespace).version(version).build().unwrap()
    };
    let mine = build("clear[a-z]*", "1");
    let others = [build("clear[a-z]*", "2"), build("clearx", "1"), build("clear[a-z]*1", "")];
    for cache in others.iter().chain([&mine]) {
        cache.scope(user(1)).await;
    }
    server.command(&["SET", "clear[a-z]*", "a foreign key"]).await;
    server.command(&["SET", "elsewhere", "a foreign key"]).await;
    assert_eq!(mine.clear().await.unwrap(), 1);
    for cache in &others {
        assert_eq!(cache.scope(observe(user(1))).await.1, Outcome::Hit, "{cache:?}");
    }
    for key in ["clear[a-z]*", "elsewhere"] {
        assert_eq!(server.command(&["GET", key]).await.text(), "a foreign key");
    }
}

#[tokio::test]
async fn two_functions_of_one_path_do_not_share() {
    // Rust gives functions of one name in two blocks of one function the same path.
    async fn first(id: u64) -> (u64, Outcome) {
        #[redis_cache(ttl = 60)]
        async fn same(id: u64) -> u64 {
            id
        }
        observe(same(id)).await
    }
    let cache = cached_runtime::Cache::in_memory();
    cache
        .scope(async {
            assert_eq!(first(1).await, (1, Outcome::Miss));
            let one = {
                #[redis_cache(ttl = 60)]
                async fn twin(id: u64) -> u64 {
                    id
                }
                observe(twin(1)).await
            };
            let (two, problem) = {
                #[redis_cache(ttl = 60)]
                async fn twin(id: u64) -> u64 {
                    id * 100
                }
                (observe(twin(1)).await, twin::entry(1).put(&5).await.unwrap_err())
            };
            assert_eq!((one, two), ((1, Outcome::Miss), (100, Outcome::Bypass)));
            assert!(problem.is_key() && problem.to_string().contains("prefix"), "{problem}");
        })
        .await;
}

/// Two functions of one path that even stand at one place.
macro_rules! twins {
    () => {{
        let one = {
            #[redis_cache(ttl = 60)]
            async fn twin(id: u64) -> u64 {
                id
            }
            observe(twin(1)).await
        };
        let two = {
            #[redis_cache(ttl = 60)]
            async fn twin(id: u64) -> u64 {
                id * 100
            }
            observe(twin(1)).await
        };
        (one, two)
    }};
}

#[tokio::test]
async fn two_functions_that_a_macro_writes_at_one_place_do_not_share() {
    let cache = cached_runtime::Cache::in_memory();
    let twins = cache.scope(async { twins!() }).await;
    assert_eq!(twins, ((1, Outcome::Miss), (100, Outcome::Bypass)));
}

#[tokio::test]
async fn two_closures_do_not_share() {
    #[redis_cache(ttl = 60, skip(make))]
    async fn made<F: Fn() -> u64>(make: F, id: u64) -> u64 {
        make() + id
    }
    #[redis_cache(ttl = 60, skip(make))]
    async fn skipped(make: impl Fn() -> u64, id: u64) -> u64 {
        make() + id
    }
    let cache = cached_runtime::Cache::in_memory();
    cache
        .scope(async {
            assert_eq!(observe(made(|| 1, 0)).await, (1, Outcome::Bypass));
            assert_eq!(observe(made(|| 2, 0)).await, (2, Outcome::Bypass));
            assert_eq!(observe(skipped(|| 1, 0)).await, (1, Outcome::Miss));
            assert_eq!(observe(skipped(|| 2, 0)).await, (1, Outcome::Hit), "as it was asked for");
        })
        .await;
}

//! `key`, in both of its forms.

use cached_runtime::redis_cache;

use crate::check::{Runs, hit, with_cache};

#[tokio::test]
async fn names_fields_and_calls() {
    static RUNS: Runs = Runs::new();

    struct User {
        name: String,
    }

    const REGION: &str = "eu";

    #[redis_cache(ttl = 60, key = "{REGION}:{{{user.name}}}:{id}:{user.name.len()}")]
    async fn find(user: &User, id: u32) -> u32 {
        RUNS.count();
        id + u32::try_from(user.name.len()).unwrap()
    }

    with_cache(async {
        let user = User { name: "a:b".to_owned() };
        assert_eq!(cached!(RUNS, find(&user, 1)), 4);
        let entry = find::entry(&user, 1);
        assert!(entry.key().ends_with(":eu:%7Ba%3Ab%7D:1:3"), "{}", entry.key());
        assert_eq!(entry.get().await.unwrap(), Some(4));
    })
    .await;
}

#[tokio::test]
async fn hostile_values() {
    static RUNS: Runs = Runs::new();

    #[redis_cache(ttl = 60, key = "{a}:{b}")]
    async fn joined(a: &str, b: &str) -> String {
        RUNS.count();
        format!("{a}{b}")
    }

    with_cache(async {
        for (a, b) in [("a:", "b"), ("a", ":b"), ("a%3A", "b"), ("a", "%3Ab"), ("", "ab")] {
            cached!(RUNS, joined(a, b));
        }
    })
    .await;
}

#[tokio::test]
async fn some_of_the_arguments() {
    static RUNS: Runs = Runs::new();

    #[redis_cache(ttl = 60, key = "{id}")]
    async fn template(id: u32, page: u32) -> u32 {
        RUNS.count();
        id + page
    }

    #[redis_cache(ttl = 60, key(id / 10, page.to_string()))]
    async fn listed(id: u32, page: u32, _trace: &dyn Fn()) -> u32 {
        RUNS.count();
        id + page
    }

    with_cache(async {
        assert_eq!(cached!(RUNS, template(1, 2)), 3);
        assert_eq!(hit(template(1, 3)).await, 3);
        assert_eq!(template::entry(1).get().await.unwrap(), Some(3));
        assert_eq!(cached!(RUNS, listed(11, 2, &|| ())), 13);
        assert_eq!(hit(listed(12, 2, &|| ())).await, 13);
        assert_eq!(listed::entry(19, 2).get().await.unwrap(), Some(13));
    })
    .await;
}

#[tokio::test]
async fn raw_names_and_destructured_arguments() {
    static RUNS: Runs = Runs::new();

    #[redis_cache(ttl = 60, key = "{type}:{ a }")]
    async fn raw(r#type: &str, (a, _): (u8, u8)) -> String {
        RUNS.count();
        format!("{}{a}", r#type)
    }

    with_cache(async {
        assert_eq!(cached!(RUNS, raw("x", (1, 2))), "x1");
        assert_eq!(hit(raw("x", (1, 3))).await, "x1");
        assert!(raw::entry("x", (1, 3)).key().ends_with(":x:1"));
    })
    .await;
}

#[tokio::test]
async fn under_cfg() {
    static RUNS: Runs = Runs::new();

    #[redis_cache(ttl = 60, key = "{a}:{b}:{c}")]
    async fn sum(#[cfg(test)] a: u8, b: u8, #[cfg(not(test))] c: u8) -> u8 {
        RUNS.count();
        a + b
    }

    with_cache(async { assert_eq!(cached!(RUNS, sum(1, 2)), 3) }).await;
}

#[tokio::test]
async fn without_arguments() {
    static RUNS: Runs = Runs::new();

    #[redis_cache(ttl = 60, key = "settings")]
    async fn settings() -> u8 {
        RUNS.count();
        1
    }

    with_cache(async {
        assert_eq!(cached!(RUNS, settings()), 1);
        assert!(settings::entry().key().ends_with(":settings"));
    })
    .await;
}

#[tokio::test]
async fn macros_in_lists() {
    static RUNS: Runs = Runs::new();

    #[redis_cache(ttl = 60, key(format!("{id}-{page}")))]
    async fn macros(id: u8, page: u8, other: u8) -> u8 {
        RUNS.count();
        id + page + other
    }

    with_cache(async {
        assert_eq!(cached!(RUNS, macros(1, 2, 3)), 6);
        assert_eq!(macros::entry(1, 2).get().await.unwrap(), Some(6));
    })
    .await;
}

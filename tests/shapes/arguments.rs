//! What stands between the parentheses.

use std::collections::HashMap;

use cached_runtime::redis_cache;
use serde::{Deserialize, Serialize};

use crate::check::{Runs, hit, miss, with_cache};

#[tokio::test]
async fn none_at_all() {
    static RUNS: Runs = Runs::new();

    #[redis_cache(ttl = 60)]
    async fn answer() -> u32 {
        RUNS.count();
        42
    }

    with_cache(async { assert_eq!(cached!(RUNS, answer()), 42) }).await;
}

#[tokio::test]
async fn several() {
    static RUNS: Runs = Runs::new();

    #[redis_cache(ttl = 60)]
    async fn sum(a: u8, b: i64, c: Option<u16>) -> i64 {
        RUNS.count();
        i64::from(a) + b + i64::from(c.unwrap_or_default())
    }

    with_cache(async {
        assert_eq!(cached!(RUNS, sum(1, 2, Some(3))), 6);
        assert_eq!(cached!(RUNS, sum(1, 2, None)), 3);
        assert_eq!(cached!(RUNS, sum(2, 1, None)), 3);
    })
    .await;
}

#[tokio::test]
async fn more_than_twelve() {
    static RUNS: Runs = Runs::new();

    #[redis_cache(ttl = 60)]
    #[allow(
        clippy::too_many_arguments,
        clippy::many_single_char_names,
        reason = "the shape under test"
    )]
    async fn sum(
        a: u8,
        b: u8,
        c: u8,
        d: u8,
        e: u8,
        f: u8,
        g: u8,
        h: u8,
        i: u8,
        j: u8,
        k: u8,
        l: u8,
        m: u8,
        n: u8,
    ) -> u8 {
        RUNS.count();
        a + b + c + d + e + f + g + h + i + j + k + l + m + n
    }

    with_cache(async {
        assert_eq!(cached!(RUNS, sum(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)), 14);
        assert_eq!(cached!(RUNS, sum(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2)), 15);
        assert!(
            sum::entry(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2).get().await.unwrap().is_some()
        );
    })
    .await;
}

#[tokio::test]
async fn borrowed() {
    static RUNS: Runs = Runs::new();

    #[redis_cache(ttl = 60)]
    async fn length(text: &str, items: &[u8], more: &Vec<String>) -> usize {
        RUNS.count();
        text.len() + items.len() + more.len()
    }

    with_cache(async {
        let more = vec!["x".to_owned()];
        assert_eq!(cached!(RUNS, length("abc", &[1, 2], &more)), 6);
        assert_eq!(cached!(RUNS, length("abd", &[1, 2], &more)), 6);
    })
    .await;
}

#[tokio::test]
async fn named_lifetimes() {
    static RUNS: Runs = Runs::new();

    #[redis_cache(ttl = 60)]
    async fn longer<'a, 'b: 'a>(a: &'a str, b: &'b str) -> Result<String, &'a str> {
        RUNS.count();
        if a.is_empty() { Err(b) } else { Ok(format!("{a}{b}")) }
    }

    with_cache(async {
        assert_eq!(cached!(RUNS, longer("a", "b")), Ok("ab".to_owned()));
        assert_eq!(miss(longer("", "b")).await, Err("b"));
    })
    .await;
}

#[tokio::test]
async fn exclusively_borrowed() {
    static RUNS: Runs = Runs::new();

    #[redis_cache(ttl = 60, skip(log))]
    async fn append(log: &mut Vec<u32>, number: &mut u32) -> u32 {
        RUNS.count();
        log.push(*number);
        *number += 1;
        *number
    }

    with_cache(async {
        let mut log = Vec::new();
        assert_eq!(cached!(RUNS, append(&mut log, &mut 1)), 2);
        assert_eq!(log, [1]);
    })
    .await;
}

#[tokio::test]
async fn mutable() {
    static RUNS: Runs = Runs::new();

    #[redis_cache(ttl = 60)]
    async fn countdown(mut from: u32) -> Vec<u32> {
        RUNS.count();
        let mut all = Vec::new();
        while from > 0 {
            all.push(from);
            from -= 1;
        }
        all
    }

    with_cache(async {
        assert_eq!(cached!(RUNS, countdown(2)), [2, 1]);
        assert_eq!(cached!(RUNS, countdown(3)), [3, 2, 1]);
    })
    .await;
}

#[derive(Clone, Copy, Serialize)]
struct Point {
    x: i32,
    y: i32,
}

#[tokio::test]
async fn destructured() {
    static RUNS: Runs = Runs::new();

    #[redis_cache(ttl = 60)]
    async fn spread(
        Point { x, y: mut height }: Point,
        (a, [b, ..]): (u8, [u8; 3]),
        &c: &u8,
        whole @ Point { y, .. }: Point,
    ) -> i32 {
        RUNS.count();
        height += 1;
        x + height + i32::from(a) + i32::from(b) + i32::from(c) + whole.x + y
    }

    with_cache(async {
        let point = Point { x: 1, y: 2 };
        assert_eq!(cached!(RUNS, spread(point, (1, [1, 9, 9]), &1, point)), 10);
        assert_eq!(
            hit(spread(point, (1, [1, 0, 0]), &1, point)).await,
            10,
            "`..` is no part of the key"
        );
        assert_eq!(cached!(RUNS, spread(point, (1, [2, 9, 9]), &1, point)), 11);
        let entry = spread::entry(point, (1, [2, 9, 9]), &1, point);
        assert_eq!(entry.get().await.unwrap(), Some(11));
    })
    .await;
}

#[tokio::test]
async fn by_ref() {
    static RUNS: Runs = Runs::new();

    #[redis_cache(ttl = 60)]
    #[allow(clippy::toplevel_ref_arg, reason = "the shape under test")]
    async fn length(ref text: String, ref mut count: u32) -> usize {
        RUNS.count();
        *count += 1;
        text.len()
    }

    with_cache(async {
        assert_eq!(cached!(RUNS, length("abc".to_owned(), 1)), 3);
        assert_eq!(cached!(RUNS, length("abcd".to_owned(), 1)), 4);
    })
    .await;
}

/// Has neither `Serialize` nor `Clone`.
struct Database(u32);

#[tokio::test]
async fn ignored() {
    static RUNS: Runs = Runs::new();

    #[redis_cache(ttl = 60)]
    async fn constant(_: Database, _: &Database) -> u32 {
        RUNS.count();
        7
    }

    with_cache(async {
        let database = Database(1);
        assert_eq!(cached!(RUNS, constant(Database(2), &database)), 7);
        assert_eq!(constant::entry().get().await.unwrap(), Some(database.0 + 6));
    })
    .await;
}

#[tokio::test]
async fn skipped() {
    static RUNS: Runs = Runs::new();

    #[redis_cache(ttl = 60, skip(db, _trace))]
    async fn double(db: &Database, id: u32, _trace: Database) -> u32 {
        RUNS.count();
        db.0 * id
    }

    with_cache(async {
        assert_eq!(cached!(RUNS, double(&Database(2), 4, Database(0))), 8);
        assert_eq!(hit(double(&Database(3), 4, Database(0))).await, 8);
        assert_eq!(double::entry(4).get().await.unwrap(), Some(8));
    })
    .await;
}

#[tokio::test]
async fn partly_skipped_pattern() {
    static RUNS: Runs = Runs::new();

    #[redis_cache(ttl = 60, skip(db))]
    async fn double((db, id): (&Database, u32)) -> u32 {
        RUNS.count();
        db.0 * id
    }

    with_cache(async {
        assert_eq!(cached!(RUNS, double((&Database(2), 4))), 8);
        assert_eq!(hit(double((&Database(3), 4))).await, 8);
    })
    .await;
}

#[tokio::test]
async fn with_underscore() {
    static RUNS: Runs = Runs::new();

    #[redis_cache(ttl = 60)]
    async fn constant(_id: u32) -> u32 {
        RUNS.count();
        7
    }

    with_cache(async {
        assert_eq!(cached!(RUNS, constant(1)), 7);
        assert_eq!(cached!(RUNS, constant(2)), 7);
    })
    .await;
}

#[tokio::test]
async fn under_cfg() {
    static RUNS: Runs = Runs::new();

    #[redis_cache(ttl = 60)]
    async fn sum(
        a: u32,
        #[cfg(test)] b: u32,
        #[cfg(not(test))] b: NoSuchType,
        #[cfg(not(test))] c: NoSuchType,
    ) -> u32 {
        RUNS.count();
        a + b
    }

    with_cache(async {
        assert_eq!(cached!(RUNS, sum(1, 2)), 3);
        assert_eq!(cached!(RUNS, sum(1, 3)), 4);
        assert_eq!(sum::entry(1, 3).get().await.unwrap(), Some(4));
    })
    .await;
}

#[tokio::test]
async fn raw_identifiers() {
    static RUNS: Runs = Runs::new();

    #[redis_cache(ttl = 60, skip(r#fn))]
    async fn r#match(r#type: &str, r#fn: Database) -> String {
        RUNS.count();
        format!("{}{}", r#type, r#fn.0)
    }

    with_cache(async {
        assert_eq!(cached!(RUNS, r#match("a", Database(1))), "a1");
        assert_eq!(r#match::entry("a").get().await.unwrap().as_deref(), Some("a1"));
    })
    .await;
}

#[tokio::test]
async fn impl_traits() {
    static RUNS: Runs = Runs::new();

    #[redis_cache(ttl = 60, skip(more))]
    async fn shown(
        what: impl ToString + Serialize,
        all: &[impl Serialize],
        more: impl Fn() -> u32,
    ) -> String {
        RUNS.count();
        format!("{}{}{}", what.to_string(), all.len(), more())
    }

    with_cache(async {
        assert_eq!(cached!(RUNS, shown(1_u8, &[1], || 2)), "112");
        assert_eq!(
            hit(shown(1_u8, &[1], || 3)).await,
            "112",
            "a skipped one is no part of the key"
        );
        assert_eq!(cached!(RUNS, shown(1_u16, &[1], || 2)), "112", "another type is another entry");
        assert_eq!(shown::entry(1_u16, &[1]).get().await.unwrap().as_deref(), Some("112"));
    })
    .await;
}

#[derive(Serialize, Deserialize, PartialEq, Debug, Clone)]
enum Filter {
    All,
    By { name: String, tags: Vec<String> },
}

#[tokio::test]
async fn own_types() {
    static RUNS: Runs = Runs::new();

    #[redis_cache(ttl = 60)]
    async fn find(filter: &Filter, limits: HashMap<String, u32>) -> Vec<Filter> {
        RUNS.count();
        vec![filter.clone(); limits.len()]
    }

    with_cache(async {
        let by = Filter::By { name: "a".into(), tags: vec!["b".into()] };
        let limits = |keys: [&str; 3]| keys.map(|key| (key.to_owned(), 1)).into_iter().collect();
        assert_eq!(cached!(RUNS, find(&by, limits(["x", "y", "z"]))).len(), 3);
        assert_eq!(hit(find(&by, limits(["z", "y", "x"]))).await.len(), 3);
        assert_eq!(cached!(RUNS, find(&Filter::All, HashMap::new())).len(), 0);
    })
    .await;
}

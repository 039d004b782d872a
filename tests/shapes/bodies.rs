//! What stands between the braces.

use std::fmt;
use std::num::ParseIntError;

use cached_runtime::redis_cache;

use crate::check::{Runs, miss, with_cache};

#[derive(Debug, PartialEq)]
enum Failure {
    Number(ParseIntError),
    Empty,
}

impl From<ParseIntError> for Failure {
    fn from(error: ParseIntError) -> Self {
        Self::Number(error)
    }
}

#[tokio::test]
async fn question_marks_and_early_returns() {
    static RUNS: Runs = Runs::new();

    #[redis_cache(ttl = 60)]
    async fn parse(text: &str) -> Result<i32, Failure> {
        RUNS.count();
        if text.is_empty() {
            return Err(Failure::Empty);
        }
        if text == "zero" {
            return Ok(0);
        }
        Ok(text.parse::<i32>()?)
    }

    with_cache(async {
        assert_eq!(cached!(RUNS, parse("12")), Ok(12));
        assert_eq!(cached!(RUNS, parse("zero")), Ok(0));
        for _ in 0..2 {
            assert_eq!(miss(parse("")).await, Err(Failure::Empty));
            assert!(matches!(miss(parse("x")).await, Err(Failure::Number(_))));
        }
        assert_eq!(RUNS.get(), 6);
    })
    .await;
}

#[tokio::test]
async fn question_marks_on_options() {
    static RUNS: Runs = Runs::new();

    #[redis_cache(ttl = 60)]
    async fn first(items: &[u8]) -> Option<u8> {
        RUNS.count();
        Some(*items.first()? + 1)
    }

    with_cache(async {
        assert_eq!(cached!(RUNS, first(&[1])), Some(2));
        assert_eq!(cached!(RUNS, first(&[])), None);
    })
    .await;
}

#[tokio::test]
async fn diverging() {
    static RUNS: Runs = Runs::new();

    #[redis_cache(ttl = 60)]
    #[deny(warnings)]
    #[allow(clippy::needless_return, clippy::never_loop, reason = "the shape under test")]
    async fn always_returns(id: u8) -> u8 {
        RUNS.count();
        loop {
            return id;
        }
    }

    #[redis_cache(ttl = 60)]
    #[deny(warnings)]
    async fn always_panics(id: u8) -> u8 {
        panic!("no {id}")
    }

    with_cache(async { assert_eq!(cached!(RUNS, always_returns(3)), 3) }).await;
    let panicking = tokio::spawn(with_cache(async { always_panics(1).await }));
    assert!(panicking.await.unwrap_err().is_panic());
}

#[tokio::test]
async fn without_a_result() {
    static RUNS: Runs = Runs::new();

    #[redis_cache(ttl = 60)]
    async fn nothing(id: u8) {
        RUNS.count();
        let _ = id;
    }

    #[redis_cache(ttl = 60)]
    async fn unit() -> () {
        RUNS.count();
    }

    with_cache(async {
        cached!(RUNS, nothing(1));
        cached!(RUNS, unit());
        nothing::entry(1).invalidate().await.unwrap();
        cached!(RUNS, nothing(1));
    })
    .await;
}

#[tokio::test]
async fn recursive() {
    static RUNS: Runs = Runs::new();

    #[redis_cache(ttl = 60)]
    async fn fibonacci(n: u64) -> u64 {
        RUNS.count();
        match n {
            0 | 1 => n,
            _ => Box::pin(fibonacci(n - 1)).await + Box::pin(fibonacci(n - 2)).await,
        }
    }

    with_cache(async {
        assert_eq!(fibonacci(60).await, 1_548_008_755_920);
        assert_eq!(RUNS.get(), 61, "each number once");
    })
    .await;
}

#[tokio::test]
async fn awaiting_others() {
    static RUNS: Runs = Runs::new();

    #[redis_cache(ttl = 60)]
    async fn inner(id: u8) -> u8 {
        tokio::task::yield_now().await;
        id + 1
    }

    #[redis_cache(ttl = 60)]
    async fn outer(id: u8) -> u8 {
        RUNS.count();
        inner(id).await + inner(id + 1).await
    }

    with_cache(async { assert_eq!(cached!(RUNS, outer(1)), 5) }).await;
}

#[tokio::test]
async fn coerced() {
    static RUNS: Runs = Runs::new();

    #[redis_cache(ttl = 60)]
    async fn checked(id: u8) -> Result<Box<[u8]>, Box<dyn fmt::Debug + Send>> {
        RUNS.count();
        if id == 0 {
            return Err(Box::new("zero"));
        }
        Ok(Box::new([id]))
    }

    with_cache(async {
        assert_eq!(cached!(RUNS, async { checked(1).await.unwrap() }), Box::from([1]));
        assert_eq!(format!("{:?}", checked(0).await.unwrap_err()), "\"zero\"");
    })
    .await;
}

#[tokio::test]
async fn with_items_and_inner_attributes() {
    static RUNS: Runs = Runs::new();

    #[redis_cache(ttl = 60)]
    async fn counted(id: u8) -> usize {
        #![allow(clippy::items_after_statements, reason = "the shape under test")]
        RUNS.count();
        struct List(Option<Box<Self>>);
        impl List {
            fn of(length: u8) -> Self {
                Self((length > 0).then(|| Box::new(Self::of(length - 1))))
            }
            fn len(&self) -> usize {
                self.0.as_ref().map_or(0, |rest| 1 + rest.len())
            }
        }
        List::of(id).len()
    }

    with_cache(async {
        assert_eq!(cached!(RUNS, counted(3)), 3);
        assert_eq!(counted::entry(3).get().await.unwrap(), Some(3), "`Self` in items is not ours");
    })
    .await;
}

#[tokio::test]
async fn names_like_those_of_the_expansion() {
    static RUNS: Runs = Runs::new();

    #[redis_cache(ttl = 60, key(__key, __site, __shape))]
    async fn clash(__key: u8, __site: u8, __shape: u8, __ret: u8) -> u8 {
        RUNS.count();
        __key + __site + __shape + __ret
    }

    with_cache(async {
        assert_eq!(cached!(RUNS, clash(1, 2, 3, 4)), 10);
        assert_eq!(clash::entry(1, 2, 3).get().await.unwrap(), Some(10));
    })
    .await;
}

//! What the future of a call may be used for.

use std::error::Error;
use std::future::Future;
use std::rc::Rc;

use cached_runtime::{Cache, bypass, observe, only_cached, redis_cache, refresh};
use tokio::task::LocalSet;

use crate::check::{Runs, hit, miss, with_cache};

fn send<F: Future + Send>(call: F) -> F {
    call
}

#[tokio::test]
async fn spawned() {
    static RUNS: Runs = Runs::new();

    #[redis_cache(ttl = 60, skip(db))]
    async fn length(db: &str, text: String) -> Result<usize, String> {
        RUNS.count();
        tokio::task::yield_now().await;
        Ok(text.len() + db.len())
    }

    let cache = Cache::in_memory();
    for _ in 0..2 {
        let call = cache.scope(async { length("db", "text".to_owned()).await });
        assert_eq!(tokio::spawn(call).await.unwrap(), Ok(6));
    }
    assert_eq!(RUNS.get(), 1);
}

#[tokio::test]
async fn of_a_type_that_is_not_send() {
    static RUNS: Runs = Runs::new();

    struct Local(Rc<u8>);

    #[redis_cache(ttl = 60, skip(local))]
    async fn sum(local: &Local, id: u8) -> u8 {
        RUNS.count();
        let kept = Rc::clone(&local.0);
        tokio::task::yield_now().await;
        *kept + id
    }

    let local = LocalSet::new();
    local
        .run_until(with_cache(async {
            let shared = Local(Rc::new(1));
            assert_eq!(cached!(RUNS, sum(&shared, 2)), 3);
            let cache = Cache::current();
            let spawned = tokio::task::spawn_local(async move {
                cache.scope(async { hit(sum(&Local(Rc::new(1)), 2)).await }).await
            });
            assert_eq!(spawned.await.unwrap(), 3);
        }))
        .await;
}

#[tokio::test]
async fn with_an_error_that_is_not_send() {
    static RUNS: Runs = Runs::new();

    #[redis_cache(ttl = 60)]
    async fn parse(text: &str) -> Result<u8, Box<dyn Error>> {
        RUNS.count();
        Ok(text.parse()?)
    }

    with_cache(async {
        let number = send(async { parse("7").await.ok() });
        assert_eq!(miss(number).await, Some(7));
        hit(async { parse("7").await.ok() }).await;
        assert!(parse("x").await.is_err());
    })
    .await;
}

#[tokio::test]
async fn dropped_before_it_ends() {
    static RUNS: Runs = Runs::new();

    #[redis_cache(ttl = 60)]
    async fn never(id: u8) -> u8 {
        if RUNS.count() == 1 {
            std::future::pending::<()>().await;
        }
        id
    }

    with_cache(async {
        tokio::select! {
            biased;
            _ = never(1) => unreachable!("it waits for ever"),
            () = tokio::task::yield_now() => {}
        }
        assert_eq!(cached!(RUNS, never(1)), 1);
    })
    .await;
}

#[tokio::test]
async fn not_polled() {
    static RUNS: Runs = Runs::new();

    #[redis_cache(ttl = 60)]
    async fn lazy(id: u8) -> u8 {
        RUNS.count();
        id
    }

    drop(lazy(1));
    assert_eq!(RUNS.get(), 0);
}

#[tokio::test]
async fn around_a_call() {
    static RUNS: Runs = Runs::new();

    #[redis_cache(ttl = 60)]
    async fn run(id: usize) -> usize {
        RUNS.count() * 10 + id
    }

    with_cache(async {
        assert_eq!(only_cached(run(1)).await, None);
        assert_eq!(run(1).await, 11);
        assert_eq!(only_cached(run(1)).await, Some(11));
        assert_eq!(bypass(run(1)).await, 21);
        assert_eq!(hit(run(1)).await, 11);
        assert_eq!(refresh(run(1)).await, 31);
        assert_eq!(hit(run(1)).await, 31);
    })
    .await;
}

#[tokio::test]
async fn joined() {
    static RUNS: Runs = Runs::new();

    #[redis_cache(ttl = 60)]
    async fn id(id: u8) -> u8 {
        RUNS.count();
        id
    }

    with_cache(async {
        assert_eq!(tokio::join!(id(1), id(2), id(3)), (1, 2, 3));
        assert_eq!(RUNS.get(), 3);
        let ((first, second), _) = observe(async { (id(1).await, id(2).await) }).await;
        assert_eq!((first, second, RUNS.get()), (1, 2, 3));
    })
    .await;
}

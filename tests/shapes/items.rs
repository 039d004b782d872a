//! Where functions stand, and what stands before `async fn`.

use cached_runtime::redis_cache;

use crate::check::{Runs, with_cache};

mod outside {
    use cached_runtime::redis_cache;

    use crate::check::Runs;

    pub(super) static RUNS: Runs = Runs::new();

    #[redis_cache(ttl = 60)]
    #[allow(unreachable_pub, reason = "the shape under test")]
    pub async fn public(id: u8) -> u8 {
        RUNS.count();
        id
    }

    #[redis_cache(ttl = 60)]
    pub(crate) async fn of_the_crate(id: u8) -> u8 {
        RUNS.count();
        id
    }

    #[redis_cache(ttl = 60)]
    pub(super) async fn of_the_parent(id: u8) -> u8 {
        RUNS.count();
        id
    }

    #[redis_cache(ttl = 60)]
    pub(in crate::items) async fn of_a_path(id: u8) -> u8 {
        RUNS.count();
        id
    }

    #[redis_cache(ttl = 60)]
    async fn private(id: u8) -> u8 {
        RUNS.count();
        id
    }

    pub(super) mod inside {
        pub(crate) async fn through(id: u8) -> (u8, Option<u8>) {
            use super::private;
            (private(id).await, private::entry(id).get().await.unwrap())
        }
    }
}

#[tokio::test]
async fn every_visibility() {
    use outside::{RUNS, of_a_path, of_the_crate, of_the_parent, public};
    with_cache(async {
        cached!(RUNS, public(1));
        cached!(RUNS, of_the_crate(1));
        cached!(RUNS, of_the_parent(1));
        cached!(RUNS, of_a_path(1));
        assert_eq!(public::entry(1).get().await.unwrap(), Some(1));
        assert_eq!(of_the_crate::entry(1).get().await.unwrap(), Some(1));
        assert_eq!(of_the_parent::entry(1).get().await.unwrap(), Some(1));
        assert_eq!(of_a_path::entry(1).get().await.unwrap(), Some(1));
        assert_eq!(outside::inside::through(1).await, (1, Some(1)));
    })
    .await;
}

macro_rules! lookups {
    ($($name:ident: $ttl:literal, $prefix:expr, $ty:ty;)*) => {$(
        #[redis_cache(ttl = $ttl, prefix = $prefix)]
        async fn $name(id: $ty) -> $ty {
            MADE.count();
            id + 1
        }
    )*};
}

static MADE: Runs = Runs::new();

lookups! {
    small: 60, "small", u8;
    large: "5m", "large", u64;
}

#[tokio::test]
async fn from_a_macro() {
    with_cache(async {
        assert_eq!(cached!(MADE, small(1)), 2);
        assert_eq!(cached!(MADE, large(1)), 2);
        assert!(large::entry(1).key().contains(":large:"));
    })
    .await;
}

#[tokio::test]
async fn nested_in_a_closure() {
    static RUNS: Runs = Runs::new();

    let call = |id: u8| {
        #[redis_cache(ttl = 60)]
        async fn nested(id: u8) -> u8 {
            RUNS.count();
            id
        }
        nested(id)
    };

    with_cache(async { assert_eq!(cached!(RUNS, call(1)), 1) }).await;
}

//! Modules in which the usual names mean something else.
#![allow(
    clippy::upper_case_acronyms,
    dead_code,
    unused_macros,
    non_camel_case_types,
    reason = "what stands here is there to be in the way"
)]

use crate::check::{Runs, with_cache};

static RUNS: Runs = Runs::new();

mod types {
    use super::RUNS;

    pub(super) struct Result;
    pub(super) struct Option;
    pub(super) struct Box;
    pub(super) struct String;
    pub(super) struct Vec;
    pub(super) struct Duration;
    pub(super) struct Pin;
    pub(super) trait Future {}
    pub(super) trait Send {}
    pub(super) trait Sized {}
    pub(super) trait Clone {}
    pub(super) trait FnOnce {}
    pub(super) struct Cache;
    pub(super) struct Entry;
    pub(super) struct Probe;

    #[cached_runtime::redis_cache(ttl = 60, prefix = "shadow", ttl_jitter = 0.1)]
    pub(super) async fn id(id: u8) -> u8 {
        RUNS.count();
        id
    }

    #[cached_runtime::redis_cache(ttl = "1m", none_ttl = 5, key = "{id}")]
    pub(super) async fn maybe(id: u8) -> ::std::option::Option<u8> {
        RUNS.count();
        ::std::option::Option::Some(id)
    }

    #[cached_runtime::redis_cache(ttl = 60, key(id))]
    pub(super) async fn checked(id: u8) -> ::std::result::Result<u8, ()> {
        RUNS.count();
        ::std::result::Result::Ok(id)
    }
}

mod values {
    use super::RUNS;

    pub(super) enum Own {
        Ok,
        Err,
        Some,
        None,
    }
    pub(super) use Own::{Err, None, Ok, Some};

    #[cached_runtime::redis_cache(ttl = 60, max_size = 1000, cache_if = |id| *id > 0)]
    pub(super) async fn id(id: u8) -> u8 {
        RUNS.count();
        let _ = (Ok, Err, Some, None);
        id
    }
}

mod modules {
    use super::RUNS;

    pub(super) mod std {}
    pub(super) mod core {}
    pub(super) mod alloc {}
    pub(super) mod cached_runtime {}

    #[::cached_runtime::redis_cache(ttl = 60)]
    pub(super) async fn id(id: u8) -> u8 {
        RUNS.count();
        id
    }

    #[::cached_runtime::redis_cache(ttl = 60)]
    pub(super) async fn text(id: u8) -> Result<String, ()> {
        RUNS.count();
        Ok(id.to_string())
    }
}

mod macros {
    use super::RUNS;

    macro_rules! file {
        () => {
            compile_error!("not this one")
        };
    }
    macro_rules! assert {
        ($($any:tt)*) => {
            compile_error!("not this one")
        };
    }

    #[cached_runtime::redis_cache(ttl = 60)]
    pub(super) async fn id(id: u8) -> u8 {
        RUNS.count();
        id
    }
}

#[tokio::test]
async fn everything() {
    with_cache(async {
        assert_eq!(cached!(RUNS, types::id(1)), 1);
        assert_eq!(cached!(RUNS, types::maybe(1)), Some(1));
        assert_eq!(cached!(RUNS, types::checked(1)), Ok(1));
        assert_eq!(cached!(RUNS, values::id(1)), 1);
        assert_eq!(cached!(RUNS, modules::id(1)), 1);
        assert_eq!(cached!(RUNS, modules::text(1)), Ok("1".to_owned()));
        assert_eq!(cached!(RUNS, macros::id(1)), 1);
        assert_eq!(types::id::entry(1).get().await.unwrap(), Some(1));
        assert_eq!(values::id::entry(1).get().await.unwrap(), Some(1));
        assert_eq!(modules::text::entry(1).get().await.unwrap().as_deref(), Some("1"));
    })
    .await;
}

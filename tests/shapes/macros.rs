//! Functions that a `macro_rules!` writes, and names that only look like the expansion's.

use cached_runtime::redis_cache;

use crate::check::{Runs, with_cache};

static RUNS: Runs = Runs::new();

macro_rules! with_body {
    ($(#[$attr:meta])* $vis:vis $name:ident($($arg:ident: $ty:ty),*) -> $ret:ty, $body:block) => {
        $(#[$attr])*
        #[redis_cache(ttl = 60)]
        $vis async fn $name($($arg: $ty),*) -> $ret $body
    };
}

macro_rules! twice {
    ($name:ident($arg:ident: $ty:ty) $body:block) => {
        with_body!($name($arg: $ty) -> $ty, $body);
    };
}

with_body!(
    /// Documented.
    pub(crate) doubled(id: u8) -> u8, {
        RUNS.count();
        id * 2
    }
);

twice!(halved(id: u8) {
    RUNS.count();
    id / 2
});

#[tokio::test]
async fn body_as_a_block() {
    with_cache(async {
        assert_eq!(cached!(RUNS, doubled(2)), 4);
        assert_eq!(cached!(RUNS, halved(2)), 1);
        assert_eq!(doubled::entry(2).get().await.unwrap(), Some(4));
    })
    .await;
}

macro_rules! with_template {
    ($name:ident, $template:literal) => {
        #[redis_cache(ttl = 60, key = $template)]
        async fn $name(id: u8, name: &str) -> String {
            RUNS.count();
            format!("{name}{id}")
        }
    };
}

with_template!(by_id, "id:{id}:{name}");
with_template!(by_length, "length:{name.len()}:{u16::from(id) + 1}");

struct Shop(u8);

macro_rules! method_with_template {
    ($template:literal) => {
        impl Shop {
            #[redis_cache(ttl = 60, key = $template)]
            pub(crate) async fn price(&self, id: u8) -> u8 {
                RUNS.count();
                self.0 + id
            }
        }
    };
}

method_with_template!("{self.0}:{id}");

#[tokio::test]
async fn template_from_the_caller() {
    with_cache(async {
        assert_eq!(cached!(RUNS, by_id(1, "a")), "a1");
        assert!(by_id::entry(1, "a").key().ends_with(":id:1:a"));
        assert_eq!(cached!(RUNS, by_length(1, "a")), "a1");
        assert!(by_length::entry(1, "a").key().ends_with(":length:1:2"));
        assert_eq!(cached!(RUNS, Shop(1).price(2)), 3);
        assert!(Shop(1).price_entry(2).key().ends_with(":1:2"));
    })
    .await;
}

mod names_of_the_expansion {
    pub(super) static FUNCTION: u8 = 3;
    pub(super) static __FUNCTION: u8 = 4;

    pub(super) fn __path() -> u8 {
        5
    }

    #[cached_runtime::redis_cache(ttl = 60, key(FUNCTION, __FUNCTION, __path(), id))]
    pub(super) async fn listed(id: u8) -> u8 {
        super::RUNS.count();
        id + FUNCTION + __FUNCTION + __path()
    }

    #[cached_runtime::redis_cache(ttl = 60, key = "{__path()}:{__FUNCTION}:{FUNCTION}:{id}")]
    pub(super) async fn named(id: u8) -> u8 {
        super::RUNS.count();
        id + FUNCTION + __FUNCTION + __path()
    }
}

#[tokio::test]
async fn names_that_the_expansion_has_too() {
    use names_of_the_expansion::{listed, named};
    with_cache(async {
        assert_eq!(cached!(RUNS, listed(1)), 13);
        assert_eq!(cached!(RUNS, named(1)), 13);
        assert!(named::entry(1).key().ends_with(":5:4:3:1"), "{}", named::entry(1).key());
    })
    .await;
}

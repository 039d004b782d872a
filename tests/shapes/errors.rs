//! Errors of every kind: those that are `Clone` are copied for the calls that waited, and no other has to be.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::io;
use std::sync::Arc;

use cached_runtime::redis_cache;

use crate::check::{Runs, miss, with_cache};

static RUNS: Runs = Runs::new();

#[derive(Debug, Clone, PartialEq)]
struct Shared(u8);

#[derive(Debug, PartialEq)]
struct Unique(u8);

/// `Clone`, and borrowed.
#[derive(Debug, Clone, PartialEq)]
struct Borrowed<'a>(&'a str);

mod hidden {
    pub(super) type Reply<T> = Result<T, super::Shared>;
    pub(super) type Plain = Result<u8, super::Shared>;
    pub(super) type Result<T, E = super::Shared> = std::result::Result<T, E>;
    pub(super) type Text<'a, T> = Result<T, &'a str>;
}

/// Makes a call twice, which fails both times and runs the body both times.
macro_rules! fails {
    ($call:expr) => {{
        let before = RUNS.get();
        let error = miss($call).await.unwrap_err();
        miss($call).await.unwrap_err();
        assert_eq!(RUNS.get(), before + 2);
        error
    }};
}

#[tokio::test]
async fn owned() {
    #[redis_cache(ttl = 60)]
    async fn shared(id: u8) -> Result<u8, Shared> {
        RUNS.count();
        Err(Shared(id))
    }

    #[redis_cache(ttl = 60)]
    async fn unique(id: u8) -> Result<u8, Unique> {
        RUNS.count();
        Err(Unique(id))
    }

    #[redis_cache(ttl = 60)]
    async fn boxed(id: u8) -> Result<u8, Box<dyn Error>> {
        RUNS.count();
        Err(id.to_string().into())
    }

    #[redis_cache(ttl = 60)]
    async fn counted(id: u8) -> Result<u8, Arc<dyn Error + Send + Sync + 'static>> {
        RUNS.count();
        Err(Arc::new(io::Error::other(id.to_string())))
    }

    #[redis_cache(ttl = 60)]
    async fn forever(_id: u8) -> Result<u8, &'static str> {
        RUNS.count();
        Err("no")
    }

    #[redis_cache(ttl = 60)]
    async fn function(_id: u8) -> Result<u8, for<'a> fn(&'a str) -> Option<&'a str>> {
        RUNS.count();
        Err(|text| Some(text))
    }

    with_cache(async {
        assert_eq!(fails!(shared(1)), Shared(1));
        assert_eq!(fails!(unique(1)), Unique(1));
        assert_eq!(fails!(boxed(1)).to_string(), "1");
        assert_eq!(fails!(counted(1)).to_string(), "1");
        assert_eq!(fails!(forever(1)), "no");
        assert_eq!(fails!(function(1))("a"), Some("a"));
    })
    .await;
}

#[tokio::test]
async fn borrowed() {
    #[redis_cache(ttl = 60)]
    async fn elided(id: &str) -> Result<u8, &str> {
        RUNS.count();
        Err(id)
    }

    #[redis_cache(ttl = 60)]
    async fn named<'a>(id: &'a str, _other: &str) -> Result<u8, Cow<'a, str>> {
        RUNS.count();
        Err(id.into())
    }

    #[redis_cache(ttl = 60)]
    async fn placeholder(id: &str) -> Result<u8, Borrowed<'_>> {
        RUNS.count();
        Err(Borrowed(id))
    }

    #[redis_cache(ttl = 60)]
    async fn alias(id: &str) -> hidden::Text<'_, u8> {
        RUNS.count();
        Err(id)
    }

    with_cache(async {
        assert_eq!(fails!(elided("a")), "a");
        assert_eq!(fails!(named("a", "b")), "a");
        assert_eq!(fails!(placeholder("a")), Borrowed("a"));
        assert_eq!(fails!(alias("a")), "a");
    })
    .await;
}

trait Fetch {
    type Error: Clone + Send + fmt::Debug;

    fn error(&self) -> Self::Error;

    #[redis_cache(ttl = 60, skip(self))]
    async fn fetch(&self, _id: u8) -> Result<u8, Self::Error> {
        RUNS.count();
        Err(self.error())
    }
}

impl<'a> Fetch for &'a str {
    type Error = &'a str;

    fn error(&self) -> &'a str {
        self
    }
}

#[tokio::test]
async fn of_type_parameters() {
    #[redis_cache(ttl = 60, skip(error))]
    async fn generic<E: Clone + Send>(error: &E) -> Result<u8, E> {
        RUNS.count();
        Err(error.clone())
    }

    #[redis_cache(ttl = 60, skip(error))]
    async fn listed<E: Clone + Send>(error: E) -> Result<u8, Vec<E>> {
        RUNS.count();
        Err(vec![error])
    }

    #[redis_cache(ttl = 60, skip(from))]
    async fn associated<F: Fetch>(from: F) -> Result<u8, F::Error> {
        RUNS.count();
        Err(from.error())
    }

    with_cache(async {
        let text = String::from("a");
        assert_eq!(fails!(generic(&text.as_str())), "a");
        assert_eq!(fails!(listed(text.as_str())), ["a"]);
        assert_eq!(fails!(associated(text.as_str())), "a");
        assert_eq!(fails!(text.as_str().fetch(1)), "a");
    })
    .await;
}

struct Repo<E>(E);

impl<E: Clone + Send> Repo<E> {
    #[redis_cache(ttl = 60, skip(self))]
    pub(crate) async fn find(&self, _id: u8) -> Result<u8, E> {
        RUNS.count();
        Err(self.0.clone())
    }

    #[redis_cache(ttl = 60, skip(self))]
    async fn found(&self, id: u8) -> Result<u8, Shared> {
        RUNS.count();
        Err(Shared(id))
    }
}

#[async_trait::async_trait]
trait Boxed {
    async fn shared(&self, id: u8) -> Result<u8, Shared>;
    async fn borrowed(&self, id: u8) -> Result<u8, Borrowed<'_>>;
}

#[async_trait::async_trait]
impl Boxed for Repo<String> {
    #[redis_cache(ttl = 60, skip(self))]
    async fn shared(&self, id: u8) -> Result<u8, Shared> {
        RUNS.count();
        Err(Shared(id))
    }

    #[redis_cache(ttl = 60, skip(self))]
    async fn borrowed(&self, _id: u8) -> Result<u8, Borrowed<'_>> {
        RUNS.count();
        Err(Borrowed(&self.0))
    }
}

#[tokio::test]
async fn of_methods() {
    with_cache(async {
        let text = String::from("a");
        assert_eq!(fails!(Repo(text.as_str()).find(1)), "a");
        assert_eq!(fails!(Repo(text.as_str()).found(1)), Shared(1));
        let repo = Repo(text);
        assert_eq!(fails!(repo.shared(1)), Shared(1));
        assert_eq!(fails!(repo.borrowed(1)), Borrowed("a"));
    })
    .await;
}

#[tokio::test]
async fn behind_aliases() {
    #[redis_cache(ttl = 60)]
    async fn standard(_id: u8) -> io::Result<u8> {
        RUNS.count();
        Err(io::Error::other("no"))
    }

    #[redis_cache(ttl = 60)]
    async fn formatted(_id: u8) -> fmt::Result {
        RUNS.count();
        Err(fmt::Error)
    }

    #[redis_cache(ttl = 60)]
    async fn own(id: u8) -> hidden::Reply<Vec<u8>> {
        RUNS.count();
        Err(Shared(id))
    }

    #[redis_cache(ttl = 60)]
    async fn plain(id: u8) -> hidden::Plain {
        RUNS.count();
        Err(Shared(id))
    }

    #[redis_cache(ttl = 60)]
    async fn by_default(id: u8) -> hidden::Result<u8> {
        RUNS.count();
        Err(Shared(id))
    }

    with_cache(async {
        assert_eq!(fails!(standard(1)).to_string(), "no");
        assert_eq!(fails!(formatted(1)), fmt::Error);
        assert_eq!(fails!(own(1)), Shared(1));
        assert_eq!(fails!(plain(1)), Shared(1));
        assert_eq!(fails!(by_default(1)), Shared(1));
    })
    .await;
}

//! The attribute as it was written: every option with its key and its value, nothing judged yet.

mod item;
mod local;
mod parse;
mod write;

use proc_macro2::{Ident, TokenStream};
use syn::{Expr, TypePath};

pub(crate) use self::item::Item;
pub(crate) use self::local::LocalOptions;
use self::parse::Elements;
pub(crate) use self::write::WriteOptions;
use crate::errors::Errors;
use crate::tokens::mentions_self_type;

/// Which attribute it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Attribute {
    RedisCache,
    CacheInvalidate,
    CachePut,
}

impl Attribute {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::RedisCache => "redis_cache",
            Self::CacheInvalidate => "cache_invalidate",
            Self::CachePut => "cache_put",
        }
    }
}

/// The options of `#[redis_cache]` that were given.
#[derive(Default)]
pub(crate) struct Options {
    pub(crate) ttl: Option<Given>,
    pub(crate) prefix: Option<Given>,
    pub(crate) key: Option<Given>,
    pub(crate) skip: Option<Given>,
    pub(crate) version: Option<Given>,
    pub(crate) tags: Option<Given>,
    pub(crate) stale_while_revalidate: Option<Given>,
    pub(crate) stale_if_error: Option<Given>,
    pub(crate) early_refresh: Option<Given>,
    pub(crate) ttl_jitter: Option<Given>,
    pub(crate) sliding: Option<Given>,
    pub(crate) cache_none: Option<Given>,
    pub(crate) none_ttl: Option<Given>,
    pub(crate) cache_if: Option<Given>,
    pub(crate) local: Option<Given>,
    pub(crate) flight: Option<Given>,
    pub(crate) lease: Option<Given>,
    pub(crate) wait: Option<Given>,
    pub(crate) codec: Option<Given>,
    pub(crate) max_size: Option<Given>,
    pub(crate) cache: Option<Given>,
    pub(crate) entry: Option<Given>,
    pub(crate) krate: Option<Given>,
    /// Whether there was an attempt at `ttl`, so that its absence is no mistake of its own.
    pub(crate) ttl_was_tried: bool,
    /// Whether any option mentions `Self`, so that the function must belong to a type.
    pub(crate) mentions_self_type: bool,
}

/// One option.
pub(crate) struct Given {
    pub(crate) key: Ident,
    pub(crate) value: Value,
}

/// How the value of an option was written.
pub(crate) enum Value {
    /// `option`
    Flag,
    /// `option = expression`
    Is(Expr),
    /// `option = path`, where a type or a module is meant, so that `Codec<T>` is no comparison.
    Path(TypePath),
    /// `option(a, b)`
    List(Vec<Expr>),
    /// `local(option = value)`
    Local(Box<LocalOptions>),
}

impl Options {
    /// Reads all options, and reports what is no option at all.
    pub(crate) fn parse(args: TokenStream, errors: &mut Errors) -> Self {
        let mut options = Self { mentions_self_type: mentions_self_type(&args), ..Self::default() };
        parse::elements(args, &mut options, errors);
        options
    }

    /// The names of all options, in the order of the documentation.
    const NAMES: [&'static str; 23] = [
        "ttl",
        "prefix",
        "key",
        "skip",
        "version",
        "tags",
        "stale_while_revalidate",
        "stale_if_error",
        "early_refresh",
        "ttl_jitter",
        "sliding",
        "cache_none",
        "none_ttl",
        "cache_if",
        "local",
        "flight",
        "lease",
        "wait",
        "codec",
        "max_size",
        "cache",
        "entry",
        "crate",
    ];
}

impl Elements for Options {
    fn names(&self) -> &'static [&'static str] {
        &Self::NAMES
    }

    fn tried(&mut self, name: Option<&str>) {
        self.ttl_was_tried |= name.is_none_or(|name| name == "ttl");
    }

    fn named(&mut self, name: &str) -> Option<&mut Option<Given>> {
        Some(match name {
            "ttl" => &mut self.ttl,
            "prefix" => &mut self.prefix,
            "key" => &mut self.key,
            "skip" => &mut self.skip,
            "version" => &mut self.version,
            "tags" => &mut self.tags,
            "stale_while_revalidate" => &mut self.stale_while_revalidate,
            "stale_if_error" => &mut self.stale_if_error,
            "early_refresh" => &mut self.early_refresh,
            "ttl_jitter" => &mut self.ttl_jitter,
            "sliding" => &mut self.sliding,
            "cache_none" => &mut self.cache_none,
            "none_ttl" => &mut self.none_ttl,
            "cache_if" => &mut self.cache_if,
            "local" => &mut self.local,
            "flight" => &mut self.flight,
            "lease" => &mut self.lease,
            "wait" => &mut self.wait,
            "codec" => &mut self.codec,
            "max_size" => &mut self.max_size,
            "cache" => &mut self.cache,
            "entry" => &mut self.entry,
            "crate" => &mut self.krate,
            _ => return None,
        })
    }
}

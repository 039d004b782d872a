//! The attributes of [`cached-runtime`](https://docs.rs/cached-runtime): depend on that crate, which re-exports them.
//!
//! The way of an attribute, in the order of the modules: `attr` reads what was written, `model` checks it, `expand`
//! writes the code, which is one call into `cached_runtime::__private` around the function's own body.

mod attr;
mod errors;
mod expand;
mod model;
mod nearest;
mod redis_cache;
#[cfg(test)]
mod snapshots;
mod tokens;

use proc_macro::TokenStream;

/// Memoizes an `async fn` in Redis: a call with the same arguments is answered from there until `ttl` has passed.
///
/// Call sites and the error type do not change, and trouble with Redis never makes a call fail: then the body runs.
///
/// ```ignore
/// use cached_runtime::redis_cache;
///
/// #[redis_cache(ttl = 300, prefix = "user", skip(db))]
/// async fn get_user(db: &SqlitePool, id: i64) -> sqlx::Result<Option<User>> {
///     sqlx::query_as("SELECT * FROM users WHERE id = ?").bind(id).fetch_optional(db).await
/// }
///
/// let user = get_user(&db, 42).await?; // Redis, or the database once
/// get_user::entry(42).invalidate().await?; // typed, from the same arguments
/// ```
///
/// # What is cached
///
/// Of a `Result<T, E>` the `Ok(T)`, so errors are never cached; anything else whole, a `None` too. The type decides
/// and not its spelling, so aliases work. The value needs `Serialize` and `DeserializeOwned` of serde (or what the
/// `codec` asks for), the error needs nothing.
///
/// # What tells entries apart
///
/// The function with its path, its type and const arguments, for methods the `Self` type, and all arguments. Each
/// argument needs `Serialize`, unless it is named by `skip` or left out of `key`. An argument `_` is no part of the key.
///
/// A method says whether its instance is part of the key, as only the author knows whether it stands for a tenant:
/// `skip(self)` if all instances give the same results, else `self` in `key`.
///
/// # Options
///
/// | option | value | meaning |
/// |---|---|---|
/// | `ttl` | `300`, `"5m"`, an expression of `Duration`, or a closure <code>\|value\| -> Duration</code> | how long a value is fresh: whole seconds, or text with the units `ms`, `s`, `m`, `h`, `d`, `w`, as in `"1h30m"`. Required |
/// | `prefix` | `"user"` | the first part of the key; `Cache::invalidate_prefix` takes it |
/// | `key` | `key = "user:{id}:{self.tenant}"` | a readable key. Values need `Display`; a `:` has to stand between two of them |
/// | | `key(self.tenant, id)` | expressions to hash instead of the arguments. They need `Serialize` |
/// | `skip` | `skip(db)`, `skip(self)` | arguments that are no part of the key; they need nothing |
/// | `version` | `2`, `"b"` | part of the key: change it and old entries are never read again |
/// | `ttl_jitter` | `0.1` | shortens each `ttl` by a random part of up to that fraction, so that entries filled together do not expire together |
/// | `sliding` | alone | every hit renews `ttl`. Not with a closure as `ttl`, nor with `none_ttl` |
/// | `cache_none` | `false` | whether a `None` is cached; it is by default |
/// | `none_ttl` | as `ttl`, but no closure | how long a `None` is fresh |
/// | `cache_if` | <code>\|value\| -> bool</code>, or the path of a function | which values are cached |
/// | `codec` | `Json` (default), or the path of a type | the format |
/// | `max_size` | `65536` | bytes; a larger value is returned and not stored |
/// | `cache` | an expression, such as `self.cache` | the `Cache` to use instead of the current one |
/// | `entry` | `false` | leaves out what is described in [Entries](#entries) |
/// | `crate` | `crate = my::cached_runtime` | where `cached_runtime` is, if it is renamed or re-exported |
///
/// Expressions see the arguments, before the body runs. Closures get a reference to the value and can't use arguments.
///
/// # Entries
///
/// Beside a free function stands `get_user::entry(..)`, at the function's visibility. It takes the arguments that make
/// the key (and those that `cache`, `ttl` or `none_ttl` mention) and returns the `Entry` of a call with them. It is a
/// function of an empty enum of the same name, so `use users::get_user` brings both.
///
/// Beside a method stands `Self::get_user_entry(..)`, if the method has a visibility, be it `pub(self)`: without one it may
/// belong to a trait's `impl`, where nothing can be added. It takes `&self` if the key uses `self`.
///
/// `entry = false` leaves both out, for where they can't be:
///
/// - a module of the function's name stands beside it, as in `mod get_user; pub use get_user::get_user;`;
/// - a method returns a type parameter of its `impl` whose name is no single upper-case word such as `T` or `K2`:
///   "generic parameters may not be used in const operations", says the compiler;
/// - an associated function mentions neither `self` nor `Self`: "enum is not supported in `trait`s or `impl`s".
///
/// # Where it can stand
///
/// On any `async fn`, also in a `trait` or its `impl`, and below `#[async_trait]`. Generics, `impl Trait` arguments,
/// patterns, `#[cfg]` on arguments, recursion and other attributes are fine. `#[tracing::instrument]` on a method of an
/// `#[async_trait]` has to stand above this attribute.
///
/// An associated function without `self` has to mention `Self` somewhere, be it as `where Self: Sized`, or to have
/// `entry = false`: from what it is given, the attribute can't see that the function is inside of an `impl`.
#[proc_macro_attribute]
pub fn redis_cache(args: TokenStream, input: TokenStream) -> TokenStream {
    redis_cache::redis_cache(args.into(), &input.into()).into()
}

//! The attributes of [`cached-runtime`](https://docs.rs/cached-runtime): depend on that crate, which re-exports them.
//!
//! The way of an attribute, in the order of the modules: `attr` reads what was written, `model` checks it, `expand`
//! writes the code, which is one call into `cached_runtime::__private` around the function's own body.

mod attr;
mod attributes;
mod errors;
mod expand;
mod model;
mod nearest;
#[cfg(test)]
mod snapshots;
mod tokens;

use proc_macro::TokenStream;

use crate::attr::Attribute;

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
/// | `tags` | `["users", "user:{id}"]` | what the entry is about, so that it can be invalidated by that: see [Tags](#tags) |
/// | `stale_while_revalidate` | as `ttl`, but no closure | how long after `ttl` the stale value is returned at once, while it is refilled in the background: see [Stale values](#stale-values) |
/// | `stale_if_error` | as `ttl`, but no closure | how long after `ttl` the stale value is returned where the body fails |
/// | `early_refresh` | `1.0` | now and then a call refills before `ttl` is over: the beta of XFetch |
/// | `ttl_jitter` | `0.1` | shortens each `ttl`, and what follows it, by a random part of up to that fraction, so that entries filled together do not expire together |
/// | `sliding` | alone | every hit renews `ttl`. Not with a closure as `ttl`, nor with `none_ttl`, nor with the options of stale values |
/// | `cache_none` | `false` | whether a `None` is cached; it is by default |
/// | `none_ttl` | as `ttl`, but no closure | how long a `None` is fresh |
/// | `cache_if` | <code>\|value\| -> bool</code>, or the path of a function | which values are cached |
/// | `local` | as `ttl`, but no closure; or `local(ttl = "30s", max_size = 65536, untracked = "1s")` | the value is kept in the process, too, and for how long at most: see [Values in the process](#values-in-the-process). Not with `sliding` |
/// | `flight` | `"cluster"` (default), `"process"`, `"off"` | who shares a fill: see [Shared fills](#shared-fills) |
/// | `lease` | as `ttl`, but no closure | how long a fill may hold its slot; 10 s by default |
/// | `wait` | as `ttl`, but no closure; `0` too | how long a call waits for another's fill before it runs the body itself; 5 s by default |
/// | `codec` | `Json` (default), or the path of a type | the format |
/// | `max_size` | `65536` | bytes; a larger value is returned and not stored |
/// | `cache` | an expression, such as `self.cache` | the `Cache` to use instead of the current one |
/// | `entry` | `false` | leaves out what is described in [Entries](#entries) |
/// | `crate` | `crate = my::cached_runtime` | where `cached_runtime` is, if it is renamed or re-exported |
///
/// Expressions see the arguments, before the body runs. Closures get a reference to the value and can't use arguments.
///
/// # Tags
///
/// A tag is a name that entries of any function share. `Cache::invalidate_tag("user:42")` makes all entries with that
/// tag outdated at once, in one command, however many there are: the next call of each runs its body. So do `tags` of
/// [`#[cache_invalidate]`](macro@cache_invalidate) and [`#[cache_put]`](macro@cache_put).
///
/// ```ignore
/// #[redis_cache(ttl = 300, skip(db), tags = ["users", "user:{id}", "team:{result.team}"])]
/// async fn get_user(db: &Db, id: u64) -> Result<User, Error> { .. }
///
/// cache.invalidate_tag("user:42").await?;
/// ```
///
/// Tags are string literals, at most 64 of them. What stands between braces is an argument or an expression over
/// arguments, and needs `Display`; skipped arguments can be used too, and then belong to the entry function. `{{` and
/// `}}` are braces. The tag is the text as `format!` would make it, so `invalidate_tag(&format!("user:{id}"))` meets
/// `"user:{id}"`.
///
/// A tag that mentions `result` is made from the value when it is stored, which is of use where the arguments don't
/// tell what it is about. `result` is a reference to what is cached: of a `Result` the `Ok`. Such a tag can't mention
/// arguments. If it is invalidated while the body runs, the value is not stored.
///
/// Tags are read in the same round trip as the entry. Whoever adds, removes or changes `tags` makes the entries that
/// are there outdated.
///
/// # Stale values
///
/// With `ttl` alone, the first call after it waits for the body. Three options, alone or together, spare calls that:
///
/// - `stale_while_revalidate = 60`: for a minute after `ttl`, calls get the stale value at once, and one refill runs in
///   the background, in a task of its own. The body takes its arguments along, so each of them has to be `Send + 'static`:
///   `String` instead of `&str`, `Arc<Db>` instead of `&Db`, `self: Arc<Self>` instead of `&self`. What the body holds while
///   it awaits has to be `Send`. It can't be used below `#[async_trait]`, whose futures end with the call, and a function
///   that calls itself has to do so by way of another that returns `Pin<Box<dyn Future<Output = T> + Send>>`.
/// - `stale_if_error = "1h"`: for an hour after `ttl`, a call refills, and if its body returns an `Err`, the call gets the
///   stale value. For functions that return a `Result`.
/// - `early_refresh = 1.0`: shortly before the end of `ttl`, now and then a call refills, the likelier the nearer the end and
///   the costlier the body, so that the other calls never see the end (XFetch; Vattani, Chierichetti and Lowenstein, VLDB
///   2015). More than 1.0 is earlier.
///
/// Both windows begin at the end of `ttl`, and the value stays in the store until the longer one is over. An invalidated
/// value is gone; it is not served as a stale one. The value's age comes from the store, by one more command in the same
/// round trip. None of the three goes with `sliding`, which leaves no age to tell, nor with `flight = "off"`.
///
/// # Values in the process
///
/// A hit in Redis costs 20 to 40 µs, even on the same machine: a round trip, and decoding. With `local`, the decoded value
/// is kept in the process, too, and a hit there costs some 40 ns.
///
/// ```ignore
/// #[redis_cache(ttl = "5m", local = "30s", skip(db))]
/// async fn get_user(db: &Db, id: u64) -> Result<Arc<User>, Error> { .. }
/// ```
///
/// What is cached has to be `Clone + Send + Sync + 'static`. Each hit gets a clone of it, so return an `Arc`: all hits share
/// the same one, and nothing is copied. (So what a caller does to a `Mutex` in it, later calls see: return what can't be
/// changed.) The first call of an entry runs the body (`Outcome::Miss`), the second reads the store and keeps what it read
/// (`Hit`), and from the third on the store is not asked (`LocalHit`).
///
/// | written | meaning |
/// |---|---|
/// | `local = "30s"`, `local(ttl = "30s")` | a value is kept for 30 s at most, and never for longer than it is fresh. Without a `ttl` in the parentheses: for as long as it is fresh |
/// | `local(max_size = 65536)` | a value that takes more than these bytes, decoded, as far as can be told, is not kept |
/// | `local(untracked = "1s")` | a value is kept for 1 s where Redis can't tell when it changes, too |
///
/// Nothing else has to be set. The memory for all functions of a cache is bounded by `CacheBuilder::local_bytes`, 64 MiB by
/// default, and by `local_entries`. `only_cached` and `observe` find what is kept; `bypass` and `refresh` don't look, and what
/// was kept before a `refresh` no longer counts. An `Entry` always asks the store.
///
/// **It weakens the promise about invalidations** for those of other caches, and for them only. Another `Cache` in this
/// process is as one in another process:
///
/// | who invalidates | when calls of this cache are no longer answered with the old value |
/// |---|---|
/// | this `Cache`, or a clone of it | when the invalidation has returned, as without `local` |
/// | another one, be it a `DEL` by another tool | when Redis has pushed the change: usually within a millisecond or so. Of `SWAPDB` it does not tell: then at the end of `local` |
/// | another one, while the connection is dead that Redis pushes by | one second after it went silent, at the latest; at once if it is closed |
///
/// Redis pushes by `CLIENT TRACKING`, over a connection of its own in RESP3. It is asked each 250 ms whether it lives. Where it
/// gives no answer, nothing is taken from the process until it does. So it is where the server has no RESP3, where the user lacks
/// the right to `client|tracking`, and with a `Store` of your own that does not tell of changes: then every call asks the store,
/// as without `local`.
///
/// `untracked` is the way to say that a value may be outdated: where Redis can't push, it is kept for that long all the same,
/// whatever others do meanwhile. Invalidations by this cache take effect before they return in this case as well.
///
/// # Shared fills
///
/// Of all calls that miss one entry at a time, one runs the body, and the others get its value. If the body fails, they get
/// its error where that is `Clone + Send + 'static`; else, each runs the body. If the call with the body is cancelled, or
/// panics, another one takes over.
///
/// A call is never answered with a value whose body began before an invalidation that had returned before the call began:
/// a fill that was under way can't undo it. `flight` gives up a part of both for fewer commands:
///
/// | `flight` | who shares a fill | commands of a miss | the promise about invalidations |
/// |---|---|---|---|
/// | `"cluster"` | the calls of all processes | read, take the slot, store; while another process fills, a read every 2 to 50 ms | holds |
/// | `"process"` | the calls of this process | read, store | but a fill can overwrite an invalidation; one of this process only in a race |
/// | `"off"` | nobody | read, store | but any fill can overwrite an invalidation |
///
/// A fill holds its slot for at most `lease`. Give it more than the body takes: after it another call may fill, and the
/// late result is returned and not stored. If a process dies in a fill, the others go on after `lease`, or after their own
/// `wait`. `wait = 0` is not to wait for other processes or calls at all. `lease` is for `flight = "cluster"`, and `wait` for all but `"off"`.
///
/// The compiler can't be asked whether an error is `'static`, so an error whose type mentions a lifetime or a type parameter
/// is not shared. The type parameter of an `impl` is known by its name, a single upper-case word such as `E`: with any other
/// name it has to be `'static`, if it is `Clone + Send`. Below `#[async_trait]`, an error's lifetime has to be written, be it
/// as `'_`.
///
/// # Entries
///
/// Beside a free function stands `get_user::entry(..)`, at the function's visibility. It takes the arguments that make
/// the key (and those that `tags`, `cache`, `ttl`, `none_ttl` or the windows of stale values mention) and returns the `Entry` of a call with them. It is a
/// function of an empty enum of the same name, so `use users::get_user` brings both.
///
/// Beside a method stands `Self::get_user_entry(..)`, if the method has a visibility, be it `pub(self)`: without one it may
/// belong to a trait's `impl`, where nothing can be added. It takes `&self` if the key uses `self`.
///
/// [`#[cache_invalidate]`](macro@cache_invalidate) and [`#[cache_put]`](macro@cache_put) name entries by calls of the
/// function, and use these.
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
    attributes::redis_cache(args.into(), &input.into()).into()
}

/// For a function that writes: when it has succeeded, the entries that it is about are empty, in all processes.
///
/// ```ignore
/// use cached_runtime::{cache_invalidate, redis_cache};
///
/// #[redis_cache(ttl = 300, skip(db), tags = ["team:{result.team}"])]
/// async fn get_user(db: &Db, id: u64) -> Result<User, Error> { .. }
///
/// #[cache_invalidate(get_user(id), list_users(), tags = ["team:{result.team}"])]
/// async fn rename_user(db: &Db, id: u64, name: &str) -> Result<User, Error> { .. }
/// ```
///
/// # Calls
///
/// A call stands for the entry of a cached function with these arguments; the function does not run. It takes what the
/// entry function takes: the arguments that make the key, without those that are skipped.
///
/// | written | entry of | made by |
/// |---|---|---|
/// | `get_user(id)`, `users::get_user(id)` | a free function | `get_user::entry(id)` |
/// | `Self::top()`, `Repo::get(id)`, `<Repo<T>>::get(id)` | a function of a type, known by its capital | `Repo::get_entry(id)` |
/// | `self.get(id)`, `self.repo.get(id)` | a method, whether its key uses `self` or not | a hidden method of the same visibility |
///
/// Type and const arguments are written behind the name, as in `list::<T>(id)`. A method needs an entry function, so it
/// can't be one of a trait; behind a dot it can't have a `#[cfg]` on the arguments that make its key. `#[cfg(..)]` may
/// stand before a call.
///
/// Arguments are expressions. They are evaluated before the body, which may still need them: `get_org(name.clone())`.
/// Where they mention `result`, they are evaluated after it.
///
/// `result` is a reference to what the function has returned, of a `Result` the content of `Ok`. The type decides and
/// not its spelling, as with `#[redis_cache]`. Beside `result`, what the body has not taken can be used: references,
/// and what is `Copy`.
///
/// # Options
///
/// | option | value | meaning |
/// |---|---|---|
/// | `tags` | `["users", "user:{id}"]` | all entries with these tags become outdated. Templates as in [`#[redis_cache]`](macro@redis_cache#tags), from the arguments or from `result` |
/// | `lease` | seconds, `"30s"`, or an expression of `Duration` | how long the marks stay if the process dies; 10 s by default |
/// | `cache` | an expression, such as `self.cache` | the `Cache` that the tags are in; it is the current one by default. Calls use that of their function |
/// | `crate` | `crate = my::cached_runtime` | where `cached_runtime` is, if it is renamed or re-exported |
///
/// # What is promised
///
/// - **Before the body** each entry and tag that is known by then is marked. While it is marked, other calls run their
///   bodies, after up to their `wait`, and what they return is not stored. Calls that the function itself makes don't wait.
/// - **After the body** the marks are taken away, and the entries are empty. When the function has returned, no later
///   call is answered with a value whose body began before that.
/// - **A crash** in between leaves the marks, until `lease` is over. So what was read before the database's commit
///   can't be stored, if the body takes no longer than `lease`.
/// - **Writers that overlap** each have a mark, and the entry stays marked until the last of them has returned.
/// - **`Err`, a panic, or a call that is dropped**: the body may have written or not, so the marks are taken away in
///   the background and the entries are empty. What mentions `result` is not touched, as there is none.
/// - **While Redis is away** the body runs all the same. This process remembers what to invalidate, and reads around it
///   until that is done.
///
/// What mentions `result` is known only after the body, so it has no mark before it: a crash between the database's
/// commit and the invalidation leaves it as it was, until its `ttl`. Where the arguments tell the same, use them.
///
/// # Where it can stand
///
/// Where [`#[redis_cache]`](macro@redis_cache) can: on any `async fn`, also in a `trait` or its `impl`, and below
/// `#[async_trait]`. The returned type needs a name, and nothing else. Several of these attributes stand above each
/// other, with `#[tracing::instrument]` among them; each wraps what is below it.
#[proc_macro_attribute]
pub fn cache_invalidate(args: TokenStream, input: TokenStream) -> TokenStream {
    attributes::write(Attribute::CacheInvalidate, args.into(), &input.into()).into()
}

/// For a function that writes: when it has succeeded, the entries of these calls hold what it returned.
///
/// ```ignore
/// use cached_runtime::{cache_put, redis_cache};
///
/// #[redis_cache(ttl = 300, skip(db))]
/// async fn get_user(db: &Db, id: u64) -> Result<Option<User>, Error> { .. }
///
/// #[cache_put(get_user(user.id), value = Some(result.clone()))]
/// async fn save_user(db: &Db, user: &User) -> Result<User, Error> { .. }
/// ```
///
/// Calls, `tags`, `lease`, `cache`, `crate` and `result` are those of [`#[cache_invalidate]`](macro@cache_invalidate).
/// One more option:
///
/// | option | value | meaning |
/// |---|---|---|
/// | `value` | an expression, such as `Some(result.clone())` | what the entries get, instead of what the function has returned. Evaluated after the body, once for each call |
///
/// The value has to be of the type that the cached function caches: of a `Result` the content of `Ok`. It is stored as
/// a fill would be, by that function's `ttl`, `cache_if`, `none_ttl` and so on; one that they don't let in leaves the
/// entry empty. `tags` are invalidated, for other entries that the write is about: an entry of these calls that has one
/// of them itself is emptied with the others.
///
/// A call can't mention `result` here: others that write the entry at the same time could not be seen. Put
/// `#[cache_invalidate(get_user(result.id))]` below this attribute for that.
///
/// # What is promised
///
/// All that [`#[cache_invalidate]`](macro@cache_invalidate#what-is-promised) promises. And:
///
/// - **Writers that overlap**, in any processes, leave the entry empty: nobody can tell from outside whose write the
///   database took last. So does a write that something else has invalidated meanwhile, and one that took longer than
///   `lease`.
/// - **`Err`, a panic, or a call that is dropped** stores nothing, and the entry is empty.
#[proc_macro_attribute]
pub fn cache_put(args: TokenStream, input: TokenStream) -> TokenStream {
    attributes::write(Attribute::CachePut, args.into(), &input.into()).into()
}

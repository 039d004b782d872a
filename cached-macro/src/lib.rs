//! The attributes of `cached-runtime`.
mod attr;
mod errors;
mod expand;
mod model;
mod nearest;
mod redis_cache;
mod tokens;

use proc_macro::TokenStream;

/// Memoizes an `async fn` in Redis.
#[proc_macro_attribute]
pub fn redis_cache(args: TokenStream, input: TokenStream) -> TokenStream {
    redis_cache::redis_cache(args.into(), &input.into()).into()
}

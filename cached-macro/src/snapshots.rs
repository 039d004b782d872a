//! What the main shapes become: compared with the snapshots in `tests/expand`, at the root of the workspace.
//!
//! `INSTA_UPDATE=always cargo test -p cached-macro` writes them anew; read the difference before you commit it.

use proc_macro2::TokenStream;
use quote::quote;

use crate::attr::Attribute;
use crate::attributes::{redis_cache, write};

/// Compares with the snapshot of this name.
fn check(name: &str, tokens: TokenStream) {
    let file = syn::parse2(tokens).expect("an expansion is a list of items");
    let settings = {
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path("../../tests/expand");
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings
    };
    settings.bind(|| insta::assert_snapshot!(name, prettyplease::unparse(&file)));
}

#[test]
fn free_function() {
    let item = quote! {
        /// Documented.
        #[must_use]
        pub async fn get_user(db: &SqlitePool, id: i64) -> sqlx::Result<Option<User>> {
            query(id).fetch_optional(db).await
        }
    };
    check("free_function", redis_cache(quote!(ttl = 300, prefix = "user", skip(db)), &item));
}

#[test]
fn method_with_self_in_a_template() {
    let args = quote!(ttl = self.ttl, key = "{self.tenant}:{id}", cache = self.cache);
    let method = quote! {
        pub(crate) async fn price(self: Arc<Self>, id: u32, trace: &str) -> Reply<Vec<Price>> {
            self.load(id, trace).await
        }
    };
    let tokens = redis_cache(args, &method);
    check("method_with_self_in_a_template", quote!(impl Shop { #tokens }));
}

#[test]
fn trait_method() {
    let method = quote! {
        async fn describe(&mut self, id: u32) -> String {
            self.text(id)
        }
    };
    let tokens = redis_cache(quote!(ttl = "1h30m", key(self.tenant(), id + 1)), &method);
    check("trait_method", quote!(trait Describe { #tokens }));
}

#[test]
fn generic() {
    let item = quote! {
        async fn find<'a, T, const N: usize>(what: &'a T, how: impl Find<T>) -> Reply<'_, Page<T, N>>
        where
            T: Model + 'a,
        {
            how.find(what)?
        }
    };
    check("generic", redis_cache(quote!(ttl = DAY), &item));
}

#[test]
fn boxed_by_async_trait() {
    let method = quote! {
        fn load<'life0, 'async_trait>(
            &'life0 self,
            id: u32,
        ) -> ::core::pin::Pin<Box<
            dyn ::core::future::Future<Output = Result<u32, Error>> + ::core::marker::Send + 'async_trait,
        >>
        where
            'life0: 'async_trait,
            Self: 'async_trait,
        {
            Box::pin(async move {
                let __self = self;
                __self.query(id).await
            })
        }
    };
    let tokens = redis_cache(quote!(ttl = 60, skip(self)), &method);
    check("boxed_by_async_trait", quote!(impl Load for Repo { #tokens }));
}

#[test]
fn destructured_and_conditional_arguments() {
    let item = quote! {
        #[cfg(feature = "geo")]
        async unsafe fn r#match(
            Point { x, y: mut height }: Point,
            #[cfg(unix)] mut r#type: &str,
            (ref a, _): (u8, Opaque),
            _: Db,
        ) {
            height += 1;
        }
    };
    check("destructured_and_conditional_arguments", redis_cache(quote!(ttl = 60), &item));
}

#[test]
fn every_option() {
    let args = quote! {
        ttl = |user| user.ttl(),
        prefix = "user",
        key(db.name(), id),
        skip(trace),
        version = 2,
        ttl_jitter = 0.1,
        none_ttl = "30s",
        cache_if = |user| user.is_some(),
        codec = crate::Packed,
        max_size = 65_536,
        cache = db.cache(),
        crate = my::cached_runtime,
    };
    let item = quote! {
        pub async fn find(db: &Db, id: i64, trace: Trace) -> Option<User> {
            db.find(id, trace).await
        }
    };
    check("every_option", redis_cache(args, &item));
}

#[test]
fn other_options() {
    let args = quote!(ttl = 60, sliding, cache_none = false, codec = Json, version = "b");
    let item = quote! {
        async fn find(id: i64) -> Result<Option<User>, Error> {
            #![allow(unused)]
            load(id).await
        }
    };
    check("other_options", redis_cache(args, &item));
}

#[test]
fn refilled_in_the_background() {
    let args = quote! {
        ttl = 60,
        stale_while_revalidate = self.window,
        stale_if_error = "1h",
        early_refresh = 1,
        lease = self.lease,
        wait = 0,
        key(self.tenant, id),
    };
    let method = quote! {
        pub async fn price(self: Arc<Self>, id: u32, (trace, _): (Trace, u8)) -> Result<u32, Error> {
            self.load(id, trace).await
        }
    };
    let tokens = redis_cache(args, &method);
    check("refilled_in_the_background", quote!(impl Shop { #tokens }));
}

#[test]
fn shared_in_the_process() {
    let item = quote! {
        async fn find<T: Find>(what: T) -> Result<u32, T::Error> {
            what.find().await
        }
    };
    let args = quote!(ttl = 60, flight = "process", wait = "250ms");
    check("shared_in_the_process", redis_cache(args, &item));
}

#[test]
fn kept_in_the_process() {
    let args = quote! {
        ttl = 60,
        local(ttl = span, max_size = 4_096, untracked = "1s"),
        none_ttl = 5,
        skip(span),
    };
    let item = quote! {
        pub async fn find(id: u64, span: Duration) -> Result<Option<Arc<User>>, Error> {
            load(id).await
        }
    };
    check("kept_in_the_process", redis_cache(args, &item));
}

#[test]
fn error_leaves_the_function_and_declares_the_companion() {
    let item = quote! {
        #[inline]
        pub async fn find(db: &Db, id: i64) -> Option<User> {
            db.find(id).await
        }
    };
    let args = quote!(ttl = "5", prefix = "", skip(db));
    check("error_leaves_the_function_and_declares_the_companion", redis_cache(args, &item));
}

#[test]
fn name_that_another_edition_keeps_for_itself() {
    let item = quote! {
        async fn gen(id: u8) -> Vec<u8> {
            vec![id]
        }
    };
    check("name_that_another_edition_keeps_for_itself", redis_cache(quote!(ttl = 60), &item));
}

#[test]
fn entry_left_out() {
    let method = quote! {
        pub async fn list(&self, page: u32) -> Page<Item> {
            self.page(page)
        }
    };
    let tokens = redis_cache(quote!(ttl = 60, skip(self), entry = false), &method);
    check("entry_left_out", quote!(impl<Item: Model> Repo<Item> { #tokens }));
}

#[test]
fn tagged() {
    let method = quote! {
        pub async fn get(&self, id: u64, trace: &str) -> Result<User, Error> {
            self.load(id, trace).await
        }
    };
    let args = quote! {
        ttl = 60,
        key(id),
        skip(self),
        tags = ["users", "user:{id}", "{self.tenant}/{trace}", "team:{result.team}"],
    };
    let tokens = redis_cache(args, &method);
    check("tagged", quote!(impl Repo { #tokens }));
}

#[test]
fn invalidates() {
    let method = quote! {
        #[instrument]
        pub async fn rename(&self, id: u64, name: &str) -> Result<User, Error> {
            #![allow(unused)]
            self.update(id, name).await
        }
    };
    let args = quote! {
        users::get_user(id),
        list::<User, 3>(0),
        Self::top(),
        <Repo<T> as Find>::find::<T>(id),
        self.repo.get::<T>(name),
        #[cfg(feature = "teams")]
        team(result.team),
        tags = ["users", "user:{id}", "team:{result.team}:{id}"],
        lease = "30s",
        cache = self.cache,
        crate = my::cached_runtime,
    };
    let tokens = write(Attribute::CacheInvalidate, args, &method);
    check("invalidates", quote!(impl Users { #tokens }));
}

#[test]
fn puts() {
    let item = quote! {
        async fn save(user: &User) -> Result<User, Error> {
            store(user).await
        }
    };
    let args = quote!(get_user(user.id), repo().get(user.id), value = Some(result.clone()));
    check("puts", write(Attribute::CachePut, args, &item));
}

#[test]
fn puts_what_is_returned_below_async_trait() {
    let method = quote! {
        fn save<'life0, 'async_trait>(
            &'life0 self,
            id: u32,
        ) -> Pin<Box<dyn Future<Output = User> + Send + 'async_trait>>
        where
            'life0: 'async_trait,
        {
            Box::pin(async move { self.store(id).await })
        }
    };
    let tokens = write(Attribute::CachePut, quote!(self.get(id)), &method);
    check("puts_what_is_returned_below_async_trait", quote!(impl Save for Repo { #tokens }));
}

#[test]
fn error_leaves_the_function_that_writes() {
    let item = quote! {
        pub async fn save(id: u32) -> u32 {
            store(id).await
        }
    };
    let args = quote!(get_user, result.get(id), lease = 0);
    check("error_leaves_the_function_that_writes", write(Attribute::CachePut, args, &item));
}

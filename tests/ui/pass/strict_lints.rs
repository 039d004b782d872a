//! Everything public is documented, and nothing is `unsafe`, as far as the compiler can see.
#![deny(missing_docs, warnings, unreachable_pub, unused_qualifications)]
#![forbid(unsafe_code, non_ascii_idents)]

/// What is cached.
pub mod users {
    use cached_runtime::{cache_invalidate, cache_put, redis_cache};

    /// A function.
    #[redis_cache(ttl = 60)]
    pub async fn find(id: u32) -> Option<u32> {
        id.checked_sub(1)
    }

    /// A function whose values are kept.
    #[redis_cache(ttl = 60, local(ttl = 30, max_size = 100, untracked = 1), tags = ["{id}"])]
    pub async fn keep(id: u32) -> Result<std::sync::Arc<u32>, String> {
        Ok(id.into())
    }

    /// A type.
    pub struct Repo;

    impl Repo {
        /// A method.
        #[redis_cache(ttl = 60, skip(self))]
        pub async fn find(&self, _id: u32) -> Result<(), String> {
            Ok(())
        }

        /// A method that writes.
        #[cache_invalidate(self.find(id), find(id), tags = ["{id}", "{result}"])]
        #[cache_put(Self::count(id), value = *result)]
        pub async fn write(&self, id: u32) -> Result<u32, String> {
            Ok(id)
        }

        /// A function of the type.
        #[redis_cache(ttl = 60, tags = ["{_id}", "{result}"])]
        pub async fn count(_id: u32) -> Result<u32, Box<Self>> {
            Ok(0)
        }
    }
}

fn main() {}

use cached_runtime::redis_cache;

mod search {
    #[derive(serde::Serialize, serde::Deserialize)]
    pub struct Result<T> {
        pub hits: Vec<T>,
    }
}

#[redis_cache(ttl = 300)]
async fn find(text: String) -> search::Result<usize> {
    search::Result { hits: vec![text.len()] }
}

fn main() {}

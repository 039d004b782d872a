use cached_runtime::redis_cache;

#[redis_cache(ttl = 300)]
async fn mismatched(id: u8) -> String {
    id
}

struct Failure;

#[redis_cache(ttl = 300)]
async fn question_mark(text: String) -> Result<u8, Failure> {
    Ok(text.parse::<u8>()?)
}

#[redis_cache(ttl = 300)]
async fn early_return(id: u8) -> Option<u8> {
    if id == 0 {
        return id;
    }
    Some(id)
}

fn main() {}

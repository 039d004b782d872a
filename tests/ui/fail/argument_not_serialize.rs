use std::collections::HashMap;

use cached_runtime::redis_cache;

struct Db;

#[redis_cache(ttl = 300)]
async fn plain(db: &Db, id: u8) -> u8 {
    let _ = db;
    id
}

#[redis_cache(ttl = 300)]
async fn in_a_type(db: HashMap<u8, Option<Db>>, id: u8) -> u8 {
    let _ = db;
    id
}

#[redis_cache(ttl = 300)]
async fn in_a_pattern((db, id): (Db, u8)) -> u8 {
    let _ = db;
    id
}

fn main() {}

use cached_runtime::redis_cache;

#[redis_cache(ttl = 300, skip = db)]
async fn expression(db: u8, id: u8) -> u8 {
    db + id
}

#[redis_cache(ttl = 300, skip = "db")]
async fn text(db: u8, id: u8) -> u8 {
    db + id
}

#[redis_cache(ttl = 300, skip)]
async fn flag(db: u8, id: u8) -> u8 {
    db + id
}

#[redis_cache(ttl = 300, skip())]
async fn empty(db: u8, id: u8) -> u8 {
    db + id
}

#[redis_cache(ttl = 300, skip("db", db.name))]
async fn no_names(db: u8, id: u8) -> u8 {
    db + id
}

fn main() {}

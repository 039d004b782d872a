use cached_runtime::redis_cache;

#[redis_cache(ttl = 300, skip(connexion))]
async fn near(connection: u8, id: u8) -> u8 {
    connection + id
}

#[redis_cache(ttl = 300, skip(logger))]
async fn far(db: u8, id: u8) -> u8 {
    db + id
}

#[redis_cache(ttl = 300, skip(db))]
async fn without_arguments() -> u8 {
    1
}

#[redis_cache(ttl = 300, skip(self))]
async fn without_self(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, skip(db, db))]
async fn twice(db: u8, id: u8) -> u8 {
    db + id
}

#[redis_cache(ttl = 300, skip(_))]
async fn underscore(_: u8, id: u8) -> u8 {
    id
}

fn main() {}

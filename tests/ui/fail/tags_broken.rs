use cached_runtime::redis_cache;

#[redis_cache(ttl = 300, tags = ["user:{id", "user:id}", "user:{}"])]
async fn braces(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, tags = ["user:{id:?}", "user:{fn}"])]
async fn no_expressions(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, tags = ["user:{ib}", "team:{team}"])]
async fn unknown_arguments(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, tags = ["user:{self.id}"])]
async fn no_self(id: u8) -> u8 {
    id
}

fn main() {}

use cached_runtime::redis_cache;

#[redis_cache(ttl = 300, local(tll = "5s", max_sise = 10, untraked = "1s"))]
async fn typing_errors(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, local(codec = Json))]
async fn of_the_whole(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, local("5s"))]
async fn no_name(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, local(ttl = ))]
async fn no_value(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, local(ttl: "5s"))]
async fn colon(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, local(ttl = "5s" max_size = 10))]
async fn no_comma(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, local(ttl = "5s", ttl = "6s"), local = "5s")]
async fn twice(id: u8) -> u8 {
    id
}

#[redis_cache(local(ttl = "5s"))]
async fn the_other_ttl(id: u8) -> u8 {
    id
}

fn main() {}

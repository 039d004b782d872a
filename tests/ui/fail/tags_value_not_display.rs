use cached_runtime::redis_cache;

#[redis_cache(ttl = 300, tags = ["ids", "ids:{ids}"])]
async fn of_an_argument(ids: Vec<u8>) -> u8 {
    ids.into_iter().sum()
}

#[redis_cache(ttl = 300, tags = ["all", "all:{result}"])]
async fn of_the_result(id: u8) -> Vec<u8> {
    vec![id]
}

#[redis_cache(ttl = 300, tags = ["all", "team:{result.team}"])]
async fn no_field(id: u8) -> Vec<u8> {
    vec![id]
}

fn main() {}

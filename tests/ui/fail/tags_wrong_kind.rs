use cached_runtime::redis_cache;

#[redis_cache(ttl = 300, tags)]
async fn alone(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, tags("users"))]
async fn in_parentheses(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, tags = "users")]
async fn no_list(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, tags = [])]
async fn nothing(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, tags = ["users", ""])]
async fn empty(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, tags = [users, 5, format!("user:{id}")])]
async fn no_texts(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, tags = ["users"], tags = ["user:{id}"])]
async fn given_twice(id: u8) -> u8 {
    id
}

#[redis_cache(ttl = 300, tags = ["users", "user:{id}", "users"])]
async fn named_twice(id: u8) -> u8 {
    id
}

fn main() {}

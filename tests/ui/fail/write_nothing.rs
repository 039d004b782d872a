use cached_runtime::{cache_invalidate, cache_put};

#[cache_invalidate]
async fn alone(id: u8) -> u8 {
    id
}

#[cache_invalidate(lease = 30)]
async fn only_options(id: u8) -> u8 {
    id
}

#[cache_put(tags = ["user:{id}"])]
async fn only_tags(id: u8) -> u8 {
    id
}

#[cache_put(get_user, tags = ["user:{id}"])]
async fn one_mistake(id: u8) -> u8 {
    id
}

fn main() {}

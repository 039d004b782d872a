use std::rc::Rc;

use cached_runtime::redis_cache;

#[redis_cache(ttl = 300, stale_while_revalidate = 60)]
async fn held(id: u8) -> u8 {
    let count = Rc::new(id);
    std::future::ready(()).await;
    *count
}

#[redis_cache(ttl = 300, stale_while_revalidate = 60)]
async fn recursive(id: u8) -> u8 {
    if id == 0 { 0 } else { Box::pin(recursive(id - 1)).await }
}

fn main() {}

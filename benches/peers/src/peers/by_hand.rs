//! What a user would write by hand: `GET`, and after a miss `SET`, over one connection, with `serde_json`.

use benches::Record;
use benches::bare::Bare;
use redis::RedisResult;
use tokio::sync::OnceCell;

use crate::body::{Who, body};

static CONNECTION: OnceCell<Bare> = OnceCell::const_new();

pub(crate) async fn record(id: u64) -> RedisResult<Record> {
    let mut connection =
        CONNECTION.get_or_init(|| Bare::connect(super::url().to_owned())).await.clone();
    let slot = format!("peers:by-hand:{id}");
    if let Some(record) = connection.try_get(&slot).await? {
        return Ok(record);
    }
    let record = body(Who::ByHand, id).await;
    connection.try_set(&slot, &record).await?;
    Ok(record)
}

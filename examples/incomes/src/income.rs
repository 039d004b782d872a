//! The memoized function.

use cached_runtime::redis_cache;
use serde::{Deserialize, Serialize};
use sqlx::{FromRow, SqlitePool};

/// One payment to a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow)]
pub(crate) struct Income {
    pub(crate) id: i64,
    pub(crate) user_id: i64,
    pub(crate) cents: i64,
    pub(crate) source: String,
    pub(crate) received_on: String,
}

/// All incomes of a user, the latest first. The pool is no part of what is asked, so it is skipped.
#[redis_cache(ttl = 180, prefix = "incomes", skip(db))]
pub(crate) async fn get_all_incomes_from_db(
    db: &SqlitePool,
    user_id: i64,
) -> sqlx::Result<Vec<Income>> {
    sqlx::query_as("SELECT * FROM incomes WHERE user_id = ? ORDER BY received_on DESC, id")
        .bind(user_id)
        .fetch_all(db)
        .await
}

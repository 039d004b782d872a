//! The database: a file of its own for each run, with the same incomes every time.

use std::path::PathBuf;
use std::time::Instant;
use std::{env, fs, io, process};

use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

const USERS: u32 = 2_000;

const INCOMES: u32 = 200_000;

const SCHEMA: &str = "
CREATE TABLE incomes (
    id INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL,
    cents INTEGER NOT NULL,
    source TEXT NOT NULL,
    received_on TEXT NOT NULL
)";

/// Made by SQLite itself, in one statement and so in one transaction. The multipliers are primes:
/// they scatter users, amounts and days over the table.
const ROWS: &str = "
WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < ?1)
INSERT INTO incomes
SELECT
    n,
    1 + n * 7919 % ?2,
    100 + n * 104729 % 500000,
    'employer ' || (n * 31 % 97),
    date('2020-01-01', (n * 15485863 % 2000) || ' days')
FROM number";

const INDEX: &str = "CREATE INDEX incomes_of_user ON incomes (user_id)";

/// The database, and its file, which is removed on drop.
pub(crate) struct Database {
    pub(crate) pool: SqlitePool,
    _file: File,
}

impl Database {
    /// Creates the file and fills it.
    pub(crate) async fn create() -> sqlx::Result<Self> {
        let start = Instant::now();
        let file = File::new()?;
        // Nothing is lost with this file, so nothing waits for the disk.
        let options = SqliteConnectOptions::new()
            .filename(&file.0)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Off)
            .synchronous(SqliteSynchronous::Off);
        let pool = SqlitePoolOptions::new().max_connections(8).connect_with(options).await?;
        sqlx::query(SCHEMA).execute(&pool).await?;
        sqlx::query(ROWS).bind(INCOMES).bind(USERS).execute(&pool).await?;
        sqlx::query(INDEX).execute(&pool).await?;
        println!("SQLite: {INCOMES} incomes of {USERS} users, made in {:.1?}", start.elapsed());
        Ok(Self { pool, _file: file })
    }

    /// The id of each user, with the sum of their incomes in cents.
    pub(crate) async fn sums(&self) -> sqlx::Result<Vec<(i64, i64)>> {
        sqlx::query_as("SELECT user_id, SUM(cents) FROM incomes GROUP BY user_id ORDER BY user_id")
            .fetch_all(&self.pool)
            .await
    }
}

/// A path in a directory of its own.
struct File(PathBuf);

impl File {
    fn new() -> io::Result<Self> {
        let dir = env::temp_dir().join(format!("incomes-{}", process::id()));
        fs::create_dir_all(&dir)?;
        Ok(Self(dir.join("incomes.sqlite")))
    }
}

impl Drop for File {
    fn drop(&mut self) {
        if let Some(dir) = self.0.parent() {
            // What stays behind is in the temporary directory of the system.
            let _ = fs::remove_dir_all(dir);
        }
    }
}

//! Threads that read what others write, with nothing around their calls: no call is answered with what was written over
//! before it began.

use std::sync::Arc;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use cached_runtime::{Cache, bypass, cache_invalidate, cache_put, redis_cache, refresh};
use tokio::task::JoinSet;

use super::bare::{ALONE, CACHE};
use crate::world::Database;

#[derive(Default)]
struct Row {
    db: Database,
    /// What has been written, and invalidated.
    settled: AtomicU32,
}

#[redis_cache(ttl = 3600, local = 3600, skip(row))]
async fn plain(row: &Row, id: u64) -> u32 {
    let _ = id;
    row.db.read().await
}

#[redis_cache(ttl = 3600, local = 3600, skip(row), key = "row:{id}", tags = ["row:{id}"])]
async fn tagged(row: &Row, id: u64) -> Arc<u32> {
    Arc::new(row.db.read().await)
}

#[cache_invalidate(plain(id), tagged(id))]
async fn write(row: &Row, id: u64, new: u32) {
    row.db.set(new);
}

#[cache_put(plain(id))]
async fn put(row: &Row, id: u64, new: u32) -> u32 {
    row.db.set(new);
    new
}

/// Reads in one way of many.
async fn read(row: &Row, id: u64) -> u32 {
    match fastrand::u8(..16) {
        0 => bypass(plain(row, id)).await,
        1 => CACHE.scope(plain(row, id)).await,
        2 => refresh(async { *tagged(row, id).await }).await,
        3..10 => plain(row, id).await,
        _ => *tagged(row, id).await,
    }
}

async fn write_once(row: &Row, id: u64, new: u32) {
    if new.is_multiple_of(2) {
        write(row, id, new).await;
    } else {
        put(row, id, new).await;
        CACHE.invalidate_tag(&format!("row:{id}")).await.unwrap();
    }
    row.settled.store(new, Ordering::SeqCst);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nobody_reads_what_was_written_over() {
    const ROWS: usize = 8;
    let _alone = ALONE.lock().await;
    LazyLock::force(&CACHE);
    let rows: Arc<[Row; ROWS]> = Arc::default();
    let mut readers = JoinSet::new();
    for _ in 0..8 {
        let rows = Arc::clone(&rows);
        readers.spawn(async move {
            for _ in 0..20_000 {
                let id = fastrand::usize(..ROWS);
                let settled = rows[id].settled.load(Ordering::SeqCst);
                let seen = read(&rows[id], id as u64).await;
                assert!(seen >= settled, "row {id}: {seen} after {settled}");
            }
        });
    }
    // Others that are gone in the middle of it.
    let passers_by = tokio::spawn({
        let rows = Arc::clone(&rows);
        async move {
            loop {
                let rows = Arc::clone(&rows);
                let reads = async move {
                    let reads = async { while read(&rows[0], 0).await < u32::MAX {} };
                    Cache::disabled().scope(reads).await;
                };
                let task = tokio::spawn(reads);
                tokio::task::yield_now().await;
                task.abort();
            }
        }
    });
    let writer = tokio::spawn({
        let rows = Arc::clone(&rows);
        async move {
            for new in 1.. {
                for (id, row) in rows.iter().enumerate() {
                    write_once(row, id as u64, new).await;
                }
                tokio::task::yield_now().await;
            }
        }
    });
    while let Some(reader) = readers.join_next().await {
        reader.unwrap();
    }
    writer.abort();
    passers_by.abort();
    assert!(rows.iter().all(|row| row.settled.load(Ordering::SeqCst) > 20));
}

//! One of several workers at a time, and a late one that does no harm.
//!
//! `cargo run --example lock` needs nothing else: the lock is in this process. With
//! `REDIS_URL=redis://127.0.0.1/` it is in that Redis, and holds for every process that uses it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use cached_runtime::{Cache, Error};
use tokio::time::sleep;

/// How long a lock is held if its holder dies. While it lives, `run` renews it.
const TTL: Duration = Duration::from_millis(300);

/// The pretend database: one row, with the fence of whoever wrote to it last.
#[derive(Default)]
struct Account {
    balance: u64,
    fence: u64,
}

impl Account {
    /// `UPDATE accounts SET balance = $1, fence = $2 WHERE fence <= $2`: whether a row was updated.
    fn update(&mut self, balance: u64, fence: u64) -> bool {
        let is_in_time = self.fence <= fence;
        if is_in_time {
            *self = Self { balance, fence };
        }
        is_in_time
    }
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let account = Arc::new(Mutex::new(Account::default()));

    println!(
        "-- five workers read, think, and write: one after the other, so that no payment is lost"
    );
    let workers = (1..=5).map(|worker| tokio::spawn(pay(worker, Arc::clone(&account))));
    for worker in workers.collect::<Vec<_>>() {
        worker.await.expect("no worker panics")?;
    }
    println!("balance: {}", account.lock().expect("no worker panics").balance);

    println!("-- one is stopped for longer than its lock lasts, and another takes its place");
    let cache = Cache::current();
    let late = cache.lock("account:7", TTL).await?;
    sleep(TTL).await; // no `run`, so nobody renews it
    let next = cache.lock("account:7", TTL).wait(Duration::from_secs(5)).await?;
    let mut account = account.lock().expect("no worker panics");
    println!("the next one writes: {}", account.update(60, next.fence()));
    println!("the late one writes: {}", account.update(10, late.fence()));
    Ok(())
}

/// Adds ten to the balance, in two steps that another worker must not come between.
async fn pay(worker: u32, account: Arc<Mutex<Account>>) -> Result<(), Error> {
    let lock = Cache::current().lock("account:7", TTL).wait(Duration::from_secs(10)).await?;
    let work = async {
        let balance = account.lock().expect("no worker panics").balance;
        sleep(Duration::from_millis(50)).await;
        account.lock().expect("no worker panics").update(balance + 10, lock.fence())
    };
    // An error if the lock is lost half-way: `work` is dropped where it waits.
    let wrote = lock.run(work).await?;
    println!("worker {worker} paid: {wrote}");
    lock.release().await?;
    Ok(())
}

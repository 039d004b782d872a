//! Where the entries are: the Redis of `REDIS_URL`, or a server of our own.

use std::env;
use std::error::Error;
use std::process::{Command, Stdio};

use cached_runtime::Cache;
use support::RedisServer;

/// Makes a cache in a server of our own the default of this process.
pub(crate) async fn own_server() -> Result<RedisServer, Box<dyn Error>> {
    let version = Command::new("redis-server").arg("--version").stdout(Stdio::null()).status();
    if version.is_err() {
        return Err("redis-server is not installed: install it (on Debian and Ubuntu with \
            `apt-get install redis-server`), or set REDIS_URL to a server that runs"
            .into());
    }
    let server = RedisServer::start().await;
    Cache::builder().redis(server.url()).namespace("incomes-example").build()?.install()?;
    println!("Redis: a server of our own at {}", server.addr());
    Ok(server)
}

/// The server of `REDIS_URL`, which the library uses by itself, or else one of our own, which lives
/// as long as what is returned.
pub(crate) async fn any_server() -> Result<Option<RedisServer>, Box<dyn Error>> {
    if !is_given() {
        return own_server().await.map(Some);
    }
    println!("Redis: that of REDIS_URL");
    let removed = Cache::current().invalidate_prefix("incomes").await?;
    if removed > 0 {
        println!("{removed} entries of an earlier run removed");
    }
    Ok(None)
}

/// Whether there is a `REDIS_URL`.
pub(crate) fn is_given() -> bool {
    env::var_os("REDIS_URL").is_some_and(|url| !url.is_empty())
}

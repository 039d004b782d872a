//! Contended entries, while all goes well, and while it does not.

use std::env;
use std::time::Duration;

use support::RedisServer;
use tokio::sync::Mutex;
use tokio::time::sleep;

use crate::fleet::Fleet;

/// One test at a time: they measure times on a machine of few processors.
pub(crate) static TURN: Mutex<()> = Mutex::const_new(());

/// What another process has written is seen after that, on a machine with a processor to spare.
const SEEN: Duration = Duration::from_millis(2);

/// Entries that both processes together keep at least: else nothing was shown.
const KEPT: u64 = 200;

#[tokio::test]
async fn writes() {
    let _turn = TURN.lock().await;
    let mut fleet = Fleet::start(RedisServer::start().await).await;
    for _ in 0..if is_strict() { 5 } else { 1 } {
        round(&mut fleet, "writes", KEPT, async |_| ()).await;
    }
}

#[tokio::test]
async fn emptied_now_and_then() {
    let _turn = TURN.lock().await;
    let mut fleet = Fleet::start(RedisServer::start().await).await;
    round(&mut fleet, "FLUSHDB", KEPT, async |fleet| {
        fleet.server.command(&["FLUSHDB"]).await;
    })
    .await;
}

#[tokio::test]
async fn connections_that_are_killed() {
    let _turn = TURN.lock().await;
    let mut fleet = Fleet::start(RedisServer::start().await).await;
    let mut killed = 0;
    round(&mut fleet, "CLIENT KILL", KEPT, async |fleet| {
        killed += fleet.kill_trackers().await;
        if killed > 2 {
            // Those of all other commands as well.
            fleet.server.command(&["CLIENT", "KILL", "TYPE", "normal"]).await;
        }
    })
    .await;
    assert!(killed >= 2, "{killed} connections were killed");
}

#[tokio::test]
async fn a_server_that_forgets() {
    let _turn = TURN.lock().await;
    let forgetful = RedisServer::builder().args(&["--tracking-table-max-keys", "100"]);
    let mut fleet = Fleet::start(forgetful.start().await).await;
    // It soon tells of whatever is read, so next to nothing stays.
    round(&mut fleet, "100 keys tracked", 0, async |_| ()).await;
}

/// Writes and reads in all processes, disturbed now and then, and checks.
async fn round(fleet: &mut Fleet, name: &str, kept: u64, mut disturb: impl AsyncFnMut(&Fleet)) {
    // What is read twice is kept.
    check(fleet).await;
    check(fleet).await;
    let mut writes = write(fleet, 4, &mut disturb).await;
    sleep(SEEN).await;
    let soon = check(fleet).await;
    assert_eq!(soon.stale, 0, "from the store: {name}");
    check(fleet).await;
    writes += write(fleet, 2, &mut async |_| ()).await;
    mark(fleet).await;
    let sure = check(fleet).await;
    println!(
        "{name}: {writes} writes among {} reads; stale 2 ms after the last: {} of {} kept values, read within {:?}; \
         stale when all was told: {} of {}",
        soon.reads + sure.reads,
        soon.stale_local,
        soon.local,
        soon.took,
        sure.stale_local,
        sure.local
    );
    assert_eq!((sure.stale_local, sure.stale), (0, 0), "{name}");
    assert!(sure.local >= kept, "{name}: only {} values were kept", sure.local);
    assert!(!is_strict() || soon.stale_local == 0, "{name}: not within {SEEN:?}");
}

fn is_strict() -> bool {
    env::var_os("COHERENCE_STRICT").is_some()
}

/// Has all processes read and write for some beats, and is disturbed between them. All writes are acknowledged then; how
/// many there were.
async fn write(fleet: &mut Fleet, beats: u32, disturb: &mut impl AsyncFnMut(&Fleet)) -> u64 {
    const BEAT: Duration = Duration::from_millis(200);
    fleet.tell_all("begin");
    sleep(BEAT).await;
    for _ in 1..beats {
        disturb(fleet).await;
        sleep(BEAT).await;
    }
    fleet.tell_all("settle");
    let settled = fleet.hear_all("settled").await;
    settled.iter().map(|line| line.number("writes")).sum()
}

/// Waits until all processes have been told of all that was written before.
async fn mark(fleet: &mut Fleet) {
    let value = fastrand::u64(1..);
    fleet.tell_first(&format!("mark {value}"));
    fleet.hear_first("marked").await;
    fleet.tell_all(&format!("see {value}"));
    fleet.hear_all("seen").await;
}

/// Of all processes together.
struct Checked {
    reads: u64,
    /// Values that were kept in the process.
    local: u64,
    stale_local: u64,
    /// Stale ones from elsewhere.
    stale: u64,
    /// When the last of those that were kept was read.
    took: Duration,
}

async fn check(fleet: &mut Fleet) -> Checked {
    fleet.tell_all("check");
    let lines = fleet.hear_all("checked").await;
    let sum = |name| lines.iter().map(|line| line.number(name)).sum();
    let micros = lines.iter().map(|line| line.number("micros")).max().unwrap_or_default();
    Checked {
        reads: sum("reads"),
        local: sum("local"),
        stale_local: sum("stale_local"),
        stale: sum("stale"),
        took: Duration::from_micros(micros),
    }
}

//! What tells of changes hangs: then a process serves what it keeps for at most the detection time, and from then on what
//! is in the store.

use std::time::Duration;

use support::{Action, RedisServer, eventually};

use crate::fleet::Fleet;
use crate::functions::ENTRIES;
use crate::rounds::TURN;

/// As it is documented.
const DETECTION: Duration = Duration::from_secs(1);

/// What a busy machine may add to what is measured and not promised.
const NOISE: Duration = Duration::from_secs(2);

/// One with a tag.
const ENTRY: u64 = ENTRIES - 1;

const SOON: Duration = Duration::from_secs(10);

#[tokio::test]
async fn a_connection_that_hangs_is_found_out() {
    let _turn = TURN.lock().await;
    let mut fleet = Fleet::start(RedisServer::start().await).await;
    fleet.tell_last(&format!("follow {ENTRY} 0"));
    for word in ["following", "new", "followed"] {
        fleet.hear_last(word).await;
    }
    stall(&fleet).await;
    fleet.tell_last(&format!("follow {ENTRY} 1"));
    fleet.hear_last("following").await;
    fleet.tell_first(&format!("change {ENTRY} 1"));
    let changed = fleet.hear_first("changed").await.number("at");
    let new = fleet.hear_last("new").await.number("at");
    fleet.proxy.pass();
    let followed = fleet.hear_last("followed").await;
    let since = |at: u64| Duration::from_micros(at.saturating_sub(changed));
    let (stale, off) = (since(followed.number("old_local")), since(new));
    let kept = since(followed.number("at"));
    println!(
        "stalled: stale for {stale:?}, answered anew after {off:?}, kept again after {kept:?}"
    );
    assert!(!stale.is_zero(), "what hangs tells of nothing");
    assert!(stale <= DETECTION, "stale for {stale:?}");
    assert!(off <= DETECTION + NOISE, "off after {off:?}");
    assert_eq!(since(followed.number("old")), Duration::ZERO, "from the store");
}

/// Lets the connection hang at the next question whether all has been told. There is no other one until it passes again.
async fn stall(fleet: &Fleet) {
    let asked = || fleet.proxy.commands().get("HELLO").copied().unwrap_or(0);
    let before = asked();
    fleet.proxy.every("HELLO", Action::Hang);
    eventually(SOON, || async { asked() > before }).await;
}

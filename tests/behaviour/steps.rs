//! Each step of a store, on every store, as a fill uses them: through `dyn Store`.

use std::sync::Arc;
use std::time::Duration;

use cached_runtime::{Bytes, Cache, MemoryStore, Outcome, RedisStore, Store, observe, redis_cache};
use support::{Action, Proxy, RedisServer, eventually};
use tokio::task::JoinSet;

use crate::basic::{MINUTE, PATIENCE, bytes, open};

/// A slot as the key of an entry names it.
const SLOT: &str = "cached:user:get_user:1";

/// A lease, and two values with marks, as `docs/protocol.md` has them.
const LEASE: &[u8] = b"\x02\x01\0\r\n%s\xff\"\\]]\0 token.";
const MARKED: &[u8] = b"\x01\x01\x01mark-of-16-bytes\x04json{\"id\":1}";
const START: &[u8] = b"\x01\x01\x01mark-of-16-bytes";

fn about(left: Duration, expected: Duration) -> bool {
    left <= expected && left + PATIENCE > expected
}

macro_rules! on_both_stores {
    ($(async fn $name:ident($store:ident) $body:block)*) => {$(
        mod $name {
            use super::*;

            async fn test($store: Arc<dyn Store>) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn memory() {
                test(Arc::new(MemoryStore::default())).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn redis() {
                let server = RedisServer::start().await;
                test(Arc::new(open(server.url()))).await;
            }
        }
    )*};
}

on_both_stores! {
    async fn an_empty_slot_begins_with_nothing(store) {
        assert_eq!(store.get_with_ttl(SLOT).await.unwrap(), None);
        assert_eq!(store.get_and_renew(SLOT, MINUTE).await.unwrap(), None);
        assert!(!store.set_if_starts(SLOT, b"1", bytes(b"1"), MINUTE).await.unwrap());
        assert!(!store.delete_if_starts(SLOT, b"1").await.unwrap());
        assert_eq!(store.get(SLOT).await.unwrap(), None);
    }

    async fn only_an_empty_slot_is_taken(store) {
        assert_eq!(store.set_if_absent(SLOT, bytes(LEASE), MINUTE).await.unwrap(), None);
        assert_eq!(store.get(SLOT).await.unwrap().unwrap(), LEASE);
        let found = store.set_if_absent(SLOT, bytes(b"other"), MINUTE * 9).await.unwrap();
        assert_eq!(found.unwrap(), LEASE);
        let (found, left) = store.get_with_ttl(SLOT).await.unwrap().unwrap();
        assert_eq!(found, LEASE, "what was there is still there");
        assert!(about(left, MINUTE), "and for as long as before: {left:?}");
        store.delete(SLOT).await.unwrap();
        assert_eq!(store.set_if_absent(SLOT, bytes(b"other"), MINUTE).await.unwrap(), None);
    }

    async fn a_slot_with_nothing_in_it_is_not_an_empty_slot(store) {
        store.set(SLOT, Bytes::new(), MINUTE).await.unwrap();
        assert_eq!(store.set_if_absent(SLOT, bytes(b"1"), MINUTE).await.unwrap().unwrap(), "");
        assert!(!store.set_if_starts(SLOT, b"1", bytes(b"1"), MINUTE).await.unwrap());
        assert_eq!(store.get_with_ttl(SLOT).await.unwrap().unwrap().0, "");
    }

    async fn a_slot_is_written_or_emptied_only_by_its_start(store) {
        let longer = [LEASE, b"1"].concat();
        let other = [&LEASE[..17], b"?"].concat();
        for (content, start, fits) in [
            (LEASE, LEASE, true),
            (MARKED, START, true),
            (MARKED, &MARKED[..1], true),
            (LEASE, &*longer, false),
            (LEASE, &*other, false),
            (LEASE, START, false),
            (MARKED, &MARKED[1..], false),
            (b"\0", b"\0", true),
            (b"\0", b"\0\0", false),
            (b"7", b"07", false),
            (b"7.0", b"7", true),
        ] {
            let case = format!("{content:?} by {start:?}");
            store.set(SLOT, bytes(content), MINUTE).await.unwrap();
            let new = bytes(b"\xff\0new");
            let set = store.set_if_starts(SLOT, start, new.clone(), MINUTE * 9).await.unwrap();
            assert_eq!(set, fits, "{case}");
            let (found, left) = store.get_with_ttl(SLOT).await.unwrap().unwrap();
            assert_eq!(found, if fits { new } else { bytes(content) }, "{case}");
            assert!(about(left, if fits { MINUTE * 9 } else { MINUTE }), "{case}: {left:?}");

            store.set(SLOT, bytes(content), MINUTE).await.unwrap();
            assert_eq!(store.delete_if_starts(SLOT, start).await.unwrap(), fits, "{case}");
            assert_eq!(store.get(SLOT).await.unwrap().is_none(), fits, "{case}");
        }
    }

    async fn large_values_go_where_small_leases_were(store) {
        let value = bytes(&vec![0xFE; 1024 * 1024]);
        store.set_if_absent(SLOT, bytes(LEASE), MINUTE).await.unwrap();
        assert!(store.set_if_starts(SLOT, LEASE, value.clone(), MINUTE).await.unwrap());
        assert_eq!(store.get_with_ttl(SLOT).await.unwrap().unwrap().0, value);
        assert_eq!(store.set_if_absent(SLOT, value.clone(), MINUTE).await.unwrap(), Some(value));
    }

    async fn reading_renews_a_value_and_never_a_lease(store) {
        for (content, renews) in [(LEASE, false), (MARKED, true), (b"2", true), (b"", true)] {
            store.set(SLOT, bytes(content), MINUTE).await.unwrap();
            let found = store.get_and_renew(SLOT, MINUTE * 9).await.unwrap();
            assert_eq!(found.unwrap(), content);
            let left = store.ttl(SLOT).await.unwrap().unwrap();
            assert!(about(left, if renews { MINUTE * 9 } else { MINUTE }), "{content:?}: {left:?}");
        }
    }

    async fn what_is_over_is_gone_for_every_step(store) {
        for step in 0..4 {
            store.set(SLOT, bytes(b"1"), Duration::from_millis(1)).await.unwrap();
            eventually(PATIENCE, || async {
                match step {
                    0 => store.get_with_ttl(SLOT).await.unwrap().is_none(),
                    1 => !store.delete_if_starts(SLOT, b"x").await.unwrap()
                        && store.get(SLOT).await.unwrap().is_none(),
                    2 => store.set_if_absent(SLOT, bytes(b"2"), MINUTE).await.unwrap().is_none(),
                    _ => !store
                        .set_if_starts(SLOT, b"1", bytes(b"1"), Duration::from_millis(1))
                        .await
                        .unwrap(),
                }
            })
            .await;
            let left = store.get(SLOT).await.unwrap();
            assert_eq!(left, (step == 2).then(|| bytes(b"2")), "step {step}");
            store.delete(SLOT).await.unwrap();
        }
    }

    async fn the_longest_times_are_taken_as_they_are(store) {
        const CENTURY: Duration = Duration::from_secs(100 * 365 * 24 * 3600);
        for step in 0..4 {
            match step {
                0 => store.set(SLOT, bytes(b"1"), Duration::MAX).await.unwrap(),
                1 => assert!(
                    store.set_if_starts(SLOT, b"1", bytes(b"1"), Duration::MAX).await.unwrap()
                ),
                2 => drop(store.get_and_renew(SLOT, Duration::MAX).await.unwrap().unwrap()),
                _ => assert_eq!(
                    store.set_if_absent(SLOT, bytes(b"1"), Duration::MAX).await.unwrap(),
                    None
                ),
            }
            let (_, left) = store.get_with_ttl(SLOT).await.unwrap().expect("it is there");
            assert!(left > CENTURY, "step {step}: {left:?}");
            if step == 2 {
                store.delete(SLOT).await.unwrap();
            }
        }
    }

    async fn of_a_hundred_one_takes_the_slot_and_one_the_next(store) {
        // All of one length: none begins another.
        let name = |task: usize| bytes(format!("lease of {task:03}").as_bytes());
        for round in 0..10 {
            let slot = format!("{SLOT}:{round}");
            let mut tasks = JoinSet::new();
            for task in 0..100 {
                let (store, slot) = (Arc::clone(&store), slot.clone());
                tasks.spawn(async move {
                    (task, store.set_if_absent(&slot, name(task), MINUTE).await.unwrap())
                });
            }
            let (won, lost): (Vec<_>, Vec<_>) =
                tasks.join_all().await.into_iter().partition(|(_, found)| found.is_none());
            let [(winner, None)] = won[..] else { panic!("{} winners", won.len()) };
            assert!(lost.iter().all(|(_, found)| *found == Some(name(winner))));

            let mut tasks = JoinSet::new();
            for task in 100..200 {
                let (store, slot) = (Arc::clone(&store), slot.clone());
                tasks.spawn(async move {
                    let old = name(winner);
                    match task % 2 {
                        0 => store.delete_if_starts(&slot, &old).await.unwrap(),
                        _ => store.set_if_starts(&slot, &old, name(task), MINUTE).await.unwrap(),
                    }
                });
            }
            let done = tasks.join_all().await.into_iter().filter(|done| *done).count();
            assert_eq!(done, 1, "the old lease, of {winner}, was there for one of them");
        }
    }
}

#[tokio::test]
async fn what_is_no_string_is_a_miss_and_is_replaced_by_a_lease() {
    let server = RedisServer::start().await;
    let store: &dyn Store = &open(server.url());
    for list in [&["RPUSH", SLOT, "1"][..], &["HSET", SLOT, "1", "1"], &["SADD", SLOT, "1"]] {
        server.command(list).await;
        assert_eq!(store.get_with_ttl(SLOT).await.unwrap(), None);
        assert_eq!(store.get_and_renew(SLOT, MINUTE).await.unwrap(), None);
        assert!(!store.set_if_starts(SLOT, b"1", bytes(b"1"), MINUTE).await.unwrap());
        assert!(!store.delete_if_starts(SLOT, b"1").await.unwrap());
        assert_eq!(server.command(&["EXISTS", SLOT]).await.text(), "1");
        let before = server.commands().await;
        assert_eq!(store.set_if_absent(SLOT, bytes(LEASE), MINUTE).await.unwrap(), None);
        let made = server.commands().await.since(&before);
        assert_eq!(made, [("set", 2), ("unlink", 1)].into_iter().collect());
        assert_eq!(store.get(SLOT).await.unwrap().unwrap(), LEASE);
        store.delete(SLOT).await.unwrap();
    }
}

#[tokio::test]
async fn a_value_that_others_wrote_without_an_end_has_none() {
    let server = RedisServer::start().await;
    let store: &dyn Store = &open(server.url());
    server.command(&["SET", SLOT, "1"]).await;
    assert_eq!(store.get_with_ttl(SLOT).await.unwrap(), Some((bytes(b"1"), Duration::MAX)));
}

#[tokio::test]
async fn the_commands_of_each_step() {
    let server = RedisServer::start().await;
    let store: &dyn Store = &open(server.url());
    // The connection and the scripts are there.
    store.set_if_starts(SLOT, LEASE, bytes(LEASE), MINUTE).await.unwrap();
    store.set_if_starts(SLOT, LEASE, bytes(b"1"), MINUTE).await.unwrap();
    store.delete_if_starts(SLOT, LEASE).await.unwrap();
    let mut before = server.commands().await;
    let mut count = async |step: &str, expected: &[(&'static str, u64)]| {
        let now = server.commands().await;
        assert_eq!(now.since(&before), expected.iter().copied().collect(), "{step}");
        before = now;
    };
    store.get_with_ttl(SLOT).await.unwrap();
    count("get_with_ttl of nothing", &[("pttl", 1), ("get", 1)]).await;
    store.set_if_absent(SLOT, bytes(LEASE), MINUTE).await.unwrap();
    count("set_if_absent", &[("set", 1)]).await;
    store.set_if_absent(SLOT, bytes(LEASE), MINUTE).await.unwrap();
    count("set_if_absent of a lease", &[("set", 1)]).await;
    store.get_with_ttl(SLOT).await.unwrap();
    count("get_with_ttl", &[("pttl", 1), ("get", 1)]).await;
    // What a script calls is counted beside it.
    store.set_if_starts(SLOT, START, bytes(MARKED), MINUTE).await.unwrap();
    count("set_if_starts of another", &[("evalsha", 1), ("getrange", 1)]).await;
    store.set_if_starts(SLOT, LEASE, bytes(MARKED), MINUTE).await.unwrap();
    count("set_if_starts", &[("evalsha", 1), ("getrange", 1), ("set", 1)]).await;
    store.delete_if_starts(SLOT, LEASE).await.unwrap();
    count("delete_if_starts of another", &[("evalsha", 1), ("getrange", 1)]).await;
    store.delete_if_starts(SLOT, START).await.unwrap();
    count("delete_if_starts", &[("evalsha", 1), ("getrange", 1), ("unlink", 1)]).await;
    store.lock(SLOT, "cached%fence:a", LEASE, MINUTE).await.unwrap().unwrap();
    // Its script is new to the server.
    let first = [("evalsha", 1), ("eval", 1), ("pttl", 1), ("time", 1), ("get", 1), ("set", 2)];
    count("lock", &first).await;
    assert_eq!(store.lock(SLOT, "cached%fence:a", b"other", MINUTE).await.unwrap(), None);
    count("lock of another", &[("evalsha", 1), ("pttl", 1)]).await;
    store.publish("cached:%invalidations", bytes(b"all")).await.unwrap();
    count("publish", &[("publish", 1)]).await;
    store.delete(SLOT).await.unwrap();
    count("delete", &[("unlink", 1)]).await;
}

/// The second command is on its way while the first has no reply.
#[tokio::test]
async fn the_value_and_its_time_are_one_round_trip() {
    let server = RedisServer::start().await;
    let proxy = Proxy::start(server.addr());
    let store = Arc::new(open(proxy.url()));
    store.set(SLOT, bytes(b"1"), MINUTE).await.unwrap();
    proxy.once("PTTL", Action::HangAfter(0));
    let reading = tokio::spawn(async move { store.get_with_ttl(SLOT).await });
    eventually(PATIENCE, || async { proxy.commands().get("GET") == Some(&1) }).await;
    assert!(!reading.is_finished());
    reading.abort();
}

/// `PTTL` found nothing, and then there is something.
#[tokio::test]
async fn bytes_that_came_after_their_time_was_asked_have_all_of_it() {
    let server = RedisServer::start().await;
    let proxy = Proxy::start(server.addr());
    let store = open(proxy.url());
    store.set(SLOT, bytes(b"1"), MINUTE).await.unwrap();
    proxy.once("PTTL", Action::Replace(b":-2\r\n".to_vec()));
    let read = store.get_with_ttl(SLOT).await.unwrap();
    assert_eq!(read, Some((bytes(b"1"), Duration::MAX)));
    proxy.once("GET", Action::Replace(b"$-1\r\n".to_vec()));
    assert_eq!(store.get_with_ttl(SLOT).await.unwrap(), None, "over since its time was asked");
}

#[tokio::test]
async fn wrong_settings_are_named() {
    let url = RedisStore::open("redis://:s3cret@", MINUTE).unwrap_err();
    assert!(url.is_setting() && url.to_string().contains("`redis`"), "{url}");
    assert!(!format!("{url} {url:?}").contains("s3cret"));
    let zero = RedisStore::open("redis://127.0.0.1/", Duration::ZERO).unwrap_err();
    assert!(zero.is_setting() && zero.to_string().contains("`op_timeout`"), "{zero}");
}

#[redis_cache(ttl = 60)]
async fn square(n: u64) -> u64 {
    n * n
}

#[tokio::test]
async fn two_caches_share_a_store() {
    let server = RedisServer::start().await;
    for store in [
        Arc::new(MemoryStore::default()) as Arc<dyn Store>,
        Arc::new(open(server.url())) as Arc<dyn Store>,
    ] {
        let cache = |namespace| {
            Cache::builder().store(Arc::clone(&store)).namespace(namespace).build().unwrap()
        };
        let [one, same, other] = ["a", "a", "b"].map(cache);
        assert_eq!(one.scope(observe(square(3))).await, (9, Outcome::Miss));
        assert_eq!(same.scope(observe(square(3))).await, (9, Outcome::Hit));
        assert_eq!(other.scope(observe(square(3))).await, (9, Outcome::Miss));
        assert_eq!(Arc::clone(&store).describe(), (*store).describe());
        assert_eq!(store.delete_prefix("").await.unwrap(), 2);
    }
}

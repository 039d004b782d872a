//! The steps of functions that write, on every kind of store.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cached_runtime::{Bytes, Store};
use support::{RedisServer, eventually};
use tokio::task::JoinSet;

use crate::basic::{MINUTE, PATIENCE, about, bytes, on_all_kinds, open};

const SLOT: &str = "t:1:user:1";

fn token(writer: u64) -> [u8; 16] {
    let mut token = *b"\0\r\n%s\"]] nnnnnnn";
    token[8..].copy_from_slice(&writer.to_be_bytes());
    token
}

fn value(content: &'static [u8]) -> (Bytes, Duration) {
    (bytes(content), MINUTE * 9)
}

/// The flag, and the tokens with the ends of their rights; `None` for what is no intent.
type Intent = (u8, Vec<([u8; 16], u64)>);

async fn intent(store: &dyn Store) -> Option<Intent> {
    let found = store.get(SLOT).await.unwrap()?;
    let [2, 2, flag, count, writers @ ..] = &found[..] else { return None };
    assert_eq!(writers.len(), 29 * usize::from(*count), "{found:?}");
    let writers = writers.chunks(29).map(|writer| {
        let end = std::str::from_utf8(&writer[16..]).unwrap().parse().unwrap();
        (writer[..16].try_into().unwrap(), end)
    });
    Some((*flag, writers.collect()))
}

async fn tokens(store: &dyn Store) -> Vec<[u8; 16]> {
    intent(store).await.map(|(_, writers)| writers.into_iter().map(|it| it.0).collect()).unwrap()
}

fn now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    u64::try_from(now.as_millis()).unwrap()
}

on_all_kinds! {
    async fn one_writer_takes_the_place_of_whatever_is_there(store) {
        const LEASE: &[u8] = b"\x02\x01token-of-16bytes";
        const JUNK: &[u8] = b"\x02\x02\x00\x05junk";
        for content in [None, Some(LEASE), Some(b"{\"id\":1}"), Some(b""), Some(JUNK)] {
            store.delete(SLOT).await.unwrap();
            if let Some(content) = content {
                store.set(SLOT, bytes(content), MINUTE * 9).await.unwrap();
            }
            let before = now();
            store.begin_write(SLOT, token(1), MINUTE).await.unwrap();
            let after = now();
            let (flag, writers) = intent(&*store).await.unwrap();
            assert_eq!((flag, writers[0].0, writers.len()), (0, token(1), 1), "{content:?}");
            let minute = 60_000;
            assert!((before + minute..=after + minute).contains(&writers[0].1));
            assert!(about(store.ttl(SLOT).await.unwrap(), MINUTE));
            assert!(store.end_write(SLOT, token(1), Some(value(b"new"))).await.unwrap());
            assert_eq!(store.get(SLOT).await.unwrap().unwrap(), "new");
            assert!(about(store.ttl(SLOT).await.unwrap(), MINUTE * 9));
        }
    }

    async fn without_a_value_the_slot_is_empty(store) {
        store.begin_write(SLOT, token(1), MINUTE).await.unwrap();
        assert!(!store.end_write(SLOT, token(1), None).await.unwrap());
        assert_eq!(store.get(SLOT).await.unwrap(), None);
    }

    async fn whoever_has_lost_its_intent_empties_the_slot(store) {
        for content in [&b"{\"id\":1}"[..], b"", b"\x02\x01token-of-16bytes", b"\x02\x02\x00\x05"] {
            store.set(SLOT, bytes(content), MINUTE).await.unwrap();
            assert!(!store.end_write(SLOT, token(1), Some(value(b"new"))).await.unwrap());
            assert_eq!(store.get(SLOT).await.unwrap(), None, "{content:?}");
        }
        assert!(!store.end_write(SLOT, token(1), Some(value(b"new"))).await.unwrap());
        assert_eq!(store.get(SLOT).await.unwrap(), None);
    }

    async fn overlapping_writers_leave_the_slot_empty(store) {
        store.begin_write(SLOT, token(1), MINUTE).await.unwrap();
        store.begin_write(SLOT, token(2), MINUTE * 2).await.unwrap();
        let (flag, writers) = intent(&*store).await.unwrap();
        assert_eq!((flag, writers[0].0, writers[1].0), (1, token(1), token(2)));
        assert!(about(store.ttl(SLOT).await.unwrap(), MINUTE * 2));
        assert!(!store.end_write(SLOT, token(2), Some(value(b"2"))).await.unwrap());
        assert_eq!(tokens(&*store).await, [token(1)]);
        assert!(about(store.ttl(SLOT).await.unwrap(), MINUTE));
        assert!(!store.end_write(SLOT, token(1), Some(value(b"1"))).await.unwrap());
        assert_eq!(store.get(SLOT).await.unwrap(), None);
        // The next one is alone again.
        store.begin_write(SLOT, token(3), MINUTE).await.unwrap();
        assert!(store.end_write(SLOT, token(3), Some(value(b"3"))).await.unwrap());
    }

    async fn a_stranger_takes_away_nobodys_intent_but_nobody_is_alone_then(store) {
        store.begin_write(SLOT, token(1), MINUTE).await.unwrap();
        assert!(!store.end_write(SLOT, token(2), Some(value(b"2"))).await.unwrap());
        assert_eq!(intent(&*store).await.unwrap().0, 1);
        assert_eq!(tokens(&*store).await, [token(1)]);
        assert!(!store.end_write(SLOT, token(1), Some(value(b"1"))).await.unwrap());
        assert_eq!(store.get(SLOT).await.unwrap(), None);
    }

    async fn whose_right_is_over_does_not_count(store) {
        let short = Duration::from_millis(20);
        store.begin_write(SLOT, token(1), short).await.unwrap();
        eventually(PATIENCE, || async { store.get(SLOT).await.unwrap().is_none() }).await;
        assert!(!store.end_write(SLOT, token(1), Some(value(b"1"))).await.unwrap());
        assert_eq!(store.get(SLOT).await.unwrap(), None);

        // A process that has died does not keep the others from ever ending.
        store.begin_write(SLOT, token(2), MINUTE).await.unwrap();
        store.begin_write(SLOT, token(1), short).await.unwrap();
        eventually(PATIENCE, || async {
            store.end_write(SLOT, token(9), None).await.unwrap();
            tokens(&*store).await == [token(2)]
        })
        .await;
        store.begin_write(SLOT, token(3), MINUTE).await.unwrap();
        assert_eq!(tokens(&*store).await, [token(2), token(3)]);
        assert!(!store.end_write(SLOT, token(1), Some(value(b"1"))).await.unwrap());
        assert_eq!(tokens(&*store).await, [token(2), token(3)]);
    }

    async fn one_too_many_takes_the_place_of_the_one_that_ends_first(store) {
        let life = |writer: u64| MINUTE + Duration::from_secs((writer * 7 + 100) % 255);
        for writer in 0..255 {
            store.begin_write(SLOT, token(writer), life(writer)).await.unwrap();
        }
        let mut expected: Vec<_> = (0..255).map(token).collect();
        assert_eq!(tokens(&*store).await, expected);
        let first = (0..255).min_by_key(|writer| life(*writer)).unwrap();
        store.begin_write(SLOT, token(255), MINUTE).await.unwrap();
        expected.swap_remove(usize::try_from(first).unwrap());
        expected.push(token(255));
        assert_eq!(tokens(&*store).await, expected);
        assert!(about(store.ttl(SLOT).await.unwrap(), MINUTE + Duration::from_secs(254)));
    }

    async fn rights_without_an_end_end_in_2286(store) {
        store.begin_write(SLOT, token(1), Duration::MAX).await.unwrap();
        assert_eq!(intent(&*store).await.unwrap().1, [(token(1), 9_999_999_999_999)]);
        assert!(store.end_write(SLOT, token(1), Some((bytes(b"1"), Duration::MAX))).await.unwrap());
    }

    async fn in_any_order_they_do_as_a_small_reference(store) {
        for seed in 0..60 {
            random_steps(&*store, seed).await;
            store.delete(SLOT).await.unwrap();
        }
    }

    async fn at_once_they_store_only_what_nobody_else_wrote(store) {
        for round in 0..20 {
            at_once(&store, round).await;
        }
    }
}

/// What a slot is, in the simplest way.
#[derive(Debug, Default)]
struct Reference {
    value: Option<&'static [u8]>,
    writers: Vec<u64>,
    is_shared: bool,
}

impl Reference {
    fn begin(&mut self, writer: u64) {
        self.is_shared |= !self.writers.is_empty();
        self.value = None;
        self.writers.push(writer);
    }

    fn end(&mut self, writer: u64, value: Option<&'static [u8]>) -> bool {
        let was_there = self.writers.contains(&writer);
        self.writers.retain(|other| *other != writer);
        let stores = self.writers.is_empty() && was_there && !self.is_shared && value.is_some();
        self.is_shared = !self.writers.is_empty();
        self.value = value.filter(|_| stores);
        stores
    }
}

async fn random_steps(store: &dyn Store, seed: u64) {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut reference = Reference::default();
    let (mut next, mut open) = (0, VecDeque::new());
    for step in 0..40 {
        let case = format!("step {step} of seed {seed}");
        match random.u8(..10) {
            0..4 => {
                next += 1;
                open.push_back(next);
                store.begin_write(SLOT, token(next), MINUTE).await.unwrap();
                reference.begin(next);
            }
            4..8 => {
                // Now and then one that never began, or has ended.
                let writer = match open.len() {
                    0 => 0,
                    open if random.u8(..8) == 0 => u64::try_from(open).unwrap() + 1000,
                    length => open.remove(random.usize(..length)).unwrap(),
                };
                let content = random.bool().then_some(&b"value"[..]);
                let stores = store.end_write(SLOT, token(writer), content.map(value)).await;
                assert_eq!(stores.unwrap(), reference.end(writer, content), "{case}");
            }
            8 => {
                store.delete(SLOT).await.unwrap();
                reference = Reference::default();
            }
            _ => {
                store.set(SLOT, bytes(b"other"), MINUTE).await.unwrap();
                reference = Reference { value: Some(b"other"), ..Reference::default() };
            }
        }
        if let Some((flag, writers)) = intent(store).await {
            let writers: Vec<_> = writers.into_iter().map(|it| it.0).collect();
            let expected: Vec<_> = reference.writers.iter().copied().map(token).collect();
            assert_eq!((flag != 0, writers), (reference.is_shared, expected), "{case}");
        } else {
            assert!(reference.writers.is_empty(), "{case}");
            let found = store.get(SLOT).await.unwrap();
            assert_eq!(found.as_deref(), reference.value, "{case}");
        }
    }
}

/// Many tasks, each of which writes once. Which of them overlapped for certain, a common count of events tells.
async fn at_once(store: &Arc<dyn Store>, round: u64) {
    let events = Arc::new(AtomicU64::new(0));
    let mut tasks = JoinSet::new();
    for writer in 0..24 {
        let (store, events) = (Arc::clone(store), Arc::clone(&events));
        let token = token(round * 100 + writer);
        tasks.spawn(async move {
            let event = || events.fetch_add(1, Ordering::SeqCst);
            store.begin_write(SLOT, token, MINUTE).await.unwrap();
            let begun = event();
            for _ in 0..writer % 3 {
                tokio::task::yield_now().await;
            }
            let ending = event();
            (begun, ending, store.end_write(SLOT, token, Some(value(b"new"))).await.unwrap())
        });
    }
    let writes = tasks.join_all().await;
    for (at, (begun, ending, stored)) in writes.iter().enumerate() {
        let overlaps = |other: &(u64, u64, bool)| other.0 < *ending && *begun < other.1;
        let others = writes.iter().enumerate().filter(|(other, _)| *other != at);
        let count = others.filter(|(_, other)| overlaps(other)).count();
        assert!(!stored || count == 0, "round {round}: stored beside {count} others");
    }
    assert_eq!(intent(&**store).await, None, "nobody writes any more");
}

/// The commands, and that the rights end by the server's clock.
#[tokio::test]
async fn each_is_one_round_trip() {
    let server = RedisServer::start().await;
    let store: &dyn Store = &open(server.url());
    store.begin_write(SLOT, token(1), MINUTE).await.unwrap();
    store.end_write(SLOT, token(1), Some(value(b"1"))).await.unwrap();
    let mut before = server.commands().await;
    let mut count = async |step: &str, expected: &[(&'static str, u64)]| {
        let now = server.commands().await;
        assert_eq!(now.since(&before), expected.iter().copied().collect(), "{step}");
        before = now;
    };
    let looks = [("evalsha", 1), ("time", 1), ("mget", 1)];
    store.begin_write(SLOT, token(1), MINUTE).await.unwrap();
    count("begin_write", &[&looks[..], &[("set", 1)]].concat()).await;
    store.begin_write(SLOT, token(2), MINUTE).await.unwrap();
    count("begin_write beside another", &[&looks[..], &[("set", 1)]].concat()).await;
    store.end_write(SLOT, token(2), Some(value(b"1"))).await.unwrap();
    count("end_write beside another", &[&looks[..], &[("set", 1)]].concat()).await;
    store.end_write(SLOT, token(1), Some(value(b"1"))).await.unwrap();
    count("end_write of one of several", &[&looks[..], &[("unlink", 1)]].concat()).await;
}

#[tokio::test]
async fn what_is_no_string_makes_way() {
    let server = RedisServer::start().await;
    let store: &dyn Store = &open(server.url());
    for list in ["RPUSH", "SADD"] {
        server.command(&[list, SLOT, "1"]).await;
        store.begin_write(SLOT, token(1), MINUTE).await.unwrap();
        assert_eq!(tokens(store).await, [token(1)]);
        server.command(&["DEL", SLOT]).await;
        server.command(&[list, SLOT, "1"]).await;
        assert!(!store.end_write(SLOT, token(1), Some(value(b"1"))).await.unwrap());
        assert_eq!(server.command(&["EXISTS", SLOT]).await.text(), "0");
    }
}

/// As `docs/protocol.md` has them.
#[tokio::test]
async fn the_bytes_of_an_intent() {
    let server = RedisServer::start().await;
    let store: &dyn Store = &open(server.url());
    for writer in [b"the first writer", b"the other writer"] {
        store.begin_write(SLOT, *writer, Duration::MAX).await.unwrap();
    }
    let found = store.get(SLOT).await.unwrap().unwrap();
    let expected = b"\x02\x02\x01\x02the first writer9999999999999the other writer9999999999999";
    assert_eq!(&found[..], expected);
}

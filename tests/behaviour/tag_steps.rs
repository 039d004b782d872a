//! The steps about tags, on every kind of store.

use std::time::Duration;

use cached_runtime::{Bytes, Minted, Store, TagRead};
use support::{RedisServer, eventually};

use crate::basic::{MINUTE, PATIENCE, about, bytes, on_all_kinds, open};

const SLOT: &str = "t:1:user:1";
const CLOCK: &str = "t:1:%tags";
const DAY: Duration = Duration::from_secs(24 * 3600);
const HOUR: Duration = Duration::from_secs(3600);

/// As `docs/protocol.md` has it: one writer, until 2286.
const INTENT: &[u8] = b"\x02\x02\x00\x01token-of-16bytes9999999999999";
const LEASE: &[u8] = b"\x02\x01token-of-16bytes";

/// Whether an epoch lives at least as long as it was asked to, and no longer than twice that.
fn lives(left: Option<Duration>, asked: Duration) -> bool {
    about(left.map(|left| left.min(asked)), asked) && left <= Some(2 * asked)
}

fn tags<const N: usize>(names: [&str; N]) -> Vec<String> {
    names.map(|name| format!("t:1:%tag:{name}")).into()
}

/// The epoch and the stamp in the slot of a tag, or of the clock.
fn parts(bytes: &[u8]) -> ([u8; 16], u64) {
    let ([0x04, rest @ ..], _) = bytes.split_first_chunk::<17>().expect("an epoch") else {
        panic!("{bytes:?}");
    };
    (*rest, std::str::from_utf8(&bytes[17..]).unwrap().parse().expect("a stamp"))
}

async fn mint(store: &dyn Store, names: &[String], ttl: Duration) -> Minted {
    let minted = store.mint(CLOCK, names, ttl).await.unwrap();
    assert_eq!(minted.tags.len(), names.len());
    minted
}

async fn read(store: &dyn Store, names: &[String]) -> Vec<Option<Bytes>> {
    let mut read = TagRead::default();
    read.tags = names.to_vec();
    store.get_tagged(SLOT, &read).await.unwrap().tags
}

/// A value that names these tags, with a mark, a window, a cost and an epoch of the arguments, or without.
fn naming(names: &[String], has_more: bool) -> Bytes {
    let mut out = vec![1, 1, if has_more { 0x1F } else { 0x11 }];
    out.extend_from_slice(b"mark-of-16-bytes");
    if has_more {
        out.extend_from_slice(&[0; 16]);
        out.extend_from_slice(b"\x01epoch-of16-bytes");
    }
    out.push(u8::try_from(names.len()).unwrap());
    for name in names {
        out.extend_from_slice(&u16::try_from(name.len()).unwrap().to_be_bytes());
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(b"epoch-of16-bytes");
    }
    out.extend_from_slice(b"\x04json7");
    out.into()
}

on_all_kinds! {
    async fn each_empty_tag_gets_an_epoch_and_keeps_it(store) {
        let names = tags(["a", "b"]);
        let first = mint(&*store, &names, MINUTE).await;
        let [a, b] = [&first.tags[0], &first.tags[1]].map(|tag| parts(tag));
        assert!(a.0 != b.0 && parts(&first.clock).0 != a.0);
        assert_eq!((a.1, b.1, parts(&first.clock).1), (0, 0, 0));
        let more = tags(["b", "c", "a"]);
        let second = mint(&*store, &more, MINUTE).await;
        assert_eq!([&second.tags[0], &second.tags[2]], [&first.tags[1], &first.tags[0]]);
        assert_eq!(second.clock, first.clock);
        for name in &more {
            assert!(lives(store.ttl(name).await.unwrap(), MINUTE));
        }
        assert!(lives(store.ttl(CLOCK).await.unwrap(), DAY));
        let found = read(&*store, &names).await;
        assert_eq!(found, first.tags.into_iter().map(Some).collect::<Vec<_>>());
        assert!(mint(&*store, &[], MINUTE).await.tags.is_empty());
    }

    async fn an_invalidated_tag_has_another_epoch_and_the_clock_tells(store) {
        let names = tags(["a", "b"]);
        let before = mint(&*store, &names, MINUTE).await;
        store.invalidate_tags(CLOCK, &names[..1]).await.unwrap();
        let after = mint(&*store, &names, MINUTE).await;
        assert_ne!(parts(&after.tags[0]).0, parts(&before.tags[0]).0);
        assert_eq!(after.tags[1], before.tags[1]);
        assert_ne!(after.clock, before.clock);
        assert!(about(store.ttl(&names[0]).await.unwrap(), HOUR), "so it is said, and kept");
        // Also those that nobody has used.
        let names = tags(["c", "d", "e"]);
        store.invalidate_tags(CLOCK, &names).await.unwrap();
        let found = read(&*store, &names).await;
        let epochs: Vec<_> = found.into_iter().map(|tag| parts(&tag.unwrap()).0).collect();
        assert!(epochs[0] != epochs[1] && epochs[1] != epochs[2] && epochs[0] != epochs[2]);
        let clock = store.get(CLOCK).await.unwrap();
        store.invalidate_tags(CLOCK, &[]).await.unwrap();
        assert_ne!(store.get(CLOCK).await.unwrap(), clock);
    }

    async fn the_life_of_an_epoch_is_never_cut(store) {
        let names = tags(["a"]);
        mint(&*store, &names, DAY).await;
        mint(&*store, &names, MINUTE).await;
        let mut renewing = TagRead::default();
        renewing.tags.clone_from(&names);
        renewing.renew = Some(HOUR);
        store.get_tagged(SLOT, &renewing).await.unwrap();
        assert!(lives(store.ttl(&names[0]).await.unwrap(), DAY));
        mint(&*store, &names, 3 * DAY).await;
        assert!(lives(store.ttl(&names[0]).await.unwrap(), 3 * DAY));
        renewing.renew = Some(7 * DAY);
        store.get_tagged(SLOT, &renewing).await.unwrap();
        assert!(lives(store.ttl(&names[0]).await.unwrap(), 7 * DAY));
        mint(&*store, &names, Duration::MAX).await;
        assert!(store.ttl(&names[0]).await.unwrap().unwrap() > 9999 * DAY);
    }

    /// Each time counts as a change of the tag for all who keep values under it in their processes.
    async fn an_epoch_is_rarely_prolonged(store) {
        let names = tags(["a"]);
        let mut renewing = TagRead::default();
        renewing.tags.clone_from(&names);
        renewing.renew = Some(HOUR);
        let epoch = mint(&*store, &names, HOUR).await.tags.remove(0);
        for (left, then) in [(3, 3), (1, 4)] {
            let put = async || store.set(&names[0], epoch.clone(), left * HOUR / 2).await.unwrap();
            let is_prolonged = async || {
                let left = store.ttl(&names[0]).await.unwrap();
                assert!(about(left, then * HOUR / 2), "{left:?}");
            };
            put().await;
            assert_eq!(mint(&*store, &names, HOUR).await.tags[0], epoch);
            is_prolonged().await;
            put().await;
            store.get_tagged(SLOT, &renewing).await.unwrap();
            is_prolonged().await;
        }
    }

    async fn a_tag_that_is_written_is_read_as_that_and_not_prolonged(store) {
        let names = tags(["a"]);
        store.set(&names[0], bytes(INTENT), MINUTE).await.unwrap();
        let minted = mint(&*store, &names, DAY).await;
        assert_eq!(minted.tags[0], INTENT);
        let mut renewing = TagRead::default();
        renewing.tags.clone_from(&names);
        renewing.renew = Some(DAY);
        assert_eq!(store.get_tagged(SLOT, &renewing).await.unwrap().tags, [Some(bytes(INTENT))]);
        assert!(about(store.ttl(&names[0]).await.unwrap(), MINUTE));
    }

    async fn junk_makes_way(store) {
        let names = tags(["a"]);
        for junk in [&b""[..], b"junk", b"\x04short", b"\x040123456789abcdef", b"\x02", LEASE] {
            store.set(&names[0], bytes(junk), MINUTE).await.unwrap();
            store.set(CLOCK, bytes(junk), MINUTE).await.unwrap();
            assert_eq!(read(&*store, &names).await, [Some(bytes(junk))]);
            let minted = mint(&*store, &names, MINUTE).await;
            assert_eq!((parts(&minted.tags[0]).1, parts(&minted.clock).1), (0, 0), "{junk:?}");
            store.set(CLOCK, bytes(junk), MINUTE).await.unwrap();
            store.invalidate_tags(CLOCK, &names).await.unwrap();
            let again = mint(&*store, &names, MINUTE).await;
            assert_ne!(parts(&again.tags[0]).0, parts(&minted.tags[0]).0, "{junk:?}");
            assert_ne!(parts(&again.clock).0, parts(&minted.clock).0, "{junk:?}");
        }
    }

    async fn a_slot_is_read_with_its_tags(store) {
        let names = tags(["a", "nothing", "b"]);
        let minted = mint(&*store, &tags(["a", "b"]), MINUTE).await;
        let mut read = TagRead::default();
        read.tags.clone_from(&names);
        let expected = [Some(minted.tags[0].clone()), None, Some(minted.tags[1].clone())];
        let tagged = store.get_tagged(SLOT, &read).await.unwrap();
        assert_eq!((tagged.found, &*tagged.tags), (None, &expected[..]));
        store.set(SLOT, bytes(b"7"), MINUTE).await.unwrap();
        let tagged = store.get_tagged(SLOT, &read).await.unwrap();
        let (found, left) = tagged.found.unwrap();
        assert_eq!((&*found, &*tagged.tags), (&b"7"[..], &expected[..]));
        assert!(about(Some(left), MINUTE), "{left:?}");
        read.names_tags = true;
        let tagged = store.get_tagged(SLOT, &read).await.unwrap();
        let (found, left) = tagged.found.unwrap();
        assert_eq!((&*found, &*tagged.tags), (&b"7"[..], &expected[..]));
        assert!(about(Some(left), MINUTE), "{left:?}");
        for (content, renews) in [(LEASE, false), (INTENT, false), (b"7", true), (b"", true)] {
            store.set(SLOT, bytes(content), MINUTE).await.unwrap();
            read.renew = Some(HOUR);
            let tagged = store.get_tagged(SLOT, &read).await.unwrap();
            assert_eq!(tagged.found, Some((bytes(content), Duration::MAX)));
            assert_eq!(tagged.tags, expected);
            let left = store.ttl(SLOT).await.unwrap();
            assert!(about(left, if renews { HOUR } else { MINUTE }), "{content:?}: {left:?}");
        }
        assert!(lives(store.ttl(&names[0]).await.unwrap(), HOUR));
        assert_eq!(store.ttl(&names[1]).await.unwrap(), None);
    }

    async fn the_tags_that_a_value_names_are_read_behind_the_others(store) {
        let all = tags(["a", "nothing", "b", "c"]);
        let minted = mint(&*store, &tags(["a", "b", "c"]), MINUTE).await;
        let [a, b, c] = [0, 1, 2].map(|at| Some(minted.tags[at].clone()));
        let expected = [a, None, b, c];
        let mut read = TagRead::default();
        for (has_more, renew) in [(true, None), (false, None), (true, Some(HOUR))] {
            store.set(SLOT, naming(&all[1..], has_more), MINUTE).await.unwrap();
            (read.tags, read.names_tags, read.renew) = (Vec::new(), true, renew);
            let tagged = store.get_tagged(SLOT, &read).await.unwrap();
            assert_eq!(tagged.tags, expected[1..]);
            read.tags.push(all[0].clone());
            let tagged = store.get_tagged(SLOT, &read).await.unwrap();
            assert_eq!(tagged.tags, expected);
            assert_eq!(tagged.found.unwrap().0, naming(&all[1..], has_more));
            read.names_tags = false;
            assert_eq!(store.get_tagged(SLOT, &read).await.unwrap().tags[..], expected[..1]);
        }
        for slot in ["a", "b", "c"].map(|name| tags([name]).remove(0)) {
            assert!(lives(store.ttl(&slot).await.unwrap(), HOUR), "{slot}");
        }
    }

    async fn a_value_that_is_cut_short_names_nothing(store) {
        mint(&*store, &tags(["a"]), MINUTE).await;
        let whole = naming(&tags(["a"]), true);
        let mut read = TagRead::default();
        read.names_tags = true;
        for end in 1..whole.len() - 1 {
            store.set(SLOT, whole.slice(..end), MINUTE).await.unwrap();
            let tagged = store.get_tagged(SLOT, &read).await.unwrap();
            // Without a byte of the payload it is still an envelope.
            assert_eq!(tagged.tags.len(), 0, "{end} of {}", whole.len());
        }
        let mut later = whole.to_vec();
        for (at, other) in [(1, 0x02), (2, 0x3F), (0, b'{')] {
            later[at] = other;
            store.set(SLOT, bytes(&later), MINUTE).await.unwrap();
            assert!(store.get_tagged(SLOT, &read).await.unwrap().tags.is_empty(), "{at}");
        }
    }

    async fn as_many_tags_as_there_may_be(store) {
        let names: Vec<_> = (0..255).map(|n| format!("t:1:%tag:{n}")).collect();
        let more: Vec<_> = (255..510).map(|n| format!("t:1:%tag:{n}")).collect();
        let minted = mint(&*store, &names, MINUTE).await;
        mint(&*store, &more, MINUTE).await;
        store.set(SLOT, naming(&more, true), MINUTE).await.unwrap();
        let mut read = TagRead::default();
        (read.tags, read.names_tags) = (names.clone(), true);
        let tagged = store.get_tagged(SLOT, &read).await.unwrap();
        assert_eq!(tagged.tags.iter().flatten().count(), 510);
        assert_eq!(tagged.tags[254].as_ref(), minted.tags.last());
        store.invalidate_tags(CLOCK, &names).await.unwrap();
        assert_ne!(mint(&*store, &names, MINUTE).await.tags[254], minted.tags[254]);
    }
}

/// Its bytes, as `docs/protocol.md` has them.
#[tokio::test]
async fn the_stamps_count_the_invalidations() {
    let server = RedisServer::start().await;
    let store: &dyn Store = &open(server.url());
    let names = tags(["a", "b"]);
    let first = mint(store, &names[..1], MINUTE).await;
    assert_eq!(first.clock.len(), 18);
    assert_eq!((first.clock[0], first.clock[17]), (0x04, b'0'));
    for count in 1..=12 {
        store.invalidate_tags(CLOCK, &names[..1]).await.unwrap();
        let minted = mint(store, &names[..1], MINUTE).await;
        assert_eq!(parts(&minted.clock), (parts(&first.clock).0, count));
        assert_eq!(parts(&minted.tags[0]).1, count);
    }
    // What is minted now can't have been invalidated before: nothing tells.
    let minted = mint(store, &names[1..], MINUTE).await;
    assert_eq!(parts(&minted.tags[0]).1, 12);
    // Far beyond what is ever counted, none is counted twice.
    let clock = [b"\x04incarnation-of16", &b"9007199254740000"[..]].concat();
    store.set(CLOCK, bytes(&clock), MINUTE).await.unwrap();
    store.invalidate_tags(CLOCK, &names).await.unwrap();
    assert_eq!(parts(&mint(store, &names, MINUTE).await.tags[0]).1, 9_007_199_254_740_001);
    // Without the clock, another count begins.
    store.delete(CLOCK).await.unwrap();
    let minted = mint(store, &names, MINUTE).await;
    assert_ne!(parts(&minted.clock).0, parts(&clock).0);
}

#[tokio::test]
async fn what_is_no_string_is_a_miss_and_makes_way() {
    let server = RedisServer::start().await;
    let store: &dyn Store = &open(server.url());
    let names = tags(["a"]);
    for list in ["RPUSH", "SADD"] {
        for slot in [SLOT, CLOCK, &names[0]] {
            server.command(&["DEL", slot]).await;
            server.command(&[list, slot, "1"]).await;
        }
        let mut read = TagRead::default();
        read.tags.clone_from(&names);
        for (names_tags, renew) in [(false, None), (true, None), (true, Some(MINUTE))] {
            (read.names_tags, read.renew) = (names_tags, renew);
            let tagged = store.get_tagged(SLOT, &read).await.unwrap();
            assert_eq!((tagged.found, &*tagged.tags), (None, &[None][..]));
        }
        let minted = mint(store, &names, MINUTE).await;
        assert_eq!((parts(&minted.tags[0]).1, parts(&minted.clock).1), (0, 0));
        for slot in [CLOCK, &names[0]] {
            server.command(&["DEL", slot]).await;
            server.command(&[list, slot, "1"]).await;
        }
        store.invalidate_tags(CLOCK, &names).await.unwrap();
        assert_eq!(parts(&store.get(&names[0]).await.unwrap().unwrap()).1, 1);
    }
}

#[tokio::test]
async fn each_is_one_round_trip() {
    let server = RedisServer::start().await;
    let proxy = support::Proxy::start(server.addr());
    let store: &dyn Store = &open(proxy.url());
    let (names, named) = (tags(["a", "b"]), tags(["c", "d"]));
    store.set(SLOT, naming(&named, true), MINUTE).await.unwrap();
    let mut read = TagRead::default();
    read.tags.clone_from(&names);
    for round in 0..2 {
        let mut before = (server.commands().await, proxy.commands_seen());
        let mut count = async |step: &str, sent: u64, expected: &[(&'static str, u64)]| {
            let now = (server.commands().await, proxy.commands_seen());
            if round == 1 {
                assert_eq!(now.0.since(&before.0), expected.iter().copied().collect(), "{step}");
                assert_eq!(now.1 - before.1, sent, "{step}");
            }
            before = now;
        };
        (read.names_tags, read.renew) = (false, None);
        store.get_tagged(SLOT, &read).await.unwrap();
        count("get_tagged", 2, &[("pttl", 1), ("mget", 1)]).await;
        read.names_tags = true;
        store.get_tagged(SLOT, &read).await.unwrap();
        let expected = [("evalsha", 1), ("pttl", 1), ("mget", 3)];
        count("get_tagged, named", 1, &expected).await;
        mint(store, &names, MINUTE).await;
        // The clock was invalidated after it had been asked for, and is prolonged.
        let expected = [("evalsha", 1), ("mget", 1), ("pttl", 3), ("pexpire", 1)];
        count("mint", 1, &expected).await;
        read.renew = Some(MINUTE);
        store.get_tagged(SLOT, &read).await.unwrap();
        let expected = [("evalsha", 1), ("mget", 3), ("pttl", 2), ("pexpire", 1)];
        count("get_tagged, named, renewed", 1, &expected).await;
        store.invalidate_tags(CLOCK, &names).await.unwrap();
        count("invalidate_tags", 1, &[("evalsha", 1), ("mget", 1), ("set", 3)]).await;
    }
}

/// The second command is on its way while the first has no reply.
#[tokio::test]
async fn a_read_without_named_tags_is_one_round_trip_of_two_commands() {
    let server = RedisServer::start().await;
    let proxy = support::Proxy::start(server.addr());
    let store = std::sync::Arc::new(open(proxy.url()));
    store.set(SLOT, bytes(b"1"), MINUTE).await.unwrap();
    proxy.once("PTTL", support::Action::HangAfter(0));
    let reading = tokio::spawn(async move { store.get_tagged(SLOT, &TagRead::default()).await });
    eventually(PATIENCE, || async { proxy.commands().get("MGET") == Some(&1) }).await;
    assert!(!reading.is_finished());
    reading.abort();
}

/// A user has the rights that `docs/protocol.md` names, and no others.
#[tokio::test]
async fn the_rights_that_the_steps_need() {
    let rights = "+get +set +unlink +pttl +ping +hello +select +evalsha +eval \
        +getrange +pexpire +mget +time";
    let rules: Vec<_> = ["on", ">pw", "~t:*"].into_iter().chain(rights.split(' ')).collect();
    let rules: Vec<_> = rules.into_iter().filter(|rule| !rule.is_empty()).collect();
    let server = RedisServer::builder().user("app", &rules).start().await;
    let store: &dyn Store = &open(server.url_as("app", "pw"));
    let names = tags(["a"]);
    let minted = mint(store, &names, MINUTE).await;
    store.set(SLOT, naming(&names, true), MINUTE).await.unwrap();
    let mut read = TagRead::default();
    (read.names_tags, read.renew) = (true, Some(MINUTE));
    assert_eq!(store.get_tagged(SLOT, &read).await.unwrap().tags, [Some(minted.tags[0].clone())]);
    read = TagRead::default();
    assert!(store.get_tagged(SLOT, &read).await.unwrap().found.is_some());
    store.invalidate_tags(CLOCK, &names).await.unwrap();
    for value in [None, Some((bytes(b"1"), MINUTE))] {
        store.begin_write(SLOT, *b"token-of-16bytes", MINUTE).await.unwrap();
        store.end_write(SLOT, *b"token-of-16bytes", value).await.unwrap();
    }
}

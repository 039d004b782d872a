//! Entries under names of one's own, which other programs read and write as well.

use std::collections::BTreeMap;
use std::time::Duration;

use cached_runtime::{Cache, Entry, Invalidation};
use serde::{Deserialize, Serialize};

use crate::on_every_store;

const MINUTE: Duration = Duration::from_secs(60);

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct User {
    id: u64,
    name: String,
}

fn ada() -> User {
    User { id: 42, name: "Ada".to_owned() }
}

on_every_store! {
    async fn it_is_an_entry_like_any_other(world) {
        // Tests share a server: the name has to be this one's own.
        let name = format!("{}-user:42", world.namespace);
        let entry = Entry::<User>::at(&name, MINUTE);
        assert_eq!(entry.key(), name);
        assert_eq!((entry.get().await.unwrap(), entry.ttl().await.unwrap()), (None, None));
        entry.put(&ada()).await.unwrap();
        let same = world.cache.entry_at::<User>(name.clone(), MINUTE * 2);
        assert_eq!(same.get().await.unwrap(), Some(ada()));
        let left = same.ttl().await.unwrap().unwrap();
        assert!(left <= MINUTE && left > MINUTE / 2, "that of the one who put it: {left:?}");
        world.cache.clear().await.unwrap();
        assert_eq!(entry.get().await.unwrap(), Some(ada()), "it is not in the namespace");
        let mut invalidations = world.cache.invalidations().await.unwrap();
        entry.invalidate().await.unwrap();
        assert_eq!(entry.get().await.unwrap(), None);
        assert_eq!(invalidations.next().await, Some(Invalidation::Entry(name)));
        entry.put(&ada()).await.unwrap();
        entry.expire().await.unwrap();
        assert_eq!(entry.get().await.unwrap(), None);
        let never = world.cache.entry_at::<User>(entry.key(), Duration::ZERO);
        entry.put(&ada()).await.unwrap();
        never.put(&ada()).await.unwrap();
        assert_eq!(entry.get().await.unwrap(), None, "what is kept for no time is not kept");
    }

    async fn an_empty_name_is_an_error(_world) {
        let entry = Entry::<u8>::at("", MINUTE);
        assert_eq!(entry.key(), "");
        for error in [
            entry.get().await.unwrap_err(),
            entry.put(&1).await.unwrap_err(),
            entry.invalidate().await.unwrap_err(),
            entry.expire().await.unwrap_err(),
            entry.ttl().await.unwrap_err(),
        ] {
            assert!(error.is_key() && error.to_string().contains("Entry::at"), "{error}");
        }
    }

    async fn redis_has_the_bare_json_under_the_very_name(world) {
        let Some(server) = &world.server else { return };
        let name = format!("{}:{{tag}} 100% ü", world.namespace);
        let entry = Entry::<User>::at(&name, MINUTE);
        entry.put(&ada()).await.unwrap();
        let json = server.command(&["GET", &name]).await.text();
        assert_eq!(json, r#"{"id":42,"name":"Ada"}"#);
        let left: i64 = server.command(&["PTTL", &name]).await.text().parse().unwrap();
        assert!(left <= 60_000 && left > 30_000, "{left}");
        entry.invalidate().await.unwrap();
        assert_eq!(server.command(&["EXISTS", &name]).await.text(), "0");
    }

    async fn what_others_put_there_is_read(world) {
        let Some(server) = &world.server else { return };
        let name = format!("{}-shared", world.namespace);
        let entry = Entry::<User>::at(&name, MINUTE);
        let json = " { \"name\" : \"Ada\", \"more\": [1], \"id\" : 42 }\n";
        server.command(&["SET", &name, json]).await;
        assert_eq!(entry.get().await.unwrap(), Some(ada()));
        assert_eq!(entry.ttl().await.unwrap(), Some(Duration::MAX), "it has no end");
        server.command(&["SET", &name, json, "PX", "30000"]).await;
        let left = entry.ttl().await.unwrap().unwrap();
        assert!(left <= MINUTE / 2 && left > MINUTE / 6, "{left:?}");
        for other in ["", "{", "null", "[1]", "{\"id\":42}"] {
            server.command(&["SET", &name, other]).await;
            let error = entry.get().await.unwrap_err();
            assert!(error.is_codec() && error.to_string().contains(&name), "{other}: {error}");
        }
        // What is no string is nothing to us, and is replaced.
        server.command(&["DEL", &name]).await;
        server.command(&["RPUSH", &name, "a"]).await;
        assert_eq!((entry.get().await.unwrap(), entry.ttl().await.unwrap()), (None, None));
        entry.put(&ada()).await.unwrap();
        assert_eq!(entry.get().await.unwrap(), Some(ada()));
        server.command(&["DEL", &name]).await;
        server.command(&["HSET", &name, "a", "1"]).await;
        entry.invalidate().await.unwrap();
        assert_eq!(server.command(&["EXISTS", &name]).await.text(), "0");
    }

    async fn values_of_all_kinds(world) {
        let name = |kind: &str| format!("{}-{kind}", world.namespace);
        let list = world.cache.entry_at::<Vec<Option<u8>>>(name("list"), MINUTE);
        list.put(&vec![None, Some(1)]).await.unwrap();
        assert_eq!(list.get().await.unwrap().unwrap(), [None, Some(1)]);
        let map = world.cache.entry_at::<BTreeMap<String, f64>>(name("map"), MINUTE);
        map.put(&BTreeMap::from([("a".to_owned(), 0.1)])).await.unwrap();
        assert_eq!(map.get().await.unwrap().unwrap()["a"].to_bits(), 0.1_f64.to_bits());
        let none = world.cache.entry_at::<Option<u8>>(name("none"), MINUTE);
        none.put(&None).await.unwrap();
        assert_eq!(none.get().await.unwrap(), Some(None));
        let large = world.cache.entry_at::<String>(name("large"), MINUTE);
        let error = large.put(&"x".repeat(2 << 20)).await.unwrap_err();
        assert!(error.is_too_large(), "{error}");
    }
}

#[tokio::test]
async fn a_disabled_cache_has_nothing_under_any_name() {
    let entry = Cache::disabled().entry_at::<u8>("a", MINUTE);
    entry.put(&1).await.unwrap();
    assert_eq!(entry.get().await.unwrap(), None);
}

//! The steps of a fill while Redis is in trouble: bounded, reads sent at most twice, writes never.

use std::time::{Duration, Instant};

use cached_runtime::{Bytes, Error, RedisStore, Store};
use support::{Action, Proxy, RedisServer, eventually};

use crate::world::{PATIENCE as STEP, RECOVERY};

/// What a step may take.
const LIMIT: Duration = STEP.saturating_mul(3);

const MINUTE: Duration = Duration::from_secs(60);
const SLOT: &str = "t:slot";
const LEASE: &[u8] = b"\x02\x01token-of-16-bytes";

/// A store on a server of its own behind a proxy.
struct Scene {
    store: RedisStore,
    proxy: Proxy,
    server: RedisServer,
}

impl Scene {
    /// Connected, and the scripts are known to the server.
    async fn start() -> Self {
        let server = RedisServer::start().await;
        let proxy = Proxy::start(server.addr());
        let store = RedisStore::open(proxy.url(), STEP).expect("the URL is right");
        let scene = Self { store, proxy, server };
        eventually(RECOVERY, || async {
            scene.set_if_starts().await?;
            scene.store.delete_if_starts(SLOT, LEASE).await
        })
        .await;
        scene
    }

    async fn read(&self) -> Result<Option<(Bytes, Duration)>, Error> {
        let start = Instant::now();
        let read = self.store.get_with_ttl(SLOT).await;
        assert!(start.elapsed() <= LIMIT, "{:?}", start.elapsed());
        read
    }

    async fn set_if_absent(&self) -> Result<Option<Bytes>, Error> {
        self.store.set_if_absent(SLOT, Bytes::from_static(LEASE), MINUTE).await
    }

    async fn set_if_starts(&self) -> Result<bool, Error> {
        self.store.set_if_starts(SLOT, LEASE, Bytes::from_static(LEASE), MINUTE).await
    }

    fn sent(&self, command: &str) -> u64 {
        self.proxy.commands().get(command).copied().unwrap_or(0)
    }

    async fn put(&self) {
        self.server.command(&[b"SET", SLOT.as_bytes(), LEASE]).await;
    }

    /// Reads again, and what is there.
    async fn recovers(&self) {
        self.proxy.pass();
        // A connection that hangs is replaced after three timeouts.
        let read = eventually(3 * STEP + RECOVERY, || self.read()).await;
        assert_eq!(read.map(|(bytes, _)| bytes), Some(Bytes::from_static(LEASE)));
    }
}

#[tokio::test]
async fn a_pipeline_that_hangs_is_bounded_and_opens_the_breaker() {
    let scene = Scene::start().await;
    scene.put().await;
    for command in ["PTTL", "GET"] {
        for action in [Action::Hang, Action::HangAfter(1), Action::Delay(STEP * 3)] {
            scene.proxy.once(command, action.clone());
            let error = scene.read().await.unwrap_err();
            assert!(error.is_timeout(), "{command} {action:?}: {error}");
            scene.recovers().await;
        }
    }
    scene.proxy.hang();
    for _ in 0..20 {
        scene.read().await.unwrap_err();
    }
    assert!(scene.store.is_away());
    let seen = scene.sent("PTTL");
    assert!(scene.read().await.unwrap_err().is_unavailable());
    assert_eq!(scene.sent("PTTL"), seen, "nothing is sent while the breaker is open");
    scene.recovers().await;
}

#[tokio::test]
async fn a_pipeline_that_is_reset_is_sent_once_more() {
    let scene = Scene::start().await;
    scene.put().await;
    for command in ["PTTL", "GET"] {
        for length in 0..4 {
            let before = scene.sent("PTTL");
            scene.proxy.once(command, Action::ResetAfter(length));
            let (bytes, left) = scene.read().await.unwrap().expect("the second try finds it");
            assert_eq!((&*bytes, left), (LEASE, Duration::MAX));
            assert_eq!(scene.sent("PTTL") - before, 2, "{command} {length}");
        }
    }
    let before = scene.sent("PTTL");
    scene.proxy.every("GET", Action::ResetAfter(0));
    assert!(scene.read().await.unwrap_err().is_unavailable());
    assert_eq!(scene.sent("PTTL") - before, 2, "and not a third time");
    scene.recovers().await;
}

#[tokio::test]
async fn a_pipeline_that_is_refused_fails_at_once() {
    let scene = Scene::start().await;
    scene.put().await;
    scene.proxy.refuse();
    assert!(scene.read().await.unwrap_err().is_unavailable());
    scene.recovers().await;
    for command in ["PTTL", "GET"] {
        let before = scene.sent("PTTL");
        scene.proxy.once(command, Action::error("LOADING Redis is loading the dataset in memory"));
        let error = scene.read().await.unwrap_err();
        assert!(error.is_refused() && error.to_string().contains("LOADING"), "{error}");
        assert_eq!(scene.sent("PTTL") - before, 1, "an answer is an answer");
    }
    scene.recovers().await;
}

#[tokio::test]
async fn a_pipeline_with_replies_of_the_wrong_kind_is_an_error() {
    let scene = Scene::start().await;
    scene.put().await;
    let wrong: [(&str, &[u8]); 6] = [
        ("PTTL", b"$1\r\n1\r\n"),
        ("PTTL", b"$-1\r\n"),
        ("GET", b":1\r\n"),
        ("GET", b"*0\r\n"),
        ("PTTL", b"\0\0\0\r\n"),
        ("GET", b"$99999999999999999999\r\n"),
    ];
    for (command, reply) in wrong {
        scene.proxy.every(command, Action::Replace(reply.to_vec()));
        let read = scene.read().await;
        assert!(read.is_err(), "{command} {reply:?}: {read:?}");
        scene.recovers().await;
    }
}

/// The replies to a pipeline that nobody waits for any more are not taken for those of the next.
#[tokio::test]
async fn a_pipeline_is_cancelled() {
    let scene = Scene::start().await;
    scene.put().await;
    for command in ["PTTL", "GET"] {
        scene.proxy.once(command, Action::Delay(STEP / 2));
        tokio::time::timeout(STEP / 10, scene.read()).await.unwrap_err();
        scene.recovers().await;
    }
}

/// Sent twice, the second could take a slot that an invalidation emptied in between.
#[tokio::test]
async fn writes_are_never_sent_twice() {
    let scene = Scene::start().await;
    for action in [Action::Hang, Action::ResetAfter(0), Action::ResetAfter(2), Action::HangAfter(0)]
    {
        for step in ["set_if_absent", "set_if_starts", "delete_if_starts"] {
            let command = if step == "set_if_absent" { "SET" } else { "EVALSHA" };
            let before = (scene.sent(command), scene.sent("EVAL"));
            scene.proxy.once(command, action.clone());
            let start = Instant::now();
            let failed = match step {
                "set_if_absent" => scene.set_if_absent().await.is_err(),
                "set_if_starts" => scene.set_if_starts().await.is_err(),
                _ => scene.store.delete_if_starts(SLOT, LEASE).await.is_err(),
            };
            assert!(failed && start.elapsed() <= LIMIT, "{step} {action:?}: {:?}", start.elapsed());
            scene.put().await;
            scene.recovers().await;
            let after = (scene.sent(command), scene.sent("EVAL"));
            assert_eq!(after, (before.0 + 1, before.1), "{step} {action:?}");
        }
    }
}

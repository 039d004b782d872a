use super::*;

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn it_stays_within_its_capacity() {
    let store = MemoryStore::new(1024 * 1024);
    for i in 0..10_000 {
        store.set(&format!("slot:{i}"), Bytes::from(vec![0; 1024]), MINUTE).await.unwrap();
    }
    assert!(store.slots.weight() <= 1024 * 1024, "{store:?}");
    assert!(store.slots.len() > 500, "and does hold what fits: {store:?}");
}

#[tokio::test(start_paused = true)]
async fn what_is_over_is_gone_and_renewing_does_not_bring_it_back() {
    let store = MemoryStore::default();
    store.set("a", Bytes::from_static(b"1"), MINUTE).await.unwrap();
    tokio::time::advance(MINUTE / 2).await;
    assert!(store.get_and_renew("a", MINUTE).await.unwrap().is_some());
    tokio::time::advance(Duration::from_millis(59_999)).await;
    assert_eq!(store.ttl("a").await.unwrap(), Some(Duration::from_millis(1)));
    tokio::time::advance(Duration::from_millis(1)).await;
    assert_eq!(store.ttl("a").await.unwrap(), None);
    assert_eq!(store.get_and_renew("a", MINUTE).await.unwrap(), None);
    assert_eq!(store.get("a").await.unwrap(), None);
    assert!(!store.delete("a").await.unwrap());
    assert_eq!(store.slots.len(), 0);
}

#[tokio::test(start_paused = true)]
async fn what_is_over_is_absent_for_every_conditional_step() {
    let store = MemoryStore::default();
    let bytes = Bytes::from_static;
    store.set("a", bytes(b"old"), MINUTE).await.unwrap();
    tokio::time::advance(Duration::from_millis(59_999)).await;
    let last = (bytes(b"old"), Duration::from_millis(1));
    assert_eq!(store.get_with_ttl("a").await.unwrap(), Some(last));
    assert_eq!(store.set_if_absent("a", bytes(b"new"), MINUTE).await.unwrap().unwrap(), "old");
    assert!(
        store.set_if_starts("a", b"old", bytes(b"old"), Duration::from_millis(1)).await.unwrap()
    );
    tokio::time::advance(Duration::from_millis(1)).await;
    assert!(!store.set_if_starts("a", b"o", bytes(b"new"), MINUTE).await.unwrap());
    assert_eq!(store.slots.len(), 0, "it goes when it is met");
    for step in 0..3 {
        store.set("a", bytes(b"old"), MINUTE).await.unwrap();
        tokio::time::advance(MINUTE).await;
        match step {
            0 => assert!(!store.delete_if_starts("a", b"old").await.unwrap()),
            1 => assert_eq!(store.get_with_ttl("a").await.unwrap(), None),
            _ => assert_eq!(store.set_if_absent("a", bytes(b"new"), MINUTE).await.unwrap(), None),
        }
    }
    assert_eq!(store.get_with_ttl("a").await.unwrap(), Some((bytes(b"new"), MINUTE)));
}

#[tokio::test(start_paused = true)]
async fn reading_renews_a_value_and_never_a_lease() {
    let store = MemoryStore::default();
    for (bytes, left) in [(&b"\x02\x01token"[..], MINUTE / 2), (b"2", MINUTE), (b"", MINUTE)] {
        store.set("a", Bytes::from_static(bytes), MINUTE).await.unwrap();
        tokio::time::advance(MINUTE / 2).await;
        assert_eq!(store.get_and_renew("a", MINUTE).await.unwrap().unwrap(), bytes);
        assert_eq!(store.ttl("a").await.unwrap(), Some(left));
    }
}

/// Leases are small and the values that follow them are not.
#[tokio::test]
async fn it_stays_within_its_capacity_when_slots_grow() {
    let store = MemoryStore::new(1024 * 1024);
    let capacity = store.slots.capacity();
    let name = |i| format!("slot:{i}");
    for i in 0..2000 {
        store.set_if_absent(&name(i), Bytes::from_static(b"lease"), MINUTE).await.unwrap();
    }
    let mut grown = 0;
    for i in 0..2000 {
        let value = Bytes::from(vec![0; 16 * 1024]);
        grown += u32::from(store.set_if_starts(&name(i), b"lease", value, MINUTE).await.unwrap());
        assert!(store.slots.weight() <= capacity, "{store:?}");
    }
    assert!(grown > 50, "{grown} of them were still there");
    assert!(store.slots.weight() > capacity / 4, "and it does hold what fits: {store:?}");
    assert_eq!(store.slots.capacity(), capacity);
}

/// On threads, as tasks of one thread never meet inside a step.
#[test]
fn an_empty_slot_is_taken_once_whatever_else_happens_to_it() {
    let store = MemoryStore::default();
    let slot = |value: usize| Slot::new(Bytes::from(value.to_string()), MINUTE);
    for _ in 0..500 {
        let won = std::sync::atomic::AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for number in 0..4 {
                let (store, won) = (&store, &won);
                scope.spawn(move || {
                    // These take the slot's place in the map for a moment, and must not take the slot.
                    assert!(!store.put_if_starts("a", b"none", slot(9)));
                    let _ = store.renew("a", MINUTE);
                    if store.put_if_absent("a", slot(number)).is_none() {
                        won.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    }
                });
            }
        });
        assert_eq!(won.into_inner(), 1);
        assert!(store.remove("a"));
    }
}

/// An insertion that meets a removal came after it, and one that the removal has seen is gone.
#[test]
fn a_slot_that_was_taken_is_there_unless_a_removal_says_that_it_was() {
    let store = MemoryStore::default();
    for _ in 0..2000 {
        let (taken, removed) = std::thread::scope(|scope| {
            let new = Slot::new(Bytes::from_static(b"1"), MINUTE);
            let taking = scope.spawn(|| store.put_if_absent("a", new).is_none());
            let removing = scope.spawn(|| store.remove("a"));
            (taking.join().unwrap(), removing.join().unwrap())
        });
        assert!(taken);
        assert_eq!(store.read("a").is_none(), removed);
        store.remove("a");
    }
}

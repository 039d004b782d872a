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

//! `entry(..)`: the same entry as the call's, by hand.

use std::time::Duration;

use cached_runtime::{Entry, redis_cache};

use crate::check::{Runs, hit, miss, with_cache};

mod users {
    use cached_runtime::redis_cache;

    #[redis_cache(ttl = 60, prefix = "user", skip(_db))]
    pub(crate) async fn get_user(_db: &str, id: i64) -> Result<Option<String>, String> {
        Ok(Some(format!("user {id}")))
    }
}

#[tokio::test]
async fn of_a_free_function() {
    use users::get_user;

    with_cache(async {
        let entry: Entry<Option<String>> = get_user::entry(42);
        assert!(entry.key().contains(":user:get_user:"), "{}", entry.key());
        assert_ne!(entry.key(), get_user::entry(43).key());

        assert_eq!(entry.get().await.unwrap(), None);
        assert_eq!(entry.ttl().await.unwrap(), None);

        let user = miss(get_user("db", 42)).await.unwrap();
        assert_eq!(entry.get().await.unwrap(), Some(user));
        assert!(entry.ttl().await.unwrap().unwrap() > Duration::from_secs(50));

        entry.put(&Some("Ada".to_owned())).await.unwrap();
        assert_eq!(hit(get_user("db", 42)).await.unwrap().as_deref(), Some("Ada"));

        entry.invalidate().await.unwrap();
        assert_eq!(miss(get_user("db", 42)).await.unwrap().as_deref(), Some("user 42"));
    })
    .await;
}

struct Repo {
    tenant: u32,
}

static RUNS: Runs = Runs::new();

impl Repo {
    #[redis_cache(ttl = 60, skip(self))]
    pub(crate) async fn get_user(&self, id: u32) -> u32 {
        RUNS.count();
        self.tenant + id
    }

    #[redis_cache(ttl = 60, key(self.tenant, id))]
    pub(crate) async fn of_tenant(&self, id: u32) -> u32 {
        RUNS.count();
        self.tenant + id
    }
}

#[tokio::test]
async fn of_methods() {
    with_cache(async {
        let repo = Repo { tenant: 100 };
        let entries = [Repo::get_user_entry(1), repo.of_tenant_entry(1)];
        for entry in &entries {
            assert_eq!(entry.get().await.unwrap(), None);
            entry.put(&7).await.unwrap();
        }
        assert_eq!(hit(repo.get_user(1)).await, 7);
        assert_eq!(hit(repo.of_tenant(1)).await, 7);
        for entry in &entries {
            assert_eq!(entry.get().await.unwrap(), Some(7));
            assert!(entry.ttl().await.unwrap().unwrap() <= Duration::from_secs(60));
            entry.invalidate().await.unwrap();
        }
        assert_eq!(miss(repo.get_user(1)).await, 101);
        assert_eq!(miss(repo.of_tenant(1)).await, 101);
    })
    .await;
}

#[tokio::test]
async fn outlives_its_arguments() {
    #[redis_cache(ttl = 60)]
    async fn length(text: &str) -> usize {
        text.len()
    }

    with_cache(async {
        let entry = {
            let text = "abc".to_owned();
            length(&text).await;
            length::entry(&text)
        };
        let get = tokio::spawn(async move { entry.get().await.unwrap() });
        assert_eq!(get.await.unwrap(), Some(3));
    })
    .await;
}

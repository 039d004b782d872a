//! The tier, in use by threads and by the values themselves.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};

use super::tier::{Budget, Stored, Tier};
use super::{Moment, Wanted};
use crate::Tracker;
use crate::clock::Tick;
use crate::key::{Function, KeyBuilder};
use crate::policy::Shared;
use crate::store::tracker::Watch;

static FUNCTION: Function = Function::new("f", "", "", "tests.rs", 1, 1);

const MIB: usize = 1024 * 1024;

struct Kept {
    tier: Tier,
    watch: Arc<Watch>,
}

impl Kept {
    fn new(budget: Budget) -> Self {
        let watch = Arc::new(Watch::default());
        Tracker::new(&watch).trust();
        Self { tier: Tier::new(budget, Arc::clone(&watch)), watch }
    }

    /// A number, which is short, or a text, with tags or without.
    fn with<T>(&self, n: u64, use_it: impl FnOnce(&Tier, Wanted<'_>) -> T) -> T {
        let mut key = KeyBuilder::new(&FUNCTION, "tests::f".into());
        if n.is_multiple_of(2) {
            // Most end in zeros.
            key.arg(&((2 * n + 1) << (n % 50)));
        } else {
            key.arg(&vec!["\0"; usize::try_from(n).unwrap()].concat());
        }
        let tags = if n.is_multiple_of(3) { &[0xFF; 3][..] } else { &[] };
        use_it(&self.tier, Wanted::new(&FUNCTION, key.finish().carried().unwrap(), tags))
    }

    fn find(&self, n: u64) -> Option<Shared> {
        self.with(n, |tier, wanted| tier.find(&wanted))
    }

    fn keep(&self, n: u64, value: Shared, weight: u32) {
        let stamp = self.watch.stamp(self.watch.ticket("slot", &[]), &[]).unwrap();
        let end = Moment::Tick(Tick::NEVER);
        let stored = Stored { value, stamp, end, is_tracked: true, weight };
        self.with(n, |tier, wanted| tier.keep(wanted.to_place().unwrap(), stored));
    }
}

/// On each way that a value can go: another is kept in its place, it is too large, so is what comes into its place, it makes
/// room, or a reader has it last.
#[test]
fn a_value_that_goes_may_use_the_tier() {
    const KIB: u32 = 1024;
    struct OfUser(Arc<Kept>, Arc<AtomicU32>);
    impl Drop for OfUser {
        fn drop(&mut self) {
            let Self(kept, gone) = self;
            gone.fetch_add(1, Ordering::SeqCst);
            (0..3).for_each(|n| drop(kept.find(n)));
            kept.keep(1000, Arc::new(()), 0);
        }
    }
    let kept = Arc::new(Kept::new(Budget { bytes: MIB, entries: usize::MAX }));
    let gone = Arc::<AtomicU32>::default();
    let keep = |n, weight| {
        kept.keep(n, Arc::new(OfUser(Arc::clone(&kept), Arc::clone(&gone))), weight);
        gone.swap(0, Ordering::SeqCst)
    };
    assert_eq!(keep(0, 8 * KIB), 0);
    assert_eq!(keep(0, 8 * KIB), 1, "another is in its place");
    assert_eq!(keep(1, 2048 * KIB), 1, "it is too large");
    assert_eq!(keep(0, 2048 * KIB), 2, "the one before must not be found, either");
    assert!(kept.find(0).is_none());
    let made_room: u32 = (0..200).map(|n| keep(n, 8 * KIB)).sum();
    assert!((72..200).contains(&made_room), "{made_room} made room");
    let (n, found) = (0..200).find_map(|n| Some((n, kept.find(n)?))).expect("some are left");
    kept.keep(n, Arc::new(()), 0);
    assert_eq!(gone.swap(0, Ordering::SeqCst), 0, "it is still had");
    drop(found);
    assert_eq!(gone.swap(0, Ordering::SeqCst), 1);
}

/// Threads that keep and take at once, in a budget that has room for a part of it: what is found was kept there, and each
/// value is let go of once.
#[test]
fn what_is_found_is_what_was_kept_there() {
    const VALUES: u64 = 300;
    static LEFT: AtomicI64 = AtomicI64::new(0);
    struct Of(u64);
    impl Drop for Of {
        fn drop(&mut self) {
            LEFT.fetch_sub(1, Ordering::SeqCst);
        }
    }
    let budget = Budget { bytes: 10 * MIB, entries: 128 };
    assert!(budget.parts() > 1);
    let kept = Kept::new(budget);
    let step = |n| {
        let found = kept.find(n);
        if let Some(found) = &found {
            assert_eq!(found.downcast_ref::<Of>().unwrap().0, n);
        } else {
            LEFT.fetch_add(1, Ordering::SeqCst);
            kept.keep(n, Arc::new(Of(n)), 8);
        }
        found.is_some()
    };
    std::thread::scope(|threads| {
        for _ in 0..4 {
            threads.spawn(|| {
                let found = (0..20_000).filter(|_| step(fastrand::u64(..VALUES))).count();
                assert!(found > 2000, "{found}");
            });
        }
    });
    let count = (0..VALUES).filter(|n| kept.find(*n).is_some()).count();
    assert_eq!(LEFT.load(Ordering::SeqCst), i64::try_from(count).unwrap());
    assert!((64..=128).contains(&count), "{count}");
    drop(kept);
    assert_eq!(LEFT.load(Ordering::SeqCst), 0);
}

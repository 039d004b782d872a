//! The tier: how much it keeps, and its use by threads and by the values themselves.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};

use super::tier::{Budget, OVERHEAD, Stored, Tier};
use super::{Moment, Wanted};
use crate::Tracker;
use crate::clock::Tick;
use crate::key::{Function, Key, KeyBuilder};
use crate::policy::Shared;
use crate::store::tracker::Watch;

static FUNCTION: Function = Function::new("f", "", "", "tests.rs", 1, 1);

const MIB: usize = 1024 * 1024;

struct Kept {
    tier: Tier,
    watch: Arc<Watch>,
    /// The key of a number, and its tags.
    key: fn(u64) -> (Key, &'static [u8]),
}

impl Kept {
    fn new(budget: Budget, key: fn(u64) -> (Key, &'static [u8])) -> Self {
        let watch = Arc::new(Watch::default());
        Tracker::new(&watch).trust();
        Self { tier: Tier::new(budget, Arc::clone(&watch)), watch, key }
    }

    /// With values of that size, one after the other.
    fn filled(budget: Budget, count: u64, size: u32) -> Self {
        let kept = Self::new(budget, number);
        (0..count).for_each(|n| kept.keep(n, Arc::new(n), size));
        kept
    }

    fn with<T>(&self, n: u64, use_it: impl FnOnce(&Tier, Wanted<'_>) -> T) -> T {
        let (key, tags) = (self.key)(n);
        use_it(&self.tier, Wanted::new(&FUNCTION, key.carried().unwrap(), tags))
    }

    fn find(&self, n: u64) -> Option<Shared> {
        self.with(n, |tier, wanted| tier.find(&wanted))
    }

    /// Whether it is found, and what it should be.
    fn finds(&self, n: u64) -> bool {
        self.find(n).is_some_and(|kept| kept.downcast_ref() == Some(&n))
    }

    fn keep(&self, n: u64, value: Shared, weight: u32) {
        let stamp = self.watch.stamp(self.watch.ticket("slot", &[]), &[]).unwrap();
        let end = Moment::Tick(Tick::NEVER);
        let stored = Stored { value, stamp, end, is_tracked: true, weight };
        self.with(n, |tier, wanted| tier.keep(wanted.to_place().unwrap(), stored));
    }
}

fn number(n: u64) -> (Key, &'static [u8]) {
    let mut key = KeyBuilder::new(&FUNCTION, "tests::f".into());
    key.arg(&n);
    (key.finish(), &[])
}

/// A number, which is short, or a text, with tags or without.
fn of_any_kind(n: u64) -> (Key, &'static [u8]) {
    let mut key = KeyBuilder::new(&FUNCTION, "tests::f".into());
    if n.is_multiple_of(2) {
        // Most end in zeros.
        key.arg(&((2 * n + 1) << (n % 50)));
    } else {
        key.arg(&vec!["\0"; usize::try_from(n).unwrap()].concat());
    }
    (key.finish(), if n.is_multiple_of(3) { &[0xFF; 3] } else { &[] })
}

#[test]
fn there_are_no_more_entries_than_there_may_be() {
    for entries in [1, 2, 3, 10, 33, 100, 1000, 4321] {
        for bytes in [64 * MIB, usize::MAX] {
            let all = Kept::filled(Budget { bytes, entries }, 10_000, 8);
            let kept = (0..10_000).filter(|n| all.finds(*n)).count();
            assert!((1..=entries).contains(&kept), "{kept} of {entries}, in {bytes}");
            assert!(kept * 10 >= entries * 9, "{kept} of {entries}, in {bytes}");
        }
    }
}

#[test]
fn there_are_no_more_bytes_than_there_may_be() {
    let most = Budget { bytes: MIB, entries: usize::MAX };
    for size in [0, 100, 10_000, 500_000] {
        let all = Kept::filled(most, 10_000, size);
        let kept = (0..10_000).filter(|n| all.finds(*n)).count();
        let room = MIB / (size as usize + OVERHEAD);
        assert!(kept <= room && kept * 10 >= room * 8, "{kept} of {room}");
    }
    let all = Kept::filled(most, 10, 2 * 1024 * 1024);
    assert!((0..10).all(|n| !all.finds(n)), "they are too large");
}

#[test]
fn values_are_dropped_when_others_can_be_found_again() {
    struct OfUser {
        is_fatal: bool,
    }
    impl Drop for OfUser {
        fn drop(&mut self) {
            assert!(!self.is_fatal, "the user's `Drop` panics");
        }
    }
    let kept = Kept::new(Budget { bytes: MIB, entries: usize::MAX }, number);
    for n in 0..100 {
        kept.keep(n, Arc::new(OfUser { is_fatal: n == 50 }), 8 * 1024);
    }
    let all_at_once = || kept.keep(100, Arc::new(100_u64), 900 * 1024);
    assert!(catch_unwind(AssertUnwindSafe(all_at_once)).is_err(), "they made room");
    assert!(kept.finds(100));
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
    let kept = Arc::new(Kept::new(Budget { bytes: MIB, entries: usize::MAX }, of_any_kind));
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
    let kept = Kept::new(budget, of_any_kind);
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

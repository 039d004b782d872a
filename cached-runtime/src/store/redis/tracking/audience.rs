//! The caches that are told of changes, and which session may tell them.
//!
//! All is decided under one lock: so a session that has ended, or that another has followed, can tell nothing any more,
//! however late its connection or its task learns of that.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::store::Tracker;

/// The number of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Session(u64);

#[derive(Debug, Default)]
pub(super) struct Audience(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    trackers: Vec<Tracker>,
    /// The session that began last.
    last: u64,
    /// Whether it has not ended.
    is_on: bool,
    /// Until when it is trusted.
    until: Option<Instant>,
}

impl Audience {
    pub(super) fn add(&self, tracker: Tracker) {
        let mut inner = self.lock();
        if let Some(until) = inner.until {
            tracker.trust_until(until);
        }
        inner.forget();
        inner.trackers.push(tracker);
    }

    /// Whether there is anybody.
    pub(super) fn is_there(&self) -> bool {
        let mut inner = self.lock();
        inner.forget();
        !inner.trackers.is_empty()
    }

    /// A new session; the one before is over.
    pub(super) fn begin(&self) -> Session {
        let mut inner = self.lock();
        inner.end();
        inner.last += 1;
        inner.is_on = true;
        Session(inner.last)
    }

    /// Whether no other session has begun since this one.
    pub(super) fn is_last(&self, session: Session) -> bool {
        self.lock().last == session.0
    }

    /// Whether the session has not ended.
    pub(super) fn is_on(&self, session: Session) -> bool {
        self.lock().is(session)
    }

    pub(super) fn changed<'a>(&self, session: Session, slots: impl Iterator<Item = &'a str>) {
        let inner = self.lock();
        if inner.is(session) {
            slots.for_each(|slot| inner.trackers.iter().for_each(|it| it.changed(slot)));
        }
    }

    pub(super) fn all_changed(&self, session: Session) {
        let inner = self.lock();
        if inner.is(session) {
            inner.trackers.iter().for_each(Tracker::all_changed);
        }
    }

    /// What the session has told is all that has changed until one detection time before `until`. `false` if it is over.
    pub(super) fn trust_until(&self, session: Session, until: Instant) -> bool {
        let mut inner = self.lock();
        let is_on = inner.is(session);
        if is_on {
            inner.until = Some(until);
            inner.trackers.iter().for_each(|tracker| tracker.trust_until(until));
        }
        is_on
    }

    pub(super) fn end(&self, session: Session) {
        let mut inner = self.lock();
        if inner.is(session) {
            inner.end();
        }
    }

    /// Ends the session, whichever it is.
    pub(super) fn end_all(&self) {
        self.lock().end();
    }

    /// Nothing that is done under it panics half-way.
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn is(&self, session: Session) -> bool {
        self.is_on && self.last == session.0
    }

    /// Those whose caches are gone.
    fn forget(&mut self) {
        self.trackers.retain(|tracker| !tracker.is_gone());
    }

    fn end(&mut self) {
        if std::mem::take(&mut self.is_on) {
            self.until = None;
            self.trackers.iter().for_each(Tracker::lost);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::*;
    use crate::clock::Tick;
    use crate::store::tracker::Watch;

    fn cache(audience: &Audience) -> Arc<Watch> {
        let watch = Arc::new(Watch::default());
        audience.add(Tracker::new(&watch));
        watch
    }

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(60)
    }

    #[test]
    fn a_session_that_is_over_can_tell_nothing() {
        let audience = Audience::default();
        let watch = cache(&audience);
        let is_trusted = || watch.is_trusted(Tick::now());
        let first = audience.begin();
        assert!(!is_trusted(), "not before it was asked");
        assert!(audience.trust_until(first, soon()) && is_trusted());
        audience.end(first);
        assert!(!is_trusted() && !audience.is_on(first));
        assert!(!audience.trust_until(first, soon()) && !is_trusted(), "a late answer");
        let second = audience.begin();
        assert!(!audience.trust_until(first, soon()) && !is_trusted(), "an even later one");
        assert!(audience.trust_until(second, soon()) && is_trusted());
        audience.end(first);
        assert!(is_trusted(), "the end of an earlier session is not that of this one");
        let third = audience.begin();
        assert!(!is_trusted() && audience.is_on(third) && !audience.is_on(second));
    }

    #[test]
    fn what_was_kept_before_the_end_of_a_session_is_void() {
        let audience = Audience::default();
        let watch = cache(&audience);
        let session = audience.begin();
        let stamp = || watch.stamp(watch.ticket("a", &[]), &[]).unwrap();
        for (void, tell) in [
            (false, &(|| audience.changed(session, ["b"].into_iter())) as &dyn Fn()),
            (true, &|| audience.changed(session, ["b", "a"].into_iter())),
            (true, &|| audience.all_changed(session)),
            (true, &|| audience.end(session)),
            (false, &|| audience.changed(session, ["a"].into_iter())),
            (false, &|| audience.all_changed(session)),
        ] {
            let stamp = stamp();
            tell();
            assert_eq!(watch.holds(&stamp), !void);
        }
    }

    #[test]
    fn caches_come_and_go() {
        let audience = Audience::default();
        assert!(!audience.is_there());
        let first = cache(&audience);
        let session = audience.begin();
        audience.trust_until(session, soon());
        let second = cache(&audience);
        assert!(second.is_trusted(Tick::now()), "it is told of all that it reads from now on");
        drop(first);
        assert!(audience.is_there());
        drop(second);
        assert!(!audience.is_there());
        audience.end_all();
        let third = cache(&audience);
        assert!(!third.is_trusted(Tick::now()));
    }
}

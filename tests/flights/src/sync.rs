//! The locks of the flights: the counterpart of `cached-runtime/src/sync.rs`.

use std::sync::PoisonError;

pub(crate) use shuttle::sync::{Mutex, MutexGuard};

/// Shuttle's tasks share one OS thread, so while one of them panics, all seem to, and poison what they unlock.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

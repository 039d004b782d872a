//! The locks of the flights. Their tests build the same modules on locks that try all interleavings.

use std::sync::PoisonError;
pub(crate) use std::sync::{Mutex, MutexGuard};

/// A panic while a lock was held can't have left anything half-way: what is done under it does not panic.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

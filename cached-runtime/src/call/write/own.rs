//! What the body of a write reads of its own entries. Its intent keeps their slots from being filled until it has ended,
//! so a call there would wait for its own caller. And it may read what is not committed yet, which is for nobody else. So
//! it runs its body, for itself alone.

use std::future::Future;
use std::sync::Arc;

use crate::around;

tokio::task_local! {
    static WRITING: Writing;
}

/// The slots that the writes around a call are about: those of each write.
#[derive(Clone, Default)]
struct Writing(Vec<Arc<[String]>>);

/// Runs the body of a write that is about `slots`. No `async fn`: that would hold the body twice.
pub(super) fn writing<F: Future>(
    slots: impl Iterator<Item = String>,
    body: F,
) -> impl Future<Output = F::Output> {
    let mut writing = WRITING.try_with(Clone::clone).unwrap_or_default();
    writing.0.push(slots.collect());
    around::set(&WRITING, writing, body)
}

/// Whether a call here is made by a write that is about `slot`.
pub(in crate::call) fn is_writing(slot: &str) -> bool {
    let is_about = |slots: &Arc<[String]>| slots.iter().any(|own| own == slot);
    WRITING.try_with(|writing| writing.0.iter().any(is_about)).unwrap_or(false)
}

/// Whether a call here is made by a write at all.
pub(in crate::call) fn is_any_writing() -> bool {
    WRITING.try_with(|_| ()).is_ok()
}

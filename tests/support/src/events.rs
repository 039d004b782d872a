//! Records tracing events as text.

use std::fmt::{Debug, Write as _};
use std::sync::{Arc, Mutex, PoisonError};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::DefaultGuard;
use tracing::{Event, Metadata, Subscriber};

/// The events and spans so far, each as one line: level, target, fields.
#[derive(Clone, Debug, Default)]
pub struct Events(Arc<Mutex<Vec<String>>>);

impl Events {
    /// Records what this thread emits until the guard is dropped: on a current-thread runtime,
    /// all that its tasks emit.
    #[must_use]
    pub fn record() -> (Self, DefaultGuard) {
        let events = Self::default();
        let guard = tracing::subscriber::set_default(Recorder(events.clone()));
        (events, guard)
    }

    /// What was recorded.
    pub fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn push(&self, metadata: &Metadata<'_>, fields: &dyn Fn(&mut Line)) {
        let mut line = Line(format!("{} {}", metadata.level(), metadata.target()));
        fields(&mut line);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(line.0);
    }
}

struct Recorder(Events);

impl Subscriber for Recorder {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        self.0.push(span.metadata(), &|line| span.record(line));
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        self.0.push(event.metadata(), &|line| event.record(line));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let _ = write!(self.0, " {}={value:?}", field.name());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_recorded_with_their_fields() {
        let (events, guard) = Events::record();
        tracing::warn!(attempt = 3, "no answer");
        drop(guard);
        tracing::warn!("unheard");
        assert_eq!(events.lines(), ["WARN support::events::tests message=no answer attempt=3"]);
    }
}

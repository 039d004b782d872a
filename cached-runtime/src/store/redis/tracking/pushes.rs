//! What Redis says without being asked. The connection's driver hands it over before it reads on: so a push is handled
//! before a reply that came after it is known to anybody.

use std::convert::Infallible;
use std::sync::Arc;

use ::redis::aio::{AsyncPushSender, SendError};
use ::redis::{PushInfo, PushKind, Value};
use tokio::sync::oneshot;

use super::audience::{Audience, Session};

/// The ear of one connection. It is dropped with it, however that ends, and the session then ends too.
pub(super) struct Pushes {
    audience: Arc<Audience>,
    session: Session,
    /// Wakes the session's task.
    _open: oneshot::Sender<Infallible>,
}

impl Pushes {
    /// With what is ready when the connection has ended.
    pub(super) fn new(
        audience: Arc<Audience>,
        session: Session,
    ) -> (Self, oneshot::Receiver<Infallible>) {
        let (open, closed) = oneshot::channel();
        (Self { audience, session, _open: open }, closed)
    }
}

impl AsyncPushSender for Pushes {
    fn send(&self, push: PushInfo) -> Result<(), SendError> {
        if push.kind == PushKind::Invalidate {
            match push.data.first() {
                Some(Value::Array(keys)) => {
                    self.audience.changed(self.session, keys.iter().filter_map(slot));
                }
                // `FLUSHALL` and `FLUSHDB` name no keys.
                _ => self.audience.all_changed(self.session),
            }
        }
        Ok(())
    }
}

impl Drop for Pushes {
    fn drop(&mut self) {
        self.audience.end(self.session);
    }
}

/// A key that is no text is none of our slots.
fn slot(key: &Value) -> Option<&str> {
    match key {
        Value::BulkString(bytes) => std::str::from_utf8(bytes).ok(),
        Value::SimpleString(text) => Some(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Tracker;
    use crate::store::tracker::Watch;

    #[test]
    fn a_push_names_the_slots_or_none() {
        let audience = Arc::<Audience>::default();
        let watch = Arc::new(Watch::default());
        audience.add(Tracker::new(&watch));
        let session = audience.begin();
        let (pushes, mut closed) = Pushes::new(Arc::clone(&audience), session);
        let key = |bytes: &[u8]| Value::BulkString(bytes.to_vec());
        let invalidate = |data| PushInfo { kind: PushKind::Invalidate, data };
        let message = PushInfo { kind: PushKind::Message, data: vec![key(b"a"), key(b"a")] };
        for (push, voids) in [
            (message, false),
            (invalidate(vec![Value::Array(vec![key(b"b"), key(b"\xff")])]), false),
            (invalidate(vec![Value::Array(vec![key(b"\xff"), key(b"a")])]), true),
            (invalidate(vec![Value::Nil]), true),
            (invalidate(vec![]), true),
        ] {
            let stamp = watch.stamp(watch.ticket("a", &[]), &[]).unwrap();
            let shown = format!("{push:?}");
            assert!(pushes.send(push).is_ok());
            assert_eq!(watch.holds(&stamp), !voids, "{shown}");
        }
        assert!(closed.try_recv().is_err() && audience.is_on(session));
        drop(pushes);
        assert!(!audience.is_on(session), "its connection is gone");
        assert!(matches!(closed.try_recv(), Err(oneshot::error::TryRecvError::Closed)));
    }
}

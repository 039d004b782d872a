use bytes::Bytes;

use crate::store::redis::queue::Found;

/// A record that was read so often without being done, by workers that died, is suspected of their death.
const SUSPICIOUS: u32 = 3;

/// A record in work.
pub(super) struct Job {
    pub(super) id: String,
    pub(super) key: String,
    pub(super) payload: Bytes,
    /// How often it has failed by itself.
    pub(super) failures: u32,
    /// Whether it is tried by itself, and that counted beforehand.
    pub(super) is_suspect: bool,
}

impl Job {
    /// Or, of a record that is no longer there, its id.
    pub(super) fn new(Found { id, content, tries, deliveries }: Found) -> Result<Self, String> {
        let Some(content) = content else { return Err(id) };
        let is_suspect = deliveries >= SUSPICIOUS;
        Ok(Self { id, key: content.key, payload: content.payload, failures: tries, is_suspect })
    }
}

//! What mutants tell of tags and intents.

use std::collections::HashMap;
use std::sync::Mutex;

use cached_runtime::{Bytes, Error, Minted, Store, Tagged};

/// In the slot of a tag: a byte, the epoch, and a stamp.
const EPOCH: std::ops::Range<usize> = 1..17;

#[derive(Default)]
pub(crate) struct Forgery {
    /// What was in the slots of a value's tags when it was first read.
    first: Mutex<HashMap<Bytes, Vec<Option<Bytes>>>>,
    clock: Mutex<Option<Bytes>>,
    /// The slot of the tag whose epoch it was.
    epochs: Mutex<HashMap<Bytes, String>>,
}

impl Forgery {
    /// Of a value's tags nothing changes.
    pub(crate) fn keep_tags(&self, slot: &str, tagged: &mut Tagged) {
        let Some((bytes, _)) = &tagged.found else { return };
        let value = Bytes::from([slot.as_bytes(), bytes].concat());
        let mut first = self.first.lock().unwrap();
        tagged.tags.clone_from(first.entry(value).or_insert_with(|| tagged.tags.clone()));
    }

    /// The clock is what it was.
    pub(crate) fn keep_clock(&self, clock: &mut Bytes) {
        clock.clone_from(self.clock.lock().unwrap().get_or_insert_with(|| clock.clone()));
    }

    /// The clock is what it was, and no tag has been invalidated since.
    pub(crate) fn stop(&self, minted: &mut Minted) {
        self.keep_clock(&mut minted.clock);
        for tag in minted.tags.iter_mut().filter(|tag| is_epoch(tag)) {
            *tag = [&tag[..EPOCH.end], b"0"].concat().into();
        }
    }

    pub(crate) fn learn(&self, tags: &[String], minted: &Minted) {
        let mut epochs = self.epochs.lock().unwrap();
        for (name, tag) in tags.iter().zip(&minted.tags).filter(|(_, tag)| is_epoch(tag)) {
            epochs.insert(tag.slice(EPOCH), name.clone());
        }
    }

    /// A value, with the epochs that its tags have now.
    pub(crate) async fn date_anew(&self, store: &dyn Store, value: Bytes) -> Result<Bytes, Error> {
        let epochs = self.epochs.lock().unwrap().clone();
        let mut value = value.to_vec();
        for at in 0..value.len().saturating_sub(EPOCH.len()) {
            let place = at..at + EPOCH.len();
            let Some(name) = epochs.get(&value[place.clone()]) else { continue };
            if let Some(tag) = store.get(name).await?.filter(|tag| is_epoch(tag)) {
                value[place].copy_from_slice(&tag[EPOCH]);
            }
        }
        Ok(value.into())
    }

    /// Whoever is left of several writers has always been alone.
    pub(crate) async fn forget_others(&self, store: &dyn Store, slot: &str) -> Result<(), Error> {
        let Some((found, left)) = store.get_with_ttl(slot).await? else { return Ok(()) };
        if found.starts_with(&[2, 2]) {
            let mut alone = found.to_vec();
            alone[2] = 0;
            store.set_if_starts(slot, &found, alone.into(), left).await?;
        }
        Ok(())
    }
}

fn is_epoch(bytes: &[u8]) -> bool {
    bytes.first() == Some(&4) && bytes.len() >= EPOCH.end
}

use super::Request;
use super::functions::{Functions, Known};
use crate::Error;
use crate::store::Store;

/// What a cache is made of, for the calls that use it.
pub(crate) struct Engine {
    /// `None` for a disabled cache.
    pub(crate) store: Option<Box<dyn Store>>,
    /// `{namespace}:{version}:`, escaped: every slot's name starts with it.
    pub(crate) start: String,
    /// The largest encoding to store, in bytes, where a function does not say.
    pub(crate) max_size: usize,
    pub(crate) functions: Functions,
}

impl Engine {
    /// Whether a call would be told at once that the store can't be used.
    pub(super) fn is_away(&self) -> bool {
        self.store.as_ref().is_none_or(|store| store.is_away())
    }

    /// The name of a slot.
    ///
    /// # Errors
    ///
    /// The arguments are no key, or another function would use the same names.
    pub(crate) fn slot<V>(&self, request: &Request<V>, known: &Known) -> Result<String, Error> {
        if let Some(other) = &known.clash {
            return Err(Error::key(
                known.path,
                format!(
                    "another function of the same path, at {other}, has them as well: give one a `prefix`"
                ),
            ));
        }
        let mut slot = String::with_capacity(self.start.len() + request.function.part().len() + 64);
        slot.push_str(&self.start);
        match request.key.push_to(&mut slot, request.function) {
            Ok(()) => Ok(slot),
            Err(problem) => Err(Error::key(known.path, problem)),
        }
    }
}

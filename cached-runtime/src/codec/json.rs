use serde_core::Serialize;
use serde_core::de::DeserializeOwned;

use super::faithful::{self, Unfaithful};
use super::{Codec, CodecError, weight};

/// JSON by `serde_json`: the default. Its values stand in Redis as bare JSON documents, as any other language
/// would write and read them.
///
/// It stores what `Serialize` says of a value: a field with `#[serde(skip)]` is not there after a hit. A value that JSON
/// would change, as it has one `null` for many things (`Some(None)`, `Some(())`, a float that is infinite or no number),
/// is returned and not stored.
#[derive(Debug, Clone, Copy)]
pub struct Json;

impl Json {
    pub(crate) const NAME: &'static str = "json";
}

impl<T: Serialize + DeserializeOwned> Codec<T> for Json {
    const NAME: &'static str = Self::NAME;

    fn encode(value: &T, out: &mut Vec<u8>) -> Result<(), CodecError> {
        // Its own failures are told better by the encoder.
        match faithful::check(value) {
            Ok(()) | Err(Unfaithful::Other) => Ok(serde_json::to_writer(out, value)?),
            Err(unfaithful) => Err(unfaithful.into()),
        }
    }

    fn decode(bytes: &[u8]) -> Result<T, CodecError> {
        // Checking the whole for UTF-8 at once is much faster than each string by itself, as `from_slice` does.
        Ok(serde_json::from_str(std::str::from_utf8(bytes)?)?)
    }

    fn weight(value: &T, encoded: usize) -> usize {
        weight::weigh(value, encoded)
    }
}

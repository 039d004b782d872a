use serde_core::Serialize;
use serde_core::de::DeserializeOwned;

use super::{Codec, CodecError};

/// JSON by `serde_json`: the default. Its values stand in Redis as bare JSON documents, as any other language
/// would write and read them.
///
/// It stores what `Serialize` says of a value: a field with `#[serde(skip)]` is not there after a hit, and a
/// `f64::NAN` (`null` in JSON) is never a hit.
#[derive(Debug, Clone, Copy)]
pub struct Json;

impl Json {
    pub(crate) const NAME: &'static str = "json";
}

impl<T: Serialize + DeserializeOwned> Codec<T> for Json {
    const NAME: &'static str = Self::NAME;

    fn encode(value: &T, out: &mut Vec<u8>) -> Result<(), CodecError> {
        Ok(serde_json::to_writer(out, value)?)
    }

    fn decode(bytes: &[u8]) -> Result<T, CodecError> {
        // Checking the whole for UTF-8 at once is much faster than each string by itself, as `from_slice` does.
        Ok(serde_json::from_str(std::str::from_utf8(bytes)?)?)
    }
}

//! The bytes of a slot: a plain value, or an envelope (DESIGN, section 5; `docs/protocol.md`).
//!
//! A plain value is the bare JSON document. Other codecs need an envelope that says which one wrote the payload:
//!
//! | bytes | meaning |
//! |---|---|
//! | `01` | an envelope; no JSON document starts with it |
//! | `01` | version of the envelope |
//! | `nn` | length of the codec's name |
//! | … | the codec's name |
//! | … | the payload |

use super::{CodecError, CodecOf, Json};

/// The first byte of an envelope.
const ENVELOPE: u8 = 0x01;

/// The only version of the envelope so far.
const VERSION: u8 = 0x01;

/// The bytes to store for `value`.
pub(crate) fn encode<T>(codec: &CodecOf<T>, value: &T) -> Result<Vec<u8>, CodecError> {
    let mut out = Vec::with_capacity(128);
    if codec.name != Json::NAME {
        let length = u8::try_from(codec.name.len())
            .map_err(|_| "the codec's NAME is longer than 255 bytes: shorten it")?;
        out.extend_from_slice(&[ENVELOPE, VERSION, length]);
        out.extend_from_slice(codec.name.as_bytes());
    }
    (codec.encode)(value, &mut out)?;
    Ok(out)
}

/// The value that the bytes of a slot stand for.
pub(crate) fn decode<T>(codec: &CodecOf<T>, bytes: &[u8]) -> Result<T, CodecError> {
    (codec.decode)(payload(codec.name, bytes)?)
}

fn payload<'a>(codec: &str, bytes: &'a [u8]) -> Result<&'a [u8], CodecError> {
    let (name, payload) = match bytes {
        [ENVELOPE, VERSION, length, rest @ ..] => {
            rest.split_at_checked(usize::from(*length)).ok_or("the envelope is cut short")?
        }
        [ENVELOPE, ..] => {
            return Err("the envelope has a version that this release can't read".into());
        }
        plain => (Json::NAME.as_bytes(), plain),
    };
    if name == codec.as_bytes() {
        Ok(payload)
    } else {
        Err(format!("it was written by the codec {:?}", String::from_utf8_lossy(name)).into())
    }
}

#[cfg(test)]
mod tests {
    use super::super::Codec;
    use super::*;

    struct Raw;

    impl Codec<Vec<u8>> for Raw {
        const NAME: &'static str = "raw";

        fn encode(value: &Vec<u8>, out: &mut Vec<u8>) -> Result<(), CodecError> {
            out.extend_from_slice(value);
            Ok(())
        }

        fn decode(bytes: &[u8]) -> Result<Vec<u8>, CodecError> {
            Ok(bytes.to_vec())
        }
    }

    #[test]
    fn json_is_bare_and_other_codecs_have_an_envelope() {
        let json = CodecOf::of::<Json>();
        let raw = CodecOf::of::<Raw>();
        assert_eq!(encode(&json, &vec![1, 2]).unwrap(), b"[1,2]");
        let enveloped = encode(&raw, &vec![1, 2]).unwrap();
        assert_eq!(enveloped, b"\x01\x01\x03raw\x01\x02");
        assert_eq!(decode(&raw, &enveloped).unwrap(), [1, 2]);
        assert_eq!(decode(&json, b" [1, 2]\n").unwrap(), [1, 2], "as another program may write it");
    }

    #[test]
    fn what_another_codec_or_a_fault_wrote_is_refused() {
        let json = CodecOf::<Vec<u8>>::of::<Json>();
        let raw = CodecOf::<Vec<u8>>::of::<Raw>();
        for (codec, bytes) in [
            (&json, &b"\x01\x01\x03raw\x01\x02"[..]),
            (&raw, b"[1,2]"),
            (&raw, b"\x01\x01\x03ra"),
            (&raw, b"\x01\x02\x03raw"),
            (&raw, b"\x01"),
            (&raw, b"\x02lease"),
            (&json, b""),
            (&json, b"[1,2"),
            (&json, b"[1,2] [3]"),
        ] {
            assert!(decode(codec, bytes).is_err(), "{bytes:?}");
        }
    }
}

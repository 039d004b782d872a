//! The bytes of a slot: a plain value, an envelope, or a lease (DESIGN, section 5; `docs/protocol.md`).
//!
//! A plain value is the bare JSON document. A value needs an envelope if another codec wrote it, or if more is to be
//! known of it than its bytes:
//!
//! | bytes | meaning |
//! |---|---|
//! | `01` | an envelope; no JSON document starts with it |
//! | `01` | version of the envelope |
//! | `nn` | flags: which of the next three there are |
//! | 16, if `01` | the mark: it belongs to one fill |
//! | 8, if `02` | the window: milliseconds that the slot lives on when the value is no longer fresh |
//! | 8, if `04` | the cost: microseconds that the body took |
//! | `nn` | length of the codec's name |
//! | … | the codec's name |
//! | … | the payload |
//!
//! A lease is `02 01` and a token of 16 bytes.

use std::time::Duration;

use bytes::Bytes;

use super::{CodecError, CodecOf, Json};

mod mark;

pub(crate) use mark::{HELD_OFF, is_lease, new_lease};

/// The first byte of an envelope.
const ENVELOPE: u8 = 0x01;

/// The only version of the envelope so far.
const VERSION: u8 = 0x01;

const HAS_MARK: u8 = 0x01;
const HAS_WINDOW: u8 = 0x02;
const HAS_COST: u8 = 0x04;

/// What is to be known of a value beside its bytes. What is zero is left out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Age {
    /// How long the slot lives on when the value is no longer fresh.
    pub(crate) window: Duration,
    /// How long the body took.
    pub(crate) cost: Duration,
}

/// The bytes to store for `value`. With an `age` they have a mark as well.
pub(crate) fn encode<T>(
    codec: &CodecOf<T>,
    value: &T,
    age: Option<Age>,
) -> Result<Vec<u8>, CodecError> {
    let mut out = Vec::with_capacity(128);
    if codec.name != Json::NAME || age.is_some() {
        let length = u8::try_from(codec.name.len())
            .map_err(|_| "the codec's NAME is longer than 255 bytes: shorten it")?;
        push_head(&mut out, age.is_some(), age.unwrap_or_default());
        out.push(length);
        out.extend_from_slice(codec.name.as_bytes());
    }
    (codec.encode)(value, &mut out)?;
    Ok(out)
}

/// The value that the bytes of a slot stand for.
pub(crate) fn decode<T>(codec: &CodecOf<T>, bytes: &[u8]) -> Result<T, CodecError> {
    let envelope = Envelope::parse(bytes)?;
    if envelope.codec == codec.name.as_bytes() {
        (codec.decode)(envelope.payload)
    } else {
        let name = String::from_utf8_lossy(envelope.codec);
        Err(format!("it was written by the codec {name:?}").into())
    }
}

/// What is known of the value in `bytes`.
pub(crate) fn age(bytes: &[u8]) -> Age {
    Envelope::parse(bytes).map(|envelope| envelope.age).unwrap_or_default()
}

/// The beginning of `bytes` that no other fill's value has; all of them where there is no mark.
pub(crate) fn start(bytes: &Bytes) -> Bytes {
    let marked = Envelope::parse(bytes).is_ok_and(|envelope| envelope.is_marked);
    if marked { bytes.slice(..3 + mark::LENGTH) } else { bytes.clone() }
}

/// The same value as in `bytes` with a mark of its own; `None` if there is no value in them.
pub(crate) fn mark_anew(bytes: &[u8]) -> Option<Bytes> {
    let envelope = Envelope::parse(bytes).ok()?;
    let mut out = Vec::with_capacity(bytes.len() + 64);
    push_head(&mut out, true, envelope.age);
    out.push(u8::try_from(envelope.codec.len()).ok()?);
    out.extend_from_slice(envelope.codec);
    out.extend_from_slice(envelope.payload);
    Some(out.into())
}

/// Everything before the codec's name.
fn push_head(out: &mut Vec<u8>, is_marked: bool, Age { window, cost }: Age) {
    let mut flags = 0;
    let flag_if = |is, flag| if is { flag } else { 0 };
    flags |= flag_if(is_marked, HAS_MARK);
    flags |= flag_if(!window.is_zero(), HAS_WINDOW);
    flags |= flag_if(!cost.is_zero(), HAS_COST);
    out.extend_from_slice(&[ENVELOPE, VERSION, flags]);
    if is_marked {
        out.extend_from_slice(&mark::unique());
    }
    if !window.is_zero() {
        let millis = u64::try_from(window.as_millis()).unwrap_or(u64::MAX);
        out.extend_from_slice(&millis.to_be_bytes());
    }
    if !cost.is_zero() {
        let micros = u64::try_from(cost.as_micros()).unwrap_or(u64::MAX);
        out.extend_from_slice(&micros.to_be_bytes());
    }
}

/// A value, taken apart.
struct Envelope<'a> {
    is_marked: bool,
    age: Age,
    codec: &'a [u8],
    payload: &'a [u8],
}

impl<'a> Envelope<'a> {
    fn parse(bytes: &'a [u8]) -> Result<Self, &'static str> {
        const CUT: &str = "the envelope is cut short";
        let (flags, mut rest) = match bytes {
            [ENVELOPE, VERSION, flags, rest @ ..] => (*flags, rest),
            [ENVELOPE, ..] => {
                return Err("the envelope has a version that this release can't read");
            }
            plain => {
                let (is_marked, age, codec) = (false, Age::default(), Json::NAME.as_bytes());
                return Ok(Self { is_marked, age, codec, payload: plain });
            }
        };
        if flags & !(HAS_MARK | HAS_WINDOW | HAS_COST) != 0 {
            return Err("the envelope has fields that this release can't read");
        }
        let mut take = |length: usize| -> Result<&'a [u8], &'static str> {
            let (field, behind) = rest.split_at_checked(length).ok_or(CUT)?;
            rest = behind;
            Ok(field)
        };
        let is_marked = flags & HAS_MARK != 0;
        if is_marked {
            take(mark::LENGTH)?;
        }
        let mut number = |flag| -> Result<u64, &'static str> {
            if flags & flag == 0 {
                return Ok(0);
            }
            Ok(take(8)?.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
        };
        let window = Duration::from_millis(number(HAS_WINDOW)?);
        let cost = Duration::from_micros(number(HAS_COST)?);
        let length = usize::from(take(1)?[0]);
        let codec = take(length)?;
        Ok(Self { is_marked, age: Age { window, cost }, codec, payload: rest })
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
        assert_eq!(encode(&json, &vec![1, 2], None).unwrap(), b"[1,2]");
        let enveloped = encode(&raw, &vec![1, 2], None).unwrap();
        assert_eq!(enveloped, b"\x01\x01\x00\x03raw\x01\x02");
        assert_eq!(decode(&raw, &enveloped).unwrap(), [1, 2]);
        assert_eq!(decode(&json, b" [1, 2]\n").unwrap(), [1, 2], "as another program may write it");
    }

    #[test]
    fn an_age_stands_in_front_and_each_writing_has_a_mark_of_its_own() {
        let json = CodecOf::of::<Json>();
        let age_of = |window, cost| Age {
            window: Duration::from_millis(window),
            cost: Duration::from_micros(cost),
        };
        for (window, cost) in [(0, 0), (1, 0), (0, 1), (60_000, 250_000), (u64::MAX, u64::MAX)] {
            let age = age_of(window, cost);
            let bytes = Bytes::from(encode(&json, &vec![1, 2], Some(age)).unwrap());
            assert_eq!(super::age(&bytes), age);
            assert_eq!(decode(&json, &bytes).unwrap(), [1, 2]);
            assert_eq!(start(&bytes).len(), 19);
            let again = mark_anew(&bytes).unwrap();
            assert_eq!(super::age(&again), age);
            assert_eq!(decode(&json, &again).unwrap(), [1, 2]);
            assert_ne!(start(&again), start(&bytes));
        }
        let age = age_of(0x0102, 0x0304);
        let bytes = encode(&json, &vec![1], Some(age)).unwrap();
        assert_eq!(bytes[..3], *b"\x01\x01\x07");
        assert_eq!(bytes[19..], *b"\0\0\0\0\0\0\x01\x02\0\0\0\0\0\0\x03\x04\x04json[1]");
    }

    #[test]
    fn a_plain_value_is_its_own_start_and_can_be_marked() {
        let plain = Bytes::from_static(b"[1]");
        assert_eq!(start(&plain), plain);
        assert_eq!(age(&plain), Age::default());
        let marked = mark_anew(&plain).unwrap();
        assert_eq!(decode(&CodecOf::<Vec<u8>>::of::<Json>(), &marked).unwrap(), [1]);
    }

    #[test]
    fn what_another_codec_or_a_fault_wrote_is_refused() {
        let json = CodecOf::<Vec<u8>>::of::<Json>();
        let raw = CodecOf::<Vec<u8>>::of::<Raw>();
        for (codec, bytes) in [
            (&json, &b"\x01\x01\x00\x03raw\x01\x02"[..]),
            (&raw, b"[1,2]"),
            (&raw, b"\x01\x01\x00\x03ra"),
            (&raw, b"\x01\x01\x01\x03raw"),
            (&raw, b"\x01\x01\x80\x03raw"),
            (&raw, b"\x01\x02\x00\x03raw"),
            (&raw, b"\x01\x01"),
            (&raw, b"\x01"),
            (&raw, b"\x02lease"),
            (&json, &new_lease()),
            (&json, b""),
            (&json, b"[1,2"),
            (&json, b"[1,2] [3]"),
        ] {
            assert!(decode(codec, bytes).is_err(), "{bytes:?}");
        }
    }
}

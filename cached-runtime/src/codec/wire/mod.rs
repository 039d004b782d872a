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
//! | …, if `08` | the epochs of the tags that the arguments name, see [`tags`] |
//! | …, if `10` | the tags that the value names, with their epochs |
//! | `nn` | length of the codec's name |
//! | … | the codec's name |
//! | … | the payload |
//!
//! A lease is `02 01` and a token of 16 bytes; that of writers is an [`intent`]. Beside the slots are those of tags,
//! with an [`epoch`] in each.

use std::time::Duration;

use bytes::Bytes;

use super::{CodecError, CodecOf, Json};

mod epoch;
mod intent;
mod mark;
mod tags;

pub(crate) use epoch::{Epoch, new_epoch, parse as parse_epoch};
pub(crate) use intent::{Intent, end_of, is_intent, now};
pub(crate) use mark::{HELD_OFF, is_lease, new_lease, new_lock, unique};
pub(crate) use tags::Tags;
use tags::{Epochs, NamedTags};

/// The first byte of an envelope.
const ENVELOPE: u8 = 0x01;

/// The only version of the envelope so far.
const VERSION: u8 = 0x01;

const HAS_MARK: u8 = 0x01;
const HAS_WINDOW: u8 = 0x02;
const HAS_COST: u8 = 0x04;
const HAS_EPOCHS: u8 = 0x08;
const HAS_NAMED_TAGS: u8 = 0x10;
const KNOWN: u8 = HAS_MARK | HAS_WINDOW | HAS_COST | HAS_EPOCHS | HAS_NAMED_TAGS;

/// What is to be known of a value beside its bytes. What is zero is left out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Age {
    /// How long the slot lives on when the value is no longer fresh.
    pub(crate) window: Duration,
    /// How long the body took.
    pub(crate) cost: Duration,
}

/// The bytes to store for `value`. With an `age` or `tags` they have a mark as well.
pub(crate) fn encode<T>(
    codec: &CodecOf<T>,
    value: &T,
    age: Option<Age>,
    tags: &Tags,
) -> Result<Vec<u8>, CodecError> {
    let mut out = Vec::with_capacity(128);
    let is_marked = age.is_some() || !tags.is_empty();
    if codec.name != Json::NAME || is_marked {
        let length = u8::try_from(codec.name.len())
            .map_err(|_| "the codec's NAME is longer than 255 bytes: shorten it")?;
        push_head(&mut out, is_marked, age.unwrap_or_default(), tags.flags());
        tags.push(&mut out);
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

/// The tags of the value in `bytes`; `None` where these are no value.
pub(crate) fn tags(bytes: &[u8]) -> Option<Tags> {
    let envelope = Envelope::parse(bytes).ok()?;
    Some(Tags { epochs: envelope.epochs.collect(), named: envelope.named.collect() })
}

/// Whether the value in `bytes` has tags.
pub(crate) fn has_tags(bytes: &[u8]) -> bool {
    matches!(bytes, [ENVELOPE, VERSION, flags, ..] if flags & (HAS_EPOCHS | HAS_NAMED_TAGS) != 0)
}

/// The beginning of `bytes` that no other fill's value has; all of them where there is no mark.
pub(crate) fn start(bytes: &Bytes) -> Bytes {
    let marked = Envelope::parse(bytes).is_ok_and(|envelope| envelope.flags & HAS_MARK != 0);
    if marked { bytes.slice(..3 + mark::LENGTH) } else { bytes.clone() }
}

/// The same value as in `bytes`, under these epochs. `None` if there is no value in them, or not so many tags.
pub(crate) fn date(bytes: &[u8], epochs: &[Epoch], named: &[Epoch]) -> Option<Bytes> {
    let envelope = Envelope::parse(bytes).ok()?;
    let of_result = envelope.named.collect();
    if envelope.epochs.collect().len() != epochs.len() || of_result.len() != named.len() {
        return None;
    }
    let named = of_result.into_iter().zip(named).map(|((name, _), epoch)| (name, *epoch));
    let tags = Tags { epochs: epochs.to_vec(), named: named.collect() };
    let behind = envelope.payload.len() + envelope.codec.len() + 1;
    let before = bytes.len() - behind - envelope.tags.len();
    let mut out = Vec::with_capacity(bytes.len());
    out.extend_from_slice(&bytes[..before]);
    tags.push(&mut out);
    out.extend_from_slice(&bytes[bytes.len() - behind..]);
    Some(out.into())
}

/// The same value as in `bytes` with a mark of its own; `None` if there is no value in them.
pub(crate) fn mark_anew(bytes: &[u8]) -> Option<Bytes> {
    let envelope = Envelope::parse(bytes).ok()?;
    let mut out = Vec::with_capacity(bytes.len() + 64);
    push_head(&mut out, true, envelope.age, envelope.flags & (HAS_EPOCHS | HAS_NAMED_TAGS));
    out.extend_from_slice(envelope.tags);
    out.push(u8::try_from(envelope.codec.len()).ok()?);
    out.extend_from_slice(envelope.codec);
    out.extend_from_slice(envelope.payload);
    Some(out.into())
}

/// Everything before the tags, which have these flags.
fn push_head(out: &mut Vec<u8>, is_marked: bool, Age { window, cost }: Age, tags: u8) {
    let mut flags = tags;
    let flag_if = |is, flag| if is { flag } else { 0 };
    flags |= flag_if(is_marked, HAS_MARK);
    flags |= flag_if(!window.is_zero(), HAS_WINDOW);
    flags |= flag_if(!cost.is_zero(), HAS_COST);
    out.extend_from_slice(&[ENVELOPE, VERSION, flags]);
    if is_marked {
        out.extend_from_slice(&unique());
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
#[derive(Default)]
struct Envelope<'a> {
    flags: u8,
    age: Age,
    /// The bytes of all tags.
    tags: &'a [u8],
    epochs: Epochs<'a>,
    named: NamedTags<'a>,
    codec: &'a [u8],
    payload: &'a [u8],
}

impl<'a> Envelope<'a> {
    fn parse(bytes: &'a [u8]) -> Result<Self, &'static str> {
        let (flags, rest) = match bytes {
            [ENVELOPE, VERSION, flags, rest @ ..] => (*flags, rest),
            [ENVELOPE, ..] => {
                return Err("the envelope has a version that this release can't read");
            }
            plain => {
                let codec = Json::NAME.as_bytes();
                return Ok(Self { codec, payload: plain, ..Self::default() });
            }
        };
        if flags & !KNOWN != 0 {
            return Err("the envelope has fields that this release can't read");
        }
        Self::parse_fields(flags, rest).ok_or("the envelope is cut short")
    }

    fn parse_fields(flags: u8, mut rest: &'a [u8]) -> Option<Self> {
        let has = |flag| flags & flag != 0;
        if has(HAS_MARK) {
            take(&mut rest, mark::LENGTH)?;
        }
        let window = if has(HAS_WINDOW) { number(take(&mut rest, 8)?) } else { 0 };
        let cost = if has(HAS_COST) { number(take(&mut rest, 8)?) } else { 0 };
        let age = Age { window: Duration::from_millis(window), cost: Duration::from_micros(cost) };
        let behind = rest;
        let epochs = if has(HAS_EPOCHS) { Epochs::take(&mut rest)? } else { Epochs::default() };
        let named =
            if has(HAS_NAMED_TAGS) { NamedTags::take(&mut rest)? } else { NamedTags::default() };
        let tags = &behind[..behind.len() - rest.len()];
        let length = usize::from(take(&mut rest, 1)?[0]);
        let codec = take(&mut rest, length)?;
        Some(Self { flags, age, tags, epochs, named, codec, payload: rest })
    }
}

/// The next `length` bytes.
fn take<'a>(rest: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (field, behind) = rest.split_at_checked(length)?;
    *rest = behind;
    Some(field)
}

/// Big-endian.
fn number(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
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
        assert_eq!(encode(&json, &vec![1, 2], None, &Tags::default()).unwrap(), b"[1,2]");
        let enveloped = encode(&raw, &vec![1, 2], None, &Tags::default()).unwrap();
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
            let bytes =
                Bytes::from(encode(&json, &vec![1, 2], Some(age), &Tags::default()).unwrap());
            assert_eq!(super::age(&bytes), age);
            assert_eq!(decode(&json, &bytes).unwrap(), [1, 2]);
            assert_eq!(start(&bytes).len(), 19);
            let again = mark_anew(&bytes).unwrap();
            assert_eq!(super::age(&again), age);
            assert_eq!(decode(&json, &again).unwrap(), [1, 2]);
            assert_ne!(start(&again), start(&bytes));
        }
        let age = age_of(0x0102, 0x0304);
        let bytes = encode(&json, &vec![1], Some(age), &Tags::default()).unwrap();
        assert_eq!(bytes[..3], *b"\x01\x01\x07");
        assert_eq!(bytes[19..], *b"\0\0\0\0\0\0\x01\x02\0\0\0\0\0\0\x03\x04\x04json[1]");
    }

    #[test]
    fn tags_stand_behind_the_age_and_survive_a_new_mark() {
        let json = CodecOf::of::<Json>();
        let tags = Tags {
            epochs: vec![[1; 16], [2; 16]],
            named: vec![("t:%tag:a".to_owned(), [3; 16]), ("t:%tag:b".to_owned(), [4; 16])],
        };
        let age = Age { window: Duration::from_millis(5), cost: Duration::ZERO };
        for tags in [
            tags.clone(),
            Tags { epochs: Vec::new(), ..tags.clone() },
            Tags { named: Vec::new(), ..tags },
        ] {
            for age in [None, Some(age)] {
                let bytes = Bytes::from(encode(&json, &vec![1], age, &tags).unwrap());
                assert!(has_tags(&bytes) && start(&bytes).len() == 19);
                let again = mark_anew(&bytes).unwrap();
                let count = (tags.epochs.len(), tags.named.len());
                let dated = date(&bytes, &vec![[7; 16]; count.0], &vec![[8; 16]; count.1]).unwrap();
                let found = super::tags(&dated).unwrap();
                assert!(found.epochs.iter().all(|epoch| *epoch == [7; 16]));
                assert!(found.named.iter().all(|(_, epoch)| *epoch == [8; 16]));
                assert!(start(&dated) == start(&bytes) && decode(&json, &dated).unwrap() == [1]);
                assert_eq!(date(&bytes, &[], &[]), None);
                for bytes in [bytes, again] {
                    assert_eq!(super::tags(&bytes).as_ref(), Some(&tags));
                    assert_eq!(super::age(&bytes), age.unwrap_or_default());
                    assert_eq!(decode(&json, &bytes).unwrap(), [1]);
                }
            }
        }
        let tags = Tags { epochs: vec![[9; 16]], named: vec![("x".to_owned(), [8; 16])] };
        let bytes = encode(&json, &vec![1], None, &tags).unwrap();
        assert_eq!(bytes[..3], *b"\x01\x01\x19");
        let expected = [b"\x01".as_slice(), &[9; 16], b"\x01\x00\x01x", &[8; 16], b"\x04json[1]"];
        assert_eq!(bytes[19..], expected.concat());
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
            (&raw, b"\x01\x01\x08\x02only one epoch....."),
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

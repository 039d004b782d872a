//! Just enough of RESP2 and RESP3 to talk to a server and to read along in the proxy.

use std::fmt;

/// What a server answered.
#[derive(Clone, Debug, PartialEq)]
pub enum Reply {
    /// `+OK`
    Simple(String),
    /// `-ERR …`, without the dash.
    Error(String),
    /// `:1`
    Int(i64),
    /// A string, binary.
    Bulk(Vec<u8>),
    /// Null, in any of its spellings.
    Nil,
    /// An array or a set.
    Array(Vec<Self>),
    /// A RESP3 map.
    Map(Vec<(Self, Self)>),
    /// A RESP3 push, which answers no command.
    Push(Vec<Self>),
    /// A double, boolean or big number, as text.
    Other(String),
}

/// Bytes that are no RESP.
#[derive(Debug)]
pub(crate) struct Junk;

impl Reply {
    /// The first reply in `bytes` and its length in bytes; `None` when it isn't complete yet.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Option<(Self, usize)>, Junk> {
        let mut cursor = Cursor { bytes, at: 0 };
        Ok(cursor.reply()?.map(|reply| (reply, cursor.at)))
    }

    /// The text of a string, error or number.
    ///
    /// # Panics
    ///
    /// When the reply is of another kind.
    pub fn text(&self) -> String {
        match self {
            Self::Simple(text) | Self::Error(text) | Self::Other(text) => text.clone(),
            Self::Int(number) => number.to_string(),
            Self::Bulk(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            _ => panic!("no text in {self:?}"),
        }
    }

    /// Whether the server answered with an error.
    pub fn is_error(&self) -> bool {
        matches!(self, Self::Error(_))
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Simple(_) | Self::Error(_) | Self::Int(_) | Self::Bulk(_) | Self::Other(_) => {
                f.write_str(&self.text())
            }
            other => write!(f, "{other:?}"),
        }
    }
}

/// The bytes of a command.
pub(crate) fn command<A: AsRef<[u8]>>(args: &[A]) -> Vec<u8> {
    let mut out = format!("*{}\r\n", args.len()).into_bytes();
    for arg in args {
        let arg = arg.as_ref();
        out.extend_from_slice(format!("${}\r\n", arg.len()).as_bytes());
        out.extend_from_slice(arg);
        out.extend_from_slice(b"\r\n");
    }
    out
}

/// A command as its raw bytes and as words.
pub(crate) type Command = (Vec<u8>, Vec<String>);

/// Cuts the commands that are complete off the front of `bytes`.
pub(crate) fn take_commands(bytes: &mut Vec<u8>) -> Result<Vec<Command>, Junk> {
    let mut commands = Vec::new();
    while let Some((reply, length)) = Reply::parse(bytes)? {
        let Reply::Array(words) = reply else { return Err(Junk) };
        commands.push((bytes.drain(..length).collect(), words.iter().map(Reply::text).collect()));
    }
    Ok(commands)
}

struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    fn reply(&mut self) -> Result<Option<Reply>, Junk> {
        let Some(line) = self.line() else { return Ok(None) };
        let (&kind, rest) = line.split_first().ok_or(Junk)?;
        let text = std::str::from_utf8(rest).map_err(|_| Junk)?;
        Ok(Some(match kind {
            b'+' => Reply::Simple(text.to_owned()),
            b'-' => Reply::Error(text.to_owned()),
            b':' => Reply::Int(text.parse().map_err(|_| Junk)?),
            b',' | b'#' | b'(' => Reply::Other(text.to_owned()),
            b'_' => Reply::Nil,
            b'$' | b'=' | b'*' | b'~' | b'>' | b'%' => {
                let Ok(length) = usize::try_from(text.parse::<i64>().map_err(|_| Junk)?) else {
                    return Ok(Some(Reply::Nil));
                };
                return self.aggregate(kind, length);
            }
            _ => return Err(Junk),
        }))
    }

    fn aggregate(&mut self, kind: u8, length: usize) -> Result<Option<Reply>, Junk> {
        if let b'$' | b'=' = kind {
            let Some(body) = self.bytes.get(self.at..self.at + length + 2) else { return Ok(None) };
            self.at += length + 2;
            // A verbatim string names its format in four bytes: `txt:`.
            let skip = if kind == b'=' { 4 } else { 0 };
            return Ok(Some(Reply::Bulk(body.get(skip..length).ok_or(Junk)?.to_vec())));
        }
        let count = if kind == b'%' { length * 2 } else { length };
        let mut items = Vec::new();
        for _ in 0..count {
            let Some(item) = self.reply()? else { return Ok(None) };
            items.push(item);
        }
        Ok(Some(match kind {
            b'>' => Reply::Push(items),
            b'%' => {
                let mut pairs = Vec::with_capacity(length);
                let mut items = items.into_iter();
                while let (Some(key), Some(value)) = (items.next(), items.next()) {
                    pairs.push((key, value));
                }
                Reply::Map(pairs)
            }
            _ => Reply::Array(items),
        }))
    }

    fn line(&mut self) -> Option<&'a [u8]> {
        let rest = &self.bytes[self.at..];
        let end = rest.windows(2).position(|pair| pair == b"\r\n")?;
        self.at += end + 2;
        Some(&rest[..end])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_is_read_once_it_is_complete() {
        let bytes = b"*3\r\n$3\r\na\r\n\r\n%1\r\n+k\r\n:-7\r\n$-1\r\n+next\r\n";
        for end in 0..bytes.len() - 7 {
            assert!(Reply::parse(&bytes[..end]).unwrap().is_none(), "complete at {end}");
        }
        let (reply, length) = Reply::parse(bytes).unwrap().unwrap();
        assert_eq!(length, bytes.len() - 7);
        let map = Reply::Map(vec![(Reply::Simple("k".into()), Reply::Int(-7))]);
        assert_eq!(reply, Reply::Array(vec![Reply::Bulk(b"a\r\n".to_vec()), map, Reply::Nil]));
    }

    #[test]
    fn junk_is_told_from_an_incomplete_reply() {
        assert!(Reply::parse(b"hello\r\n").is_err());
        assert!(Reply::parse(b"$x\r\n").is_err());
        assert!(Reply::parse(b"hell").unwrap().is_none());
    }

    #[test]
    fn commands_come_off_the_front() {
        let mut bytes = command(&["GET", "k"]);
        bytes.extend(command(&["PING"]));
        bytes.extend_from_slice(b"*1\r\n$4\r\nPI");
        let commands = take_commands(&mut bytes).unwrap();
        let words: Vec<_> = commands.into_iter().map(|(_, words)| words).collect();
        assert_eq!(words, [vec!["GET", "k"], vec!["PING"]]);
        assert_eq!(bytes, b"*1\r\n$4\r\nPI");
    }
}

//! One command over one connection of its own, so that no state outlives a restart of the server.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use crate::resp::{self, Reply};

/// A user name and password.
pub(crate) type Login<'a> = (&'a str, &'a str);

/// Sends one command and waits for its reply.
pub(crate) fn call<A: AsRef<[u8]>>(
    addr: SocketAddr,
    (user, password): Login<'_>,
    args: &[A],
    timeout: Duration,
) -> io::Result<Reply> {
    let mut stream = TcpStream::connect_timeout(&addr, timeout)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(timeout))?;
    stream.set_write_timeout(Some(timeout))?;
    let mut bytes = resp::command(&["AUTH", user, password]);
    bytes.extend(resp::command(args));
    stream.write_all(&bytes)?;

    let mut received = Vec::new();
    let login = read(&mut stream, &mut received)?;
    if login.is_error() {
        return Err(io::Error::other(format!("AUTH answered {login}")));
    }
    read(&mut stream, &mut received)
}

fn read(stream: &mut TcpStream, received: &mut Vec<u8>) -> io::Result<Reply> {
    let mut chunk = [0; 16 * 1024];
    loop {
        match Reply::parse(received) {
            Ok(Some((reply, length))) => {
                received.drain(..length);
                return Ok(reply);
            }
            Ok(None) => {}
            Err(resp::Junk) => return Err(io::Error::other("the answer is no RESP")),
        }
        match stream.read(&mut chunk)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            n => received.extend_from_slice(&chunk[..n]),
        }
    }
}

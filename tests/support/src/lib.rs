//! What the tests, benches and examples of this workspace share: real `redis-server` processes, a
//! TCP proxy with faults that can be switched at run time, and a few small instruments.
//!
//! - [`RedisServer`] starts a server of its own on a free port, and ends it on drop.
//! - [`Proxy`] stands between a client and a server and refuses, hangs, resets, delays or forges.
//! - [`FakeServer`] answers whatever a closure says, for servers that aren't installed.
//! - [`Peer`] starts the test binary again, as a process that takes orders.
//! - [`eventually`] polls, [`Times`] measures, [`Events`] records what was logged.
//!
//! Servers and proxies hold nothing of a tokio runtime: a `static` one serves tests that each have
//! a runtime of their own, and neither a paused clock nor a busy runtime disturbs them.

mod background;
mod client;
mod dir;
mod events;
mod fake;
mod line;
mod measure;
mod peer;
mod ports;
mod proxy;
mod resp;
mod server;
mod spawn;
mod wait;

pub use events::Events;
pub use fake::FakeServer;
pub use line::Line;
pub use measure::Times;
pub use peer::{Peer, be_peer, orders};
pub use proxy::{Action, Proxy};
pub use resp::Reply;
pub use server::{Builder, CommandCounts, RedisServer};
pub use spawn::start_process;
pub use wait::{Verdict, eventually};

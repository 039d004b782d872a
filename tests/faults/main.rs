//! Redis in trouble: no call fails, results are right, calls stay quick, and hits come back.
//!
//! Each test has a real server of its own behind a proxy. `--nocapture` shows the figures.

mod connections;
mod crowd;
mod fills;
mod invalidations;
mod outages;
mod rights;
mod runtimes;
mod scripts;
mod secrets;
mod servers;
mod steps;
#[cfg(feature = "tls")]
mod tls;
mod values;
mod world;

//! Values that are no longer fresh: who gets them, who refills them, and when.
//!
//! Time is paused where it is what is tested: on the memory store, whose clock is Tokio's.

mod background;
mod clocks;
mod early;
mod expire;
mod failing;
mod revalidate;
mod spans;
mod world;

//! Values that are kept in several real processes, and a real server that tells them of changes: what another process has
//! written is seen in each.
//!
//! The test binary starts itself again as the processes. Each reads entries at random, as fast as it can, and writes them
//! at random: first the database, which is another server, then it invalidates the entry, or its tag. When all writes are
//! acknowledged, all entries are compared with the database.
//!
//! What is certain is asserted: the server tells of changes in their order, so whoever has been told of the last write has
//! been told of all. How soon that is, on a machine whose processors are busy with these very processes, is measured:
//! `COHERENCE_STRICT=1 cargo test --test coherence -- --nocapture` asserts that nothing is stale 2 ms after the last write.

mod fleet;
mod functions;
mod rounds;
mod stalled;
mod traffic;
mod worker;

//! Every shape of function that can be memoized: it compiles, it runs, and it hits when it should.
//!
//! One test is one shape. All are one binary, so that the suite stays quick.

#[macro_use]
mod check;

mod aliases;
mod arguments;
mod bodies;
mod composed;
mod entries;
mod entry_left_out;
mod errors;
mod futures;
mod generic_traits;
mod generics;
mod identity;
mod items;
mod local;
mod macros;
mod methods;
mod options;
mod quiet;
mod shadowed;
mod sharing;
mod staleness;
mod tags;
mod templates;
mod traits;
mod writes;

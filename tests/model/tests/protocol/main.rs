//! A model of the slot protocol (DESIGN, section 5), checked in all its states.
//!
//! **What is checked.** A call that begins after an invalidation has returned is answered with a value whose body began
//! after the server carried out the `UNLINK` of that invalidation. The writer wrote to the database before it sent that,
//! so the body saw the write. It is the strongest statement that holds: a body that begins between the `UNLINK` and its
//! reply may well be stored, and is up to date. Of refreshes: when the one that marked the slot last has returned, later
//! calls are answered with a value whose body began after that mark.
//!
//! **What is left out.** Time: a wait can end at any moment. Values are never junk, since replacing junk is a takeover.
//! A value that is not cacheable: taking its mark out of the slot is as an eviction. What a process remembers about an
//! invalidation that failed (`call::doubts`): it only keeps calls from the cache. The `GET` after a refill's lock saves a
//! body, no more. `flight = "process"` and `"off"`, which promise none of this.

mod action;
mod enabled;
mod liveness;
mod model;
mod mutation;
mod mutations;
mod normal;
mod promise;
mod server;
mod setup;
mod setups;
mod slot;
mod state;
mod step;
mod words;

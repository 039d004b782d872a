//! A model of write intents (DESIGN, section 5), checked in all its states.
//!
//! **What is checked.** The database counts its commits; a body returns the number that it finds, and a writer puts the
//! number of its own commit. Of a writer whose intent was put into the slot, and was not deleted or evicted, nor ran out
//! before its commit: from the moment of the commit on the slot never holds an older value, and no call that begins later
//! is answered with one. That stays so whatever happens then: the writer may crash, the intent be deleted. Of any other
//! writer the same holds from the moment that its end is carried out. So a value in the slot is the newest there is, but
//! for a writer that has lost its intent and is between its commit and its end; and of writers that overlap none
//! leaves an older value.
//!
//! **What is not promised.** A writer that has lost its intent before its commit, and crashes before its end. One that is
//! cancelled while its commit is on its way: the database may carry it out after the end.
//!
//! **What is left out.** What the model of the slot shows: refills, refreshes, followers that lead in their leader's place,
//! bodies that fail. A call that runs its body without the cache (it has waited for long enough, or its acquire got no
//! reply) is right by itself, and ends here.

mod action;
mod enabled;
mod model;
mod mutation;
mod mutations;
mod promise;
mod server;
mod setup;
mod setups;
mod slot;
mod state;
mod step;
mod words;

//! A model of tags (DESIGN, section 5), checked in all its states.
//!
//! **What is checked.** A call that begins after an invalidation of a tag has returned is answered with a value whose body
//! began after the first step of that invalidation, and so is what is stored and valid. The same holds of a function
//! that writes under an intent in the tag's slot, when its end has been carried out: there bodies count that began after
//! its commit. What is stored keeps that from the commit on, also if the writer crashes, if its intent was put into the
//! tag's slot and was there at the commit.
//!
//! Tags that the arguments name are known before the body, and their epochs are minted then. Tags that the result names
//! are known after it: the clock tells whether one of them has been invalidated since.
//!
//! **What is not promised.** An intent that was gone before the commit: it ran out, or was deleted, also by an invalidation
//! of the tag. Then nothing holds before the writer's end. Nor does it of a tag that the result names, where a fill began
//! between the writer's begin and its commit, and outlasts its intent.
//!
//! **What is left out.** What the models of the slot and of writes show: refills, refreshes, followers that lead in their
//! leader's place, intents in the entry's own slot. A call that runs its body without the cache is right by itself, and
//! ends here.

mod action;
mod enabled;
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

//! What one run of the checker looks at: who takes part, and what may go wrong how often.

use crate::model::Sight;
use crate::mutation::Mutation;
use crate::slot::Slot;

/// A configuration.
#[derive(Clone, Debug)]
pub(crate) struct Setup {
    pub(crate) name: &'static str,
    /// The process of each call.
    pub(crate) calls: Vec<u8>,
    pub(crate) writers: Vec<Writing>,
    /// What the slot may hold at first.
    pub(crate) slots: Vec<Slot>,
    pub(crate) budget: Budget,
    /// `Store::begin_write` and `Store::end_write` are those of a store that has only the basic steps.
    pub(crate) by_steps: bool,
    /// The last call begins when all else is over, and nothing but time disturbs it.
    pub(crate) last_in_peace: bool,
    /// What has to be seen.
    pub(crate) shows: Vec<Sight>,
    pub(crate) mutation: Option<Mutation>,
}

/// A writer, in a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Writing {
    pub(crate) process: u8,
    pub(crate) how: How,
}

/// How a writer tells the cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    /// `#[cache_put]`.
    Put,
    /// `#[cache_invalidate]`.
    Invalidate,
    /// A plain `DEL` after the commit, by any program.
    Delete,
}

/// How often each thing may still happen. What has none left never happens again, which keeps the space finite.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Budget {
    /// A request that its sender gives up: lost, its reply lost, or applied late.
    pub(crate) timeouts: u8,
    /// What is in the slot is deleted, evicted, or runs out, though its fill or writer is still at work.
    pub(crate) losses: u8,
    /// A call or a writer whose caller goes away.
    pub(crate) cancels: u8,
    /// A writer whose body fails.
    pub(crate) failures: u8,
    pub(crate) crashes: u8,
}

impl Setup {
    /// Whether `mutation` is in force.
    pub(crate) fn mutated(&self, mutation: Mutation) -> bool {
        self.mutation == Some(mutation)
    }

    /// Whether `call` is the one that has to find peace.
    pub(crate) fn is_last_in_peace(&self, call: usize) -> bool {
        self.last_in_peace && call + 1 == self.calls.len()
    }

    /// Whether `writer` has an intent.
    pub(crate) fn has_intent(&self, writer: usize) -> bool {
        self.writers[writer].how != How::Delete && !self.mutated(Mutation::NoIntent)
    }
}

//! What one run of the checker looks at: who takes part, and what may go wrong how often.

use crate::model::Sight;
use crate::mutation::Mutation;

/// A configuration.
#[derive(Clone, Debug)]
pub(crate) struct Setup {
    pub(crate) name: &'static str,
    /// The process of each call.
    pub(crate) calls: Vec<u8>,
    /// The tags of the entry: at most [`TAGS`](crate::slot::TAGS).
    pub(crate) tags: Vec<Named>,
    pub(crate) writers: Vec<Writing>,
    pub(crate) budget: Budget,
    /// The steps about tags are those of a store that has only the basic ones.
    pub(crate) by_steps: bool,
    /// So many calls at the end begin when all else is over, and nothing disturbs them.
    pub(crate) in_peace: usize,
    /// What has to be seen.
    pub(crate) shows: Vec<Sight>,
    /// States are not brought into their normal form: only to show that nothing gets lost by it.
    pub(crate) verbatim: bool,
    pub(crate) mutation: Option<Mutation>,
}

/// What names a tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Named {
    ByArguments,
    ByResult,
}

/// A writer, and the tag that it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Writing {
    pub(crate) tag: usize,
    pub(crate) how: How,
}

/// How a writer tells the cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    /// It has written, and calls `Cache::invalidate_tag`.
    Invalidate,
    /// `#[cache_invalidate(tags = ..)]`.
    Intent,
}

/// How often each thing may still happen. What has none left never happens again, which keeps the space finite.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Budget {
    /// A request that its sender gives up: lost, its reply lost, or applied late.
    pub(crate) timeouts: u8,
    /// A slot that is deleted, evicted, or runs out, whosever it is; `FLUSHALL`.
    pub(crate) losses: u8,
    pub(crate) crashes: u8,
}

impl Setup {
    /// Whether `mutation` is in force.
    pub(crate) fn mutated(&self, mutation: Mutation) -> bool {
        self.mutation == Some(mutation)
    }

    /// Whether `call` is one of those that have to find peace.
    pub(crate) fn has_peace(&self, call: usize) -> bool {
        call + self.in_peace >= self.calls.len()
    }

    /// The tags that are named so.
    pub(crate) fn named(&self, by: Named) -> impl Iterator<Item = usize> + use<'_> {
        (0..self.tags.len()).filter(move |&tag| self.tags[tag] == by)
    }

    /// Whether the result names tags.
    pub(crate) fn names_by_result(&self) -> bool {
        self.named(Named::ByResult).next().is_some()
    }
}

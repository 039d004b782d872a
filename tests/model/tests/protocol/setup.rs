//! What one run of the checker looks at: who takes part, and what may go wrong how often.

use protocol_model::Set;

use crate::model::Sight;
use crate::mutation::Mutation;
use crate::slot::Slot;

/// A configuration.
#[derive(Clone, Debug)]
pub(crate) struct Setup {
    pub(crate) name: &'static str,
    /// The calls, in order.
    pub(crate) calls: Vec<Caller>,
    /// How many writers there are.
    pub(crate) invalidations: usize,
    /// What the slot may hold at first.
    pub(crate) slots: Vec<Slot>,
    pub(crate) budget: Budget,
    /// The last call begins when all else is over, and nothing but time disturbs it: leases run out.
    pub(crate) last_in_peace: bool,
    /// Whether the versions of the database are told apart. Where they are not, the write is no step of its own.
    pub(crate) versions: bool,
    /// What has to be seen.
    pub(crate) shows: Vec<Sight>,
    /// States are not brought into their normal form: only to show that nothing gets lost by it.
    pub(crate) verbatim: bool,
    pub(crate) mutation: Option<Mutation>,
}

/// Who makes a call, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Caller {
    pub(crate) process: u8,
    /// Whether it is a `refresh(call)`.
    pub(crate) refresh: bool,
}

/// How often each thing may still happen. What has none left never happens again, which keeps the space finite.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Budget {
    /// A request that its sender gives up: lost, its reply lost, or applied late.
    pub(crate) timeouts: u8,
    /// A lease or a value that runs out or is evicted, `FLUSHALL`, a lock that runs out; a value that becomes stale.
    pub(crate) losses: u8,
    /// A call whose caller goes away, or whose body panics.
    pub(crate) cancels: u8,
    /// A body that fails, or whose value is not cacheable.
    pub(crate) failures: u8,
    /// A body that runs for longer than `lease`, so that a follower leads in its stead.
    pub(crate) overruns: u8,
    /// A call that has waited for `wait`.
    pub(crate) impatience: u8,
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

    /// The bits of all refreshes.
    pub(crate) fn refresh_bits(&self) -> Set {
        (0..self.calls.len())
            .filter_map(|call| self.refresh_bit(call))
            .fold(Set::default(), Set::with)
    }

    /// The bit of a refresh among the invalidations.
    pub(crate) fn refresh_bit(&self, call: usize) -> Option<usize> {
        self.calls[call].refresh.then_some(self.invalidations + call)
    }
}

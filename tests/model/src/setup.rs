//! What one run of the checker looks at: who takes part, and what may go wrong how often.

use crate::mutation::Mutation;
use crate::slot::Slot;

/// A configuration.
#[derive(Clone, Debug)]
pub struct Setup {
    pub name: &'static str,
    /// The calls, in order.
    pub calls: Vec<Caller>,
    /// How many writers there are.
    pub invalidations: usize,
    /// What the slot may hold at first.
    pub slots: Vec<Slot>,
    pub budget: Budget,
    /// The last call begins when all else is over, and nothing but time disturbs it: leases run out.
    pub last_in_peace: bool,
    pub mutation: Option<Mutation>,
}

/// Who makes a call, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caller {
    pub process: u8,
    /// Whether it is a `refresh(call)`.
    pub refresh: bool,
}

/// How often each thing may still happen. What has none left never happens again, which keeps the space finite.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Budget {
    /// A request that its sender gives up: lost, its reply lost, or applied late.
    pub timeouts: u8,
    /// A lease or a value that runs out or is evicted, `FLUSHALL`, a lock that runs out; a value that becomes stale.
    pub losses: u8,
    /// A call whose caller goes away, or whose body panics.
    pub cancels: u8,
    /// A body that fails, or whose value is not cacheable.
    pub failures: u8,
    /// A body that runs for longer than `lease`, so that a follower leads in its stead.
    pub overruns: u8,
    /// A call that has waited for `wait`.
    pub impatience: u8,
    pub crashes: u8,
}

impl Setup {
    /// Whether `mutation` is in force.
    pub fn mutated(&self, mutation: Mutation) -> bool {
        self.mutation == Some(mutation)
    }

    /// Whether `call` is the one that has to find peace.
    pub fn is_last_in_peace(&self, call: usize) -> bool {
        self.last_in_peace && call + 1 == self.calls.len()
    }

    /// The bit of a refresh among the invalidations.
    pub fn refresh_bit(&self, call: usize) -> Option<usize> {
        self.calls[call].refresh.then_some(self.invalidations + call)
    }
}

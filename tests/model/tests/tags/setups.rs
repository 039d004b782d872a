//! The configurations: two calls of one process, or of two, against two writers.

use crate::model::Sight;
use crate::setup::{Budget, How, Named, Setup, Writing};

const INVALIDATE: Writing = Writing { tag: 0, how: How::Invalidate };

/// A tag that the arguments name.
pub(crate) fn arguments() -> Setup {
    Setup {
        name: "a tag of the arguments",
        calls: vec![0, 0],
        tags: vec![Named::ByArguments],
        writers: vec![INVALIDATE, INVALIDATE],
        budget: Budget { timeouts: 1, losses: 1, crashes: 1 },
        by_steps: false,
        in_peace: 0,
        shows: vec![
            Sight::BornOutdated,
            Sight::NotFollowed,
            Sight::Follower,
            Sight::LateMint,
            Sight::Takeover,
        ],
        verbatim: false,
        mutation: None,
    }
}

/// Three calls, some of which share a process.
pub(crate) fn three_calls(named: Named) -> Setup {
    Setup {
        name: match named {
            Named::ByArguments => "three calls, a tag of the arguments",
            Named::ByResult => "three calls, a tag of the result",
        },
        calls: vec![0, 0, 1],
        tags: vec![named],
        writers: vec![INVALIDATE],
        budget: Budget { timeouts: 0, losses: 1, crashes: 0 },
        shows: vec![Sight::NotFollowed, Sight::Follower, Sight::Takeover],
        ..arguments()
    }
}

/// A tag that the result names.
pub(crate) fn results() -> Setup {
    Setup {
        name: "a tag of the result",
        tags: vec![Named::ByResult],
        shows: vec![Sight::RefusedByClock, Sight::NotFollowed, Sight::Follower, Sight::Takeover],
        ..arguments()
    }
}

/// One of each.
pub(crate) fn both() -> Setup {
    Setup {
        name: "a tag of the arguments and one of the result",
        tags: vec![Named::ByArguments, Named::ByResult],
        writers: vec![INVALIDATE, Writing { tag: 1, ..INVALIDATE }],
        shows: vec![Sight::BornOutdated, Sight::RefusedByClock, Sight::NotFollowed],
        ..arguments()
    }
}

/// One of each, on a store that has only the basic steps.
pub(crate) fn by_steps() -> Setup {
    Setup { name: "tags by single steps", by_steps: true, ..both() }
}

/// A function that writes, and an invalidation, on a store that has only the basic steps.
pub(crate) fn writers_by_steps(named: Named) -> Setup {
    Setup {
        name: match named {
            Named::ByArguments => "writers by single steps, a tag of the arguments",
            Named::ByResult => "writers by single steps, a tag of the result",
        },
        by_steps: true,
        budget: Budget { timeouts: 0, losses: 0, crashes: 1 },
        ..writers(named)
    }
}

/// Two functions that write, with intents in the slot of a tag.
pub(crate) fn overlap(named: Named) -> Setup {
    let writer = Writing { tag: 0, how: How::Intent };
    Setup {
        name: match named {
            Named::ByArguments => "two writers of a tag of the arguments",
            Named::ByResult => "two writers of a tag of the result",
        },
        writers: vec![writer, writer],
        budget: Budget { timeouts: 0, losses: 0, crashes: 1 },
        ..writers(named)
    }
}

/// A function that writes, with an intent in the slot of a tag, and an invalidation.
pub(crate) fn writers(named: Named) -> Setup {
    let writer = Writing { tag: 0, how: How::Intent };
    Setup {
        name: match named {
            Named::ByArguments => "writers of a tag of the arguments",
            Named::ByResult => "writers of a tag of the result",
        },
        tags: vec![named],
        writers: vec![writer, INVALIDATE],
        budget: Budget { timeouts: 0, losses: 1, crashes: 1 },
        shows: vec![Sight::NotFollowed, Sight::OrphanedIntent],
        ..arguments()
    }
}

/// After faults of all kinds one call has peace: a valid value is in the slot when it is over.
pub(crate) fn peace() -> Setup {
    Setup {
        name: "peace for tags",
        writers: vec![INVALIDATE, Writing { tag: 1, how: How::Intent }],
        in_peace: 1,
        shows: vec![],
        ..both()
    }
}

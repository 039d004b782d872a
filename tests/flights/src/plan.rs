//! What a call is going to do, and what befalls it.

use shuttle::rand::rngs::ThreadRng;
use shuttle::rand::{Rng, thread_rng};

use crate::fate::Cancel;

#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each may befall a call, whatever the others")]
pub(crate) struct Plan {
    /// Yields before it begins.
    pub(crate) delay: u32,
    /// Yields while a command is on its way, or its reply.
    pub(crate) travel: u32,
    /// Yields in its body, if it comes to that.
    pub(crate) body: u32,
    pub(crate) ending: Ending,
    pub(crate) cancel: Option<Cancel>,
    /// How long it waits for the fills of others. `None`: for ever, so that shuttle notices if it is forgotten.
    pub(crate) patience: Option<u32>,
    /// Its fill takes longer than its lease.
    pub(crate) is_overdue: bool,
    /// It is content with a stale value, and refills it in the background.
    pub(crate) takes_stale: bool,
    /// Its reads fail.
    pub(crate) is_cut_off: bool,
    /// It does not learn whether it got the lease.
    pub(crate) is_unanswered: bool,
    /// It runs the body whatever is in the slot.
    pub(crate) is_refresh: bool,
}

/// How a body ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    Value,
    /// An error that can be copied.
    Error,
    /// With what can't be shared.
    Nothing,
    Panic,
}

impl Plan {
    pub(crate) fn random() -> Self {
        let mut rng = thread_rng();
        Self {
            delay: rng.gen_range(0..4),
            // Now and then, others do a lot meanwhile.
            travel: if one_in(&mut rng, 4) { rng.gen_range(4..16) } else { rng.gen_range(0..3) },
            body: rng.gen_range(0..4),
            ending: match rng.gen_range(0..10) {
                0 => Ending::Error,
                1 => Ending::Nothing,
                2 => Ending::Panic,
                _ => Ending::Value,
            },
            cancel: one_in(&mut rng, 4).then(|| Cancel {
                polls: thread_rng().gen_range(0..12),
                linger: thread_rng().gen_range(0..4),
            }),
            patience: one_in(&mut rng, 6).then(|| thread_rng().gen_range(0..6)),
            is_overdue: one_in(&mut rng, 8),
            takes_stale: one_in(&mut rng, 2),
            is_cut_off: one_in(&mut rng, 12),
            is_unanswered: one_in(&mut rng, 12),
            is_refresh: one_in(&mut rng, 12),
        }
    }
}

pub(crate) fn one_in(rng: &mut ThreadRng, times: u32) -> bool {
    rng.gen_range(0..times) == 0
}

//! What happens in the end.

use protocol_model::holds;

use crate::setups::peace;

/// Whatever has happened, and whoever has crashed with a lease in the slot: the next call that nothing disturbs fills
/// it, and is not kept waiting for ever.
#[test]
fn a_slot_is_filled_in_the_end() {
    holds(&peace());
}

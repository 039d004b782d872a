//! Who else changes the slot: invalidations, and other processes.

use std::sync::Arc;

use shuttle::future::yield_now;

use crate::fate::yields;
use crate::slot;
use crate::world::{Flight, World};

/// Who invalidates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    /// A plain `DEL`, of which the board learns nothing.
    Anyone,
    /// A call of this process, of one entry.
    Entry,
    /// A call of this process, of many entries.
    Prefix,
}

pub(crate) async fn invalidate(world: Arc<World>, by: By, delay: u32) {
    yields(delay).await;
    let begins = world.record.tick();
    // In the order of the runtime: only when the slot is empty is the board told.
    let happens = world.slot.delete(|| world.record.tick());
    yield_now().await;
    match by {
        By::Anyone => {}
        By::Entry => world.board.overtake_slot(&world.name),
        By::Prefix => world.board.overtake(|slot| world.name.starts_with(slot)),
    }
    if by != By::Anyone {
        world.record.board_was_told(begins);
    }
    yield_now().await;
    world.record.invalidation_returns(match world.flight {
        // A body that begins in between loses its lease, so even its value is never seen.
        Flight::Cluster => happens,
        Flight::Process => begins,
    });
}

/// A call of another process fills the slot, or dies over it.
pub(crate) async fn stranger(world: Arc<World>, delay: u32, body: u32, dies: bool) {
    yields(delay).await;
    let token = slot::lease(world.record.tick());
    if world.slot.set_if_absent(token.clone()).is_some() {
        return;
    }
    let began = world.record.tick();
    yields(body).await;
    if dies {
        // Its lease ends.
        world.slot.delete_if_starts(&token);
    } else {
        world.slot.set_if_starts(&token, slot::value(began, began, false));
    }
}

//! The one form of states that only differ in what can no longer matter. It keeps the space small, and nothing that can
//! still happen gets lost by it:
//! - a value whose epoch has gone from its tag, and that no request can bring back, never is valid again;
//! - a request about a lease that is nowhere any more does nothing, whenever it comes;
//! - a writer that each body of now has begun after is kept by whatever is answered from now on.

mod keeps;

use protocol_model::Set;

use crate::mutation::Mutation;
use crate::server::Request;
use crate::setup::Setup;
use crate::slot::{Body, Maker, Slot, Tag};
use crate::state::{Phase, Stage, State};

impl State {
    /// Brings the state into that form.
    pub(crate) fn normalize(&mut self, setup: &Setup) {
        self.forget_the_dead();
        self.forget_requests();
        if !setup.mutated(Mutation::MissingIsUnchanged) {
            self.forget_outdated(setup.tags.len());
        }
        self.settle();
        self.late.sort_unstable();
    }

    fn forget_the_dead(&mut self) {
        let mut under_way = Set::EMPTY;
        for (number, call) in self.calls.iter_mut().enumerate() {
            match call.phase {
                Phase::Over => call.owed = Set::EMPTY,
                Phase::NotBegun => {}
                _ => under_way = under_way.with(number),
            }
        }
        for call in &mut self.calls {
            if let Phase::Body(fill)
            | Phase::MintAfter(fill)
            | Phase::MintMoreAfter(fill, _)
            | Phase::Store(fill) = &mut call.phase
            {
                fill.elders = fill.elders.only(under_way);
            }
        }
    }

    fn forget_requests(&mut self) {
        let (slot, late) = (self.server.slot, self.late.clone());
        let comes = |call| {
            late.iter().any(|request| match *request {
                Request::Acquire(other) | Request::TakeOver(other, _) => other == call,
                _ => false,
            })
        };
        self.late.retain(|request| match *request {
            Request::Commit(call, _) | Request::GiveUp(call) => {
                slot == Slot::Lease(call) || comes(call)
            }
            _ => true,
        });
    }

    fn forget_outdated(&mut self, tags: usize) {
        let (late, writers) = (&self.late, &self.writers);
        let comes = |maker: Maker| {
            late.iter().any(|request| match *request {
                Request::Mint(other, _) | Request::Invalidate(_, other) => other == maker,
                _ => false,
            }) || matches!(maker, Maker::Writer(of) if writers[usize::from(of)].stage == Stage::Again)
        };
        let (server, applied) = (&mut self.server, self.applied);
        let now = server.tags;
        forget(&mut server.slot, &now[..tags], applied, comes);
        for call in &mut self.calls {
            match &mut call.phase {
                Phase::ReadTags(slot) => forget(slot, &now[..tags], applied, comes),
                // This one is compared with the tags that were read with it.
                Phase::Look(found) => {
                    forget(&mut found.slot, &found.tags[..tags], applied, |_| false);
                }
                _ => {}
            }
        }
    }

    fn settle(&mut self) {
        let mut followed_by_all = self.applied;
        self.each_body(&mut |body| followed_by_all = followed_by_all.only(body.follows));
        for (number, writer) in self.writers.iter().enumerate() {
            // It is yet to be counted among those that have returned.
            if writer.stage != Stage::Over {
                followed_by_all = followed_by_all.without(Set::EMPTY.with(number));
            }
        }
        for set in [&mut self.applied, &mut self.returned, &mut self.kept] {
            *set = set.without(followed_by_all);
        }
        for call in &mut self.calls {
            call.owed = call.owed.without(followed_by_all);
        }
        let applied = self.applied;
        self.forget_amid(followed_by_all);
        self.each_body(&mut |body| body.follows = body.follows.only(applied));
    }

    fn forget_amid(&mut self, settled: Set) {
        for call in &mut self.calls {
            match &mut call.phase {
                Phase::Body(fill) | Phase::MintAfter(fill) => {
                    fill.amid = fill.amid.without(settled);
                }
                Phase::MintMoreAfter(fill, _) | Phase::Store(fill) => fill.amid = Set::EMPTY,
                _ => {}
            }
        }
    }

    /// Visits all that a body returned, wherever it is.
    fn each_body(&mut self, with: &mut impl FnMut(&mut Body)) {
        let mut of_slot = |slot: &mut Slot| {
            if let Slot::Value(value) = slot {
                with(&mut value.body);
            }
        };
        of_slot(&mut self.server.slot);
        for call in &mut self.calls {
            match &mut call.phase {
                Phase::ReadTags(slot) => of_slot(slot),
                Phase::Look(found) => of_slot(&mut found.slot),
                _ => {}
            }
        }
        for call in &mut self.calls {
            if let Phase::Body(fill)
            | Phase::MintAfter(fill)
            | Phase::MintMoreAfter(fill, _)
            | Phase::Store(fill) = &mut call.phase
            {
                with(&mut fill.body);
            }
        }
        for request in &mut self.late {
            if let Request::Commit(_, value) = request {
                with(&mut value.body);
            }
        }
    }
}

/// Forgets what a value was that is not valid under these tags, and can't be again if none of its epochs comes.
fn forget(slot: &mut Slot, tags: &[Tag], applied: Set, comes: impl Fn(Maker) -> bool) {
    let Slot::Value(value) = slot else { return };
    let is_gone = |(tag, maker): (&Tag, &Maker)| {
        tag.epoch().is_none_or(|epoch| epoch.maker != *maker) && !comes(*maker)
    };
    if tags.iter().zip(&value.epochs).any(is_gone) {
        value.epochs.fill(Maker::Gone);
        value.body = Body { follows: applied };
    }
}

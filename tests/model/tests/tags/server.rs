//! What the server does with a request: each in one instant.

use protocol_model::Set;

use crate::mutation::Mutation;
use crate::setup::{Named, Setup};
use crate::slot::{Epoch, Found, Maker, Slot, TAGS, Tag, Value};

/// A command on its way that nobody waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Request {
    /// `Store::set_if_absent` of the lease of a call.
    Acquire(u8),
    /// `Store::set_if_starts`: the lease of a call for the value with this mark.
    TakeOver(u8, u8),
    /// `Store::set_if_starts` with that lease.
    Commit(u8, Value),
    /// `Store::delete_if_starts` with that lease.
    GiveUp(u8),
    /// `Store::mint`: whose, and whether of the tags that the result names.
    Mint(Maker, bool),
    /// `Store::invalidate_tags`, of a writer.
    Invalidate(u8, Maker),
}

/// The slots of one entry, of its tags, and of the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Server {
    pub(crate) slot: Slot,
    pub(crate) tags: [Tag; TAGS],
    pub(crate) clock: Option<Epoch>,
}

impl Server {
    pub(crate) fn found(&self) -> Found {
        Found { slot: self.slot, tags: self.tags, clock: self.clock }
    }

    pub(crate) fn apply(&mut self, request: Request, setup: &Setup) {
        match request {
            Request::Acquire(call) if self.slot == Slot::Absent => self.slot = Slot::Lease(call),
            Request::TakeOver(call, mark) if self.slot.has_mark(mark) => {
                self.slot = Slot::Lease(call);
            }
            Request::Commit(call, value) if self.slot == Slot::Lease(call) => {
                self.slot = Slot::Value(value);
            }
            Request::GiveUp(call) if self.slot == Slot::Lease(call) => self.slot = Slot::Absent,
            Request::Mint(maker, by_result) => self.mint(maker, by_result, setup),
            Request::Invalidate(writer, maker) => {
                self.invalidate_tag(setup.writers[usize::from(writer)].tag, maker);
            }
            _ => {}
        }
    }

    /// `Store::mint`, in one step.
    pub(crate) fn mint(&mut self, maker: Maker, by_result: bool, setup: &Setup) {
        self.mint_clock(maker);
        self.mint_tags(maker, by_result, setup);
    }

    pub(crate) fn mint_clock(&mut self, maker: Maker) {
        self.clock.get_or_insert(Epoch { maker, stamp: 0 });
    }

    /// Empty slots of tags get an epoch. By single steps all stamps are nought, as each invalidation makes another clock.
    pub(crate) fn mint_tags(&mut self, maker: Maker, by_result: bool, setup: &Setup) {
        let named = if by_result { Named::ByResult } else { Named::ByArguments };
        let all = setup.mutated(Mutation::MintAfterBody);
        let stays = setup.mutated(Mutation::ForeignStampStays);
        let now = self.clock.map_or(0, |clock| clock.stamp);
        for tag in (0..setup.tags.len()).filter(|&tag| all || setup.tags[tag] == named) {
            let stamp = match self.tags[tag] {
                Tag::Absent if setup.mutated(Mutation::MintWithoutStamp) => 0,
                Tag::Absent => now,
                // It was counted by a clock that is gone.
                Tag::Epoch(epoch) if epoch.stamp > now && !stays => now,
                Tag::Epoch(_) | Tag::Intent(_) => continue,
            };
            self.tags[tag] = Tag::Epoch(Epoch { maker, stamp });
        }
    }

    /// `Store::invalidate_tags`, in one step.
    pub(crate) fn invalidate_tag(&mut self, tag: usize, maker: Maker) {
        let stamp = self.count(maker);
        self.tags[tag] = Tag::Epoch(Epoch { maker, stamp });
    }

    /// `Store::begin_write` on the slot of a tag.
    pub(crate) fn begin_write(&mut self, tag: usize, writer: usize) {
        self.tags[tag] = Tag::Intent(self.tags[tag].writers().with(writer));
    }

    /// `Store::end_write` on the slot of a tag, without a value.
    pub(crate) fn end_write(&mut self, tag: usize, writer: usize) {
        let left = self.tags[tag].writers().without(Set::EMPTY.with(writer));
        self.tags[tag] = if left == Set::EMPTY { Tag::Absent } else { Tag::Intent(left) };
    }

    /// The clock counts one more: `Store::invalidate_tags` of no tag.
    pub(crate) fn count(&mut self, maker: Maker) -> u8 {
        let clock = self.clock.get_or_insert(Epoch { maker, stamp: 0 });
        clock.stamp += 1;
        clock.stamp
    }
}

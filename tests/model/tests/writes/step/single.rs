//! `store::writes`: a write by single steps, on a store that has no others. Each looks, and changes what it has seen.

use super::{Step, number};
use crate::mutation::Mutation;
use crate::server::{begin_write, end_write};
use crate::slot::Slot;
use crate::state::{Part, Stage};

impl Step<'_> {
    pub(super) fn step_write(&mut self, writer: usize) {
        match self.state.writers[writer].stage {
            Stage::Begins(part) => self.step_begin(writer, part),
            Stage::Ends(part) => self.step_end(writer, part),
            Stage::NotBegun | Stage::Body | Stage::Over => {}
        }
    }

    fn step_begin(&mut self, writer: usize, part: Part) {
        let intent = begin_write(self.state.slot, number(writer), self.setup.mutation);
        let unseen = self.setup.mutated(Mutation::BeginDeletesUnseen);
        let next = match part {
            Part::Look if self.state.slot == Slot::Absent => Part::Set,
            Part::Look => Part::Change(self.state.slot),
            Part::Change(Slot::Lease(_) | Slot::Value(_)) if unseen => {
                self.state.slot = Slot::Absent;
                Part::Set
            }
            Part::Change(found) if found == self.state.slot => {
                self.state.slot = intent;
                return self.has_begun(writer);
            }
            Part::Set if self.state.slot == Slot::Absent => {
                self.state.slot = intent;
                return self.has_begun(writer);
            }
            Part::Change(_) | Part::Set => Part::Look,
        };
        self.state.writers[writer].stage = Stage::Begins(next);
    }

    fn step_end(&mut self, writer: usize, part: Part) {
        let unseen = self.setup.mutated(Mutation::EndDeletesUnseen);
        match part {
            Part::Look if self.state.slot != Slot::Absent || unseen => {
                self.state.writers[writer].stage = Stage::Ends(Part::Change(self.state.slot));
                return;
            }
            // There was nothing: that is as good as emptied.
            Part::Look | Part::Set => {}
            Part::Change(found @ Slot::Intent(_)) if found == self.state.slot => {
                let value = self.value(writer);
                self.state.slot = end_write(found, number(writer), value, self.setup.mutation);
            }
            Part::Change(found) if found == self.state.slot => self.state.slot = Slot::Absent,
            Part::Change(Slot::Absent | Slot::Lease(_) | Slot::Value(_)) if unseen => {
                self.state.slot = Slot::Absent;
            }
            Part::Change(_) => {
                self.state.writers[writer].stage = Stage::Ends(Part::Look);
                return;
            }
        }
        self.has_ended(writer);
        self.state.writers[writer].stage = Stage::Over;
    }
}

//! A call that reads the slot.

use std::time::Duration;

use bytes::Bytes;

use crate::call::{Answer, Call, Step};
use crate::fate::within;
use crate::fill::Led;
use crate::flight::{First, Found, NO_TAGS, Reader};
use crate::mutants::Mutant;
use crate::slot;
use crate::world::Flight;

/// What a read has found.
pub(crate) enum Content {
    Empty,
    Lease(Bytes),
    Fresh(Bytes),
    Stale(Bytes),
    /// The store does not answer.
    Failed,
}

impl Content {
    fn of(content: Option<Bytes>) -> Self {
        match content {
            None => Self::Empty,
            Some(lease) if slot::is_lease(&lease) => Self::Lease(lease),
            Some(value) if slot::is_stale(&value) => Self::Stale(value),
            Some(value) => Self::Fresh(value),
        }
    }
}

impl Call {
    pub(crate) async fn read_first(&mut self, first: First<'_>) -> Step {
        match self.get().await {
            Content::Fresh(bytes) => {
                if self.world.is(Mutant::GathersAfterRead) {
                    return self.found(first.into_reader(), bytes);
                }
                drop(first);
                Step::Answer(Answer::Hit(bytes))
            }
            content => Step::Judge(first.into_reader(), content),
        }
    }

    pub(crate) async fn read(&mut self, mut reader: Reader) -> Step {
        if let Some((_, woken)) = reader.in_vain() {
            if self.is_out_of_patience() {
                if self.world.is(Mutant::ForgetsReader) {
                    std::mem::forget(reader);
                }
                return Step::Late;
            }
            let _ = within(2, woken).await;
        }
        reader.gather();
        let content = self.get().await;
        Step::Judge(reader, content)
    }

    async fn get(&self) -> Content {
        self.travel().await;
        let content = self.world.slot.get();
        self.travel().await;
        if self.plan.is_cut_off { Content::Failed } else { Content::of(content) }
    }

    pub(crate) async fn judge(&mut self, mut reader: Reader, content: Content) -> Step {
        match content {
            Content::Failed => {
                reader.failed();
                Step::Alone
            }
            Content::Lease(lease) => match reader.follow(&lease, Some(&NO_TAGS)) {
                Ok(waiting) => Step::Wait(waiting),
                Err(reader) => Step::Read(reader),
            },
            Content::Fresh(value) | Content::Stale(value) => self.found(reader, value),
            Content::Empty if self.world.flight == Flight::Process => {
                self.boarded(reader.board(Some(&NO_TAGS)))
            }
            Content::Empty if self.plan.is_unanswered => {
                Step::Fill(Led::new(&self.world, reader.lead_late()))
            }
            Content::Empty => {
                // The lease is asked for after those have begun, and the body begins after that.
                reader.gather();
                let token = slot::lease(self.world.record.tick());
                self.travel().await;
                if let Some(taken) = self.world.slot.set_if_absent(token.clone()) {
                    return Step::Judge(reader, Content::of(Some(taken)));
                }
                self.world.record.begins(&token);
                Step::Fill(Led::new(&self.world, reader.lead(token)))
            }
        }
    }

    fn found(&self, mut reader: Reader, bytes: Bytes) -> Step {
        if self.world.is(Mutant::GathersAfterRead) {
            reader.gather();
        }
        reader.found(&Found { bytes: bytes.clone(), left: Duration::MAX });
        use_found(bytes)
    }

    fn is_out_of_patience(&mut self) -> bool {
        let Some(patience) = &mut self.plan.patience else { return false };
        self.is_late = *patience == 0;
        *patience = patience.saturating_sub(1);
        self.is_late
    }
}

pub(crate) fn use_found(bytes: Bytes) -> Step {
    if slot::is_stale(&bytes) { Step::Refill(bytes) } else { Step::Answer(Answer::Hit(bytes)) }
}

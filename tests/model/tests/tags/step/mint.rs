//! `call::tags`: the epochs that a value is to have, before the body and after it.

use super::look::UNKNOWN;
use super::{Step, number};
use crate::mutation::Mutation;
use crate::setup::Named;
use crate::slot::{Epoch, Maker, TAGS, Tag};
use crate::state::{Fill, Half, Phase};

impl Step<'_> {
    /// `Engine::era`, `Engine::date`. By single steps the tags come first, and then the clock.
    pub(super) fn mint(&mut self, call: usize) {
        let phase = self.state.calls[call].phase;
        let (maker, by_result, half) = match phase {
            Phase::Mint => (Maker::Before(number(call)), false, None),
            Phase::MintMore(half) => (Maker::Before(number(call)), false, Some(half)),
            Phase::MintAfter(_) => (Maker::After(number(call)), true, None),
            Phase::MintMoreAfter(_, half) => (Maker::After(number(call)), true, Some(half)),
            _ => return,
        };
        let Some((tags, clock)) = self.minted(maker, by_result, half) else {
            let half = self.half(maker, by_result);
            self.state.calls[call].phase = match phase {
                Phase::MintAfter(fill) => Phase::MintMoreAfter(fill, half),
                _ => Phase::MintMore(half),
            };
            return;
        };
        match phase {
            Phase::MintAfter(fill) | Phase::MintMoreAfter(fill, _) => {
                self.minted_after(call, fill, tags, clock);
            }
            _ => self.minted_before(call, tags, clock),
        }
    }

    /// What the mint has found, if it is done.
    fn minted(
        &mut self,
        maker: Maker,
        by_result: bool,
        half: Option<Half>,
    ) -> Option<([Tag; TAGS], Epoch)> {
        let server = &mut self.state.server;
        let tags = match half {
            None if self.setup.by_steps => return None,
            None => {
                server.mint(maker, by_result, self.setup);
                server.tags
            }
            Some(Half::Tags(tags)) => {
                server.mint_clock(maker);
                tags
            }
            Some(Half::Clock(clock)) => {
                server.mint_tags(maker, by_result, self.setup);
                return Some((server.tags, clock));
            }
        };
        Some((tags, server.clock?))
    }

    fn half(&mut self, maker: Maker, by_result: bool) -> Half {
        let server = &mut self.state.server;
        if self.setup.mutated(Mutation::ClockReadFirst) {
            server.mint_clock(maker);
            if let Some(clock) = server.clock {
                return Half::Clock(clock);
            }
        }
        server.mint_tags(maker, by_result, self.setup);
        Half::Tags(server.tags)
    }

    fn minted_before(&mut self, call: usize, tags: [Tag; TAGS], clock: Epoch) {
        let mut epochs = UNKNOWN;
        let early = !self.setup.mutated(Mutation::MintAfterBody);
        for tag in self.setup.named(Named::ByArguments).filter(|_| early) {
            // Writers are at work: the value will not be stored.
            let Some(epoch) = tags[tag].epoch() else { return self.give_up(call) };
            epochs[tag] = epoch.maker;
        }
        self.begin_body(call, epochs, clock);
    }

    fn minted_after(&mut self, call: usize, fill: Fill, tags: [Tag; TAGS], clock: Epoch) {
        let mut epochs = fill.epochs;
        for (tag, named) in self.setup.tags.iter().enumerate() {
            let by_result = *named == Named::ByResult;
            if !by_result && !self.setup.mutated(Mutation::MintAfterBody) {
                continue;
            }
            match tags[tag].epoch().filter(|epoch| !by_result || self.is_old(*epoch, fill, clock)) {
                Some(epoch) => epochs[tag] = epoch.maker,
                // The body may not have seen what has been written since.
                None => return self.give_up(call),
            }
        }
        self.state.calls[call].phase = Phase::Store(Fill { epochs, ..fill });
    }

    /// Whether the epoch was there before the body.
    fn is_old(&self, epoch: Epoch, fill: Fill, clock: Epoch) -> bool {
        let same = clock.maker == fill.clock.maker;
        (epoch.stamp <= fill.clock.stamp || self.setup.mutated(Mutation::NoClock))
            && (same
                || self.setup.mutated(Mutation::NoClock)
                || self.setup.mutated(Mutation::ClockLostUnnoticed))
    }
}

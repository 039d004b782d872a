//! The entries by their functions.

use std::sync::Arc;

use cached_runtime::Entry;
use fastrand::Rng;

use crate::deeds::Tag;
use crate::functions::{
    Answer, Read, Unique, both, early, if_error, plain, process, revalidate, sliding, unique_errors,
};
use crate::kept::{
    kept, kept_mixed, kept_named, kept_process, kept_stale, kept_tagged, kept_untracked,
};
use crate::plan::{Scene, Slot};
use crate::tagged::{
    mixed, mixed_if_error, mixed_revalidate, mixed_sliding, named, named_if_error,
    named_revalidate, tagged, tagged_if_error, tagged_revalidate,
};
use crate::world::World;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Plain,
    UniqueErrors,
    Revalidate,
    IfError,
    Both,
    Early,
    Sliding,
    Process,
    Tagged,
    TaggedRevalidate,
    TaggedIfError,
    Named,
    NamedRevalidate,
    NamedIfError,
    Mixed,
    MixedRevalidate,
    MixedIfError,
    MixedSliding,
    Kept,
    KeptUntracked,
    KeptStale,
    KeptTagged,
    KeptNamed,
    KeptMixed,
    KeptProcess,
}

impl Kind {
    /// Those without tags whose promise is for all processes.
    const UNTAGGED: [Self; 7] = [
        Self::Plain,
        Self::UniqueErrors,
        Self::Revalidate,
        Self::IfError,
        Self::Both,
        Self::Early,
        Self::Sliding,
    ];

    const TAGGED: [Self; 10] = [
        Self::Tagged,
        Self::TaggedRevalidate,
        Self::TaggedIfError,
        Self::Named,
        Self::NamedRevalidate,
        Self::NamedIfError,
        Self::Mixed,
        Self::MixedRevalidate,
        Self::MixedIfError,
        Self::MixedSliding,
    ];

    /// Those whose values are kept in the process.
    const KEPT: [Self; 6] = [
        Self::Kept,
        Self::KeptUntracked,
        Self::KeptStale,
        Self::KeptTagged,
        Self::KeptNamed,
        Self::KeptMixed,
    ];

    /// Those that a schedule draws from.
    pub(crate) fn of(scene: Scene, rng: &mut Rng) -> Vec<Self> {
        match scene {
            Scene::Whole if rng.bool() => {
                // Beside those that have none of the others.
                let others = if rng.bool() { &Self::UNTAGGED[..] } else { &[] };
                [others, &Self::KEPT, &Self::KEPT].concat()
            }
            Scene::Whole if rng.bool() => [&Self::UNTAGGED[..], &Self::TAGGED].concat(),
            Scene::Whole if rng.bool() => Self::UNTAGGED.to_vec(),
            Scene::NamedTags => vec![Self::Named, Self::NamedRevalidate],
            Scene::Outages => {
                [&Self::TAGGED[..], &[Self::KeptTagged, Self::KeptNamed, Self::KeptMixed]].concat()
            }
            Scene::Whole | Scene::Tags => Self::TAGGED.to_vec(),
            Scene::Fills => vec![Self::Plain],
            Scene::Writes | Scene::Crashes => {
                vec![Self::Plain, Self::Plain, Self::Tagged, Self::Named]
            }
            Scene::Refills => vec![Self::Revalidate, Self::Revalidate, Self::IfError, Self::Both],
            Scene::OneProcess => vec![Self::Process, Self::KeptProcess],
            Scene::Kept => vec![Self::Kept],
            Scene::KeptTags => {
                vec![Self::KeptTagged, Self::KeptNamed, Self::KeptNamed, Self::KeptMixed]
            }
        }
    }

    /// Whether processes keep its values.
    pub(crate) fn is_kept(self) -> bool {
        Self::KEPT.contains(&self) || self == Self::KeptProcess
    }

    pub(crate) fn has_tags_of_arguments(self) -> bool {
        let untagged =
            [Self::Process, Self::Kept, Self::KeptUntracked, Self::KeptStale, Self::KeptProcess];
        !Self::UNTAGGED.contains(&self) && !untagged.contains(&self) && !self.is_named()
    }

    pub(crate) fn has_tags_of_result(self) -> bool {
        let is_mixed = matches!(
            self,
            Self::Mixed
                | Self::MixedRevalidate
                | Self::MixedIfError
                | Self::MixedSliding
                | Self::KeptMixed
        );
        self.is_named() || is_mixed
    }

    fn is_named(self) -> bool {
        use Kind::{KeptNamed, Named, NamedIfError, NamedRevalidate};
        matches!(self, Named | NamedRevalidate | NamedIfError | KeptNamed)
    }

    /// One of the tags of its entries.
    pub(crate) fn draw_tag(self, rng: &mut Rng) -> Option<Tag> {
        let of_arguments = [Tag::All, Tag::Own];
        let of_result = [Tag::Team(0), Tag::Team(1)];
        let drawn = rng.usize(..4);
        match (self.has_tags_of_arguments(), self.has_tags_of_result()) {
            (false, false) => None,
            (true, false) => Some(of_arguments[drawn % 2]),
            (false, true) => Some(of_result[drawn % 2]),
            (true, true) => Some([of_arguments, of_result].concat()[drawn]),
        }
    }
}

impl Slot {
    /// As `tags` of the attributes name it.
    pub(crate) fn tag_text(self, tag: Tag) -> String {
        match tag {
            Tag::All => "all".to_owned(),
            Tag::Own => format!("n:{}", self.number),
            Tag::Team(team) => format!("team:{team}"),
        }
    }

    pub(crate) async fn call(self, world: Arc<World>) -> Answer {
        let number = self.number;
        match self.kind {
            Kind::Plain => plain(world, number).await,
            Kind::UniqueErrors => unique_errors(world, number).await.map_err(|Unique(error)| error),
            Kind::Revalidate => revalidate(world, number).await,
            Kind::IfError => if_error(world, number).await,
            Kind::Both => both(world, number).await,
            Kind::Early => early(world, number).await,
            Kind::Sliding => sliding(world, number).await,
            Kind::Process => process(world, number).await,
            Kind::Tagged => tagged(world, number).await,
            Kind::TaggedRevalidate => tagged_revalidate(world, number).await,
            Kind::TaggedIfError => tagged_if_error(world, number).await,
            Kind::Named => named(world, number).await,
            Kind::NamedRevalidate => named_revalidate(world, number).await,
            Kind::NamedIfError => named_if_error(world, number).await,
            Kind::Mixed => mixed(world, number).await,
            Kind::MixedRevalidate => mixed_revalidate(world, number).await,
            Kind::MixedIfError => mixed_if_error(world, number).await,
            Kind::MixedSliding => mixed_sliding(world, number).await,
            Kind::Kept => kept(world, number).await,
            Kind::KeptUntracked => kept_untracked(world, number).await,
            Kind::KeptStale => kept_stale(world, number).await,
            Kind::KeptTagged => kept_tagged(world, number).await,
            Kind::KeptNamed => kept_named(world, number).await,
            Kind::KeptMixed => kept_mixed(world, number).await,
            Kind::KeptProcess => kept_process(world, number).await,
        }
    }

    /// The entry of `Slot::call`, by the name that the attributes of writers look for.
    pub(crate) fn call_entry(self, world: Arc<World>) -> Entry<Read> {
        let number = self.number;
        match self.kind {
            Kind::Plain => plain::entry(world, number),
            Kind::UniqueErrors => unique_errors::entry(world, number),
            Kind::Revalidate => revalidate::entry(world, number),
            Kind::IfError => if_error::entry(world, number),
            Kind::Both => both::entry(world, number),
            Kind::Early => early::entry(world, number),
            Kind::Sliding => sliding::entry(world, number),
            Kind::Process => process::entry(world, number),
            Kind::Tagged => tagged::entry(world, number),
            Kind::TaggedRevalidate => tagged_revalidate::entry(world, number),
            Kind::TaggedIfError => tagged_if_error::entry(world, number),
            Kind::Named => named::entry(world, number),
            Kind::NamedRevalidate => named_revalidate::entry(world, number),
            Kind::NamedIfError => named_if_error::entry(world, number),
            Kind::Mixed => mixed::entry(world, number),
            Kind::MixedRevalidate => mixed_revalidate::entry(world, number),
            Kind::MixedIfError => mixed_if_error::entry(world, number),
            Kind::MixedSliding => mixed_sliding::entry(world, number),
            Kind::Kept => kept::entry(world, number),
            Kind::KeptUntracked => kept_untracked::entry(world, number),
            Kind::KeptStale => kept_stale::entry(world, number),
            Kind::KeptTagged => kept_tagged::entry(world, number),
            Kind::KeptNamed => kept_named::entry(world, number),
            Kind::KeptMixed => kept_mixed::entry(world, number),
            Kind::KeptProcess => kept_process::entry(world, number),
        }
    }
}

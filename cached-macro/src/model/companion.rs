//! What stands beside a function, and what it asks for.

use syn::{Expr, Lit, Result, Visibility};

use super::argument::Argument;
use super::function::{Form, Function, Owner};
use super::key::Key;
use super::nones::Nones;
use super::policy::Policy;
use super::tags::Tags;
use super::ttl::{Length, Ttl};
use super::value;
use crate::attr::Given;
use crate::errors::fail;
use crate::tokens::{Names, mentioned};

/// The function that names an entry.
pub(crate) struct Companion {
    pub(crate) place: Place,
    /// Whether it takes `&self`.
    pub(crate) asks_self: bool,
    /// Whether there is another one for calls with a receiver.
    pub(crate) by_method: bool,
    /// Indexes of the function's arguments that it takes.
    pub(crate) asked: Vec<usize>,
}

/// Where the companion stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// `get_user::entry`, in an empty enum of the function's name.
    Enum,
    /// `Self::get_user_entry`
    Method,
}

impl Companion {
    pub(super) fn new(
        function: &Function,
        key: &Key,
        tags: &Tags,
        policy: Option<&Policy>,
        cache: Option<&Expr>,
    ) -> Option<Self> {
        let place = place(function)?;
        let mut names = key.names.clone();
        names.extend(tags.names());
        names.extend(cache.map(mentioned).unwrap_or_default());
        names.extend(policy.map(lengths_mention).unwrap_or_default());
        let asked = function.arguments.iter().enumerate();
        let asked: Vec<(usize, &Argument)> =
            asked.filter(|(_, argument)| argument.binds_one_of(&names)).collect();
        // A list of values can't have a condition in it, as the list of arguments can.
        let passes_on = asked.iter().all(|(_, argument)| argument.cfgs.is_empty());
        Some(Self {
            place,
            by_method: place == Place::Method && function.receiver().is_some() && passes_on,
            asks_self: function.receiver().is_some() && names.contains("self"),
            asked: asked.into_iter().map(|(index, _)| index).collect(),
        })
    }
}

/// Checks `entry = false`, which leaves the companion out.
pub(super) fn left_out(given: Given) -> Result<()> {
    let expr = value::expr(given, "entry = false")?;
    match value::lit(&expr) {
        Some(Lit::Bool(lit)) if !lit.value => Ok(()),
        Some(Lit::Bool(_)) => fail(expr, "`entry` is there by default: remove the option"),
        _ => fail(expr, "`entry` takes only `false`, which leaves the entry function out"),
    }
}

/// A method without a visibility may stand in a trait, where nothing can be added.
fn place(function: &Function) -> Option<Place> {
    match (function.form, function.owner, &function.vis) {
        (Form::Boxed, ..) | (Form::Async, Owner::Type, Visibility::Inherited) => None,
        (Form::Async, Owner::Module, _) => Some(Place::Enum),
        (Form::Async, Owner::Type, _) => Some(Place::Method),
    }
}

/// Closures are left out: they can't capture arguments, and their own names may be the same. So is what only a call
/// has a use for, the options about sharing fills.
fn lengths_mention(policy: &Policy) -> Names {
    let Policy { ttl, nones, staleness, .. } = policy;
    let ttl = match ttl {
        Ttl::Same(length) => Some(length),
        Ttl::ByValue(_) => None,
    };
    let none_ttl = match nones {
        Nones::For(length, _) => Some(length),
        Nones::Cached | Nones::Skipped(_) => None,
    };
    let windows = [&staleness.while_revalidate, &staleness.if_error];
    let windows = windows.into_iter().flatten().map(|window| &window.length);
    let lengths = ttl.into_iter().chain(none_ttl).chain(windows);
    lengths
        .filter_map(|length| match length {
            Length::Expr(expr) => Some(mentioned(expr)),
            Length::Millis(..) => None,
        })
        .flatten()
        .collect()
}

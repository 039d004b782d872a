//! Who shares a fill, and for how long.

use syn::{Expr, Lit, Result};

use super::{Length, value};
use crate::attr::Given;
use crate::errors::{Errors, fail};
use crate::nearest::nearest;

/// All options about sharing fills. What is absent is as the runtime has it.
pub(crate) struct Sharing {
    pub(crate) flight: Option<Flight>,
    pub(crate) lease: Option<Length>,
    pub(crate) wait: Option<Length>,
}

/// Who shares a fill.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flight {
    Cluster,
    Process,
    Off,
}

/// The options as given.
pub(super) struct Raw {
    pub(super) flight: Option<Given>,
    pub(super) lease: Option<Given>,
    pub(super) wait: Option<Given>,
}

impl Sharing {
    pub(super) fn new(raw: Raw, errors: &mut Errors) -> Self {
        let Raw { flight, lease, wait } = raw;
        let flight = flight.and_then(|given| errors.keep(Flight::new(given)));
        let text = "can't be used together with `flight =";
        if let (Some(lease), Some(flight @ (Flight::Process | Flight::Off))) = (&lease, flight) {
            let why = "only a fill of the cluster holds its slot; remove one of them";
            let flight = flight.name();
            errors.report(&lease.key, format_args!("`lease` {text} \"{flight}\"`: {why}"));
        }
        if let (Some(wait), Some(Flight::Off)) = (&wait, flight) {
            let why = "no call waits for another's fill; remove one of them";
            errors.report(&wait.key, format_args!("`wait` {text} \"off\"`: {why}"));
        }
        Self {
            flight,
            lease: lease.and_then(|given| errors.keep(Length::new(given))),
            wait: wait.and_then(|given| errors.keep(Length::new(given))),
        }
    }
}

impl Flight {
    const ALL: [Self; 3] = [Self::Cluster, Self::Process, Self::Off];

    fn new(given: Given) -> Result<Self> {
        let key = given.key.clone();
        let expr = value::expr(given, "flight = \"process\"")?;
        let written = match (value::lit(&expr), &expr) {
            (Some(Lit::Str(text)), _) => Some(text.value()),
            // The quotes were forgotten.
            (None, Expr::Path(path)) => value::name(&path.path).map(ToString::to_string),
            _ => None,
        };
        let is_text = matches!(value::lit(&expr), Some(Lit::Str(_)));
        let flight = written.as_deref().and_then(Self::named).filter(|_| is_text);
        if let Some(flight) = flight {
            return Ok(flight);
        }
        match written.and_then(|name| nearest(&name, Self::ALL.map(Self::name))) {
            Some(near) => fail(expr, format_args!("no such `{key}`: did you mean `\"{near}\"`?")),
            None => fail(
                expr,
                format_args!(
                    "`{key}` takes `\"cluster\"` (the default), `\"process\"` or `\"off\"`"
                ),
            ),
        }
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|flight| flight.name() == name)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Cluster => "cluster",
            Self::Process => "process",
            Self::Off => "off",
        }
    }
}

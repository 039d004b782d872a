//! `local(..)` as written: options of its own.

use syn::Result;
use syn::parse::ParseStream;

use super::Given;
use super::parse::{self, Elements};
use crate::errors::Errors;

/// What was given between the parentheses.
#[derive(Default)]
pub(crate) struct LocalOptions {
    pub(crate) ttl: Option<Given>,
    pub(crate) max_size: Option<Given>,
    pub(crate) untracked: Option<Given>,
    /// Whether there was an attempt at any, so that their absence is no mistake of its own.
    pub(crate) was_tried: bool,
}

impl LocalOptions {
    /// Reads what stands between the parentheses, and reports what is no option.
    pub(super) fn parse(input: ParseStream<'_>, errors: &mut Errors) -> Result<Self> {
        let mut options = Self::default();
        parse::list(input, &mut options, errors)?;
        Ok(options)
    }
}

impl Elements for LocalOptions {
    fn names(&self) -> &'static [&'static str] {
        &["ttl", "max_size", "untracked"]
    }

    fn owner(&self) -> &'static str {
        " of `local`"
    }

    fn named(&mut self, name: &str) -> Option<&mut Option<Given>> {
        Some(match name {
            "ttl" => &mut self.ttl,
            "max_size" => &mut self.max_size,
            "untracked" => &mut self.untracked,
            _ => return None,
        })
    }

    fn tried(&mut self, _name: Option<&str>) {
        self.was_tried = true;
    }
}

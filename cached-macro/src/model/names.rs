//! The names in front of a key, and that of the runtime.

use syn::{Expr, Lit, Path, Result, parse_quote};

use super::value;
use crate::attr::{Given, Value};
use crate::errors::{Errors, fail};

pub(super) fn prefix(given: Given) -> Result<String> {
    value::string(given, "prefix = \"user\"").map(|text| text.value())
}

pub(super) fn version(given: Given) -> Result<String> {
    let key = given.key.clone();
    let expr = value::expr(given, "version = 2")?;
    match value::lit(&expr) {
        Some(Lit::Int(lit)) => Ok(value::integer(lit, "`version`")?.to_string()),
        Some(Lit::Str(text)) if text.value().is_empty() => {
            fail(text, "`version` is empty: write `version = 2`, or remove it")
        }
        Some(Lit::Str(text)) => Ok(text.value()),
        _ => {
            fail(expr, format_args!("`{key}` takes a whole number or a string: write `{key} = 2`"))
        }
    }
}

/// Where `cached_runtime` is.
pub(super) fn runtime(krate: Option<Given>, errors: &mut Errors) -> Option<Path> {
    match krate {
        None => Some(parse_quote!(::cached_runtime)),
        Some(given) => errors.keep(self::krate(given)),
    }
}

fn krate(given: Given) -> Result<Path> {
    if let Value::Path(path) = &given.value
        && path.qself.is_none()
    {
        return Ok(path.path.clone());
    }
    let expr = value::expr(given, "crate = my_crate::cached_runtime")?;
    let path = match (value::lit(&expr), &expr) {
        (Some(Lit::Str(text)), _) => text.parse_with(Path::parse_mod_style).ok(),
        (None, Expr::Path(path)) if path.qself.is_none() => Some(path.path.clone()),
        _ => None,
    };
    path.map_or_else(
        || {
            let fix = "write `crate = my_crate::cached_runtime`";
            fail(&expr, format_args!("`crate` takes the path of `cached_runtime`: {fix}"))
        },
        Ok,
    )
}

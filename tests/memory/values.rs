//! Values of many kinds.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::json;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct User {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) email: Option<String>,
    pub(crate) address: Option<Address>,
    pub(crate) roles: Vec<Role>,
    pub(crate) balance: f64,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Address {
    pub(crate) street: String,
    pub(crate) city: Option<Box<str>>,
    pub(crate) at: Option<(f64, f64)>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Role {
    Guest,
    Member { since: u64 },
    Other(String),
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "kind", content = "of")]
pub(crate) enum Event {
    Moved(Box<Address>),
    Paid { cents: u64, by: String },
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Flat {
    pub(crate) id: u64,
    #[serde(flatten)]
    pub(crate) address: Address,
    #[serde(flatten)]
    pub(crate) rest: BTreeMap<String, u64>,
}

/// Much larger than its JSON.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Big {
    pub(crate) a: [u64; 32],
}

pub(crate) fn document() -> serde_json::Value {
    let list: Vec<_> = (0..100).map(|n| json!({ "n": n, "text": "some text" })).collect();
    json!({ "id": 1, "tags": ["a", "b", "c"], "at": { "x": 1.5, "y": null }, "list": list })
}

pub(crate) fn text(length: usize) -> String {
    "x".repeat(length)
}

pub(crate) fn address() -> Address {
    Address { street: text(30), city: Some(text(12).into()), at: Some((52.5, 13.4)) }
}

pub(crate) fn user(n: u64) -> User {
    User {
        id: n,
        name: text(12),
        email: n.is_multiple_of(2).then(|| text(25)),
        address: n.is_multiple_of(3).then(address),
        roles: vec![Role::Guest, Role::Member { since: n }, Role::Other(text(10))],
        balance: 1.5,
    }
}

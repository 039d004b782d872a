use crate::key::push_escaped;

/// The names of a queue's keys. They do not begin as a slot's name does, so no `clear` touches them.
#[derive(Debug)]
pub(crate) struct Names {
    /// A hash: how many shards there are, and how many records are in them.
    pub(crate) base: String,
    /// A sorted set: the workers, by when they count as gone.
    pub(super) workers: String,
    /// A stream: the dead letters.
    pub(super) dead: String,
    pub(super) shards: Vec<Shard>,
}

#[derive(Debug)]
pub(super) struct Shard {
    /// The records.
    pub(super) stream: String,
    /// A string: the token of the worker that the shard is of.
    pub(super) lease: String,
    /// A hash: how often the records that failed have failed.
    pub(super) tries: String,
}

impl Names {
    /// `namespace` is escaped, `name` is not.
    pub(crate) fn new(namespace: &str, name: &str, shards: usize) -> Self {
        let mut base = format!("{namespace}%queue:");
        push_escaped(&mut base, name);
        let shard = |number| Shard {
            stream: format!("{base}:{number}"),
            lease: format!("{base}:{number}:lease"),
            tries: format!("{base}:{number}:tries"),
        };
        Self {
            workers: format!("{base}:workers"),
            dead: format!("{base}:dead"),
            shards: (0..shards).map(shard).collect(),
            base,
        }
    }

    /// How many shards there are.
    pub(crate) fn count(&self) -> usize {
        self.shards.len()
    }

    /// The shard of a key's records: the same in every release, or the order of a key's records would be lost.
    pub(crate) fn shard_of(&self, key: &str) -> usize {
        let hash = blake3::hash(key.as_bytes());
        let mut start = [0; 8];
        start.copy_from_slice(&hash.as_bytes()[..8]);
        // Below the number of shards, which is a `usize`.
        usize::try_from(u64::from_be_bytes(start) % self.count() as u64).unwrap_or(0)
    }
}

#[test]
fn a_key_stays_in_its_shard() {
    let names = Names::new("shop", "views: {1}", 16);
    assert_eq!(names.shards[15].lease, "shop%queue:views%3A%20%7B1%7D:15:lease");
    let shards = ["", "post:42", "post:43", "日本"].map(|key| names.shard_of(key));
    assert_eq!(shards, [6, 1, 0, 5]);
}

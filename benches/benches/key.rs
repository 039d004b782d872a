//! What a call does before it looks anywhere, its key; and what it does before it asks the store, the name of its slot.

use cached_runtime::__private::{
    Duration, Function, Key, KeyBuilder, Probe, Site, Whole as _, entry, path_of,
};
use cached_runtime::Cache;
use cached_runtime::codec::Json;
use criterion::{Criterion, criterion_group, criterion_main};
use serde::Serialize;
use std::hint::black_box;

/// About 200 bytes.
#[derive(Serialize)]
struct Filter {
    tenant: &'static str,
    countries: [&'static str; 4],
    from: u64,
    to: u64,
    text: String,
    limit: Option<u32>,
}

static FUNCTION: Function = Function::new("f", "user", "", file!(), line!(), column!());

fn key_of<T: Serialize + ?Sized>(argument: &T) -> Key {
    fn __path() {}
    let mut key = KeyBuilder::new(&FUNCTION, path_of(&__path, ""));
    key.arg(argument);
    key.finish()
}

/// An entry has its name from the beginning.
fn name<T: Serialize + ?Sized>(argument: &T) {
    let policy = Probe::<u8>::new().shape().policy::<Json>(Duration::from_secs(60));
    black_box(entry(Site::new(&FUNCTION, key_of(argument), policy)).key());
}

fn key(criterion: &mut Criterion) {
    Cache::disabled().install().expect("it is the first one");
    let text = "c0ffee00-1234-5678-9abc-def012345678-eu1";
    assert_eq!(text.len(), 40);
    let filter = Filter {
        tenant: "acme-industries",
        countries: ["at", "be", "ch", "de"],
        from: 1_700_000_000_000,
        to: 1_800_000_000_000,
        text: "every word that the user typed into the search box, ".repeat(2),
        limit: Some(100),
    };
    let mut group = criterion.benchmark_group("key");
    group.bench_function("BLAKE3 of 12 bytes alone", |bencher| {
        bencher.iter(|| blake3::keyed_hash(black_box(&[7; 32]), black_box(&[1; 12])));
    });
    macro_rules! rows {
        ($what:literal, $argument:expr) => {
            group.bench_function($what, |bencher| {
                bencher.iter(|| black_box(key_of(black_box($argument))));
            });
            group.bench_function(concat!($what, ", with the name of the slot"), |bencher| {
                bencher.iter(|| name(black_box($argument)));
            });
        };
    }
    rows!("u64", &42_u64);
    rows!("str of 40 bytes", text);
    rows!("struct of 200 bytes", &filter);
    group.finish();
}

criterion_group!(benches, key);
criterion_main!(benches);

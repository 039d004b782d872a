//! Working out the name of a slot, without the store: what `entry` does.

use cached_runtime::__private::{Function, KeyBuilder, path_of};
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

fn digest<T: Serialize + ?Sized>(argument: &T) {
    fn __path() {}
    let mut key = KeyBuilder::new(&FUNCTION, path_of(&__path, ""));
    key.arg(argument);
    black_box(key.finish());
}

fn key(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("key");
    group.bench_function("BLAKE3 of 12 bytes alone", |bencher| {
        bencher.iter(|| blake3::keyed_hash(black_box(&[7; 32]), black_box(&[1; 12])));
    });
    group.bench_function("u64", |bencher| bencher.iter(|| digest(&black_box(42_u64))));
    let text = "c0ffee00-1234-5678-9abc-def012345678-eu1";
    assert_eq!(text.len(), 40);
    group.bench_function("str of 40 bytes", |bencher| bencher.iter(|| digest(black_box(text))));
    let filter = Filter {
        tenant: "acme-industries",
        countries: ["at", "be", "ch", "de"],
        from: 1_700_000_000_000,
        to: 1_800_000_000_000,
        text: "every word that the user typed into the search box, ".repeat(2),
        limit: Some(100),
    };
    group.bench_function("struct of 200 bytes", |bencher| {
        bencher.iter(|| digest(black_box(&filter)));
    });
    group.finish();
}

criterion_group!(benches, key);
criterion_main!(benches);

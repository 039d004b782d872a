#!/usr/bin/env python3
"""Measures what it costs to build a program with cached-runtime or a peer, and prints a table of docs/performance.md.

Each program has one type and one memoized function on Redis; it is built from nothing, one after the other, in the dev
profile. Then it is given ten functions more: what one of them adds to the expanded source and to the LLVM IR of the
program, before optimization, is what the attribute expands to. Downloads come before, and do not count.

    scripts/peers.sh sizes              # all
    scripts/peers.sh sizes ours cached  # some: tokio, hand, ours, local, cached, hitbox
"""

import os
import re
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PLACE = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "sizes"
LOCK = ROOT / "benches/peers/Cargo.lock"  # so that all have the versions of the benches

MANIFEST = """
[workspace]

[package]
name = "program"
version = "0.0.0"
edition = "2024"

[dependencies]
serde = {{ version = "1", features = ["derive"] }}
tokio = {{ version = "1", features = ["macros", "rt-multi-thread"] }}
{dependencies}
"""

PROGRAM = """
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize{derive})]
pub struct Record {{
    id: u64,
    name: String,
}}

async fn body(id: u64) -> Record {{
    Record {{ id, name: id.to_string() }}
}}
{head}
{functions}

#[tokio::main]
async fn main() {{
{calls}
}}
"""


class Peer:
    def __init__(self, name, dependencies="", head="", derive="", function="", call=""):
        self.name, self.dependencies, self.head, self.derive = name, dependencies, head, derive
        self.function, self.call = function, call

    def write(self, place, functions):
        (place / "src").mkdir(parents=True, exist_ok=True)
        (place / "Cargo.toml").write_text(MANIFEST.format(dependencies=self.dependencies))
        shutil.copy(LOCK, place / "Cargo.lock")
        numbers = range(functions)
        text = PROGRAM.format(
            derive=self.derive,
            head=self.head,
            functions="\n".join(self.function.replace("NUMBER", str(number)) for number in numbers),
            calls="\n".join(
                '    println!("{:?}", %s);' % self.call.replace("NUMBER", str(number)) for number in numbers
            ),
        )
        (place / "src/main.rs").write_text(text)


OURS = f'cached-runtime = {{ path = "{ROOT / "cached-runtime"}" }}'

PEERS = {
    "tokio": Peer(
        "tokio and serde, no cache",
        function="async fn recordNUMBER(id: u64) -> Record { body(id).await }",
        call="recordNUMBER(1).await",
    ),
    "hand": Peer(
        "by hand: redis, serde_json",
        dependencies="""redis = { version = "1.8", default-features = false, features = ["tokio-comp"] }
serde_json = "1"
""",
        head="""
use redis::AsyncCommands;
static CONNECTION: tokio::sync::OnceCell<redis::aio::MultiplexedConnection> = tokio::sync::OnceCell::const_new();
async fn connection() -> redis::RedisResult<redis::aio::MultiplexedConnection> {
    let client = redis::Client::open("redis://127.0.0.1:1/")?;
    CONNECTION.get_or_try_init(|| client.get_multiplexed_async_connection()).await.cloned()
}
""",
        function="""
async fn recordNUMBER(id: u64) -> redis::RedisResult<Record> {
    let mut connection = connection().await?;
    let slot = format!("record:NUMBER:{id}");
    let value: Option<Vec<u8>> = connection.get(&slot).await?;
    if let Some(record) = value.and_then(|value| serde_json::from_slice(&value).ok()) {
        return Ok(record);
    }
    let record = body(id).await;
    let value = serde_json::to_vec(&record).expect("JSON");
    let () = connection.set_ex(&slot, value, 300).await?;
    Ok(record)
}
""",
        call="recordNUMBER(1).await",
    ),
    "ours": Peer(
        "**cached-runtime**",
        dependencies=OURS,
        function="""
#[cached_runtime::redis_cache(ttl = 300)]
async fn recordNUMBER(id: u64) -> Record { body(id).await }
""",
        call="recordNUMBER(1).await",
    ),
    "local": Peer(
        "**cached-runtime**, `local`",
        dependencies=OURS,
        function="""
#[cached_runtime::redis_cache(ttl = 300, local = "30s")]
async fn recordNUMBER(id: u64) -> Record { body(id).await }
""",
        call="recordNUMBER(1).await",
    ),
    "cached": Peer(
        "cached, `redis_tokio`",
        dependencies='cached = { version = "4.1", features = ["redis_tokio"] }',
        function="""
#[cached::macros::concurrent_cached(redis = true, ttl_secs = 300)]
async fn recordNUMBER(id: u64) -> Result<Record, cached::RedisCacheError> { Ok(body(id).await) }
""",
        call="recordNUMBER(1).await",
    ),
    "hitbox": Peer(
        "hitbox, hitbox-fn, hitbox-redis",
        dependencies="""hitbox = "0.2"
hitbox-fn = { version = "0.2", features = ["derive"] }
hitbox-redis = "0.2"
""",
        derive=", hitbox_fn::CacheableResponse",
        head="""
use std::{sync::LazyLock, time::Duration};
use hitbox_fn::prelude::{Cache, PolicyConfig};
static CACHE: LazyLock<Cache<hitbox_redis::RedisBackend>> = LazyLock::new(|| {
    let redis = hitbox_redis::ConnectionMode::single("redis://127.0.0.1:1/");
    let backend = hitbox_redis::RedisBackend::builder().connection(redis).build().expect("good settings");
    let policy = PolicyConfig::builder().ttl(Duration::from_secs(300)).build();
    Cache::builder().backend(backend).policy(policy).build()
});
""",
        function="""
#[hitbox_fn::cached]
async fn recordNUMBER(id: u64) -> Record { body(id).await }
""",
        call="recordNUMBER(1).cache(&*CACHE).await",
    ),
}


def cargo(place, *args):
    # RUSTC_BOOTSTRAP lets a stable compiler take the flag of `source_lines`. It is always the same: if it changed, all
    # crates would be built again.
    env = {**os.environ, "CARGO_TARGET_DIR": str(place / "target"), "CARGO_INCREMENTAL": "0"}
    env["RUSTC_BOOTSTRAP"] = "program"
    run = subprocess.run(["cargo", *args], cwd=place, env=env, text=True, capture_output=True)
    if run.returncode != 0:
        sys.exit(f"cargo {' '.join(args)} in {place} failed:\n{run.stderr}")
    return run.stdout


def crates(place):
    """All crates that are compiled, build scripts and macros too, without the program itself."""
    tree = cargo(place, "tree", "--edges", "normal,build", "--prefix", "none", "--format", "{p}")
    return len({tuple(line.split()[:2]) for line in tree.splitlines() if line}) - 1


def build_seconds(place):
    shutil.rmtree(place / "target", ignore_errors=True)
    start, before = time.monotonic(), processor_seconds()
    cargo(place, "build", "--offline")
    return time.monotonic() - start, processor_seconds() - before


def processor_seconds():
    """What all ended processes that this one started have taken: unlike time, it is about the same on a busy machine."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def source_lines(place):
    expanded = cargo(place, "rustc", "--offline", "--", "-Zunpretty=expanded")
    return sum(1 for line in expanded.splitlines() if line.strip())


def llvm_lines(place):
    """Lines of functions in the IR of the program, as the compiler hands it to LLVM."""
    cargo(place, "rustc", "--offline", "--", "--emit=llvm-ir", "-Cno-prepopulate-passes", "-Ccodegen-units=1")
    file = max((place / "target/debug/deps").glob("program-*.ll"), key=lambda file: file.stat().st_mtime)
    functions = re.findall(r"^define .*?^}", file.read_text(), re.MULTILINE | re.DOTALL)
    return sum(function.count("\n") + 1 for function in functions)


def row(key):
    peer, place = PEERS[key], PLACE / key
    peer.write(place, functions=1)
    cargo(place, "fetch")
    count, (seconds, processor) = crates(place), build_seconds(place)
    one = source_lines(place), llvm_lines(place)
    peer.write(place, functions=11)
    source, llvm = ((many - one) / 10 for one, many in zip(one, (source_lines(place), llvm_lines(place))))
    shutil.rmtree(place, ignore_errors=True)
    return f"| {peer.name} | {count} | {seconds:.1f} s | {processor:.1f} s | {source:.0f} | {llvm:,.0f} |"


def main(chosen):
    unknown = [key for key in chosen if key not in PEERS]
    if unknown:
        sys.exit(f"there is no {unknown[0]}: name some of {', '.join(PEERS)}")
    print("| program | crates | cold build | of processors | source lines of a function | LLVM lines of a function |")
    print("|---|---:|---:|---:|---:|---:|")
    for key in chosen or PEERS:
        print(row(key), flush=True)


main(sys.argv[1:])

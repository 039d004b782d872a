#!/usr/bin/env bash
# All checks, the same for everyone and for CI. Each step is one line; a step that fails shows its output and ends
# the run. The tests start Redis servers of their own, on free ports that are never 6379.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# So that nothing here can reach a server that is not its own.
unset REDIS_URL

main() {
    [[ $# -eq 0 ]] || die "scripts/test.sh takes no arguments"
    install_missing
    target=$(metadata "workspace['target_directory']")
    logs=$target/test-logs
    rm -rf "$logs"
    mkdir -p "$logs"

    step 'format' cargo fmt --all --check
    step 'clippy, everything' clippy --workspace --all-targets --all-features
    step 'clippy, tests without features' clippy -p cached-runtime --all-targets --no-default-features
    step 'clippy, each feature alone' each_feature
    step 'build of the tests' build
    # What computes runs beside what mostly waits, and gives way to it.
    (step 'tests that compute' nice -n 15 bash -ec "$(declare -f computing workspace); computing") &
    trap 'kill %1 2>/dev/null' EXIT
    step 'tests that wait' waiting
    wait %1
    trap - EXIT
    step 'tests in documentation' cargo test --workspace --all-features --doc
    step 'documentation' env RUSTDOCFLAGS='-D warnings' cargo doc --workspace --no-deps --all-features
    step 'packages' packages
    step 'dependencies' python3 scripts/dependencies.py
    step 'example quickstart' quickstart
    step 'other examples' examples
    step 'example incomes, with an outage' cargo run -p incomes -- --outage --seconds 6 --tasks 16
    printf 'ok    %5d s  in all\n' "$SECONDS"
    # Every `test result:` line of these steps says ok, or the step would have failed.
    cat "$logs"/tests*.log | awk '/^test result: ok/ { passed += $4; failed += $6 }
        END { printf "%d passed, %d failed\n", passed, failed }'
}

# step <name> <command…>
step() {
    local name=$1 began=$SECONDS status log
    log=$logs/${name//[^a-z]/-}.log
    shift
    # Not as a condition: in one, `set -e` would not hold within the functions below.
    set +e
    (set -e; "$@") >"$log" 2>&1
    status=$?
    set -e
    if [[ $status -ne 0 ]]; then
        cat "$log"
        printf 'FAILED %4d s  %s (status %d, output above and in %s)\n' \
            $((SECONDS - began)) "$name" "$status" "$log"
        exit 1
    fi
    printf 'ok    %5d s  %s\n' $((SECONDS - began)) "$name"
}

# All but the models and the schedules of flights: the features of these are for whoever has the time.
workspace() {
    cargo test --workspace --all-features --exclude protocol-model --exclude flight-schedules "$@"
}

build() {
    workspace --lib --bins --tests --examples --no-run
    cargo test -p protocol-model -p flight-schedules --no-run
}

computing() {
    cargo test -p protocol-model -p flight-schedules
    workspace --test ui
}

# More at a time than there are processors, as each waits for most of its time.
waiting() {
    RUST_TEST_THREADS=4 workspace --lib --bins --tests --examples -- --skip what_the_compiler
}

examples() {
    local name
    for name in invalidate tags write_through write_behind lock local; do
        cargo run --example "$name"
    done
}

clippy() {
    cargo clippy "$@" -- -D warnings
}

# The library alone: its tests have dependencies that turn on features of the same crates.
each_feature() {
    local feature features
    features=$(metadata "*sorted(set(package['features']) - {'default'})")
    clippy -p cached-runtime --no-default-features
    for feature in $features; do
        clippy -p cached-runtime --no-default-features --features "$feature"
    done
}

# Checks what would be published, from the archives alone. Cargo's own verification of crates that need each other
# unpacks them into ~/.cargo/registry once for each version, and would go on checking what it found there first.
packages() {
    local dir=$target/package-check
    rm -rf "$dir" "$target"/package/*.crate
    mkdir -p "$dir"
    cargo package -p cached-macro -p cached-runtime --allow-dirty --no-verify
    local crate file
    for crate in "$target"/package/*.crate; do
        tar -xmzf "$crate" -C "$dir" # with the time of now: in the archive, all files are of one day in 2006
        crate=$(basename "$crate" .crate)
        for file in README.md LICENSE-MIT LICENSE-APACHE; do
            [[ -s $dir/$crate/$file ]] || die "the package $crate has no $file"
        done
    done
    cat >"$dir/Cargo.toml" <<TOML
[workspace]
members = ["cached-*"]
resolver = "3"

[patch.crates-io]
cached-macro = { path = "$(basename "$dir"/cached-macro-*)" }
TOML
    cp Cargo.lock "$dir"
    cargo check --workspace --manifest-path "$dir/Cargo.toml" --target-dir "$target"
}

quickstart() {
    local output
    output=$(cargo run --example quickstart)
    echo "$output"
    grep -q ' hit ' <<<"$output" || die 'the quickstart shows no hit'
}

# metadata <expression>: of `cargo metadata`, as `workspace`, and of the package cached-runtime, as `package`.
metadata() {
    cargo metadata --no-deps --format-version 1 | python3 -c "
import json, sys
workspace = json.load(sys.stdin)
package = next(p for p in workspace['packages'] if p['name'] == 'cached-runtime')
print($1)"
}

install_missing() {
    local packages=() version
    command -v redis-server >/dev/null || packages+=(redis-server)
    command -v openssl >/dev/null || packages+=(openssl)
    command -v python3 >/dev/null || packages+=(python3)
    command -v cc >/dev/null || packages+=(gcc libc6-dev)
    [[ ${#packages[@]} -eq 0 ]] || install "${packages[@]}"

    version=$(redis-server --version | sed -n 's/.* v=\([0-9]*\)\..*/\1/p')
    [[ ${version:-0} -ge 7 ]] || die "the tests need Redis 7.0 or later, and this is $(redis-server --version)"
    cargo fmt --version >/dev/null && cargo clippy --version >/dev/null \
        || die 'rustfmt or clippy is missing: run `rustup component add rustfmt clippy`'
}

# install <package…>
install() {
    local sudo=() policy=/usr/sbin/policy-rc.d
    command -v apt-get >/dev/null || die "missing, and there is no apt-get to install it: $*"
    if [[ $EUID -ne 0 ]]; then
        command -v sudo >/dev/null || die "missing, and only root can install it: apt-get install $*"
        sudo=(sudo)
    fi
    echo "installing $*"
    # The package of redis-server starts a server on 6379, unless this says no.
    if [[ ! -e $policy ]]; then
        # shellcheck disable=SC2064 # as it is now
        trap "${sudo[*]} rm -f $policy" EXIT
        printf '#!/bin/sh\nexit 101\n' | "${sudo[@]}" tee "$policy" >/dev/null
        "${sudo[@]}" chmod +x "$policy"
    fi
    "${sudo[@]}" apt-get update -qq
    "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$@"
    [[ -z $(trap -p EXIT) ]] || "${sudo[@]}" rm -f "$policy"
    trap - EXIT
}

die() {
    echo "$*" >&2
    exit 1
}

main "$@"

#!/usr/bin/env bash
# Measures cached-runtime against its peers and prints the tables of docs/performance.md. It needs redis-server, git and
# python3, starts a server of its own, and builds the peers in workspaces that nothing else uses.
#
#     scripts/peers.sh                      # all figures of calls, a minute or two after the build
#     scripts/peers.sh in-process outage    # some: in-process, in-redis, miss, stampede, outage
#     scripts/peers.sh sizes                # what a program with each of them costs to build, some minutes
#     scripts/peers.sh --write [as above]   # and puts them into docs/performance.md
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/target/peers}

main() {
    local tables
    if [[ ${1:-} != --write ]]; then
        measure "$@"
        return
    fi
    shift
    [[ $# -eq 0 || $* == sizes ]] || die 'only all figures at once, or sizes, are written: one run, one machine'
    tables=$(mktemp)
    measure "$@" | tee "$tables"
    put "${1:-calls}" "$tables"
    rm "$tables"
}

measure() {
    if [[ ${1:-} == sizes ]]; then
        python3 scripts/sizes.py "${@:2}"
        return
    fi
    cargo build --release --quiet --manifest-path benches/peers/Cargo.toml
    # Bounded, so that a mistake in what is measured cannot take the machine with it.
    (ulimit -v 6000000; exec timeout 600 "$CARGO_TARGET_DIR/release/peers" "$@")
}

# put <name> <file>: between <!-- name --> and <!-- /name -->.
put() {
    local page=docs/performance.md new
    new=$(mktemp)
    awk -v first="<!-- $1 -->" -v last="<!-- /$1 -->" -v file="$2" '
        $0 == last { inside = 0; print "" }
        ! inside { print }
        $0 == first { inside = 1; print ""; while ((getline line < file) > 0) text = text line "\n"
            sub(/\n+$/, "\n", text); printf "%s", text }' "$page" >"$new"
    cat "$new" >"$page"
    rm "$new"
}

die() {
    echo "$*" >&2
    exit 1
}

main "$@"

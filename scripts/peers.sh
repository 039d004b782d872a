#!/usr/bin/env bash
# Measures cached-runtime against its peers and prints the tables of docs/performance.md. It needs redis-server and git,
# starts a server of its own, and downloads and builds the peers in a workspace that nothing else uses.
#
#     scripts/peers.sh                      # all tables, some two minutes after the build
#     scripts/peers.sh in-process outage    # some: in-process, in-redis, miss, stampede, outage
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/target/peers}
cargo build --release --locked --quiet --manifest-path benches/peers/Cargo.toml
# Bounded, so that a mistake in what is measured cannot take the machine with it.
ulimit -v 6000000
exec timeout 600 "$CARGO_TARGET_DIR/release/peers" "$@"

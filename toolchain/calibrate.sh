#!/usr/bin/env bash
# Builds SPL stake pool 2.2.0 of crates.io with this toolchain, runs it, and prints what it costs: see README.md.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$(cd "$here/.." && pwd)/target}/calibrate
"$here/bin/cargo-build-sbf" --manifest-path "$here/calibrate/Cargo.toml" -p spl-stake-pool -- --locked
cd "$here/calibrate"
cargo run --quiet --locked -- "$CARGO_TARGET_DIR/deploy/spl_stake_pool.so"

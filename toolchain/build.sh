#!/usr/bin/env bash
# Builds the program in this folder for sBPF v3 with the toolchain of setup.sh: target/deploy/NAME.so.
# Usage, in a program's folder: build.sh [cargo build options]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
home=${SBF_HOME:-$HOME/.cache/liquid-restaking-sbf}
std=std,panic_abort
builtins=(-C "link-arg=$home/builtins.rlib")
if [ "${1:-}" = --core-only ]; then shift; std=core; builtins=(); fi
flags=(-Zunstable-options -Cpanic=immediate-abort -C passes=lower-atomic
  -C relocation-model=static -C "target-cpu=${SBF_CPU:-v2}" ${SBF_FEATURES--C target-feature=+allows-misaligned-mem-access}
  -C "linker=$home/bin/sbpf-linker" -C link-arg=--llvm-args=--bpf-stack-size=4096
  -C link-arg=--llvm-args=--bpf-max-stores-per-memfunc=8 -C link-arg=-O3
  ${SBF_FLAGS-} "${builtins[@]}" --check-cfg 'cfg(target_os,values("solana"))')
# max-stores: LLVM would copy up to 1,024 bytes word by word; over 64 bytes the system call is cheaper and shorter.
# -O3: the linker's own passes, last one given wins (LLVM 23 has none for the -Os that opt-level "s" asks for).
sep=$'\x1f'
encoded=$(IFS=$sep; echo "${flags[*]}")
export RUSTC_BOOTSTRAP=1 RUSTC_BOOTSTRAP_SYNTHETIC_TARGET=1 __CARGO_TESTS_ONLY_SRC_ROOT="$home/rust-src/library"
export CARGO_ENCODED_RUSTFLAGS=$encoded
export SBF_HOME=$home RUSTC_WRAPPER=$here/bin/rustc-wrapper   # compiles one crate from a corrected copy: see there
cargo build --release -Zbuild-std="$std" -Zjson-target-spec --target "$here/sbpf-solana.json" "$@"
target=$(cargo metadata --no-deps --format-version 1 | sed -n 's/.*"target_directory":"\([^"]*\)".*/\1/p')
mkdir -p "$target/deploy"
for so in "$target"/sbpf-solana/release/*.so; do
  [ -e "$so" ] || continue
  name=$(basename "$so"); cp "$so" "$target/deploy/${name#lib}"; ls -l "$target/deploy/${name#lib}"
done

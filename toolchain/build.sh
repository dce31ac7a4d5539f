#!/usr/bin/env bash
# Builds the package in this folder for sBPF v3 and copies each program into target/deploy, or into SBF_OUT_DIR.
# Usage: build.sh [options of cargo build]; the toolchain of install.sh is there already.
# SBF_PANIC=immediate-abort: no panic messages, a smaller program.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
export SBF_HOME=${SBF_HOME:-$HOME/.cache/liquid-restaking-sbf}
std=std,panic_abort panic=${SBF_PANIC:-abort} lints=()
export SBF_BUILTINS=$SBF_HOME/libsolana_compiler_builtins.rlib   # the linker looks for it by this name
if [ "${1:-}" = --core-only ]; then                              # install.sh, to make just those
  shift
  std=core panic=immediate-abort lints=(--cap-lints allow) SBF_BUILTINS=''
fi

flags=(
  "${lints[@]}" -Zunstable-options -C "panic=$panic" -C passes=lower-atomic
  -C link-arg=--llvm-args=--bpf-stack-size=4096
  # LLVM would copy up to 1,024 bytes word by word; over 64 bytes the system call is cheaper and shorter.
  -C link-arg=--llvm-args=--bpf-max-stores-per-memfunc=8
  # The linker's own passes; the last one given wins (LLVM 23 has none for the -Os that opt-level "s" asks for).
  -C link-arg=-O3
  --check-cfg 'cfg(target_os, values("solana"))'
  # Says nothing to the compiler; to cargo, that what an older toolchain built is to be built anew.
  --check-cfg "cfg(toolchain, values(\"$(cat "$SBF_HOME/toolchain.stamp" 2>/dev/null || true)\"))"
)
CARGO_ENCODED_RUSTFLAGS=$(IFS=$'\x1f'; echo "${flags[*]}")
export CARGO_ENCODED_RUSTFLAGS RUSTC_WRAPPER=$here/rustc-wrapper
export RUSTC_BOOTSTRAP=1 RUSTC_BOOTSTRAP_SYNTHETIC_TARGET=1 __CARGO_TESTS_ONLY_SRC_ROOT=$SBF_HOME/rust-src/library

# The compiler is the one of this folder, whatever the caller's.
unset RUSTUP_TOOLCHAIN RUSTC RUSTC_WORKSPACE_WRAPPER CARGO CARGO_BUILD_TARGET
PATH=$(cd "$here" && rustc --print sysroot)/bin:$PATH

# A target folder of its own: with RUSTC_BOOTSTRAP set, crates for this machine are built anew at each change of side.
target=$(cargo metadata --no-deps --format-version 1 | sed -n 's/.*"target_directory":"\([^"]*\)".*/\1/p')
built=$(cargo build --release --message-format json-render-diagnostics --target-dir "$target/sbpf" \
  -Zbuild-std="$std" -Zbuild-std-features= -Zjson-target-spec --target "$here/sbpf-solana.json" "$@")
out=${SBF_OUT_DIR:-$target/deploy}
while read -r program; do
  mkdir -p "$out"
  cp "$program" "$out/"
  ls -l "$out/${program##*/}"
done < <(grep -o '"[^"]*/sbpf-solana/release/[^"/]*\.so"' <<<"$built" | tr -d '"' | sort -u)

#!/usr/bin/env bash
# Installs an sBPF v3 toolchain from crates.io and Debian packages alone, without root: see README.md.
# Usage: install.sh. Ends at once when what it would install is there; bin/cargo-build-sbf calls it.
# SBF_HOME: where to install. SBF_DEBIAN_MIRROR: which mirror, else the one that apt uses here.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
export SBF_HOME=${SBF_HOME:-$HOME/.cache/liquid-restaking-sbf}
rust_version=1.95.0
linker=(sbpf-linker 0.2.6 fb77b853725e5cc2455815109cadb110ecb62965dac9e91511a0531c9ea61f22)
builtins=(solana-compiler-builtins 0.3.0 bf13f89e67fce1ee57bd4e03b49ef0deeaf57a19b9ba0f33c0180a3569b0385c)

note() { echo "sBPF toolchain: $*" >&2; }
fail() { note "$@"; exit 1; }

# Gives the machine the command, where it has none: a link beside cargo's own, which a rebuilt or moved folder renews.
offer() {
  local link=${CARGO_HOME:-$HOME/.cargo}/bin/cargo-build-sbf
  [ ! -e "$link" ] && ! command -v cargo-build-sbf >/dev/null && [ -w "${link%/*}" ] || return 0
  ln -sfn "$here/bin/cargo-build-sbf" "$link" && note "cargo build-sbf is now a command: $link"
}

# Whether NAME was made before, of just these FILES and of this compiler.
is_made() { [ "$(cat "$SBF_HOME/$1.stamp" 2>/dev/null)" = "$(stamp "${@:2}")" ]; }
made() { stamp "${@:2}" >"$SBF_HOME/$1.stamp"; }
stamp() { (cd "$here" && { echo "$rustc"; cat "$@"; } | sha256sum | cut -c1-16); }

for tool in rustc cargo; do command -v $tool >/dev/null || fail "no $tool on this machine: install Rust $rust_version"; done
# The compiler is the one of this folder, whatever the caller's.
unset RUSTUP_TOOLCHAIN RUSTC RUSTC_WORKSPACE_WRAPPER RUSTFLAGS CARGO_ENCODED_RUSTFLAGS CARGO_BUILD_TARGET CARGO_TARGET_DIR
rustc=$(cd "$here" && rustc -V) || fail "rustc does not run in $here"
[[ $rustc == "rustc $rust_version "* ]] ||
  fail "needs rustc $rust_version, found $rustc: the standard library is compiled from that version's source"
std_of=(install.sh debian.lock patches/std-solana.patch)
llvm_of=(install.sh debian.lock)
builtins_of=("${std_of[@]}" patches/builtins.patch build.sh rustc-wrapper sbpf-linker sbpf-solana.json)
is_made toolchain "${builtins_of[@]}" && { offer; exit 0; }

PATH=$(cd "$here" && rustc --print sysroot)/bin:$PATH

# ---- what can be missing ----
[ "$(uname -sm)" = "Linux x86_64" ] || fail "only for Linux on x86_64, this is $(uname -sm)"
for tool in cc apt-get apt-cache dpkg patch flock tar; do
  command -v "$tool" >/dev/null || fail "no $tool on this machine (Debian's packages: gcc libc6-dev apt dpkg patch util-linux tar)"
done
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
[ -r $keyring ] || fail "no $keyring: Debian's signatures cannot be checked (package debian-archive-keyring)"
mirror=${SBF_DEBIAN_MIRROR:-}
[ -n "$mirror" ] || mirror=$(find /etc/apt/sources.list /etc/apt/sources.list.d -type f -exec cat {} + 2>/dev/null |
  awk '!/^#/ && !m { for (i = 1; i <= NF; i++) if ($i ~ /:\/\/.*\/debian\/?$/) m = $i } END { print m }' || true)
[ -n "$mirror" ] || fail "apt's sources name no Debian mirror: give one in SBF_DEBIAN_MIRROR"
mkdir -p "$SBF_HOME" || fail "cannot write to $SBF_HOME: choose another folder in SBF_HOME"
free=$(df -Pk "$SBF_HOME" | awk 'NR == 2 { print int($4 / 1024) }')
[ "$free" -ge 3072 ] || fail "needs 3 GB on the disk of $SBF_HOME, $free MB are free"

exec 9>"$SBF_HOME/lock"
flock 9                                                   # another one at work: wait, then there may be nothing to do
is_made toolchain "${builtins_of[@]}" && { offer; exit 0; }
rm -f "$SBF_HOME/toolchain.stamp"
work=$SBF_HOME/work
rm -rf "$work" && mkdir -p "$work"
trap 'rm -rf "$work"' EXIT

# ---- Debian: an apt of our own beside the system's: the same mirror and keyring, two more suites ----
apt_own() {
  local command=$1 && shift
  "$command" -qq -o Dir::Etc::sourcelist="$work/apt/sources.list" -o Dir::Etc::sourceparts=- \
    -o Dir::State="$work/apt" -o Dir::State::status="$work/apt/status" -o Dir::Cache="$work/apt" \
    -o Acquire::Languages=none -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false \
    -o Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled=false \
    -o APT::Update::Error-Mode=any -o APT::Sandbox::User=root "$@"
}
apt_start() {
  [ ! -d "$work/apt" ] || return 0
  mkdir -p "$work"/apt/{lists,archives}/partial && : >"$work/apt/status"
  printf "deb [signed-by=$keyring] $mirror %s main\n" sid trixie-backports >"$work/apt/sources.list"
  apt_own apt-get update || fail "cannot read Debian's package lists from $mirror: no network, or no Debian mirror"
}

# Downloads the packages of debian.lock that match PATTERN and unpacks them in FOLDER.
unpack_debs() {
  apt_start
  local pattern=$1 folder=$2 name version hash changes offered take=() wanted
  wanted=$(grep -E "^$pattern" "$here/debian.lock")
  rm -rf "$work/debs" && mkdir -p "$work/debs" "$folder"
  while read -r name version hash changes; do
    # What the archive offers: "version hash" a line, newest first.
    offered=$(apt_own apt-cache show "$name" 2>/dev/null | awk '/^Version:/ { v = $2 } /^SHA256:/ { print v, $2 }')
    if ! grep -qxF "$version $hash" <<<"$offered"; then
      [ "$changes" != std ] || offered=$(grep -F "$rust_version+" <<<"$offered" || true)
      [ -n "$offered" ] || { note "$name $version is gone from the archive, and nothing can take its place"; return 1; }
      note "$name $version is gone from the archive, taking ${offered%% *}"
      [ "$changes" = - ] || note "programs built with it may differ in their bytes from those of the pinned version"
      read -r version hash <<<"$offered"
    fi
    take+=("$name=$version")
    echo "$hash $name" >>"$work/debs/hashes"
  done <<<"$wanted"
  (cd "$work/debs" && apt_own apt-get download "${take[@]}") || fail "cannot download ${take[*]} from $mirror"
  while read -r hash name; do
    sha256sum "$work/debs/${name}"_*.deb | grep -q "^$hash " || fail "$name is not the package that was asked for"
    dpkg -x "$work/debs/${name}"_*.deb "$folder" || fail "cannot unpack $name: is the disk full?"
  done <"$work/debs/hashes"
}

# Unpacks a crate of crates.io whose bytes are the pinned ones into the work folder.
unpack_crate() {
  local name=$1 version=$2 hash=$3 file
  in_cache() { find "${CARGO_HOME:-$HOME/.cargo}/registry/cache" -name "$name-$version.crate" 2>/dev/null | head -n 1; }
  file=$(in_cache || true)
  if [ -z "$file" ]; then
    (cd "$work" && cargo info --quiet "$name@$version" >/dev/null) || fail "cannot get $name $version: no network to crates.io?"
    file=$(in_cache)
  fi
  [ "$(sha256sum <"$file")" = "$hash  -" ] || fail "$file is not the crate that was pinned"
  tar -xzf "$file" -C "$work"
}

# ---- 1. the standard library's source, of just this compiler, taught target_os "solana" ----
if ! is_made rust-src "${std_of[@]}"; then
  note "1/4 the standard library's source"
  rm -rf "$SBF_HOME"/{rust-src,rust-src.stamp} && mkdir -p "$SBF_HOME/rust-src"
  if unpack_debs 'rust-src ' "$work/rust-src"; then
    mv "$work"/rust-src/usr/src/rustc-*/library "$SBF_HOME/rust-src/library"
  else
    installed=$(rustc --print sysroot)/lib/rustlib/src/rust/library
    [ -d "$installed" ] || fail "rustup component add rust-src gives the same source: install that, then run this again"
    note "taking rust-src of this machine's rustc"
    cp -r "$installed" "$SBF_HOME/rust-src/library"
  fi
  (cd "$SBF_HOME/rust-src" && patch -s -p1 <"$here/patches/std-solana.patch") || fail "std-solana.patch does not fit"
  made rust-src "${std_of[@]}"
fi

# ---- 2. LLVM 23 with the C library that it was built for ----
libraries=$SBF_HOME/llvm/usr/lib/x86_64-linux-gnu
if ! is_made llvm "${llvm_of[@]}"; then
  note "2/4 LLVM 23"
  rm -rf "$SBF_HOME"/{llvm,llvm.stamp}
  unpack_debs '(lib|zlib)' "$SBF_HOME/llvm" || fail "look for the package's successor and write it into debian.lock"
  mkdir "$SBF_HOME/llvm/proxy"                            # where the linker looks for LLVM by this name
  (cd "$SBF_HOME/llvm/proxy" && ln -s ../usr/lib/x86_64-linux-gnu/libLLVM.so.23.* libLLVM.so)
  missing=$("$libraries/ld-linux-x86-64.so.2" --library-path "$libraries" --list "$SBF_HOME/llvm/proxy/libLLVM.so" |
    awk '/not found/ { printf " %s", $1 }') || fail "LLVM's libraries do not load"
  [ -z "$missing" ] || fail "LLVM misses$missing: write the package that has it into debian.lock"
  made llvm "${llvm_of[@]}"
fi

# ---- 3. the linker ----
if [ "$(cat "$SBF_HOME/linker.stamp" 2>/dev/null)" != "${linker[*]}" ]; then
  note "3/4 ${linker[0]} ${linker[1]}"
  unpack_crate "${linker[@]}"
  (cd "$work/${linker[0]}-${linker[1]}" && cargo install --locked --quiet --force --path . --root "$SBF_HOME/linker") ||
    fail "${linker[0]} ${linker[1]} does not build"
  echo "${linker[*]}" >"$SBF_HOME/linker.stamp"
fi

# ---- 4. the compiler's run-time routines, with the corrections of builtins.patch ----
note "4/4 ${builtins[0]} ${builtins[1]}"
unpack_crate "${builtins[@]}"
cd "$work/${builtins[0]}-${builtins[1]}"
patch -s -p1 <"$here/patches/builtins.patch" || fail "builtins.patch does not fit"
printf '\n[workspace]\n' >>Cargo.toml
"$here/build.sh" --core-only --quiet || fail "${builtins[0]} ${builtins[1]} does not build"
cp target/sbpf/sbpf-solana/release/libsolana_compiler_builtins.rlib "$SBF_HOME/"
rm -rf "$SBF_HOME/corrected"                              # rustc-wrapper makes it anew
made toolchain "${builtins_of[@]}"
offer
note "ready in $SBF_HOME; another folder's command: put $here/bin first on PATH"

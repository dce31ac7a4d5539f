#!/usr/bin/env bash
# Sets up an sBPF v3 toolchain from package registries alone (crates.io and Debian), for machines
# that cannot download Anza's platform-tools. Needs: rustc 1.95.0, cargo, gcc, apt-get, dpkg. No root.
# Result in ${SBF_HOME:-~/.cache/liquid-restaking-sbf}: rust-src (patched std), sbpf-linker on LLVM 23, builtins.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
home=${SBF_HOME:-$HOME/.cache/liquid-restaking-sbf}
rust_version=$(rustc -V | cut -d' ' -f2)
mkdir -p "$home"

# An apt of our own, beside the system's: same mirror and keyring, two more suites.
mirror=$(awk '/^URIs:/{print $2; exit}' /etc/apt/sources.list.d/debian.sources 2>/dev/null ||
         awk '/^deb /{print $2; exit}' /etc/apt/sources.list)
apt_dir=$home/apt
mkdir -p "$apt_dir"/{lists/partial,archives/partial,debs}
for suite in sid trixie-backports; do
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main"
done >"$apt_dir/sources.list"
apt_own() {
  apt-get -qq -o Dir::Etc::sourcelist="$apt_dir/sources.list" -o Dir::Etc::sourceparts=- \
    -o Dir::State::Lists="$apt_dir/lists" -o Dir::Cache::Archives="$apt_dir/archives" \
    -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= -o APT::Sandbox::User=root "$@"
}
fetch() { (cd "$apt_dir/debs" && apt_own download "$@"); }
# What was made from other patches than these is made anew.
stamp=$(cat "$here"/{install.sh,patches/std-solana.patch,patches/builtins.patch,bin/rustc-wrapper} | sha256sum)
[ "$(cat "$home/stamp" 2>/dev/null)" = "$stamp" ] || rm -rf "$home"/{rust-src,corrected,builtins.rlib,stamp}
[ -e "$home/stamp" ] && exit 0
apt_own update

# 1. The standard library's source, of the very compiler that is installed, with std taught target_os "solana".
if [ ! -s "$home/rust-src/library/Cargo.toml" ]; then
  rm -rf "$home/rust-src" && mkdir -p "$home/rust-src"
  installed=$(rustc --print sysroot)/lib/rustlib/src/rust/library
  if [ -d "$installed" ]; then
    cp -r "$installed" "$home/rust-src/library"
  else
    deb_version=$(apt-cache -o Dir::Etc::sourcelist="$apt_dir/sources.list" -o Dir::Etc::sourceparts=- \
      -o Dir::State::Lists="$apt_dir/lists" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= madison rust-src |
      awk -v v="$rust_version" '$3 ~ "^"v"[+]" {print $3; exit}')
    [ -n "$deb_version" ] || { echo "no rust-src $rust_version in Debian; install it with: rustup component add rust-src" >&2; exit 1; }
    fetch "rust-src=$deb_version"
    dpkg -x "$apt_dir"/debs/rust-src_*.deb "$home/deb-rust-src"
    mv "$home"/deb-rust-src/usr/src/rustc-*/library "$home/rust-src/library"
    rm -rf "$home/deb-rust-src" "$apt_dir"/debs/rust-src_*.deb
  fi
  (cd "$home/rust-src" && patch -s -p1 <"$here/patches/std-solana.patch")
fi

# 2. LLVM 23 with the C library that it was built for, beside the system's own.
if [ ! -e "$home/llvm/usr/lib/x86_64-linux-gnu/libc.so.6" ]; then
  fetch libllvm23 libc6 libstdc++6 libgcc-s1 zlib1g libzstd1 libxml2-16 libffi8 libedit2 libz3-4 libtinfo6 libbsd0 libmd0 liblzma5
  rm -rf "$home/llvm" && mkdir -p "$home/llvm"
  for deb in "$apt_dir"/debs/*.deb; do dpkg -x "$deb" "$home/llvm"; done
  rm -f "$apt_dir"/debs/*.deb
fi

# 3. The linker: built for this machine, run with LLVM 23's libraries.
mkdir -p "$home/bin"
[ -x "$home/linker/bin/sbpf-linker" ] || cargo install --locked --quiet sbpf-linker --version 0.2.6 --root "$home/linker"
mkdir -p "$home/llvm/proxy"
ln -sfn "$home"/llvm/usr/lib/x86_64-linux-gnu/libLLVM.so.23.* "$home/llvm/proxy/libLLVM.so"
cat >"$home/bin/sbpf-linker" <<W
#!/bin/sh
lib=$home/llvm/usr/lib/x86_64-linux-gnu
export LD_LIBRARY_PATH=$home/llvm/proxy
exec \$lib/ld-linux-x86-64.so.2 --library-path "\$lib" $home/linker/bin/sbpf-linker "\$@"
W
chmod +x "$home/bin/sbpf-linker"

# 4. The compiler's run-time routines, with the corrections of builtins.patch: 128-bit integers are returned as
#    LLVM 23 expects them, copies and fills of unknown length are one system call, comparisons go by 8 bytes.
if [ ! -s "$home/builtins.rlib" ]; then
  work=$home/builtins && rm -rf "$work" && mkdir -p "$work"
  cat >"$work/Cargo.toml" <<T
[package]
name = "fetch"
version = "0.0.0"
edition = "2021"
[lib]
path = "lib.rs"
[dependencies]
solana-compiler-builtins = "=0.3.0"
[workspace]
T
  echo '#![no_std]' >"$work/lib.rs"
  (cd "$work" && cargo vendor --quiet vendor >/dev/null)
  crate=$work/vendor/solana-compiler-builtins
  (cd "$crate" && patch -s -p1 <"$here/patches/builtins.patch")
  printf '\n[workspace]\n' >>"$crate/Cargo.toml"
  (cd "$crate" && "$here/build.sh" --core-only)
  find "$crate/target" -name 'libsolana_compiler_builtins*.rlib' -path '*release*' | head -n 1 | xargs -I{} cp {} "$home/builtins.rlib"
  rm -rf "$work"
fi
echo "$stamp" >"$home/stamp"
echo "sBPF toolchain ready in $home"

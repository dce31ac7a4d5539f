//! Which `cargo build-sbf` builds the program: the machine's own where it has one that works, else that of `toolchain/`.

use crate::{cargo, execute};
use anyhow::{Context, Result};
use std::{ffi::OsString, path::Path, process::Command};

/// What the Anchor CLI passes too.
const ARGUMENTS: [&str; 6] = [
    "build-sbf",
    "--tools-version",
    "v1.57",
    "--arch",
    "v3",
    "--manifest-path",
];
/// What the version of our own says.
const OURS: &str = "liquid-restaking";
const MANIFEST: &str = "programs/liquid-restaking/Cargo.toml";

/// Builds the program into target/deploy.
pub fn build(root: &Path) -> Result<()> {
    let mut build = cargo(root, &ARGUMENTS);
    build.args([MANIFEST, "--sbf-out-dir", "target/deploy"]);
    if !machine_has_one(root) {
        install(root)?;
        build.env("PATH", path_with_ours(root)?);
    }
    execute(&mut build)
}

/// Installs our own toolchain; quick when it is there already.
pub fn install(root: &Path) -> Result<()> {
    execute(&mut Command::new(root.join("toolchain/install.sh")))
}

/// Whether the machine has a `cargo build-sbf` other than ours, and one that works: it has its platform tools, or can get
/// them.
fn machine_has_one(root: &Path) -> bool {
    let answer = cargo(root, &["build-sbf", "--version"]).output();
    let Ok(answer) = answer else { return false };
    if !answer.status.success() || String::from_utf8_lossy(&answer.stdout).contains(OURS) {
        return false;
    }
    let tools = ["build-sbf", "--install-only", "--tools-version", "v1.57"];
    cargo(root, &tools)
        .status()
        .is_ok_and(|status| status.success())
}

fn path_with_ours(root: &Path) -> Result<OsString> {
    let path = std::env::var_os("PATH").context("PATH is not set")?;
    let folders = std::iter::once(root.join("toolchain/bin")).chain(std::env::split_paths(&path));
    Ok(std::env::join_paths(folders)?)
}

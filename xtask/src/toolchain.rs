//! Which `cargo build-sbf` builds the programs: the machine's own where it has one that works, else that of `toolchain/`.

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
/// The program, and the example that reads its rate.
const MANIFESTS: [&str; 2] = [
    "programs/liquid-restaking/Cargo.toml",
    "examples/rate-reader/Cargo.toml",
];

/// Builds the programs into target/deploy, each by itself: in one build they would share their dependencies' features.
pub fn build(root: &Path) -> Result<()> {
    let path = if machine_has_one(root) {
        None
    } else {
        install(root)?;
        Some(path_with_ours(root)?)
    };
    for manifest in MANIFESTS {
        let mut build = cargo(root, &ARGUMENTS);
        build.args([manifest, "--sbf-out-dir", "target/deploy"]);
        if let Some(path) = &path {
            build.env("PATH", path);
        }
        execute(&mut build)?;
    }
    Ok(())
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

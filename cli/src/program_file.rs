//! Where the built program is.

use anyhow::{bail, Context, Result};
use std::path::{Path, PathBuf};

const FILE_NAME: &str = "liquid_restaking.so";

/// Finds the built program: `given`, then `$LRT_PROGRAM`, then `target/deploy` in this folder or one above it.
///
/// # Errors
/// When there is none, with what to do about it.
pub fn find(given: Option<&Path>) -> Result<PathBuf> {
    let named = given
        .map(Path::to_path_buf)
        .or_else(|| std::env::var_os("LRT_PROGRAM").map(PathBuf::from));
    if let Some(path) = named {
        if path.is_file() {
            return Ok(path);
        }
        bail!("there is no program at {}", path.display());
    }
    let here = std::env::current_dir().context("the current folder can not be read")?;
    here.ancestors()
        .map(|folder| folder.join("target/deploy").join(FILE_NAME))
        .find(|path| path.is_file())
        .with_context(|| {
            format!("target/deploy/{FILE_NAME} is not there: build it with `cargo xtask build`, or name the file")
        })
}

/// Reads the built program; see [`find`].
///
/// # Errors
/// When there is none, or it can not be read.
pub fn read(given: Option<&Path>) -> Result<Vec<u8>> {
    let path = find(given)?;
    std::fs::read(&path).with_context(|| format!("{} can not be read", path.display()))
}

//! Writes `idl/liquid_restaking.json` from the program's source; with `--check`, fails when the committed file is stale.

use anchor_lang_idl::build::IdlBuilder;
use anyhow::{bail, ensure, Context, Result};
use std::{env, fs, path::Path};

const FILE: &str = "idl/liquid_restaking.json";

fn main() -> Result<()> {
    let check = match env::args().skip(1).collect::<Vec<_>>().as_slice() {
        [] => false,
        [flag] if flag == "--check" => true,
        other => bail!("usage: [--check], not {other:?}"),
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .context("two folders up is the repository")?;
    let file = root.join(FILE);
    let built = build(root)?;

    if check {
        let committed = fs::read_to_string(&file).unwrap_or_default();
        ensure!(
            committed == built,
            "{FILE} is stale: `cargo run --manifest-path xtask/idl/Cargo.toml` writes it anew"
        );
        println!("{FILE} is what the program's source says");
    } else {
        fs::create_dir_all(root.join("idl"))?;
        fs::write(&file, built)?;
        println!("wrote {FILE}");
    }
    Ok(())
}

fn build(root: &Path) -> Result<String> {
    // Set by `cargo run`; where it is set, the builder installs that toolchain, which upgrades what is there.
    env::remove_var("RUSTUP_TOOLCHAIN");
    // The builder sets RUSTFLAGS: in the usual folder the crates would be built anew at each change of side.
    env::set_var("CARGO_TARGET_DIR", root.join("target/idl-build"));
    let idl = IdlBuilder::new()
        .program_path(root.join("programs/liquid-restaking"))
        .cargo_args(vec!["--lib".into(), "--locked".into()])
        .build()?;
    ensure!(!idl.instructions.is_empty(), "the IDL has no instruction");
    Ok(serde_json::to_string_pretty(&idl)? + "\n")
}

//! Every Rust and TypeScript block of the guide is part of a file that is compiled and run: the one that the line above it
//! names.

use std::{fs, path::Path};

const GUIDE: &str = include_str!("../../../docs/guides/integrator.md");

/// Lines without their indentation: a block shows a part of a function.
fn lines(text: &str) -> Vec<&str> {
    text.lines().map(str::trim).collect()
}

/// The file that a line links to.
fn linked(line: &str) -> Option<&str> {
    let (_, rest) = line.rsplit_once("](")?;
    rest.split_once(')').map(|(path, _)| path)
}

#[test]
fn every_block_is_part_of_the_file_above_it() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/guides");
    let mut guide = GUIDE.lines();
    let (mut above, mut blocks) = ("", 0);
    while let Some(line) = guide.next() {
        if !["```rust", "```ts"].contains(&line) {
            above = line;
            continue;
        }
        let block: Vec<_> = guide.by_ref().take_while(|line| *line != "```").collect();
        let block = block.join("\n");
        let file = linked(above).unwrap_or_else(|| panic!("no file above\n{block}"));
        let source = fs::read_to_string(folder.join(file)).expect(file);
        let (block, source) = (lines(&block), lines(&source));
        let found = source.windows(block.len()).any(|part| part == block);
        assert!(found, "{file} has no such lines:\n{}", block.join("\n"));
        blocks += 1;
    }
    assert_eq!(blocks, 5);
}

#[test]
fn every_link_leads_to_a_file() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/guides");
    for file in GUIDE.lines().filter_map(linked) {
        assert!(folder.join(file).is_file(), "{file}");
    }
}

//! What a guide says: the script that its blocks make, and what the blocks show.

use anyhow::{bail, Context, Result};
use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

/// Lines of output that a failure shows.
const TAIL: usize = 40;
/// Has only a section to run.
const README: &str = "README.md";
/// Begins the output of a block, with the line of the guide.
const MARK: &str = "==> line ";
/// The first line of every script: what fails says at which line of the guide, also where a function of ours failed.
const PRELUDE: &str = r#"set -Eeuo pipefail; trap 's=$?; n=${#BASH_LINENO[@]}; l=$LINENO; [ $n -lt 2 ] || l=${BASH_LINENO[n-2]}; echo "==> failed at line $l, exit status $s: $BASH_COMMAND"; exit $s' ERR"#;

/// What a guide says and runs.
pub struct Guide {
    pub name: String,
    /// From the root.
    pub path: PathBuf,
    pub script: String,
    pub shown: Vec<Shown>,
}

impl Guide {
    /// Whether it is the section of the README.
    pub fn is_readme(&self) -> bool {
        self.path == Path::new(README)
    }
}

/// A line that the block at `block` shows.
pub struct Shown {
    pub block: usize,
    pub line: usize,
    pub text: String,
}

/// What a line of a guide belongs to.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    Prose,
    Before,
    /// An `sh` block, and where it begins.
    Steps,
    /// A `text` block after the `sh` block at that line.
    Output(usize),
    /// Any other block.
    Other,
}

/// Every guide, and the README where it has a section to run.
pub fn read_all(root: &Path) -> Result<Vec<Guide>> {
    let folder = root.join("docs/guides");
    let entries = fs::read_dir(&folder);
    let entries = entries.with_context(|| format!("{} can not be read", folder.display()))?;
    let mut paths = vec![PathBuf::from(README)];
    for entry in entries {
        let name = entry?.file_name();
        if Path::new(&name).extension().is_some_and(|end| end == "md") {
            paths.push(Path::new("docs/guides").join(name));
        }
    }
    paths.sort();
    let mut guides = Vec::new();
    for path in paths {
        let text = fs::read_to_string(root.join(&path))
            .with_context(|| format!("{} can not be read", path.display()))?;
        guides.extend(read(path, &text)?);
    }
    Ok(guides)
}

/// A guide's script, line by line; none where nothing is to be run.
fn read(path: PathBuf, text: &str) -> Result<Option<Guide>> {
    let is_readme = path == Path::new(README);
    let name = path.file_stem().context("a guide has a name")?;
    let name = name.to_string_lossy().to_lowercase();
    let (mut part, mut listens) = (Part::Prose, !is_readme);
    let (mut script, mut shown) = (format!("{PRELUDE}\n"), Vec::new());
    // The `sh` block that has just ended.
    let mut last = None;
    let mut steps = 0u32;
    for (number, line) in (1usize..).zip(text.lines()) {
        let mut code = "";
        let mark;
        match part {
            Part::Prose if line.starts_with("```") => {
                part = match (line.trim_start_matches('`').trim(), last) {
                    ("sh", _) if listens => Part::Steps,
                    ("text", Some(block)) => Part::Output(block),
                    _ => Part::Other,
                };
                if part == Part::Steps {
                    mark = format!(r"printf '\n    %s s\n' $SECONDS; echo '{MARK}{number}'");
                    code = &mark;
                    steps = steps.saturating_add(1);
                    last = Some(number);
                }
            }
            Part::Prose => {
                if is_readme && line == "<!-- guide -->" {
                    listens = true;
                } else if is_readme && line == "<!-- /guide -->" {
                    listens = false;
                } else if line.starts_with("<!-- before") && !line.contains("-->") {
                    part = Part::Before;
                }
                if !line.trim().is_empty() {
                    last = None;
                }
            }
            Part::Before if line.trim() == "-->" => part = Part::Prose,
            Part::Before if listens => code = line,
            Part::Before => {}
            Part::Steps | Part::Output(_) | Part::Other if line.starts_with("```") => {
                if part != Part::Steps {
                    last = None;
                }
                part = Part::Prose;
            }
            Part::Steps => code = line,
            Part::Output(block) => shown.push(Shown {
                block,
                line: number,
                text: line.to_owned(),
            }),
            Part::Other => {}
        }
        if number > 1 {
            writeln!(script, "{code}")?;
        }
    }
    if part != Part::Prose {
        bail!("{}: a block or comment does not end", path.display());
    }
    Ok((steps > 0).then_some(Guide {
        name,
        path,
        script,
        shown,
    }))
}

/// The line of the guide that failed, as the script says, else where the last block begins.
pub fn failed_at(output: &str) -> &str {
    let lines = || output.lines().rev();
    let number = |line: &'static str| {
        let found = lines().find_map(move |text| text.strip_prefix(line));
        found.map(|rest| rest.split(',').next().unwrap_or(rest))
    };
    number("==> failed at line ")
        .or_else(|| number(MARK))
        .unwrap_or("1")
}

pub fn tail(output: &str) -> String {
    let lines: Vec<_> = output.lines().collect();
    let from = lines.len().saturating_sub(TAIL);
    lines.get(from..).unwrap_or_default().join("\n")
}

/// The output of the block at that line.
pub fn section(output: &str, block: usize) -> &str {
    let mark = format!("{MARK}{block}\n");
    let after = output.split_once(&mark).map_or("", |(_, after)| after);
    after
        .split_once(&format!("\n{MARK}"))
        .map_or(after, |(section, _)| section)
}

/// Whether a line of the output is the one shown.
pub fn is_in(shown: &str, output: &str) -> bool {
    let shown = plain(shown);
    output.lines().map(plain).any(|line| {
        let mut rest = line.as_str();
        shown.split('…').all(|piece| {
            let found = rest.split_once(piece.trim());
            rest = found.map_or("", |(_, after)| after);
            found.is_some()
        })
    })
}

/// A line without the lines of tables and with single spaces.
fn plain(line: &str) -> String {
    let is_drawn = |letter: char| ('\u{2500}'..='\u{257f}').contains(&letter);
    let words = line.split(|letter: char| letter.is_whitespace() || is_drawn(letter));
    let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that can not go on ends")]
mod tests {
    use super::*;

    const GUIDE: &str = "# A guide\n<!-- before\nlrt=1\n-->\nDo:\n\n```sh\necho it is $lrt\n```\n```text\nit is …\n\n```\n\
        ```ini\n[x]\n```\n";

    #[test]
    fn a_script_has_the_guides_lines() {
        let guide = read("docs/guides/a.md".into(), GUIDE).unwrap().unwrap();
        let lines: Vec<_> = guide.script.lines().collect();
        assert_eq!(lines.len(), GUIDE.lines().count());
        assert_eq!((lines[2], lines[7]), ("lrt=1", "echo it is $lrt"));
        let code = |line: &&&str| !line.is_empty();
        assert_eq!(lines.iter().filter(code).count(), 4); // with the prelude and the mark
        let shown: Vec<_> = guide
            .shown
            .iter()
            .map(|one| (one.block, one.line))
            .collect();
        assert_eq!(shown, [(7, 11), (7, 12)]);
        assert!(read("docs/guides/a.md".into(), "```sh\n").is_err());
    }

    #[test]
    fn only_the_readmes_marked_section_runs() {
        assert!(read("README.md".into(), GUIDE).unwrap().is_none());
        let text =
            "a\n```sh\nno\n```\n<!-- guide -->\n```sh\nyes\n```\n<!-- /guide -->\n```sh\nno\n```\n";
        let script = read("README.md".into(), text).unwrap().unwrap().script;
        assert!(script.contains("yes") && !script.contains("no\n"));
    }

    #[test]
    fn what_is_shown_is_compared_loosely() {
        let output =
            "\n==> line 3\n│ supply ┆  100 │\n╞════╡\nsignature: abc\n\n==> line 9\nlater\n";
        let first = section(output, 3);
        for text in [
            "│ supply   ┆ 100 │",
            "signature: …",
            "",
            "…",
            "su…100",
            "╞══╡",
        ] {
            assert!(is_in(text, first), "{text}");
        }
        for text in ["later", "100 supply", "signature: …x"] {
            assert!(!is_in(text, first), "{text}");
        }
        assert!(is_in("later", section(output, 9)));
    }

    #[test]
    fn a_failure_is_found_by_its_line() {
        assert_eq!(
            failed_at("==> line 3\n==> failed at line 4, exit status 1: false\n"),
            "4"
        );
        assert_eq!(failed_at("==> line 3\nx: unbound variable\n"), "3");
        assert_eq!(failed_at(""), "1");
    }
}

//! The formatter: the golden files, and what it promises of every text that reads.

use std::path::PathBuf;

use peppercorn::schema::{format, read as read_schema};

use crate::corpus::{Failures, files, files_in, project, read};

mod tree;

/// What is wrong with how a text is formatted. Nothing for a text that does not read.
fn broken_promise(text: &str) -> Option<String> {
    let (before, problems) = read_schema(text);
    if !problems.is_empty() {
        return None;
    }
    let formatted = match format(text) {
        Ok(formatted) => formatted,
        Err(problems) => return Some(format!("refused: {problems:?}")),
    };
    let (after, problems) = read_schema(&formatted);
    if !problems.is_empty() {
        return Some(format!("the result does not read: {problems:?}\n{formatted}"));
    }
    let again = format(&formatted).unwrap();
    if again != formatted {
        return Some(format!("not idempotent:\n{formatted}\nthen\n{again}"));
    }
    if tree::outline(&before) != tree::outline(&after) {
        return Some(format!("another tree:\n{}\nthen\n{}", tree::outline(&before), tree::outline(&after)));
    }
    if tree::comments(text) != tree::comments(&formatted) {
        return Some(format!("other comments:\n{:#?}\nthen\n{:#?}", tree::comments(text), tree::comments(&formatted)));
    }
    if let Some(line) = formatted.lines().find(|line| line.trim_end_matches([' ', '\t']) != *line) {
        let kept = tree::pieces(&formatted)
            .into_iter()
            .any(|piece| (piece.starts_with(['"', '\'']) || tree::is_comment(piece)) && piece.contains(line.trim()));
        if !kept {
            return Some(format!("blanks at the end of a line: {line:?}"));
        }
    }
    None
}

/// The texts that the promises are held to: whatever of the corpus reads.
fn readable() -> Vec<PathBuf> {
    let mut paths = files("schemas/accepted", "zed");
    paths.extend(files("lint", "zed"));
    paths.extend(files("format", "zed"));
    let cases = std::fs::read_dir(project().join("tests/corpus/imports")).unwrap().flatten();
    for case in cases {
        paths.extend(files_in(&case.path(), "zed"));
    }
    // Most of what is refused is refused for its meaning, and is formatted all the same.
    paths.extend(files("schemas/refused", "zed"));
    paths.retain(|path| read_schema(&read(path)).1.is_empty());
    paths
}

#[test]
fn golden_files() {
    let mut failures = Failures::default();
    for path in files("format", "zed") {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let golden = path.with_file_name(format!("{}.formatted.zed", name.trim_end_matches(".formatted")));
        match format(&read(&path)) {
            Ok(formatted) if formatted == read(&golden) => failures.count(&path),
            Ok(formatted) => failures.add(&path, format!("found\n{formatted}")),
            Err(problems) => failures.add(&path, format!("{problems:?}")),
        }
    }
    failures.none(24);
}

#[test]
fn keeps_its_promises_on_the_corpus() {
    let mut failures = Failures::default();
    for path in readable() {
        failures.count(&path);
        if let Some(broken) = broken_promise(&read(&path)) {
            failures.add(&path, broken);
        }
    }
    failures.none(150);
}

fn assert_formats(written: &str, wanted: &str) {
    assert_eq!(format(written).unwrap(), wanted);
    assert_eq!(broken_promise(written), None);
}

#[test]
fn comments_within_a_statement_swallow_nothing() {
    assert_formats(
        "definition a { permission b = // why\n c + /* and */ d -\n // third\n e\n}",
        "definition a {\n\tpermission b = // why\n\t\tc + /* and */ d -\n\t\t// third\n\t\te\n}\n",
    );
    assert_formats("definition /* x */ a/*y*/{ /*z*/ }", "definition /* x */ a /*y*/ {\n\t/*z*/\n}\n");
    assert_formats(
        "caveat a(// first\nb int /* c */, /* d */ e int) { b < e }",
        "caveat a(// first\n\tb int /* c */, /* d */ e int) {\n\tb < e\n}\n",
    );
}

#[test]
fn comments_stay_with_what_they_are_about() {
    assert_formats(
        "definition a {} // a\n/* b */ definition b {} /* c */ definition c {}",
        "definition a {} // a\n\n/* b */ definition b {}\n\n/* c */ definition c {}\n",
    );
    assert_formats(
        "definition a { // open\n relation b: a; /* c */ relation c: a; // end\n /* d */ }",
        "definition a { // open\n\trelation b: a\n\n\t/* c */ relation c: a // end\n\t/* d */\n}\n",
    );
    // The semicolon after `...` cannot go, and a comment before it comes after it.
    assert_formats(
        "definition a { relation b: a#... // c\n\n ; relation c: a\n}",
        "definition a {\n\trelation b: a#...; // c\n\n\trelation c: a\n}\n",
    );
}

#[test]
fn flags_and_imports_stand_together() {
    assert_formats(
        "use import\n\n// why\n\nuse self use partial\nimport 'a.zed'\nimport 'b.zed'\n\n\nimport 'c.zed' partial a {}",
        "use import\n\n// why\n\nuse self\nuse partial\n\nimport 'a.zed'\nimport 'b.zed'\n\nimport 'c.zed'\n\npartial a {}\n",
    );
    // A flag counts from its line on, so that moving it up could give another tree.
    assert_formats(
        "use partial\npartial a { permission self = b\n}\nuse self",
        "use partial\n\npartial a {\n\tpermission self = b\n}\n\nuse self\n",
    );
}

#[test]
fn blocks_of_comments_are_aligned() {
    assert_formats(
        "definition a {\n/* first\n   * second\n*/\nrelation b: a\n}",
        "definition a {\n\t/* first\n\t * second\n\t */\n\trelation b: a\n}\n",
    );
    assert_formats("/** first\r\n\r\n  * one\r\n  two **/", "/**\n * first\n *\n * * one\n * two *\n */\n");
    // Not a list of stars: perhaps a drawing, perhaps a schema.
    assert_formats("/*\n  definition a {\n    }  \n*/", "/*\n  definition a {\n    }\n*/\n");
    assert_formats("/***\n  a\n***/", "/***\n  a\n***/\n");
}

#[test]
fn expressions_of_caveats_keep_their_lines() {
    assert_formats("caveat a(b int) { b\n  == 1 // one\n}", "caveat a(b int) {\n\tb\n\t  == 1 // one\n}\n");
    assert_formats(
        "caveat a(b int) {\r\n\r\n    b ==\r\n      1 ||\r\n\r\n  b == 2 }",
        "caveat a(b int) {\n\tb ==\n\t  1 ||\n\n\tb == 2\n}\n",
    );
    assert_formats("caveat a(b string) { b == '''x\r\n  y\"\"\" }", "caveat a(b string) {\n\tb == '''x\r\n  y\"\"\"\n}\n");
    assert_formats(
        "caveat a(b map<int>) { /* c\r\n d */ {'}': 1}\n['}'] == 1 }",
        "caveat a(b map<int>) {\n\t/* c\n d */ {'}': 1}\n\t['}'] == 1\n}\n",
    );
}

#[test]
fn gives_all_syntax_errors() {
    let problems = format("definition a { relation }\ndefinition b { permission }").unwrap_err();
    assert_eq!(problems.len(), 2);
    assert!(format(&"definition a {}\n".repeat(300_000)).is_err());
    // Five bytes a member become six.
    let nearly_too_large = format!("use partial definition a {{{}}}", "...a;".repeat(800_000));
    assert_eq!(read_schema(&nearly_too_large).1, []);
    let refused = format(&nearly_too_large).err().map(|problems| problems[0].code.as_str());
    assert_eq!(refused, Some("schema/too-large"));
}

#[test]
fn nothing_makes_nothing() {
    for text in ["", "\n\r\n", " \t", ";"] {
        assert_eq!(format(text).as_deref(), Ok(""), "{text:?}");
    }
}

/// A generator of numbers: the same ones on each run.
struct Numbers(u64);

impl Numbers {
    /// A number below `bound`.
    fn below(&mut self, bound: u64) -> u64 {
        // Knuth's constants (MMIX); the high bits are the good ones.
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// The same pieces with other blanks, comments and line breaks between them, wherever these are legal.
fn laid_out_anew(pieces: &[&str], numbers: &mut Numbers) -> String {
    let mut text = String::new();
    // Whether a line break would end a statement here.
    let mut ends_statement = false;
    let mut in_line_comment = false;
    // How often something is inserted; each text has its own.
    let rarity = 1 + numbers.below(12);
    for piece in pieces {
        for _ in 0..2 {
            if !in_line_comment && numbers.below(rarity) == 0 {
                if text.ends_with('/') {
                    text.push(' ');
                }
                let line_break = ["\n", "\r\n", "\r", "\n\n\n"][numbers.below(4) as usize];
                match numbers.below(6) {
                    0 => text.push_str(" \t "),
                    1 => text.push_str("/* between */"),
                    2 => text.push_str(&format!(" /** over{line_break}\t* lines */ ")),
                    3 => text.push_str(&format!("/* over{line_break}   lines{line_break} */")),
                    4 if !ends_statement || piece.starts_with(['\n', '\r']) => {
                        text.push_str(&format!("// to the end  {line_break}"))
                    }
                    _ if !ends_statement || piece.starts_with(['\n', '\r']) => text.push_str(line_break),
                    _ => {}
                }
            }
        }
        // Two words, or two halves of a symbol, need a blank between them.
        let is_line_break = piece.starts_with(['\n', '\r']);
        let is_symbol = |found: char| found.is_ascii_punctuation() && found != '_';
        let touching = text
            .chars()
            .last()
            .is_some_and(|last| !(last.is_whitespace() || last.is_alphanumeric() && piece.starts_with(is_symbol)));
        if !is_line_break && touching {
            text.push(' ');
        }
        text.push_str(piece);
        in_line_comment = piece.starts_with("//");
        if is_line_break {
            ends_statement = false;
        } else if !tree::is_comment(piece) {
            ends_statement =
                matches!(*piece, "}" | ")" | "*") || piece.ends_with(|last: char| last.is_alphanumeric() || last == '_');
        }
    }
    text
}

#[test]
fn keeps_its_promises_however_a_schema_is_laid_out() {
    const LAYOUTS: u64 = 24;
    let mut failures = Failures::default();
    let (mut readable_texts, mut all) = (0, 0);
    for path in readable() {
        let written = read(&path);
        let pieces = tree::pieces(&written);
        if pieces.len() > 5_000 {
            continue;
        }
        failures.count(&path);
        for seed in 0..LAYOUTS {
            let text = laid_out_anew(&pieces, &mut Numbers(seed));
            all += 1;
            let (tree, problems) = read_schema(&text);
            if !problems.is_empty() {
                continue;
            }
            readable_texts += 1;
            // The expressions of caveats show what was put into them.
            if !pieces.contains(&"caveat") {
                let written = tree::outline(&read_schema(&written).0);
                assert_eq!(tree::outline(&tree), written, "the generator made another schema of {}:\n{text}", path.display());
            }
            if let Some(broken) = broken_promise(&text) {
                failures.add(&path, format!("{broken}\nfrom {text:?}"));
                break;
            }
        }
    }
    failures.none(150);
    assert!(readable_texts * 100 >= all * 99, "only {readable_texts} of {all} layouts read");
}

/// Blanks never tell one author from another.
#[test]
fn gives_one_layout_for_all() {
    let mut failures = Failures::default();
    for path in files("format", "zed") {
        let written = read(&path);
        let unspaced: Vec<_> = tree::pieces(&written);
        if unspaced.iter().any(|piece| tree::is_comment(piece) || matches!(*piece, "caveat" | "\r")) {
            continue;
        }
        let wide = unspaced.join("  ");
        failures.count(&path);
        if format(&wide) != format(&written) {
            failures.add(&path, format!("found\n{}", format(&wide).unwrap()));
        }
    }
    failures.none(8);
}

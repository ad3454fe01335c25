//! Schema texts that are almost right: printed systems, hand-written texts and the corpus, with a few tokens changed.

use std::fs;
use std::path::Path;

use super::generate::{self, Shape};
use super::near_misses;
use super::random::Random;

/// What the generator of systems does not use: comments, partials, annotations, expiration, prefixes, caveat types.
pub(crate) const WRITTEN: [&str; 6] = [
    "/** everyone */\ndefinition acme/user {}\n\n// a group\ndefinition acme/group {\n\t/* who */\n\trelation member: acme/user | acme/group#member | acme/user:*\n\tpermission everyone = member // all\n}\n",
    "use expiration\nuse self\n\ndefinition user {\n\trelation boss: user | user with expiration\n\tpermission above = self + boss + boss->above\n}\n\ncaveat on_day(day string, days list<string>, limits map<int>) {\n\tday in days && size(limits) < 10\n}\n\ndefinition document {\n\trelation reader: user with on_day and expiration | user:* with on_day\n\trelation plain: user#above\n\tpermission read = reader + plain\n}\n",
    "use partial\n\npartial shared {\n\trelation owner: user\n\tpermission own = owner\n}\n\npartial deeper {\n\t...shared\n\trelation other: user\n}\n\ndefinition user {}\n\ndefinition document {\n\t...deeper\n\tpermission edit = own - other\n}\n",
    "use typechecking\n\ndefinition user {}\ndefinition robot {}\n\ndefinition folder {\n\trelation parent: folder\n\trelation viewer: user | robot\n\tpermission view: user | robot = viewer + parent->view\n\tpermission strict: user | robot = (viewer & parent.any(viewer)) - parent.all(viewer)\n}\n",
    "caveat within(region string, allowed list<string>, when timestamp, level uint, ratio double, flag bool, from ipaddress, other any, blob bytes, pause duration) {\n\tregion in allowed && (flag || level > 3) && ratio < 1.5 && from.in_cidr(\"10.0.0.0/8\") && when < timestamp(\"2030-01-01T00:00:00Z\") && pause > duration(\"1h\") && other == 1 && size(blob) > 0\n}\n\ndefinition user {}\ndefinition place {\n\trelation guest: user with within\n}\n",
    "definition user {}; definition team { relation lead: user; relation member: user | team#member; permission all = lead + member; }\ndefinition repository {\n\trelation team: team\n\trelation owner: user | team#all\n\tpermission admin = (owner + team->lead) &\n\t\t(team.all(all) - nil)\n\n\tpermission push = admin + owner - team->member & owner\n}\n",
];

/// Words and signs that a mutation may put anywhere.
const VOCABULARY: [&str; 45] = [
    "definition",
    "caveat",
    "relation",
    "permission",
    "nil",
    "self",
    "with",
    "use",
    "partial",
    "import",
    "expiration",
    "typechecking",
    "and",
    "any",
    "all",
    "->",
    "+",
    "-",
    "&",
    "|",
    ":",
    "=",
    "#",
    "*",
    "...",
    ",",
    ".",
    ";",
    "(",
    ")",
    "{",
    "}",
    "<",
    ">",
    "/",
    "//",
    "/*",
    "*/",
    "\"",
    "ab",
    "Upper",
    "_private",
    "trailing_",
    "9lives",
    "\n",
];

/// The texts that mutations start from: the written ones, then every `.zed` file of the corpus in order of its path.
pub(crate) fn sources() -> Vec<String> {
    let mut sources: Vec<_> = WRITTEN.iter().map(|text| (*text).to_owned()).collect();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/schemas"), &mut sources);
    sources
}

fn collect(folder: &Path, sources: &mut Vec<String>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            collect(&path, sources);
        } else if path.extension().is_some_and(|extension| extension == "zed") {
            sources.extend(fs::read_to_string(&path).ok().filter(|text| text.len() < 20_000));
        }
    }
}

/// The text of a seed: a third are [`near_misses`], a few are as they were, the rest have one to three changes.
pub(crate) fn text(seed: u64, sources: &[String]) -> String {
    let mut random = Random::new(seed ^ 0x7E97);
    let choice = random.below(100);
    if choice < 35 {
        return near_misses::schema(seed, &mut random);
    }
    let text = if choice < 50 { generate::system(seed, Shape::Acyclic).schema() } else { random.pick(sources).clone() };
    let mut pieces = pieces(&text);
    if random.chance(90) {
        for _ in 0..*random.pick(&[1, 1, 1, 2, 3]) {
            mutate(&mut pieces, &mut random);
        }
    }
    pieces.concat()
}

/// The text cut into words, blanks, line ends, comments, strings and signs; together they are the text again.
pub(crate) fn pieces(text: &str) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let run = |test: fn(char) -> bool| rest.find(|character| !test(character)).unwrap_or(rest.len());
        let after = |opener: &str, closer: &str| {
            rest[opener.len()..].find(closer).map_or(rest.len(), |at| at + opener.len() + closer.len())
        };
        let length = if first.is_alphanumeric() || first == '_' {
            run(|character| character.is_alphanumeric() || character == '_')
        } else if first == ' ' || first == '\t' {
            run(|character| character == ' ' || character == '\t')
        } else if rest.starts_with("//") {
            run(|character| character != '\n')
        } else if rest.starts_with("/*") {
            after("/*", "*/")
        } else if first == '"' {
            after("\"", "\"")
        } else if rest.starts_with("...") {
            3
        } else if rest.starts_with("->") {
            2
        } else {
            first.len_utf8()
        };
        let (piece, remaining) = rest.split_at(length);
        pieces.push(piece.to_owned());
        rest = remaining;
    }
    pieces
}

fn mutate(pieces: &mut Vec<String>, random: &mut Random) {
    let solid: Vec<usize> = (0..pieces.len()).filter(|at| !pieces[*at].trim_matches([' ', '\t']).is_empty()).collect();
    if solid.len() < 2 {
        return;
    }
    let chosen = random.below(solid.len());
    let at = solid[chosen];
    match random.below(16) {
        0 => {
            pieces.remove(at);
        }
        1 => {
            let copy = pieces[at].clone();
            pieces.splice(at..at, [copy, " ".to_owned()]);
        }
        2 => pieces.swap(at, solid[(chosen + 1) % solid.len()]),
        3 => pieces[at] = pieces[*random.pick(&solid)].clone(),
        4 => pieces[at] = (*random.pick(&VOCABULARY)).to_owned(),
        5 => pieces.insert(at, format!(" {} ", random.pick(&VOCABULARY))),
        // The newline is a statement's end in some places and nothing in others.
        6 => {
            let ends: Vec<usize> = solid.iter().copied().filter(|at| pieces[*at] == "\n").collect();
            if !ends.is_empty() {
                pieces[*random.pick(&ends)] = " ".to_owned();
            }
        }
        7 => pieces.insert(at, "\n".to_owned()),
        8 | 9 => another_operator(pieces, &solid, random),
        10..=12 => whole_line(pieces, at, random),
        _ => rename(pieces, &solid, random),
    }
}

/// An operator becomes another one: mostly still a schema, sometimes not.
fn another_operator(pieces: &mut [String], solid: &[usize], random: &mut Random) {
    const OPERATORS: [&str; 7] = ["+", "-", "&", "->", "|", "=", ":"];
    let places: Vec<usize> = solid.iter().copied().filter(|at| OPERATORS.contains(&pieces[*at].as_str())).collect();
    if !places.is_empty() {
        pieces[*random.pick(&places)] = (*random.pick(&OPERATORS)).to_owned();
    }
}

/// The line that holds the piece goes, or comes twice, or changes places with the one after it.
fn whole_line(pieces: &mut Vec<String>, at: usize, random: &mut Random) {
    let end_from =
        |pieces: &[String], from: usize| (from..pieces.len()).find(|at| pieces[*at] == "\n").map_or(pieces.len(), |end| end + 1);
    let start = (0..at).rev().find(|before| pieces[*before] == "\n").map_or(0, |before| before + 1);
    let end = end_from(pieces, at);
    let line: Vec<String> = pieces.drain(start..end).collect();
    match random.below(3) {
        0 => {}
        1 => {
            pieces.splice(start..start, line.iter().chain(&line).cloned().collect::<Vec<_>>());
        }
        _ => {
            let after = end_from(pieces, start.min(pieces.len()));
            pieces.splice(after..after, line);
        }
    }
}

/// One word, or every use of it, becomes another word of the text or of the vocabulary.
fn rename(pieces: &mut [String], solid: &[usize], random: &mut Random) {
    let is_word = |piece: &str| piece.chars().all(|character| character.is_alphanumeric() || character == '_');
    let words: Vec<usize> = solid.iter().copied().filter(|at| is_word(&pieces[*at])).collect();
    if words.is_empty() {
        return;
    }
    let at = *random.pick(&words);
    let old = pieces[at].clone();
    let new = match random.below(4) {
        0 => (*random.pick(&VOCABULARY)).to_owned(),
        1 => format!("{old}_{}", "x".repeat(random.between(1, 62))),
        _ => pieces[*random.pick(&words)].clone(),
    };
    let everywhere = random.chance(50);
    for place in words {
        if place == at || (everywhere && pieces[place] == old) {
            pieces[place] = new.clone();
        }
    }
}

/// The fewest pieces that still satisfy `differs`, found by deleting blocks of them.
pub(crate) fn shrink_text(text: &str, differs: &mut dyn FnMut(&str) -> bool) -> String {
    let mut best = pieces(text);
    let mut block = best.len().max(1);
    while block > 0 {
        let mut at = 0;
        while at < best.len() {
            let mut candidate = best.clone();
            candidate.drain(at..(at + block).min(best.len()));
            if differs(&candidate.concat()) { best = candidate } else { at += block }
        }
        block /= 2;
    }
    best.concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_the_text() {
        for source in sources() {
            assert_eq!(pieces(&source).concat(), source);
        }
    }

    #[test]
    fn a_text_shrinks_to_what_matters() {
        let small = shrink_text(WRITTEN[0], &mut |text| text.contains("everyone = member"));
        assert_eq!(small, "everyone = member");
    }
}

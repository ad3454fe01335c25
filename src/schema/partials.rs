//! Partials: members written once and spliced, with `...name`, into the definitions that want them.

use super::ast::{Item, Member, Name};
use super::compile::items;
use super::load::{Source, problem_in};
use crate::model::limits::MAX_MEMBERS;
use crate::text::hash::{Map, Set};
use crate::text::{Code, Diagnostic, Listed, Span, nearest};

/// A partial and the file it is in.
pub(super) struct Partial<'a> {
    source: &'a Source,
    members: &'a [Member],
}

/// A member of a definition, wherever it was written.
pub(super) struct Spliced<'a> {
    /// The file the member is in.
    pub(super) source: &'a Source,
    /// A relation or permission.
    pub(super) member: &'a Member,
}

/// All partials by name; the last of a name counts, as in SpiceDB. Checks that each can be resolved, used or not.
pub(super) fn collect<'a>(sources: &'a [Source], diagnostics: &mut Vec<Diagnostic>) -> Map<&'a str, Partial<'a>> {
    let mut partials = Map::default();
    let mut names = Vec::new();
    for (source, item) in items(sources) {
        if let Item::Partial(partial) = item {
            names.push(&partial.name);
            partials.insert(partial.name.text.as_str(), Partial { source, members: &partial.members });
        }
    }
    let mut finished = Set::default();
    for name in names {
        let Some(partial) = partials.get(name.text.as_str()) else {
            continue;
        };
        for reference in references(partial.members) {
            if !partials.contains_key(reference.text.as_str()) {
                diagnostics.push(unknown(&partials, partial.source, reference));
            }
        }
        if closes_circle(&partials, &name.text, &mut finished) {
            let message = format!("partial `{}` includes itself, or one that does", name.text);
            diagnostics.push(problem_in(partial.source, Code::CircularPartial, name.span, message));
        }
    }
    partials
}

/// Whether a circle is met on the way through everything that this partial includes. What is finished is not walked again,
/// so that each circle is met once.
fn closes_circle<'a>(partials: &Map<&'a str, Partial<'a>>, name: &str, finished: &mut Set<&'a str>) -> bool {
    let enter = |name: &str| partials.get_key_value(name).map(|(name, partial)| (*name, references(partial.members)));
    let mut open: Vec<_> = enter(name).filter(|(name, _)| !finished.contains(name)).into_iter().listed();
    let mut path: Set<&str> = open.iter().map(|(name, _)| *name).collect();
    let mut met = false;
    while let Some((name, rest)) = open.last_mut() {
        let name = *name;
        match rest.next() {
            Some(reference) if path.contains(reference.text.as_str()) => met = true,
            Some(reference) if finished.contains(reference.text.as_str()) => {}
            Some(reference) => {
                if let Some(inner) = enter(&reference.text) {
                    path.insert(inner.0);
                    open.push(inner);
                }
            }
            None => {
                path.remove(name);
                finished.insert(name);
                open.pop();
            }
        }
    }
    met
}

fn references(members: &[Member]) -> impl Iterator<Item = &Name> {
    members.iter().filter_map(|member| match member {
        Member::Partial(name) => Some(name),
        Member::Relation(_) | Member::Permission(_) => None,
    })
}

fn unknown(partials: &Map<&str, Partial<'_>>, source: &Source, reference: &Name) -> Diagnostic {
    let problem =
        problem_in(source, Code::UnknownPartial, reference.span, format!("partial `{}` is not defined", reference.text));
    problem.with_suggestion(nearest(&reference.text, partials.keys().copied()))
}

/// The members of a definition with partials in the place of their references, in order. What partials add is taken from
/// `left`, at most [`MAX_MEMBERS`] for a whole schema.
pub(super) fn splice<'a>(
    partials: &Map<&'a str, Partial<'a>>,
    source: &'a Source,
    members: &'a [Member],
    left: &mut usize,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Spliced<'a>> {
    let mut spliced = Vec::new();
    // Each level of inclusion is one iterator, under the name included.
    let mut open: Vec<(&'a Source, std::slice::Iter<'a, Member>, &'a str)> = vec![(source, members.iter(), "")];
    let mut path = Set::default();
    while let Some((source, rest, name)) = open.last_mut() {
        let (source, name) = (*source, *name);
        let Some(member) = rest.next() else {
            path.remove(name);
            open.pop();
            continue;
        };
        if open.len() > 1 {
            let Some(rest) = left.checked_sub(1) else {
                let message = format!("partials add more than {MAX_MEMBERS} relations and permissions");
                diagnostics.push(problem_in(source, Code::SchemaTooLarge, Span::default(), message));
                return spliced;
            };
            *left = rest;
        }
        let Member::Partial(reference) = member else {
            spliced.push(Spliced { source, member });
            continue;
        };
        match partials.get(reference.text.as_str()) {
            // A circle is reported by `collect`.
            Some(_) if path.contains(reference.text.as_str()) => {}
            Some(partial) => {
                path.insert(reference.text.as_str());
                open.push((partial.source, partial.members.iter(), &reference.text));
            }
            // So is an unknown name within a partial.
            None if open.len() == 1 => diagnostics.push(unknown(partials, source, reference)),
            None => {}
        }
    }
    spliced
}

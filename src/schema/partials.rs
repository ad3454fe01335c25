//! Partials: members written once and spliced, with `...name`, into the definitions that want them.

use std::collections::{BTreeMap, BTreeSet};

use super::ast::{Item, Member, Name};
use super::compile::items;
use super::load::{Source, problem_in};
use crate::model::limits::MAX_MEMBERS;
use crate::text::{Code, Diagnostic, Span, nearest};

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
pub(super) fn collect<'a>(sources: &'a [Source], diagnostics: &mut Vec<Diagnostic>) -> BTreeMap<&'a str, Partial<'a>> {
    let mut partials = BTreeMap::new();
    let mut names = Vec::new();
    for (source, item) in items(sources) {
        if let Item::Partial(partial) = item {
            names.push(&partial.name);
            partials.insert(partial.name.text.as_str(), Partial { source, members: &partial.members });
        }
    }
    let mut circle: Vec<&str> = Vec::new();
    for name in names {
        let Some(partial) = partials.get(name.text.as_str()) else {
            continue;
        };
        for reference in references(partial.members) {
            if !partials.contains_key(reference.text.as_str()) {
                diagnostics.push(unknown(&partials, partial.source, reference));
            }
        }
        let reached = reached(&partials, partial);
        if reached.contains(&name.text.as_str()) && !circle.contains(&name.text.as_str()) {
            let message = format!("partial `{}` includes itself", name.text);
            diagnostics.push(problem_in(partial.source, Code::CircularPartial, name.span, message));
            circle.extend(reached);
        }
    }
    partials
}

fn references(members: &[Member]) -> impl Iterator<Item = &Name> {
    members.iter().filter_map(|member| match member {
        Member::Partial(name) => Some(name),
        Member::Relation(_) | Member::Permission(_) => None,
    })
}

fn unknown(partials: &BTreeMap<&str, Partial<'_>>, source: &Source, reference: &Name) -> Diagnostic {
    let problem = problem_in(source, Code::UnknownPartial, reference.span, format!("partial `{}` is not defined", reference.text));
    problem.with_suggestion(nearest(&reference.text, partials.keys().copied()))
}

/// The names of all partials that including this one includes.
fn reached<'a>(partials: &BTreeMap<&'a str, Partial<'a>>, from: &Partial<'a>) -> BTreeSet<&'a str> {
    let mut seen = BTreeSet::new();
    let mut open = vec![from.members];
    while let Some(members) = open.pop() {
        for reference in references(members) {
            if seen.insert(reference.text.as_str()) {
                open.extend(partials.get(reference.text.as_str()).map(|partial| partial.members));
            }
        }
    }
    seen
}

/// The members of a definition with partials in the place of their references, in order.
pub(super) fn splice<'a>(partials: &BTreeMap<&'a str, Partial<'a>>, source: &'a Source, members: &'a [Member], diagnostics: &mut Vec<Diagnostic>) -> Vec<Spliced<'a>> {
    let mut spliced = Vec::new();
    // Each level of inclusion is one iterator, under the name included.
    let mut open: Vec<(&'a Source, std::slice::Iter<'a, Member>, &'a str)> = vec![(source, members.iter(), "")];
    while let Some((source, rest, _)) = open.last_mut() {
        let source = *source;
        let Some(member) = rest.next() else {
            open.pop();
            continue;
        };
        let Member::Partial(reference) = member else {
            if spliced.len() >= MAX_MEMBERS {
                let message = format!("partials make more than {MAX_MEMBERS} relations and permissions of one definition");
                diagnostics.push(problem_in(source, Code::SchemaTooLarge, Span::default(), message));
                return spliced;
            }
            spliced.push(Spliced { source, member });
            continue;
        };
        match partials.get(reference.text.as_str()) {
            // A circle is reported by `collect`.
            Some(_) if open.iter().any(|(_, _, name)| *name == reference.text) => {}
            Some(partial) => open.push((partial.source, partial.members.iter(), &reference.text)),
            // So is an unknown name within a partial.
            None if open.len() == 1 => diagnostics.push(unknown(partials, source, reference)),
            None => {}
        }
    }
    spliced
}

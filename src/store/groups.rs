use super::base::{Base, Direction};
use super::kinds::{Key, first_of, kind};
use super::run::{first_from, place};
use super::snapshot::Snapshot;
use crate::model::{Node, Symbol};

/// A subject and the sets it is in, one through another, each with the resources and relations that it is in directly: whether the subject
/// is in one of these is then told without a look at who else is.
#[derive(Debug)]
pub struct Groups<'a> {
    base: &'a Base,
    /// As many as there are.
    runs: [&'a [Key]; MOST],
    len: usize,
}

/// Who is in more sets is looked for from the other side.
const MOST: usize = 16;

impl<'a> Groups<'a> {
    /// Those of some nodes through sets of these kinds, by relation and type. Nothing where there are many, or some were written to since
    /// the base.
    #[must_use]
    pub fn of(snapshot: &'a Snapshot, roots: &[Node], kinds: &[(Symbol, Symbol)]) -> Option<Self> {
        let base = &*snapshot.base;
        let mut keys = [0; MOST];
        let mut end = 0;
        for root in roots {
            if !snapshot.is_untouched(Direction::Resources, root) {
                return None;
            }
            if let Some(key) = base.kinds.key(root) {
                *keys.get_mut(end)? = key;
                end += 1;
            }
        }
        let mut groups = Self { base, runs: [&[]; MOST], len: 0 };
        let mut next = 0;
        while next < end {
            let found = base.resources.find(*keys.get(next)?);
            next += 1;
            let Some(found) = found else { continue };
            let run = base.resources.run(found).0;
            *groups.runs.get_mut(groups.len)? = run;
            groups.len += 1;
            for (relation, object_type) in kinds {
                let Some(wanted) = base.kinds.find(*relation, *object_type) else { continue };
                let mut at = first_from(run, first_of(wanted));
                while let Some(key) = run.get(at)
                    && kind(*key) == wanted
                {
                    at += 1;
                    // Not `contains`, which calls for each that it looks at.
                    let mut known = 0;
                    while known < end && keys.get(known) != Some(key) {
                        known += 1;
                    }
                    if known == end {
                        *keys.get_mut(end)? = *key;
                        end += 1;
                        if !snapshot.is_untouched(Direction::Resources, &base.kinds.node(*key)) {
                            return None;
                        }
                    }
                }
            }
        }
        Some(groups)
    }

    /// Whether one of them is in a relation of a resource.
    #[must_use]
    #[inline(always)]
    pub fn are_in(&self, resource: &Node) -> bool {
        let Some(key) = self.base.kinds.key(resource) else { return false };
        for run in self.runs.iter().take(self.len) {
            if place(run, key).is_some() {
                return true;
            }
        }
        false
    }
}

use smallvec::SmallVec;

use super::base::{Base, Direction};
use super::kinds::Key;
use super::run::place;
use super::snapshot::Snapshot;
use crate::model::{Node, Symbol};

/// A subject and the sets it is in, one through another, each with the resources and relations that it is in directly: whether the subject
/// is in one of these is then told without a look at who else is.
#[derive(Debug)]
pub struct Groups<'a> {
    base: &'a Base,
    runs: SmallVec<[&'a [Key]; 8]>,
}

/// Who is in more sets is looked for from the other side.
const MOST: usize = 16;

impl<'a> Groups<'a> {
    /// Those of some nodes through sets of these kinds, by relation and type. Nothing where there are many, or some were written to since
    /// the base.
    #[must_use]
    pub fn of(snapshot: &'a Snapshot, roots: &[Node], kinds: &[(Symbol, Symbol)]) -> Option<Self> {
        let base = &*snapshot.base;
        let mut nodes: SmallVec<[Node; MOST]> = SmallVec::from_slice(roots);
        let mut runs = SmallVec::new();
        let mut next = 0;
        while let Some(node) = nodes.get(next).copied() {
            next += 1;
            if next > MOST || !snapshot.is_untouched(Direction::Resources, &node) {
                return None;
            }
            let found = base.kinds.key(&node).and_then(|key| base.resources.find(key));
            let Some(found) = found else { continue };
            let run = base.resources.run(found).0;
            runs.push(run);
            for (relation, object_type) in kinds {
                let of_kind = |id| Node { relation: *relation, object_type: *object_type, id };
                let (first, end) =
                    (base.kinds.first_from(&of_kind(Symbol::NONE)), base.kinds.first_from(&of_kind(Symbol::GHOST)));
                let skipped = run.partition_point(|key| *key < first);
                for key in run.get(skipped..).unwrap_or_default().iter().take_while(|key| **key < end) {
                    let set = base.kinds.node(*key);
                    if !nodes.contains(&set) {
                        nodes.push(set);
                    }
                    if nodes.len() > MOST {
                        return None;
                    }
                }
            }
        }
        Some(Self { base, runs })
    }

    /// Whether one of them is in a relation of a resource.
    #[must_use]
    #[inline(always)]
    pub fn are_in(&self, resource: &Node) -> bool {
        let Some(key) = self.base.kinds.key(resource) else { return false };
        for run in &self.runs {
            if place(run, key).is_some() {
                return true;
            }
        }
        false
    }
}

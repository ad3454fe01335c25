use std::sync::Arc;

use super::Edge;
use crate::model::Node;

/// Up to this many entries a run is one sorted slice, whose binary search beats any tree; past it a persistent tree, whose
/// insertion does not copy all of it.
const LONGEST_SLICE: usize = 32;

/// The neighbours of a node, sorted, each with what is known of the edge to it.
///
/// Most nodes have few neighbours and some have hundreds of thousands. A lookup is O(log n), an insertion or removal
/// O(log n) as well, and cloning O(1).
#[derive(Clone, Debug)]
pub struct Run(Form);

#[derive(Clone, Debug)]
enum Form {
    Slice(Arc<Vec<(Node, Edge)>>),
    Tree(im::OrdMap<Node, Edge>),
}

impl Default for Run {
    fn default() -> Self {
        Self(Form::Slice(Arc::new(Vec::new())))
    }
}

impl Run {
    /// The edge to that neighbour.
    #[must_use]
    pub fn get(&self, node: &Node) -> Option<&Edge> {
        match &self.0 {
            Form::Slice(slice) => place(slice, node).ok().and_then(|place| slice.get(place)).map(|(_, value)| value),
            Form::Tree(tree) => tree.get(node),
        }
    }

    /// Adds or replaces the edge to that neighbour; gives back what was there.
    pub fn insert(&mut self, node: Node, value: Edge) -> Option<Edge> {
        match &mut self.0 {
            Form::Slice(slice) => match place(slice, &node) {
                Ok(found) => Arc::make_mut(slice).get_mut(found).map(|(_, old)| std::mem::replace(old, value)),
                Err(place) if slice.len() < LONGEST_SLICE => {
                    Arc::make_mut(slice).insert(place, (node, value));
                    None
                }
                Err(_) => {
                    let mut tree = im::OrdMap::new();
                    for (node, edge) in slice.iter() {
                        tree.insert(*node, edge.clone());
                    }
                    tree.insert(node, value);
                    self.0 = Form::Tree(tree);
                    None
                }
            },
            Form::Tree(tree) => tree.insert(node, value),
        }
    }

    /// Removes the edge to that neighbour; gives it back.
    pub fn remove(&mut self, node: &Node) -> Option<Edge> {
        match &mut self.0 {
            Form::Slice(slice) => place(slice, node).ok().map(|place| Arc::make_mut(slice).remove(place).1),
            Form::Tree(tree) => tree.remove(node),
        }
    }

    /// How many neighbours there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.0 {
            Form::Slice(slice) => slice.len(),
            Form::Tree(tree) => tree.len(),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All neighbours, in order.
    #[must_use]
    pub fn iter(&self) -> RunIter<'_> {
        match &self.0 {
            Form::Slice(slice) => RunIter::Slice(slice.iter()),
            Form::Tree(tree) => RunIter::Tree(Box::new(tree.iter())),
        }
    }

    /// The neighbours not before `from`, in order.
    #[must_use]
    pub fn iter_from(&self, from: &Node) -> RunIter<'_> {
        match &self.0 {
            Form::Slice(slice) => {
                let (Ok(first) | Err(first)) = place(slice, from);
                RunIter::Slice(slice.get(first..).unwrap_or_default().iter())
            }
            Form::Tree(tree) => RunIter::Tree(Box::new(tree.range(*from..))),
        }
    }
}

fn place(slice: &[(Node, Edge)], node: &Node) -> Result<usize, usize> {
    slice.binary_search_by(|(found, _)| found.cmp(node))
}

/// Walks the neighbours of a node in order.
pub enum RunIter<'a> {
    /// Over a slice.
    Slice(std::slice::Iter<'a, (Node, Edge)>),
    /// Over a tree.
    Tree(Box<dyn Iterator<Item = (&'a Node, &'a Edge)> + 'a>),
}

impl<'a> Iterator for RunIter<'a> {
    type Item = (&'a Node, &'a Edge);

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Slice(slice) => slice.next().map(|(node, value)| (node, value)),
            Self::Tree(tree) => tree.next(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::model::{Symbol, Timestamp};
    use crate::store::Traits;

    fn node(number: usize) -> Node {
        let symbol = |number| Symbol::at(number).unwrap();
        Node { relation: symbol(number % 3), object_type: symbol(7), id: symbol(number) }
    }

    /// An edge that tells one step from another.
    fn edge(step: usize) -> Edge {
        let expiration = Timestamp::from_unix_milliseconds(i64::try_from(step).unwrap());
        step.is_multiple_of(2).then(|| Arc::new(Traits { caveat: None, expiration }))
    }

    proptest! {
        /// Any actions leave a run equal to the standard map they are also done to, and earlier clones as they were.
        #[test]
        fn behaves_like_a_map(actions in prop::collection::vec((any::<bool>(), 0..80_usize), 0..200)) {
            let (mut run, mut map) = (Run::default(), BTreeMap::new());
            let mut kept = Vec::new();
            for (step, (insert, number)) in actions.into_iter().enumerate() {
                if insert {
                    prop_assert_eq!(run.insert(node(number), edge(step)), map.insert(node(number), edge(step)));
                } else {
                    prop_assert_eq!(run.remove(&node(number)), map.remove(&node(number)));
                }
                prop_assert_eq!(run.len(), map.len());
                kept.push((run.clone(), map.clone()));
            }
            for (run, map) in kept {
                prop_assert!(run.iter().eq(map.iter()));
                prop_assert!(run.iter_from(&node(1)).eq(map.range(node(1)..)));
            }
        }
    }
}

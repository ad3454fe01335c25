//! ExpandPermissionTree.

use super::Service;
use super::convert::{object_of, permission, resource, subject_of};
use super::messages as v1;
use crate::api::{Environment, Error, ExpandContent, Reason, SetOperation};
use crate::model::limits::MAX_MESSAGE_DEPTH;
use crate::text::Listed;

impl Service<'_> {
    /// A permission, or relation, of a resource as a tree of one level: usersets are not followed.
    ///
    /// # Errors
    /// SpiceDB's; a tree nested deeper than [`MAX_MESSAGE_DEPTH`].
    pub fn expand_permission_tree(
        &self,
        request: &v1::ExpandPermissionTreeRequest,
    ) -> Result<v1::ExpandPermissionTreeResponse, Error> {
        let resource = resource(request.resource.as_ref())?.to_string();
        let permission = permission(&request.permission)?;
        let snapshot = self.snapshot(request.consistency.as_ref())?;
        let tree = snapshot.expand(permission, &resource, &Environment::at(self.now))?;
        // Children stand after their parents: from the last to the first, each finds its own ready.
        let mut ready: Vec<Option<v1::PermissionRelationshipTree>> = vec![None; tree.nodes.len()];
        let mut heights = vec![0_usize; tree.nodes.len()];
        for (place, node) in tree.nodes.iter().enumerate().rev() {
            let (intermediate, leaf) = match &node.content {
                ExpandContent::Leaf(subjects) => {
                    let subjects = subjects.iter().map(|direct| subject_of(&direct.subject)).listed();
                    (None, Some(v1::DirectSubjectSet { subjects }))
                }
                ExpandContent::Intermediate(operation, children) => {
                    let below = children.iter().filter_map(|child| heights.get(*child)).max().map_or(1, |height| height + 1);
                    check_depth(below)?;
                    if let Some(height) = heights.get_mut(place) {
                        *height = below;
                    }
                    let children = children.iter().filter_map(|child| ready.get_mut(*child).and_then(Option::take)).listed();
                    (Some(v1::AlgebraicSubjectSet { operation: set_operation(*operation), children }), None)
                }
            };
            if let Some(slot) = ready.get_mut(place) {
                *slot = Some(v1::PermissionRelationshipTree {
                    intermediate,
                    leaf,
                    expanded_object: Some(object_of(&node.object)),
                    expanded_relation: node.relation.clone(),
                });
            }
        }
        let tree_root = ready.into_iter().next().flatten();
        Ok(v1::ExpandPermissionTreeResponse { expanded_at: self.token(&snapshot), tree_root })
    }
}

/// # Errors
/// Where a message would be nested too deeply to be written and dropped on a small stack.
pub(super) fn check_depth(depth: usize) -> Result<(), Error> {
    if depth <= MAX_MESSAGE_DEPTH {
        return Ok(());
    }
    let message = format!("the tree is nested deeper than {MAX_MESSAGE_DEPTH} levels");
    Err(Error::plain(Reason::MaximumDepthExceeded, message))
}

fn set_operation(operation: SetOperation) -> v1::SetOperation {
    match operation {
        SetOperation::Union => v1::SetOperation::Union,
        SetOperation::Intersection => v1::SetOperation::Intersection,
        SetOperation::Exclusion => v1::SetOperation::Exclusion,
    }
}

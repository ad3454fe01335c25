//! Traces as SpiceDB's `DebugInformation`.

use super::convert::{object_of, subject_of};
use super::expand::check_depth;
use super::{Struct, messages as v1};
use crate::api::{CaveatTrace, Error, Trace};
use crate::model::Permissionship;

/// # Errors
/// A trace nested too deeply for a message.
pub(super) fn debug_information(trace: &Trace, schema: &str) -> Result<v1::DebugInformation, Error> {
    // Those below stand after those above: from the last to the first, each finds what is below it ready, last first.
    let mut below: Vec<(usize, Vec<v1::CheckDebugTrace>)> = vec![(0, Vec::new()); trace.nodes.len()];
    let mut root = None;
    for (place, node) in trace.nodes.iter().enumerate().rev() {
        let (depth, mut traces) = below.get_mut(place).map(std::mem::take).unwrap_or_default();
        check_depth(depth)?;
        traces.reverse();
        let shown = v1::CheckDebugTrace {
            resource: Some(object_of(&node.resource)),
            permission: node.permission.clone(),
            permission_type: if node.is_permission { v1::PermissionType::Permission } else { v1::PermissionType::Relation },
            subject: Some(subject_of(&trace.subject)),
            result: node.result.map_or(v1::TracePermissionship::Unspecified, permissionship),
            caveat_evaluation_info: node.caveat.as_ref().map(caveat_info),
            // The engine has no clock.
            duration: Some("0s".to_owned()),
            was_cached_result: None,
            sub_problems: (!traces.is_empty()).then_some(v1::SubProblems { traces }),
            optional_expires_at: None,
            trace_operation_id: (place + 1).to_string(),
            source: "peppercorn".to_owned(),
        };
        match node.parent {
            Some(parent) => {
                if let Some((height, traces)) = below.get_mut(parent) {
                    *height = depth.saturating_add(1).max(*height);
                    traces.push(shown);
                }
            }
            None => root = Some(shown),
        }
    }
    Ok(v1::DebugInformation { check: root, schema_used: schema.to_owned() })
}

fn permissionship(result: Permissionship) -> v1::TracePermissionship {
    match result {
        Permissionship::NoPermission => v1::TracePermissionship::NoPermission,
        Permissionship::ConditionalPermission => v1::TracePermissionship::ConditionalPermission,
        Permissionship::HasPermission => v1::TracePermissionship::HasPermission,
    }
}

fn caveat_info(caveat: &CaveatTrace) -> v1::CaveatEvalInfo {
    let is_open = caveat.result == Permissionship::ConditionalPermission;
    v1::CaveatEvalInfo {
        expression: caveat.expression.clone().unwrap_or_default(),
        result: match caveat.result {
            Permissionship::NoPermission => v1::CaveatResult::False,
            Permissionship::ConditionalPermission => v1::CaveatResult::MissingSomeContext,
            Permissionship::HasPermission => v1::CaveatResult::True,
        },
        context: Some(Struct(caveat.context.clone())),
        partial_caveat_info: is_open.then(|| v1::PartialCaveatInfo { missing_required_context: caveat.missing_context.clone() }),
        caveat_name: caveat.name.clone().unwrap_or_default(),
    }
}

//! Trees, as they cross: a list of nodes that name each other by place, so that no depth of theirs is a depth of the text.

use super::common::write_error;
use super::convert::write_answer;
use crate::api::{CaveatTrace, DirectSubject, ExpandContent, ExpandTree, Json, SetOperation, Trace, TraceNode, TraceRow};
use crate::model::{Context, Permissionship, Value};

/// Nodes with what the package gives for them, and `children`, the places of the nodes below.
pub(super) fn write_tree(out: &mut Json, tree: &ExpandTree) {
    out.list(&tree.nodes, |out, node| {
        out.object(|out| {
            out.key("expandedObject").text(&node.object);
            out.key("expandedRelation").text(&node.relation);
            write_optional_caveat(out, node.caveat.as_ref().map(|(name, context)| (name, context.as_deref())));
            match &node.content {
                ExpandContent::Leaf(subjects) => out.key("subjects").list(subjects, write_subject),
                ExpandContent::Intermediate(operation, children) => {
                    out.key("operation").text(operation_name(*operation));
                    out.key("children").list(children, |out, place| out.raw(place));
                }
            }
        });
    });
}

fn operation_name(operation: SetOperation) -> &'static str {
    match operation {
        SetOperation::Union => "UNION",
        SetOperation::Intersection => "INTERSECTION",
        SetOperation::Exclusion => "EXCLUSION",
    }
}

fn write_subject(out: &mut Json, subject: &DirectSubject) {
    out.object(|out| {
        out.key("subject").text(&subject.subject);
        write_optional_caveat(out, subject.caveat.as_ref().map(|(name, context)| (name, context.as_deref())));
    });
}

fn write_optional_caveat(out: &mut Json, caveat: Option<(&String, Option<&Context>)>) {
    if let Some((name, context)) = caveat {
        out.key("optionalCaveat").object(|out| {
            out.key("caveatName").text(name);
            if let Some(context) = context {
                write_context(out, context);
            }
        });
    }
}

fn write_context(out: &mut Json, context: &Context) {
    out.key("context").raw(Value::Object(context.clone()));
}

/// `{ answer, error, nodes, text }`: nodes with what the package gives for them, and `parent`, the place of the node above.
pub(super) fn write_trace(out: &mut Json, trace: &Trace) {
    out.object(|out| {
        match &trace.answer {
            Ok(answer) => write_answer(out.key("answer"), answer),
            Err(error) => write_error(out.key("error"), error),
        }
        out.key("nodes").list(&trace.nodes, |out, node| write_node(out, &trace.subject, node));
        out.key("text").text(&trace.to_string());
    });
}

fn write_node(out: &mut Json, subject: &str, node: &TraceNode) {
    out.object(|out| {
        if let Some(parent) = node.parent {
            out.key("parent").raw(parent);
        }
        out.key("resource").text(&node.resource);
        out.key("permission").text(&node.permission);
        out.key("permissionType").text(if node.is_permission { "PERMISSION" } else { "RELATION" });
        out.key("subject").text(subject);
        if let Some(result) = node.result {
            out.key("result").text(result.as_str());
        }
        write_caveat(out, node.caveat.as_ref());
        if !node.rows.is_empty() {
            out.key("rows").list(&node.rows, write_row);
        }
        if !node.circle.is_empty() {
            out.key("circle").texts(node.circle.iter().map(String::as_str));
        }
        for (key, is_so) in [("isSubtracted", node.is_subtracted), ("isShownAbove", node.is_shown_above)] {
            if is_so {
                out.key(key).raw(true);
            }
        }
    });
}

fn write_row(out: &mut Json, row: &TraceRow) {
    out.object(|out| {
        out.key("relationship").text(&row.relationship);
        if row.is_expired {
            out.key("isExpired").raw(true);
        }
        write_caveat(out, row.caveat.as_ref());
    });
}

fn write_caveat(out: &mut Json, caveat: Option<&CaveatTrace>) {
    let Some(caveat) = caveat else { return };
    out.key("caveatEvaluationInfo").object(|out| {
        if let Some(expression) = &caveat.expression {
            out.key("expression").text(expression);
        }
        out.key("result").text(match (&caveat.error, caveat.result) {
            (Some(_), _) => "UNEVALUATED",
            (None, Permissionship::NoPermission) => "FALSE",
            (None, Permissionship::ConditionalPermission) => "MISSING_SOME_CONTEXT",
            (None, Permissionship::HasPermission) => "TRUE",
        });
        write_context(out, &caveat.context);
        if !caveat.missing_context.is_empty() {
            out.key("partialCaveatInfo").object(|out| {
                out.key("missingRequiredContext").texts(caveat.missing_context.iter().map(String::as_str));
            });
        }
        if let Some(name) = &caveat.name {
            out.key("caveatName").text(name);
        }
        if let Some(error) = &caveat.error {
            out.key("error").text(&error.message);
        }
    });
}

use std::fmt::{self, Write as _};

use super::program::{parse_resource, parse_subject};
use super::questions::{Asked, answer_of, missing};
use super::{Answer, Environment, Error, Peppercorn, Snapshot};
use crate::engine::{self, Conditions, Query, RowState, Shown};
use crate::model::limits::MAX_CHECK_STEPS;
use crate::model::{Context, Node, Permissionship, Value};
use crate::text::Listed;

/// Why an answer is what it is: SpiceDB's `DebugInformation`, complete and never from a cache. Its `Display` is a tree for
/// people.
#[derive(Clone, Debug)]
pub struct Trace {
    /// Who was asked about.
    pub subject: String,
    /// What the check says, or why it has no answer.
    pub answer: Result<Answer, Error>,
    /// Every place looked at: the one asked for first, each before those below it.
    pub nodes: Vec<TraceNode>,
}

/// A relation or permission of an object that was looked at.
#[derive(Clone, Debug)]
pub struct TraceNode {
    /// The place above, by its number; nothing for the first.
    pub parent: Option<usize>,
    /// The object: `document:readme`.
    pub resource: String,
    /// Its relation or permission.
    pub permission: String,
    /// Whether that is a permission.
    pub is_permission: bool,
    /// What the subject has of it; nothing where that has no answer.
    pub result: Option<Permissionship>,
    /// The caveats it depends on.
    pub caveat: Option<CaveatTrace>,
    /// The rows that name the subject, or everyone of its type.
    pub rows: Vec<TraceRow>,
    /// Whether it is taken away from what the place above has.
    pub is_subtracted: bool,
    /// Where it is met within itself: the way from there to here, relation by relation, both ends included.
    pub circle: Vec<String>,
    /// Whether all below it is shown further up, and here not again.
    pub is_shown_above: bool,
}

/// What became of a caveat, or of several joined by the graph. SpiceDB's `CaveatEvalInfo`.
#[derive(Clone, Debug)]
pub struct CaveatTrace {
    /// The expression; nothing where it is too long to say.
    pub expression: Option<String>,
    /// True, false, or undecided.
    pub result: Permissionship,
    /// The values used. Where two caveats have different values of one name, the later ones are `name__2` and so on.
    pub context: Context,
    /// The names without which it is undecided, sorted.
    pub missing_context: Vec<String>,
    /// Why it cannot be evaluated, where it cannot.
    pub error: Option<Error>,
    /// The caveat's name, where there is one only.
    pub name: Option<String>,
}

/// A row that names the subject.
#[derive(Clone, Debug)]
pub struct TraceRow {
    /// The relationship, without caveat and expiration.
    pub relationship: String,
    /// Whether it has expired, and counts for nothing.
    pub is_expired: bool,
    /// What its caveat came to.
    pub caveat: Option<CaveatTrace>,
}

/// The same method for the engine, at its newest revision, and for a snapshot of it.
macro_rules! traces {
    ($($on:ident)+) => {$(
        impl $on {
            /// Why the check of the same arguments gives what it gives.
            ///
            /// # Errors
            /// As the check, where the question is none; a trace of more than
            /// [`MAX_TRACE_NODES`](crate::model::limits::MAX_TRACE_NODES) places. An answer that cannot be given is no error: the trace says why.
            pub fn trace(&self, subject: &str, permission: &str, resource: &str, environment: &Environment) -> Result<Trace, Error> {
                self.asked().trace(subject, permission, resource, environment)
            }
        }
    )+};
}

traces! { Peppercorn Snapshot }

impl Asked<'_> {
    fn trace(&self, subject: &str, permission: &str, resource: &str, environment: &Environment) -> Result<Trace, Error> {
        let (subject, resource) = (parse_subject(subject)?, parse_resource(resource)?);
        let goal = self.program.goal(self.data, &resource, permission, subject.object.id)?;
        let asked = self.program.subject(self.data, &subject)?;
        let conditions = self.conditions(environment, None);
        let query = Query { facts: self.facts(&conditions, MAX_CHECK_STEPS), subject: asked };
        let (trace, worth) = engine::trace(&query, goal).map_err(|error| self.unanswered(&error))?;
        let id = |node: &Node| {
            let text = self.data.dictionary().text(node.id);
            // An id that no relationship names is the subject's or the resource's.
            if !text.is_empty() {
                text
            } else if node.id == asked.id {
                subject.object.id
            } else {
                resource.id
            }
        };
        let text = |symbol| self.data.dictionary().text(symbol);
        let shown = |node: &Node| format!("{}:{}#{}", text(node.object_type), id(node), text(node.relation));
        let node = |node: engine::TraceNode| TraceNode {
            parent: node.parent,
            resource: format!("{}:{}", text(node.node.object_type), id(&node.node)),
            permission: text(node.node.relation).to_owned(),
            is_permission: node.is_permission,
            result: node.worth.filter(|worth| missing(&conditions, *worth).is_ok()).map(engine::Worth::level),
            caveat: node.caveat.zip(node.worth).map(|(caveat, worth)| CaveatTrace {
                expression: caveat.expression,
                context: caveat.context,
                name: caveat.name,
                ..outcome(&conditions, worth)
            }),
            rows: node.rows.into_iter().map(|row| self.row(&conditions, shown(&node.node), &row)).listed(),
            is_subtracted: node.is_subtracted,
            circle: node.circle.iter().map(shown).listed(),
            is_shown_above: node.is_shown_above,
        };
        let answer = worth.map_err(|error| self.unanswered(&error)).and_then(|worth| answer_of(&query, goal, worth));
        Ok(Trace { subject: subject.to_string(), answer, nodes: trace.nodes.into_iter().map(node).listed() })
    }

    fn row(&self, conditions: &Conditions<'_>, resource: String, row: &engine::MatchedRow) -> TraceRow {
        let caveat = match &row.state {
            RowState::Holds | RowState::Expired => None,
            RowState::Caveat(evaluation) => Some(CaveatTrace {
                expression: Some(evaluation.expression.clone()),
                context: evaluation.context.clone(),
                name: Some(evaluation.name.clone()),
                ..outcome(conditions, evaluation.worth)
            }),
        };
        TraceRow {
            relationship: format!("{resource}@{}", Shown(self.data.dictionary(), row.subject)),
            is_expired: row.state == RowState::Expired,
            caveat,
        }
    }
}

/// What a worth says of a caveat.
fn outcome(conditions: &Conditions<'_>, worth: engine::Worth) -> CaveatTrace {
    let (missing_context, error) = match missing(conditions, worth) {
        Ok(missing) => (missing, None),
        Err(error) => (Vec::new(), Some(error)),
    };
    CaveatTrace { expression: None, result: worth.level(), context: Context::new(), missing_context, error, name: None }
}

/// Levels that are drawn; deeper ones say their number.
const DRAWN_LEVELS: usize = 40;

impl fmt::Display for Trace {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "{}", self.subject)?;
        let mut last: Vec<bool> = vec![true; self.nodes.len()];
        let mut seen: Vec<bool> = vec![false; self.nodes.len()];
        for (number, node) in self.nodes.iter().enumerate().rev() {
            let is_last = node.parent.and_then(|parent| seen.get_mut(parent)).is_none_or(|seen| !std::mem::replace(seen, true));
            if let Some(last) = last.get_mut(number) {
                *last = is_last;
            }
        }
        // The lines to the left of each open level, and whether a level goes on below.
        let mut open: Vec<(usize, bool)> = Vec::new();
        for (number, node) in self.nodes.iter().enumerate() {
            while open.last().is_some_and(|(place, _)| Some(*place) != node.parent) {
                open.pop();
            }
            let is_last = last.get(number).copied().unwrap_or(true);
            let mut margin = String::new();
            for (_, goes_on) in open.iter().skip(1).take(DRAWN_LEVELS) {
                margin.push_str(if *goes_on { "│  " } else { "   " });
            }
            if open.len() > DRAWN_LEVELS {
                write!(margin, "({}) ", open.len())?;
            }
            let branch = match (open.is_empty(), is_last) {
                (true, _) => "",
                (false, true) => "└─ ",
                (false, false) => "├─ ",
            };
            writeln!(out, "{margin}{branch}{}", Line(node))?;
            let below = match (open.is_empty(), is_last) {
                (true, _) => "",
                (false, true) => "   ",
                (false, false) => "│  ",
            };
            for row in &node.rows {
                writeln!(out, "{margin}{below}   {row}")?;
            }
            open.push((number, !is_last));
        }
        Ok(())
    }
}

/// One place as a line.
struct Line<'a>(&'a TraceNode);

impl fmt::Display for Line<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(node) = self;
        let mark = match node.result {
            Some(Permissionship::HasPermission) => "✓",
            Some(Permissionship::ConditionalPermission) => "?",
            Some(Permissionship::NoPermission) => "✗",
            None => "!",
        };
        let minus = if node.is_subtracted { "minus " } else { "" };
        write!(out, "{mark} {minus}{}#{}", node.resource, node.permission)?;
        if let Some(caveat) = node.caveat.as_ref().filter(|_| node.rows.iter().all(|row| row.caveat.is_none())) {
            write!(out, " if {caveat}")?;
        }
        if !node.circle.is_empty() {
            write!(out, " (circle: {})", node.circle.join(" -> "))?;
        }
        if node.is_shown_above {
            write!(out, " (shown above)")?;
        }
        Ok(())
    }
}

impl fmt::Display for TraceRow {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "row {}", self.relationship)?;
        if self.is_expired {
            write!(out, " has expired")?;
        }
        self.caveat.as_ref().map_or(Ok(()), |caveat| write!(out, " if {caveat}"))
    }
}

impl fmt::Display for CaveatTrace {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.name.as_ref().map(|name| format!("{name}: ")).unwrap_or_default();
        write!(out, "{name}{}", self.expression.as_deref().unwrap_or("several caveats"))?;
        if !self.context.is_empty() {
            write!(out, " with {}", Value::Object(self.context.clone()))?;
        }
        match (&self.error, self.result) {
            (Some(error), _) => write!(out, " -> {error}"),
            (None, Permissionship::HasPermission) => write!(out, " -> true"),
            (None, Permissionship::NoPermission) => write!(out, " -> false"),
            (None, Permissionship::ConditionalPermission) => write!(out, " -> missing {}", self.missing_context.join(", ")),
        }
    }
}

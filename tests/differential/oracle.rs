//! The naive evaluator: obviously right, slow, and sharing nothing with the engine.
//!
//! Every object and member is one equation over the others, made straight from the definitions and the rows. For whoever asks (one
//! subject, or a type of which all subjects are wanted) the equations are applied to all nodes over and over until nothing changes.
//! There is no walk, no memo and no short cut.
//!
//! Values are NO < CONDITIONAL < HAS: union is the greatest, intersection the least, and removing turns the order over. Without a
//! cycle through an exclusion the least fixpoint is the answer. With one, the well-founded semantics (Van Gelder's alternating
//! fixpoint) bounds each node from below and above; where the bounds differ there is no answer, and the right one is the error.
//! Only when all values are known are the names of missing parameters gathered, again as a least fixpoint: a name that nothing but
//! a circle holds up is not missing.

use std::collections::HashMap;

use super::answers::Answer;
use super::caveats::{self, Context};
use super::expand;
use super::kleene::{Value, Verdict};
use super::questions::{Asked, Question};
use super::spicedb_sets::SpiceDbSets;
use super::subjects::Subjects;
use super::system::{ArrowKind, Expiration, Expression, Object, Row, Subject, System};

/// Rounds of the alternating fixpoint; sets of subjects need not come to an end on a cycle through an exclusion.
const MOST_ROUNDS: usize = 50;

/// The equations of a system.
pub(crate) struct Oracle<'a> {
    system: &'a System,
    nodes: HashMap<(Object, String), usize>,
    /// In the order of the numbers of `nodes`, then those of removed operands, which are no subject.
    equations: Vec<(Option<Subject>, Formula)>,
    /// Each caveated row.
    caveated: Vec<&'a Row>,
}

enum Formula {
    /// Exactly this subject.
    Is(Subject),
    /// Every subject of this type.
    Everyone(String),
    Node(usize),
    /// What lies beyond a caveated row, by its number.
    Under(usize, Box<Formula>),
    /// This object itself, without relation.
    Myself(Object),
    /// What the rows of a relation lead to.
    Rows(Vec<Formula>),
    /// What the expression of a permission comes to.
    Permission(Box<Formula>),
    Union(Vec<Formula>),
    Intersection(Vec<Formula>),
    /// Of what lies beyond each row, which has to be there; nothing lies beyond a row whose type has no such member.
    All(Vec<(Option<usize>, Option<Formula>)>),
    /// What is removed is an equation of its own, as if it were a permission with a name: naming it changes no answer.
    Without(Box<Formula>, usize),
}

/// A union of nothing.
const NEVER: Formula = Formula::Union(Vec::new());

/// What the equations are about: whether one subject is there, or which subjects are.
trait Found: Clone + PartialEq {
    fn nothing() -> Self;
    fn under(self, caveat: Verdict) -> Self;
    fn union(self, other: Self) -> Self;
    fn intersection(self, other: Self) -> Self;
    fn exclusion(self, other: Self) -> Self;
    /// The union of what two rows of a relation lead to.
    fn beside(self, other: Self) -> Self {
        self.union(other)
    }
    /// What a permission makes of its expression.
    fn together(self) -> Self {
        self
    }
}

impl Found for Verdict {
    fn nothing() -> Self {
        Self::NO
    }
    fn under(self, caveat: Verdict) -> Self {
        self.and(caveat)
    }
    fn union(self, other: Self) -> Self {
        self.or(other)
    }
    fn intersection(self, other: Self) -> Self {
        self.and(other)
    }
    fn exclusion(self, other: Self) -> Self {
        self.and(other.not())
    }
}

impl Found for Subjects {
    fn nothing() -> Self {
        Self::default()
    }
    fn under(self, caveat: Verdict) -> Self {
        Self::under(self, caveat).tidy()
    }
    fn union(self, other: Self) -> Self {
        Self::union(&self, &other).tidy()
    }
    fn intersection(self, other: Self) -> Self {
        Self::intersection(&self, &other).tidy()
    }
    fn exclusion(self, other: Self) -> Self {
        Self::exclusion(&self, &other).tidy()
    }
}

impl Found for SpiceDbSets {
    fn nothing() -> Self {
        Self::default()
    }
    fn under(self, caveat: Verdict) -> Self {
        Self::under(&self, caveat)
    }
    fn union(self, other: Self) -> Self {
        Self::union(&self, &other)
    }
    fn intersection(self, other: Self) -> Self {
        Self::intersection(&self, &other)
    }
    fn exclusion(self, other: Self) -> Self {
        Self::exclusion(&self, &other)
    }
    fn beside(self, other: Self) -> Self {
        Self::beside(self, other)
    }
    fn together(self) -> Self {
        Self::together(&self)
    }
}

/// Who asks.
trait Asker {
    type Found: Found;
    fn is(&self, subject: &Subject) -> Self::Found;
    fn everyone(&self, definition: &str) -> Self::Found;
    fn myself(&self, object: &Object) -> Self::Found {
        self.is(&object.subject())
    }
    fn skips_in_all(&self) -> bool {
        false
    }
}

/// Whether this subject is there.
struct One<'a> {
    subject: &'a Subject,
    mistakes: Mistakes,
}

impl Asker for One<'_> {
    type Found = Verdict;
    fn is(&self, subject: &Subject) -> Verdict {
        Verdict::decided(subject == self.subject)
    }
    fn everyone(&self, definition: &str) -> Verdict {
        // In a check a wildcard matches a subject with a relation as well.
        let matches = self.subject.relation.is_none() || !self.mistakes.wildcard_for_objects_only;
        Verdict::decided(matches && self.subject.object.definition == definition)
    }
}

/// Which subjects of a type are there, those with a certain relation or those without.
struct Kind<'a> {
    definition: &'a str,
    relation: &'a Option<String>,
    mistakes: Mistakes,
}

impl Kind<'_> {
    fn is(&self, subject: &Subject) -> bool {
        subject.object.definition == self.definition && subject.relation == *self.relation
    }
    fn everyone(&self, definition: &str) -> bool {
        let matches = self.relation.is_none() || !self.mistakes.wildcard_for_objects_only;
        matches && definition == self.definition
    }
}

impl Asker for Kind<'_> {
    type Found = Subjects;
    fn is(&self, subject: &Subject) -> Subjects {
        if self.is(subject) { Subjects::one(&subject.object.id) } else { Subjects::default() }
    }
    fn everyone(&self, definition: &str) -> Subjects {
        if self.everyone(definition) { Subjects::everyone() } else { Subjects::default() }
    }
    fn myself(&self, object: &Object) -> Subjects {
        let there = self.mistakes.self_of_any_type || self.is(&object.subject());
        if there { Subjects::one(&object.id) } else { Subjects::default() }
    }
    fn skips_in_all(&self) -> bool {
        self.mistakes.all_skips
    }
}

/// The same in SpiceDB's own sets.
struct KindInSpiceDb<'a>(Kind<'a>);

impl Asker for KindInSpiceDb<'_> {
    type Found = SpiceDbSets;
    fn is(&self, subject: &Subject) -> SpiceDbSets {
        if self.0.is(subject) { SpiceDbSets::one(&subject.object.id) } else { SpiceDbSets::default() }
    }
    fn everyone(&self, definition: &str) -> SpiceDbSets {
        if self.0.everyone(definition) { SpiceDbSets::everyone() } else { SpiceDbSets::default() }
    }
    fn myself(&self, object: &Object) -> SpiceDbSets {
        let there = self.0.mistakes.self_of_any_type || self.0.is(&object.subject());
        if there { SpiceDbSets::one(&object.id) } else { SpiceDbSets::default() }
    }
    fn skips_in_all(&self) -> bool {
        self.0.mistakes.all_skips
    }
}

/// Mistakes of SpiceDB's lookups, to be made here on purpose: an answer that is right but for one of them is explained by it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Mistakes {
    /// A wildcard does not match a subject with a relation, though it does in a check.
    pub(crate) wildcard_for_objects_only: bool,
    /// `self` finds the resource's id whatever the type of subjects looked for.
    pub(crate) self_of_any_type: bool,
    /// An `.all` arrow leaves out the objects whose type has no such member.
    pub(crate) all_skips: bool,
    /// Sets of subjects are combined as in [`super::spicedb_sets`].
    pub(crate) sets: bool,
}

/// What each node is at least and at most.
struct Solution<F> {
    least: Vec<F>,
    most: Vec<F>,
}

impl<F: Found> Solution<F> {
    fn of(&self, node: usize) -> Option<&F> {
        (self.least[node] == self.most[node]).then(|| &self.least[node])
    }

    fn map<G>(&self, change: fn(&F) -> G) -> Solution<G> {
        Solution { least: self.least.iter().map(change).collect(), most: self.most.iter().map(change).collect() }
    }
}

impl<'a> Oracle<'a> {
    pub(crate) fn new(system: &'a System) -> Self {
        let nodes = system.nodes();
        let numbers: HashMap<_, _> = nodes.iter().cloned().enumerate().map(|(number, node)| (node, number)).collect();
        let mut build = Build { system, numbers: &numbers, removed: Vec::new(), caveated: Vec::new() };
        let mut equations = Vec::new();
        for (object, member) in &nodes {
            let itself = Subject { object: object.clone(), relation: Some(member.clone()) };
            equations.push((Some(itself), build.member(object, member)));
        }
        let Build { removed, caveated, .. } = build;
        equations.extend(removed.into_iter().map(|formula| (None, formula)));
        Self { system, nodes: numbers, equations, caveated }
    }

    /// The answers to the questions, in their order.
    pub(crate) fn answers(&self, questions: &[Question]) -> Vec<Answer> {
        self.answers_with(questions, Mistakes::default())
    }

    pub(crate) fn answers_with(&self, questions: &[Question], mistakes: Mistakes) -> Vec<Answer> {
        // By who asks with which context. Contexts do not hash; their places here do.
        let mut contexts: Vec<&Context> = Vec::new();
        let mut checks: HashMap<(&Subject, usize), Solution<Verdict>> = HashMap::new();
        let mut lookups: HashMap<(&str, &Option<String>, usize), Solution<Subjects>> = HashMap::new();
        let mut answers = Vec::new();
        for Question { asked, context } in questions {
            let key = contexts.iter().position(|known| *known == context).unwrap_or_else(|| {
                contexts.push(context);
                contexts.len() - 1
            });
            let node = |resource: &Object, permission: &String| self.nodes[&(resource.clone(), permission.clone())];
            let answer = match asked {
                Asked::Check { subject, .. } | Asked::LookupResources { subject, .. } => {
                    let solve = || self.solve(&One { subject, mistakes }, context);
                    let solution = checks.entry((subject, key)).or_insert_with(solve);
                    let verdict = |resource: &Object, permission: &String| solution.of(node(resource, permission)).copied();
                    match asked {
                        Asked::LookupResources { definition, permission, .. } => {
                            let objects = self.system.objects().into_iter().filter(|object| object.definition == *definition);
                            let all = objects.map(|object| Some((object.id.clone(), verdict(&object, permission)?)));
                            let found = all.filter(|one| one.as_ref().is_none_or(|(_, verdict)| verdict.value != Value::No));
                            found.collect::<Option<_>>().map(Answer::Resources)
                        }
                        Asked::Check { resource, permission, .. } => verdict(resource, permission).map(Answer::Check),
                        Asked::LookupSubjects { .. } | Asked::Expand { .. } => None,
                    }
                }
                Asked::LookupSubjects { resource, permission, definition, relation } => {
                    let kind = Kind { definition, relation, mistakes };
                    let solve = || match mistakes.sets {
                        false => self.solve(&kind, context),
                        true => self.solve(&KindInSpiceDb(kind), context).map(SpiceDbSets::evaluated),
                    };
                    let solution = lookups.entry((definition, relation, key)).or_insert_with(solve);
                    solution.of(node(resource, permission)).cloned().map(Answer::Subjects)
                }
                Asked::Expand { resource, permission } => Some(Answer::Tree(expand::tree(self.system, resource, permission))),
            };
            answers.push(answer.unwrap_or(Answer::CycleThroughExclusion));
        }
        answers
    }

    fn solve<A: Asker>(&self, asker: &A, request: &Context) -> Solution<A::Found> {
        let caveats: Vec<_> = self
            .caveated
            .iter()
            .map(|row| caveats::caveat(row.caveat.as_ref().unwrap()).verdict(&row.context, request))
            .collect();
        let values: Vec<_> = caveats.iter().map(|verdict| verdict.nameless()).collect();
        let mut solution = self.values(&Round { oracle: self, asker, caveats: &values });
        let names = Round { oracle: self, asker, caveats: &caveats };
        let known: Vec<_> = (0..self.equations.len()).filter(|node| solution.of(*node).is_some()).collect();
        loop {
            let mut changed = false;
            for node in &known {
                let found = names.found(*node, &solution.least, &solution.most);
                changed |= found != solution.least[*node];
                solution.least[*node] = found.clone();
                solution.most[*node] = found;
            }
            if !changed {
                return solution;
            }
        }
    }

    /// The alternating fixpoint, of values without names.
    fn values<A: Asker>(&self, round: &Round<'_, A>) -> Solution<A::Found> {
        let mut least = vec![A::Found::nothing(); self.equations.len()];
        let mut most = least.clone();
        for _ in 0..MOST_ROUNDS {
            most = round.least_fixpoint(&least);
            let better = round.least_fixpoint(&most);
            if better == least {
                break;
            }
            least = better;
        }
        Solution { least, most }
    }
}

/// The equations for one asker and one context.
struct Round<'a, A> {
    oracle: &'a Oracle<'a>,
    asker: &'a A,
    /// What each caveated row comes to.
    caveats: &'a [Verdict],
}

impl<A: Asker> Round<'_, A> {
    /// The least solution when what is removed is read from `removed` and not from the solution itself.
    fn least_fixpoint(&self, removed: &[A::Found]) -> Vec<A::Found> {
        let mut values = vec![A::Found::nothing(); self.oracle.equations.len()];
        loop {
            let mut changed = false;
            for node in 0..values.len() {
                let value = self.found(node, &values, removed);
                changed |= value != values[node];
                values[node] = value;
            }
            if !changed {
                return values;
            }
        }
    }

    fn found(&self, node: usize, values: &[A::Found], removed: &[A::Found]) -> A::Found {
        let (itself, formula) = &self.oracle.equations[node];
        let found = self.formula(formula, values, removed);
        match itself {
            // Whoever asks whether a userset is in itself is told yes, whatever its rows say.
            Some(itself) => self.asker.is(itself).beside(found),
            None => found,
        }
    }

    fn formula(&self, formula: &Formula, values: &[A::Found], removed: &[A::Found]) -> A::Found {
        let each = |parts: &[Formula]| parts.iter().map(|part| self.formula(part, values, removed)).collect::<Vec<_>>();
        match formula {
            Formula::Is(subject) => self.asker.is(subject),
            Formula::Everyone(definition) => self.asker.everyone(definition),
            Formula::Node(node) => values[*node].clone(),
            Formula::Under(row, beyond) => self.formula(beyond, values, removed).under(self.caveats[*row]),
            Formula::Rows(rows) => each(rows).into_iter().reduce(Found::beside).unwrap_or(A::Found::nothing()),
            Formula::Permission(expression) => self.formula(expression, values, removed).together(),
            Formula::Union(parts) => each(parts).into_iter().reduce(Found::union).unwrap_or(A::Found::nothing()),
            Formula::Intersection(parts) => each(parts).into_iter().reduce(Found::intersection).unwrap(),
            Formula::Myself(object) => self.asker.myself(object),
            Formula::All(steps) => {
                let beyond = steps.iter().filter_map(|(_, beyond)| beyond.as_ref());
                let beyond: Vec<_> = beyond.map(|beyond| self.formula(beyond, values, removed)).collect();
                if beyond.len() < steps.len() && !self.asker.skips_in_all() {
                    return A::Found::nothing();
                }
                let found = beyond.into_iter().reduce(Found::intersection).unwrap_or(A::Found::nothing());
                steps.iter().filter_map(|(row, _)| *row).fold(found, |found, row| found.under(self.caveats[row]))
            }
            Formula::Without(base, taken) => self.formula(base, values, removed).exclusion(removed[*taken].clone()),
        }
    }
}

struct Build<'a, 'b> {
    system: &'a System,
    numbers: &'b HashMap<(Object, String), usize>,
    removed: Vec<Formula>,
    caveated: Vec<&'a Row>,
}

impl<'a> Build<'a, '_> {
    fn member(&mut self, object: &Object, member: &str) -> Formula {
        let definition = self.system.definition(&object.definition).unwrap();
        if let Some(permission) = definition.permissions.iter().find(|permission| permission.name == member) {
            return Formula::Permission(Box::new(self.expression(object, &permission.expression)));
        }
        let mut formulas = Vec::new();
        for row in self.rows(object, member) {
            formulas.push(self.row(row));
        }
        Formula::Rows(formulas)
    }

    /// The rows that have not expired.
    fn rows(&self, object: &Object, relation: &str) -> Vec<&'a Row> {
        let here = |row: &&Row| row.resource == *object && row.relation == relation && row.expiration != Some(Expiration::Past);
        self.system.rows.iter().filter(here).collect()
    }

    fn row(&mut self, row: &'a Row) -> Formula {
        let subject = &row.subject;
        let direct = match (subject.object.id.as_str(), &subject.relation) {
            ("*", _) => Formula::Everyone(subject.object.definition.clone()),
            (_, None) => Formula::Is(subject.clone()),
            (_, Some(relation)) => Formula::Rows(vec![Formula::Is(subject.clone()), self.node(&subject.object, relation)]),
        };
        under(self.caveat(row), direct)
    }

    fn expression(&mut self, object: &Object, expression: &Expression) -> Formula {
        match expression {
            Expression::Nil => NEVER,
            Expression::Myself => Formula::Myself(object.clone()),
            Expression::Name(name) => self.node(object, name),
            Expression::Union(operands) => Formula::Union(self.each(object, operands)),
            Expression::Intersection(operands) => Formula::Intersection(self.each(object, operands)),
            Expression::Exclusion(base, removed) => {
                let base = self.expression(object, base);
                let removed = self.expression(object, removed);
                self.removed.push(removed);
                Formula::Without(Box::new(base), self.numbers.len() + self.removed.len() - 1)
            }
            Expression::Group(inner) => self.expression(object, inner),
            Expression::Arrow(relation, kind, target) => {
                let mut steps = Vec::new();
                for row in self.rows(object, relation) {
                    // The relation of the row's subject plays no part: the arrow goes on from the object.
                    let beyond = self.known(&row.subject.object, target);
                    steps.push((self.caveat(row), beyond));
                }
                match kind {
                    ArrowKind::All => Formula::All(steps),
                    ArrowKind::Plain | ArrowKind::Any => {
                        Formula::Union(steps.into_iter().map(|(row, beyond)| under(row, beyond.unwrap_or(NEVER))).collect())
                    }
                }
            }
        }
    }

    fn each(&mut self, object: &Object, operands: &[Expression]) -> Vec<Formula> {
        let mut formulas = Vec::new();
        for operand in operands {
            formulas.push(self.expression(object, operand));
        }
        formulas
    }

    /// The node, or never when the type has no such member.
    fn node(&self, object: &Object, member: &str) -> Formula {
        self.known(object, member).unwrap_or(NEVER)
    }

    fn known(&self, object: &Object, member: &str) -> Option<Formula> {
        self.numbers.get(&(object.clone(), member.to_owned())).map(|number| Formula::Node(*number))
    }

    /// The number of a row that has a caveat.
    fn caveat(&mut self, row: &'a Row) -> Option<usize> {
        row.caveat.as_ref()?;
        self.caveated.push(row);
        Some(self.caveated.len() - 1)
    }
}

fn under(row: Option<usize>, beyond: Formula) -> Formula {
    match row {
        Some(row) => Formula::Under(row, Box::new(beyond)),
        None => beyond,
    }
}

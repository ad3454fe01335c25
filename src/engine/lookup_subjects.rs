//! Who has a permission on a resource.
//!
//! What the goal reaches through unions and `any` arrows alone is gathered in one walk. Where an intersection, an exclusion
//! or an `all` arrow stands in between, the set beyond is an unknown of its own, combined by the algebra of subject sets; so
//! is a place that several walks have come to, for nothing is walked more than [`MAX_WALKS`] times.

use super::condition::Worth;
use super::query::{Budget, Facts, Goal, QueryError, reached, wildcard};
use super::solve::{Equation, Part, circle, solve};
use super::subject_set::SubjectSet;
use crate::model::limits::STEPS_PER_EQUATION;
use crate::model::{Node, Symbol};
use crate::plan::{MemberId, Rule, Step, StepId, Target};
use crate::schema::ast::ArrowFunction;
use crate::text::hash::{Map, Set};
use crate::text::{Listed, sort_by_number};

/// How many walks may pass through a place, each gathering what it holds, before it becomes an unknown. Sets of unknowns are
/// copied where they are read; walks copy nothing.
const MAX_WALKS: u8 = 2;

/// Which subjects are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SubjectKind {
    /// Their type.
    pub object_type: Symbol,
    /// Their relation; [`Symbol::NONE`] for objects themselves.
    pub relation: Symbol,
}

/// Who was found.
#[derive(Clone, Debug)]
pub struct FoundSubjects {
    /// Those found by name, in no order; never *no*.
    pub named: Vec<(Symbol, Worth)>,
    /// What everyone else is worth.
    pub everyone: Worth,
    /// Who is left out of everyone, in no order; never *no*.
    pub excluded: Vec<(Symbol, Worth)>,
}

/// The subjects of a kind that are in the goal.
///
/// # Errors
/// As [`check`](super::check()).
pub fn lookup_subjects(facts: &Facts<'_>, goal: Goal, kind: SubjectKind) -> Result<FoundSubjects, QueryError> {
    let mut budget = Budget::new(facts.budget);
    let mut system = Builder {
        facts: *facts,
        kind,
        budget: &mut budget,
        unknowns: Vec::new(),
        numbers: Map::default(),
        equations: Vec::new(),
        walks: Map::default(),
    };
    system.number(Item::Member(goal));
    while let Some(unknown) = system.unknowns.get(system.equations.len()).copied() {
        let equation = system.equation(unknown)?;
        system.equations.push(equation);
    }
    let Builder { unknowns, equations, .. } = system;
    let solution = solve(&equations, facts.conditions, &mut budget)?;
    let Some(set) = solution.value(0) else {
        let members = circle(&equations, &solution, 0).into_iter().filter_map(|number| match unknowns.get(number)? {
            Item::Member(goal) | Item::Step(_, goal) => facts.goal_node(*goal).ok(),
        });
        let mut members: Vec<Node> = members.listed();
        members.dedup();
        return Err(QueryError::CycleThroughExclusion(members));
    };
    Ok(FoundSubjects {
        named: set.named().iter().map(|named| (named.id, named.found)).filter(|(_, found)| !found.is_no()).listed(),
        everyone: set.everyone,
        excluded: set.named().iter().map(|named| (named.id, named.excluded)).filter(|(_, excluded)| !excluded.is_no()).listed(),
    })
}

/// A place in the graph that holds subjects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Item {
    /// A member of an object.
    Member(Goal),
    /// An instruction, for the object of a goal.
    Step(StepId, Goal),
}

struct Builder<'b, 'a> {
    facts: Facts<'a>,
    kind: SubjectKind,
    budget: &'b mut Budget,
    /// INVARIANT: the first is the goal asked for.
    unknowns: Vec<Item>,
    numbers: Map<Item, usize>,
    equations: Vec<Equation<SubjectSet>>,
    /// How many walks have passed through a place.
    walks: Map<Item, u8>,
}

impl Builder<'_, '_> {
    fn number(&mut self, item: Item) -> usize {
        *self.numbers.entry(item).or_insert_with(|| {
            self.unknowns.push(item);
            self.unknowns.len() - 1
        })
    }

    fn equation(&mut self, unknown: Item) -> Result<Equation<SubjectSet>, QueryError> {
        self.budget.spend(STEPS_PER_EQUATION)?;
        let Item::Step(step, object) = unknown else {
            return self.gather(unknown);
        };
        Ok(match self.facts.step(step)? {
            Step::Intersection(operands) => Equation::All(self.operands(operands, object)),
            Step::Exclusion(operands) => {
                let mut numbers = self.operands(operands, object).into_iter().map(|part| part.of);
                let base = numbers.next().ok_or(QueryError::Mismatch)?;
                Equation::Without(base, numbers.listed())
            }
            Step::Arrow { relation, function: ArrowFunction::All, targets } => self.all(*relation, targets, object)?,
            Step::Nil
            | Step::SelfObject
            | Step::Member(_)
            | Step::Union(_)
            | Step::Arrow { function: ArrowFunction::Any, .. } => {
                return self.gather(unknown);
            }
        })
    }

    /// An arrow that needs all of its rows: nobody where it has none, or one of them leads to nobody.
    fn all(&mut self, relation: MemberId, targets: &[Target], object: Goal) -> Result<Equation<SubjectSet>, QueryError> {
        let facts = self.facts;
        let rows = facts.rows(relation, object.id)?.into_iter().flat_map(|run| run.iter());
        let mut parts = Vec::new();
        for (row, edge) in rows.filter(|(_, edge)| facts.conditions.is_live(edge)) {
            self.budget.spend(1)?;
            let limit = facts.worth(edge);
            match reached(targets, &row) {
                Some(goal) if !limit.is_no() => parts.push(Part { limit, of: self.number(Item::Member(goal)) }),
                Some(_) | None => return Ok(nobody()),
            }
        }
        Ok(if parts.is_empty() { nobody() } else { Equation::All(parts) })
    }

    fn operands(&mut self, operands: &[StepId], object: Goal) -> Vec<Part> {
        operands.iter().map(|operand| Part { limit: Worth::HAS, of: self.number(Item::Step(*operand, object)) }).listed()
    }

    /// Everyone that an unknown reaches through unions, with what lies beyond other operations as parts.
    fn gather(&mut self, unknown: Item) -> Result<Equation<SubjectSet>, QueryError> {
        let facts = self.facts;
        let mut walk = Walk {
            builder: self,
            reached: Set::default(),
            open: vec![unknown],
            found: Vec::new(),
            everyone: Worth::NO,
            parts: Vec::new(),
            places: Map::default(),
        };
        walk.reached.insert(unknown);
        while let Some(item) = walk.open.pop() {
            match item {
                Item::Member(goal) => walk.member(goal)?,
                Item::Step(step, object) => walk.step(step, object)?,
            }
        }
        let Walk { found, everyone, parts, .. } = walk;
        Ok(Equation::Any(SubjectSet::new(everyone, each_once(found, facts)), parts))
    }
}

/// A walk through unions, over ways without conditions: the set beyond a condition is whole before it is limited.
struct Walk<'w, 'b, 'a> {
    builder: &'w mut Builder<'b, 'a>,
    reached: Set<Item>,
    open: Vec<Item>,
    /// In the order of the walk, some of them more than once.
    found: Vec<(Symbol, Worth)>,
    everyone: Worth,
    parts: Vec<Part>,
    /// Where in `parts` each unknown is.
    places: Map<usize, usize>,
}

impl Walk<'_, '_, '_> {
    fn reach(&mut self, item: Item, worth: Worth) -> Result<(), QueryError> {
        self.builder.budget.spend(1)?;
        if worth.is_no() || self.reached.contains(&item) {
            return Ok(());
        }
        if worth.is_has() && self.passes(item)? {
            self.reached.insert(item);
            self.open.push(item);
            return Ok(());
        }
        let of = self.builder.number(item);
        let place = *self.places.entry(of).or_insert_with(|| {
            self.parts.push(Part { limit: Worth::NO, of });
            self.parts.len() - 1
        });
        if let Some(part) = self.parts.get_mut(place) {
            part.limit = self.builder.facts.conditions.or(part.limit, worth);
        }
        Ok(())
    }

    /// Whether this walk goes through a place, or leaves it to an unknown.
    fn passes(&mut self, item: Item) -> Result<bool, QueryError> {
        let is_union = match item {
            Item::Member(_) => true,
            Item::Step(step, _) => is_union(self.builder.facts.step(step)?),
        };
        let walks = self.builder.walks.entry(item).or_default();
        if !is_union || *walks == MAX_WALKS || self.builder.numbers.contains_key(&item) {
            return Ok(false);
        }
        *walks += 1;
        Ok(true)
    }

    fn member(&mut self, goal: Goal) -> Result<(), QueryError> {
        let (facts, kind) = (self.builder.facts, self.builder.kind);
        let member = facts.member(goal.member)?;
        if (member.object_type, member.name) == (kind.object_type, kind.relation) {
            self.find(goal.id, Worth::HAS)?;
        }
        if let Rule::Permission(step) = &member.rule {
            return self.reach(Item::Step(*step, goal), Worth::HAS);
        }
        let Some(run) = facts.snapshot.subjects(&Facts::node(member, goal.id)) else {
            return Ok(());
        };
        let first = Node { relation: kind.relation, object_type: kind.object_type, id: Symbol::NONE };
        for (row, edge) in run.iter_from(&first) {
            if (row.relation, row.object_type) != (kind.relation, kind.object_type) {
                break;
            }
            if row.id != Symbol::WILDCARD {
                self.find(row.id, facts.worth(edge))?;
            }
        }
        if let Some(edge) = run.get(&wildcard(kind.object_type)) {
            self.everyone = facts.conditions.or(self.everyone, facts.worth(edge));
        }
        for (row, edge) in run.sets().into_iter().flatten() {
            self.reach(Item::Member(facts.set(&row)?), facts.worth(edge))?;
        }
        Ok(())
    }

    fn step(&mut self, step: StepId, object: Goal) -> Result<(), QueryError> {
        let (facts, kind) = (self.builder.facts, self.builder.kind);
        match facts.step(step)? {
            Step::Nil | Step::Intersection(_) | Step::Exclusion(_) => Ok(()),
            Step::SelfObject => {
                let is_kind =
                    kind == SubjectKind { object_type: facts.member(object.member)?.object_type, relation: Symbol::NONE };
                if is_kind { self.find(object.id, Worth::HAS) } else { Ok(()) }
            }
            Step::Member(member) => self.reach(Item::Member(Goal { member: *member, id: object.id }), Worth::HAS),
            Step::Union(operands) => operands.iter().try_for_each(|operand| self.reach(Item::Step(*operand, object), Worth::HAS)),
            Step::Arrow { relation, targets, .. } => {
                for (row, edge) in facts.rows(*relation, object.id)?.into_iter().flat_map(|run| run.iter()) {
                    if let Some(goal) = reached(targets, &row) {
                        self.reach(Item::Member(goal), facts.worth(edge))?;
                    }
                }
                Ok(())
            }
        }
    }

    fn find(&mut self, id: Symbol, worth: Worth) -> Result<(), QueryError> {
        self.builder.budget.spend(1)?;
        if !worth.is_no() {
            self.found.push((id, worth));
        }
        Ok(())
    }
}

/// The subjects by their ids. Rows have them in that order, so that often nothing is left to do.
fn each_once(mut found: Vec<(Symbol, Worth)>, facts: Facts<'_>) -> Vec<(Symbol, Worth)> {
    if found.is_sorted_by(|(one, _), (other, _)| one < other) {
        return found;
    }
    sort_by_number(&mut found, |(id, _)| u64::from(id.number()));
    found.dedup_by(|(next, worth), (id, all)| {
        let same = next == id;
        if same {
            *all = facts.conditions.or(*all, *worth);
        }
        same
    });
    found
}

/// Whether an instruction only gathers what its operands hold.
fn is_union(step: &Step) -> bool {
    match step {
        Step::Nil | Step::SelfObject | Step::Member(_) | Step::Union(_) => true,
        Step::Arrow { function, .. } => *function == ArrowFunction::Any,
        Step::Intersection(_) | Step::Exclusion(_) => false,
    }
}

fn nobody() -> Equation<SubjectSet> {
    Equation::Any(SubjectSet::new(Worth::NO, Vec::new()), Vec::new())
}

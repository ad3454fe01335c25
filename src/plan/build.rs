use std::sync::Arc;

use super::{Member, MemberId, Plan, Readers, Rule, Step, StepId, Target};
use crate::schema::{Definition, Expression, MemberKind, Schema, Subjects};
use crate::store::Dictionary;
use crate::text::hash::Map;
use crate::text::{Listed, sort_by_number};

impl Plan {
    /// Compiles a schema. Its names are added to the dictionary that relationships will share.
    ///
    /// Nothing where the dictionary is full.
    #[must_use]
    pub fn new(schema: &Schema, dictionary: &mut Dictionary) -> Option<Self> {
        let mut builder = Builder { schema, dictionary, plan: Self::default(), targets: Map::default() };
        // All members get their numbers first, so that any of them can lead to any other.
        for definition in schema.definitions() {
            let symbol = builder.dictionary.intern(&definition.name)?;
            builder.plan.definitions.insert(definition.name.as_str().into(), symbol);
            for member in definition.members() {
                builder.declare(definition, &member.name)?;
            }
        }
        for definition in schema.definitions() {
            for member in definition.members() {
                let rule = builder.rule(definition, &member.kind)?;
                let id = builder.member(&definition.name, &member.name)?;
                builder.plan.members.get_mut(id.place())?.rule = rule;
            }
        }
        for caveat in schema.caveats() {
            let symbol = builder.dictionary.intern(&caveat.name)?;
            builder.plan.caveats.insert(symbol, caveat.clone());
        }
        builder.plan.mark_shallow();
        builder.plan.mark_closed();
        builder.plan.readers = Readers::new(&builder.plan);
        Some(builder.plan)
    }

    /// Marks the shallow permissions. One over other permissions is not: unremembered, those could double at each level.
    fn mark_shallow(&mut self) {
        let shallow: Vec<bool> =
            self.members.iter().map(|member| matches!(&member.rule, Rule::Permission(step) if self.is_shallow(*step))).listed();
        for (member, is_shallow) in self.members.iter_mut().zip(shallow) {
            member.is_shallow = is_shallow;
        }
    }

    /// Unmarks relations that lead to what is not closed, each once; and all of them where they lead to sets of many kinds.
    fn mark_closed(&mut self) {
        let mut readers: Vec<Vec<usize>> = vec![Vec::new(); self.members.len()];
        let mut open = Vec::new();
        for (place, member) in self.members.iter().enumerate() {
            match &member.rule {
                Rule::Relation { sets, is_closed: true, .. } => {
                    for set in sets {
                        readers.get_mut(set.place()).into_iter().for_each(|readers| readers.push(place));
                    }
                }
                Rule::Relation { .. } | Rule::Permission(_) => open.push(place),
            }
        }
        while let Some(place) = open.pop() {
            for reader in readers.get_mut(place).map(std::mem::take).into_iter().flatten() {
                if self.open(reader) {
                    open.push(reader);
                }
            }
        }
        let mut kinds = Vec::new();
        for member in &self.members {
            if let Rule::Relation { sets, is_closed: true, .. } = &member.rule {
                for set in sets.iter().filter_map(|set| self.member(*set)) {
                    if kinds.len() <= MOST_KINDS {
                        add(&mut kinds, (set.name, set.object_type));
                    }
                }
            }
        }
        if kinds.len() > MOST_KINDS {
            kinds.clear();
            (0..self.members.len()).for_each(|place| {
                self.open(place);
            });
        }
        self.closed_sets = kinds;
    }

    /// Unmarks a relation; whether it was marked.
    fn open(&mut self, place: usize) -> bool {
        match self.members.get_mut(place).map(|member| &mut member.rule) {
            Some(Rule::Relation { is_closed, .. }) => std::mem::take(is_closed),
            Some(Rule::Permission(_)) | None => false,
        }
    }

    fn is_shallow(&self, step: StepId) -> bool {
        match self.step(step) {
            Some(Step::Nil | Step::SelfObject) => true,
            Some(Step::Member(id)) => {
                self.member(*id).is_some_and(|member| matches!(&member.rule, Rule::Relation { sets, .. } if sets.is_empty()))
            }
            Some(Step::Union(operands) | Step::Intersection(operands) | Step::Exclusion(operands)) => {
                operands.iter().all(|operand| self.is_shallow(*operand))
            }
            Some(Step::Arrow { .. }) | None => false,
        }
    }
}

/// Schemas with more kinds of sets are not asked which of them a subject is in.
const MOST_KINDS: usize = 8;

struct Builder<'a> {
    schema: &'a Schema,
    dictionary: &'a mut Dictionary,
    plan: Plan,
    /// What arrows of the same two names under one definition share: many arrows over many types would else fill memory.
    targets: Map<(&'a str, &'a str, &'a str), Arc<[Target]>>,
}

impl<'a> Builder<'a> {
    fn declare(&mut self, definition: &Definition, name: &str) -> Option<()> {
        let (object_type, symbol) = (self.plan.definition(&definition.name)?, self.dictionary.intern(name)?);
        let id = MemberId::at(self.plan.members.len())?;
        self.plan.names.insert(name.into(), symbol);
        self.plan.by_name.insert((object_type, symbol), id);
        let rule = Rule::Relation { sets: Vec::new(), wildcards: Vec::new(), is_plain: true, is_closed: false };
        self.plan.members.push(Member { object_type, name: symbol, rule, is_shallow: false });
        Some(())
    }

    fn member(&self, definition: &str, name: &str) -> Option<MemberId> {
        self.plan.find_named(self.plan.definition(definition)?, name)
    }

    fn rule(&mut self, definition: &'a Definition, kind: &'a MemberKind) -> Option<Rule> {
        let types = match kind {
            MemberKind::Permission(expression) => return self.step(definition, expression).map(Rule::Permission),
            MemberKind::Relation(types) => types,
        };
        let (mut sets, mut wildcards) = (Vec::new(), Vec::new());
        for allowed in types {
            match &allowed.subjects {
                Subjects::Objects => {}
                Subjects::Wildcard => add(&mut wildcards, self.plan.definition(&allowed.definition)?),
                Subjects::Set(relation) => add(&mut sets, self.member(&allowed.definition, relation)?),
            }
        }
        let is_plain = types.iter().all(|allowed| allowed.caveat.is_none() && !allowed.expiration);
        Some(Rule::Relation { sets, wildcards, is_plain, is_closed: is_plain })
    }

    /// Depth is the depth of parentheses, which the reader bounds.
    fn step(&mut self, definition: &'a Definition, expression: &'a Expression) -> Option<StepId> {
        let step = match expression {
            Expression::Nil => Step::Nil,
            Expression::SelfObject => Step::SelfObject,
            Expression::Member(name) => Step::Member(self.member(&definition.name, name)?),
            Expression::Arrow { relation, function, target } => Step::Arrow {
                relation: self.member(&definition.name, relation)?,
                function: *function,
                targets: self.targets(definition, relation, target),
            },
            Expression::Union(operands) => Step::Union(self.operands(definition, operands, 0)?),
            Expression::Intersection(operands) => Step::Intersection(self.operands(definition, operands, 0)?),
            Expression::Exclusion(operands) => Step::Exclusion(self.operands(definition, operands, 1)?),
        };
        let id = StepId(u32::try_from(self.plan.steps.len()).ok()?);
        self.plan.steps.push(step);
        Some(id)
    }

    /// The operands, those after the first `fixed` cheapest first: their order means nothing to the answer. Their numbers keep
    /// the order written.
    fn operands(&mut self, definition: &'a Definition, operands: &'a [Expression], fixed: usize) -> Option<Vec<StepId>> {
        let mut steps = Vec::new();
        for operand in operands {
            steps.push((self.step(definition, operand)?, cost(definition, operand)));
        }
        sort_by_number(steps.get_mut(fixed..)?, |(_, cost)| *cost);
        Some(steps.into_iter().map(|(step, _)| step).listed())
    }

    /// The member that an arrow reaches on each type of subject of its relation.
    fn targets(&mut self, definition: &'a Definition, relation: &'a str, target: &'a str) -> Arc<[Target]> {
        let key = (definition.name.as_str(), relation, target);
        if let Some(known) = self.targets.get(&key) {
            return Arc::clone(known);
        }
        let mut targets = Vec::new();
        if let Some(MemberKind::Relation(types)) = definition.member(relation).map(|member| &member.kind) {
            for allowed in types {
                let reached = self.schema.definition(&allowed.definition).and_then(|reached| reached.member(target));
                if let Some(member) = reached.and_then(|member| self.member(&allowed.definition, &member.name))
                    && let Some(object_type) = self.plan.definition(&allowed.definition)
                {
                    add(&mut targets, Target { object_type, member });
                }
            }
        }
        let targets: Arc<[Target]> = targets.into();
        self.targets.insert(key, Arc::clone(&targets));
        targets
    }
}

fn add<T: PartialEq>(list: &mut Vec<T>, item: T) {
    if !list.contains(&item) {
        list.push(item);
    }
}

/// A rough rank: what ends after one probe, what walks sets of one relation, what may walk anything.
fn cost(definition: &Definition, expression: &Expression) -> u64 {
    match expression {
        Expression::Nil | Expression::SelfObject => 0,
        Expression::Member(name) => match definition.member(name).map(|member| &member.kind) {
            Some(MemberKind::Relation(types)) if types.iter().all(|allowed| !matches!(allowed.subjects, Subjects::Set(_))) => 1,
            Some(MemberKind::Relation(_)) => 2,
            Some(MemberKind::Permission(_)) | None => 3,
        },
        Expression::Arrow { .. } => 4,
        Expression::Union(_) | Expression::Intersection(_) | Expression::Exclusion(_) => 5,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Symbol;
    use crate::schema::compile;

    #[test]
    fn every_number_leads_somewhere() {
        let text = "definition user {}\ndefinition group { relation member: user | group#member; relation parent: group\npermission all = parent->all + member - parent.all(member)\n}";
        let mut dictionary = Dictionary::new();
        let plan = Plan::new(&compile(text).unwrap(), &mut dictionary).unwrap();
        let symbol = |name: &str| dictionary.symbol(name).unwrap();
        let all = plan.find(symbol("group"), symbol("all")).and_then(|id| plan.member(id)).unwrap();
        let Rule::Permission(step) = &all.rule else { panic!("{all:?}") };
        assert!(matches!(plan.step(*step), Some(Step::Exclusion(operands)) if operands.len() == 2));
        assert_eq!(plan.find(symbol("user"), Symbol::NONE), None);
    }

    #[test]
    fn closed_relations_lead_to_closed_relations_alone() {
        let text = "definition user {}\ncaveat some(one int) { one > 1 }\ndefinition group {\n relation member: user | group#member\n relation guest: user with some\n relation visitor: group#guest | group#member\n permission all = member\n relation whole: group#all\n relation first: group#second\n relation second: group#first | user:*\n}";
        let closed = |text: &str| {
            let mut dictionary = Dictionary::new();
            let plan = Plan::new(&compile(text).unwrap(), &mut dictionary).unwrap();
            let is_closed =
                |member: &&Member| matches!(&member.rule, Rule::Relation { sets, is_closed: true, .. } if !sets.is_empty());
            let names = plan.members.iter().filter(is_closed).map(|member| dictionary.text(member.name).to_owned());
            (names.collect::<Vec<_>>(), plan.closed_sets.len())
        };
        assert_eq!(closed(text), (vec!["member".to_owned(), "first".to_owned(), "second".to_owned()], 3));
        // Of too many kinds of sets none is closed; and a long chain that is open at its end takes no time.
        let many = |count: usize, end: &str| {
            let relation = |number: usize| format!(" relation r{number:05}: thing#r{:05}\n", number + 1);
            let relations: String = (0..count).map(relation).collect();
            format!(
                "definition user {{}}\ncaveat some(one int) {{ one > 1 }}\ndefinition thing {{\n{relations} relation r{count:05}: {end}\n}}"
            )
        };
        assert_eq!(closed(&many(8, "user")).1, 8);
        assert_eq!(closed(&many(9, "user")), (Vec::new(), 0));
        assert_eq!(closed(&many(20_000, "user with some")), (Vec::new(), 0));
    }
}

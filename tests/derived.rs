//! All questions about the same relationships agree: check, many checks, both lookups (whole and in pages), all
//! permissions, expand and expected relations. Over every validation file, for every object, permission and subject in it, and a
//! subject of each type that is in none.
//!
//! Check is the measure; the validation files themselves and the differential tests hold it to what is right.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use peppercorn::dev::{Assertion, Loaded, expected_entries, load};
use peppercorn::model::Relationship;
use peppercorn::schema::MemberKind;
use peppercorn::{
    Answer, CheckItem, Context, Environment, Error, LookupResources, LookupSubjects, Peppercorn, Permissionship, Timestamp,
};

use crate::corpus::{Failures, files, files_in, project};

/// Questions a file is asked at most under each context; of a larger one, every n-th subject.
const MOST_QUESTIONS: usize = 30_000;

fn now() -> Timestamp {
    Timestamp::parse("2026-01-01T00:00:00Z").unwrap()
}

#[test]
fn all_questions_agree_on_the_corpus() {
    let mut failures = Failures::default();
    for folder in ["validation", "beyond-spicedb"] {
        for path in files(folder, "yaml") {
            file(&path, &mut failures);
        }
    }
    for path in files_in(&project().join("tests/regressions"), "yaml") {
        file(&path, &mut failures);
    }
    failures.none(120);
}

#[test]
fn all_questions_agree_on_the_conformance_files() {
    let folder = project().join("../shared/conformance");
    if !folder.is_dir() {
        println!("skipped: the conformance files are not part of the project and not beside it");
        return;
    }
    let mut failures = Failures::default();
    for path in ["spicedb", "examples"].into_iter().flat_map(|name| files_in(&folder.join(name), "yaml")) {
        file(&path, &mut failures);
    }
    failures.none(55);
}

fn file(path: &Path, failures: &mut Failures) {
    failures.count(path);
    let folder = path.parent().unwrap().to_owned();
    let bytes = std::fs::read(path).unwrap();
    let Loaded { engine, assertions } = load("file.yaml", &bytes, &mut |name| std::fs::read(folder.join(name)).ok())
        .unwrap_or_else(|report| panic!("{report:#?}"));
    let mut contexts = vec![Context::new()];
    for assertion in &assertions {
        if !contexts.contains(&assertion.context) {
            contexts.push(assertion.context.clone());
        }
    }
    let world = World::new(&engine);
    let mut problems = Vec::new();
    for context in contexts {
        Suite {
            engine: &engine,
            world: &world,
            environment: Environment::at(now()).with_context(context),
            problems: &mut problems,
        }
        .run();
    }
    asserted(&engine, &assertions, &mut problems);
    problems.truncate(20);
    if !problems.is_empty() {
        failures.add(path, problems.join("\n  "));
    }
}

/// What a file speaks of.
struct World {
    /// The ids of each type, sorted; one of them is in no relationship.
    ids: BTreeMap<String, BTreeSet<String>>,
    /// `type:id` and `type:id#relation`.
    subjects: Vec<String>,
    /// The types and relations of subjects.
    kinds: BTreeSet<(String, Option<String>)>,
}

impl World {
    fn new(engine: &Peppercorn) -> Self {
        let mut ids: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut subjects = BTreeSet::new();
        let mut kinds = BTreeSet::new();
        for definition in engine.schema().definitions() {
            ids.entry(definition.name.clone()).or_default().insert("unseen".to_owned());
            kinds.insert((definition.name.clone(), None));
        }
        let lines = engine.snapshot().relationships();
        for relationship in lines.iter().map(|line| Relationship::parse(line).unwrap()) {
            let (resource, subject) = (relationship.resource, relationship.subject);
            ids.get_mut(resource.object_type).unwrap().insert(resource.id.to_owned());
            if subject.object.id != "*" {
                ids.get_mut(subject.object.object_type).unwrap().insert(subject.object.id.to_owned());
                kinds.insert((subject.object.object_type.to_owned(), subject.relation.map(str::to_owned)));
                subjects.insert(subject.to_string());
            }
        }
        for (object_type, ids) in &ids {
            subjects.extend(ids.iter().map(|id| format!("{object_type}:{id}")));
        }
        let members: usize =
            engine.schema().definitions().iter().map(|definition| definition.members().len() * ids[&definition.name].len()).sum();
        let every = (subjects.len() * members).div_ceil(MOST_QUESTIONS).max(1);
        Self { ids, subjects: subjects.into_iter().step_by(every).collect(), kinds }
    }
}

struct Suite<'s> {
    engine: &'s Peppercorn,
    world: &'s World,
    environment: Environment,
    problems: &'s mut Vec<String>,
}

/// What a check says, without what only checks give.
type Brief = (Permissionship, Vec<String>);

fn brief(answer: &Answer) -> Brief {
    (answer.permissionship, answer.missing_context.clone())
}

const NO: Permissionship = Permissionship::NoPermission;
const CONDITIONAL: Permissionship = Permissionship::ConditionalPermission;
const HAS: Permissionship = Permissionship::HasPermission;

impl Suite<'_> {
    fn expect<T: PartialEq + std::fmt::Debug>(&mut self, what: impl FnOnce() -> String, expected: &T, found: &T) {
        if expected != found {
            let context = &self.environment.context;
            self.problems.push(format!("{}, context {context:?}: expected {expected:?}, found {found:?}", what()));
        }
    }

    fn run(&mut self) {
        let schema = self.engine.schema().clone();
        for definition in schema.definitions() {
            let ids = &self.world.ids[&definition.name];
            for member in definition.members() {
                // By resource and subject.
                let mut checks: BTreeMap<(&str, &str), Brief> = BTreeMap::new();
                let mut unanswered = BTreeSet::new();
                for subject in &self.world.subjects {
                    let resources: Vec<_> = ids.iter().map(|id| format!("{}:{id}", definition.name)).collect();
                    let answers = self.checks(subject, &member.name, &resources);
                    for (id, answer) in ids.iter().zip(&answers) {
                        match answer {
                            Ok(answer) => drop(checks.insert((id, subject), brief(answer))),
                            Err(_) => drop(unanswered.insert(id.as_str())),
                        }
                    }
                    if answers.iter().all(Result::is_ok) {
                        let found =
                            ids.iter().zip(answers.into_iter().flatten()).filter(|(_, answer)| answer.permissionship != NO);
                        let expected: Vec<_> = found.map(|(id, answer)| (id.clone(), brief(&answer))).collect();
                        self.resources(subject, &member.name, &definition.name, &expected);
                    }
                }
                for id in ids.iter().filter(|id| !unanswered.contains(id.as_str())) {
                    let resource = format!("{}:{id}", definition.name);
                    let of_resource = |subject: &str| checks.get(&(id.as_str(), subject)).cloned();
                    for (kind, relation) in &self.world.kinds {
                        self.subjects(&resource, &member.name, kind, relation.as_deref(), &of_resource);
                    }
                    self.expanded(&resource, &member.name);
                    self.held(&resource, &member.name, &of_resource);
                }
            }
        }
        let names: Vec<_> = schema.definitions().iter().map(|definition| definition.name.clone()).collect();
        for subject in &self.world.subjects {
            for name in &names {
                for id in &self.world.ids[name] {
                    self.permissions(subject, &format!("{name}:{id}"));
                }
            }
        }
    }

    /// The checks of all resources, asked one by one and all at once.
    fn checks(&mut self, subject: &str, permission: &str, resources: &[String]) -> Vec<Result<Answer, Error>> {
        let items: Vec<_> = resources.iter().map(|resource| CheckItem { subject, permission, resource, context: None }).collect();
        let many = self.engine.check_many(&items, &self.environment);
        let single: Vec<_> =
            resources.iter().map(|resource| self.engine.check(subject, permission, resource, &self.environment)).collect();
        self.expect(|| format!("many checks of {permission} for {subject}"), &single, &many);
        single
    }

    fn resources(&mut self, subject: &str, permission: &str, resource_type: &str, expected: &[(String, Brief)]) {
        let what = || format!("resources of {resource_type}#{permission} for {subject}");
        let request = LookupResources { subject, permission, resource_type, limit: None, cursor: None };
        let lookup = |limit: Option<usize>, cursor: Option<&str>| {
            let page = self.engine.lookup_resources(&LookupResources { limit, cursor, ..request }, &self.environment)?;
            let items = page.items.into_iter().map(|found| (found.id, brief(&found.answer)));
            Ok::<_, Error>((items.collect::<Vec<_>>(), page.cursor))
        };
        let (whole, paged) = (lookup(None, None).map(|(items, _)| items), paged(lookup));
        let count = self.engine.count_resources(&request, &self.environment).map(|count| (count.has, count.conditional));
        self.expect(what, &Ok(expected.to_vec()), &whole);
        self.expect(|| what() + ", in pages", &Ok(expected.to_vec()), &paged);
        let of = |level| expected.iter().filter(|(_, (found, _))| *found == level).count();
        self.expect(|| what() + ", counted", &Ok((of(HAS), of(CONDITIONAL))), &count);
    }

    fn subjects(
        &mut self,
        resource: &str,
        permission: &str,
        subject_type: &str,
        subject_relation: Option<&str>,
        check: &impl Fn(&str) -> Option<Brief>,
    ) {
        let what = || format!("subjects {subject_type}#{subject_relation:?} of {resource}#{permission}");
        let request =
            LookupSubjects { resource, permission, subject_type, subject_relation, limit: None, cursor: None, wildcards: true };
        let page = match self.engine.lookup_subjects(&request, &self.environment) {
            Ok(page) => page,
            Err(error) => return self.problems.push(format!("{}: {error}", what())),
        };
        let lookup = |limit: Option<usize>, cursor: Option<&str>| {
            let page = self.engine.lookup_subjects(&LookupSubjects { limit, cursor, ..request }, &self.environment)?;
            Ok::<_, Error>((page.items, page.cursor))
        };
        let in_pages = paged(lookup);
        self.expect(|| what() + ", in pages", &Ok(page.items.clone()), &in_pages);
        let without = self.engine.lookup_subjects(&LookupSubjects { wildcards: false, ..request }, &self.environment);
        let named: Vec<_> = page.items.iter().filter(|found| found.id != "*").cloned().collect();
        self.expect(|| what() + ", without wildcards", &Ok(named.clone()), &without.map(|page| page.items));
        let ids: Vec<_> = page.items.iter().map(|found| &found.id).collect();
        if !ids.is_sorted_by(|one, other| one < other) {
            self.problems.push(format!("{}: not sorted, or not unique: {ids:?}", what()));
        }
        let everyone = page.items.iter().find(|found| found.id == "*");
        let ids = self.world.ids[subject_type].iter().chain(page.items.iter().map(|found| &found.id).filter(|id| *id != "*"));
        for id in ids.collect::<BTreeSet<_>>() {
            let subject = format!("{subject_type}:{id}{}", subject_relation.map(|name| format!("#{name}")).unwrap_or_default());
            let Some((checked, missing)) = check(&subject) else { continue };
            let by_name = named.iter().find(|found| found.id == *id).map(|found| brief(&found.answer));
            let excluded = everyone.and_then(|all| all.excluded.iter().find(|found| found.id == *id));
            let expected = match (by_name, everyone, excluded) {
                (Some(answer), _, _) => answer,
                (None, Some(_), Some(excluded)) if excluded.answer.permissionship == HAS => (NO, Vec::new()),
                (None, Some(_), Some(_)) => {
                    self.expect(|| format!("{}, excluded {subject}", what()), &CONDITIONAL, &checked);
                    continue;
                }
                (None, Some(all), None) => brief(&all.answer),
                (None, None, _) => (NO, Vec::new()),
            };
            self.expect(|| format!("{}, check of {subject}", what()), &expected, &(checked, missing));
        }
    }

    fn permissions(&mut self, subject: &str, resource: &str) {
        let definition = self.engine.schema().definition(resource.split(':').next().unwrap()).unwrap();
        let names = definition.members().iter().filter(|member| matches!(member.kind, MemberKind::Permission(_)));
        let expected: Result<Vec<_>, _> = names
            .map(|member| {
                let answer = self.engine.check(subject, &member.name, resource, &self.environment)?;
                Ok::<_, Error>((member.name.clone(), answer))
            })
            .collect();
        let found = self.engine.permissions(subject, resource, &self.environment);
        self.expect(|| format!("permissions of {subject} on {resource}"), &expected, &found);
    }

    fn expanded(&mut self, resource: &str, permission: &str) {
        let root = self.engine.expand(permission, resource, &self.environment).map(|tree| {
            let root = tree.nodes.first().unwrap();
            (root.object.clone(), root.relation.clone())
        });
        self.expect(|| format!("tree of {resource}#{permission}"), &Ok((resource.to_owned(), permission.to_owned())), &root);
    }

    /// Who is found to hold a permission has it, for certain where without caveat; who has it is found.
    fn held(&mut self, resource: &str, permission: &str, check: &impl Fn(&str) -> Option<Brief>) {
        let entries = match expected_entries(self.engine, resource, permission, now()) {
            Ok(entries) => entries,
            Err(error) => return self.problems.push(format!("entries of {resource}#{permission}: {error}")),
        };
        // By subject: whether caveated, and whom a wildcard leaves out for certain.
        let mut held = BTreeMap::new();
        for entry in &entries {
            let subject = entry.split_once('[').unwrap().1.rsplit_once("] is ").unwrap().0;
            let (subject, excluded) = subject.split_once(" - {").unwrap_or((subject, ""));
            let excluded: Vec<_> = excluded.trim_end_matches('}').split(", ").filter(|one| !one.ends_with("[...]")).collect();
            let name = subject.strip_suffix("[...]").unwrap_or(subject);
            held.insert(name, (name != subject, excluded));
        }
        for subject in &self.world.subjects {
            let Some((checked, _)) = check(subject) else { continue };
            let wildcard = format!("{}:*", subject.split(':').next().unwrap());
            let everyone = held.get(wildcard.as_str());
            match held.get(subject.as_str()) {
                Some((false, _)) => self.expect(|| format!("{subject}, held by {resource}#{permission}"), &HAS, &checked),
                Some((true, _)) => {}
                None if subject.contains('#') || checked == NO => {}
                None if everyone.is_some_and(|(_, excluded)| !excluded.contains(&subject.as_str())) => {}
                None => self.problems.push(format!("{subject} has {resource}#{permission} and is not in {entries:?}")),
            }
        }
    }
}

/// All items of a lookup in pages of two.
fn paged<T>(
    mut lookup: impl FnMut(Option<usize>, Option<&str>) -> Result<(Vec<T>, Option<String>), Error>,
) -> Result<Vec<T>, Error> {
    let mut all = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let (items, next) = lookup(Some(2), cursor.as_deref())?;
        assert!(items.len() == 2 || (items.len() < 2 && next.is_none()), "a page that is not full is the last");
        all.extend(items);
        match next {
            Some(next) => cursor = Some(next),
            None => return Ok(all),
        }
    }
}

/// Assertions by all the ways they can be asked.
fn asserted(engine: &Peppercorn, assertions: &[Assertion], problems: &mut Vec<String>) {
    let parts = |assertion: &Assertion| {
        let (resource, rest) = assertion.question.split_once('#').unwrap();
        let (permission, subject) = rest.split_once('@').unwrap();
        (subject.trim_end_matches("#...").to_owned(), permission.to_owned(), resource.to_owned())
    };
    let questions: Vec<_> = assertions.iter().map(parts).collect();
    let items: Vec<_> = questions
        .iter()
        .zip(assertions)
        .map(|((subject, permission, resource), assertion)| CheckItem {
            subject,
            permission,
            resource,
            context: Some(&assertion.context),
        })
        .collect();
    let answers = engine.check_many(&items, &Environment::at(now()));
    for ((item, assertion), answer) in items.iter().zip(assertions).zip(answers) {
        let found = answer.map(|answer| answer.permissionship);
        if found != Ok(assertion.expected) {
            problems.push(format!("{}, among many: {found:?}", assertion.text));
        }
        let (resource_type, id) = item.resource.split_once(':').unwrap();
        let request =
            LookupResources { subject: item.subject, permission: item.permission, resource_type, limit: None, cursor: None };
        let environment = Environment::at(now()).with_context(assertion.context.clone());
        let found = engine
            .lookup_resources(&request, &environment)
            .map(|page| page.items.iter().find(|found| found.id == id).map_or(NO, |found| found.answer.permissionship));
        if found != Ok(assertion.expected) {
            problems.push(format!("{}, by lookup: {found:?}", assertion.text));
        }
    }
}

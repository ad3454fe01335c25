//! Handles: numbers for objects and subjects, for those who ask about the same ones again and again.
//!
//! Promises: a handle means the same object for as long as its engine lives, whatever is written meanwhile, and whether or not a
//! relationship names it; a number that is no handle, or of another engine as far as that can be told, is an error. A handle is
//! a place, with a tag of the engine in the bits above: 32 bits in all, so that typed arrays can hold it.

use super::program::parse_subject;
use super::questions::{Asked, decided};
use super::{Environment, Error, Reason, Snapshot};
use crate::engine::{self, Conditions, Goal, Query};
use crate::model::limits::{MAX_BULK_CHECKS, MAX_HANDLES, MAX_LOOKUP_STEPS};
use crate::model::{Node, Permissionship, Symbol};
use crate::plan::MemberId;
use crate::store::Dictionary;

/// Bits of a handle that are its place.
const PLACE_BITS: u32 = MAX_HANDLES.ilog2();

/// The places of a dictionary that are not taken from the start.
const MOST: u32 = MAX_HANDLES - 2;

/// The handles of one engine.
#[derive(Debug)]
pub(crate) struct Handles {
    /// Never 0: a number that somebody made up is rarely a handle.
    tag: u32,
    /// The texts they stand for, by their places.
    texts: Dictionary,
    given: u32,
    /// What the texts mean, where that was found once: by the same places.
    known: Vec<Option<Known>>,
}

/// An object or subject that a relationship names. Symbols mean the same in every revision of an engine.
#[derive(Clone, Copy, Debug)]
struct Known {
    node: Node,
    /// The hash of the schema that has its definition and relation: schemas of one hash have the same ones, in any order.
    schema: u64,
}

impl Handles {
    /// Those of the n-th engine of a process; a thousand engines have different tags.
    pub(crate) fn new(engine: u32) -> Self {
        let tags = u32::MAX >> PLACE_BITS;
        Self { tag: 1 + engine % tags, texts: Dictionary::new(), given: 0, known: Vec::new() }
    }

    /// The handle of an object, or of a subject such as `group:eng#member`: the same for the same text.
    ///
    /// # Errors
    /// A text that is no subject under the schema; more handles than an engine gives.
    pub(crate) fn id(&mut self, snapshot: &Snapshot, text: &str) -> Result<u32, Error> {
        let text = text.trim();
        let Asked { program, data } = snapshot.asked();
        program.subject(data, &parse_subject(text)?)?;
        let symbol = match self.texts.symbol(text) {
            None if self.given < MOST => {
                self.given += 1;
                self.texts.intern(text)
            }
            known => known,
        };
        let place = symbol.and_then(|symbol| u32::try_from(symbol.place()).ok());
        let place = place.ok_or_else(|| Error::plain(Reason::StoreFull, format!("an engine gives at most {MOST} handles")))?;
        Ok(self.tag << PLACE_BITS | place)
    }

    /// The text that a handle stands for.
    ///
    /// # Errors
    /// A number that is no handle of this engine.
    pub(crate) fn text(&self, handle: u32) -> Result<&str, Error> {
        let place = usize::try_from(handle & (MAX_HANDLES - 1)).ok();
        let symbol = place.filter(|_| handle >> PLACE_BITS == self.tag).and_then(Symbol::at);
        let text = symbol.map(|symbol| self.texts.text(symbol)).filter(|text| text.contains(':'));
        text.ok_or_else(|| Error::plain(Reason::InvalidArgument, format!("{handle} is not a handle of this engine")))
    }

    /// What a handle stands for, where a relationship of the snapshot names it and its schema has it.
    fn known(&mut self, asked: &Asked<'_>, handle: u32) -> Option<Known> {
        let place = usize::try_from(handle & (MAX_HANDLES - 1)).ok().filter(|_| handle >> PLACE_BITS == self.tag)?;
        let schema = asked.program.hash;
        if let Some(Some(known)) = self.known.get(place)
            && known.schema == schema
        {
            return Some(*known);
        }
        let subject = parse_subject(self.text(handle).ok()?).ok()?;
        let node = asked.program.subject(asked.data, &subject).ok()?;
        if node.id == Symbol::OTHER_GHOST {
            return None;
        }
        if self.known.len() <= place {
            self.known.resize(place + 1, None);
        }
        let known = Known { node, schema };
        *self.known.get_mut(place)? = Some(known);
        Some(known)
    }

    /// As [`Snapshot::permissionship`], of handles. `is_revision` says that the snapshot is a revision of the engine: where
    /// something was added to it, its symbols are its own.
    ///
    /// # Errors
    /// As there, and numbers that are no handles.
    pub(crate) fn permissionship(
        &mut self,
        snapshot: &Snapshot,
        [subject, resource]: [u32; 2],
        permission: &str,
        environment: &Environment,
        is_revision: bool,
    ) -> Result<Permissionship, Error> {
        let asked = snapshot.asked();
        let found = if is_revision { self.question(&asked, [subject, resource], permission, &mut None) } else { None };
        match found {
            Some((subject, goal)) => asked.permissionship_of(subject, goal, &asked.conditions(environment, None)),
            None => asked.permissionship(self.text(subject)?, permission, self.text(resource)?, environment),
        }
    }

    /// The question about two handles, unless their texts have to say what it is. `last` is the member of the question before.
    fn question(
        &mut self,
        asked: &Asked<'_>,
        [subject, resource]: [u32; 2],
        permission: &str,
        last: &mut Option<(Symbol, MemberId)>,
    ) -> Option<(Node, Goal)> {
        let (subject, resource) = (self.known(asked, subject)?.node, self.known(asked, resource)?.node);
        let member = match last {
            Some((object_type, member)) if *object_type == resource.object_type => *member,
            _ => asked.program.plan.find_named(resource.object_type, permission)?,
        };
        *last = Some((resource.object_type, member));
        (resource.relation == Symbol::NONE).then_some((subject, Goal { member, id: resource.id }))
    }

    /// The answer to each pair, in order; a list of one goes with all of the other. What questions about one subject have in
    /// common is looked at once where they stand beside each other.
    ///
    /// # Errors
    /// Lists of different lengths; the first pair that has no answer, whose place is `item` in the metadata.
    pub(crate) fn permissionships(
        &mut self,
        snapshot: &Snapshot,
        [subjects, resources]: [&[u32]; 2],
        permission: &str,
        environment: &Environment,
        is_revision: bool,
    ) -> Result<Vec<Permissionship>, Error> {
        let pairs: &mut dyn Iterator<Item = (&u32, &u32)> = match (subjects, resources) {
            ([subject], resources) => &mut resources.iter().map(move |resource| (subject, resource)),
            (subjects, [resource]) => &mut subjects.iter().map(move |subject| (subject, resource)),
            _ if subjects.len() == resources.len() => &mut subjects.iter().zip(resources),
            _ => return Err(Error::plain(Reason::InvalidArgument, "there are not as many subjects as resources")),
        };
        let asked = snapshot.asked();
        let conditions = asked.conditions(environment, None);
        let mut run = Run { asked, conditions: &conditions, subject: None, goals: Vec::new(), answers: Vec::new() };
        let mut last = None;
        for (subject, resource) in pairs {
            let pair = [*subject, *resource];
            let found = if is_revision { self.question(&asked, pair, permission, &mut last) } else { None };
            if let Some((subject, goal)) = found {
                if run.subject != Some(subject) || run.goals.len() == MAX_BULK_CHECKS {
                    run.end()?;
                }
                run.subject = Some(subject);
                run.goals.push(goal);
                continue;
            }
            run.end()?;
            let by_text = || asked.permissionship(self.text(*subject)?, permission, self.text(*resource)?, environment);
            let answer = by_text();
            run.push(answer)?;
        }
        run.end()?;
        Ok(run.answers)
    }
}

/// Questions about one subject, one after the other, and the answers so far.
struct Run<'a> {
    asked: Asked<'a>,
    conditions: &'a Conditions<'a>,
    subject: Option<Node>,
    goals: Vec<Goal>,
    answers: Vec<Permissionship>,
}

impl Run<'_> {
    fn end(&mut self) -> Result<(), Error> {
        let Some(subject) = self.subject.take() else {
            return Ok(());
        };
        if let [goal] = self.goals.as_slice() {
            let answer = self.asked.permissionship_of(subject, *goal, self.conditions);
            self.goals.clear();
            return self.push(answer);
        }
        let goals = std::mem::take(&mut self.goals);
        let query = Query { facts: self.asked.facts(self.conditions, MAX_LOOKUP_STEPS), subject };
        for worth in engine::check_all(&query, &goals) {
            let worth = worth.map_err(|error| self.asked.unanswered(&error));
            self.push(worth.and_then(|worth| decided(self.conditions, worth)))?;
        }
        Ok(())
    }

    fn push(&mut self, answer: Result<Permissionship, Error>) -> Result<(), Error> {
        self.answers.push(answer.map_err(|error| error.about("item", self.answers.len().to_string()))?);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Peppercorn;
    use crate::model::{Relationship, Timestamp};
    use crate::store::{Operation, Update};

    const SCHEMA: &str = "definition user {}
        definition group {
            relation member: user
        }
        definition document {
            relation viewer: user | group#member
            permission view = viewer
        }";

    fn write(engine: &mut Peppercorn, operation: Operation, relationship: &str) {
        let update = Update { operation, relationship: Relationship::parse(relationship).unwrap() };
        engine.write(&[update], Timestamp::default()).unwrap();
    }

    fn ask(handles: &mut Handles, snapshot: &Snapshot, pair: [u32; 2]) -> Result<Permissionship, Error> {
        let environment = Environment::at(Timestamp::default());
        let one = handles.permissionship(snapshot, pair, "view", &environment, true);
        let many = handles.permissionships(snapshot, [&pair[..1], &pair[1..]], "view", &environment, true);
        let by_text = handles.permissionship(snapshot, pair, "view", &environment, false);
        assert_eq!(many.ok(), one.clone().ok().map(|one| vec![one]));
        assert_eq!(by_text, one);
        one
    }

    #[test]
    fn mean_the_same_whatever_is_written() {
        let mut engine = Peppercorn::new(SCHEMA, "document:plan#viewer@group:eng#member").unwrap();
        let mut handles = Handles::new(0);
        let [alice, eng, plan] = ["user:alice", "group:eng#member", "document:plan"].map(|text| {
            let id = handles.id(&engine.snapshot(), text).unwrap();
            assert_eq!((handles.id(&engine.snapshot(), text), handles.text(id)), (Ok(id), Ok(text)));
            id
        });
        let before = engine.snapshot();
        assert_eq!(ask(&mut handles, &before, [alice, plan]), Ok(Permissionship::NoPermission));
        assert_eq!(ask(&mut handles, &before, [eng, plan]), Ok(Permissionship::HasPermission));
        write(&mut engine, Operation::Create, "group:eng#member@user:alice");
        assert_eq!(ask(&mut handles, &engine.snapshot(), [alice, plan]), Ok(Permissionship::HasPermission));
        assert_eq!(ask(&mut handles, &before, [alice, plan]), Ok(Permissionship::NoPermission));
        // Of a schema without the type there is no answer, and after it comes back there is one.
        write(&mut engine, Operation::Delete, "document:plan#viewer@group:eng#member");
        engine.write_schema("definition user {}\ndefinition group {\n relation member: user\n}", Timestamp::default()).unwrap();
        assert_eq!(ask(&mut handles, &engine.snapshot(), [alice, plan]).unwrap_err().reason, Reason::UnknownDefinition);
        engine.write_schema(SCHEMA, Timestamp::default()).unwrap();
        assert_eq!(ask(&mut handles, &engine.snapshot(), [alice, plan]), Ok(Permissionship::NoPermission));
    }

    /// Schemas that say the same in another order have the same hash.
    #[test]
    fn mean_the_same_when_the_schema_is_put_in_another_order() {
        let (user, document, folder) = (
            "definition user {}",
            "definition document {\n relation viewer: user\n permission view = viewer\n}",
            "definition folder {\n relation viewer: user\n permission view = viewer\n}",
        );
        let mut engine =
            Peppercorn::new(&[user, document, folder].join("\n"), "folder:plan#viewer@user:alice\ndocument:plan#viewer@user:bob")
                .unwrap();
        let mut handles = Handles::new(0);
        let [alice, plan] = ["user:alice", "document:plan"].map(|text| handles.id(&engine.snapshot(), text).unwrap());
        assert_eq!(ask(&mut handles, &engine.snapshot(), [alice, plan]), Ok(Permissionship::NoPermission));
        engine.write_schema(&[user, folder, document].join("\n"), Timestamp::default()).unwrap();
        assert_eq!(ask(&mut handles, &engine.snapshot(), [alice, plan]), Ok(Permissionship::NoPermission));
    }

    #[test]
    fn refuse_what_they_did_not_give() {
        let engine = Peppercorn::new(SCHEMA, "document:plan#viewer@user:alice").unwrap();
        let snapshot = engine.snapshot();
        let [mut handles, mut others] = [Handles::new(0), Handles::new(1)];
        let [alice, plan] = ["user:alice", "document:plan"].map(|text| handles.id(&snapshot, text).unwrap());
        let other = others.id(&snapshot, "user:alice").unwrap();
        for wrong in [0, 1, 2, other, alice & (MAX_HANDLES - 1), plan + 1, u32::MAX] {
            assert_eq!(ask(&mut handles, &snapshot, [wrong, plan]).unwrap_err().reason, Reason::InvalidArgument, "{wrong}");
            assert_eq!(ask(&mut handles, &snapshot, [alice, wrong]).unwrap_err().reason, Reason::InvalidArgument, "{wrong}");
        }
        let eng = handles.id(&snapshot, "group:eng#member").unwrap();
        assert_eq!(ask(&mut handles, &snapshot, [alice, eng]).unwrap_err().reason, Reason::InvalidArgument);
        assert_eq!(handles.id(&snapshot, "user:*").unwrap_err().reason, Reason::WildcardNotAllowed);
        assert_eq!(handles.id(&snapshot, "usr:alice").unwrap_err().reason, Reason::UnknownDefinition);
        handles.given = MOST;
        assert_eq!(handles.id(&snapshot, "user:bob").unwrap_err().reason, Reason::StoreFull);
        assert_eq!(handles.id(&snapshot, "user:alice"), Ok(alice));
    }

    #[test]
    fn unnamed_objects_are_none_but_themselves() {
        let schema = "definition document {
            relation editor: document
            permission view = self + editor
        }";
        let schema = format!("use self\n{schema}");
        let engine = Peppercorn::new(&schema, "").unwrap();
        let mut handles = Handles::new(7);
        let [one, other] = ["document:one", "document:other"].map(|text| handles.id(&engine.snapshot(), text).unwrap());
        assert_eq!(ask(&mut handles, &engine.snapshot(), [one, one]), Ok(Permissionship::HasPermission));
        assert_eq!(ask(&mut handles, &engine.snapshot(), [one, other]), Ok(Permissionship::NoPermission));
    }
}

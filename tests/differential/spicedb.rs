//! The real SpiceDB: two child processes for the whole test run (see `spicedb.mjs`), asked in turn by the tests.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use serde_json::{Value as Json, json};

use super::answers::{Answer, Answers, Node, Tree};
use super::kleene::{Names, Verdict};
use super::questions::{Asked, Question};
use super::subjects::{Subjects, Wildcard};
use super::system::System;

/// After so many systems a new process takes over: SpiceDB keeps every old revision in memory.
const SYSTEMS_A_PROCESS: usize = 400;

pub(crate) struct SpiceDb {
    systems: usize,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
    /// Ends by itself when its input is closed.
    _process: Child,
}

/// The process of a number, or nothing after saying why in one line.
pub(crate) fn spicedb(number: usize) -> Option<MutexGuard<'static, SpiceDb>> {
    static PROCESSES: [OnceLock<Result<Mutex<SpiceDb>, String>>; 2] = [OnceLock::new(), OnceLock::new()];
    match PROCESSES[number].get_or_init(|| SpiceDb::start().map(Mutex::new)) {
        // A test that failed while it held the process had its answer already.
        Ok(process) => Some(process.lock().unwrap_or_else(PoisonError::into_inner)),
        Err(reason) => {
            super::say(&format!("skipped: {reason}"));
            None
        }
    }
}

impl SpiceDb {
    fn start() -> Result<Self, String> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/differential/spicedb.mjs");
        let mut process = Command::new("node")
            .arg(script)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("node cannot be started: {error}"))?;
        let questions = process.stdin.take().unwrap();
        let answers = BufReader::new(process.stdout.take().unwrap());
        let mut started = Self { systems: 0, questions, answers, _process: process };
        let first = started.read();
        match first["unavailable"].as_str() {
            Some(reason) => Err(reason.to_owned()),
            None => Ok(started),
        }
    }

    /// Whether SpiceDB accepts a schema: its message if not.
    pub(crate) fn verdict(&mut self, schema: &str) -> Result<(), String> {
        let answer = self.ask(&json!({ "schema": schema }));
        match answer["accepted"].as_bool() {
            Some(true) => Ok(()),
            Some(false) => Err(answer["message"].as_str().unwrap_or_default().to_owned()),
            None => panic!("not an answer: {answer}"),
        }
    }

    pub(crate) fn answers(&mut self, system: &System, questions: &[Question]) -> Answers {
        let answer = self.ask(&json!({
            "schema": system.schema(),
            "relationships": system.relationships(),
            "questions": questions.iter().map(written).collect::<Vec<_>>(),
        }));
        if let Some(refusal) = answer["message"].as_str().or(answer["failure"].as_str()) {
            return Err(refusal.to_owned());
        }
        let answers = answer["answers"].as_array().unwrap();
        assert_eq!(answers.len(), questions.len(), "one answer a question");
        Ok(questions.iter().zip(answers).map(|(question, answer)| read_answer(&question.asked, answer)).collect())
    }

    fn ask(&mut self, question: &Json) -> Json {
        self.systems += 1;
        if self.systems > SYSTEMS_A_PROCESS {
            *self = Self::start().expect("SpiceDB starts as it did before");
        }
        writeln!(self.questions, "{question}").and_then(|()| self.questions.flush()).expect("the SpiceDB process is there");
        self.read()
    }

    fn read(&mut self) -> Json {
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("the SpiceDB process answers");
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("the SpiceDB process said `{line}`: {error}"))
    }
}

fn written(Question { asked, context }: &Question) -> Json {
    let mut question = match asked {
        Asked::Check { resource, permission, subject } => {
            json!({ "check": [resource.to_string(), permission, subject.to_string()] })
        }
        Asked::LookupResources { definition, permission, subject } => {
            json!({ "resources": [definition, permission, subject.to_string()] })
        }
        Asked::LookupSubjects { resource, permission, definition, relation } => {
            json!({ "subjects": [resource.to_string(), permission, definition, relation.clone().unwrap_or_default()] })
        }
        Asked::Expand { resource, permission } => json!({ "expand": [resource.to_string(), permission] }),
    };
    if !context.is_empty() {
        question["context"] = json!(context);
    }
    question
}

fn read_answer(asked: &Asked, answer: &Json) -> Answer {
    if let Some(message) = answer["error"].as_str() {
        return Answer::Failed(message.to_owned());
    }
    match asked {
        Asked::Check { .. } => Answer::Check(read_verdict(&answer["check"])),
        Asked::LookupResources { .. } => Answer::Resources(read_members(&answer["found"])),
        Asked::LookupSubjects { .. } => Answer::Subjects(read_subjects(&answer["found"])),
        Asked::Expand { .. } => Answer::Tree(read_tree(&answer["tree"])),
    }
}

fn read_verdict(found: &Json) -> Verdict {
    let names = || found["missing"].as_array().unwrap().iter().map(|name| name.as_str().unwrap());
    match found["is"].as_str().unwrap() {
        "NO" => Verdict::NO,
        "CONDITIONAL" => Verdict::conditional(Names::of(names())),
        "HAS" => Verdict::HAS,
        other => panic!("SpiceDB says {other}"),
    }
}

/// By id. SpiceDB may find an id more than once: each time is one more reason.
fn read_members(found: &Json) -> BTreeMap<String, Verdict> {
    let mut members = BTreeMap::new();
    for found in found.as_array().unwrap() {
        let member = members.entry(found["id"].as_str().unwrap().to_owned()).or_insert(Verdict::NO);
        *member = member.or(read_verdict(found));
    }
    members
}

/// The union of what SpiceDB finds one after the other.
fn read_subjects(found: &Json) -> Subjects {
    let one = |found: &Json| {
        let (id, verdict) = (found["id"].as_str().unwrap(), read_verdict(found));
        match id {
            "*" => Subjects {
                single: BTreeMap::new(),
                wildcard: Some(Wildcard { verdict, excluded: read_members(&found["excluded"]) }),
            },
            id => Subjects { single: BTreeMap::from([(id.to_owned(), verdict)]), wildcard: None },
        }
    };
    let found = found.as_array().unwrap().iter().map(one);
    found.reduce(|all, one| all.union(&one)).unwrap_or_default().tidy()
}

fn read_tree(tree: &Json) -> Tree {
    let of = tree["of"].as_str().unwrap().to_owned();
    let Some(operation) = tree["operation"].as_str() else {
        let subjects = tree["leaf"].as_array().unwrap().iter().map(|subject| subject.as_str().unwrap().to_owned());
        let mut subjects: Vec<_> = subjects.collect();
        subjects.sort();
        return Tree { of, node: Node::Leaf(subjects) };
    };
    let mut children: Vec<_> = tree["children"].as_array().unwrap().iter().map(read_tree).collect();
    let first = usize::from(operation == "exclusion");
    children[first..].sort();
    Tree { of, node: Node::Operation(operation.to_owned(), children) }
}

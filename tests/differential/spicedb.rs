//! The real SpiceDB: one child process for the whole test run (see `spicedb.mjs`), asked in turn by the tests.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use serde_json::{Value as Json, json};

use super::oracle::{Answer, Value};
use super::system::{Question, System};

pub(crate) struct SpiceDb {
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
    /// Ends by itself when its input is closed.
    _process: Child,
}

/// The process, or nothing after saying why in one line.
pub(crate) fn spicedb() -> Option<MutexGuard<'static, SpiceDb>> {
    static PROCESS: OnceLock<Result<Mutex<SpiceDb>, String>> = OnceLock::new();
    match PROCESS.get_or_init(|| SpiceDb::start().map(Mutex::new)) {
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
        let mut started = Self { questions, answers, _process: process };
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

    /// The answers in the order of the questions, or why the system is no good.
    pub(crate) fn answers(&mut self, system: &System, questions: &[Question]) -> Result<Vec<Answer>, String> {
        let question =
            |question: &Question| json!([question.resource.to_string(), question.permission, question.subject.to_string()]);
        let answer = self.ask(&json!({
            "schema": system.schema(),
            "relationships": system.relationships(),
            "questions": questions.iter().map(question).collect::<Vec<_>>(),
        }));
        if let Some(refusal) = answer["message"].as_str().or(answer["failure"].as_str()) {
            return Err(refusal.to_owned());
        }
        let answers: Vec<_> =
            answer["answers"].as_array().unwrap().iter().map(|item| read_answer(item.as_str().unwrap())).collect();
        assert_eq!(answers.len(), questions.len(), "one answer a question");
        Ok(answers)
    }

    fn ask(&mut self, question: &Json) -> Json {
        writeln!(self.questions, "{question}").and_then(|()| self.questions.flush()).expect("the SpiceDB process is there");
        self.read()
    }

    fn read(&mut self) -> Json {
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("the SpiceDB process answers");
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("the SpiceDB process said `{line}`: {error}"))
    }
}

fn read_answer(text: &str) -> Answer {
    match text {
        "NO" => Answer::Value(Value::No),
        "CONDITIONAL" => Answer::Value(Value::Conditional),
        "HAS" => Answer::Value(Value::Has),
        other => Answer::Failed(other.to_owned()),
    }
}

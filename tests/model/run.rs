//! Does a list of actions to an engine and to its model, and compares every answer.
//!
//! Tokens and cursors are opaque: the model makes up names for its own, and what is compared is that the same ones come back under
//! the same names and different ones under different names.

use std::collections::BTreeMap;

use peppercorn::v1::{self, Reply};
use peppercorn::{Error, ForeignTokens, Peppercorn, Settings, Timestamp};
use serde_json::{Value, json};

use super::history::{Answer, Engine, Moment, Refusal, Retention};
use super::rows;
use super::schema::Schema;
use super::watch::Watch;

/// The tokens and cursors of an engine by the names that the model has for them, and back.
#[derive(Default)]
struct Names {
    found: BTreeMap<String, String>,
    named: BTreeMap<String, String>,
}

struct Watcher {
    step: u64,
    /// The place of its engine.
    pair: usize,
    engine: v1::Watch,
    model: Watch,
}

struct Pair {
    id: u64,
    engine: Peppercorn,
    model: Engine,
}

#[derive(Default)]
struct Run {
    pairs: Vec<Pair>,
    watchers: Vec<Watcher>,
    names: Names,
    /// The names of those that were handed out, by step.
    tokens: Vec<(u64, String)>,
    cursors: Vec<(u64, String)>,
    /// All that the engine said.
    transcript: Vec<String>,
}

/// What the engine answers to a list, text by text.
///
/// # Errors
/// Where the model says otherwise.
pub fn run(actions: &[Value]) -> Result<Vec<String>, String> {
    let mut run = Run::default();
    let settings = actions.iter().find_map(|action| action.get("settings")).cloned().unwrap_or_default();
    run.begin(&settings);
    for action in actions.iter().filter(|action| action.get("step").is_some()) {
        run.act(action).map_err(|problem| format!("step {}: {problem}", action["step"]))?;
    }
    run.end().map_err(|problem| format!("at the end: {problem}"))?;
    Ok(run.transcript)
}

impl Run {
    fn begin(&mut self, settings: &Value) {
        let revisions = settings["retentionRevisions"].as_u64().unwrap_or(1_000);
        let seconds = settings["retentionSeconds"].as_u64().unwrap_or(86_400);
        let refuses_foreign = settings["foreign"] == json!(true);
        let schema = Schema::with([true; Schema::PARTS]);
        let mut engine = Peppercorn::new(&schema.text(), "").unwrap();
        engine.configure(Settings {
            identity: 0,
            retention_revisions: usize::try_from(revisions).unwrap(),
            retention_seconds: seconds,
            foreign_tokens: if refuses_foreign { ForeignTokens::Error } else { ForeignTokens::FullConsistency },
        });
        let retention = Retention {
            revisions: usize::try_from(revisions).unwrap(),
            seconds: i64::try_from(seconds).unwrap(),
            refuses_foreign,
        };
        self.pairs.push(Pair { id: 0, engine, model: Engine::new(0, retention, schema) });
    }

    fn act(&mut self, action: &Value) -> Result<(), String> {
        let step = action["step"].as_u64().unwrap();
        let moment = Moment::of(action["at"].as_i64().unwrap());
        let now = Timestamp::parse(&moment.text).unwrap();
        if let Some(watch) = action.get("next") {
            let Some(place) = self.watchers.iter().position(|it| json!(it.step) == *watch) else { return Ok(()) };
            for _ in 0..action["most"].as_u64().unwrap() {
                let watcher = &mut self.watchers[place];
                let Pair { engine, model, .. } = &self.pairs[watcher.pair];
                let found = watcher.engine.next_json(engine, now).map(|message| message.into_iter().collect());
                let expected = watcher.model.next(model, &moment).map(|message| message.into_iter().collect());
                self.compare(step, expected, found)?;
            }
            return Ok(());
        }
        let of = action.get("fork").unwrap_or(&action["engine"]);
        // An action on a fork that shrinking took away does nothing.
        let Some(at) = self.pairs.iter().position(|pair| json!(pair.id) == *of) else { return Ok(()) };
        if action.get("fork").is_some() {
            let (engine, model) = (self.pairs[at].engine.fork(step), self.pairs[at].model.fork(usize::try_from(step).unwrap()));
            self.pairs.push(Pair { id: step, engine, model });
            return Ok(());
        }
        if let Some(from) = action.get("replay") {
            let token = self.resolve(from.as_str().unwrap());
            return self.replay(at, &token, action["cut"].as_u64().unwrap(), &moment);
        }
        let pair = &mut self.pairs[at];
        if let Some(schema) = action.get("schema") {
            let (text, expected) = match schema.as_str() {
                Some("syntax") => ("definition {".to_owned(), Err(("INVALID_ARGUMENT", "SCHEMA_PARSE_ERROR"))),
                Some(_) => {
                    let text = "definition user {}\ndefinition document {\n  relation viewer: nobody\n}";
                    (text.to_owned(), Err(("FAILED_PRECONDITION", "SCHEMA_TYPE_ERROR")))
                }
                None => {
                    let schema = Schema::with(serde_json::from_value(schema.clone()).unwrap());
                    (schema.text(), pair.model.write_schema(schema, &moment))
                }
            };
            let found = call(&mut pair.engine, now, "WriteSchema", &json!({"schema": text}));
            return self.compare(step, expected, found.map(|(texts, _)| texts));
        }
        let method = action["call"].as_str().unwrap();
        let named = substitute(&action["request"], &|text| self.resolve(text));
        let request = substitute(&named, &|text| self.names.found_for(text));
        let Pair { engine, model, .. } = &mut self.pairs[at];
        let found = call(engine, now, method, &request);
        if method != "Watch" {
            let expected = model.answer(method, &named, &moment);
            return self.compare(step, expected, found.map(|(texts, _)| texts));
        }
        let (expected, found) = match (Watch::open(model, &named, &moment), found) {
            (Ok(model), Ok((_, Some(engine)))) => {
                self.watchers.push(Watcher { step, pair: at, engine, model });
                return Ok(());
            }
            (expected, found) => (expected.map(|_| Vec::new()), found.map(|(texts, _)| texts)),
        };
        self.compare(step, expected, found)
    }

    /// Every engine holds what its model holds, and watched from any token gives it.
    fn end(&mut self) -> Result<(), String> {
        let latest = self.pairs.iter().filter_map(|pair| pair.model.head().at).max().unwrap_or(1_000);
        let mut tokens: Vec<String> = self.tokens.iter().map(|(_, token)| token.clone()).collect();
        tokens.dedup();
        for at in 0..self.pairs.len() {
            let Pair { engine, model, id } = &self.pairs[at];
            if engine.snapshot().relationships() != rows::lines(&model.head().rows) {
                return Err(format!("engine {id} holds {:?}", engine.snapshot().relationships()));
            }
            for (place, token) in tokens.iter().enumerate() {
                let cut = u64::try_from(place % 4).unwrap();
                self.replay(at, token, cut, &Moment::of(latest)).map_err(|problem| format!("from {token}: {problem}"))?;
            }
        }
        Ok(())
    }

    /// Watches from a token to the end, as a client does that is cut off after so many messages again and again.
    fn replay(&mut self, at: usize, token: &str, cut: u64, moment: &Moment) -> Result<(), String> {
        let now = Timestamp::parse(&moment.text).unwrap();
        let kinds = ["RELATIONSHIP_UPDATES", "SCHEMA_UPDATES", "CHECKPOINTS"].map(|kind| format!("WATCH_KIND_INCLUDE_{kind}"));
        let request = |token: &str| json!({"optionalStartCursor": {"token": token}, "optionalUpdateKinds": kinds});
        let Pair { engine, model, .. } = &mut self.pairs[at];
        let mut last = self.names.found_for(token);
        let opened = call(engine, now, "Watch", &request(&last));
        if let Err(expected) = Watch::open(model, &request(token), moment) {
            return self.compare(0, Err(expected), opened.map(|(texts, _)| texts));
        }
        let (_, revision) = model.read_token(&json!({"token": token})).unwrap();
        let mut rows = model.at(revision, moment).unwrap().rows.clone();
        let mut watch = opened.map_err(|error| error.to_string())?.1;
        let (mut reached, mut told, mut count) = (revision, revision, 0);
        while let Some(text) = watch.as_mut().unwrap().next_json(engine, now).map_err(|error| error.to_string())? {
            let message: Value = serde_json::from_str(&text).unwrap();
            last = message["changesThrough"]["token"].as_str().unwrap().to_owned();
            // Tokens that no answer held yet get their names here, one revision after the other.
            let through = match self.names.named.get(&last) {
                Some(name) => model.read_token(&json!({"token": name})).unwrap().1,
                None => {
                    let name = model.token(reached + 1)["token"].as_str().unwrap().to_owned();
                    self.names.bind(&name, &last)?;
                    reached + 1
                }
            };
            if through != reached && through != reached + 1 {
                return Err(format!("after revision {reached} came {through}"));
            }
            reached = through;
            for update in message["updates"].as_array().unwrap() {
                let (key, traits) = rows::of_message(&update["relationship"]);
                if update["operation"] == json!("OPERATION_DELETE") {
                    rows.remove(&key)
                } else {
                    rows.insert(key, traits)
                };
            }
            if message["isCheckpoint"] != json!(true) {
                if told == through {
                    return Err(format!("revision {told} came twice"));
                }
                told = through;
            }
            count += 1;
            if cut > 0 && count % cut == 0 {
                watch = call(engine, now, "Watch", &request(&last)).map_err(|error| error.to_string())?.1;
            }
        }
        // Nobody is told when something expires, nor when a schema does away with what has.
        rows.retain(|key, traits| traits.expires.is_none() || model.head().rows.contains_key(key));
        if rows != model.head().rows || reached != model.newest() {
            return Err(format!("what was watched from {token} up to revision {reached} gives {:?}", rows::lines(&rows)));
        }
        Ok(())
    }

    fn compare(&mut self, step: u64, expected: Answer, found: Result<Vec<String>, Error>) -> Result<(), String> {
        let shown = format!("{found:?}");
        let found: Result<Vec<Value>, Refusal> = match found {
            Ok(texts) => {
                let values = texts.iter().map(|text| serde_json::from_str(text).unwrap()).collect();
                self.transcript.extend(texts);
                Ok(values)
            }
            Err(error) => {
                self.transcript.push(format!("{error:?}"));
                Err((error.status.as_str(), error.code()))
            }
        };
        let problem = match (&expected, &found) {
            (Err(expected), Err(found)) if expected == found => None,
            (Ok(expected), Ok(found)) if expected.len() == found.len() => {
                let mut pairs = expected.iter().zip(found);
                pairs.find_map(|(expected, found)| self.names.same(expected, found).err())
            }
            _ => Some("another answer".to_owned()),
        };
        if let Some(problem) = problem {
            return Err(format!("{problem}\n  model:  {expected:?}\n  engine: {shown}"));
        }
        for answer in expected.iter().flatten() {
            for field in ["writtenAt", "deletedAt", "readAt", "checkedAt", "changesThrough"] {
                self.tokens.extend(answer[field]["token"].as_str().map(|name| (step, name.to_owned())));
            }
            self.cursors.extend(answer["afterResultCursor"]["token"].as_str().map(|name| (step, name.to_owned())));
        }
        Ok(())
    }

    /// What a placeholder stands for, in the model's names.
    fn resolve(&self, text: &str) -> String {
        let up_to = |known: &[(u64, String)], step: &str, back: usize| {
            let step: u64 = step.parse().unwrap();
            let end = known.iter().take_while(|(of, _)| *of <= step).count();
            let place = end.checked_sub(1).map(|last| last.saturating_sub(back));
            place.map_or("none".to_owned(), |place| known[place].1.clone())
        };
        match (text.strip_prefix('@'), text.strip_prefix('&').and_then(|text| text.split_once(':'))) {
            (Some(step), _) => up_to(&self.tokens, step, 0),
            (None, Some((step, back))) => up_to(&self.cursors, step, back.parse().unwrap()),
            (None, None) => text.to_owned(),
        }
    }
}

/// A request with other tokens.
fn substitute(value: &Value, other: &dyn Fn(&str) -> String) -> Value {
    match value {
        Value::Object(fields) => {
            let field = |(key, value): (&String, &Value)| match value.as_str() {
                Some(text) if key == "token" => (key.clone(), json!(other(text))),
                _ => (key.clone(), substitute(value, other)),
            };
            Value::Object(fields.iter().map(field).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(|item| substitute(item, other)).collect()),
        plain => plain.clone(),
    }
}

/// Calls a method: the messages it gave, or the stream that goes on.
///
/// # Errors
/// The engine's.
pub fn call(
    engine: &mut Peppercorn,
    now: Timestamp,
    method: &str,
    request: &Value,
) -> Result<(Vec<String>, Option<v1::Watch>), Error> {
    Ok(match engine.v1(now).call(method, &request.to_string())? {
        Reply::One(text) => (vec![text], None),
        Reply::Many(texts) => (texts.collect(), None),
        Reply::Watch(watch) => (Vec::new(), Some(watch)),
    })
}

impl Names {
    fn found_for(&self, name: &str) -> String {
        self.found.get(name).map_or(name, String::as_str).to_owned()
    }

    fn bind(&mut self, name: &str, found: &str) -> Result<(), String> {
        let known = self.found.entry(name.to_owned()).or_insert_with(|| found.to_owned());
        let named = self.named.entry(found.to_owned()).or_insert_with(|| name.to_owned());
        if known == found && named == name {
            return Ok(());
        }
        Err(format!("`{found}` is `{named}` of the model, whose `{name}` is `{known}`"))
    }

    /// Whether two messages say the same; a field that is not there says the same as an empty one.
    fn same(&mut self, expected: &Value, found: &Value) -> Result<(), String> {
        match (expected, found) {
            (Value::Object(one), Value::Object(other)) => {
                for key in one.keys().chain(other.keys()) {
                    match (&expected[key], &found[key]) {
                        (Value::String(name), Value::String(found)) if key == "token" => self.bind(name, found)?,
                        (expected, found) => self.same(expected, found).map_err(|problem| format!("{key}: {problem}"))?,
                    }
                }
                Ok(())
            }
            (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
                one.iter().zip(other).try_for_each(|(one, other)| self.same(one, other))
            }
            _ if expected == found || is_empty(expected) && is_empty(found) => Ok(()),
            _ => Err(format!("{expected} became {found}")),
        }
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(value) => !value,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty() || text == "0",
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
    }
}

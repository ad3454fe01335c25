//! Tokens and cursors that are damaged, of another store, too old or too new: each is told apart.

use peppercorn::{Error, ForeignTokens, Peppercorn, Settings, Timestamp};
use serde_json::{Value, json};

use super::run::call;

const SCHEMA: &str = "definition user {}\ndefinition document {\n  relation viewer: user\n}";

fn at(seconds: u32) -> Timestamp {
    Timestamp::parse(&format!("2026-01-01T00:{:02}:{:02}Z", seconds / 60, seconds % 60)).unwrap()
}

fn engine(identity: u64, retention_revisions: usize, retention_seconds: u64) -> Peppercorn {
    let mut engine = Peppercorn::new(SCHEMA, "").unwrap();
    engine.configure(Settings { identity, retention_revisions, retention_seconds, foreign_tokens: ForeignTokens::Error });
    engine
}

/// Writes a relationship at a second, and gives the token.
fn write(engine: &mut Peppercorn, user: &str, seconds: u32) -> String {
    let relationship = json!({
        "resource": {"objectType": "document", "objectId": "d"},
        "relation": "viewer",
        "subject": {"object": {"objectType": "user", "objectId": user}},
    });
    let request = json!({"updates": [{"operation": "OPERATION_TOUCH", "relationship": relationship}]});
    call(engine, at(seconds), "WriteRelationships", &request).unwrap();
    engine.token()
}

fn read(engine: &mut Peppercorn, seconds: u32, more: &Value) -> Result<Vec<Value>, Error> {
    let mut request = json!({"relationshipFilter": {"resourceType": "document"}, "optionalLimit": 1});
    for (key, value) in more.as_object().unwrap() {
        request[key] = value.clone();
    }
    let (texts, _) = call(engine, at(seconds), "ReadRelationships", &request)?;
    Ok(texts.iter().map(|text| serde_json::from_str(text).unwrap()).collect())
}

/// What each way of using a token says: exactly, at least as fresh, watching from it.
fn reasons(engine: &mut Peppercorn, token: &str, seconds: u32) -> [&'static str; 3] {
    let token = json!({"token": token});
    let exact = read(engine, seconds, &json!({"consistency": {"atExactSnapshot": token}})).map(|_| ());
    let fresh = read(engine, seconds, &json!({"consistency": {"atLeastAsFresh": token}})).map(|_| ());
    let watch = call(engine, at(seconds), "Watch", &json!({"optionalStartCursor": token})).map(|_| ());
    [exact, fresh, watch].map(|result| result.err().map_or("", |error| error.code()))
}

fn resumed(engine: &mut Peppercorn, cursor: &str, seconds: u32) -> &'static str {
    read(engine, seconds, &json!({"optionalCursor": {"token": cursor}})).err().map_or("", |error| error.code())
}

/// Every truncation of a text, and the text with every character changed to each of some others.
fn damaged(text: &str) -> Vec<String> {
    let mut all: Vec<String> = (0..text.len()).map(|end| text[..end].to_owned()).collect();
    for place in 0..text.len() {
        for other in "AQgw059+/=-_ \n\u{e9}*".chars().filter(|other| !text[place..].starts_with(*other)) {
            all.push(format!("{}{other}{}", &text[..place], &text[place + 1..]));
        }
    }
    all
}

/// A changed text may still be the same token: line breaks do not count, nor do the last bits of base64.
#[test]
fn damaged_tokens_and_cursors_are_refused_or_the_same() {
    let mut engine = engine(7, 100, 1_000);
    write(&mut engine, "ann", 1);
    let token = write(&mut engine, "ben", 2);
    write(&mut engine, "cid", 3);
    let exact = |token: &str| json!({"consistency": {"atExactSnapshot": {"token": token}}});
    let whole = read(&mut engine, 3, &exact(&token)).unwrap();
    let cursor = whole[0]["afterResultCursor"]["token"].as_str().unwrap().to_owned();
    for text in damaged(&token) {
        match read(&mut engine, 3, &exact(&text)) {
            Ok(found) => assert_eq!(found, whole, "{text:?}"),
            Err(_) => assert_eq!(reasons(&mut engine, &text, 3), ["INVALID_TOKEN"; 3], "{text:?}"),
        }
    }
    let next = read(&mut engine, 3, &json!({"optionalCursor": {"token": cursor}})).unwrap();
    assert_eq!(next[0]["relationship"]["subject"]["object"]["objectId"], "ben");
    for text in damaged(&cursor) {
        match read(&mut engine, 3, &json!({"optionalCursor": {"token": text}})) {
            Ok(found) => assert_eq!(found, next, "{text:?}"),
            Err(error) => assert_eq!(error.code(), "INVALID_CURSOR", "{text:?}"),
        }
    }
    assert_eq!(reasons(&mut engine, &cursor, 3), ["INVALID_TOKEN"; 3], "a cursor is no token");
    assert_eq!(resumed(&mut engine, &token, 3), "INVALID_CURSOR", "a token is no cursor");
}

#[test]
fn tokens_of_other_stores_and_of_the_future_are_told_apart() {
    let (mut one, mut other) = (engine(1, 100, 1_000), engine(2, 100, 1_000));
    let token = write(&mut one, "ann", 1);
    write(&mut other, "ann", 1);
    let cursor = read(&mut one, 1, &json!({})).unwrap()[0]["afterResultCursor"]["token"].as_str().unwrap().to_owned();
    assert_eq!(reasons(&mut other, &token, 1), ["FOREIGN_TOKEN"; 3]);
    assert_eq!(resumed(&mut other, &cursor, 1), "INVALID_CURSOR");
    assert_eq!(reasons(&mut one.fork(3), &token, 1), ["FOREIGN_TOKEN"; 3], "a fork's tokens are its own");
    // The same store, put back to an earlier time: what it will write next is the future.
    let mut restored = engine(1, 100, 1_000);
    assert_eq!(reasons(&mut restored, &token, 1), ["REVISION_NOT_REACHED"; 3]);
    assert_eq!(resumed(&mut restored, &cursor, 1), "REVISION_NOT_REACHED");
}

#[test]
fn revisions_expire_by_count_and_by_time() {
    let mut engine = engine(1, 3, 10);
    let first = write(&mut engine, "ann", 0);
    let cursor = read(&mut engine, 0, &json!({})).unwrap()[0]["afterResultCursor"]["token"].as_str().unwrap().to_owned();
    let second = write(&mut engine, "ben", 5);
    assert_eq!((reasons(&mut engine, &first, 15), resumed(&mut engine, &cursor, 15)), ([""; 3], ""));
    let expired = ["REVISION_EXPIRED", "", "REVISION_EXPIRED"];
    assert_eq!(reasons(&mut engine, &first, 16), expired, "replaced eleven seconds ago");
    assert_eq!(resumed(&mut engine, &cursor, 16), "REVISION_EXPIRED");
    assert_eq!(reasons(&mut engine, &second, 59), [""; 3], "the newest never expires");
    write(&mut engine, "cid", 6);
    assert_eq!(reasons(&mut engine, &first, 7), [""; 3], "one of three");
    write(&mut engine, "dan", 7);
    assert_eq!(reasons(&mut engine, &first, 7), expired, "one of four");
    assert_eq!(resumed(&mut engine, &cursor, 7), "REVISION_EXPIRED");
    assert_eq!(reasons(&mut engine, &second, 7), [""; 3]);
}

/// A watcher that others outrun is told so, and goes on from its last token without a loss: by default as many revisions are kept.
#[test]
fn a_slow_watcher_begins_again_without_loss() {
    let mut engine = engine(1, Settings::default().retention_revisions, 1_000);
    write(&mut engine, "u0", 0);
    let open = |engine: &mut Peppercorn, token: &str| {
        call(engine, at(0), "Watch", &json!({"optionalStartCursor": {"token": token}})).unwrap().1.unwrap()
    };
    let mut last = engine.token();
    let mut watch = open(&mut engine, &last);
    let mut seen = Vec::new();
    let mut refused = 0;
    for round in 0..3 {
        for number in 0..600 {
            write(&mut engine, &format!("u{}", round * 600 + number + 1), 0);
        }
        loop {
            match watch.next_json(&engine, at(0)) {
                Ok(Some(text)) => {
                    let message: Value = serde_json::from_str(&text).unwrap();
                    seen.extend(
                        message["updates"][0]["relationship"]["subject"]["object"]["objectId"].as_str().map(str::to_owned),
                    );
                    last = message["changesThrough"]["token"].as_str().unwrap().to_owned();
                }
                Ok(None) => break,
                Err(error) => {
                    assert_eq!((error.status.as_str(), error.code()), ("RESOURCE_EXHAUSTED", "WATCH_TOO_SLOW"));
                    refused += 1;
                    watch = open(&mut engine, &last);
                }
            }
        }
    }
    assert_eq!(refused, 3);
    assert_eq!(seen, (1..=1_800).map(|number| format!("u{number}")).collect::<Vec<_>>());
}

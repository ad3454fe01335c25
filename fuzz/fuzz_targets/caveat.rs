//! Any expression that compiles is evaluated within its budget, and what remains of it without some of the values comes to
//! the same once they are there.

#![no_main]

use libfuzzer_sys::fuzz_target;
use peppercorn::caveat::{Outcome, Parameter, ParameterType, Value, compile};
use peppercorn::model;

const PARAMETERS: [(&str, &str); 12] = [
    ("a", "any"),
    ("b", "bool"),
    ("s", "string"),
    ("i", "int"),
    ("u", "uint"),
    ("d", "double"),
    ("y", "bytes"),
    ("t", "timestamp"),
    ("r", "duration"),
    ("l", "list"),
    ("m", "map"),
    ("p", "ipaddress"),
];

/// What the parameters are where the input gives no value.
const USUAL: &str = r#"{"a":1,"b":true,"s":"text","i":3,"u":4,"d":1.5,"y":"aGk=","t":"2026-01-01T00:00:00Z","r":"1h","l":[1,2,3],"m":{"k":1,"l":{"n":2}},"p":"10.0.0.1"}"#;

const STEPS: u64 = 200_000;

fn parameters() -> Vec<Parameter> {
    let kind = |name: &str| match name {
        "list" => ParameterType::named(name, vec![ParameterType::Int]),
        "map" => ParameterType::named(name, vec![ParameterType::Any]),
        _ => ParameterType::named(name, Vec::new()),
    };
    PARAMETERS.iter().map(|(name, of)| Parameter { name: (*name).to_owned(), kind: kind(of).unwrap() }).collect()
}

fuzz_target!(|bytes: &[u8]| {
    let Some((mask, text)) = bytes.split_at_checked(2) else {
        return;
    };
    let Ok(text) = std::str::from_utf8(text) else {
        return;
    };
    let (source, context) = text.split_once("\n----\n").unwrap_or((text, USUAL));
    let parameters = parameters();
    let Ok(expression) = compile(&parameters, source) else {
        return;
    };
    let Ok(context) = model::Value::parse_object(context).or_else(|_| model::Value::parse_object(USUAL)) else {
        return;
    };
    let value = |parameter: &Parameter| {
        let given = context.iter().find(|(name, _)| *name == parameter.name)?;
        parameter.kind.convert(&given.1).ok()
    };
    let whole: Vec<Option<Value>> = parameters.iter().map(value).collect();
    let part: Vec<Option<Value>> =
        whole.iter().enumerate().map(|(place, value)| value.clone().filter(|_| mask[place / 8] >> (place % 8) & 1 == 0)).collect();
    let mut left = STEPS;
    let decided = expression.evaluate(&whole, &mut left);
    let early = expression.evaluate(&part, &mut { STEPS });
    if left == 0 {
        return;
    }
    match (&early, &decided) {
        (Outcome::True | Outcome::False, _) => assert_eq!(early, decided, "decided too early: {source}"),
        (Outcome::Missing(places), _) => {
            assert!(!places.is_empty() && places.iter().all(|place| part[*place].is_none()), "{places:?} are there: {source}");
        }
        (Outcome::Error(_), _) => {}
    }
    let (Outcome::Missing(_), Some(residual)) = (&early, expression.residual(&part, &mut { STEPS })) else {
        return;
    };
    // The one function that is not CEL's.
    if residual.contains("ipaddress(") {
        return;
    }
    let rest = compile(&parameters, &residual).unwrap_or_else(|problems| panic!("{residual}: {problems:?}"));
    let later = rest.evaluate(&whole, &mut { STEPS });
    match (&later, &decided) {
        (Outcome::Error(_), Outcome::Error(_)) => {}
        _ => assert_eq!(later, decided, "{source}\nbecame\n{residual}"),
    }
});

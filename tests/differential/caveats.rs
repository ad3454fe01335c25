//! The caveats that systems use: their text for the sides that read it, and a closure written by hand for the oracle.
//!
//! Which names a caveat misses is SpiceDB's: `&&` and `||` decide as soon as one side does and otherwise miss the names of both
//! sides; anything else misses the first operand that is not there.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::kleene::Verdict;
use super::random::Random;

/// Parameters by name. What a row stores goes over what the question brings.
pub(crate) type Context = BTreeMap<String, Json>;

/// A parameter means the same in every caveat, so that one context serves them all.
pub(crate) struct Parameter {
    pub(crate) name: &'static str,
    kind: &'static str,
    values: fn() -> Vec<Json>,
}

pub(crate) const PARAMETERS: [Parameter; 14] = [
    Parameter { name: "value", kind: "int", values: || vec![json!(1), json!(20)] },
    Parameter { name: "day", kind: "int", values: || vec![json!(2), json!(3), json!(4)] },
    Parameter { name: "flag", kind: "bool", values: || vec![json!(true), json!(false)] },
    Parameter { name: "active", kind: "bool", values: || vec![json!(true), json!(false)] },
    Parameter { name: "level", kind: "int", values: || vec![json!(1), json!(5)] },
    Parameter { name: "region", kind: "string", values: || vec![json!("eu"), json!("us")] },
    Parameter { name: "regions", kind: "list<string>", values: || vec![json!([]), json!(["eu"]), json!(["us", "eu"])] },
    Parameter { name: "limits", kind: "map<int>", values: || vec![json!({}), json!({ "max": 5 })] },
    Parameter { name: "size", kind: "int", values: || vec![json!(5), json!(6)] },
    Parameter { name: "start", kind: "timestamp", values: || vec![json!("2024-01-01T00:00:00Z"), json!("2025-01-01T00:00:00Z")] },
    Parameter { name: "moment", kind: "timestamp", values: || vec![json!("2024-06-01T00:00:00Z")] },
    Parameter {
        name: "source",
        kind: "ipaddress",
        values: || vec![json!("10.1.2.3"), json!("192.168.0.1"), json!("2001:db8::1")],
    },
    Parameter { name: "pause", kind: "duration", values: || vec![json!("30m"), json!("1h0m1s")] },
    Parameter { name: "ratio", kind: "double", values: || vec![json!(0.5), json!(2.25), json!(2)] },
];

pub(crate) struct Caveat {
    pub(crate) name: &'static str,
    pub(crate) parameters: &'static [&'static str],
    body: &'static str,
    evaluate: fn(&Context) -> Verdict,
}

pub(crate) const CAVEATS: [Caveat; 11] = [
    Caveat {
        name: "small",
        parameters: &["value"],
        body: "value < 10",
        evaluate: |context| given(context, "value", |value| integer(value) < 10),
    },
    Caveat {
        name: "even_days",
        parameters: &["day"],
        body: "day % 2 == 0",
        evaluate: |context| given(context, "day", |day| integer(day) % 2 == 0),
    },
    Caveat {
        name: "either",
        parameters: &["flag", "level"],
        body: "flag || level > 3",
        evaluate: |context| truth(context, "flag").or(given(context, "level", |level| integer(level) > 3)),
    },
    Caveat {
        name: "within",
        parameters: &["active", "region", "regions"],
        body: "active && region in regions",
        evaluate: |context| {
            let listed = |region: &Json, regions: &Json| regions.as_array().unwrap().contains(region);
            truth(context, "active").and(both_given(context, "region", "regions", listed))
        },
    },
    Caveat {
        name: "quota",
        parameters: &["limits", "size"],
        body: "\"max\" in limits && limits[\"max\"] >= size",
        evaluate: |context| {
            let limited = given(context, "limits", |limits| limits.get("max").is_some());
            match context.get("limits") {
                // Without a limit the other side is an error, which the first side decides away.
                Some(limits) if limits.get("max").is_none() => Verdict::NO,
                _ => limited.and(both_given(context, "limits", "size", |limits, size| integer(&limits["max"]) >= integer(size))),
            }
        },
    },
    Caveat {
        name: "choose",
        parameters: &["flag", "value", "day"],
        body: "flag ? value < 10 : day > 3",
        evaluate: |context| match context.get("flag").map(|flag| flag.as_bool().unwrap()) {
            None => Verdict::missing("flag"),
            Some(true) => given(context, "value", |value| integer(value) < 10),
            Some(false) => given(context, "day", |day| integer(day) > 3),
        },
    },
    Caveat {
        name: "not_both",
        parameters: &["flag", "active"],
        body: "!(flag && active)",
        evaluate: |context| truth(context, "flag").and(truth(context, "active")).not(),
    },
    Caveat {
        name: "started",
        parameters: &["start", "moment"],
        body: "start <= moment",
        // Both are written in the same form and zone, so that their texts are in the order of time.
        evaluate: |context| both_given(context, "start", "moment", |start, moment| start.as_str() <= moment.as_str()),
    },
    Caveat {
        name: "near",
        parameters: &["source"],
        body: "source.in_cidr(\"10.0.0.0/8\")",
        evaluate: |context| given(context, "source", |source| source.as_str().unwrap().starts_with("10.")),
    },
    Caveat {
        name: "tagged",
        parameters: &["regions", "region"],
        body: "regions.exists(tag, tag == region)",
        evaluate: |context| match context.get("regions").map(|regions| regions.as_array().unwrap()) {
            None => Verdict::missing("regions"),
            Some(tags) if tags.is_empty() => Verdict::NO,
            Some(tags) => given(context, "region", |region| tags.contains(region)),
        },
    },
    Caveat {
        name: "patient",
        parameters: &["pause", "ratio"],
        body: "pause > duration(\"1h\") || ratio < 1.5",
        evaluate: |context| {
            let long = given(context, "pause", |pause| pause.as_str() == Some("1h0m1s"));
            long.or(given(context, "ratio", |ratio| ratio.as_f64().unwrap() < 1.5))
        },
    },
];

fn integer(value: &Json) -> i64 {
    value.as_i64().unwrap()
}

fn given(context: &Context, name: &str, test: impl Fn(&Json) -> bool) -> Verdict {
    context.get(name).map_or(Verdict::missing(name), |value| Verdict::decided(test(value)))
}

fn both_given(context: &Context, first: &str, second: &str, test: impl Fn(&Json, &Json) -> bool) -> Verdict {
    match (context.get(first), context.get(second)) {
        (Some(first), Some(second)) => Verdict::decided(test(first, second)),
        (None, _) => Verdict::missing(first),
        (_, None) => Verdict::missing(second),
    }
}

fn truth(context: &Context, name: &str) -> Verdict {
    given(context, name, |value| value.as_bool().unwrap())
}

pub(crate) fn caveat(name: &str) -> &'static Caveat {
    CAVEATS.iter().find(|caveat| caveat.name == name).unwrap()
}

impl Caveat {
    pub(crate) fn verdict(&self, stored: &Context, request: &Context) -> Verdict {
        let mut context = request.clone();
        context.extend(stored.clone());
        (self.evaluate)(&context)
    }

    pub(crate) fn text(&self) -> String {
        let kind = |name: &&str| PARAMETERS.iter().find(|parameter| parameter.name == *name).unwrap().kind;
        let parameters: Vec<_> = self.parameters.iter().map(|name| format!("{name} {}", kind(name))).collect();
        format!("caveat {}({}) {{\n\t{}\n}}\n", self.name, parameters.join(", "), self.body)
    }
}

/// Some of the parameters, with values.
fn some(random: &mut Random, names: &[&str], percent: usize) -> Context {
    let mut context = Context::new();
    for parameter in PARAMETERS.iter().filter(|parameter| names.contains(&parameter.name)) {
        let value = random.pick(&(parameter.values)()).clone();
        if random.chance(percent) {
            context.insert(parameter.name.to_owned(), value);
        }
    }
    context
}

/// What a row stores: nothing, some of the parameters, or all of them.
pub(crate) fn stored(random: &mut Random, caveat: &str) -> Context {
    let percent = *random.pick(&[0, 0, 50, 50, 100]);
    some(random, self::caveat(caveat).parameters, percent)
}

/// What a question brings: nothing, some of the parameters, all of them, or more than there are.
pub(crate) fn request(random: &mut Random) -> Context {
    let names: Vec<_> = PARAMETERS.iter().map(|parameter| parameter.name).collect();
    let percent = *random.pick(&[0, 0, 40, 70, 100, 100]);
    let mut context = some(random, &names, percent);
    if random.chance(10) {
        context.insert("unknown_name".to_owned(), json!([1, { "deep": null }]));
    }
    context
}

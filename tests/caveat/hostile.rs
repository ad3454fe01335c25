//! Expressions made to take forever, or to fill memory: each ends when its steps do.

use peppercorn::caveat::{Outcome, Value, compile};

use super::evaluate::arguments;
use super::parameters;

/// What one question may take.
const STEPS: u64 = 5_000_000;

fn outcome(declared: &str, source: &str, context: &str) -> Outcome {
    let parameters = parameters(declared).unwrap();
    let expression = compile(&parameters, source).unwrap_or_else(|problems| panic!("{source}: {}", problems[0].message));
    let given: Vec<Option<Value>> = arguments(&parameters, context).unwrap();
    let outcome = expression.evaluate(&given, &mut STEPS.clone());
    // However much work an expression asks for, what remains of it is written in no more steps.
    let _ = expression.residual(&vec![None; parameters.len()], &mut STEPS.clone());
    let _ = expression.residual(&given, &mut STEPS.clone());
    outcome
}

fn assert_out_of_steps(declared: &str, source: &str, context: &str) {
    match outcome(declared, source, context) {
        Outcome::Error(error) => {
            let start: String = source.chars().take(80).collect();
            assert_eq!(error.message, "the evaluation takes more steps than it may", "{start}");
        }
        other => panic!("{source}: {other:?}"),
    }
}

fn list(length: usize) -> String {
    format!("{{\"l\": [{}]}}", vec!["1"; length].join(","))
}

#[test]
fn nested_loops_end() {
    let context = list(10_000);
    assert_out_of_steps("l list<int>", "l.all(x, l.all(y, l.all(z, x + y + z > 0)))", &context);
    assert_out_of_steps("l list<int>", "l.map(x, l.map(y, y)).size() == 0", &context);
    assert_out_of_steps("l list<int>", "l.filter(x, l.exists_one(y, y > x)).size() == 0", &context);
    assert_out_of_steps("l list<int>", "l.all(x, !(2 in l))", &context);
    assert_out_of_steps("l list<int>", "l.all(x, l == l)", &context);
    assert_out_of_steps("l list<int>", "l.map(x, size(__result__)).size() == 0", &context);
    // Though the other side would decide: what is not known to be decided is not.
    assert_out_of_steps("l list<int>, b bool", "l.all(x, l.all(y, x == y)) && b", &context);
    assert_out_of_steps("l list<int>, b bool", "l.all(x, l.all(y, x == y)) || true", &context);
    let nested = format!("{}true{}", "[1,2,3].all(x, ".repeat(60), ")".repeat(60));
    assert_out_of_steps("l list<int>", &nested, &context);
}

#[test]
fn doubling_fills_no_memory() {
    let doubled = |start: &str, times: usize| format!("{start}{}", ".map(x, x + x)".repeat(times));
    assert_out_of_steps("s string", &format!("{} == ['']", doubled("[s]", 60)), "{\"s\": \"0123456789\"}");
    assert_out_of_steps("l list<int>", &format!("{}.size() == 0", doubled("[l]", 60)), &list(10));
    let nested = format!("{}.size() == 0", "[l]".to_owned() + &".map(x, [x, x])".repeat(60).replace("[x, x]", "x + x"));
    assert_out_of_steps("l list<int>", &nested, &list(10));
}

#[test]
fn values_do_not_nest_without_end() {
    let deep = outcome("l list<int>", "l.map(x, [dyn(__result__)]).size() == 0", &list(5_000));
    assert!(matches!(&deep, Outcome::Error(error) if error.message == "values are nested too deep"), "{deep:?}");
}

#[test]
fn regular_expressions_are_linear() {
    let text = format!("{{\"s\": \"{}\"}}", "a".repeat(20_000));
    for pattern in ["(a*)*b", "(a|aa)+$b", "(a?){1000}b", "(.*)(.*)(.*)(.*)(.*)[^a]", "(((a*)*)*)*b"] {
        // Ends, with or without an answer.
        let outcome = outcome("s string", &format!("s.matches('{pattern}')"), &text);
        assert!(matches!(outcome, Outcome::False | Outcome::Error(_)), "{pattern}: {outcome:?}");
    }
    let short = format!("{{\"s\": \"{}\"}}", "a".repeat(2_000));
    assert_eq!(outcome("s string", "s.matches('(a*)*b')", &short), Outcome::False);
    assert_out_of_steps("s string", "s.matches('(a?){1000}b')", &text);
    let bomb = format!("s.matches('{}')", "((a{100}){10}|".repeat(3_000) + &")".repeat(3_000));
    assert!(matches!(outcome("s string", &bomb, &short), Outcome::Error(_)));
    let wide = format!("s.matches('{}')", "(a{1000})".repeat(5_000));
    assert!(matches!(outcome("s string", &wide, &short), Outcome::Error(_)));
    let deep = format!("s.matches('{}')", "(".repeat(50_000));
    assert!(matches!(outcome("s string", &deep, &short), Outcome::Error(_)));
}

#[test]
fn numbers_as_long_as_a_context_are_read() {
    let digits = "9".repeat(20_000);
    assert_eq!(outcome("d double", "d > 1e300", &format!("{{\"d\": \"{digits}\"}}")), Outcome::True);
    assert_eq!(outcome("d double", "d == 1.0", &format!("{{\"d\": 0.{digits}}}")), Outcome::True);
    assert_eq!(outcome("i int", "i > 5", &format!("{{\"i\": \"{digits}\"}}")), Outcome::True);
}

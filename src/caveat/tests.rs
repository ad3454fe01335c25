use super::*;

fn parameters(of: &[(&str, ParameterType)]) -> Vec<Parameter> {
    of.iter().map(|(name, kind)| Parameter { name: (*name).to_owned(), kind: kind.clone() }).collect()
}

fn usual() -> Vec<Parameter> {
    parameters(&[
        ("flag", ParameterType::Bool),
        ("count", ParameterType::Int),
        ("name", ParameterType::String),
        ("anything", ParameterType::Any),
        ("scores", ParameterType::Map(Box::new(ParameterType::Int))),
    ])
}

/// The first problem: its code and the text it underlines.
fn problem(source: &str) -> (&'static str, &str) {
    let problems = compile(&usual(), source).unwrap_err();
    (problems[0].code.as_str(), problems[0].span.of(source))
}

#[test]
fn underlines_what_is_wrong() {
    assert_eq!(problem("flag && cuont > 1"), ("caveat/undeclared-reference", "cuont"));
    assert_eq!(problem("flag && frob(count)"), ("caveat/undeclared-reference", "frob"));
    assert_eq!(problem("flag && (count + name) == 1"), ("caveat/no-matching-overload", "count + name"));
    assert_eq!(problem("flag || count"), ("caveat/no-matching-overload", "count"));
    assert_eq!(problem("  count + 1 // so much"), ("caveat/not-boolean", "count + 1"));
    assert_eq!(problem("name.length == 1"), ("caveat/no-matching-overload", "name.length"));
    assert_eq!(problem("name == '\\d'"), ("caveat/invalid-literal", "\\d"));
    assert_eq!(problem("count == 9223372036854775808"), ("caveat/invalid-literal", "9223372036854775808"));
    assert_eq!(problem("flag and flag"), ("caveat/syntax", "and"));
    assert_eq!(problem("flag &&"), ("caveat/syntax", ""));
    assert_eq!(problem("flag & flag"), ("caveat/syntax", "&"));
    assert_eq!(problem("scores.all(1, flag)"), ("caveat/syntax", "1"));
    assert_eq!(problem("scores.all(key, count)"), ("caveat/no-matching-overload", "count"));
    assert_eq!(problem("count.all(key, flag)"), ("caveat/no-matching-overload", "count"));
    assert_eq!(problem("flag /* why */ && flag"), ("caveat/syntax", "/* why */"));
    assert_eq!(problem("/* why */"), ("caveat/syntax", ""));
}

#[test]
fn reports_every_type_error() {
    let source = "cont == 1 || nmae == name || count == name || [1].all(x, x == name)";
    let problems = compile(&usual(), source).unwrap_err();
    let underlined: Vec<&str> = problems.iter().map(|problem| problem.span.of(source)).collect();
    assert_eq!(underlined, ["cont", "nmae", "count == name", "x == name"]);
    assert_eq!(problems[0].help.as_deref(), Some("did you mean `count`?"));
    assert_eq!(compile(&usual(), &["what"; 100].join(" || ")).unwrap_err().len(), MAX_DIAGNOSTICS);
}

#[test]
fn a_parameter_cannot_be_called_like_a_type() {
    let problems = compile(&parameters(&[("string", ParameterType::String)]), "string == ''").unwrap_err();
    assert_eq!(problems[0].code, Code::ReservedWord);
}

#[test]
fn counts_references_by_name_as_spicedb_does() {
    let references = |source| compile(&usual(), source).unwrap().references().join(" ");
    assert_eq!(references("name == name && flag || anything.count == 1"), "anything flag name");
    assert_eq!(references("[1].all(count, count == 1)"), "count");
    assert_eq!(references("[1].all(count, true)"), "");
    assert_eq!(references("[1].filter(count, true) == [1]"), "count");
    assert_eq!(references("{name: 1} == {'a': 1}"), "");
}

#[test]
fn names_are_resolved() {
    let source = "[count].all(x, x == count) && type(count) == int && optional.of(1).hasValue()";
    let expression = compile(&usual(), source).unwrap();
    let tree = expression.tree();
    let mut found = Vec::new();
    for index in 0..tree.len() {
        let id = NodeId(u32::try_from(index).unwrap());
        match expression.resolution(id) {
            Resolution::Parameter(1) => found.push("parameter".to_owned()),
            Resolution::Variable(of) => found.push(tree.node(of).unwrap().span.of(source).to_owned()),
            Resolution::Type(name) | Resolution::Function(name) | Resolution::IntConversion(name) => found.push(name.to_owned()),
            Resolution::Parameter(_) | Resolution::Accumulator(_) | Resolution::Number(_) | Resolution::None => {}
        }
    }
    let loop_text = "[count].all(x, x == count)";
    let expected = ["parameter", loop_text, "parameter", "parameter", "type", "int", "optional.of", "hasValue"];
    assert_eq!(found, expected);
}

#[test]
fn literals_are_read() {
    let literal = |source: &str| {
        let expression = compile(&usual(), &format!("dyn({source}) == 1")).unwrap();
        let tree = expression.tree();
        let nodes = (0..tree.len()).filter_map(|index| tree.node(NodeId(u32::try_from(index).unwrap())));
        let mut literals = nodes.filter_map(|node| match &node.kind {
            Kind::Literal(literal) => Some(literal.clone()),
            _ => None,
        });
        literals.next().unwrap()
    };
    assert_eq!(literal("-9223372036854775808"), Literal::Int(i64::MIN));
    assert_eq!(literal("-0x10"), Literal::Int(-16));
    assert_eq!(literal("0xffU"), Literal::Uint(255));
    assert_eq!(literal(".5e1"), Literal::Double(5.0));
    assert_eq!(literal("\"\"\"a\r\nb\"\"\""), Literal::String("a\nb".into()));
    assert_eq!(literal(r"'\a\x41\101\u00e9\U0001F600'"), Literal::String("\u{7}AA\u{e9}\u{1f600}".into()));
    assert_eq!(literal(r"'\ud800'"), Literal::String("\u{fffd}".into()));
    assert_eq!(literal(r"R'\a'"), Literal::String(r"\a".into()));
    assert_eq!(literal(r"b'\xff\377é'"), Literal::Bytes([0xff, 0xff, 0xc3, 0xa9].into()));
    assert_eq!(literal(r"Br'\xff'"), Literal::Bytes(br"\xff".as_slice().into()));
}

#[test]
fn parameter_types_by_name() {
    let list = ParameterType::named("list", vec![ParameterType::named("map", vec![ParameterType::Uint]).unwrap()]);
    assert_eq!(list.unwrap().to_string(), "list<map<uint>>");
    for name in ParameterType::NAMES {
        let arguments = if matches!(*name, "list" | "map") { vec![ParameterType::Any] } else { vec![] };
        assert!(ParameterType::named(name, arguments).is_ok());
    }
    assert_eq!(ParameterType::named("int", vec![ParameterType::Any]), Ok(ParameterType::Int));
    assert!(ParameterType::named("list", vec![]).is_err());
    assert!(ParameterType::named("map", vec![ParameterType::Any, ParameterType::Any]).is_err());
    let unknown = ParameterType::named("strnig", vec![]).unwrap_err();
    assert_eq!((unknown.message.as_str(), unknown.candidates), ("unknown parameter type `strnig`", ParameterType::NAMES));
}

/// Expressions as deep as allowed and one deeper, of each shape that nests.
#[test]
fn depth_is_bounded_on_a_small_stack() {
    let deep = |open: &str, middle: &str, close: &str, after: &str, count: usize| {
        format!("{}{middle}{}{after}", open.repeat(count), close.repeat(count))
    };
    let shapes: [(&str, &str, &str, &str, usize); 13] = [
        ("(", "flag", ")", "", 249),
        ("[", "1", "]", " == []", 249),
        ("{1: ", "1", "}", " == {}", 249),
        ("dyn(", "1", ")", " == 1", 249),
        ("[1].all(x, ", "flag", ")", "", 249),
        ("anything[", "1", "]", " == 1", 249),
        ("flag ? flag : ", "flag", "", "", 249),
        ("(!", "flag", ")", "", 249),
        ("(count + ", "count", ")", " == 1", 124),
        ("(count + 1 * ", "count", ")", " == 1", 83),
        ("", "anything", ".a", " == 1", 249),
        ("", "anything", ".map(x, x)", " == []", 249),
        ("count + ", "count", "", " == 1", 249),
    ];
    let run = move || {
        for (open, middle, close, after, most) in shapes {
            assert!(compile(&usual(), &deep(open, middle, close, after, most)).is_ok(), "{open} {most}");
            for count in [most + 1, 10_000] {
                let source = deep(open, middle, close, after, count);
                let problems = compile(&usual(), &source).unwrap_err();
                let code = problems[0].code;
                assert!(matches!(code, Code::CaveatNestingTooDeep | Code::CaveatTooLarge), "{open} {count} {code:?}");
            }
        }
        for unclosed in ["(", "[", "{", "!", "-", "a?", "a.", "[1].all(x,", "((a+", "\"", "'''", "{1:", "dyn("] {
            assert!(compile(&usual(), &unclosed.repeat(20_000)).is_err());
        }
        for wide in ["flag && ", "flag || ", "(flag) && ", "!flag || "] {
            assert!(compile(&usual(), &format!("{}flag", wide.repeat(9_000))).is_ok());
        }
        assert!(compile(&usual(), &format!("{}flag", "!".repeat(90_000))).is_ok());
        assert!(compile(&usual(), &format!("[{}1] == []", "1 + 1, ".repeat(12_000))).is_ok());
    };
    std::thread::Builder::new().stack_size(1 << 20).spawn(run).unwrap().join().unwrap();
}

#[test]
fn length_is_bounded() {
    let long = |count: usize| format!("name == '{}'", "a".repeat(count));
    let around = MAX_EXPRESSION_CHARACTERS - "name == ''".len();
    assert!(compile(&usual(), &long(around)).is_ok());
    assert_eq!(compile(&usual(), &long(around + 1)).unwrap_err()[0].code, Code::CaveatTooLarge);
    assert!(compile(&usual(), &format!("// {}\n flag /* {} */", "x".repeat(200_000), "x".repeat(200_000))).is_ok());
}

/// A type that doubles at each step is stopped by the budget; SpiceDB would not return.
#[test]
fn types_are_bounded() {
    for body in ["{x: x}", "[x].map(y, {y: x})", "optional.of({x: x}).optMap(y, {y: y})"] {
        let source = format!("[1]{} == []", format!(".map(x, {body})").repeat(60));
        assert_eq!(compile(&usual(), &source).unwrap_err()[0].code, Code::CaveatTooLarge);
    }
    let long_chain = format!("optional.of(1){}.hasValue()", ".optMap(x, x + 1)".repeat(200));
    assert!(compile(&usual(), &long_chain).is_ok());
}

//! Changes of schema: what is different, what depends on what, and which changes the relationships refuse. The corpus is
//! checked against a real SpiceDB by `tests/differential/schema_changes.mjs`.

use peppercorn::api::refusals;
use peppercorn::caveat::{Parameter, ParameterType};
use peppercorn::model::{Relationship, Timestamp};
use peppercorn::schema::{Changed, Filter, FilterError, Filters, MemberKind, Schema, compile, diff};
use peppercorn::store::{Dictionary, Operation, Store, Update};
use serde_json::Value;

use crate::corpus::{Failures, files, project, read};

fn schema(text: &str) -> Schema {
    compile(text).unwrap_or_else(|problems| panic!("{text}\n{problems:#?}"))
}

fn texts(value: &Value) -> Vec<&str> {
    value.as_array().into_iter().flatten().map(|text| text.as_str().unwrap()).collect()
}

#[test]
fn expressions_are_printed_as_spicedb_prints_them() {
    let path = project().join("tests/corpus/cel/canonical.json");
    let cases: Vec<Value> = serde_json::from_str(&read(&path)).unwrap();
    let mut failures = Failures::default();
    for case in &cases {
        let parameters: Vec<Parameter> = texts(&case["parameters"])
            .iter()
            .map(|text| {
                let (name, kind) = text.split_once(' ').unwrap();
                let (outer, arguments) = match kind.split_once('<') {
                    Some((outer, inner)) => (outer, vec![ParameterType::named(inner.trim_end_matches('>'), Vec::new()).unwrap()]),
                    None => (kind, Vec::new()),
                };
                Parameter { name: name.into(), kind: ParameterType::named(outer, arguments).unwrap() }
            })
            .collect();
        let written = case["written"].as_str().unwrap();
        let expression = peppercorn::caveat::compile(&parameters, written).unwrap();
        let expected = case["peppercorn"].as_str().or(case["canonical"].as_str()).unwrap();
        failures.compare(&path, &[expected.to_owned()], &[expression.canonical()]);
        match peppercorn::caveat::compile(&parameters, expected) {
            Ok(again) => failures.compare(&path, &[expected.to_owned()], &[again.canonical()]),
            Err(problems) => failures.add(&path, format!("{expected}: {problems:?}")),
        }
    }
    assert!(cases.len() > 50);
    failures.none(1);
}

/// What SpiceDB says where a change is refused.
fn in_spicedbs_words(refusal: &peppercorn::api::Refusal) -> String {
    let about = |key: &str| &refusal.metadata.iter().find(|(name, _)| *name == key).unwrap().1;
    let message = match refusal.operation {
        "remove_parameter" => {
            return format!("cannot remove parameter `{}` on caveat `{}`", about("parameter_name"), about("caveat_name"));
        }
        "change_parameter_type" => {
            let (parameter, caveat) = (about("parameter_name"), about("caveat_name"));
            return format!("cannot change the type of parameter `{parameter}` on caveat `{caveat}`");
        }
        "delete_object_definition" => {
            let definition = about("resource_type");
            format!("cannot delete object definition `{definition}`, as at least one relationship exists under it")
        }
        "delete_relation" => format!(
            "cannot delete relation `{}` in object definition `{}`, as at least one relationship exists under it",
            about("relation"),
            about("resource_type")
        ),
        "delete_relation_reverse_check" => format!(
            "cannot delete relation `{}` in object definition `{}`, as at least one relationship references it as part of a subject",
            about("relation"),
            about("resource_type")
        ),
        "remove_allowed_type" => format!(
            "cannot remove allowed type `{}` from relation `{}` in object definition `{}`, as a relationship exists with it",
            about("allowed_type"),
            about("relation"),
            about("resource_type")
        ),
        other => panic!("{other}"),
    };
    format!("{message}: {}", refusal.relationship.as_ref().unwrap())
}

#[test]
fn changes_are_refused_where_spicedb_refuses_them() {
    let now = Timestamp::parse("2026-01-01T00:00:00Z").unwrap();
    let mut failures = Failures::default();
    let mut cases = 0;
    for path in files("schema-changes", "json") {
        let file: Vec<Value> = serde_json::from_str(&read(&path)).unwrap();
        for case in &file {
            cases += 1;
            let (name, spicedb) = (case["name"].as_str().unwrap(), case["spicedb"].as_str().unwrap());
            let mut store = Store::new(Dictionary::new());
            let rows = texts(&case["relationships"]);
            let updates: Vec<Update<'_>> = rows
                .iter()
                .map(|row| Update { operation: Operation::Touch, relationship: Relationship::parse(row).unwrap() })
                .collect();
            store.commit(&updates).unwrap();
            let old = schema(case["old"].as_str().unwrap());
            let expected: Vec<String> = texts(&case["operations"]).iter().map(ToString::to_string).collect();
            let Ok(new) = compile(case["new"].as_str().unwrap()) else {
                failures.compare(&path, &expected, &["compile".to_owned()]);
                assert_ne!(spicedb, "accepted", "{name}");
                continue;
            };
            let refusals = refusals(&old, &new, store.head(), now);
            let found: Vec<String> = refusals.iter().map(|one| format!("{} {}", one.operation, one.relationships)).collect();
            failures.compare(&path, &expected, &found);
            if case["because"].is_string() {
                assert!(spicedb == "accepted" && !refusals.is_empty(), "{name}");
                continue;
            }
            let mut said = refusals.iter().map(in_spicedbs_words);
            if spicedb == "accepted" {
                failures.compare(&path, &[], &said.collect::<Vec<_>>());
            } else if !said.any(|one| one == spicedb) {
                failures.add(&path, format!("{name}: SpiceDB says {spicedb}, and not {refusals:#?}"));
            }
            assert_eq!(diff(&old, &old).len() + diff(&new, &new).len(), 0, "{name}");
            assert_eq!(old.hash() == new.hash(), name.starts_with("reorder") || name.starts_with("comments"), "{name}");
        }
    }
    assert!(cases > 70);
    failures.none(4);
}

fn shown(difference: &peppercorn::schema::Difference<'_>) -> String {
    let about = match difference.changed {
        Changed::Definition(definition) => definition.name.clone(),
        Changed::Member { definition, member } => format!("{}#{}", definition.name, member.name),
        Changed::SubjectType { definition, relation, subject_type } => {
            format!("{}#{}@{subject_type}", definition.name, relation.name)
        }
        Changed::Caveat(caveat) => caveat.name.clone(),
        Changed::Parameter { caveat, parameter, previous } => {
            let was = previous.map(|previous| format!(", was {previous}")).unwrap_or_default();
            format!("{}({} {}{was})", caveat.name, parameter.name, parameter.kind)
        }
    };
    format!("{} {about}", difference.kind.as_str())
}

#[test]
fn every_kind_of_difference_is_found() {
    let old = "
definition user {}
definition gone {}
definition robot {}
// before
definition doc {
    relation lost: user
    // before
    relation viewer: user | robot | user:*
    relation turned: user
    permission went = viewer
    // before
    permission view = viewer + (turned + lost)
    permission same = viewer - (turned & lost) - lost
}
caveat away(day string) { day == 'x' }
// before
caveat only(day string, hour int, old bool) { day == 'x' && hour > 3 && old }";
    let new = "
definition user {}
definition robot {}
definition come {}
// after
definition doc {
    // after
    relation viewer: robot | user with only
    permission turned = viewer
    relation found: user
    permission came = viewer
    // after
    permission view = viewer
    permission same = (viewer - (turned & found)) - found
}
caveat arrived(day string) { day == 'x' }
// after
caveat only(day string, hour uint, new bool) { day == 'x' && hour > 3 && new }";
    let found: Vec<String> = diff(&schema(old), &schema(new)).iter().map(shown).collect();
    let expected = [
        "definitionAdded come",
        "definitionRemoved gone",
        "caveatAdded arrived",
        "caveatRemoved away",
        "definitionDocCommentChanged doc",
        "relationRemoved doc#lost",
        "relationRemoved doc#turned",
        "relationAdded doc#found",
        "permissionRemoved doc#went",
        "permissionAdded doc#turned",
        "permissionAdded doc#came",
        "permissionExprChanged doc#view",
        "permissionDocCommentChanged doc#view",
        "permissionExprChanged doc#same",
        "relationDocCommentChanged doc#viewer",
        "relationSubjectTypeRemoved doc#viewer@user",
        "relationSubjectTypeRemoved doc#viewer@user:*",
        "relationSubjectTypeAdded doc#viewer@user with only",
        "caveatDocCommentChanged only",
        "caveatParameterRemoved only(old bool)",
        "caveatParameterAdded only(new bool)",
        "caveatParameterTypeChanged only(hour uint, was int)",
        "caveatExprChanged only",
    ];
    assert_eq!(found, expected);
}

#[test]
fn layout_is_no_difference() {
    let body = |expressions: [&str; 4], caveat: &str| {
        let [one, two, three, four] = expressions;
        schema(&format!(
            "caveat only(day int) {{ {caveat} }}\ndefinition doc {{\nrelation aaa: doc\nrelation bbb: doc\nrelation ccc: doc
            permission one = {one}\npermission two = {two}\npermission three = {three}\npermission four = {four}\n}}"
        ))
    };
    let one = body(["aaa + (bbb + ccc)", "(aaa & bbb) & ccc", "(aaa - bbb) - ccc", "aaa->bbb"], "day==0x10");
    let same = body(["aaa + bbb + ccc", "aaa & (bbb & ccc)", "aaa - bbb - ccc", "aaa.any(bbb)"], "( day == 16 )");
    assert_eq!(diff(&one, &same).iter().map(shown).collect::<Vec<_>>(), [""; 0]);
    assert_eq!(one.hash(), same.hash());
    let other = body(["(aaa + bbb) & ccc", "aaa & bbb", "aaa - (bbb - ccc)", "aaa.all(bbb)"], "day == 17");
    assert_eq!(diff(&one, &other).len(), 5);
    let texts: Vec<String> = other.definitions()[0]
        .members()
        .iter()
        .filter_map(|member| match &member.kind {
            MemberKind::Permission(expression) => Some(expression.to_string()),
            MemberKind::Relation(_) => None,
        })
        .collect();
    assert_eq!(texts, ["aaa + bbb & ccc", "aaa & bbb", "aaa - (bbb - ccc)", "aaa.all(bbb)"]);
}

#[test]
fn comments_are_kept_with_their_delimiters() {
    let schema = schema(
        "
        // one
          /* two
             * three

           four */
        definition doc {
            /** of a relation */
            relation viewer: doc // after
            permission view = viewer
        }
        // of a caveat\r
        caveat only(day int) { day == 1 }",
    );
    let doc = schema.definition("doc").unwrap();
    assert_eq!(&*doc.comment, "// one\n/* two\n* three\n\nfour */");
    assert_eq!(&*doc.member("viewer").unwrap().comment, "/** of a relation */");
    assert_eq!(&*doc.member("view").unwrap().comment, "");
    assert_eq!(&*schema.caveat("only").unwrap().comment, "// of a caveat");
}

#[test]
fn dependencies_go_through_arrows_sets_and_permissions() {
    let schema = schema(
        "
        use self
        definition user { permission myself = self; }
        definition group {
            relation direct: user | group#member
            relation admin: user
            permission member = direct + admin
        }
        definition folder {
            relation owner: user
            permission view = owner
        }
        definition doc {
            relation unused: user
            relation parent: folder
            relation viewer: group#member
            relation banned: user:*
            permission view = nil + viewer - banned
            permission inherited = view & parent->view
            permission empty = nil
        }",
    );
    let shown = |found: Vec<peppercorn::schema::Reference<'_>>| {
        let mark = |is_permission| if is_permission { "!" } else { "" };
        found
            .iter()
            .map(|one| format!("{}#{}{}", one.definition, one.member, mark(one.is_permission)))
            .collect::<Vec<_>>()
            .join(" ")
    };
    let computable = |definition, member| shown(schema.computable_permissions(definition, member));
    let dependent = |permission| shown(schema.dependent_relations("doc", permission));
    assert_eq!(computable("folder", "owner"), "doc#inherited! folder#view!");
    assert_eq!(computable("doc", "parent"), "");
    assert_eq!(computable("group", "admin"), "doc#inherited! doc#view! doc#viewer group#direct group#member!");
    assert_eq!(computable("group", "member"), "doc#inherited! doc#view! doc#viewer group#direct");
    assert_eq!(
        computable("user", ""),
        "doc#banned doc#inherited! doc#unused doc#view! doc#viewer folder#owner folder#view! group#admin group#direct group#member! user#myself!"
    );
    assert_eq!(computable("folder", ""), "doc#parent");
    assert_eq!(computable("nothing", "at_all"), "");
    assert_eq!(dependent("view"), "doc#banned doc#viewer group#admin group#direct group#member!");
    assert_eq!(
        dependent("inherited"),
        "doc#banned doc#parent doc#view! doc#viewer folder#owner folder#view! group#admin group#direct group#member!"
    );
    assert_eq!(dependent("empty"), "");
    assert_eq!(dependent("nothing"), "");
}

#[test]
fn filters_ask_for_prefixes() {
    let filter = |definition, caveat, relation, permission| Filter { definition, caveat, relation, permission };
    let error = |filter| Filters::new(&[Filter::default(), filter]).unwrap_err();
    assert_eq!(error(filter("doc", "only", "", "")), (1, FilterError::DefinitionAndCaveat));
    assert_eq!(error(filter("", "", "viewer", "")), (1, FilterError::RelationWithoutDefinition));
    assert_eq!(error(filter("doc", "", "viewer", "view")), (1, FilterError::RelationAndPermission));
    assert_eq!(error(filter("", "only", "", "view")), (1, FilterError::PermissionWithoutDefinition));

    let none = Filters::new(&[]).unwrap();
    assert!(none.has_definitions() && none.has_caveats() && none.has_definition("doc") && none.has_caveat("only"));
    assert!(none.has_relation("doc", "viewer") && none.has_permission("doc", "view"));

    let of = [filter("doc", "", "view", ""), filter("", "on", "", "")];
    let some = Filters::new(&of).unwrap();
    assert!(some.has_definition("document") && !some.has_definition("do") && some.has_caveat("only") && !some.has_caveat("o"));
    assert!(
        some.has_relation("document", "viewer") && !some.has_relation("document", "vie") && !some.has_relation("page", "viewer")
    );
    assert!(some.has_permission("page", "anything"));

    let caveats = [filter("", "on", "", "")];
    let caveats = Filters::new(&caveats).unwrap();
    assert!(!caveats.has_definitions() && !caveats.has_definition("doc") && caveats.has_caveats());
    assert!(!Filters::new(&[Filter::default()]).unwrap().has_caveats());
}

//! What one schema has that another has not, in SpiceDB's kinds of difference (`pkg/diff`, and `convertDiff` of
//! `internal/services/v1/reflectionapi.go`).

use super::schema::{AllowedType, Caveat, Definition, Member, MemberKind, Schema};
use crate::caveat::{Parameter, ParameterType};
use crate::text::hash::Set;

/// Declares [`DifferenceKind`] and its names in one place.
macro_rules! kinds {
    ($($variant:ident => $name:literal, $doc:literal;)+) => {
        /// What is different.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum DifferenceKind {
            $(#[doc = $doc] $variant,)+
        }

        impl DifferenceKind {
            /// The name of the field that the v1 API has for it, for example `definitionAdded`.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
        }
    };
}

kinds! {
    DefinitionAdded => "definitionAdded", "A definition is new.";
    DefinitionRemoved => "definitionRemoved", "A definition is gone.";
    DefinitionDocCommentChanged => "definitionDocCommentChanged", "The comments before a definition are others.";
    RelationAdded => "relationAdded", "A relation is new, or was a permission.";
    RelationRemoved => "relationRemoved", "A relation is gone, or is a permission.";
    RelationDocCommentChanged => "relationDocCommentChanged", "The comments before a relation are others.";
    RelationSubjectTypeAdded => "relationSubjectTypeAdded", "A relation allows another type of subject.";
    RelationSubjectTypeRemoved => "relationSubjectTypeRemoved", "A relation no longer allows a type of subject.";
    PermissionAdded => "permissionAdded", "A permission is new, or was a relation.";
    PermissionRemoved => "permissionRemoved", "A permission is gone, or is a relation.";
    PermissionDocCommentChanged => "permissionDocCommentChanged", "The comments before a permission are others.";
    PermissionExprChanged => "permissionExprChanged", "A permission is computed from something else.";
    CaveatAdded => "caveatAdded", "A caveat is new.";
    CaveatRemoved => "caveatRemoved", "A caveat is gone.";
    CaveatDocCommentChanged => "caveatDocCommentChanged", "The comments before a caveat are others.";
    CaveatExprChanged => "caveatExprChanged", "A caveat has another expression.";
    CaveatParameterAdded => "caveatParameterAdded", "A caveat has another parameter.";
    CaveatParameterRemoved => "caveatParameterRemoved", "A caveat no longer has a parameter.";
    CaveatParameterTypeChanged => "caveatParameterTypeChanged", "A parameter of a caveat has another type.";
}

/// One difference.
#[derive(Clone, Copy, Debug)]
pub struct Difference<'a> {
    /// What is different.
    pub kind: DifferenceKind,
    /// In what: of the old schema where it is gone, and of the new one otherwise.
    pub changed: Changed<'a>,
}

/// What is different in one schema from the other.
#[derive(Clone, Copy, Debug)]
pub enum Changed<'a> {
    /// A definition.
    Definition(&'a Definition),
    /// A relation or permission.
    Member {
        /// Of this definition.
        definition: &'a Definition,
        /// The relation or permission.
        member: &'a Member,
    },
    /// What a relation allows.
    SubjectType {
        /// Of this definition.
        definition: &'a Definition,
        /// The relation, always of the new schema, as SpiceDB gives it.
        relation: &'a Member,
        /// The type that it allows now, or no longer.
        subject_type: &'a AllowedType,
    },
    /// A caveat.
    Caveat(&'a Caveat),
    /// A parameter of a caveat.
    Parameter {
        /// Of this caveat.
        caveat: &'a Caveat,
        /// The parameter.
        parameter: &'a Parameter,
        /// The type it had, where that is what changed.
        previous: Option<&'a ParameterType>,
    },
}

/// The differences between two schemas.
///
/// Definitions added, definitions removed, caveats added, caveats removed; then what changed in each definition and each
/// caveat. Within these, SpiceDB's order where it has one, and the order written: in the old schema of what is gone, in the new one
/// of all else. O(n), and O(n²) in the parameters of one caveat.
///
/// Parentheses that change nothing, `->` for `.any`, and the layout of a caveat's expression are no difference here. To SpiceDB
/// the last two are.
#[must_use]
pub fn diff<'a>(old: &'a Schema, new: &'a Schema) -> Vec<Difference<'a>> {
    let mut found = Found(Vec::new());
    for (from, other, kind) in [(new, old, DifferenceKind::DefinitionAdded), (old, new, DifferenceKind::DefinitionRemoved)] {
        for definition in from.definitions().iter().filter(|definition| other.definition(&definition.name).is_none()) {
            found.add(kind, Changed::Definition(definition));
        }
    }
    for (from, other, kind) in [(new, old, DifferenceKind::CaveatAdded), (old, new, DifferenceKind::CaveatRemoved)] {
        for caveat in from.caveats().iter().filter(|caveat| other.caveat(&caveat.name).is_none()) {
            found.add(kind, Changed::Caveat(caveat));
        }
    }
    for definition in new.definitions() {
        if let Some(old) = old.definition(&definition.name) {
            found.definition(old, definition);
        }
    }
    for caveat in new.caveats() {
        if let Some(old) = old.caveat(&caveat.name) {
            found.caveat(old, caveat);
        }
    }
    found.0
}

struct Found<'a>(Vec<Difference<'a>>);

impl<'a> Found<'a> {
    fn add(&mut self, kind: DifferenceKind, changed: Changed<'a>) {
        self.0.push(Difference { kind, changed });
    }

    fn definition(&mut self, old: &'a Definition, new: &'a Definition) {
        if old.comment != new.comment {
            self.add(DifferenceKind::DefinitionDocCommentChanged, Changed::Definition(new));
        }
        for (from, other, is_relation, kind) in [
            (old, new, true, DifferenceKind::RelationRemoved),
            (new, old, true, DifferenceKind::RelationAdded),
            (old, new, false, DifferenceKind::PermissionRemoved),
            (new, old, false, DifferenceKind::PermissionAdded),
        ] {
            let is_one = |member: &&Member| matches!(member.kind, MemberKind::Relation(_)) == is_relation;
            for member in from.members().iter().filter(is_one) {
                if other.member(&member.name).filter(is_one).is_none() {
                    self.add(kind, Changed::Member { definition: from, member });
                }
            }
        }
        // SpiceDB tells of permissions first.
        let mut relations = Found(Vec::new());
        for member in new.members() {
            let Some(before) = old.member(&member.name) else { continue };
            let changed = Changed::Member { definition: new, member };
            let has_new_comment = before.comment != member.comment;
            match (&before.kind, &member.kind) {
                (MemberKind::Permission(one), MemberKind::Permission(other)) => {
                    if one.to_string() != other.to_string() {
                        self.add(DifferenceKind::PermissionExprChanged, changed);
                    }
                    if has_new_comment {
                        self.add(DifferenceKind::PermissionDocCommentChanged, changed);
                    }
                }
                (MemberKind::Relation(one), MemberKind::Relation(other)) => {
                    if has_new_comment {
                        relations.add(DifferenceKind::RelationDocCommentChanged, changed);
                    }
                    for (from, without, kind) in [
                        (one, other, DifferenceKind::RelationSubjectTypeRemoved),
                        (other, one, DifferenceKind::RelationSubjectTypeAdded),
                    ] {
                        let without: Set<String> = without.iter().map(ToString::to_string).collect();
                        for subject_type in from.iter().filter(|allowed| !without.contains(&allowed.to_string())) {
                            relations.add(kind, Changed::SubjectType { definition: new, relation: member, subject_type });
                        }
                    }
                }
                (MemberKind::Permission(_), MemberKind::Relation(_)) | (MemberKind::Relation(_), MemberKind::Permission(_)) => {}
            }
        }
        self.0.append(&mut relations.0);
    }

    fn caveat(&mut self, old: &'a Caveat, new: &'a Caveat) {
        if old.comment != new.comment {
            self.add(DifferenceKind::CaveatDocCommentChanged, Changed::Caveat(new));
        }
        for (caveat, other, kind) in
            [(old, new, DifferenceKind::CaveatParameterRemoved), (new, old, DifferenceKind::CaveatParameterAdded)]
        {
            for parameter in caveat.parameters.iter().filter(|parameter| other.parameter(&parameter.name).is_none()) {
                self.add(kind, Changed::Parameter { caveat, parameter, previous: None });
            }
        }
        for parameter in &new.parameters {
            if let Some(before) = old.parameter(&parameter.name)
                && before.kind != parameter.kind
            {
                let changed = Changed::Parameter { caveat: new, parameter, previous: Some(&before.kind) };
                self.add(DifferenceKind::CaveatParameterTypeChanged, changed);
            }
        }
        if old.expression.canonical() != new.expression.canonical() {
            self.add(DifferenceKind::CaveatExprChanged, Changed::Caveat(new));
        }
    }
}

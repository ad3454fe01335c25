/// Declares [`Code`] and its texts in one place, so that the catalogue cannot drift from the enum.
macro_rules! catalogue {
    ($($variant:ident => $text:literal, $doc:literal;)+) => {
        /// The stable code of a diagnostic, `area/name`: the one catalogue of everything that can be wrong with an input.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = $doc] $variant,)+
        }

        impl Code {
            /// Every code there is, in the order of the catalogue.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The code as text, for example `syntax/unexpected-token`.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// What the code means, in one sentence.
            #[must_use]
            pub fn explanation(self) -> &'static str {
                match self { $(Self::$variant => $doc),+ }
            }
        }
    };
}

catalogue! {
    UnexpectedToken => "syntax/unexpected-token", "Something else was expected at this place.";
    UnterminatedComment => "syntax/unterminated-comment", "A block comment is opened and never closed.";
    UnterminatedString => "syntax/unterminated-string", "A string is opened and never closed.";
    UnrecognizedCharacter => "syntax/unrecognized-character", "The character means nothing in the schema language.";
    MissingTerminator => "syntax/missing-terminator", "A statement must end with a line break or a semicolon.";
    NestingTooDeep => "syntax/nesting-too-deep", "Parentheses or type arguments are nested deeper than the limit.";
    UnknownUseFlag => "syntax/unknown-use-flag", "The flag after `use` does not exist.";
    MisplacedUse => "syntax/misplaced-use", "A `use` line stands after a definition or caveat.";
    ArrowFunction => "syntax/arrow-function", "An arrow function is neither `any` nor `all`.";
    NestedArrow => "syntax/nested-arrow", "An arrow starts from another arrow.";
    MissingCaveatExpression => "syntax/missing-caveat-expression", "A caveat has an empty body.";
    ReservedWord => "syntax/reserved-word", "A reserved word is used as a name.";
    InvalidName => "schema/invalid-name", "A name breaks the naming rules.";
    DuplicateDefinition => "schema/duplicate-definition", "Two definitions or caveats share a name.";
    PartialNameConflict => "schema/partial-name-conflict", "A partial has the name of a definition or caveat.";
    UnknownPartial => "schema/unknown-partial", "A partial that is referred to does not exist.";
    CircularPartial => "schema/circular-partial", "Partials include each other in a circle.";
    DuplicateParameter => "schema/duplicate-parameter", "A caveat declares a parameter twice.";
    ParameterType => "schema/parameter-type", "A parameter type does not exist or has the wrong type arguments.";
    ImportNotAllowed => "schema/import-not-allowed", "Imports need a host that can read files.";
    ImportPath => "schema/import-path", "An import leaves the folder of the schema.";
    ImportNotFound => "schema/import-not-found", "An imported file cannot be read.";
    ImportCycle => "schema/import-cycle", "Files import each other in a circle.";
    SchemaTooLarge => "schema/too-large", "The schema text is larger than the limit.";
    CaveatSyntax => "caveat/syntax", "The caveat's expression is not well-formed CEL.";
    CaveatUndeclaredReference => "caveat/undeclared-reference", "The expression names something that is not a parameter.";
    CaveatNoMatchingOverload => "caveat/no-matching-overload", "No function or operator takes operands of these types.";
    CaveatNotBoolean => "caveat/not-boolean", "The expression does not give true or false.";
    CaveatTooLarge => "caveat/too-large", "The expression is larger than the limit.";
    CaveatNestingTooDeep => "caveat/nesting-too-deep", "The expression is nested deeper than the limit.";
    CaveatInvalidLiteral => "caveat/invalid-literal", "A number or string in the expression is malformed or out of range.";
    UnknownDefinition => "types/unknown-definition", "A type that is referred to is not defined.";
    UnknownRelation => "types/unknown-relation", "A relation or permission that is referred to does not exist.";
    UnknownCaveat => "types/unknown-caveat", "A caveat that is referred to does not exist.";
    DuplicateRelation => "types/duplicate-relation", "Two relations or permissions of a definition share a name.";
    PermissionLeftOfArrow => "types/permission-left-of-arrow", "An arrow starts from a permission; it must start from a relation.";
    WildcardInArrow => "types/wildcard-in-arrow", "An arrow starts from a relation that may hold a wildcard.";
    TransitiveWildcard => "types/transitive-wildcard", "A subject type `type#relation` leads to a wildcard.";
    PermissionCycle => "types/permission-cycle", "Permissions are aliases of each other in a circle.";
    DuplicateAllowedType => "types/duplicate-allowed-type", "A relation lists the same subject type twice.";
    UnusedParameter => "types/unused-parameter", "A caveat's parameter is not used in its expression.";
    IncompleteAnnotation => "types/incomplete-annotation", "A permission's type annotation leaves out a type it can hold.";
    LintNameReferencesParent => "lint/relation-name-references-parent", "A relation or permission repeats the name of its definition.";
    LintReferencesItself => "lint/permission-references-itself", "A permission's expression names the permission itself.";
    LintArrowReferencesRelation => "lint/arrow-references-relation", "An arrow ends at a relation; a permission is easier to change later.";
    LintArrowUnreachable => "lint/arrow-references-unreachable-relation", "An arrow ends at a name that none of its subject types has.";
    LintArrowSubjectRelation => "lint/arrow-walks-subject-relation", "An arrow ignores the relation of a `type#relation` subject.";
    LintMixedOperators => "lint/mixed-operators-without-parentheses", "Different operators are mixed without parentheses.";
    RelationshipSyntax => "relationship/syntax", "A relationship is not of the form `type:id#relation@type:id`.";
    RelationshipUnknownDefinition => "relationship/unknown-definition", "A relationship names a type that is not in the schema.";
    RelationshipUnknownRelation => "relationship/unknown-relation", "A relationship names a relation that its type does not have.";
    RelationshipPermissionNotWritable => "relationship/permission-not-writable", "A relationship writes to a permission; only relations hold relationships.";
    RelationshipSubjectType => "relationship/subject-type", "The relation does not allow this type of subject.";
    RelationshipCaveatContext => "relationship/caveat-context", "A relationship's caveat context does not fit the caveat's parameters.";
    RelationshipDuplicate => "relationship/duplicate", "The same relationship is given twice.";
    RelationshipTooLarge => "relationship/too-large", "A relationship's caveat context is larger than the limit.";
    RelationshipAlreadyExists => "relationship/already-exists", "A relationship to create is there already.";
    FileUnreadable => "file/unreadable", "A file cannot be read; only the command line reports it.";
    StoreFull => "store/full", "The engine holds as many names and ids as it can.";
    ValidationEncoding => "validation/encoding", "A file is not UTF-8 text.";
    ValidationYaml => "validation/yaml", "A validation file is not well-formed YAML.";
    ValidationNotAMapping => "validation/not-a-mapping", "A validation file, or a part of it, is not a mapping.";
    ValidationUnknownKey => "validation/unknown-key", "A key is not one of a validation file.";
    ValidationLegacyKey => "validation/legacy-key", "A key is of the old form of validation files.";
    ValidationDuplicateKey => "validation/duplicate-key", "A key is given twice.";
    ValidationWrongType => "validation/wrong-type", "A value is not of the kind its key asks for.";
    ValidationMissingSchema => "validation/missing-schema", "A validation file has neither `schema` nor `schemaFile`.";
    ValidationSchemaConflict => "validation/schema-conflict", "A validation file has both `schema` and `schemaFile`.";
    ValidationSchemaFile => "validation/schema-file", "The schema file cannot be read or is not a local path.";
    ValidationAssertionSyntax => "validation/assertion-syntax", "An assertion is not `resource#permission@subject`, with an optional ` with {context}`.";
    ValidationAssertionFailed => "validation/assertion-failed", "An assertion does not hold.";
    ValidationAssertionError => "validation/assertion-error", "An assertion cannot be answered.";
    ValidationExpectedRelationSyntax => "validation/expected-relation-syntax", "An expected relation is not `[subject] is <resource#relation>`, under `resource#permission`.";
    ValidationExpectedRelationMissing => "validation/expected-relation-missing", "A subject is expected and does not have the permission.";
    ValidationExpectedRelationDifferent => "validation/expected-relation-different", "A subject has the permission in another way than expected.";
    ValidationExpectedRelationExtra => "validation/expected-relation-extra", "A subject has the permission and is not expected.";
    ValidationExpectedRelationError => "validation/expected-relation-error", "It cannot be found out who has the permission.";
    ValidationCannotUpdate => "validation/cannot-update", "The `validation` block cannot be replaced without changing something else.";
}

//! The schema language, as SpiceDB 1.54 reads it (`pkg/schemadsl`).
//!
//! A line break ends a statement when the token before it is a word, `}`, `)` or `*`, and is a blank otherwise. So each
//! token here says what may follow it: [`BLANKS`] where a line break would end the statement, [`SPACES`] where it would not.
//! The reader reads one statement at a time, which lets it go on after a mistake.

use super::peg::Peg::{self, Ahead, All, Before, Either, End, Many, Maybe, Named, Not, One, Text, Whole};

/// What has a name in a tree, or in a message about what was expected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Rule {
    And,
    Annotation,
    Arrow,
    Arrows,
    Caveat,
    CaveatExpression,
    Colon,
    Comment,
    Ellipsis,
    #[default]
    End,
    EndOfStatement,
    Equals,
    Expression,
    Greater,
    Head,
    Identifier,
    Import,
    Intersection,
    LeftBrace,
    LeftParenthesis,
    Lexemes,
    LineBreak,
    Nil,
    Operand,
    Parameter,
    ParameterType,
    PartialReference,
    Path,
    Permission,
    Relation,
    RightBrace,
    RightParenthesis,
    Star,
    String,
    Symbol,
    Traits,
    TypeReference,
    Union,
    Unreadable,
    Use,
    Word,
}

/// What may stand between two tokens of a statement.
static BLANK: Peg = Either(&[&Text(" "), &Text("\t"), &COMMENT]);
static BLANKS: Peg = Many(&BLANK);
/// What may stand where a line break means nothing.
static SPACES: Peg = Many(&Either(&[&BLANK, &NEWLINE]));
static NEWLINE: Peg = One(is_newline);
static COMMENT: Peg =
    Whole(Rule::Comment, &Either(&[&All(&[&Text("//"), &REST_OF_LINE]), &All(&[&Text("/*"), &Before("*/"), &Text("*/")])]));
static REST_OF_LINE: Peg = Many(&One(|found| !is_newline(found)));

static LETTER: Peg = One(is_letter);
static LETTERS: Peg = All(&[&LETTER, &Many(&LETTER)]);
/// What a keyword ends with.
static END_OF_WORD: Peg = Not(&LETTER);
static WORD: Peg = Whole(Rule::Word, &LETTERS);
static RESERVED: Peg = All(&[
    &Either(&[&Text("definition"), &Text("caveat"), &Text("relation"), &Text("permission"), &Text("nil"), &Text("with")]),
    &END_OF_WORD,
]);
/// A word that is not reserved; `use` flags reserve more of them, which the reader knows.
static IDENTIFIER: Peg = Whole(Rule::Identifier, &All(&[&Not(&RESERVED), &LETTERS]));
/// A string has no escapes, and `'''` is closed by `"""`, as in SpiceDB.
static STRING: Peg = Whole(
    Rule::String,
    &Either(&[
        &All(&[&LONG_QUOTE, &Before("\"\"\""), &Text("\"\"\"")]),
        &All(&[
            &Not(&LONG_QUOTE),
            &Either(&[
                &All(&[&Text("\""), &Many(&One(|found| found != '"' && !is_newline(found))), &Text("\"")]),
                &All(&[&Text("'"), &Many(&One(|found| found != '\'' && !is_newline(found))), &Text("'")]),
            ]),
        ]),
    ]),
);
static LONG_QUOTE: Peg = Either(&[&Text("\"\"\""), &Text("'''")]);

static NIL: Peg = Whole(Rule::Nil, &All(&[&Text("nil"), &END_OF_WORD]));
static AND: Peg = Whole(Rule::And, &All(&[&Text("and"), &END_OF_WORD]));

static LEFT_BRACE: Peg = Named(Rule::LeftBrace, &Text("{"));
static RIGHT_BRACE: Peg = Named(Rule::RightBrace, &Text("}"));
static LEFT_PARENTHESIS: Peg = Named(Rule::LeftParenthesis, &Text("("));
static RIGHT_PARENTHESIS: Peg = Named(Rule::RightParenthesis, &Text(")"));
static COLON: Peg = Named(Rule::Colon, &Text(":"));
static EQUALS: Peg = Named(Rule::Equals, &All(&[&Text("="), &Not(&Text("="))]));
static PIPE: Peg = All(&[&Text("|"), &Not(&Text("|"))]);
static STAR: Peg = Named(Rule::Star, &Text("*"));
static COMMA: Peg = Text(",");
/// Not the beginning of a comment that has no end.
static SLASH: Peg = All(&[&Text("/"), &Not(&Text("*"))]);
static ELLIPSIS: Peg = Named(Rule::Ellipsis, &Text("..."));
static MINUS: Peg = All(&[&Text("-"), &Not(&Text(">"))]);
static AMPERSAND: Peg = All(&[&Text("&"), &Not(&Text("&"))]);
static PERIOD: Peg = All(&[&Text("."), &Not(&Text(".."))]);
static LESS: Peg = All(&[&Text("<"), &Not(&Text("="))]);
static GREATER: Peg = Named(Rule::Greater, &All(&[&Text(">"), &Not(&Text("="))]));

/// A line break, a semicolon or the end of the file; looked at, not taken.
static END_OF_STATEMENT: Peg = Named(Rule::EndOfStatement, &Ahead(&Either(&[&NEWLINE, &Text(";"), &Named(Rule::End, &End)])));

/// `use flag`
pub(super) static USE: Peg = Named(Rule::Use, &All(&[&Text("use"), &END_OF_WORD, &BLANKS, &WORD, &BLANKS]));
/// `import "path.zed"`
pub(super) static IMPORT: Peg = Named(Rule::Import, &All(&[&Text("import"), &END_OF_WORD, &BLANKS, &STRING, &BLANKS]));
/// `definition some/name {` or `partial some_name {`, up to its members.
pub(super) static HEAD: Peg = Named(
    Rule::Head,
    &All(&[&Either(&[&Text("definition"), &Text("partial")]), &END_OF_WORD, &BLANKS, &PATH, &LEFT_BRACE, &SPACES]),
);
/// `caveat some_name(parameter type, …) { CEL }`, whole.
pub(super) static CAVEAT: Peg = Named(
    Rule::Caveat,
    &All(&[
        &All(&[&Text("caveat"), &END_OF_WORD, &BLANKS, &PATH, &LEFT_PARENTHESIS, &SPACES]),
        &All(&[&PARAMETER, &Many(&All(&[&COMMA, &SPACES, &PARAMETER])), &RIGHT_PARENTHESIS, &BLANKS]),
        &All(&[&LEFT_BRACE, &SPACES, &Maybe(&CAVEAT_EXPRESSION), &SPACES, &RIGHT_BRACE, &BLANKS]),
    ]),
);
static PARAMETER: Peg = Named(Rule::Parameter, &All(&[&IDENTIFIER, &BLANKS, &PARAMETER_TYPE]));
static PARAMETER_TYPE: Peg = Named(
    Rule::ParameterType,
    &All(&[
        &IDENTIFIER,
        &BLANKS,
        &Maybe(&All(&[&LESS, &SPACES, &PARAMETER_TYPE, &Many(&All(&[&COMMA, &SPACES, &PARAMETER_TYPE])), &GREATER, &SPACES])),
    ]),
);
/// The text of the expression, from its first token to its last; CEL reads it later.
static CAVEAT_EXPRESSION: Peg = Named(Rule::CaveatExpression, &All(&[&CAVEAT_TOKEN, &CAVEAT_TOKENS]));
static CAVEAT_TOKENS: Peg = Many(&All(&[&SPACES, &CAVEAT_TOKEN]));
static CAVEAT_TOKEN: Peg = Either(&[
    &STRING,
    &WORD,
    &All(&[&Text("{"), &CAVEAT_TOKENS, &SPACES, &Text("}")]),
    &All(&[&Not(&Text("/*")), &One(is_mark)]),
]);

/// A name with its prefixes: `some/name`.
static PATH: Peg = Named(Rule::Path, &All(&[&IDENTIFIER, &BLANKS, &Many(&All(&[&SLASH, &SPACES, &IDENTIFIER, &BLANKS]))]));

/// `relation name: type | type`
pub(super) static RELATION: Peg = Named(
    Rule::Relation,
    &All(&[
        &All(&[&Text("relation"), &END_OF_WORD, &BLANKS, &IDENTIFIER, &BLANKS, &COLON, &SPACES]),
        &All(&[&TYPE_REFERENCE, &Many(&All(&[&PIPE, &SPACES, &TYPE_REFERENCE])), &END_OF_STATEMENT]),
    ]),
);
/// `type`, `type#relation`, `type#...` or `type:*`, with its traits.
static TYPE_REFERENCE: Peg = Named(
    Rule::TypeReference,
    &All(&[
        &PATH,
        &Maybe(&Either(&[
            &All(&[&COLON, &SPACES, &STAR, &BLANKS]),
            &All(&[&Text("#"), &SPACES, &Either(&[&All(&[&ELLIPSIS, &SPACES]), &All(&[&IDENTIFIER, &BLANKS])])]),
        ])),
        &Maybe(&TRAITS),
    ]),
);
/// `with caveat`, `with expiration` or `with caveat and expiration`
static TRAITS: Peg =
    Named(Rule::Traits, &All(&[&Text("with"), &END_OF_WORD, &BLANKS, &PATH, &Maybe(&All(&[&AND, &BLANKS, &WORD, &BLANKS]))]));

/// `permission name = expression`, with an optional annotation.
pub(super) static PERMISSION: Peg = Named(
    Rule::Permission,
    &All(&[
        &All(&[&Text("permission"), &END_OF_WORD, &BLANKS, &IDENTIFIER, &BLANKS]),
        &All(&[&Maybe(&ANNOTATION), &EQUALS, &SPACES, &EXPRESSION, &END_OF_STATEMENT]),
    ]),
);
static ANNOTATION: Peg =
    Named(Rule::Annotation, &All(&[&COLON, &SPACES, &IDENTIFIER, &BLANKS, &Many(&All(&[&PIPE, &SPACES, &IDENTIFIER, &BLANKS]))]));
/// Loosest first: exclusion, then intersection, then union.
static EXPRESSION: Peg = Named(Rule::Expression, &All(&[&INTERSECTION, &Many(&All(&[&MINUS, &SPACES, &INTERSECTION]))]));
static INTERSECTION: Peg = Named(Rule::Intersection, &All(&[&UNION, &Many(&All(&[&AMPERSAND, &SPACES, &UNION]))]));
static UNION: Peg = Named(Rule::Union, &All(&[&OPERAND, &Many(&All(&[&Text("+"), &SPACES, &OPERAND]))]));
static OPERAND: Peg = Named(
    Rule::Operand,
    &Either(&[&All(&[&LEFT_PARENTHESIS, &SPACES, &EXPRESSION, &RIGHT_PARENTHESIS, &BLANKS]), &All(&[&NIL, &BLANKS]), &ARROWS]),
);
/// A name, and the arrows that start from it.
static ARROWS: Peg = Named(Rule::Arrows, &All(&[&IDENTIFIER, &BLANKS, &Many(&ARROW)]));
/// `->name`, or `.function(name)`, which has two names.
static ARROW: Peg = Named(
    Rule::Arrow,
    &Either(&[
        &All(&[&Text("->"), &SPACES, &IDENTIFIER, &BLANKS]),
        &All(&[
            &All(&[&PERIOD, &SPACES, &IDENTIFIER, &BLANKS]),
            &All(&[&LEFT_PARENTHESIS, &SPACES, &IDENTIFIER, &BLANKS, &RIGHT_PARENTHESIS, &BLANKS]),
        ]),
    ]),
);

/// `...partial`
pub(super) static PARTIAL_REFERENCE: Peg =
    Named(Rule::PartialReference, &All(&[&ELLIPSIS, &SPACES, &IDENTIFIER, &BLANKS, &END_OF_STATEMENT]));

/// The same text as a row of tokens and comments, for the formatter and for finding one's way after a mistake.
pub(super) static LEXEMES: Peg =
    Named(Rule::Lexemes, &Many(&Either(&[&LINE_BREAK, &COMMENT, &STRING, &WORD, &SYMBOL, &Text(" "), &Text("\t"), &UNREADABLE])));
static LINE_BREAK: Peg = Named(Rule::LineBreak, &NEWLINE);
/// What no token begins with: a comment or string without its end, a character that means nothing.
static UNREADABLE: Peg = Whole(
    Rule::Unreadable,
    &Either(&[
        &All(&[&Either(&[&Text("/*"), &LONG_QUOTE]), &Many(&One(|_| true))]),
        &All(&[&One(|found| matches!(found, '"' | '\'')), &REST_OF_LINE]),
        &One(|_| true),
    ]),
);
static SYMBOL: Peg = Whole(
    Rule::Symbol,
    &All(&[
        &Not(&Text("/*")),
        &Either(&[
            &Text("..."),
            &Text("->"),
            &Text("||"),
            &Text("&&"),
            &Text("<="),
            &Text(">="),
            &Text("=="),
            &Text("!="),
            &One(|found| matches!(found, '{' | '}') || is_mark(found)),
        ]),
    ]),
);

fn is_newline(found: char) -> bool {
    matches!(found, '\n' | '\r')
}

/// Any character beyond ASCII counts as a letter here; the rules for names refuse it later, by name.
fn is_letter(found: char) -> bool {
    found.is_ascii_alphanumeric() || found == '_' || !found.is_ascii()
}

/// Every character that is punctuation, braces aside.
fn is_mark(found: char) -> bool {
    matches!(found, '!' | '#' | '%' | '&' | '('..='/' | ':'..='?' | '[' | ']' | '|')
}

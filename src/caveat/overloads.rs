//! The functions and operators of CEL as SpiceDB has them (CEL specification, "List of Standard Definitions"; cel-go's
//! library of optional values, version 0; SpiceDB, `pkg/caveats/types`), as data.
//!
//! A signature is the argument types, `>`, and the result; a dot in front makes it a call on its first argument. Types:
//! `b` bool, `i` int, `u` uint, `d` double, `s` string, `y` bytes, `D` duration, `T` timestamp, `n` any value, `t` a
//! type, `p` an IP address, `a` `Any`, `e` `Empty`, `k` an entry of a `Struct`, `w` and a letter that type or null, `L`
//! list of, `M` map from and to, `O` optional, `1` and `2` type variables. The order decides which type a value of
//! unknown type takes: it is the library's.

use super::Operator;

/// The overloads of a function, or nothing where there is no such function. `optional.of` is one name.
pub(super) fn function(name: &str) -> Option<&'static str> {
    FUNCTIONS.iter().find(|(known, _)| *known == name).map(|(_, overloads)| *overloads)
}

/// The names of all functions, for suggestions.
pub(super) fn function_names() -> impl Iterator<Item = &'static str> {
    FUNCTIONS.iter().map(|(name, _)| *name)
}

const OF_MOMENT: &str = ".T>i .Ts>i";
const OF_MOMENT_OR_DURATION: &str = ".T>i .Ts>i .D>i";

const FUNCTIONS: &[(&str, &str)] = &[
    ("bool", "b>b s>b"),
    ("bytes", "y>y s>y"),
    ("contains", ".ss>b"),
    ("double", "d>d i>d s>d u>d"),
    ("duration", "D>D i>D s>D"),
    ("dyn", "1>n"),
    ("endsWith", ".ss>b"),
    ("getDate", OF_MOMENT),
    ("getDayOfMonth", OF_MOMENT),
    ("getDayOfWeek", OF_MOMENT),
    ("getDayOfYear", OF_MOMENT),
    ("getFullYear", OF_MOMENT),
    ("getHours", OF_MOMENT_OR_DURATION),
    ("getMilliseconds", OF_MOMENT_OR_DURATION),
    ("getMinutes", OF_MOMENT_OR_DURATION),
    ("getMonth", OF_MOMENT),
    ("getSeconds", OF_MOMENT_OR_DURATION),
    ("hasValue", ".O1>b"),
    ("in_cidr", ".ps>b"),
    ("int", "i>i d>i D>i s>i T>i u>i"),
    ("isSubtreeOf", ".MsnMsn>b"),
    ("matches", "ss>b .ss>b"),
    ("optional.none", ">O1"),
    ("optional.of", "1>O1"),
    ("optional.ofNonZeroValue", "1>O1"),
    ("or", ".O1O1>O1"),
    ("orValue", ".O11>1"),
    ("size", "y>i .y>i L1>i .L1>i M12>i .M12>i s>i .s>i"),
    ("startsWith", ".ss>b"),
    ("string", "s>s b>s y>s d>s D>s i>s T>s u>s"),
    ("timestamp", "T>T i>T s>T"),
    ("type", "1>t"),
    ("uint", "u>u d>u i>u s>u"),
    ("value", ".O1>1"),
];

const SAME: &str = "11>b";
const ORDER: &str = "bb>b ii>b uu>b dd>b ss>b yy>b TT>b DD>b";
const ORDER_ACROSS_NUMBERS: &str = "bb>b ii>b id>b iu>b uu>b ud>b ui>b dd>b di>b du>b ss>b yy>b TT>b DD>b";

/// The overloads of an operator. `&&` and `||` have one of any width, which the checker knows. Whether `<` and its kin
/// compare numbers of different types depends on where they stand (see `Checker::across_numbers`).
pub(super) fn operator(operator: Operator, across_numbers: bool) -> &'static str {
    match operator {
        Operator::Conditional => "b11>1",
        Operator::Or | Operator::And => "bb>b",
        Operator::Not => "b>b",
        Operator::Negate => "d>d i>i",
        Operator::Equal | Operator::NotEqual => SAME,
        Operator::Less | Operator::LessOrEqual | Operator::Greater | Operator::GreaterOrEqual => {
            if across_numbers {
                ORDER_ACROSS_NUMBERS
            } else {
                ORDER
            }
        }
        Operator::In => "1L1>b 1M12>b",
        Operator::Add => "yy>y dd>d DD>D DT>T TD>T ii>i L1L1>L1 ss>s uu>u",
        Operator::Subtract => "dd>d DD>D ii>i TD>T TT>D uu>u",
        Operator::Multiply | Operator::Divide => "dd>d ii>i uu>u",
        Operator::Modulo => "ii>i uu>u",
        Operator::Index => "L1i>1 M121>2 OL1i>O1 OM121>O2",
        Operator::OptionalIndex => "L1i>O1 OL1i>O1 M121>O2 OM121>O2",
    }
}

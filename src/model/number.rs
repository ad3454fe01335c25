use std::fmt;

/// A decimal number, exactly as written: a sign, digits and a power of ten.
///
/// Contexts hold numbers as text does. Turning each into a double when it is read, and back when it is printed, would lose
/// digits, and the tables for it are 15 KB of a WebAssembly module.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Number {
    negative: bool,
    /// Without zeros at either end; nothing for zero.
    digits: Box<str>,
    /// The number is `0.digits` times ten to this power.
    exponent: i64,
}

/// Exponents beyond this are all the same: out of every range.
const MAX_EXPONENT: i64 = 1_000_000_000;

/// The digits of the least number too large for a double, which is about `0.1797… * 10^309`.
const DOUBLE_LIMIT: &str = "179769313486231580793728971405303415079934";
const DOUBLE_LIMIT_EXPONENT: i64 = 309;

impl Number {
    /// Reads `-12.5e3` and the like: an optional sign, digits with at most one point among them, an optional exponent.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (mantissa, power) = match text.bytes().position(|byte| matches!(byte, b'e' | b'E')) {
            Some(place) => (text.get(..place)?, exponent(text.get(place + 1..)?).unwrap_or(i64::MAX)),
            None => (text, 0),
        };
        let unsigned = mantissa.strip_prefix(['+', '-']).unwrap_or(mantissa);
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        let joined;
        let digits = if fraction.is_empty() {
            whole
        } else {
            joined = [whole, fraction].concat();
            &joined
        };
        if power == i64::MAX || digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let significant = digits.trim_start_matches('0');
        let point = i64::try_from(whole.len()).ok()? - i64::try_from(digits.len() - significant.len()).ok()?;
        let significant = significant.trim_end_matches('0');
        let exponent = if significant.is_empty() { 0 } else { (point + power).clamp(-MAX_EXPONENT, MAX_EXPONENT) };
        Some(Self { negative: mantissa.starts_with('-') && !significant.is_empty(), digits: significant.into(), exponent })
    }

    /// Whether the nearest double is finite.
    #[must_use]
    pub fn fits_double(&self) -> bool {
        self.exponent < DOUBLE_LIMIT_EXPONENT || (self.exponent == DOUBLE_LIMIT_EXPONENT && *self.digits < *DOUBLE_LIMIT)
    }

    /// The number, if it is whole and has at most 15 digits: every such number is a double.
    #[must_use]
    pub fn small(&self) -> Option<i64> {
        let mut zeros = usize::try_from(self.exponent).ok().filter(|len| *len <= 15)?.checked_sub(self.digits.len())?;
        let mut small = 0;
        for digit in self.digits.bytes() {
            small = small * 10 + i64::from(digit - b'0');
        }
        while zeros > 0 {
            small *= 10;
            zeros -= 1;
        }
        Some(if self.negative { -small } else { small })
    }

    /// The number, if it is whole and has at most 38 digits.
    #[must_use]
    pub fn whole(&self) -> Option<i128> {
        let len = usize::try_from(self.exponent).ok().filter(|len| (self.digits.len()..=38).contains(len))?;
        let unsigned: i128 = if self.digits.is_empty() { 0 } else { format!("{:0<len$}", self.digits).parse().ok()? };
        Some(if self.negative { -unsigned } else { unsigned })
    }
}

fn exponent(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let power = digits.parse().unwrap_or(MAX_EXPONENT).min(MAX_EXPONENT);
    Some(if text.starts_with('-') { -power } else { power })
}

/// Prints the shortest JSON: plain digits where at most 21 are needed, else with an exponent.
impl fmt::Display for Number {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(if self.negative { "-" } else { "" })?;
        let len = i64::try_from(self.digits.len()).unwrap_or(i64::MAX);
        match usize::try_from(self.exponent) {
            _ if self.digits.is_empty() => out.write_str("0"),
            Ok(point) if point <= 21 && len <= self.exponent => write!(out, "{:0<point$}", self.digits),
            Ok(point) if point <= 21 => match self.digits.split_at_checked(point) {
                Some(("", fraction)) => write!(out, "0.{fraction}"),
                Some((whole, fraction)) => write!(out, "{whole}.{fraction}"),
                None => Ok(()),
            },
            Err(_) if self.exponent > -6 => {
                let zeros = usize::try_from(-self.exponent).unwrap_or_default();
                write!(out, "0.{:0<zeros$}{}", "", self.digits)
            }
            Ok(_) | Err(_) => {
                let (first, rest) = self.digits.split_at_checked(1).unwrap_or_default();
                let point = if rest.is_empty() { "" } else { "." };
                write!(out, "{first}{point}{rest}e{}", self.exponent - 1)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn knows_its_range() {
        let number = |text: &str| Number::parse(text).unwrap();
        for (text, shown) in [
            ("0", "0"),
            ("-0.0", "0"),
            ("12.50", "12.5"),
            ("-2.5e3", "-2500"),
            (".5", "0.5"),
            ("5.", "5"),
            ("1e-3", "0.001"),
            ("1e-9", "1e-9"),
            ("1e30", "1e30"),
            ("123e25", "1.23e27"),
            ("00012", "12"),
            ("0.00000120", "0.0000012"),
        ] {
            assert_eq!(number(text).to_string(), shown, "{text}");
        }
        assert_eq!(number("-9223372036854775808").whole(), Some(i128::from(i64::MIN)));
        for small in [0, 7, -12, 1_000, 999_999_999_999_999] {
            assert_eq!(number(&small.to_string()).small(), Some(small));
        }
        assert_eq!((number("1000000000000000").small(), number("1.5").small(), number("0.01").small()), (None, None, None));
        assert_eq!((number("1.5").whole(), number("1e2").whole(), number("0").whole()), (None, Some(100), Some(0)));
        assert!(
            number("1.7976931348623157e308").fits_double()
                && !number("1.8e308").fits_double()
                && !number("1e999999999999999999999").fits_double()
        );
        assert!(number("1e-999999999999999999999").fits_double());
        for bad in ["", "-", ".", "e5", "1e", "1e+", "1.2.3", "0x1", "inf", "NaN", "1_0", "--1"] {
            assert_eq!(Number::parse(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn agrees_with_doubles(value in any::<f64>().prop_filter("JSON has no others", |value| value.is_finite())) {
            for text in [format!("{value}"), format!("{value:e}")] {
                let number = Number::parse(&text).unwrap();
                prop_assert_eq!(number.to_string().parse::<f64>().unwrap(), value);
                prop_assert!(number.fits_double());
                prop_assert_eq!(Number::parse(&number.to_string()), Some(number));
            }
        }

        #[test]
        fn knows_what_overflows(digits in "[1-9][0-9]{0,40}", power in 290..320_i64) {
            let text = format!("{digits}e{}", power - i64::try_from(digits.len()).unwrap());
            prop_assert_eq!(Number::parse(&text).unwrap().fits_double(), text.parse::<f64>().unwrap().is_finite());
        }
    }
}

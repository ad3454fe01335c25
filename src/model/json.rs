use super::limits::MAX_JSON_DEPTH;
use super::{Context, Number, Value};
use crate::text::hash::Set;
use crate::text::{Span, sort_by};

/// Why a text is not the JSON it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonError {
    /// What was wrong.
    pub message: String,
    /// Where, in the text given.
    pub span: Span,
}

impl Value {
    /// Reads a JSON object, the form of every caveat context.
    ///
    /// # Errors
    /// Where the text is not one JSON object: not JSON, a key twice, nested too deeply, a number out of range.
    pub fn parse_object(text: &str) -> Result<Context, JsonError> {
        let mut reader = Reader { text, offset: 0 };
        reader.skip_blanks();
        let start = reader.offset;
        let value = reader.value(0)?;
        reader.skip_blanks();
        if reader.offset < text.len() {
            return Err(reader.unexpected("the end of the JSON"));
        }
        match value {
            Self::Object(fields) => Ok(fields),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) | Self::List(_) => {
                Err(JsonError { message: "caveat context must be a JSON object".into(), span: Span::new(start, text.len()) })
            }
        }
    }
}

/// So many keys are compared one by one sooner than hashed.
const FEW: usize = 8;

struct Reader<'a> {
    text: &'a str,
    offset: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.offset..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.offset).copied()
    }

    fn skip_blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.offset += 1;
        }
    }

    fn take(&mut self, literal: &str) -> bool {
        let found = self.text.as_bytes().get(self.offset..).is_some_and(|rest| rest.starts_with(literal.as_bytes()));
        if found {
            self.offset += literal.len();
        }
        found
    }

    fn unexpected(&self, wanted: &str) -> JsonError {
        let found = self.rest().chars().next();
        let message = match found {
            Some(character) => format!("expected {wanted} in JSON, found `{character}`"),
            None => format!("expected {wanted} in JSON, found its end"),
        };
        let end = self.offset + found.map_or(0, char::len_utf8);
        JsonError { message, span: Span::new(self.offset, end) }
    }

    fn value(&mut self, depth: usize) -> Result<Value, JsonError> {
        if depth > MAX_JSON_DEPTH {
            return Err(JsonError {
                message: format!("JSON is nested deeper than {MAX_JSON_DEPTH} levels"),
                span: Span::at(self.offset),
            });
        }
        self.skip_blanks();
        match self.peek() {
            Some(b'{') => self.object(depth),
            Some(b'[') => self.list(depth),
            Some(b'"') => self.string().map(Value::String),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ if self.take("true") => Ok(Value::Bool(true)),
            _ if self.take("false") => Ok(Value::Bool(false)),
            _ if self.take("null") => Ok(Value::Null),
            _ => Err(self.unexpected("a value")),
        }
    }

    fn object(&mut self, depth: usize) -> Result<Value, JsonError> {
        let mut fields = Context::new();
        let mut seen = Set::default();
        self.offset += 1;
        self.skip_blanks();
        if self.take("}") {
            return Ok(Value::Object(fields));
        }
        loop {
            self.skip_blanks();
            let start = self.offset;
            if self.peek() != Some(b'"') {
                return Err(self.unexpected("a key in double quotes"));
            }
            let key = self.string()?;
            let span = Span::new(start, self.offset);
            self.skip_blanks();
            if !self.take(":") {
                return Err(self.unexpected("`:`"));
            }
            let value = self.value(depth + 1)?;
            // Sorted at the end: to insert each in its place takes the square of the time.
            if fields.len() == FEW {
                seen.extend(fields.iter().map(|(key, _)| key.clone()));
            }
            let is_new =
                if fields.len() < FEW { fields.iter().all(|(known, _)| *known != key) } else { seen.insert(key.clone()) };
            if !is_new {
                return Err(JsonError { message: format!("key `{key}` is given twice"), span });
            }
            fields.push((key, value));
            self.skip_blanks();
            if self.take("}") {
                sort_by(&mut fields, |(one, _), (other, _)| one.cmp(other));
                return Ok(Value::Object(fields));
            }
            if !self.take(",") {
                return Err(self.unexpected("`,` or `}`"));
            }
        }
    }

    fn list(&mut self, depth: usize) -> Result<Value, JsonError> {
        let mut values = Vec::new();
        self.offset += 1;
        self.skip_blanks();
        if self.take("]") {
            return Ok(Value::List(values));
        }
        loop {
            values.push(self.value(depth + 1)?);
            self.skip_blanks();
            if self.take("]") {
                return Ok(Value::List(values));
            }
            if !self.take(",") {
                return Err(self.unexpected("`,` or `]`"));
            }
        }
    }

    fn number(&mut self) -> Result<Value, JsonError> {
        let start = self.offset;
        self.take("-");
        let whole = self.digits();
        let well_formed = match whole.as_bytes() {
            [] => false,
            [b'0', _, ..] => false,
            _ => (!self.take(".") || !self.digits().is_empty()) && self.exponent(),
        };
        let text = self.text.get(start..self.offset).unwrap_or_default();
        let span = Span::new(start, self.offset);
        match Number::parse(text) {
            Some(number) if well_formed && number.fits_double() => Ok(Value::Number(number)),
            Some(_) | None => Err(JsonError { message: format!("`{text}` is not a JSON number"), span }),
        }
    }

    fn digits(&mut self) -> &'a str {
        let start = self.offset;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.offset += 1;
        }
        self.text.get(start..self.offset).unwrap_or_default()
    }

    fn exponent(&mut self) -> bool {
        if !self.take("e") && !self.take("E") {
            return true;
        }
        let _signed = self.take("+") || self.take("-");
        !self.digits().is_empty()
    }

    fn string(&mut self) -> Result<String, JsonError> {
        let start = self.offset;
        let mut text = String::new();
        self.offset += 1;
        loop {
            let rest = self.rest();
            let Some(end) = rest.bytes().position(|byte| byte < b' ' || matches!(byte, b'"' | b'\\')) else {
                let span = Span::new(start, self.text.len());
                return Err(JsonError { message: "string in JSON is not closed".into(), span });
            };
            text.push_str(rest.get(..end).unwrap_or_default());
            self.offset += end;
            match self.peek() {
                Some(b'"') => {
                    self.offset += 1;
                    return Ok(text);
                }
                Some(b'\\') => text.push(self.escape()?),
                _ => return Err(self.unexpected("`\"`")),
            }
        }
    }

    fn escape(&mut self) -> Result<char, JsonError> {
        let start = self.offset;
        self.offset += 1;
        let plain = match self.peek() {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.offset += 1;
                return self.unicode_escape(start);
            }
            _ => return Err(self.unexpected("an escape")),
        };
        self.offset += 1;
        Ok(plain)
    }

    fn unicode_escape(&mut self, start: usize) -> Result<char, JsonError> {
        let first = self.four_hex();
        let code = match first {
            Some(high @ 0xD800..=0xDBFF) if self.take("\\u") => match self.four_hex() {
                Some(low @ 0xDC00..=0xDFFF) => Some(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)),
                _ => None,
            },
            other => other,
        };
        let span = Span::new(start, self.offset);
        code.and_then(char::from_u32).ok_or_else(|| JsonError { message: "malformed unicode escape in JSON".into(), span })
    }

    fn four_hex(&mut self) -> Option<u32> {
        let digits = self.rest().get(..4).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
        self.offset += 4;
        u32::from_str_radix(digits, 16).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_prints() {
        let text = r#" {"b": [1, -2.5e3, true, null], "a": {"x": "é\n\u00e9\ud83d\ude00"}} "#;
        let read = Value::Object(Value::parse_object(text).unwrap());
        assert_eq!(read.to_string(), r#"{"a":{"x":"é\né😀"},"b":[1,-2500,true,null]}"#);
        assert_eq!(Value::Object(Value::parse_object(&read.to_string()).unwrap()), read);
    }

    #[test]
    fn refuses_what_is_not_json() {
        for bad in [
            "",
            "[]",
            "1",
            "{",
            "{a:1}",
            r#"{"a":1,}"#,
            r#"{"a":01}"#,
            r#"{"a":1}x"#,
            r#"{"a":"\ud800"}"#,
            r#"{"a":1,"a":2}"#,
            r#"{"a":1e999}"#,
            "{\"a\":\"\n\"}",
            r#"{"a":.5}"#,
            r#"{"a":"\x"}"#,
        ] {
            assert!(Value::parse_object(bad).is_err(), "{bad}");
        }
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(5000), "]".repeat(5000));
        assert!(Value::parse_object(&deep).unwrap_err().message.contains("deeper"));
    }
}

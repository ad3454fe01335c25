//! Numbers and texts as bytes, and back.

/// Adds a number: seven bits a byte, the lowest first, the highest bit set where more follow (LEB128).
pub(crate) fn write_number(out: &mut Vec<u8>, mut number: u64) {
    loop {
        let [low, ..] = number.to_le_bytes();
        number >>= 7;
        if number == 0 {
            return out.push(low);
        }
        out.push(low | 0x80);
    }
}

/// Adds a number that may be negative: those near zero are short.
pub(crate) fn write_signed(out: &mut Vec<u8>, number: i64) {
    write_number(out, (number << 1 ^ number >> 63).cast_unsigned());
}

/// Adds how many there are.
pub(crate) fn write_count(out: &mut Vec<u8>, count: usize) {
    write_number(out, u64::try_from(count).unwrap_or(u64::MAX));
}

/// Adds a text and, before it, how many bytes it has.
pub(crate) fn write_text(out: &mut Vec<u8>, text: &str) {
    write_count(out, text.len());
    out.extend_from_slice(text.as_bytes());
}

/// Bytes, read from the front. What is not there, or not of the form it must have, reads as nothing, as does all after it: whoever
/// reads asks at the end, or before it matters, whether anything was damaged.
#[derive(Clone, Debug)]
pub(crate) struct Bytes<'b> {
    rest: &'b [u8],
    is_damaged: bool,
}

impl<'b> Bytes<'b> {
    pub(crate) fn new(bytes: &'b [u8]) -> Self {
        Self { rest: bytes, is_damaged: false }
    }

    pub(crate) fn is_damaged(&self) -> bool {
        self.is_damaged
    }

    /// Whether all was read, and nothing was damaged.
    pub(crate) fn is_done(&self) -> bool {
        self.rest.is_empty() && !self.is_damaged
    }

    /// Gives what was read, or else nothing from here on.
    pub(crate) fn or_damaged<T: Default>(&mut self, read: Option<T>) -> T {
        if read.is_none() {
            (self.rest, self.is_damaged) = (&[], true);
        }
        read.unwrap_or_default()
    }

    /// How many bytes are left.
    pub(crate) fn left(&self) -> usize {
        self.rest.len()
    }

    /// The next byte, without passing it.
    #[inline(always)]
    pub(crate) fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    pub(crate) fn byte(&mut self) -> u8 {
        let (first, rest) = self.rest.split_first().unzip();
        self.rest = rest.unwrap_or_default();
        self.or_damaged(first.copied())
    }

    /// A byte that is 0 or 1.
    pub(crate) fn flag(&mut self) -> bool {
        let byte = self.byte();
        self.or_damaged((byte <= 1).then_some(byte == 1))
    }

    pub(crate) fn number(&mut self) -> u64 {
        let (mut number, mut shift) = (0, 0);
        while let [byte, rest @ ..] = self.rest {
            self.rest = rest;
            let bits = u64::from(*byte & 0x7f);
            number |= bits << shift;
            if number >> shift != bits {
                break;
            }
            if *byte < 0x80 {
                return number;
            }
            shift += 7;
            if shift > 63 {
                break;
            }
        }
        self.or_damaged(None)
    }

    pub(crate) fn signed(&mut self) -> i64 {
        let number = self.number();
        (number >> 1).cast_signed() ^ -(number & 1).cast_signed()
    }

    /// How many of something follow: never more than there are bytes, for each takes one at least.
    pub(crate) fn count(&mut self) -> usize {
        let count = usize::try_from(self.number()).ok().filter(|count| *count <= self.rest.len());
        self.or_damaged(count)
    }

    pub(crate) fn text(&mut self) -> &'b str {
        let len = self.count();
        let (text, rest) = self.rest.split_at_checked(len).unwrap_or_default();
        self.rest = rest;
        self.or_damaged(std::str::from_utf8(text).ok())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn reads_what_was_written(number: u64, shift in 0..64_u32, signed: i64, text: String) {
            let (number, signed) = (number >> shift, signed >> shift);
            let mut out = Vec::new();
            write_number(&mut out, number);
            write_signed(&mut out, signed);
            write_text(&mut out, &text);
            let mut read = Bytes::new(&out);
            prop_assert_eq!((read.number(), read.signed(), read.text()), (number, signed, text.as_str()));
            prop_assert!(read.is_done());
        }
    }

    #[test]
    fn what_is_damaged_reads_as_nothing() {
        let last = |last| [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, last];
        let read = |bytes: &[u8]| {
            let mut bytes = Bytes::new(bytes);
            (bytes.number(), bytes.is_damaged())
        };
        assert_eq!((read(&last(1)), read(&last(2)), read(&last(0xff))), ((u64::MAX, false), (0, true), (0, true)));
        for bytes in [&[3, b'a', b'b'][..], &[1, 0xff], &[]] {
            let mut bytes = Bytes::new(bytes);
            assert_eq!((bytes.text(), bytes.byte(), bytes.flag(), bytes.is_done()), ("", 0, false, false));
        }
        let mut flag = Bytes::new(&[2, 1]);
        assert_eq!((flag.flag(), flag.flag(), flag.is_damaged()), (false, false, true));
    }
}

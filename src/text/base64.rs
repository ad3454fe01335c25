//! Bytes as text.

use super::Listed;

/// Standard base64 with padding; line breaks do not count, and neither do the bits that the last digit has too many, as in Go.
pub(crate) fn read(text: &str) -> Option<Vec<u8>> {
    let kept: Vec<u8> = text.bytes().filter(|byte| !matches!(byte, b'\r' | b'\n')).listed();
    let mut bytes = Vec::new();
    let last = kept.len().saturating_sub(4);
    for (place, group) in kept.chunks(4).enumerate() {
        let padding = if place * 4 == last { group.iter().rev().take_while(|byte| **byte == b'=').count() } else { 0 };
        let digits = group.get(..group.len() - padding).filter(|digits| group.len() == 4 && digits.len() >= 2)?;
        let mut bits = 0_u32;
        for digit in digits {
            bits = bits << 6 | digit_value(*digit)?;
        }
        bits <<= 6 * padding + 8;
        bytes.extend_from_slice(bits.to_be_bytes().get(..3 - padding)?);
    }
    Some(bytes)
}

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn digit_value(digit: u8) -> Option<u32> {
    DIGITS.iter().position(|known| *known == digit).and_then(|place| u32::try_from(place).ok())
}

/// Standard base64 with padding.
pub(crate) fn write(bytes: &[u8]) -> String {
    let mut text = Vec::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let byte = |place: usize| group.get(place).copied().map_or(0, u32::from);
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        let mut digits = [b'='; 4];
        for (place, digit) in digits.iter_mut().enumerate().take(group.len() + 1) {
            *digit = DIGITS.get((bits >> (18 - 6 * place) & 63) as usize).copied().unwrap_or_default();
        }
        text.extend_from_slice(&digits);
    }
    String::from_utf8(text).unwrap_or_default()
}

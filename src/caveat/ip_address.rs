//! IP addresses, read and written here: the standard library's take three times the code.

use crate::text::{Listed, split_once};

/// An IP address as Go's `netip.Addr` has it: an IPv4 address inside an IPv6 one stays IPv6, and a zone is part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IpAddress {
    bits: u128,
    /// How many of the bits there are: 32 or 128.
    width: u32,
    zone: Box<str>,
}

impl IpAddress {
    /// Reads `1.2.3.4`, `::1` or `fe80::1%eth0`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(bits) = v4(text) {
            return Some(Self { bits: bits.into(), width: 32, zone: "".into() });
        }
        let (address, zone) = match text.split_once('%') {
            Some((_, "")) => return None,
            Some(parts) => parts,
            None => (text, ""),
        };
        Some(Self { bits: v6(address)?, width: 128, zone: zone.into() })
    }

    /// Whether the address is in a network such as `10.0.0.0/8`; nothing if that is no network. An address with a zone is
    /// in none.
    #[must_use]
    pub fn is_in(&self, network: &str) -> Option<bool> {
        let (base, length) = network.rsplit_once('/')?;
        let length = decimal(length)?;
        let base = Self::parse(base).filter(|base| base.zone.is_empty() && length <= base.width)?;
        let same = (self.bits ^ base.bits).checked_shr(base.width - length).unwrap_or(0) == 0;
        Some(self.width == base.width && self.zone.is_empty() && same)
    }
}

fn v4(text: &str) -> Option<u32> {
    let mut bits = 0;
    let mut parts = 0;
    for part in text.split('.') {
        bits = bits << 8 | decimal(part).filter(|part| *part < 256 && parts < 4)?;
        parts += 1;
    }
    (parts == 4).then_some(bits)
}

/// A number of up to three digits, without zeros in front.
fn decimal(text: &str) -> Option<u32> {
    // First the length: a longer number does not fit.
    let is_well_formed = matches!(text.len(), 1..=3) && (text == "0" || !text.starts_with('0'));
    let text = Some(text).filter(|_| is_well_formed)?;
    text.chars().try_fold(0, |number, digit| Some(number * 10 + digit.to_digit(10)?))
}

fn v6(text: &str) -> Option<u128> {
    let Some((head, tail)) = split_once(text, "::") else {
        return groups(text, true).filter(|(_, count)| *count == 8).map(|(bits, _)| bits);
    };
    let ((head, before), (tail, after)) = (groups(head, false)?, groups(tail, true)?);
    // The two colons stand for at least one group.
    let bits = head.checked_shl(128 - 16 * before).unwrap_or(0) | tail;
    (before + after < 8).then_some(bits)
}

/// Groups of four hexadecimal digits, and how many there are; the last two may be an IPv4 address.
fn groups(text: &str, may_end_in_v4: bool) -> Option<(u128, u32)> {
    let (mut bits, mut count) = (0, 0);
    let mut rest = Some(text).filter(|text| !text.is_empty());
    while let Some(text) = rest.filter(|_| count < 8) {
        let (group, after) = text.split_once(':').map_or((text, None), |(group, after)| (group, Some(after)));
        if let Some(v4) = v4(group).filter(|_| after.is_none() && may_end_in_v4 && count < 7) {
            return Some((bits << 32 | u128::from(v4), count + 2));
        }
        let digits = group.chars().try_fold(0, |number, digit| Some(number << 4 | u128::from(digit.to_digit(16)?)));
        bits = bits << 16 | digits.filter(|_| matches!(group.len(), 1..=4))?;
        count += 1;
        rest = after;
    }
    rest.is_none().then_some((bits, count))
}

/// Prints the shortest form, with the zone.
impl std::fmt::Display for IpAddress {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [.., a, b, c, d] = self.bits.to_be_bytes();
        if self.width == 32 {
            return write!(out, "{a}.{b}.{c}.{d}");
        }
        let percent = if self.zone.is_empty() { "" } else { "%" };
        let zone = &self.zone;
        if self.bits >> 32 == 0xffff {
            return write!(out, "::ffff:{a}.{b}.{c}.{d}{percent}{zone}");
        }
        let bytes = self.bits.to_be_bytes();
        let groups: Vec<u64> = bytes.as_chunks().0.iter().map(|pair| u16::from_be_bytes(*pair).into()).listed();
        let zeros_from = |place: usize| groups.iter().skip(place).take_while(|group| **group == 0).count();
        // The first of the longest runs of zeros, where it is one.
        let start = (0..8).rev().max_by_key(|place| zeros_from(*place)).filter(|place| zeros_from(*place) > 1);
        let after = start.map_or(8, |start| start + zeros_from(start));
        let text = |groups: &[u64]| groups.iter().map(|group| format!("{group:x}")).listed().join(":");
        let (head, tail) = groups.split_at_checked(start.unwrap_or(8)).unwrap_or_default();
        let tail = tail.get(after - head.len()..).unwrap_or_default();
        let colons = if start.is_some() { "::" } else { "" };
        write!(out, "{}{colons}{}{percent}{zone}", text(head), text(tail))
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv6Addr};

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_of_any_length_are_refused_or_read() {
        for text in [
            "4294967297.0.0.1",
            "99999999999999999999.1.1.1",
            "1.2.3.18446744073709551617",
            "::99999999999999999999999999999999999999999",
        ] {
            assert_eq!(IpAddress::parse(text), None, "{text}");
        }
        let address = IpAddress::parse("10.0.0.1").unwrap();
        assert_eq!(address.is_in("10.0.0.0/4294967304"), None);
        assert_eq!(address.is_in("10.0.0.0/8"), Some(true));
    }

    proptest! {
        #[test]
        fn texts_are_read_as_the_standard_library_reads_them(text in "(([0-9]{1,3}[.]){3}[0-9]{1,3}|([0-9a-f]{0,5}:{1,2}){0,8}[0-9a-f]{0,4}(1[.]2[.]3[.][0-9]{1,3})?)") {
            let known = text.parse::<IpAddr>().ok();
            prop_assert_eq!(IpAddress::parse(&text).map(|address| address.to_string()), known.map(|address| address.to_string()));
        }

        #[test]
        fn addresses_are_written_as_the_standard_library_writes_them(groups in prop::array::uniform8(prop_oneof![Just(0), Just(0xffff), any::<u16>()])) {
            let text = Ipv6Addr::from(groups).to_string();
            prop_assert_eq!(IpAddress::parse(&text).map(|address| address.to_string()), Some(text));
        }
    }
}

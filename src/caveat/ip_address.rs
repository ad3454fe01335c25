use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// An IP address as Go's `netip.Addr` has it: an IPv4 address inside an IPv6 one stays IPv6, and a zone is part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IpAddress {
    address: IpAddr,
    zone: Box<str>,
}

impl IpAddress {
    /// Reads `1.2.3.4`, `::1` or `fe80::1%eth0`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if let Some((address, zone)) = text.split_once('%') {
            let address = address.parse::<Ipv6Addr>().ok().filter(|_| !zone.is_empty())?;
            return Some(Self { address: IpAddr::V6(address), zone: zone.into() });
        }
        let v4 = text.parse::<Ipv4Addr>().ok().map(IpAddr::V4);
        let address = v4.or_else(|| text.parse::<Ipv6Addr>().ok().map(IpAddr::V6))?;
        Some(Self { address, zone: "".into() })
    }

    /// Whether the address is in a network such as `10.0.0.0/8`; nothing if that is no network. An address with a zone is
    /// in none.
    #[must_use]
    pub fn is_in(&self, network: &str) -> Option<bool> {
        let (base, length) = network.rsplit_once('/')?;
        let well_formed = !length.is_empty() && length.bytes().all(|byte| byte.is_ascii_digit());
        let length: u32 = length.parse().ok().filter(|_| well_formed && (length.len() == 1 || !length.starts_with('0')))?;
        let base = Self::parse(base).filter(|base| base.zone.is_empty())?;
        let (base_bits, width) = base.bits();
        let (bits, own_width) = self.bits();
        if length > width {
            return None;
        }
        let same = (bits ^ base_bits).checked_shr(width - length).unwrap_or(0) == 0;
        Some(own_width == width && self.zone.is_empty() && same)
    }

    fn bits(&self) -> (u128, u32) {
        match self.address {
            IpAddr::V4(address) => (u128::from(address.to_bits()), 32),
            IpAddr::V6(address) => (address.to_bits(), 128),
        }
    }
}

/// Prints the shortest form, with the zone.
impl std::fmt::Display for IpAddress {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let percent = if self.zone.is_empty() { "" } else { "%" };
        write!(out, "{}{percent}{}", self.address, self.zone)
    }
}

//! Spans of time and moments as Go reads, prints and adds them.

use super::double;
use crate::model::Timestamp;
use crate::model::timestamp::{date, days_in_month, days_since_1970};

/// A moment, to the nanosecond, and the zone it is printed in. Years 0 to 9999 can be read; CEL's own functions give no
/// moment before the year 1.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// Since 1970 began in UTC, negative before.
    seconds: i64,
    nanoseconds: u32,
    /// East of UTC, in seconds.
    offset: i32,
}

/// What can be asked of a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Year,
    Month,
    DayOfYear,
    DayOfMonth,
    Date,
    DayOfWeek,
    Hours,
    Minutes,
    Seconds,
    Milliseconds,
}

const SECONDS_PER_DAY: i64 = 86_400;
const NANOSECONDS: i64 = 1_000_000_000;
const FIRST_SECOND: i64 = -62_135_596_800;
const LAST_SECOND: i64 = 253_402_300_799;

impl Moment {
    pub(super) fn from_seconds(seconds: i64) -> Self {
        Self { seconds, nanoseconds: 0, offset: 0 }
    }

    /// That many nanoseconds later; nothing where that is too far away to count.
    pub(super) fn plus(self, nanoseconds: i128) -> Option<Self> {
        let total = self.since_1970() + nanoseconds;
        let seconds = i64::try_from(total.div_euclid(i128::from(NANOSECONDS))).ok()?;
        let nanoseconds = u32::try_from(total.rem_euclid(i128::from(NANOSECONDS))).ok()?;
        Some(Self { seconds, nanoseconds, offset: self.offset })
    }

    /// The same moment as relationships hold it; nothing outside the years 1 to 9999.
    pub(crate) fn timestamp(self) -> Option<Timestamp> {
        Timestamp::from_unix(self.seconds, self.nanoseconds)
    }

    /// Nanoseconds since 1970 began.
    pub(super) fn since_1970(self) -> i128 {
        i128::from(self.seconds) * i128::from(NANOSECONDS) + i128::from(self.nanoseconds)
    }

    pub(super) fn seconds(self) -> i64 {
        self.seconds
    }

    /// Whether it is in the years 1 to 9999.
    pub(super) fn is_in_range(self) -> bool {
        (FIRST_SECOND..=LAST_SECOND).contains(&self.seconds)
    }

    /// Whether it is the first moment of the year 1.
    pub(super) fn is_first(self) -> bool {
        self.seconds == FIRST_SECOND && self.nanoseconds == 0
    }

    /// Reads RFC 3339 as Go does: an hour may have one digit, a comma may stand for the point, digits after the ninth are
    /// dropped, and a zone may be 24 hours and 60 minutes off **(quirk)**.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (date, rest) = text.split_once('T')?;
        let mut fields = date.split('-');
        let mut field = |width| digits(fields.next()?, width..=width);
        let (year, month, day) = (field(4)?, field(2)?, field(2)?);
        let (clock, offset) = split_zone(rest)?;
        let (clock, fraction) = match clock.split_once(['.', ',']) {
            Some((clock, fraction)) => (clock, nanoseconds(fraction)?),
            None => (clock, 0),
        };
        let mut parts = clock.split(':');
        let hour = digits(parts.next()?, 1..=2)?;
        let minute = digits(parts.next()?, 2..=2)?;
        let second = digits(parts.next()?, 2..=2)?;
        let in_range = (1..=12).contains(&month)
            && (1..=days_in_month(year, month)).contains(&day)
            && hour < 24
            && minute < 60
            && second < 60
            && fields.next().is_none()
            && parts.next().is_none();
        let seconds = days_since_1970(year, month, day) * SECONDS_PER_DAY + hour * 3_600 + minute * 60 + second;
        in_range.then_some(Self { seconds: seconds - i64::from(offset), nanoseconds: fraction, offset })
    }

    /// The same moment in the zone `zone`; nothing where the zone is unknown. UTC and offsets are known, names of places are not.
    pub(super) fn in_zone(self, zone: &str) -> Option<Self> {
        let Some((hours, minutes)) = zone.split_once(':') else {
            return matches!(zone, "" | "UTC" | "GMT" | "Etc/UTC" | "Etc/GMT").then_some(Self { offset: 0, ..self });
        };
        let number = |text: &str| text.parse::<i32>().ok().filter(|number| number.abs() <= 10_000);
        let (hours, minutes) = (number(hours)?, number(minutes)?);
        let minutes = if zone.starts_with('-') { hours * 60 - minutes } else { hours * 60 + minutes };
        Some(Self { offset: minutes * 60, ..self })
    }

    /// The same moment in UTC.
    pub(super) fn in_utc(self) -> Self {
        Self { offset: 0, ..self }
    }

    fn local(self) -> (i64, i64, i64, i64, i64) {
        let local = self.seconds + i64::from(self.offset);
        let days = local.div_euclid(SECONDS_PER_DAY);
        let (year, month, day) = date(days);
        (year, month, day, days, local.rem_euclid(SECONDS_PER_DAY))
    }

    pub(super) fn part(self, part: Part) -> i64 {
        let (year, month, day, days, second) = self.local();
        match part {
            Part::Year => year,
            Part::Month => month - 1,
            Part::DayOfYear => days - days_since_1970(year, 1, 1),
            Part::DayOfMonth => day - 1,
            Part::Date => day,
            // The first of January 1970 was a Thursday.
            Part::DayOfWeek => (days + 4).rem_euclid(7),
            Part::Hours => second / 3_600,
            Part::Minutes => second / 60 % 60,
            Part::Seconds => second % 60,
            Part::Milliseconds => i64::from(self.nanoseconds / 1_000_000),
        }
    }
}

/// Moments are equal when they are the same moment, whatever their zones.
impl PartialEq for Moment {
    fn eq(&self, other: &Self) -> bool {
        self.since_1970() == other.since_1970()
    }
}

/// Prints RFC 3339 in the moment's zone.
impl std::fmt::Display for Moment {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (year, month, day, _, second) = self.local();
        write!(out, "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}", second / 3_600, second / 60 % 60, second % 60)?;
        if self.nanoseconds > 0 {
            write!(out, ".{}", format!("{:09}", self.nanoseconds).trim_end_matches('0'))?;
        }
        if self.offset == 0 {
            return out.write_str("Z");
        }
        let sign = if self.offset < 0 { '-' } else { '+' };
        let minutes = self.offset.abs() / 60;
        write!(out, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
    }
}

fn digits(text: &str, width: std::ops::RangeInclusive<usize>) -> Option<i64> {
    let well_formed = width.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| well_formed)
}

fn nanoseconds(fraction: &str) -> Option<u32> {
    let well_formed = !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit());
    format!("{:0<9}", fraction.get(..9).unwrap_or(fraction)).parse().ok().filter(|_| well_formed)
}

/// What stands before the zone, and the zone's seconds east of UTC.
fn split_zone(text: &str) -> Option<(&str, i32)> {
    if let Some(clock) = text.strip_suffix('Z') {
        return Some((clock, 0));
    }
    let (clock, zone) = text.split_at_checked(text.len().checked_sub(6)?)?;
    let (hours, minutes) = zone.strip_prefix(['+', '-'])?.split_once(':')?;
    let (hours, minutes) = (digits(hours, 2..=2)?, digits(minutes, 2..=2)?);
    let offset = i32::try_from(hours * 3_600 + minutes * 60).ok().filter(|_| hours <= 24 && minutes <= 60)?;
    Some((clock, if zone.starts_with('-') { -offset } else { offset }))
}

/// Reads Go's form of a span of time: a sign, then numbers with units, such as `-1h30m` or `1.5s`; or `0`.
pub(super) fn parse_duration(text: &str) -> Option<i64> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let mut rest = unsigned;
    let mut total = 0_u64;
    const LIMIT: u64 = 1 << 63;
    while !rest.is_empty() && unsigned != "0" {
        let number_end = rest.find(|found: char| !found.is_ascii_digit() && found != '.').unwrap_or(rest.len());
        let (number, unit) = rest.split_at_checked(number_end)?;
        let unit_end = unit.find(|found: char| found.is_ascii_digit() || found == '.').unwrap_or(unit.len());
        let (unit, after) = unit.split_at_checked(unit_end)?;
        let scale: u64 = match unit {
            "ns" => 1,
            "us" | "µs" | "μs" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            _ => return None,
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if number.len() == number.matches('.').count() || fraction.contains('.') {
            return None;
        }
        let whole = if whole.is_empty() { 0 } else { whole.parse::<u64>().ok().filter(|whole| *whole <= LIMIT)? };
        let nanoseconds = whole.checked_mul(scale)?.checked_add(fraction_of(fraction, scale))?;
        total = total.checked_add(nanoseconds).filter(|total| *total <= LIMIT)?;
        rest = after;
    }
    let total = i128::from(total);
    let signed = if text.starts_with('-') { -total } else { total };
    i64::try_from(signed).ok().filter(|_| !unsigned.is_empty())
}

/// What the digits after the point add, by Go's arithmetic: as many digits as fit, and a double.
#[allow(clippy::cast_precision_loss, reason = "rounding to a double is what Go does here")]
fn fraction_of(digits: &str, unit: u64) -> u64 {
    const LIMIT: u64 = 1 << 63;
    let mut number = 0_u64;
    let mut scale = 1.0;
    for digit in digits.bytes() {
        let next = (number <= (LIMIT - 1) / 10).then(|| number * 10 + u64::from(digit - b'0')).filter(|next| *next <= LIMIT);
        let Some(next) = next else { break };
        number = next;
        scale *= 10.0;
    }
    let nanoseconds = double::truncate(number as f64 * (unit as f64 / scale));
    nanoseconds.and_then(|nanoseconds| u64::try_from(nanoseconds).ok()).unwrap_or(0)
}

/// A span of time as `string` gives it: seconds, as many digits as a double needs.
#[allow(clippy::cast_precision_loss, reason = "rounding to a double is what Go does here")]
pub(super) fn duration_text(nanoseconds: i64) -> String {
    let seconds = (nanoseconds / NANOSECONDS) as f64 + (nanoseconds % NANOSECONDS) as f64 / 1e9;
    format!("{}s", double::plain(seconds))
}

/// A span of time in Go's own form, such as `1h30m0.5s`, which loses nothing.
pub(super) fn duration_literal(nanoseconds: i64) -> String {
    let sign = if nanoseconds < 0 { "-" } else { "" };
    let total = nanoseconds.unsigned_abs();
    let (seconds, fraction) = (total / 1_000_000_000, total % 1_000_000_000);
    let mut text = sign.to_owned();
    if seconds >= 3_600 {
        text += &format!("{}h", seconds / 3_600);
    }
    if seconds >= 60 {
        text += &format!("{}m", seconds / 60 % 60);
    }
    text += &(seconds % 60).to_string();
    if fraction > 0 {
        text += format!(".{fraction:09}").trim_end_matches('0');
    }
    text + "s"
}

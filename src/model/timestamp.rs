use std::fmt;

/// A moment, in UTC, to the nanosecond; ordered by time. Years 0001 to 9999. By default, when 1970 began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    /// Seconds since 1970-01-01T00:00:00Z, negative before.
    seconds: i64,
    /// Nanoseconds within the second, below 1,000,000,000.
    nanoseconds: u32,
}

const SECONDS_PER_DAY: i64 = 86_400;
/// 9999-12-31T23:59:59Z, the last second of protobuf's range.
const LAST_SECOND: i64 = 253_402_300_799;
/// 0001-01-01T00:00:00Z, the first.
const FIRST_SECOND: i64 = -62_135_596_800;

impl Timestamp {
    /// The moment that many milliseconds after 1970 began, the unit of JavaScript's `Date.now()`; nothing outside the years
    /// 0001 to 9999. A wrong time is no time: one that is too late would end a ban as well as a grant.
    #[must_use]
    pub fn from_unix_milliseconds(milliseconds: i64) -> Option<Self> {
        let seconds = milliseconds.div_euclid(1_000);
        let nanoseconds = u32::try_from(milliseconds.rem_euclid(1_000)).ok()? * 1_000_000;
        (FIRST_SECOND..=LAST_SECOND).contains(&seconds).then_some(Self { seconds, nanoseconds })
    }

    /// Whole seconds since 1970 began, negative before.
    #[must_use]
    pub fn unix_seconds(self) -> i64 {
        self.seconds
    }

    /// Nanoseconds within the second.
    #[must_use]
    pub fn nanoseconds(self) -> u32 {
        self.nanoseconds
    }

    /// The moment of these two; nothing outside the years 0001 to 9999.
    #[must_use]
    pub fn from_unix(seconds: i64, nanoseconds: u32) -> Option<Self> {
        ((FIRST_SECOND..=LAST_SECOND).contains(&seconds) && nanoseconds < 1_000_000_000).then_some(Self { seconds, nanoseconds })
    }

    /// Reads RFC 3339 as SpiceDB's relationship text allows it: UTC, written `Z`, such as `2030-01-31T12:00:00.5Z`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.strip_suffix('Z')?;
        let (date, time) = text.split_once('T')?;
        let (clock, fraction) = time.split_once('.').map_or((time, None), |(clock, fraction)| (clock, Some(fraction)));
        let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
        let [hour, minute, second] = numbers(clock, ':', [2, 2, 2])?;
        let in_range = (1..=9999).contains(&year)
            && (1..=12).contains(&month)
            && (1..=days_in_month(year, month)).contains(&day)
            && hour < 24
            && minute < 60
            && second < 60;
        if !in_range {
            return None;
        }
        let seconds = days_since_1970(year, month, day) * SECONDS_PER_DAY + hour * 3600 + minute * 60 + second;
        Some(Self { seconds, nanoseconds: fraction.map_or(Some(0), nanoseconds)? })
    }
}

/// Prints RFC 3339 in UTC, with a fraction only where there is one.
impl fmt::Display for Timestamp {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = date(self.seconds.div_euclid(SECONDS_PER_DAY));
        let second = self.seconds.rem_euclid(SECONDS_PER_DAY);
        write!(out, "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60)?;
        if self.nanoseconds > 0 {
            write!(out, ".{}", format!("{:09}", self.nanoseconds).trim_end_matches('0'))?;
        }
        out.write_str("Z")
    }
}

fn numbers(text: &str, separator: char, widths: [usize; 3]) -> Option<[i64; 3]> {
    let mut parts = text.split(separator);
    let mut found = [0; 3];
    for (number, width) in found.iter_mut().zip(widths) {
        let part = parts.next().filter(|part| part.len() == width && part.bytes().all(|byte| byte.is_ascii_digit()))?;
        *number = part.parse().ok()?;
    }
    parts.next().is_none().then_some(found)
}

fn nanoseconds(fraction: &str) -> Option<u32> {
    let digits = fraction.bytes().all(|byte| byte.is_ascii_digit());
    let kept = fraction.get(..fraction.len().min(9)).filter(|kept| digits && !kept.is_empty())?;
    format!("{kept:0<9}").parse().ok()
}

pub(crate) fn days_in_month(year: i64, month: i64) -> i64 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01, in the Gregorian calendar; years begin in March here, so that leap days come last.
pub(crate) fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The inverse of [`days_since_1970`].
pub(crate) fn date(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let month = (march_month + 2) % 12 + 1;
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (year, month, day_of_year - (153 * march_month + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_prints() {
        for text in [
            "1970-01-01T00:00:00Z",
            "2024-02-29T23:59:59.5Z",
            "2323-12-01T00:00:00Z",
            "1600-03-01T01:02:03.000000001Z",
            "0001-01-01T00:00:00Z",
            "9999-12-31T23:59:59.999999999Z",
        ] {
            assert_eq!(Timestamp::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Timestamp::parse("2001-09-09T01:46:40Z"), Timestamp::from_unix_milliseconds(1_000_000_000_000));
    }

    #[test]
    fn refuses_what_is_not_a_moment() {
        for bad in [
            "",
            "2023-02-29T00:00:00Z",
            "2023-13-01T00:00:00Z",
            "2023-01-01T24:00:00Z",
            "2023-01-01T00:00:00",
            "2023-01-01T00:00:00+01:00",
            "2023-1-01T00:00:00Z",
            "2023-01-01T00:00:00.Z",
            "2023-01-01",
        ] {
            assert_eq!(Timestamp::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_wrong_time_is_no_time() {
        assert_eq!(Timestamp::from_unix_milliseconds(-1).unwrap().to_string(), "1969-12-31T23:59:59.999Z");
        assert_eq!(Timestamp::from_unix_milliseconds(LAST_SECOND * 1_000 + 999).unwrap().to_string(), "9999-12-31T23:59:59.999Z");
        for wrong in [i64::MIN, i64::MAX, (LAST_SECOND + 1) * 1_000, FIRST_SECOND * 1_000 - 1] {
            assert_eq!(Timestamp::from_unix_milliseconds(wrong), None);
        }
    }
}

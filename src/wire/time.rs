//! Times as they stand on the wire, in words: seconds since 1970, and the UTCTime and
//! GeneralizedTime of X.509 (RFC 5280 section 4.1.2.5, X.690 sections 11.7 and 11.8).

use std::fmt;
use std::ops::RangeInclusive;

/// Seconds since 1970 as `2014-06-02 10:15:49 UTC`.
pub fn utc(seconds: u64) -> String {
    let (date, time) = date_and_time(seconds);
    format!("{date} {time} UTC")
}

/// Seconds since 1970 as `2014-06-02T10:15:49Z`, the form of RFC 3339.
pub fn rfc3339(seconds: u64) -> String {
    let (date, time) = date_and_time(seconds);
    format!("{date}T{time}Z")
}

fn date_and_time(seconds: u64) -> (String, String) {
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    let (year, month, day) = civil(days);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    (format!("{year:04}-{month:02}-{day:02}"), format!("{hour:02}:{minute:02}:{second:02}"))
}

/// The date of a day since 1970: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
fn civil(days: u64) -> (u64, u64, u64) {
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (year_of_era + era * 400 + u64::from(month <= 2), month, day)
}

/// A point of time as a UTCTime or a GeneralizedTime tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Year, month, day.
    date: (u16, u8, u8),
    /// Hour, minute, second.
    time: (u8, u8, u8),
    /// Minutes that the clock was ahead of UTC.
    offset: i32,
    /// In the one form that DER allows: with seconds, and in UTC.
    der: bool,
    /// With a fraction of a second.
    fraction: bool,
}

impl Stamp {
    /// Whether it has the one form that DER allows: X.690 sections 11.7 and 11.8.
    pub fn is_der(&self) -> bool {
        self.der
    }

    /// Whether a certificate may have it: RFC 5280 section 4.1.2.5 allows no fraction.
    pub fn is_plain(&self) -> bool {
        self.der && !self.fraction
    }

    /// Whether it is in a minute of 61 seconds.
    pub fn is_leap_second(&self) -> bool {
        let (_, _, second) = self.time;
        second == 60
    }

    /// The year, as it is written.
    pub fn year(&self) -> u16 {
        self.date.0
    }

    /// Whether its month has such a day.
    pub fn is_in_calendar(&self) -> bool {
        let (year, month, day) = self.date;
        let days = match month {
            2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        day <= days
    }

    /// Seconds since 1970; before it, negative.
    pub fn seconds(&self) -> i64 {
        let (year, month, day) = self.date;
        let (hour, minute, second) = self.time;
        // Counted from March, so that the day that may be missing comes last.
        let (year, month) = match month {
            1 | 2 => (i64::from(year) - 1, i64::from(month) + 9),
            _ => (i64::from(year), i64::from(month) - 3),
        };
        let (era, year) = (year.div_euclid(400), year.rem_euclid(400));
        let days = year * 365 + year / 4 - year / 100 + (153 * month + 2) / 5 + i64::from(day) - 1;
        let days = era * 146_097 + days - 719_468;
        let minutes = (days * 24 + i64::from(hour)) * 60 + i64::from(minute);
        (minutes - i64::from(self.offset)) * 60 + i64::from(second)
    }

    /// Reads what follows the year: month, day, hour, minute, second, fraction, zone.
    fn behind_year(year: u16, digits: &[u8]) -> Option<Stamp> {
        let (month, rest) = two(digits, 1..=12)?;
        let (day, rest) = two(rest, 1..=31)?;
        let (hour, rest) = two(rest, 0..=23)?;
        let (minute, rest) = two(rest, 0..=59)?;
        let (second, rest, has_seconds) = match two(rest, 0..=60) {
            Some((second, rest)) => (second, rest, true),
            None => (0, rest, false),
        };
        let (rest, fraction) = match rest {
            [b'.' | b',', rest @ ..] => {
                let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
                let (fraction, rest) = rest.split_at(digits);
                (rest, Some(fraction))
            }
            _ => (rest, None),
        };
        let fraction_is_der =
            fraction.is_none_or(|fraction| fraction.last().is_some_and(|last| *last != b'0'));
        let (offset, utc) = match rest {
            b"Z" => (0, true),
            [] => (0, false),
            [sign @ (b'+' | b'-'), rest @ ..] => {
                let (hours, rest) = two(rest, 0..=23)?;
                let (minutes, rest) = if rest.is_empty() { (0, rest) } else { two(rest, 0..=59)? };
                let offset = i32::from(hours) * 60 + i32::from(minutes);
                if !rest.is_empty() {
                    return None;
                }
                (if *sign == b'+' { offset } else { -offset }, false)
            }
            _ => return None,
        };
        Some(Stamp {
            date: (year, month, day),
            time: (hour, minute, second),
            offset,
            der: has_seconds && utc && fraction_is_der,
            fraction: fraction.is_some(),
        })
    }
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ((year, month, day), (hour, minute, second)) = (self.date, self.time);
        write!(f, "{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02} UTC")?;
        if self.offset == 0 {
            return Ok(());
        }
        let (sign, offset) = (if self.offset < 0 { '-' } else { '+' }, self.offset.abs());
        write!(f, "{sign}{:02}:{:02}", offset / 60, offset % 60)
    }
}

/// Two digits of a number within these bounds, and what follows them.
fn two(digits: &[u8], bounds: RangeInclusive<u8>) -> Option<(u8, &[u8])> {
    let [tens @ b'0'..=b'9', ones @ b'0'..=b'9', rest @ ..] = digits else { return None };
    let number = (tens - b'0') * 10 + (ones - b'0');
    bounds.contains(&number).then_some((number, rest))
}

/// Reads a UTCTime; years from 50 on are of the 1900s (RFC 5280 section 4.1.2.5.1).
pub fn read_utc_time(bytes: &[u8]) -> Option<Stamp> {
    let (year, rest) = two(bytes, 0..=99)?;
    let century = if year >= 50 { 1900 } else { 2000 };
    let stamp = Stamp::behind_year(century + u16::from(year), rest)?;
    // This type has no fractions.
    (!stamp.fraction).then_some(stamp)
}

/// Reads a GeneralizedTime.
pub fn read_generalized_time(bytes: &[u8]) -> Option<Stamp> {
    let (century, rest) = two(bytes, 0..=99)?;
    let (year, rest) = two(rest, 0..=99)?;
    Stamp::behind_year(u16::from(century) * 100 + u16::from(year), rest)
}

/// A UTCTime (`140522112657Z`) as `2014-05-22 11:26:57 UTC`.
pub fn utc_time(bytes: &[u8]) -> Option<String> {
    read_utc_time(bytes).map(|stamp| stamp.to_string())
}

/// A GeneralizedTime (`20140522112657Z`) as `2014-05-22 11:26:57 UTC`.
pub fn generalized_time(bytes: &[u8]) -> Option<String> {
    read_generalized_time(bytes).map(|stamp| stamp.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_become_dates() {
        assert_eq!(utc(0), "1970-01-01 00:00:00 UTC");
        assert_eq!(utc(951_782_400), "2000-02-29 00:00:00 UTC");
        assert_eq!(utc(1_401_704_149), "2014-06-02 10:15:49 UTC");
        assert_eq!(utc(u32::MAX.into()), "2106-02-07 06:28:15 UTC");
    }

    #[test]
    fn both_forms_of_x509_times_are_read() {
        assert_eq!(utc_time(b"140522112657Z").as_deref(), Some("2014-05-22 11:26:57 UTC"));
        assert_eq!(utc_time(b"991231235959Z").as_deref(), Some("1999-12-31 23:59:59 UTC"));
        let far = generalized_time(b"99991231235959Z");
        assert_eq!(far.as_deref(), Some("9999-12-31 23:59:59 UTC"));
        assert_eq!(utc_time(b""), None);
    }

    #[test]
    fn what_only_ber_allows_is_read_and_told_from_der() {
        for (bytes, words) in [
            (&b"1405221126Z"[..], "2014-05-22 11:26:00 UTC"),
            (b"140522112657+0230", "2014-05-22 11:26:57 UTC+02:30"),
            (b"140522112657", "2014-05-22 11:26:57 UTC"),
        ] {
            let stamp = read_utc_time(bytes).unwrap();
            assert_eq!((stamp.to_string().as_str(), stamp.is_der()), (words, false));
        }
        assert!(!read_generalized_time(b"20140522112657.50Z").unwrap().is_der());
        assert!(read_generalized_time(b"20140522112657.5Z").unwrap().is_der());
        assert!(!read_generalized_time(b"20140522112657.5Z").unwrap().is_plain());
        for bytes in [&b"141322112657Z"[..], b"140522112657ZZ", b"140522112657.5Z", b"14052211265"]
        {
            assert_eq!(read_utc_time(bytes), None, "{}", bytes.escape_ascii());
        }
    }

    #[test]
    fn a_month_has_the_days_of_the_calendar() {
        for (bytes, is_there) in [
            (&b"20350228000000Z"[..], true),
            (b"20350229000000Z", false),
            (b"20360229000000Z", true),
            (b"20000229000000Z", true),
            (b"21000229000000Z", false),
            (b"20350431000000Z", false),
            (b"20350531000000Z", true),
        ] {
            let stamp = read_generalized_time(bytes).unwrap();
            assert_eq!(stamp.is_in_calendar(), is_there, "{}", bytes.escape_ascii());
        }
    }

    #[test]
    fn seconds_are_those_that_become_the_same_date() {
        for (bytes, seconds) in [
            (&b"19700101000000Z"[..], 0),
            (b"20000229000000Z", 951_782_400),
            (b"20140602101549Z", 1_401_704_149),
            (b"20140602121549+0200", 1_401_704_149),
            (b"19500101000000Z", -631_152_000),
        ] {
            assert_eq!(read_generalized_time(bytes).unwrap().seconds(), seconds);
        }
    }
}

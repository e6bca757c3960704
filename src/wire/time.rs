//! Times as they stand on the wire, in words: seconds since 1970, and the UTCTime and
//! GeneralizedTime of X.509 (RFC 5280 section 4.1.2.5).

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

/// A UTCTime (`140522112657Z`) as `2014-05-22 11:26:57 UTC`; years from 50 on are of the 1900s.
pub fn utc_time(bytes: &[u8]) -> Option<String> {
    let century = match bytes.first()? {
        b'5'..=b'9' => "19",
        b'0'..=b'4' => "20",
        _ => return None,
    };
    generalized_time(&[century.as_bytes(), bytes].concat())
}

/// A GeneralizedTime (`20140522112657Z`) as `2014-05-22 11:26:57 UTC`.
pub fn generalized_time(bytes: &[u8]) -> Option<String> {
    let digits = bytes.strip_suffix(b"Z")?;
    if digits.len() != 14 || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let text = std::str::from_utf8(digits).ok()?;
    let part = |from: usize, to: usize| text.get(from..to);
    let (year, month, day) = (part(0, 4)?, part(4, 6)?, part(6, 8)?);
    let (hour, minute, second) = (part(8, 10)?, part(10, 12)?, part(12, 14)?);
    Some(format!("{year}-{month}-{day} {hour}:{minute}:{second} UTC"))
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
        assert_eq!(utc_time(b"1405221126Z"), None);
        assert_eq!(utc_time(b""), None);
    }
}

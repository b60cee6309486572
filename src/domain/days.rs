//! Days in UTC, as statistics count them: a range of them, first and last included.

use chrono::{DateTime, Days, NaiveDate};

/// Milliseconds of a day; UTC as computers count it has no longer ones.
pub const DAY_MS: i64 = 86_400_000;
/// Days of a range at most: a year and a day.
pub const DAYS_MAX: i64 = 366;
/// Days of a range unless it is said.
const DAYS_DEFAULT: i64 = 30;

/// A day, as the number of days since 1970-01-01.
pub type Day = i64;

/// Days, the first and the last included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayRange {
    /// The first day.
    pub first: Day,
    /// The last day.
    pub last: Day,
}

/// What is wrong with a range: the field, and why, in a stable word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotARange(pub &'static str, pub &'static str);

impl DayRange {
    /// Reads a range of days `YYYY-MM-DD`. It ends today unless it is said, and begins 29 days before its end.
    pub fn parse(from: Option<&str>, to: Option<&str>, now_ms: i64) -> Result<Self, NotARange> {
        let last = to.map_or(Ok(day_of(now_ms)), |text| day(text).ok_or(NotARange("to", "not_a_day")))?;
        let first = from.map_or(Ok(last - DAYS_DEFAULT + 1), |text| day(text).ok_or(NotARange("from", "not_a_day")))?;
        if first > last {
            return Err(NotARange("from", "after_to"));
        }
        if last - first >= DAYS_MAX {
            return Err(NotARange("from", "out_of_range"));
        }
        Ok(Self { first, last })
    }

    /// The first instant of the range, epoch milliseconds.
    pub const fn begin_ms(self) -> i64 {
        self.first * DAY_MS
    }

    /// The first instant after the range, epoch milliseconds.
    pub const fn end_ms(self) -> i64 {
        (self.last + 1) * DAY_MS
    }

    /// Its days, in order.
    pub fn days(self) -> impl Iterator<Item = Day> {
        self.first..=self.last
    }
}

/// The day of an instant, epoch milliseconds.
pub const fn day_of(now_ms: i64) -> Day {
    now_ms.div_euclid(DAY_MS)
}

/// A day as `YYYY-MM-DD`.
pub fn day_text(day: Day) -> String {
    DateTime::from_timestamp_millis(day * DAY_MS).unwrap_or_default().date_naive().to_string()
}

/// Reads `YYYY-MM-DD`, of the years 1970 to 9999.
pub fn day(text: &str) -> Option<Day> {
    let shape = text.len() == 10 && text.bytes().enumerate().all(|(at, byte)| if matches!(at, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() });
    let date = shape.then(|| text.parse::<NaiveDate>().ok())??;
    let epoch = DateTime::UNIX_EPOCH.date_naive();
    let day = date.signed_duration_since(epoch).num_days();
    (day >= 0 && date.checked_add_days(Days::new(1)).is_some()).then_some(day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// 2026-03-01, an hour before midnight.
    const NOW: i64 = 1_772_406_000_000;

    fn range(from: Option<&str>, to: Option<&str>) -> Result<(String, String), NotARange> {
        DayRange::parse(from, to, NOW).map(|range| (day_text(range.first), day_text(range.last)))
    }

    fn said(from: &str, to: &str) -> Result<(String, String), NotARange> {
        Ok((from.into(), to.into()))
    }

    #[test]
    fn a_range_ends_today_and_has_thirty_days_unless_it_is_said() {
        assert_eq!(range(None, None), said("2026-01-31", "2026-03-01"));
        assert_eq!(range(Some("2026-02-27"), None), said("2026-02-27", "2026-03-01"));
        assert_eq!(range(None, Some("2024-03-01")), said("2024-02-01", "2024-03-01"));
        assert_eq!(range(Some("2024-01-01"), Some("2024-12-31")), said("2024-01-01", "2024-12-31"));
        let day = DayRange::parse(Some("2026-03-01"), Some("2026-03-01"), 0).unwrap();
        assert!(day.begin_ms() <= NOW && NOW < day.end_ms() && day.end_ms() - day.begin_ms() == DAY_MS);
        assert_eq!(day.days().count(), 1);
    }

    #[test]
    fn ranges_that_are_none_say_which_end_and_why() {
        for odd in ["", "2026-2-01", "2026-02-30", "2026-13-01", "2026-02-01T00:00:00Z", "1969-12-31", "+026-02-01", "2026/02/01", "２０２６-02-01"] {
            assert_eq!(range(Some(odd), None), Err(NotARange("from", "not_a_day")), "{odd}");
            assert_eq!(range(None, Some(odd)), Err(NotARange("to", "not_a_day")), "{odd}");
        }
        assert_eq!(range(Some("2026-03-02"), None), Err(NotARange("from", "after_to")));
        assert_eq!(range(Some("2023-12-31"), Some("2024-12-31")), Err(NotARange("from", "out_of_range")));
    }

    proptest! {
        #[test]
        fn days_read_back(number in 0..2_932_896_i64) {
            prop_assert_eq!(day(&day_text(number)), Some(number));
        }
    }
}

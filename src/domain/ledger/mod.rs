//! Money, pure: what an account holds in which bucket, and the lines that each operation writes into its ledger. A balance
//! is the sum of the lines; no operation makes one negative, and each is undone by lines, never by a change.

mod account;
mod actor;
mod amounts;
mod reservation;

pub use account::{Account, GivenBack, Hold, Settlement, Short, Terms};
pub use actor::Actor;
pub use amounts::{Amounts, Bucket};
pub use reservation::{Judged, Reservation, ReservationState, Unresolvable};

use serde::Serialize;
use utoipa::ToSchema;

/// Milliseconds of a day.
const DAY_MS: i64 = 86_400_000;

/// Credits of one operation at most, and of an account with what it has set aside: a number that JSON's readers can hold.
pub const CREDITS_MAX: i64 = 1_000_000_000_000;

/// Why a line is in the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// A new user's bonus.
    Welcome,
    /// A day's gift.
    Gift,
    /// What was left of an earlier day's gift.
    Lapse,
    /// Credits that were bought, or granted.
    Credit,
    /// Set aside by a reservation.
    Hold,
    /// Given back by a reservation that ended.
    Release,
    /// Given back by a reservation that nobody ended in its time.
    Expire,
    /// Used.
    Charge,
}

/// A line of the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// Why.
    pub kind: EntryKind,
    /// What it changes.
    pub bucket: Bucket,
    /// Credits: more than nought comes in.
    pub amount: i64,
}

impl EntryKind {
    /// The word in the ledger.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Welcome => "welcome",
            Self::Gift => "gift",
            Self::Lapse => "lapse",
            Self::Credit => "credit",
            Self::Hold => "hold",
            Self::Release => "release",
            Self::Expire => "expire",
            Self::Charge => "charge",
        }
    }

    /// The kind that a word stands for.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Welcome, Self::Gift, Self::Lapse, Self::Credit, Self::Hold, Self::Release, Self::Expire, Self::Charge]
            .into_iter()
            .find(|kind| kind.word() == word)
    }
}

/// The UTC day of a time in epoch milliseconds, counted from 1 January 1970.
pub const fn day_of(now_ms: i64) -> i64 {
    now_ms.div_euclid(DAY_MS)
}

/// The first millisecond of a day.
pub const fn day_begins_ms(day: i64) -> i64 {
    day * DAY_MS
}

/// Credits for metered seconds: one a second, a begun one counts.
pub fn credits_for(seconds: f64) -> i64 {
    // a nought that is a rounding error of a clock is nought
    if seconds.is_finite() && seconds > 0.0 { (seconds.ceil() as i64).min(CREDITS_MAX) } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_begun_second_counts_whole() {
        assert_eq!([0.0, 0.001, 1.0, 1.5, f64::NAN, -3.0, f64::INFINITY].map(credits_for), [0, 1, 1, 2, 0, 0, 0]);
    }

    #[test]
    fn a_day_begins_at_midnight_utc() {
        assert_eq!((day_of(DAY_MS - 1), day_of(DAY_MS), day_of(-1)), (0, 1, -1));
        assert_eq!(day_begins_ms(day_of(1_735_689_600_123)), 1_735_689_600_000);
    }

    #[test]
    fn kinds_read_back() {
        for kind in [
            EntryKind::Welcome,
            EntryKind::Gift,
            EntryKind::Lapse,
            EntryKind::Credit,
            EntryKind::Hold,
            EntryKind::Release,
            EntryKind::Expire,
            EntryKind::Charge,
        ] {
            assert_eq!(EntryKind::from_word(kind.word()), Some(kind));
        }
        assert_eq!(EntryKind::from_word("refund"), None);
    }
}

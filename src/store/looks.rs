//! What a node need not look at in each of its turns at the queue: leases that may be over, and the front of the queue
//! behind which its last turn ended.

use std::sync::{Mutex, PoisonError};

/// Between two looks for leases that are over, milliseconds: each reads every job.
const LATE_MS: i64 = 500;
/// How long turns go on behind a place, milliseconds. What was taken before it lies in the index until the database sweeps
/// it, so turns by the thousand would read it by the thousand; a job that comes in before the place waits so long at most.
const FRONT_MS: i64 = 50;

/// A round of one priority: places before it may be passed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Round {
    pub priority: i32,
    pub round: i64,
}

/// What a turn looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Leases that may be over.
    pub late: bool,
    /// The queue from here on; none for all of it.
    pub from: Option<Round>,
}

impl Look {
    /// A look at everything.
    pub const ALL: Self = Self { late: true, from: None };
}

/// When a node looked last.
#[derive(Debug, Default)]
pub struct Looks(Mutex<Seen>);

#[derive(Debug, Default)]
struct Seen {
    late_ms: Option<i64>,
    front_ms: i64,
    from: Option<Round>,
}

impl Looks {
    /// What the turn at this time looks at, epoch milliseconds.
    pub fn at(&self, now_ms: i64) -> Look {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = |since: i64, ms: i64| (0..ms).contains(&(now_ms - since));
        let late = !seen.late_ms.is_some_and(|since| fresh(since, LATE_MS));
        if late {
            seen.late_ms = Some(now_ms);
        }
        if !fresh(seen.front_ms, FRONT_MS) {
            (seen.front_ms, seen.from) = (now_ms, None);
        }
        Look { late, from: seen.from }
    }

    /// The last of those that a turn took as they waited, when there may be more behind it.
    pub fn ended_at(&self, last: Option<Round>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).from = last;
    }
}

#[cfg(test)]
mod tests {
    use super::{FRONT_MS, LATE_MS, Look, Looks, Round};

    #[test]
    fn a_place_is_good_for_a_moment_and_late_leases_are_looked_for_now_and_then() {
        let (looks, place) = (Looks::default(), Some(Round { priority: 0, round: 7 }));
        assert_eq!(looks.at(10_000), Look::ALL);
        looks.ended_at(place);
        assert_eq!(looks.at(10_000 + FRONT_MS - 1), Look { late: false, from: place });
        assert_eq!(looks.at(10_000 + FRONT_MS), Look { late: false, from: None });
        assert_eq!(looks.at(10_000 + LATE_MS), Look::ALL);
        assert_eq!(looks.at(1), Look::ALL, "a clock that was put back does not keep anybody waiting");
    }
}

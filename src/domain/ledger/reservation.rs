//! A reservation resolves at most once: it is committed, released, or expires.

use super::Hold;
use serde::Serialize;
use utoipa::ToSchema;

/// Where a reservation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReservationState {
    /// Its credits are set aside.
    Held,
    /// What was used is paid.
    Committed,
    /// Its credits were given back.
    Released,
    /// Nobody ended it in its time; its credits were given back.
    Expired,
}

/// A reservation, as far as the rules look at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reservation {
    /// Where it is.
    pub state: ReservationState,
    /// What it has set aside.
    pub hold: Hold,
    /// The first millisecond at which its time is over; none for that of a build, which ends with the build.
    pub expires_at_ms: Option<i64>,
    /// Credits that it was committed with.
    pub actual: Option<i64>,
}

/// What is to be done for a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judged {
    /// What it asks for.
    Resolve,
    /// Nothing: it was done before, by the same request.
    Repeat,
}

/// It has come to another end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the reservation is {from:?}")]
pub struct Unresolvable {
    /// Where it is.
    pub from: ReservationState,
    /// Where the request wanted it.
    pub to: ReservationState,
}

impl ReservationState {
    /// The word on the wire and in the database.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Committed => "committed",
            Self::Released => "released",
            Self::Expired => "expired",
        }
    }

    /// The state that a word stands for.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Held, Self::Committed, Self::Released, Self::Expired].into_iter().find(|state| state.word() == word)
    }

    /// The states that may follow.
    pub fn valid_next(self) -> Vec<Self> {
        if self == Self::Held { vec![Self::Committed, Self::Released, Self::Expired] } else { vec![] }
    }
}

impl Reservation {
    /// Whether its time is over.
    pub fn is_over(&self, now_ms: i64) -> bool {
        self.state == ReservationState::Held && self.expires_at_ms.is_some_and(|at_ms| now_ms >= at_ms)
    }

    /// Whether it can be committed with so many credits. One whose time is over can't, swept or not.
    pub fn commit(&self, actual: i64, now_ms: i64) -> Result<Judged, Unresolvable> {
        match self.at(now_ms) {
            ReservationState::Held => Ok(Judged::Resolve),
            ReservationState::Committed if self.actual == Some(actual) => Ok(Judged::Repeat),
            from => Err(Unresolvable { from, to: ReservationState::Committed }),
        }
    }

    /// Whether it can be released. What has expired has been given back already, and is said so.
    pub fn release(&self, now_ms: i64) -> Result<Judged, Unresolvable> {
        match self.at(now_ms) {
            ReservationState::Held => Ok(Judged::Resolve),
            ReservationState::Released => Ok(Judged::Repeat),
            from => Err(Unresolvable { from, to: ReservationState::Released }),
        }
    }

    fn at(&self, now_ms: i64) -> ReservationState {
        if self.is_over(now_ms) { ReservationState::Expired } else { self.state }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Amounts;
    use super::*;
    use ReservationState::{Committed, Expired, Held, Released};

    fn reservation(state: ReservationState, expires_at_ms: Option<i64>) -> Reservation {
        let actual = (state == Committed).then_some(5);
        Reservation { state, hold: Hold { parts: Amounts::default(), day: 1 }, expires_at_ms, actual }
    }

    #[test]
    fn it_resolves_at_most_once_and_the_same_again_is_a_repeat() {
        let refused = |from, to| Err(Unresolvable { from, to });
        let cases = [
            (Held, Ok(Judged::Resolve), Ok(Judged::Resolve)),
            (Committed, Ok(Judged::Repeat), refused(Committed, Released)),
            (Released, refused(Released, Committed), Ok(Judged::Repeat)),
            (Expired, refused(Expired, Committed), refused(Expired, Released)),
        ];
        for (state, commit, release) in cases {
            let reservation = reservation(state, Some(100));
            assert_eq!((reservation.commit(5, 0), reservation.release(0)), (commit, release), "{state:?}");
            assert_eq!(ReservationState::from_word(state.word()), Some(state));
            assert_eq!(state.valid_next().is_empty(), state != Held);
        }
        assert_eq!(reservation(Committed, None).commit(6, 0), refused(Committed, Committed), "another amount");
    }

    #[test]
    fn its_time_ends_with_its_last_millisecond_and_a_builds_never() {
        assert_eq!(reservation(Held, Some(100)).commit(5, 99), Ok(Judged::Resolve));
        assert_eq!(reservation(Held, Some(100)).commit(5, 100), Err(Unresolvable { from: Expired, to: Committed }));
        assert!(!reservation(Held, None).is_over(i64::MAX) && !reservation(Released, Some(1)).is_over(2));
    }
}

//! When which event of a replay is shown.

/// The slowest and the fastest pace, in times of the build's own; 0 is all at once.
pub const SPEEDS: std::ops::RangeInclusive<f64> = 0.1..=1000.0;

/// Whether a replay can run so fast.
pub fn is_speed(speed: f64) -> bool {
    speed == 0.0 || SPEEDS.contains(&speed)
}

/// What decides how far a replay is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Pace {
    /// It runs since `started_at_ms`, epoch milliseconds, so many times as fast as the build did.
    Runs {
        /// Times as fast; 0 for all at once.
        speed: f64,
        /// When the first event was due, epoch milliseconds.
        started_at_ms: i64,
    },
    /// Somebody asks for one event after the other, up to this place so far.
    Steps {
        /// The place of the last event that was asked for.
        shown_seq: i64,
    },
}

/// An event that a replay shows: its place, and when it happened, epoch milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// Place in the build's stream.
    pub seq: i64,
    /// When it happened, never before the one ahead of it, epoch milliseconds.
    pub happened_at_ms: i64,
}

/// The events of a replay, in order, one at least.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule(Vec<Due>);

impl Schedule {
    /// Of these events from this place on: place and time of each. None when there is nothing from there on.
    pub fn of(events: impl Iterator<Item = (i64, i64)>, from_seq: i64) -> Option<Self> {
        let mut latest = i64::MIN;
        let mut dues = Vec::new();
        for (seq, timestamp) in events.filter(|(seq, _)| *seq >= from_seq) {
            // a node whose clock was behind does not take the time back
            latest = latest.max(timestamp);
            dues.push(Due { seq, happened_at_ms: latest });
        }
        (!dues.is_empty()).then_some(Self(dues))
    }

    /// When the event at an index is due, epoch milliseconds; none for one that has to be asked for.
    pub fn due_at_ms(&self, index: usize, pace: Pace) -> Option<i64> {
        match (pace, self.0.get(index)) {
            (Pace::Runs { speed, started_at_ms }, Some(due)) => Some(self.at_ms(due, speed, started_at_ms)),
            _ => None,
        }
    }

    fn at_ms(&self, due: &Due, speed: f64, started_at_ms: i64) -> i64 {
        let offset = if speed > 0.0 { (due.happened_at_ms - self.0[0].happened_at_ms) as f64 / speed } else { 0.0 };
        started_at_ms.saturating_add(offset.round() as i64)
    }

    /// How many events are shown by now, epoch milliseconds.
    pub fn shown(&self, pace: Pace, now_ms: i64) -> usize {
        match pace {
            Pace::Steps { shown_seq } => self.0.partition_point(|due| due.seq <= shown_seq),
            Pace::Runs { speed, started_at_ms } => self.0.partition_point(|due| self.at_ms(due, speed, started_at_ms) <= now_ms),
        }
    }

    /// Events in all.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Never: a schedule has an event at least.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The place of the last event after so many more steps, of a replay that begins at `from_seq` and has its last at `last_seq`:
/// places have no gaps.
pub fn step(shown_seq: i64, count: i64, from_seq: i64, last_seq: i64) -> i64 {
    shown_seq.max(from_seq - 1).saturating_add(count).min(last_seq)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schedule(from_seq: i64) -> Option<Schedule> {
        Schedule::of([(1, 1000), (2, 1500), (3, 1400), (4, 4000)].into_iter(), from_seq)
    }

    #[test]
    fn events_come_at_their_own_pace_times_the_speed() {
        let (all, start) = (schedule(1).unwrap(), 10_000);
        let due = |speed| (0..4).map(|index| all.due_at_ms(index, Pace::Runs { speed, started_at_ms: start }).unwrap() - start).collect::<Vec<_>>();
        assert_eq!(due(1.0), [0, 500, 500, 3000]);
        assert_eq!(due(10.0), [0, 50, 50, 300]);
        assert_eq!(due(0.5), [0, 1000, 1000, 6000]);
        assert_eq!(due(0.0), [0, 0, 0, 0]);
        let shown = |now| all.shown(Pace::Runs { speed: 1.0, started_at_ms: start }, now);
        assert_eq!([9_999, 10_000, 10_499, 10_500, 13_000].map(shown), [0, 1, 1, 3, 4]);
    }

    #[test]
    fn a_part_begins_at_once_and_ends_where_there_is_nothing() {
        let part = schedule(3).unwrap();
        let runs = Pace::Runs { speed: 1.0, started_at_ms: 0 };
        assert_eq!((part.len(), part.due_at_ms(0, runs), part.due_at_ms(1, runs), part.due_at_ms(2, runs)), (2, Some(0), Some(2600), None));
        assert_eq!(schedule(5), None);
    }

    #[test]
    fn a_step_shows_one_more_and_none_behind_the_last() {
        let part = schedule(2).unwrap();
        assert_eq!(part.shown(Pace::Steps { shown_seq: 0 }, i64::MAX), 0);
        let stepped = |shown, count| step(shown, count, 2, 4);
        assert_eq!([stepped(0, 1), stepped(2, 1), stepped(2, 2), stepped(0, 9), stepped(4, 1)], [2, 3, 4, 4, 4]);
    }

    #[test]
    fn odd_speeds_are_none() {
        assert!([0.0, 0.1, 1.0, 1000.0].into_iter().all(is_speed));
        assert!(![-1.0, 0.05, 1000.1, f64::NAN, f64::INFINITY].into_iter().any(is_speed));
    }
}

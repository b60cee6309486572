//! When a waiting build will start, and how long it will take, from builds that were.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// What is expected of a build of which nothing is known, seconds.
pub const UNKNOWN_SECONDS: f64 = 30.0;

/// Seconds that a build is expected to take: the median of past ones. None without any.
pub fn expected_seconds(past: &[f64]) -> Option<f64> {
    let mut sorted: Vec<f64> = past.iter().copied().filter(|seconds| seconds.is_finite() && *seconds >= 0.0).collect();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => None,
        odd if odd % 2 == 1 => Some(sorted[middle]),
        _ => Some(f64::midpoint(sorted[middle - 1], sorted[middle])),
    }
}

/// Seconds that a build which started so long ago still needs: at least a little, until its end is told.
pub fn seconds_left(expected: f64, since_start: f64) -> f64 {
    (expected - since_start).max(expected.mul_add(0.1, 0.1))
}

/// Seconds until each of the waiting builds starts, in their order: each takes the slot that is free first. `running` are
/// the seconds that the builds under way still need. None of them is known without a slot.
pub fn starts_in(slots: usize, running: &[f64], waiting: &[f64]) -> Vec<f64> {
    if slots == 0 {
        return vec![];
    }
    let mut busy: Vec<f64> = running.to_vec();
    // more under way than slots: a node has gone, and its builds wait for another
    busy.sort_by(f64::total_cmp);
    busy.truncate(slots);
    busy.resize(slots, 0.0);
    let mut free: BinaryHeap<Reverse<Moment>> = busy.into_iter().map(|at| Reverse(Moment(at))).collect();
    let mut starts = Vec::with_capacity(waiting.len());
    for seconds in waiting {
        let Some(Reverse(Moment(at))) = free.pop() else { break };
        starts.push(at);
        free.push(Reverse(Moment(at + seconds)));
    }
    starts
}

/// Whether a waiting build is told of its new place: of each near the front, further back of a tenth of the way.
pub const fn worth_telling(told: i64, now: i64) -> bool {
    let least = if told > 10 { told / 10 } else { 1 };
    now < told && told - now >= least
}

/// Seconds from now, in order.
#[derive(PartialEq)]
struct Moment(f64);

impl Eq for Moment {}

impl PartialOrd for Moment {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Moment {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_build_is_expected_to_take_the_median_of_past_ones() {
        assert_eq!(expected_seconds(&[]), None);
        assert_eq!(expected_seconds(&[9.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(expected_seconds(&[4.0, 1.0, 2.0, 100.0]), Some(3.0));
        assert_eq!(expected_seconds(&[f64::NAN, 5.0]), Some(5.0));
    }

    #[test]
    fn each_waiting_build_takes_the_slot_that_is_free_first() {
        assert_eq!(starts_in(2, &[10.0, 4.0], &[3.0, 1.0, 5.0]), [4.0, 7.0, 8.0]);
        assert_eq!(starts_in(3, &[10.0], &[1.0, 1.0, 1.0]), [0.0, 0.0, 1.0]);
        assert_eq!(starts_in(1, &[7.0, 9.0], &[1.0]), [7.0]);
        assert!(starts_in(0, &[], &[1.0]).is_empty());
    }

    #[test]
    fn a_build_that_takes_longer_than_expected_still_needs_something() {
        assert_eq!(seconds_left(10.0, 4.0), 6.0);
        assert!(seconds_left(10.0, 400.0) > 0.0);
    }

    #[test]
    fn the_front_is_told_of_each_place_and_the_back_of_some() {
        assert!(worth_telling(2, 1) && worth_telling(10, 9) && worth_telling(500, 450));
        assert!(!worth_telling(1, 1) && !worth_telling(500, 499) && !worth_telling(3, 5));
        // from the very back to the front: not many events
        let (mut told, mut events) = (1000, 0);
        for place in (1..1000).rev() {
            if worth_telling(told, place) {
                (told, events) = (place, events + 1);
            }
        }
        assert!(told == 1 && events < 70, "{events}");
    }
}

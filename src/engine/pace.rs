//! When a turn at the queue is taken, and of how many slots. The benchmark of the queue asks here, too.

/// Turns at once: one is taken while another's commit waits for the disk. A third only makes all of them small.
const LANES: usize = 2;

/// Slots that one turn fills at most, besides those that its ends make free.
pub const fn share(concurrency: usize) -> usize {
    concurrency.div_ceil(LANES)
}

/// Whether to take a turn for `slots` that are free, or that wait for their end to be committed. An idle dispatcher takes
/// it at once. While another is under way, a handful waits: a turn costs as much for one job as for several, and the ends
/// that come meanwhile share the next.
pub const fn is_time(under_way: usize, slots: usize, concurrency: usize) -> bool {
    under_way == 0 || (under_way < LANES && slots >= share(concurrency))
}

#[cfg(test)]
mod tests {
    use super::is_time;

    #[test]
    fn a_handful_waits_only_while_a_turn_is_under_way() {
        assert!(is_time(0, 0, 100) && is_time(0, 1, 100), "an idle dispatcher looks, and commits an end, at once");
        assert!(!is_time(1, 49, 100) && is_time(1, 50, 100));
        assert!(!is_time(2, 100, 100));
        assert!(!is_time(1, 0, 1) && is_time(1, 1, 1));
    }
}

//! What one connection does, step by step, from the events it has to show and the faults it has.

use super::{Dice, Faults};

/// How much longer an event that is late by chance takes, milliseconds.
const LATE_MS: u64 = 500;

/// An event that a connection may show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown {
    /// Place in the stream.
    pub seq: i64,
    /// When it happened, milliseconds since any moment.
    pub offset_ms: i64,
}

/// What a connection does next. An event is named by its index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Wait, milliseconds.
    Wait(u64),
    /// Say an event.
    Event(usize),
    /// Say half of it, and break off.
    Half(usize),
    /// End, between two frames.
    End,
    /// Say nothing more, and stay.
    Stall,
    /// Say that the token is stale, and end.
    Expired,
    /// Say `reset`.
    Reset,
    /// All is said: the stream is over, if it has an end.
    Over,
}

/// A connection's steps, and whether it has used the one reset there is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// What it does, in order.
    pub steps: Vec<Step>,
    /// Whether `reset` is among it.
    pub resets: bool,
}

struct Writer<'a> {
    events: &'a [Shown],
    faults: &'a Faults,
    speed: f64,
    dice: Dice,
    steps: Vec<Step>,
    said: u64,
    /// When the last event that was said happened.
    clock_ms: Option<i64>,
}

/// The steps of a connection that reads from an index on; `speed` is in times of the recording's own, 0 for all at once.
pub fn script(events: &[Shown], from: usize, faults: &Faults, speed: f64, may_reset: bool, dice: Dice) -> Script {
    let clock_ms = from.checked_sub(1).and_then(|last| events.get(last)).map(|last| last.offset_ms);
    let mut writer = Writer { events, faults, speed, dice, steps: vec![], said: 0, clock_ms };
    let mut resets = false;
    let ended = match writer.play(from, may_reset) {
        Next::Reset => {
            resets = true;
            writer.steps.push(Step::Reset);
            writer.clock_ms = None;
            matches!(writer.play(0, false), Next::Broken)
        }
        Next::Broken => true,
        Next::Over => false,
    };
    if !ended {
        writer.steps.push(Step::Over);
    }
    Script { steps: writer.steps, resets }
}

enum Next {
    Over,
    Broken,
    Reset,
}

impl Writer<'_> {
    fn play(&mut self, from: usize, may_reset: bool) -> Next {
        let order = self.order(from);
        for (at, index) in order.iter().enumerate() {
            self.wait(*index);
            self.say(*index);
            let next = order.get(at + 1).copied();
            if self.breaks_off(*index, next) {
                return Next::Broken;
            }
            if may_reset && self.faults.reset_after == Some(self.said) {
                return Next::Reset;
            }
        }
        Next::Over
    }

    /// The events in the order in which they are said.
    fn order(&self, from: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (from..self.events.len()).collect();
        if let Some(nth) = self.faults.reorder.and_then(|nth| usize::try_from(nth).ok()) {
            let mut at = nth - 1;
            while at + 1 < order.len() {
                order.swap(at, at + 1);
                at += nth.max(2);
            }
        }
        order
    }

    fn wait(&mut self, index: usize) {
        let offset_ms = self.events[index].offset_ms;
        let own = self.clock_ms.map_or(0, |last| (offset_ms - last).max(0));
        self.clock_ms = Some(offset_ms.max(self.clock_ms.unwrap_or(offset_ms)));
        let own = if self.speed > 0.0 { (own as f64 / self.speed).round() as u64 } else { 0 };
        let late = if self.faults.chaos > 0.0 && self.dice.falls(self.faults.chaos) { self.dice.up_to(LATE_MS) } else { 0 };
        let jitter = if self.faults.jitter_ms > 0 { self.dice.up_to(self.faults.jitter_ms) } else { 0 };
        let wait = own + self.faults.delay_ms + jitter + late;
        if wait > 0 {
            self.steps.push(Step::Wait(wait));
        }
    }

    fn say(&mut self, index: usize) {
        self.said += 1;
        self.steps.push(Step::Event(index));
        let twice = self.faults.duplicate.is_some_and(|nth| self.said.is_multiple_of(nth));
        if twice || (self.faults.chaos > 0.0 && self.dice.falls(self.faults.chaos)) {
            self.steps.push(Step::Event(index));
        }
    }

    /// Whether the connection ends here. Behind the last event there is nothing to break off.
    fn breaks_off(&mut self, index: usize, next: Option<usize>) -> bool {
        let Faults { stall_after, expire_after, drop_after, drop_every, truncate, chaos, .. } = self.faults;
        let Some(next) = next else { return false };
        if *stall_after == Some(self.said) {
            self.steps.push(Step::Stall);
            return true;
        }
        if *expire_after == Some(self.said) {
            self.steps.push(Step::Expired);
            return true;
        }
        let seq = u64::try_from(self.events[index].seq).unwrap_or(0);
        let dropped = *drop_after == Some(self.said) || drop_every.is_some_and(|nth| seq.is_multiple_of(nth)) || (*chaos > 0.0 && self.dice.falls(*chaos));
        if dropped {
            self.steps.push(if *truncate { Step::Half(next) } else { Step::End });
        }
        dropped
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Step::{End, Event, Expired, Half, Over, Reset, Stall, Wait};

    const EVENTS: [Shown; 5] = [
        Shown { seq: 1, offset_ms: 0 },
        Shown { seq: 2, offset_ms: 10 },
        Shown { seq: 3, offset_ms: 10 },
        Shown { seq: 4, offset_ms: 110 },
        Shown { seq: 5, offset_ms: 120 },
    ];

    fn steps(from: usize, set: &[(&str, &str)]) -> Vec<Step> {
        let mut faults = Faults::default();
        set.iter().for_each(|(name, value)| faults.set(name, value).unwrap());
        script(&EVENTS, from, &faults, 0.0, true, Dice::of(1, 1)).steps
    }

    #[test]
    fn without_faults_events_come_in_order_at_their_pace() {
        assert_eq!(steps(0, &[]), [Event(0), Event(1), Event(2), Event(3), Event(4), Over]);
        let paced = script(&EVENTS, 2, &Faults::default(), 2.0, true, Dice::of(1, 1)).steps;
        assert_eq!(paced, [Event(2), Wait(50), Event(3), Wait(5), Event(4), Over], "the pace goes on where the last event was");
    }

    #[test]
    fn each_fault_does_what_it_is_called() {
        assert_eq!(steps(0, &[("drop-after", "2")]), [Event(0), Event(1), End]);
        assert_eq!(steps(2, &[("drop-after", "2")]), [Event(2), Event(3), End]);
        assert_eq!(steps(4, &[("drop-after", "1")]), [Event(4), Over], "nothing is broken off behind the last");
        assert_eq!(steps(0, &[("drop-every", "3")]), [Event(0), Event(1), Event(2), End]);
        assert_eq!(steps(3, &[("drop-every", "3")]), [Event(3), Event(4), Over]);
        assert_eq!(steps(0, &[("drop-after", "1"), ("truncate", "true")]), [Event(0), Half(1)]);
        assert_eq!(steps(2, &[("duplicate", "2")]), [Event(2), Event(3), Event(3), Event(4), Over]);
        assert_eq!(steps(0, &[("reorder", "2")]), [Event(0), Event(2), Event(1), Event(4), Event(3), Over]);
        assert_eq!(steps(3, &[("delay", "7")]), [Wait(7), Event(3), Wait(7), Event(4), Over]);
        assert_eq!(steps(0, &[("stall-after", "1")]), [Event(0), Stall]);
        assert_eq!(steps(0, &[("expire-after", "1")]), [Event(0), Expired]);
        assert_eq!(steps(3, &[("reset-after", "1")]), [Event(3), Reset, Event(0), Event(1), Event(2), Event(3), Event(4), Over]);
    }

    #[test]
    fn a_client_that_comes_back_has_everything_in_the_end() {
        for set in [[("drop-after", "1")], [("drop-every", "1")], [("chaos", "0.5")], [("duplicate", "1")], [("jitter", "9")]] {
            let mut faults = Faults::default();
            set.iter().for_each(|(name, value)| faults.set(name, value).unwrap());
            let (mut from, mut seen, mut over) = (0, vec![], false);
            for connection in 0..1000 {
                for step in script(&EVENTS, from, &faults, 0.0, false, Dice::of(3, connection)).steps {
                    match step {
                        Event(index) if index == from => {
                            seen.push(index);
                            from += 1;
                        }
                        Over => over = true,
                        _ => {}
                    }
                }
                if over {
                    break;
                }
            }
            assert_eq!((seen, over), (vec![0, 1, 2, 3, 4], true), "{set:?}");
        }
    }

    #[test]
    fn chance_is_the_same_again_under_a_seed() {
        let faults = Faults { chaos: 0.3, jitter_ms: 50, ..Faults::default() };
        let play = |seed| (0..20).map(|connection| script(&EVENTS, 0, &faults, 1.0, false, Dice::of(seed, connection))).collect::<Vec<_>>();
        assert_eq!(play(4), play(4));
        assert_ne!(play(4), play(5));
    }
}

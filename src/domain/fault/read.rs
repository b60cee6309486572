//! Faults as people write them: by flag, in a file, or in a query, under the same names.

use super::Faults;

/// The names, as flags have them, with what they are.
pub const NAMES: &[(&str, &str, &str)] = &[
    ("drop-after", "N", "Each connection ends after N of its events"),
    ("drop-every", "N", "A connection ends after each event whose seq is a multiple of N"),
    ("truncate", "BOOL", "Whether an end falls inside a frame"),
    ("duplicate", "N", "Every Nth event of a connection comes twice"),
    ("reorder", "N", "Every Nth event of a connection comes after the next one"),
    ("delay", "MS", "Waits before each event"),
    ("jitter", "MS", "Waits up to so much more before each event, by chance"),
    ("stall-after", "N", "After N events a connection says nothing more, and stays open"),
    ("expire-after", "N", "After N events a connection's token is stale: AUTH_EXPIRED"),
    ("reset-after", "N", "The first connection to have N events is told `reset` and gets all again"),
    ("slow-start", "MS", "Waits before a stream answers"),
    ("status", "S@N", "The Nth request for a stream gets the status S; several with commas"),
    ("retry", "MS", "What a stream says about how long to wait before coming back"),
    ("seed", "N", "What chance begins with: the same seed, the same faults"),
    ("chaos", "P", "How likely each event ends its connection, comes twice or comes late, from 0 to 1"),
];
/// No wait is longer, milliseconds.
const WAIT_MAX_MS: u64 = 600_000;

/// A fault that can't be read: its name, and what it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name}: {wanted}")]
pub struct NotAFault {
    /// What was named.
    pub name: String,
    /// What it should be.
    pub wanted: &'static str,
}

impl Faults {
    /// Takes a fault by its name.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), NotAFault> {
        let odd = |wanted| NotAFault { name: name.to_owned(), wanted };
        let count = || value.parse().ok().filter(|count| *count >= 1).map(Some).ok_or_else(|| odd("a number from 1"));
        let wait = || value.parse().ok().filter(|ms| *ms <= WAIT_MAX_MS).ok_or_else(|| odd("milliseconds, at most 600000"));
        match name {
            "drop-after" => self.drop_after = count()?,
            "drop-every" => self.drop_every = count()?,
            "truncate" => self.truncate = value.parse().map_err(|_| odd("true or false"))?,
            "duplicate" => self.duplicate = count()?,
            "reorder" => self.reorder = count()?,
            "delay" => self.delay_ms = wait()?,
            "jitter" => self.jitter_ms = wait()?,
            "stall-after" => self.stall_after = count()?,
            "expire-after" => self.expire_after = count()?,
            "reset-after" => self.reset_after = count()?,
            "retry" => self.retry_ms = Some(wait()?),
            "seed" => self.seed = value.parse().map_err(|_| odd("a number"))?,
            "slow-start" => self.slow_start_ms = wait()?,
            "status" => self.statuses = statuses(value).ok_or_else(|| odd("such as 503@1, or 429@1,503@2"))?,
            "chaos" => self.chaos = value.parse().ok().filter(|likely| (0.0..=1.0).contains(likely)).ok_or_else(|| odd("from 0 to 1"))?,
            _ => return Err(odd("no such fault")),
        }
        Ok(())
    }
}

fn statuses(text: &str) -> Option<Vec<(u16, u64)>> {
    let one = |part: &str| {
        let (status, number) = part.trim().split_once('@')?;
        let (status, number) = (status.parse().ok()?, number.parse().ok()?);
        ((200..600).contains(&status) && number >= 1).then_some((status, number))
    };
    text.split(',').map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_read_and_odd_values_are_refused_by_name() {
        let mut faults = Faults::default();
        for (name, kind, _) in NAMES {
            let value = match *kind {
                "BOOL" => "true",
                "S@N" => "429@1,503@2",
                "P" => "0.5",
                _ => "3",
            };
            assert_eq!(faults.set(name, value), Ok(()), "{name}");
            for odd in ["", "-1", "x", "1e9"] {
                assert_eq!(faults.clone().set(name, odd).unwrap_err().name, *name, "{odd}");
            }
        }
        assert_eq!((faults.drop_after, faults.statuses.as_slice(), faults.truncate), (Some(3), [(429, 1), (503, 2)].as_slice(), true));
        assert!(Faults::default().set("explode", "1").is_err());
    }
}

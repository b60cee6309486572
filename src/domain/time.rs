//! Times: epoch milliseconds inside, in events and in params; ISO 8601 UTC in REST bodies.

use chrono::{DateTime, SecondsFormat};

/// Epoch milliseconds as ISO 8601 UTC with milliseconds, such as `2026-01-15T10:30:00.000Z`.
pub fn iso(at_ms: i64) -> String {
    DateTime::from_timestamp_millis(at_ms).unwrap_or_default().to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// Seconds between two instants in milliseconds, never negative.
pub fn seconds_between(from_ms: i64, to_ms: i64) -> f64 {
    (to_ms - from_ms).max(0) as f64 / 1000.0
}

#[cfg(test)]
mod tests {
    #[test]
    fn milliseconds_become_iso() {
        assert_eq!(super::iso(1_735_689_600_123), "2025-01-01T00:00:00.123Z");
        assert_eq!(super::seconds_between(2000, 500), 0.0);
    }
}

//! When a provider that refuses for now may be asked again, from the headers of its refusal.

use chrono::DateTime;

/// What is told when the provider does not say.
const UNTOLD_SECONDS: u64 = 60;
/// Nobody is told to wait longer.
const LONGEST_SECONDS: u64 = 7 * 24 * 3600;

/// When to ask again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine) struct Wait {
    /// Epoch milliseconds.
    pub reset_time: i64,
    /// Seconds from now, at least 1.
    pub retry_after: u64,
}

/// Pairs of headers: what is left of a limit, and when it is whole again.
const LIMITS: &[(&str, &str)] = &[
    ("anthropic-ratelimit-requests-remaining", "anthropic-ratelimit-requests-reset"),
    ("anthropic-ratelimit-tokens-remaining", "anthropic-ratelimit-tokens-reset"),
    ("anthropic-ratelimit-input-tokens-remaining", "anthropic-ratelimit-input-tokens-reset"),
    ("anthropic-ratelimit-output-tokens-remaining", "anthropic-ratelimit-output-tokens-reset"),
    ("x-ratelimit-remaining-requests", "x-ratelimit-reset-requests"),
    ("x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens"),
];

impl Wait {
    /// A wait of so many milliseconds.
    fn of(milliseconds: i64, now_ms: i64) -> Self {
        let milliseconds = milliseconds.clamp(1, (LONGEST_SECONDS * 1000).cast_signed());
        Self { reset_time: now_ms + milliseconds, retry_after: milliseconds.cast_unsigned().div_ceil(1000) }
    }

    /// The wait when the provider says nothing of it.
    pub fn untold(now_ms: i64) -> Self {
        Self::of((UNTOLD_SECONDS * 1000).cast_signed(), now_ms)
    }

    /// Reads the headers, by their names in lower case.
    pub fn read<'a>(header: impl Fn(&str) -> Option<&'a str>, now_ms: i64) -> Self {
        let exact = header("retry-after-ms").and_then(|text| text.trim().parse::<f64>().ok()).filter(|ms| *ms >= 0.0).map(|ms| ms as i64);
        let told = exact.or_else(|| header("retry-after").and_then(|text| moment(text.trim(), now_ms)));
        let told = told.or_else(|| {
            let used_up = |remaining: &str| header(remaining).is_some_and(|left| left.trim() == "0");
            let resets = |only_used_up: bool| {
                let pairs = LIMITS.iter().filter(move |(remaining, _)| !only_used_up || used_up(remaining));
                pairs.filter_map(|(_, reset)| moment(header(reset)?.trim(), now_ms)).max()
            };
            // the limit that is used up is the one to wait for; where none says so, the longest
            resets(true).or_else(|| resets(false))
        });
        told.map_or_else(|| Self::untold(now_ms), |milliseconds| Self::of(milliseconds, now_ms))
    }
}

/// Milliseconds from now: seconds, a span such as `6m0.5s`, or a time as RFC 3339 or as HTTP writes it.
fn moment(text: &str, now_ms: i64) -> Option<i64> {
    let seconds = text.parse::<f64>().ok().filter(|s| s.is_finite() && *s >= 0.0).map(|s| (s * 1000.0) as i64);
    let time = || DateTime::parse_from_rfc3339(text).or_else(|_| DateTime::parse_from_rfc2822(text)).ok().map(|t| t.timestamp_millis() - now_ms);
    seconds.or_else(|| span(text)).or_else(time)
}

/// `1h2m3.5s`, `12ms`, …
fn span(text: &str) -> Option<i64> {
    let (mut rest, mut total) = (text, 0.0);
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let number: f64 = rest[..digits].parse().ok()?;
        let letters = rest[digits..].find(|c: char| c.is_ascii_digit()).map_or(rest.len(), |at| digits + at);
        total += number
            * match &rest[digits..letters] {
                "ms" => 1.0,
                "s" => 1000.0,
                "m" => 60_000.0,
                "h" => 3_600_000.0,
                "d" => 86_400_000.0,
                _ => return None,
            };
        rest = &rest[letters..];
    }
    (!text.is_empty()).then_some(total as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_700_000_000_000;

    fn wait(headers: &[(&str, &str)]) -> (i64, u64) {
        let Wait { reset_time, retry_after } = Wait::read(|name| headers.iter().find(|(n, _)| *n == name).map(|(_, value)| *value), NOW);
        (reset_time - NOW, retry_after)
    }

    #[test]
    fn each_form_is_read() {
        assert_eq!(wait(&[("retry-after", "7")]), (7000, 7));
        assert_eq!(wait(&[("retry-after", "0.2")]), (200, 1));
        assert_eq!(wait(&[("retry-after", "Tue, 14 Nov 2023 22:13:30 GMT")]), (10_000, 10));
        assert_eq!(wait(&[("retry-after-ms", "1500"), ("retry-after", "9")]), (1500, 2));
        assert_eq!(wait(&[("anthropic-ratelimit-tokens-reset", "2023-11-14T22:14:20Z")]), (60_000, 60));
        assert_eq!(wait(&[("x-ratelimit-reset-tokens", "6m0s"), ("x-ratelimit-reset-requests", "12ms")]), (360_000, 360));
        assert_eq!(wait(&[("x-ratelimit-reset-requests", "1h2m3.5s")]), (3_723_500, 3724));
        let used_up = [("x-ratelimit-reset-tokens", "6m0s"), ("x-ratelimit-remaining-requests", "0"), ("x-ratelimit-reset-requests", "2s")];
        assert_eq!(wait(&used_up), (2000, 2));
    }

    #[test]
    fn nonsense_the_past_and_eternity_are_bounded() {
        for nonsense in ["", "soon", "-5", "nan", "5 apples", "1x", "."] {
            assert_eq!(wait(&[("retry-after", nonsense)]), (60_000, 60), "{nonsense:?}");
        }
        assert_eq!(wait(&[("anthropic-ratelimit-tokens-reset", "2020-01-01T00:00:00Z")]), (1, 1));
        assert_eq!(wait(&[("retry-after", "1e300")]), (604_800_000, 604_800));
    }
}

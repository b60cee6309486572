//! The settings of what stands between the internet and the house: rates, proxies, origins, idempotency.

use super::load::{ConfigError, Values, fault};
use ipnet::IpNet;
use std::net::IpAddr;
use std::ops::RangeInclusive;
use std::time::Duration;

/// Requests a minute that the setting may say.
const RATES: RangeInclusive<u32> = 1..=1_000_000;
/// Seconds that an answer is kept at most: thirty days.
const KEPT_MAX: f64 = 2_592_000.0;

/// Who may ask how often, from where, and how long an answer is kept.
#[derive(Debug, Clone)]
pub struct EdgeConfig {
    /// `BUILDCAST_RATE_PER_MINUTE`
    pub rate_per_minute: u32,
    /// `BUILDCAST_TRUSTED_PROXIES`
    pub trusted_proxies: Vec<IpNet>,
    /// `BUILDCAST_CORS_ORIGINS`, as browsers write them.
    pub cors_origins: Vec<String>,
    /// `BUILDCAST_PREVIEW_POLICY`; empty for none.
    pub preview_policy: String,
    /// `BUILDCAST_IDEMPOTENCY_SECONDS`
    pub idempotency: Duration,
    /// `BUILDCAST_STATISTICS_SECONDS`
    pub statistics: Duration,
}

pub(super) fn edge(v: &Values<'_>) -> Result<EdgeConfig, ConfigError> {
    const RATE: &str = "BUILDCAST_RATE_PER_MINUTE";
    const KEPT: &str = "BUILDCAST_IDEMPOTENCY_SECONDS";
    let rate_per_minute = v.parse(RATE, "a number")?;
    if !RATES.contains(&rate_per_minute) {
        return Err(fault(RATE, format_args!("not within {} to {}", RATES.start(), RATES.end())));
    }
    let idempotency = v.seconds(KEPT, KEPT_MAX)?;
    if idempotency < Duration::from_secs(1) {
        return Err(fault(KEPT, "less than 1"));
    }
    let statistics = v.seconds("BUILDCAST_STATISTICS_SECONDS", 3600.0)?;
    Ok(EdgeConfig { rate_per_minute, trusted_proxies: proxies(v)?, cors_origins: origins(v)?, preview_policy: policy(v)?, idempotency, statistics })
}

/// Addresses and networks, with commas.
fn proxies(v: &Values<'_>) -> Result<Vec<IpNet>, ConfigError> {
    const NAME: &str = "BUILDCAST_TRUSTED_PROXIES";
    let listed = v.text(NAME).split(',').map(str::trim).filter(|part| !part.is_empty());
    let net = |text: &str| text.parse::<IpNet>().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from));
    listed.map(|text| net(text).ok_or_else(|| fault(NAME, format_args!("{text:?} is neither an address nor a network such as 10.0.0.0/8")))).collect()
}

/// Origins as browsers write them: scheme, host and port, with nothing behind.
fn origins(v: &Values<'_>) -> Result<Vec<String>, ConfigError> {
    const NAME: &str = "BUILDCAST_CORS_ORIGINS";
    let listed = v.text(NAME).split(',').map(str::trim).filter(|part| !part.is_empty());
    let origin = |text: &str| {
        let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or_default();
        let plain = !host.is_empty() && host.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-.:[]".contains(&b));
        if plain { Ok(text.to_owned()) } else { Err(fault(NAME, format_args!("{text:?} is not an origin such as https://app.example.com"))) }
    };
    listed.map(origin).collect()
}

/// A header's value: visible ASCII and spaces.
fn policy(v: &Values<'_>) -> Result<String, ConfigError> {
    const NAME: &str = "BUILDCAST_PREVIEW_POLICY";
    let text = v.text(NAME);
    let plain = text.bytes().all(|b| b == b' ' || b.is_ascii_graphic());
    if plain { Ok(text.to_owned()) } else { Err(fault(NAME, "has a character that a header can't have")) }
}

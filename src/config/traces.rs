//! The settings of traces, under the names that OpenTelemetry gives them.

use super::hidden::decoded;
use super::load::{ConfigError, Values, fault};

/// Where spans are sent, and how many.
#[derive(Debug, Clone)]
pub struct TracesConfig {
    /// `OTEL_EXPORTER_OTLP_ENDPOINT`, without a slash at the end; spans go to `/v1/traces` below it.
    pub endpoint: String,
    /// `OTEL_EXPORTER_OTLP_HEADERS`: names and values.
    pub headers: Vec<(String, String)>,
    /// `OTEL_SERVICE_NAME`
    pub service_name: String,
    /// `OTEL_TRACES_SAMPLER_ARG`: the part of traces that is kept, 0 to 1, of those that begin here.
    pub ratio: f64,
}

/// Reads them; none where no endpoint is set.
pub(super) fn traces(v: &Values<'_>) -> Result<Option<TracesConfig>, ConfigError> {
    const RATIO: &str = "OTEL_TRACES_SAMPLER_ARG";
    let ratio: f64 = v.parse(RATIO, "a number")?;
    if !(0.0..=1.0).contains(&ratio) {
        return Err(fault(RATIO, "not within 0 to 1"));
    }
    let headers = headers(v)?;
    let service_name = v.text("OTEL_SERVICE_NAME").to_owned();
    Ok(v.url("OTEL_EXPORTER_OTLP_ENDPOINT")?.map(|endpoint| TracesConfig { endpoint, headers, service_name, ratio }))
}

/// Pairs `name=value` with commas, the values percent-encoded. What is wrong with one is told without its value.
fn headers(v: &Values<'_>) -> Result<Vec<(String, String)>, ConfigError> {
    const NAME: &str = "OTEL_EXPORTER_OTLP_HEADERS";
    let pairs = v.text(NAME).split(',').map(str::trim).filter(|pair| !pair.is_empty());
    let read = |pair: &str| {
        let (name, value) = pair.split_once('=')?;
        let (name, value) = (name.trim(), decoded(value.trim()));
        let token = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
        (token && value.bytes().all(|b| b == b' ' || b.is_ascii_graphic())).then(|| (name.to_owned(), value))
    };
    pairs.map(|pair| read(pair).ok_or_else(|| fault(NAME, "not pairs such as name=value, with commas"))).collect()
}

#[cfg(test)]
mod tests {
    use crate::config::load;
    use std::collections::BTreeMap;

    #[test]
    fn traces_are_sent_where_the_settings_say_and_nowhere_unless_set() {
        let with = |settings: &[(&str, &str)]| {
            let environment = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            load(None, environment, BTreeMap::new()).map(|loaded| loaded.config)
        };
        assert!(with(&[("OTEL_SERVICE_NAME", "x")]).unwrap().traces.is_none());
        let config = with(&[
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318/"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20abc+d, x-team = a"),
            ("OTEL_TRACES_SAMPLER_ARG", "0.25"),
        ])
        .unwrap();
        let traces = config.traces.unwrap();
        assert_eq!((traces.endpoint.as_str(), traces.service_name.as_str(), traces.ratio), ("http://collector:4318", "buildcast", 0.25));
        assert_eq!(traces.headers, [("authorization", "Bearer abc+d"), ("x-team", "a")].map(|(n, v)| (n.to_owned(), v.to_owned())));
        assert!(config.hidden.iter().any(|hidden| hidden == "Bearer abc+d"), "a header's value is a secret");
        for bad in [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "secret"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "a=b%0ac"),
            ("OTEL_TRACES_SAMPLER_ARG", "1.5"),
        ] {
            let error = with(&[bad]).unwrap_err().to_string();
            assert!(error.contains(bad.0) && !error.contains("secret\""), "{error}");
        }
    }
}

//! The settings of code generation, which only make sense together.

use super::load::{ConfigError, Values, fault};
use crate::domain::generation::Provider;
use std::time::Duration;

/// Who is asked for code, and within which limits.
#[derive(Debug, Clone)]
pub struct GeneratorConfig {
    /// `CODE_GENERATOR`
    pub provider: Provider,
    /// `CODE_GENERATOR_URL`, without a slash at the end; the provider's own unless set.
    pub url: String,
    /// `CODE_GENERATOR_KEY`; none for a server of the operator's own that asks for none.
    pub key: Option<String>,
    /// `CODE_GENERATOR_MODEL`
    pub model: String,
    /// `CODE_GENERATOR_OUTPUT_TOKENS_MAX`
    pub output_tokens_max: u32,
    /// `CODE_GENERATOR_OUTPUT_BYTES_MAX`
    pub output_bytes_max: usize,
    /// `CODE_GENERATOR_TIMEOUT_SECONDS`
    pub timeout: Duration,
    /// `CODE_GENERATOR_IDLE_SECONDS`
    pub idle: Duration,
}

const BYTES: std::ops::RangeInclusive<usize> = 1024..=64 << 20;

/// Reads them; none where there is no provider.
pub(super) fn generator(v: &Values<'_>) -> Result<Option<GeneratorConfig>, ConfigError> {
    let words = [("none", None), ("anthropic", Some(Provider::Anthropic)), ("openai", Some(Provider::OpenAi))];
    let Some(provider) = v.one_of("CODE_GENERATOR", &words)? else {
        let set = ["CODE_GENERATOR_URL", "CODE_GENERATOR_KEY", "CODE_GENERATOR_MODEL"].into_iter().find(|name| !v.text(name).is_empty());
        return set.map_or(Ok(None), |name| Err(fault("CODE_GENERATOR", format_args!("is none, but {name} is set"))));
    };
    let own = address(v)?;
    let key = v.text("CODE_GENERATOR_KEY");
    if key.is_empty() && own.is_none() {
        return Err(fault("CODE_GENERATOR_KEY", "is not set; only a server of your own, at CODE_GENERATOR_URL, may need none"));
    }
    if !key.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(fault("CODE_GENERATOR_KEY", "has characters that can't be sent in a header"));
    }
    let model = v.text("CODE_GENERATOR_MODEL");
    if model.is_empty() {
        return Err(fault("CODE_GENERATOR_MODEL", "is not set"));
    }
    let output_bytes_max = v.count("CODE_GENERATOR_OUTPUT_BYTES_MAX")?;
    if !BYTES.contains(&output_bytes_max) {
        return Err(fault("CODE_GENERATOR_OUTPUT_BYTES_MAX", format_args!("not within {} to {}", BYTES.start(), BYTES.end())));
    }
    let output_tokens_max = u32::try_from(v.count("CODE_GENERATOR_OUTPUT_TOKENS_MAX")?).map_err(|_| fault("CODE_GENERATOR_OUTPUT_TOKENS_MAX", "too many"))?;
    Ok(Some(GeneratorConfig {
        provider,
        url: own.unwrap_or_else(|| provider.public_url().to_owned()),
        key: (!key.is_empty()).then(|| key.to_owned()),
        model: model.to_owned(),
        output_tokens_max,
        output_bytes_max,
        timeout: time(v, "CODE_GENERATOR_TIMEOUT_SECONDS")?,
        idle: time(v, "CODE_GENERATOR_IDLE_SECONDS")?,
    }))
}

fn time(v: &Values<'_>, name: &'static str) -> Result<Duration, ConfigError> {
    let time = v.seconds(name, 3600.0)?;
    if time.is_zero() { Err(fault(name, "more than 0")) } else { Ok(time) }
}

fn address(v: &Values<'_>) -> Result<Option<String>, ConfigError> {
    let name = "CODE_GENERATOR_URL";
    // the address may be logged and told: what is secret belongs into the key
    if v.text(name).contains(['@', '?', '#']) {
        return Err(fault(name, "has a user, a query or a fragment"));
    }
    v.url(name)
}

#[cfg(test)]
mod tests {
    use super::super::{ConfigError, Loaded, load};
    use std::collections::BTreeMap;
    use std::time::Duration;

    fn with(pairs: &[(&str, &str)]) -> Result<Loaded, ConfigError> {
        load(None, pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())), BTreeMap::new())
    }

    #[test]
    fn a_generator_is_whole_or_not_there() {
        let whole = [("CODE_GENERATOR", "openai"), ("CODE_GENERATOR_KEY", "k"), ("CODE_GENERATOR_MODEL", "m")];
        let generator = with(&whole).unwrap().config.generator.unwrap();
        assert_eq!((generator.url.as_str(), generator.key.as_deref(), generator.idle), ("https://api.openai.com", Some("k"), Duration::from_secs(60)));
        let own = [("CODE_GENERATOR", "anthropic"), ("CODE_GENERATOR_URL", "http://10.0.0.7:8000/"), ("CODE_GENERATOR_MODEL", "m")];
        assert_eq!(with(&own).unwrap().config.generator.unwrap().url, "http://10.0.0.7:8000");
        assert!(with(&[]).unwrap().config.generator.is_none());
        let wrong = |more: &[(&str, &str)]| with(&[whole.as_slice(), more].concat()).unwrap_err().name;
        for (name, value) in [
            ("CODE_GENERATOR_KEY", ""),
            ("CODE_GENERATOR_KEY", "two words"),
            ("CODE_GENERATOR_MODEL", " "),
            ("CODE_GENERATOR_URL", "ftp://x"),
            ("CODE_GENERATOR_URL", "http://user:word@x"),
            ("CODE_GENERATOR_TIMEOUT_SECONDS", "0"),
            ("CODE_GENERATOR_IDLE_SECONDS", "4000"),
            ("CODE_GENERATOR_OUTPUT_BYTES_MAX", "10"),
            ("CODE_GENERATOR_OUTPUT_TOKENS_MAX", "0"),
        ] {
            assert_eq!(wrong(&[(name, value)]), name, "{value}");
        }
        assert_eq!(with(&whole[1..]).unwrap_err().name, "CODE_GENERATOR", "a key without a generator");
    }
}

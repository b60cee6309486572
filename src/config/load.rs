//! Reading settings, and what can be wrong with them.

use super::artifacts::artifacts;
use super::edge::edge;
use super::generator::generator;
use super::hidden::hidden;
use super::legacy::legacy;
use super::log::log;
use super::money::money;
use super::page::page;
use super::table::{SETTINGS, Setting};
use super::traces::traces;
use super::versions::versions;
use super::{Config, Environment, Roles, SandboxChoice};
use crate::domain::signature::AcceptedVersions;
use std::collections::BTreeMap;
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

/// A shorter lease is lost to a slow commit.
const LEASE_MIN: Duration = Duration::from_secs(1);
/// Sweeps that follow each other at once would do nothing else.
const SWEEP_MIN: Duration = Duration::from_secs(1);
/// A shorter line would hide what package managers say; a longer one than a pipe holds is no line any more.
const LINE_BYTES: RangeInclusive<usize> = 256..=65_536;

/// A setting that stops the start.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name}: {why}")]
pub struct ConfigError {
    /// The setting.
    pub name: String,
    /// What is wrong with it.
    pub why: String,
}

/// Where a value came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Nothing was set.
    Default,
    /// The TOML file.
    File,
    /// The environment.
    Environment,
    /// A flag.
    Flag,
}

/// Values with their origins, and the settings they make.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The settings.
    pub config: Config,
    /// Each setting's value as text, and its origin.
    pub values: BTreeMap<&'static str, (String, Origin)>,
}

pub(super) fn fault(name: &str, why: impl Display) -> ConfigError {
    ConfigError { name: name.to_owned(), why: why.to_string() }
}

/// What commands read that have no settings: a server passes it over.
const OF_COMMANDS: &[&str] = &["BUILDCAST_TOKEN"];

/// Reads the settings: file, then environment, then flags.
pub fn load(file: Option<&Path>, environment: impl Iterator<Item = (String, String)>, flags: BTreeMap<&'static str, String>) -> Result<Loaded, ConfigError> {
    let mut values: BTreeMap<&'static str, (String, Origin)> = SETTINGS.iter().map(|s| (s.name, (s.default.to_owned(), Origin::Default))).collect();
    if let Some(path) = file {
        for (name, value) in read_file(path)? {
            values.insert(name, (value, Origin::File));
        }
    }
    for (name, value) in environment {
        match SETTINGS.iter().find(|s| s.name == name) {
            Some(setting) => drop(values.insert(setting.name, (value, Origin::Environment))),
            None if name.starts_with("BUILDCAST_") && !OF_COMMANDS.contains(&name.as_str()) => return Err(fault(&name, "there is no such setting")),
            None => {}
        }
    }
    for (name, value) in flags {
        values.insert(name, (value, Origin::Flag));
    }
    let config = check(&values)?;
    Ok(Loaded { config, values })
}

fn read_file(path: &Path) -> Result<Vec<(&'static str, String)>, ConfigError> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|error| fault(&name, error))?;
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| fault(&name, error.message()))?;
    table
        .into_iter()
        .map(|(key, value)| {
            let setting: &Setting = SETTINGS.iter().find(|s| s.name == key).ok_or_else(|| fault(&key, "there is no such setting"))?;
            let text = match value {
                toml::Value::String(text) => text,
                toml::Value::Integer(number) => number.to_string(),
                toml::Value::Float(number) => number.to_string(),
                toml::Value::Boolean(yes) => yes.to_string(),
                _ => return Err(fault(&key, "neither text, number nor boolean")),
            };
            Ok((setting.name, text))
        })
        .collect()
}

pub(super) struct Values<'a>(&'a BTreeMap<&'static str, (String, Origin)>);

impl Values<'_> {
    pub(super) fn text(&self, name: &'static str) -> &str {
        self.0.get(name).map(|(value, _)| value.trim()).unwrap_or_default()
    }

    pub(super) fn parse<T: FromStr>(&self, name: &'static str, what: &str) -> Result<T, ConfigError> {
        self.text(name).parse().map_err(|_| fault(name, format_args!("{:?} is not {what}", self.text(name))))
    }

    pub(super) fn seconds(&self, name: &'static str, most: f64) -> Result<Duration, ConfigError> {
        let seconds: f64 = self.parse(name, "a number of seconds")?;
        if (0.0..=most).contains(&seconds) {
            Ok(Duration::from_secs_f64(seconds))
        } else {
            Err(fault(name, format_args!("{seconds} is not within 0 to {most}")))
        }
    }

    fn at_least(&self, name: &'static str, least: u64) -> Result<u64, ConfigError> {
        let number = self.parse(name, "a number")?;
        // what is multiplied by it must stay a number
        if (least..=1 << 50).contains(&number) { Ok(number) } else { Err(fault(name, format_args!("not within {least} to {}", 1_u64 << 50))) }
    }

    pub(super) fn count(&self, name: &'static str) -> Result<usize, ConfigError> {
        let count = self.parse(name, "a number")?;
        if count > 0 { Ok(count) } else { Err(fault(name, "more than 0")) }
    }

    pub(super) fn one_of<T: Copy>(&self, name: &'static str, words: &[(&str, T)]) -> Result<T, ConfigError> {
        let found = words.iter().find(|(word, _)| *word == self.text(name)).map(|(_, value)| *value);
        found
            .ok_or_else(|| fault(name, format_args!("{:?} is none of {}", self.text(name), words.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", "))))
    }

    fn set_of(&self, name: &'static str, words: &[&str]) -> Result<Vec<bool>, ConfigError> {
        let parts: Vec<&str> = self.text(name).split(',').map(str::trim).collect();
        if let Some(odd) = parts.iter().find(|part| !words.contains(part)) {
            return Err(fault(name, format_args!("{odd:?} is none of {}", words.join(", "))));
        }
        Ok(words.iter().map(|word| parts.contains(word)).collect())
    }

    pub(super) fn url(&self, name: &'static str) -> Result<Option<String>, ConfigError> {
        let text = self.text(name).trim_end_matches('/');
        if !text.is_empty() && !text.starts_with("http://") && !text.starts_with("https://") {
            return Err(fault(name, format_args!("{text:?} is not an http or https URL")));
        }
        Ok((!text.is_empty()).then(|| text.to_owned()))
    }
}

fn check(values: &BTreeMap<&'static str, (String, Origin)>) -> Result<Config, ConfigError> {
    let v = Values(values);
    let environment = v.one_of("BUILDCAST_ENV", &[("development", Environment::Development), ("production", Environment::Production)])?;
    let data = v.text("BUILDCAST_DATA_DIR").to_owned();
    let within_data = |name| v.text(name).replace("{data}", &data);
    let database_url = within_data("DATABASE_URL");
    if !["sqlite://", "postgres://", "postgresql://"].iter().any(|scheme| database_url.starts_with(scheme)) {
        return Err(fault("DATABASE_URL", "neither sqlite:// nor postgres://"));
    }
    let versions = versions(&v)?;
    let artifacts = artifacts(&v, &within_data("BUILDCAST_ARTIFACTS"), versions.download_url)?;
    let roles = v.set_of("BUILDCAST_NODE_ROLE", &["api", "engine", "preview"])?;
    let signatures = v.set_of("SIGNATURE_VERSIONS", &["v1", "v2"])?;
    let concurrency: usize = v.parse("BUILDCAST_ENGINE_CONCURRENCY", "a number")?;
    if !(1..=256).contains(&concurrency) {
        return Err(fault("BUILDCAST_ENGINE_CONCURRENCY", "not within 1 to 256"));
    }
    let lease = v.seconds("BUILDCAST_LEASE_SECONDS", 3600.0)?;
    if lease < LEASE_MIN {
        return Err(fault("BUILDCAST_LEASE_SECONDS", "less than 1"));
    }
    let heartbeat = v.seconds("BUILDCAST_STREAM_HEARTBEAT_SECONDS", 3600.0)?;
    let stall = v.seconds("BUILDCAST_STREAM_STALL_SECONDS", 3600.0)?;
    if stall.is_zero() {
        return Err(fault("BUILDCAST_STREAM_STALL_SECONDS", "more than 0"));
    }
    if heartbeat.is_zero() {
        return Err(fault("BUILDCAST_STREAM_HEARTBEAT_SECONDS", "more than 0"));
    }
    let log_line_bytes_max = v.count("BUILDCAST_LOG_LINE_BYTES_MAX")?;
    if !LINE_BYTES.contains(&log_line_bytes_max) {
        return Err(fault("BUILDCAST_LOG_LINE_BYTES_MAX", "not within 256 to 65536"));
    }
    Ok(Config {
        environment,
        roles: Roles { api: roles[0], engine: roles[1], preview: roles[2] },
        listen: v.parse("BUILDCAST_LISTEN", "an address such as 127.0.0.1:8080")?,
        preview_listen: v.parse("BUILDCAST_PREVIEW_LISTEN", "an address such as 127.0.0.1:8081")?,
        public_url: v.url("BUILDCAST_PUBLIC_URL")?,
        preview_url: v.url("BUILDCAST_PREVIEW_URL")?,
        data_dir: PathBuf::from(&data),
        database_url,
        redis_url: redis_url(&v)?,
        artifacts,
        secrets: secrets(&v, environment)?,
        signatures: AcceptedVersions { v1: signatures[0], v2: signatures[1] },
        migrate: v.parse("BUILDCAST_MIGRATE", "true or false")?,
        engine_concurrency: concurrency,
        lease,
        build_attempts: i32::try_from(v.count("BUILDCAST_BUILD_ATTEMPTS")?).map_err(|_| fault("BUILDCAST_BUILD_ATTEMPTS", "too many"))?,
        builds_per_user: i64::from(v.parse::<u32>("BUILDCAST_BUILDS_PER_USER", "a number")?),
        sandbox: v.one_of("BUILDCAST_SANDBOX", &[("auto", SandboxChoice::Auto), ("bubblewrap", SandboxChoice::Bubblewrap), ("none", SandboxChoice::None)])?,
        generator: generator(&v)?,
        cache_bytes_max: v.parse("BUILDCAST_CACHE_BYTES_MAX", "a number of bytes")?,
        build_timeout: v.seconds("BUILDCAST_BUILD_TIMEOUT_SECONDS", 86_400.0)?,
        step_timeout: v.seconds("BUILDCAST_STEP_TIMEOUT_SECONDS", 86_400.0)?,
        cancel_grace: v.seconds("BUILDCAST_CANCEL_GRACE_SECONDS", 30.0)?,
        build_uids: build_uids(&v)?,
        build_memory_bytes: v.at_least("BUILDCAST_BUILD_MEMORY_BYTES", 64 << 20)?,
        build_processes: v.at_least("BUILDCAST_BUILD_PROCESSES", 16)?,
        build_disk_bytes: v.at_least("BUILDCAST_BUILD_DISK_BYTES", 1 << 20)?,
        versions,
        edge: edge(&v)?,
        page: page(&v, environment)?,
        legacy: legacy(&v)?,
        traces: traces(&v)?,
        money: money(&v)?,
        // whichever file this is by now, it is the one that runs
        supervisor: PathBuf::from("/proc/self/exe"),
        drain: v.seconds("BUILDCAST_DRAIN_SECONDS", 3600.0)?,
        heartbeat,
        streams: (v.count("BUILDCAST_STREAMS_PER_TOKEN")?, v.count("BUILDCAST_STREAMS_PER_ADDRESS")?, v.count("BUILDCAST_STREAMS_PER_NODE")?),
        stall,
        sweep: v.seconds("BUILDCAST_SWEEP_SECONDS", 86_400.0)?.max(SWEEP_MIN),
        log_bytes_max: i64::try_from(v.count("BUILDCAST_LOG_BYTES_MAX")?).map_err(|_| fault("BUILDCAST_LOG_BYTES_MAX", "too many"))?,
        log_line_bytes_max,
        hidden: hidden(values),
        log: log(&v)?,
    })
}

/// User ids that people and services of the machine have are none for builds.
fn build_uids(v: &Values<'_>) -> Result<Option<u32>, ConfigError> {
    const NAME: &str = "BUILDCAST_BUILD_UIDS";
    if v.text(NAME).is_empty() {
        return Ok(None);
    }
    let first: u32 = v.parse(NAME, "a user id")?;
    if (65_536..=2_000_000_000).contains(&first) { Ok(Some(first)) } else { Err(fault(NAME, "not within 65536 to 2000000000")) }
}

fn redis_url(v: &Values<'_>) -> Result<Option<String>, ConfigError> {
    let text = v.text("REDIS_URL");
    let is_redis = |url: &str| ["redis://", "redis+unix://", "unix://"].iter().any(|scheme| url.trim().starts_with(scheme));
    if !text.is_empty() && !text.split(',').all(is_redis) {
        // the value itself may hold a password
        return Err(fault("REDIS_URL", "not redis://"));
    }
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

fn secrets(v: &Values<'_>, environment: Environment) -> Result<Vec<Vec<u8>>, ConfigError> {
    let mut secrets = Vec::new();
    for name in ["WORKER_SHARED_SECRET", "WORKER_SHARED_SECRET_PREVIOUS"] {
        let text = v.text(name);
        if !text.is_empty() && text.len() < 16 {
            return Err(fault(name, "shorter than 16 characters"));
        }
        if !text.is_empty() {
            secrets.push(text.as_bytes().to_vec());
        }
    }
    if v.text("WORKER_SHARED_SECRET").is_empty() && (!secrets.is_empty() || environment == Environment::Production) {
        return Err(fault("WORKER_SHARED_SECRET", "is not set"));
    }
    Ok(secrets)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(pairs: &[(&str, &str)]) -> Result<Loaded, ConfigError> {
        load(None, pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())), BTreeMap::new())
    }

    #[test]
    fn the_defaults_are_the_embedded_server() {
        let loaded = with(&[("PATH", "/bin"), ("BUILDCAST_DATA_DIR", "/d")]).unwrap();
        assert_eq!(loaded.config.database_url, "sqlite:///d/buildcast.db");
        assert_eq!(loaded.config.artifacts, super::super::ArtifactsConfig::Folder("/d/artifacts".into()));
        assert_eq!(loaded.values["BUILDCAST_DATA_DIR"].1, Origin::Environment);
        assert_eq!(loaded.values["BUILDCAST_LISTEN"].1, Origin::Default);
    }

    #[test]
    fn flags_win_over_the_environment_and_that_over_the_file() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "BUILDCAST_DRAIN_SECONDS = 1\nBUILDCAST_LOG = \"warn\"\nBUILDCAST_MIGRATE = false").unwrap();
        let environment = [("BUILDCAST_LOG".to_owned(), "debug".to_owned()), ("BUILDCAST_DRAIN_SECONDS".to_owned(), "2".to_owned())];
        let loaded = load(Some(file.path()), environment.into_iter(), [("BUILDCAST_LOG", "trace".to_owned())].into()).unwrap();
        assert_eq!(loaded.config.log, "trace");
        assert_eq!(loaded.config.drain, Duration::from_secs(2));
        assert!(!loaded.config.migrate);
    }

    #[test]
    fn whatever_is_unknown_malformed_or_contradictory_names_its_setting() {
        let huge = format!("pro:1:{}", "9".repeat(400));
        let cases = [
            ("BUILDCAST_LISTNE", "x"),
            ("BUILDCAST_LISTEN", "8080"),
            ("BUILDCAST_ENV", "staging"),
            ("BUILDCAST_NODE_ROLE", "api,web"),
            ("SIGNATURE_VERSIONS", ""),
            ("DATABASE_URL", "mysql://x"),
            ("REDIS_URL", "localhost"),
            ("BUILDCAST_STREAMS_PER_NODE", "0"),
            ("BUILDCAST_ARTIFACTS", "gs://x"),
            ("BUILDCAST_ENGINE_CONCURRENCY", "0"),
            ("BUILDCAST_LEASE_SECONDS", "0.5"),
            ("BUILDCAST_BUILD_ATTEMPTS", "0"),
            ("BUILDCAST_BUILDS_PER_USER", "-1"),
            ("ARTIFACT_RETENTION_DAYS", "-1"),
            ("ARTIFACT_RETENTION_DAYS", "a month"),
            ("MAX_ROLLBACK_DURATION_SECONDS", "0"),
            ("PROGRESS_UPDATE_INTERVAL", "0"),
            ("ROLLBACK_PROGRESS_CACHE_TTL", "-5"),
            ("BUILDCAST_DOWNLOAD_URL_SECONDS", "0"),
            ("BUILDCAST_ORPHAN_SECONDS", "0.5"),
            ("BUILDCAST_LOG_BYTES_MAX", "16M"),
            ("BUILDCAST_LOG", "inof"),
            ("BUILDCAST_LOG_LINE_BYTES_MAX", "255"),
            ("BUILDCAST_CACHE_BYTES_MAX", "10G"),
            ("BUILDCAST_WELCOME_CREDITS", "-1"),
            ("BUILDCAST_DAILY_CREDITS", "9.5"),
            ("BUILDCAST_RESERVATION_SECONDS", "0"),
            ("BUILDCAST_OVERAGE", "ask"),
            ("BUILDCAST_PACKAGES", "pro:1000"),
            ("BUILDCAST_PACKAGES", "pro:0:1"),
            ("BUILDCAST_PACKAGES", &huge),
            ("BUILDCAST_PACKAGES", "pro:10:1,max:20:2,pro:30:3"),
            ("BUILDCAST_PACKAGES", "pro:10:-1"),
            ("BUILDCAST_PURCHASE_URL", "shop"),
            ("BUILDCAST_DRAIN_SECONDS", "-1"),
            ("BUILDCAST_STREAM_HEARTBEAT_SECONDS", "nan"),
            ("BUILDCAST_PUBLIC_URL", "example.com"),
            ("WORKER_SHARED_SECRET", "short"),
            ("BUILDCAST_MIGRATE", "yes"),
            ("BUILDCAST_RATE_PER_MINUTE", "0"),
            ("BUILDCAST_RATE_PER_MINUTE", "1000001"),
            ("BUILDCAST_TRUSTED_PROXIES", "10.0.0.0/8, proxy"),
            ("BUILDCAST_CORS_ORIGINS", "*"),
            ("BUILDCAST_CORS_ORIGINS", "https://app.example.com/"),
            ("BUILDCAST_PREVIEW_POLICY", "sandbox;\nset-cookie: a=b"),
            ("BUILDCAST_IDEMPOTENCY_SECONDS", "0"),
            ("WORKER_INCLUDE_ERROR_MESSAGE", "maybe"),
            ("LEGACY_MESSAGES_SUNSET", "2025-02-29"),
            ("LEGACY_MESSAGES_SUNSET", "1 March 2025"),
            ("LEGACY_MESSAGES_SUNSET", ""),
            ("CODE_GENERATOR", "gemini"),
            ("BUILDCAST_CANCEL_GRACE_SECONDS", "31"),
            ("BUILDCAST_STEP_TIMEOUT_SECONDS", "soon"),
            ("BUILDCAST_BUILD_UIDS", "0"),
            ("BUILDCAST_BUILD_UIDS", "1000"),
            ("BUILDCAST_BUILD_MEMORY_BYTES", "1"),
            ("BUILDCAST_BUILD_PROCESSES", "0"),
            ("BUILDCAST_BUILD_DISK_BYTES", "4 GiB"),
        ];
        for (name, value) in cases {
            assert_eq!(with(&[(name, value)]).unwrap_err().name, name, "{value}");
        }
        assert_eq!(with(&[("BUILDCAST_ENV", "production")]).unwrap_err().name, "WORKER_SHARED_SECRET");
        let production = [("BUILDCAST_ENV", "production"), ("WORKER_SHARED_SECRET", "0123456789abcdef")];
        let orphans = |seconds| with(&[production[0], production[1], ("BUILDCAST_ORPHAN_SECONDS", seconds)]);
        assert_eq!(orphans("2699").unwrap_err().name, "BUILDCAST_ORPHAN_SECONDS", "three attempts of 900 seconds");
        assert_eq!(orphans("2700").unwrap().config.versions.orphans_after, Duration::from_secs(2700));
        assert_eq!(with(&[("WORKER_SHARED_SECRET_PREVIOUS", "0123456789abcdef")]).unwrap_err().name, "WORKER_SHARED_SECRET");
    }
}

//! Where sources and artifacts are kept: a folder, or a bucket with the usual variables of AWS.

use super::load::{ConfigError, Values, fault};
use std::path::PathBuf;
use std::time::Duration;

/// A signed address of S3 lives no longer than seven days.
const S3_URL_MAX: Duration = Duration::from_secs(7 * 86_400);
/// Settings that only a bucket needs.
const S3_ONLY: &[&str] = &["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];

/// The store of sources and artifacts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ArtifactsConfig {
    /// `file://FOLDER`
    Folder(PathBuf),
    /// `s3://BUCKET/FOLDER`
    Bucket(BucketConfig),
}

/// A bucket and how to get at it.
#[derive(Clone, PartialEq, Eq)]
pub struct BucketConfig {
    /// Its name.
    pub bucket: String,
    /// The folder in it; empty for all of it.
    pub within: String,
    /// `AWS_REGION`
    pub region: String,
    /// `AWS_ENDPOINT_URL`; none: AWS itself.
    pub endpoint: Option<String>,
    /// `AWS_ACCESS_KEY_ID`
    pub access_key_id: String,
    /// `AWS_SECRET_ACCESS_KEY`
    pub secret_access_key: String,
    /// `AWS_SESSION_TOKEN`
    pub session_token: Option<String>,
    /// `BUILDCAST_ARTIFACT_CACHE_BYTES_MAX`
    pub cache_bytes_max: u64,
}

impl std::fmt::Debug for BucketConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "s3://{}/{}", self.bucket, self.within)
    }
}

/// Reads and checks them; `place` is BUILDCAST_ARTIFACTS.
pub(super) fn artifacts(v: &Values<'_>, place: &str, url_lives: Duration) -> Result<ArtifactsConfig, ConfigError> {
    let cache_bytes_max = v.parse("BUILDCAST_ARTIFACT_CACHE_BYTES_MAX", "a number of bytes")?;
    if let Some(folder) = place.strip_prefix("file://") {
        return Ok(ArtifactsConfig::Folder(PathBuf::from(folder)));
    }
    let place = place.strip_prefix("s3://").ok_or_else(|| fault("BUILDCAST_ARTIFACTS", "neither file:// nor s3://"))?;
    let (bucket, within) = place.split_once('/').unwrap_or((place, ""));
    let plain = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b));
    if bucket.len() < 3 || !plain(bucket) {
        return Err(fault("BUILDCAST_ARTIFACTS", "has no name of a bucket"));
    }
    let within = within.trim_end_matches('/');
    if !within.is_empty() && !within.split('/').all(|part| !part.is_empty() && part != "." && part != ".." && plain(part)) {
        return Err(fault("BUILDCAST_ARTIFACTS", "names a folder with other characters than letters, digits, dashes, dots and underscores"));
    }
    for name in S3_ONLY {
        let value = v.text(name);
        if value.is_empty() {
            return Err(fault(name, "is not set, but BUILDCAST_ARTIFACTS is a bucket"));
        }
        if !value.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(fault(name, "has characters that no key has"));
        }
    }
    let (region, token) = (v.text("AWS_REGION"), v.text("AWS_SESSION_TOKEN"));
    if region.is_empty() || !plain(region) {
        return Err(fault("AWS_REGION", "is not the name of a region"));
    }
    if !token.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(fault("AWS_SESSION_TOKEN", "has characters that no token has"));
    }
    if url_lives > S3_URL_MAX {
        return Err(fault("BUILDCAST_DOWNLOAD_URL_SECONDS", format_args!("is more than {}, the most that S3 knows", S3_URL_MAX.as_secs())));
    }
    Ok(ArtifactsConfig::Bucket(BucketConfig {
        bucket: bucket.to_owned(),
        within: within.to_owned(),
        region: region.to_owned(),
        endpoint: v.url("AWS_ENDPOINT_URL")?,
        access_key_id: v.text("AWS_ACCESS_KEY_ID").to_owned(),
        secret_access_key: v.text("AWS_SECRET_ACCESS_KEY").to_owned(),
        session_token: (!token.is_empty()).then(|| token.to_owned()),
        cache_bytes_max,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::load;
    use std::collections::BTreeMap;

    const BUCKET: &[(&str, &str)] =
        &[("BUILDCAST_ARTIFACTS", "s3://bucket/some/folder/"), ("AWS_ACCESS_KEY_ID", "AKID"), ("AWS_SECRET_ACCESS_KEY", "a/secret+key")];

    fn with(more: &[(&str, &str)]) -> Result<crate::config::Config, ConfigError> {
        let all = BUCKET.iter().chain(more).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        load(None, all, BTreeMap::new()).map(|loaded| loaded.config)
    }

    #[test]
    fn a_bucket_is_read_with_its_key_and_its_key_is_hidden() {
        let config = with(&[("AWS_SESSION_TOKEN", "a+token="), ("AWS_ENDPOINT_URL", "http://127.0.0.1:9000/")]).unwrap();
        let ArtifactsConfig::Bucket(bucket) = &config.artifacts else { panic!("no bucket") };
        assert_eq!((bucket.bucket.as_str(), bucket.within.as_str(), bucket.region.as_str()), ("bucket", "some/folder", "us-east-1"));
        assert_eq!((bucket.endpoint.as_deref(), bucket.session_token.as_deref()), (Some("http://127.0.0.1:9000"), Some("a+token=")));
        assert_eq!(config.hidden, ["a/secret+key", "a+token="]);
        assert_eq!(format!("{:?}", config.artifacts), "Bucket(s3://bucket/some/folder)");
    }

    #[test]
    fn what_makes_no_bucket_names_its_setting() {
        let cases = [
            ("BUILDCAST_ARTIFACTS", "s3://"),
            ("BUILDCAST_ARTIFACTS", "s3://bucket//x"),
            ("BUILDCAST_ARTIFACTS", "s3://bucket/../x"),
            ("AWS_ACCESS_KEY_ID", ""),
            ("AWS_SECRET_ACCESS_KEY", " "),
            ("AWS_SECRET_ACCESS_KEY", "two words"),
            ("AWS_REGION", ""),
            ("AWS_ENDPOINT_URL", "minio:9000"),
            ("AWS_SESSION_TOKEN", "a\nb"),
            ("BUILDCAST_DOWNLOAD_URL_SECONDS", "604801"),
            ("BUILDCAST_ARTIFACT_CACHE_BYTES_MAX", "10G"),
        ];
        for (name, value) in cases {
            assert_eq!(with(&[(name, value)]).unwrap_err().name, name, "{value}");
        }
    }
}

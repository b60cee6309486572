//! A store in a bucket of S3, or of anything that speaks as S3 does.

use super::cache::Cache;
use super::store::Backing;
use super::{ArtifactError, ArtifactStore};
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::path::Path as Key;
use object_store::signer::{Method, SignedUrlOptions, Signer};
use object_store::{BackoffConfig, ClientOptions, RetryConfig};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Without a word from the store for so long, what was asked has failed.
const SILENCE: Duration = Duration::from_secs(60);
const CONNECT: Duration = Duration::from_secs(5);
/// Between the first try and the last one that is begun.
const RETRY: Duration = Duration::from_secs(15);
const TRIES_MORE: usize = 4;

/// Where a bucket is, and with what key.
#[derive(Clone)]
#[expect(missing_docs, reason = "the settings of the same names say it")]
pub struct S3Settings {
    pub bucket: String,
    /// The folder within the bucket; empty for the bucket itself.
    pub within: String,
    pub region: String,
    pub endpoint: Option<String>,
    pub access_key_id: String,
    pub secret_access_key: String,
    pub session_token: Option<String>,
}

impl std::fmt::Debug for S3Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "s3://{}/{}", self.bucket, self.within)
    }
}

/// An address that the store itself answers, signed.
#[derive(Debug, Clone)]
pub struct Presigned {
    /// The address.
    pub url: String,
    /// Until when it is good, epoch milliseconds.
    pub expires_at_ms: i64,
}

impl ArtifactStore {
    /// A store in a bucket that is there; copies of its objects are kept in this folder, `cache_bytes_max` bytes at most
    /// beside what is being read.
    pub fn s3(settings: S3Settings, cache: &Path, cache_bytes_max: u64) -> Result<Self, ArtifactError> {
        // another part of the process may have been first
        let _ = rustls::crypto::ring::default_provider().install_default();
        let within = Key::from(settings.within.as_str());
        let signer = client(settings)?;
        let cache = Cache::open(cache, cache_bytes_max)?;
        Ok(Self { objects: Arc::new(signer.clone()), backing: Backing::Bucket { within, signer, cache } })
    }

    /// An address of the store's own for an object, under which it comes with these headers; none where the store is a folder.
    pub async fn presigned(&self, key: &str, lives: Duration, disposition: &str, content_type: &str) -> Result<Option<Presigned>, ArtifactError> {
        let Backing::Bucket { signer, .. } = &self.backing else { return Ok(None) };
        let headers = [("response-content-disposition", disposition), ("response-content-type", content_type), ("response-cache-control", "private, no-store")];
        let options = SignedUrlOptions::default().with_query(headers);
        let url = signer.signed_url_opts(Method::GET, &self.place(key), lives, &options).await?;
        let signed_at = url.query_pairs().find(|(name, _)| name == "X-Amz-Date").and_then(|(_, date)| signed_at_ms(&date));
        let lives_ms = i64::try_from(lives.as_secs().saturating_mul(1000)).unwrap_or(i64::MAX);
        let expires_at_ms = signed_at.ok_or_else(|| std::io::Error::other("a signed address without its date"))?.saturating_add(lives_ms);
        Ok(Some(Presigned { url: url.into(), expires_at_ms }))
    }
}

fn client(settings: S3Settings) -> Result<AmazonS3, ArtifactError> {
    // the time of a whole transfer is not bounded, since objects are large: silence is
    let options = ClientOptions::new()
        .with_timeout_disabled()
        .with_read_timeout(SILENCE)
        .with_connect_timeout(CONNECT)
        .with_allow_http(settings.endpoint.as_ref().is_some_and(|endpoint| endpoint.starts_with("http://")))
        .with_default_content_type("application/octet-stream")
        .with_content_type_for_suffix("zip", "application/zip")
        .with_content_type_for_suffix("gz", "application/gzip");
    let retry = RetryConfig { backoff: BackoffConfig::default(), max_retries: TRIES_MORE, retry_timeout: RETRY };
    let mut builder = AmazonS3Builder::new()
        .with_client_options(options)
        .with_retry(retry)
        .with_bucket_name(settings.bucket)
        .with_region(settings.region)
        .with_access_key_id(settings.access_key_id)
        .with_secret_access_key(settings.secret_access_key);
    if let Some(endpoint) = settings.endpoint {
        builder = builder.with_endpoint(endpoint);
    }
    if let Some(token) = settings.session_token {
        builder = builder.with_token(token);
    }
    Ok(builder.build()?)
}

/// A date of a signature, such as `20260115T103000Z`, in epoch milliseconds.
fn signed_at_ms(date: &str) -> Option<i64> {
    Some(chrono::NaiveDateTime::parse_from_str(date, "%Y%m%dT%H%M%SZ").ok()?.and_utc().timestamp_millis())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store(folder: &Path, within: &str) -> ArtifactStore {
        let settings = S3Settings {
            bucket: "bucket".into(),
            within: within.into(),
            region: "eu-north-1".into(),
            endpoint: None,
            access_key_id: "AKIDEXAMPLE".into(),
            secret_access_key: "a secret key of some length".into(),
            session_token: Some("a session token".into()),
        };
        assert!(!format!("{settings:?}").contains("secret"));
        ArtifactStore::s3(settings, folder, 0).unwrap()
    }

    #[tokio::test]
    async fn an_address_names_one_object_its_headers_and_its_end() {
        let folder = tempfile::tempdir().unwrap();
        let signed = store(folder.path(), "some/folder");
        assert!(!format!("{signed:?}").contains("secret key of") && !format!("{signed:?}").contains("session token"));
        let signed = signed.presigned("artifacts/p/v.zip", Duration::from_secs(60), "attachment; filename=\"a b.zip\"", "application/zip").await;
        let Presigned { url, expires_at_ms } = signed.unwrap().unwrap();
        assert!(url.starts_with("https://s3.eu-north-1.amazonaws.com/bucket/some/folder/artifacts/p/v.zip?"), "{url}");
        assert!(url.contains("response-content-disposition=attachment%3B%20filename%3D%22a%20b.zip%22") && url.contains("X-Amz-Expires=60"), "{url}");
        assert!(expires_at_ms % 1000 == 0 && !url.contains("secret"));
        let bare = store(folder.path(), "").presigned("artifacts/p/v.zip", Duration::from_secs(60), "attachment", "application/zip").await;
        assert!(bare.unwrap().unwrap().url.contains("/bucket/artifacts/p/v.zip?"));
        let local = ArtifactStore::local(folder.path()).unwrap();
        assert!(local.presigned("k", Duration::from_secs(60), "attachment", "application/zip").await.unwrap().is_none());
    }

    #[test]
    fn a_date_of_a_signature_is_a_time() {
        assert_eq!(signed_at_ms("20250101T000000Z"), Some(1_735_689_600_000));
        assert_eq!(signed_at_ms("yesterday"), None);
    }
}

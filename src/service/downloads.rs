//! Downloads: an address that needs no credential and lives for a while, for the artifact of a version, or for its files as
//! a tar.gz; and the file behind such an address.

use super::spans::concerns;
use super::{Fault, ServiceError, Services};
use crate::artifacts::LocalFile;
use crate::domain::download::Ticket;
use crate::domain::eligibility::{Ineligible, VersionFacts};
use crate::domain::file_name::{content_disposition, download_name};
use crate::domain::ids::is_id;
use crate::domain::problem::{Forbidden, PayloadTooLarge, Problem, VersionNotEligible};
use crate::domain::time::iso;
use crate::domain::version::Semver;
use crate::store::versions::{self, VersionRow};
use crate::store::{exports::ExportRow, projects};
use serde::Serialize;
use std::time::Duration;
use utoipa::ToSchema;

/// Bytes of a download at most: 2 GiB.
pub const DOWNLOAD_BYTES_MAX: u64 = 2 << 30;
/// How long a request waits for the store's word.
const STORE_ANSWERS: Duration = Duration::from_secs(4);

/// How the files are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// The artifact as it is stored.
    Zip,
    /// The same files in a tar.gz.
    TarGz,
}

/// Where a file can be downloaded.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DownloadView {
    /// The address. Whoever has it can download the file, without any other credential; ranges are served.
    pub download_url: String,
    /// Until when it is good, ISO 8601.
    pub expires_at: String,
    /// Bytes of the file.
    pub size: u64,
    /// The file's SHA-256, in hex.
    pub sha256: String,
    /// The name that the file is saved under.
    pub file_name: String,
}

/// A file that an address leads to.
#[derive(Debug)]
pub struct OpenDownload {
    /// What the address said.
    pub ticket: Ticket,
    /// The file's size, bytes.
    pub bytes: u64,
    /// The file, which stays readable whatever happens to its name.
    pub file: std::fs::File,
}

/// An object that is downloaded.
struct Offer {
    key: String,
    bytes: u64,
    sha256: String,
}

impl Format {
    const fn extension(self) -> &'static str {
        match self {
            Self::Zip => "zip",
            Self::TarGz => "tar.gz",
        }
    }
}

/// The type of a downloaded file.
pub fn content_type(file_name: &str) -> &'static str {
    if file_name.ends_with(".zip") { "application/zip" } else { "application/gzip" }
}

impl Services {
    /// Where the version that a project's preview shows can be downloaded; without one, its newest.
    pub async fn export_project(&self, project_id: &str, user_id: &str, format: Format) -> Result<DownloadView, ServiceError> {
        let project = if is_id(project_id) { projects::find(&self.inner.db, project_id).await? } else { None };
        let project = project.filter(|project| project.user_id == user_id).ok_or_else(|| Problem::not_found("project"))?;
        let previewed = match &project.preview_version_id {
            Some(id) => versions::find(&self.inner.db, id).await?,
            None => None,
        };
        let version = match previewed {
            Some(version) => Some(version),
            None => versions::newest_deployed(&self.inner.db, project_id).await?,
        };
        self.download(version.ok_or_else(|| Problem::not_found("version"))?, &project.name, format).await
    }

    /// Where a version can be downloaded.
    pub async fn download_version(&self, version_id: &str, user_id: &str, format: Format) -> Result<DownloadView, ServiceError> {
        let version = if is_id(version_id) { versions::find(&self.inner.db, version_id).await? } else { None };
        let version = version.filter(|version| version.user_id == user_id).ok_or_else(|| Problem::not_found("version"))?;
        concerns(&version.project_id, None);
        let project = projects::find(&self.inner.db, &version.project_id).await?.ok_or_else(|| Problem::not_found("project"))?;
        self.download(version, &project.name, format).await
    }

    async fn download(&self, version: VersionRow, project_name: &str, format: Format) -> Result<DownloadView, ServiceError> {
        let size = u64::try_from(version.artifact_bytes).unwrap_or(0);
        let mut fault = self.unavailable(&version);
        if fault.is_none() {
            within_limit(size)?;
        }
        if fault.is_none() && !self.artifact_there(&version).await? {
            fault = Some(Ineligible::ArtifactMissing);
        }
        self.artifact_judged(fault);
        if let Some(reason) = fault {
            return Err(VersionNotEligible { reason: reason.word().into() }.into());
        }
        let number = Semver { major: version.major, minor: version.minor, patch: version.patch };
        let file_name = download_name(project_name, number, format.extension());
        let offer = match format {
            Format::Zip => Offer { key: version.artifact_key, bytes: size, sha256: version.artifact_sha256 },
            Format::TarGz => self.export_offer(version).await?,
        };
        within_limit(offer.bytes)?;
        self.address(offer, file_name).await
    }

    async fn export_offer(&self, version: VersionRow) -> Result<Offer, ServiceError> {
        let key = super::exports::export_key(&version.id);
        let ExportRow { object_bytes, object_sha256 } = self.export_of(version).await?;
        Ok(Offer { key, bytes: u64::try_from(object_bytes).unwrap_or(0), sha256: object_sha256 })
    }

    /// Why a version can't be downloaded. What a project shows to others is not in its time, but there as long as it is there.
    fn unavailable(&self, version: &VersionRow) -> Option<Ineligible> {
        let facts = VersionFacts {
            deploy_status: &version.deploy_status,
            is_published: version.is_published,
            artifact_gone: version.artifact_gone.as_deref(),
            created_at_ms: version.created_at_ms,
        };
        let shown = version.is_published || version.is_preview;
        match version.artifact_gone {
            None if shown => None,
            _ => facts.preview_fault(self.inner.settings.retention, self.now_ms()),
        }
    }

    async fn address(&self, offer: Offer, file_name: String) -> Result<DownloadView, ServiceError> {
        let (now_ms, lives_ms) = (self.now_ms(), self.inner.settings.download_url_ms);
        // whole seconds, and never fewer than it should live
        let expires = now_ms.saturating_add(lives_ms).saturating_add(999) / 1000;
        let lives = Duration::from_secs(u64::try_from(lives_ms.saturating_add(999) / 1000).unwrap_or(1));
        let disposition = content_disposition(&file_name);
        let presigned = self.in_time(self.inner.artifacts.presigned(&offer.key, lives, &disposition, content_type(&file_name))).await?;
        let (download_url, expires_at_ms) = match presigned {
            Some(presigned) => (presigned.url, presigned.expires_at_ms),
            None => {
                let ticket = Ticket { object: offer.key, sha256: offer.sha256.clone(), file_name: file_name.clone(), expires };
                (format!("{}/v1/downloads/{}", self.inner.settings.public_url, self.inner.tickets.sign(&ticket)), expires.saturating_mul(1000))
            }
        };
        Ok(DownloadView { download_url, expires_at: iso(expires_at_ms), size: offer.bytes, sha256: offer.sha256, file_name })
    }

    /// The file that an address leads to. `Forbidden` when this server did not make it, or its time is over.
    pub async fn open_download(&self, ticket: &str) -> Result<OpenDownload, ServiceError> {
        let ticket = self.inner.tickets.read(ticket, self.now_ms()).ok_or(Forbidden {})?;
        let gone = || ServiceError::Problem(Problem::not_found("file"));
        let local: LocalFile = match self.inner.artifacts.fetch(&ticket.object).await {
            Err(crate::artifacts::ArtifactError::Missing(_)) => return Err(gone()),
            fetched => fetched?,
        };
        let opened = tokio::task::spawn_blocking(move || {
            let file = std::fs::File::open(&local)?;
            Ok::<_, std::io::Error>((file.metadata()?.len(), file))
        });
        match opened.await.map_err(|error| Fault::Bug(error.to_string()))? {
            Ok((bytes, file)) => Ok(OpenDownload { ticket, bytes, file }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(gone()),
            Err(error) => Err(crate::artifacts::ArtifactError::Disk(error).into()),
        }
    }

    /// What the store answers, if it does so in time.
    pub(super) async fn in_time<T, E: Into<ServiceError>>(&self, asked: impl Future<Output = Result<T, E>>) -> Result<T, ServiceError> {
        tokio::time::timeout(STORE_ANSWERS, asked).await.map_err(|_| Fault::Late)?.map_err(Into::into)
    }
}

fn within_limit(bytes: u64) -> Result<(), Problem> {
    if bytes > DOWNLOAD_BYTES_MAX { Err(PayloadTooLarge { limit: DOWNLOAD_BYTES_MAX, actual: Some(bytes) }.into()) } else { Ok(()) }
}

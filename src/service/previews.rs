//! Previews: files of a version, read from its artifact without extracting it.

use super::{ArtifactError, Fault, ServiceError, Services};
use crate::artifacts::site::{Site, SiteFile};
use crate::domain::eligibility::Ineligible;
use crate::domain::ids::is_id;
use crate::domain::problem::Problem;
use crate::store::versions::{self, VersionArtifact};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

/// Open artifacts kept at most: each holds a file descriptor and an index.
const OPEN_MAX: usize = 64;

/// A preview that a path begins with.
#[derive(Debug, Clone, Copy)]
pub enum Preview<'a> {
    /// What the project's preview shows now.
    OfProject(&'a str),
    /// One version, for good.
    OfVersion(&'a str),
    /// What the project has published.
    Published(&'a str),
}

/// A file of a preview.
#[derive(Debug, Clone)]
pub struct PreviewFile {
    site: Arc<Site>,
    file: SiteFile,
    artifact: String,
    /// The path of the file that answers: `index.html` of a folder, say.
    pub path: String,
    /// Whether its bytes are gzip of the file asked for.
    pub gzip: bool,
}

/// What a preview has at a path.
#[derive(Debug, Clone)]
pub enum Found {
    /// A file.
    File(PreviewFile),
    /// A folder with an index, asked for without its slash.
    Folder,
}

/// The artifacts opened last.
#[derive(Debug, Default)]
pub struct OpenSites(Mutex<VecDeque<(String, Arc<Site>)>>);

impl OpenSites {
    fn get(&self, key: &str) -> Option<Arc<Site>> {
        let mut sites = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = sites.iter().position(|(k, _)| k == key)?;
        let found = sites.remove(at)?;
        let site = found.1.clone();
        sites.push_front(found);
        Some(site)
    }

    fn keep(&self, key: String, site: Arc<Site>) {
        let mut sites = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sites.push_front((key, site));
        sites.truncate(OPEN_MAX);
    }
}

impl Services {
    /// Looks a path of a preview up; `gzip` asks for the compressed variant where there is one.
    pub async fn preview_file(&self, sites: &OpenSites, preview: Preview<'_>, path: &str, gzip: bool) -> Result<Found, ServiceError> {
        let version = match preview {
            Preview::OfProject(id) | Preview::OfVersion(id) | Preview::Published(id) if !is_id(id) => None,
            Preview::OfProject(id) => versions::previewed(&self.inner.db, id).await?,
            // what failed was never to be seen, and its reason stands in the history
            Preview::OfVersion(id) => versions::artifact(&self.inner.db, id).await?.filter(|version| version.deploy_status != "failed"),
            Preview::Published(id) => versions::published(&self.inner.db, id).await?,
        };
        let version = version.ok_or_else(|| Problem::not_found("preview"))?;
        // it may be open here still
        if let Some(gone) = &version.artifact_gone {
            self.inner.metrics.artifact_checked(if gone == "expired" { "expired" } else { "missing" });
            return Err(Problem::not_found("artifact").into());
        }
        let site = self.site(sites, &version).await?;
        let index = if path.is_empty() || path.ends_with('/') { format!("{path}index.html") } else { path.to_owned() };
        let Some(plain) = site.file(&index) else {
            return match site.file(&format!("{path}/index.html")) {
                Some(_) => Ok(Found::Folder),
                None => Err(Problem::not_found("file").into()),
            };
        };
        let packed = if gzip { site.gzip_of(&index) } else { None };
        let (file, gzip) = packed.map_or((plain, false), |packed| (packed, true));
        Ok(Found::File(PreviewFile { artifact: version.artifact_sha256, site, file, path: index, gzip }))
    }

    async fn site(&self, sites: &OpenSites, version: &VersionArtifact) -> Result<Arc<Site>, ServiceError> {
        if let Some(site) = sites.get(&version.artifact_key) {
            return Ok(site);
        }
        let missing = || {
            self.artifact_judged(Some(Ineligible::ArtifactMissing));
            ServiceError::from(Problem::not_found("artifact"))
        };
        let path = match self.inner.artifacts.fetch(&version.artifact_key).await {
            Err(ArtifactError::Missing(_)) => return Err(missing()),
            fetched => fetched?,
        };
        let opened = tokio::task::spawn_blocking(move || Site::open(&path)).await.map_err(|error| Fault::Bug(error.to_string()))?;
        let site = Arc::new(opened.map_err(|error| match error.raw_os_error() {
            Some(_) if error.kind() != std::io::ErrorKind::NotFound => ServiceError::Fault(Fault::Bug(error.to_string())),
            // gone, or no archive any more: there is nothing to show, and asking again shows no more
            _ => {
                tracing::error!(version_id = version.id, %error, "an artifact can't be opened");
                missing()
            }
        })?);
        sites.keep(version.artifact_key.clone(), site.clone());
        Ok(site)
    }
}

impl PreviewFile {
    /// A strong ETag of the bytes that are sent.
    pub fn etag(&self) -> String {
        // a checksum of 32 bits alone can be forged: the artifact's hash holds the version apart from all others
        format!("\"{}-{:08x}-{:x}\"", self.artifact.get(..16).unwrap_or_default(), self.file.crc32, self.file.bytes)
    }

    /// The bytes that are sent.
    pub async fn read(self) -> Result<Vec<u8>, ServiceError> {
        let read = tokio::task::spawn_blocking(move || self.site.read(self.file)).await.map_err(|error| Fault::Bug(error.to_string()))?;
        Ok(read.map_err(|error| Fault::Bug(error.to_string()))?)
    }
}

//! Packs the artifact, stores it, and prepares the version that the build's end will commit.

use super::{OutputFiles, Project, StepError, blocking};
use crate::domain::event::{BuildDeployActivating, BuildDeployPreparing, BuildDeployUploading, BuildDeploying, BuildPreviewPreparing};
use crate::engine::attempt::Attempt;
use crate::service::pack::{Content, Entries, pack};
use crate::service::site::{OUTPUT, SOURCE, Site};
use crate::service::{ArtifactError, NewVersion};
use std::fs::File;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

struct Artifact {
    path: PathBuf,
    bytes: u64,
    sha256: String,
    files: usize,
}

pub(super) async fn run(attempt: &Attempt, project: &Project, output: OutputFiles) -> Result<NewVersion, StepError> {
    let version_id = attempt.services.new_id();
    attempt.emit(BuildDeploying { version_id: version_id.clone() }).await?;
    let output_files = i32::try_from(output.len()).unwrap_or(i32::MAX);
    let artifact = packed(attempt, project, output).await?;
    attempt.emit(BuildDeployPreparing { artifact_size: artifact.bytes, count: u32::try_from(artifact.files).unwrap_or(u32::MAX) }).await?;
    let key = format!("artifacts/{}/{version_id}.zip", attempt.claim.project_id);
    upload(attempt, &key, &artifact).await?;
    attempt.emit(BuildPreviewPreparing {}).await?;
    // what the preview will serve is opened once before anybody is told that it is there
    let stored = attempt.services.artifacts().fetch(&key).await.map_err(|error| StepError::fault("storage_unavailable", &error))?;
    blocking(move || Site::open(&stored)).await?.map_err(|error| StepError::fault("storage_unavailable", &error))?;
    attempt.emit(BuildDeployActivating { url: attempt.services.preview_url(&attempt.claim.project_id), region: None }).await?;
    Ok(NewVersion {
        id: version_id,
        project_id: attempt.claim.project_id.clone(),
        build_id: attempt.claim.build_id.clone(),
        framework: project.framework.name.into(),
        artifact_key: key,
        artifact_bytes: i64::try_from(artifact.bytes).unwrap_or(i64::MAX),
        artifact_sha256: artifact.sha256,
        source_files: i32::try_from(project.files.len()).unwrap_or(i32::MAX),
        output_files,
        recommendations: "[]".into(),
    })
}

async fn packed(attempt: &Attempt, project: &Project, output: OutputFiles) -> Result<Artifact, StepError> {
    let path = attempt.folder.join("artifact.zip");
    let own = project.files.clone();
    let over = attempt.over();
    let written = blocking(move || write(&path, &own, &output, &over));
    written.await?.map_err(|error| StepError::fault("storage_unavailable", &error))
}

fn write(path: &Path, own: &OutputFiles, output: &OutputFiles, over: &AtomicBool) -> io::Result<Artifact> {
    let named = |prefix: &'static str, files: &OutputFiles| {
        files.iter().map(|(name, file)| (format!("{prefix}{name}"), Content::File(file.clone()))).collect::<Entries<'_>>()
    };
    let mut entries = named(SOURCE, own);
    entries.extend(named(OUTPUT, output));
    let file = pack(&entries, BufWriter::new(File::create_new(path)?), over)?.into_inner().map_err(io::IntoInnerError::into_error)?;
    Ok(Artifact { bytes: file.metadata()?.len(), sha256: crate::service::sha256_of_file(path)?, files: entries.len(), path: path.to_path_buf() })
}

async fn upload(attempt: &Attempt, key: &str, artifact: &Artifact) -> Result<(), StepError> {
    let failed = |error: ArtifactError| StepError::fault("storage_unavailable", &error);
    let mut upload = attempt.services.artifacts().upload(key, &artifact.path).await.map_err(failed)?;
    while let Some(step) = upload.next_part().await.map_err(failed)? {
        attempt.emit(BuildDeployUploading { step, total: artifact.bytes }).await?;
    }
    upload.finish().await.map_err(failed)
}

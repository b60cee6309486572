//! Has a provider change the project's files as the start's prompt asks: all of what it answers passes the review and is
//! applied, or nothing is.

use super::{Project, StepError, blocking, detect, source};
use crate::domain::event::{BuildCodeApplying, BuildCodeGenerating, BuildCodeReviewing, BuildDevelopmentComplete, BuildDevelopmentStarting};
use crate::domain::files::FILE_LIMITS;
use crate::domain::generation::reply::{Edit, read_reply};
use crate::domain::generation::review::{Before, Reviewed, review};
use crate::engine::attempt::Attempt;
use crate::engine::generator::{Failure, Generator, Request};
use crate::service::ArtifactError;
use crate::service::pack::{Content, Entries, pack};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::Duration;
use tokio::time::Instant;

/// Between two events while code is generated: at first a second, later a third of the time that has passed. Five minutes
/// make about fifteen.
const PACE_MIN: Duration = Duration::from_secs(1);
const PACE: u32 = 3;

pub(super) async fn run(attempt: &Attempt, project: Project) -> Result<Project, StepError> {
    let Some(generator) = &attempt.settings.generator else { return Ok(project) };
    let asked = attempt.services.development(&attempt.claim).await?;
    // an earlier attempt's work is in the source already: it is not paid for twice
    let Some(prompt) = asked.prompt.filter(|_| !asked.is_done) else { return Ok(project) };
    let begun = Instant::now();
    attempt.emit(BuildDevelopmentStarting { is_retry: asked.is_retry, attempt_number: attempt.claim.attempt }).await?;
    let files = project.files.clone();
    let request = blocking(move || Request::new(&prompt, &files)).await?;
    let failed = |failure: Failure| failure.into_error(generator.provider(), generator.host());
    let reply = generate(attempt, generator, &request).await?.map_err(failed)?;
    let edits = blocking(move || read_reply(&reply)).await?.ok_or_else(|| failed(Failure::Unreadable))?;
    if edits.is_empty() {
        return Err(failed(Failure::Empty));
    }
    let changes = reviewed(attempt, &project, edits).await?.map_err(failed)?;
    let count = changes.writes.len() + changes.removals.len();
    let (files, source_key) = apply(attempt, &project, changes).await?;
    let complete = BuildDevelopmentComplete { count: u32::try_from(count).unwrap_or(u32::MAX), duration: begun.elapsed().as_secs_f64() };
    attempt.services.record_developed(&attempt.claim, complete, source_key.clone()).await?;
    stay(attempt, &source_key).await.map_err(|error| StepError::fault("storage_unavailable", &error))?;
    detect::again(attempt, project, files).await
}

/// The whole reply; how far it is, is told as it comes.
async fn generate(attempt: &Attempt, generator: &Generator, request: &Request) -> Result<Result<String, Failure>, StepError> {
    let generating = |step| BuildCodeGenerating { provider: generator.provider().word().into(), step, total: None };
    attempt.emit(generating(None)).await?;
    let begun = Instant::now();
    let mut told = begun;
    let mut generation = match generator.begin(request, &attempt.claim.meter, &attempt.services).await {
        Ok(generation) => generation,
        Err(failure) => return Ok(Err(failure)),
    };
    loop {
        match generation.next().await {
            Ok(Some(bytes)) if told.elapsed() >= PACE_MIN.max(begun.elapsed() / PACE) => {
                told = Instant::now();
                attempt.emit(generating(Some(bytes))).await?;
            }
            Ok(Some(_)) => {}
            Ok(None) => break,
            Err(failure) => return Ok(Err(failure)),
        }
    }
    let (reply, usage, seconds) = generation.finish();
    let (build_id, bytes) = (&attempt.claim.build_id, reply.len());
    tracing::info!(build_id, bytes, seconds, input_tokens = usage.input_tokens, output_tokens = usage.output_tokens, "code was generated");
    Ok(Ok(reply))
}

async fn reviewed(attempt: &Attempt, project: &Project, edits: Vec<Edit>) -> Result<Result<Reviewed, Failure>, StepError> {
    attempt.emit(BuildCodeReviewing { count: u32::try_from(edits.len()).unwrap_or(u32::MAX) }).await?;
    let (files, manifest) = (project.files.clone(), project.manifest.clone());
    let result = blocking(move || {
        let sizes: BTreeMap<String, u64> = files.into_iter().map(|(path, file)| (path, file.metadata().map_or(0, |meta| meta.len()))).collect();
        review(edits, Before { sizes: &sizes, manifest: manifest.as_ref() }, FILE_LIMITS)
    });
    Ok(result.await?.map_err(|faults| {
        tracing::warn!(build_id = attempt.claim.build_id, ?faults, "generated files are refused");
        Failure::FilesInvalid
    }))
}

/// Stores the changed source under its hash and unpacks it, as a later attempt would. The files, and the source's key.
async fn apply(attempt: &Attempt, project: &Project, changes: Reviewed) -> Result<(BTreeMap<String, PathBuf>, String), StepError> {
    let total = (changes.writes.len() + changes.removals.len()) as u64;
    attempt.emit(BuildCodeApplying { step: 0, total }).await?;
    let path = attempt.folder.join("generated.zip");
    let (zip, files, over) = (path.clone(), project.files.clone(), attempt.over());
    let packed = blocking(move || write(&zip, &files, &changes, &over)).await?;
    let sha256 = packed.map_err(|error| StepError::fault("storage_unavailable", &error))?;
    let key = format!("sources/{sha256}.zip");
    store(attempt, &key, &path).await.map_err(|error| StepError::fault("storage_unavailable", &error))?;
    let files = source::unpack_from(attempt, path).await?;
    attempt.emit(BuildCodeApplying { step: total, total }).await?;
    Ok((files, key))
}

/// Packs the project as it is after the changes; the hash of the zip.
fn write(zip: &Path, files: &BTreeMap<String, PathBuf>, changes: &Reviewed, over: &AtomicBool) -> io::Result<String> {
    let kept = files.iter().filter(|(path, _)| !changes.removals.contains(*path));
    let mut entries: Entries<'_> = kept.map(|(path, file)| (path.clone(), Content::File(file.clone()))).collect();
    entries.extend(changes.writes.iter().map(|(path, content)| (path.clone(), Content::Bytes(content.as_bytes()))));
    pack(&entries, BufWriter::new(File::create_new(zip)?), over)?.into_inner().map_err(io::IntoInnerError::into_error)?;
    crate::service::sha256_of_file(zip)
}

/// A sweep that found the same bytes to be nobody's may have removed them before the build's row named them. Now that it does,
/// they stay.
async fn stay(attempt: &Attempt, key: &str) -> Result<(), ArtifactError> {
    if attempt.services.artifacts().exists(key).await? {
        return Ok(());
    }
    store(attempt, key, &attempt.folder.join("generated.zip")).await
}

async fn store(attempt: &Attempt, key: &str, path: &Path) -> Result<(), ArtifactError> {
    let mut upload = attempt.services.artifacts().upload(key, path).await?;
    while upload.next_part().await?.is_some() {}
    upload.finish().await
}

//! Fetches the project's files: once as the build's own to work on, once as they were sent, out of its reach.

use super::{StepError, blocking};
use crate::domain::files::CHECKED_LIMITS;
use crate::engine::attempt::Attempt;
use crate::service::pack::files_under;
use crate::service::unpack::unpack as unpack_zip;
use std::collections::BTreeMap;
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

/// Folders that the build's commands find beside the source.
const OWN: &[&str] = &["source", "home", "tmp"];

pub(super) async fn unpack(attempt: &Attempt) -> Result<BTreeMap<String, PathBuf>, StepError> {
    let zip = attempt.services.artifacts().fetch(&attempt.claim.source_key).await;
    unpack_from(attempt, zip.map_err(|error| StepError::fault("storage_unavailable", &error))?).await
}

/// Puts a zip's files in both places, in the stead of what is there.
pub(super) async fn unpack_from(attempt: &Attempt, zip: impl AsRef<Path> + Send + 'static) -> Result<BTreeMap<String, PathBuf>, StepError> {
    let (work, pristine, over) = (attempt.work(), attempt.folder.join("pristine"), attempt.over());
    let unpacked = blocking(move || {
        for folder in [&pristine, &work.join("source")] {
            match std::fs::remove_dir_all(folder) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        for name in OWN {
            std::fs::create_dir_all(work.join(name))?;
        }
        std::fs::create_dir_all(&pristine)?;
        for into in [&pristine, &work.join("source")] {
            let wanted = &mut |_, _| if over.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
            unpack_zip(zip.as_ref(), "", into, CHECKED_LIMITS, wanted).map_err(io::Error::other)?;
        }
        files_under(&pristine, &[])
    });
    unpacked.await?.map_err(|error| StepError::fault("storage_unavailable", &error))
}

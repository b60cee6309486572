//! Compresses text files beforehand: a `.gz` beside each that gets smaller by it.

use super::{OutputFiles, StepError, blocking};
use crate::domain::event::BuildOptimizing;
use crate::engine::attempt::Attempt;
use flate2::{Compression, GzBuilder};
use std::io::Write;
use std::path::{Path, PathBuf};

const TEXT: &[&str] = &["html", "htm", "css", "js", "mjs", "cjs", "json", "svg", "xml", "txt", "map", "wasm", "webmanifest", "md"];
/// A smaller file gains nothing.
const MIN_BYTES: u64 = 1024;
/// Events of this step at most, about.
const EVENTS: usize = 4;

pub(super) async fn run(attempt: &Attempt, output: &mut OutputFiles) -> Result<(), StepError> {
    let listed = output.clone();
    let candidates = blocking(move || listed.into_iter().filter(|(path, file)| is_candidate(path, file)).collect::<Vec<_>>()).await?;
    let candidates: Vec<_> = candidates.into_iter().filter(|(path, _)| !output.contains_key(&format!("{path}.gz"))).collect();
    let total = candidates.len();
    let (mut before, mut after) = (0, 0);
    for (index, (path, file)) in candidates.into_iter().enumerate() {
        let packed = attempt.folder.join("optimised").join(format!("{index}.gz"));
        let into = packed.clone();
        let sizes = blocking(move || compress(&file, &into)).await?.map_err(|error| StepError::fault("storage_unavailable", &error))?;
        before += sizes.0;
        after += sizes.1;
        if sizes.1 * 10 < sizes.0 * 9 {
            output.insert(format!("{path}.gz"), packed);
        }
        let done = index + 1;
        if done == total || done % total.div_ceil(EVENTS) == 0 {
            attempt.emit(BuildOptimizing { step: done as u64, total: total as u64, bytes_before: Some(before), bytes_after: Some(after) }).await?;
        }
    }
    Ok(())
}

fn is_candidate(path: &str, file: &Path) -> bool {
    let text = Path::new(path).extension().and_then(|e| e.to_str()).is_some_and(|e| TEXT.contains(&e.to_ascii_lowercase().as_str()));
    text && file.metadata().is_ok_and(|meta| meta.len() >= MIN_BYTES)
}

/// Bytes before and after.
fn compress(from: &Path, to: &PathBuf) -> std::io::Result<(u64, u64)> {
    let bytes = std::fs::read(from)?;
    // no name and no time inside: the same content gives the same artifact
    let mut gzip = GzBuilder::new().write(Vec::new(), Compression::new(9));
    gzip.write_all(&bytes)?;
    let packed = gzip.finish()?;
    if let Some(folder) = to.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(to, &packed)?;
    Ok((bytes.len() as u64, packed.len() as u64))
}

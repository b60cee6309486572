//! Runs the project's build script, and gathers what it made; a project without one is served as it is.

use super::{OutputFiles, Project, StepError, blocking};
use crate::domain::event::{BuildBundling, BuildCompiling};
use crate::domain::files::FILE_LIMITS;
use crate::engine::attempt::Attempt;
use crate::engine::command::BuildCommand;
use crate::engine::sandbox::Network;
use crate::engine::tools::Tool;
use crate::service::pack::files_under;
use std::io::ErrorKind;
use std::path::Path;

/// Where build scripts put their output: the first that exists is it.
const OUTPUT_FOLDERS: &[&str] = &["dist", "build", "out", "public"];
/// Files of a static project's root that are for tools, not for visitors.
const MANIFESTS: &[&str] =
    &["package.json", "package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "yarn.lock", "bun.lock", "bun.lockb", "node_modules"];

pub(super) async fn run(attempt: &Attempt, project: &Project, tool: &Tool) -> Result<(), StepError> {
    attempt.emit(BuildCompiling { framework: project.framework.name.into() }).await?;
    let environment = tool.environment(&attempt.work());
    let command = BuildCommand { program: tool.program(), arguments: &["run", "build"], network: Network::Denied, environment, shown: tool.shown() };
    let mut running = command.start(attempt)?;
    while let Some(line) = running.next_line().await? {
        tracing::debug!(build_id = attempt.claim.build_id, line, "build script");
    }
    running.result()
}

/// The files to serve.
pub(super) async fn gather(attempt: &Attempt, project: &Project, compiled: bool) -> Result<OutputFiles, StepError> {
    if !compiled {
        let hidden = |path: &str| path.split('/').any(|part| part.starts_with('.')) || path.split('/').next().is_some_and(|top| MANIFESTS.contains(&top));
        let output: OutputFiles = project.files.iter().filter(|(path, _)| !hidden(path)).map(|(path, file)| (path.clone(), file.clone())).collect();
        return if output.is_empty() { Err(StepError::because("no_output")) } else { Ok(output) };
    }
    let root = attempt.source();
    let found = blocking(move || {
        let folder = OUTPUT_FOLDERS.iter().map(|name| root.join(name)).find(|folder| is_real_folder(folder))?;
        Some(files_under(&folder, &[]))
    });
    let output = match found.await? {
        Some(Ok(files)) => files,
        Some(Err(error)) if error.kind() == ErrorKind::InvalidInput => return Err(StepError::because("output_too_deep")),
        Some(Err(error)) => return Err(StepError::fault("internal", &error)),
        None => OutputFiles::new(),
    };
    if output.is_empty() {
        return Err(StepError::because("no_output"));
    }
    let measured = output.clone();
    if !blocking(move || fits(&measured)).await? {
        return Err(StepError::because("output_too_large"));
    }
    attempt.emit(BuildBundling { count: u32::try_from(output.len()).unwrap_or(u32::MAX) }).await?;
    Ok(output)
}

/// Whether an output keeps the limits that sources have.
fn fits(output: &OutputFiles) -> bool {
    let sizes: Vec<u64> = output.values().filter_map(|file| file.metadata().ok()).map(|meta| meta.len()).collect();
    output.len() <= FILE_LIMITS.count && sizes.iter().all(|size| *size <= FILE_LIMITS.file_bytes) && sizes.iter().sum::<u64>() <= FILE_LIMITS.total_bytes
}

/// A link could lead out of the sandbox, whose end is over here.
fn is_real_folder(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|meta| meta.is_dir())
}

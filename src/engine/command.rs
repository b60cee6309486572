//! Running one command of a build: its output line by line, and its whole process group gone at the end.

use super::attempt::Attempt;
use super::output::lines;
use super::processes::{kill_strays, signal_group};
use super::sandbox::Network;
use super::steps::StepError;
use rustix::process::Signal;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use tokio::process::Child;
use tokio::sync::mpsc;

/// A command of a build.
pub(super) struct BuildCommand<'a> {
    pub program: &'a str,
    pub arguments: &'a [&'a str],
    pub network: Network,
    pub environment: BTreeMap<String, String>,
    /// Folders besides the build's own that it may read.
    pub shown: Vec<PathBuf>,
}

/// A command that runs. Dropped before its end, it takes all that it started with it.
pub(super) struct Running {
    child: Child,
    group: Option<Group>,
    printed: mpsc::Receiver<String>,
    status: Option<ExitStatus>,
}

/// Kills the whole group when it is dropped: at the command's end, at a time-out, when the lease is lost, at a drain.
struct Group {
    leader: u32,
    folder: PathBuf,
}

impl Drop for Group {
    fn drop(&mut self) {
        signal_group(self.leader, Signal::KILL);
        kill_strays(&self.folder);
    }
}

impl BuildCommand<'_> {
    /// Starts the command in the build's folder.
    pub fn start(self, attempt: &Attempt) -> Result<Running, StepError> {
        let work = attempt.work();
        self.start_in(attempt, &work)
    }

    /// Starts the command in another folder of the attempt, laid out as the build's own: it sees nothing of the project.
    pub fn start_in(self, attempt: &Attempt, folder: &Path) -> Result<Running, StepError> {
        let mut command = attempt.settings.sandbox.command(self.program, folder, &self.shown, self.network, &self.environment);
        command.args(self.arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|error| StepError::fault("command_not_found", &error))?;
        let group = Some(Group { leader: child.id().unwrap_or(0), folder: attempt.folder.clone() });
        let (sender, printed) = mpsc::channel(256);
        // they end with the pipes, which end with the group
        child.stdout.take().map(|out| tokio::spawn(lines(out, sender.clone())));
        child.stderr.take().map(|out| tokio::spawn(lines(out, sender)));
        Ok(Running { child, group, printed, status: None })
    }
}

impl Running {
    /// The next line that the command prints; none once it has ended and all is read.
    pub async fn next_line(&mut self) -> Result<Option<String>, StepError> {
        while self.status.is_none() {
            tokio::select! {
                biased;
                Some(line) = self.printed.recv() => return Ok(Some(line)),
                status = self.child.wait() => {
                    self.status = Some(status.map_err(|error| StepError::fault("command_failed", &error))?);
                    // what it left in the background would hold the pipes open for ever
                    self.group = None;
                }
            }
        }
        Ok(self.printed.recv().await)
    }

    /// How the command ended, once there are no more lines: well, or as a failure of the project.
    pub fn result(self) -> Result<(), StepError> {
        match self.status {
            Some(status) if status.success() => Ok(()),
            status => Err(StepError::command(status.and_then(|status| status.code()))),
        }
    }
}

//! Running one command of a build: its output line by line, and nothing of it left at the end. The command itself, its
//! limits and its end are the work of a supervisor (`supervisor.rs`), a process of its own.

use super::attempt::Attempt;
use super::order::{Order, Outcome};
use super::output::{Output, Printed};
use super::processes::kill_strays;
use super::sandbox::{Network, Room, Sandbox, environment};
use super::steps::StepError;
use crate::domain::log::LogStream;
use std::collections::BTreeMap;
use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use tokio::process::Child;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep, timeout_at};
use tracing::Instrument;

/// Lines that wait to be read.
const LINES: usize = 256;
/// Between two looks for what outlived its supervisor.
const STRAYS: Duration = Duration::from_millis(20);

/// A command of a build.
pub(super) struct BuildCommand<'a> {
    pub program: &'a str,
    pub arguments: &'a [&'a str],
    pub network: Network,
    pub environment: BTreeMap<String, String>,
    /// Folders besides the build's own that it may read.
    pub shown: Vec<PathBuf>,
}

/// A command that runs. It ends with its attempt at the latest.
pub(super) struct Running {
    printed: mpsc::Receiver<String>,
    all: Arc<Printed>,
    handle: Handle,
    deadline: Instant,
}

/// What its attempt holds of a command.
#[derive(Clone)]
pub(super) struct Handle {
    stop: mpsc::Sender<Duration>,
    outcome: watch::Receiver<Option<Outcome>>,
}

impl Handle {
    /// Whether nothing of the command is left.
    pub fn ended(&self) -> bool {
        self.outcome.borrow().is_some()
    }

    /// Asks everything that the command started to end, ends what is left after the grace, and returns when nothing is.
    pub async fn stop(mut self, grace: Duration) {
        // a supervisor that ends just now takes no more
        let _ = self.stop.send(grace).await;
        self.outcome().await;
    }

    async fn outcome(&mut self) -> Outcome {
        let known = self.outcome.wait_for(Option::is_some).await;
        known.ok().and_then(|outcome| outcome.clone()).unwrap_or(Outcome::Unknown)
    }
}

impl BuildCommand<'_> {
    /// Starts the command in the build's folder.
    pub fn start(self, attempt: &Attempt) -> Result<Running, StepError> {
        let work = attempt.work();
        self.start_in(attempt, &work)
    }

    /// Starts the command in another folder of the attempt, laid out as the build's own: it sees nothing of the project.
    pub fn start_in(self, attempt: &Attempt, work: &Path) -> Result<Running, StepError> {
        let failed = |error: io::Error| StepError::fault("command_not_found", &error);
        let order = self.order(attempt, work).map_err(failed)?;
        let (ours, theirs) = std::os::unix::net::UnixStream::pair().map_err(failed)?;
        let mut child = supervisor(&attempt.settings.supervisor, theirs.into()).spawn().map_err(failed)?;
        let control = ours.set_nonblocking(true).and_then(|()| UnixStream::from_std(ours)).map_err(failed)?;
        let (sender, printed) = mpsc::channel(LINES);
        let all = Arc::new(Printed::default());
        // they end with the pipes, which end with the supervisor
        let output = |stream| Output { log: attempt.log.clone(), stream, step: attempt.phase(), to: sender.clone(), printed: all.clone() };
        child.stdout.take().map(|out| attempt.outputs.spawn(output(LogStream::Stdout).read(out).in_current_span()));
        child.stderr.take().map(|out| attempt.outputs.spawn(output(LogStream::Stderr).read(out).in_current_span()));
        let (stop, stops) = mpsc::channel(1);
        let (ended, outcome) = watch::channel(None);
        let order = serde_json::to_string(&order).map_err(|error| StepError::fault("internal", &error))?;
        tokio::spawn(tend(child, control, order, stops, ended, attempt.folder.clone()).in_current_span());
        let handle = Handle { stop, outcome };
        attempt.runs(handle.clone());
        Ok(Running { printed, all, handle, deadline: Instant::now() + attempt.settings.step_timeout })
    }

    fn order(self, attempt: &Attempt, work: &Path) -> io::Result<Order> {
        let protection = &attempt.settings.protection;
        let owner = attempt.user;
        if protection.users.is_some() && owner.is_none() {
            return Err(io::Error::other("no user is free for it"));
        }
        let room = Room { work, lists: &attempt.folder, owner, shown: &self.shown };
        room.prepare()?;
        let (program, arguments) = protection.sandbox.line(&room, self.network, self.program, self.arguments);
        Ok(Order {
            program,
            arguments,
            environment: environment(work, &self.environment),
            folder: work.join("source"),
            owner,
            sandboxed: protection.sandbox != Sandbox::None,
            limits: protection.limits,
            work: work.to_path_buf(),
        })
    }
}

/// The supervisor with nothing of the server's but one socket.
fn supervisor(program: &Path, control: OwnedFd) -> tokio::process::Command {
    let mut command = std::process::Command::new(program);
    std::os::unix::process::CommandExt::arg0(&mut command, "buildcast");
    command.arg("supervise").env_clear().current_dir("/").stdin(Stdio::from(control)).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.into()
}

/// Talks to a supervisor until it is gone. Once the attempt is dropped the socket ends, and so does the command.
async fn tend(
    mut child: Child,
    control: UnixStream,
    order: String,
    mut stops: mpsc::Receiver<Duration>,
    ended: watch::Sender<Option<Outcome>>,
    folder: PathBuf,
) {
    let (read, mut write) = control.into_split();
    // a supervisor that is gone tells nothing below
    let _ = write.write_all(format!("{order}\n").as_bytes()).await;
    let (mut told, mut write) = (BufReader::new(read).lines(), Some(write));
    let outcome: Option<Outcome> = loop {
        tokio::select! {
            line = told.next_line() => break line.ok().flatten().and_then(|line| serde_json::from_str(&line).ok()),
            grace = stops.recv(), if write.is_some() => match (grace, &mut write) {
                (Some(grace), Some(write)) => drop(write.write_all(format!("stop {}\n", grace.as_millis()).as_bytes()).await),
                _ => write = None,
            },
        }
    };
    let _ = child.wait().await;
    if outcome.is_none() {
        tracing::error!(folder = %folder.display(), "the supervisor of a command is gone: ending what it left");
        while kill_strays(&folder) > 0 {
            sleep(STRAYS).await;
        }
    }
    ended.send_replace(Some(outcome.unwrap_or(Outcome::Unknown)));
}

impl Running {
    /// The next line that the command prints; none once it has ended with all that it started, and all is read.
    pub async fn next_line(&mut self) -> Result<Option<String>, StepError> {
        let next = async {
            let line = self.printed.recv().await;
            if line.is_none() {
                self.handle.outcome().await;
            }
            line
        };
        timeout_at(self.deadline, next).await.map_err(|_| StepError::TimedOut)
    }

    /// How the command ended, once there are no more lines: well, or as a failure of the project.
    pub fn result(self) -> Result<(), StepError> {
        if let Some((lines, bytes)) = self.all.dropped() {
            tracing::info!(lines, bytes, "a command printed more than is kept");
        }
        match self.handle.outcome.borrow().as_ref() {
            Some(Outcome::Ended(Some(0))) => Ok(()),
            Some(Outcome::Ended(code)) => Err(StepError::command(*code)),
            Some(Outcome::Exceeded(limit)) => Err(StepError::because(limit.reason())),
            Some(Outcome::NotStarted(error)) => Err(StepError::fault("command_not_found", error)),
            Some(Outcome::Unknown) | None => Err(StepError::fault("internal", &"a command's outcome is unknown")),
        }
    }
}

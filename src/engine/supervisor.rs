//! `buildcast supervise`: a small process of its own around each command of a build. It sets the limits, watches what the
//! command and everything it starts take, ends all of it, and ends last.
//!
//! Whatever the command starts stays below it: it is their reaper, so a daemon that leaves its group and its parents
//! becomes its child. When the kernel says that it has no child left, nothing is left. When the server dies, the socket
//! ends, and the command with it.

use super::launch::launch;
use super::limits::{Limit, Usage, disk_bytes, nameless_bytes};
use super::order::{Order, Outcome};
use super::processes::{descendants_of, kill_descendants_of, signal};
use rustix::io::Errno;
use rustix::process::{Pid, Signal, WaitOptions, WaitStatus, getpid, wait};
use std::io;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::net::unix::OwnedReadHalf;
use tokio::signal::unix::{SignalKind, signal as listen};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};

/// Between two looks at processes and memory, and while little is taken; a look that takes long is followed by a longer
/// wait.
const LOOK: Duration = Duration::from_millis(100);
const LOOK_QUIET: Duration = Duration::from_millis(250);
const LOOK_SHARE: u32 = 20;
/// Between two counts of the disk, likewise; without any sign of writing a longer one.
const COUNT: Duration = Duration::from_millis(250);
const COUNT_SHARE: u32 = 10;
const COUNT_QUIET: Duration = Duration::from_secs(2);
/// Between two passes that end what is left.
const PASS: Duration = Duration::from_millis(5);
/// What shells add to a signal to tell it as an exit code.
const SIGNALLED: i32 = 128;
/// The grace when it is this process that is asked to end.
const OWN_GRACE: Duration = Duration::from_secs(1);

/// Runs the command that the server orders over standard input, to its end and the end of all that it started.
pub fn supervise() -> io::Result<()> {
    let control = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    // somebody who runs this by hand has no such socket
    control.peer_addr()?;
    control.set_nonblocking(true)?;
    // out of the terminal's reach; a leader of a group can't leave, and is out of it already
    let _ = rustix::process::setsid();
    rustix::process::set_child_subreaper(Some(getpid()))?;
    // one thread beside this one, there from the start and for ever: later the limits may leave no room for it
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().max_blocking_threads(1).thread_keep_alive(Duration::MAX).build()?;
    let done = runtime.block_on(run(control));
    runtime.shutdown_background();
    done
}

async fn run(control: UnixStream) -> io::Result<()> {
    let (read, mut write) = tokio::net::UnixStream::from_std(control)?.into_split();
    let mut lines = BufReader::new(read).lines();
    let Some(line) = lines.next_line().await? else { return Ok(()) };
    let order: Order = serde_json::from_str(&line)?;
    // before the command starts, so that no end is missed
    let (mut ends, mut asked) = (listen(SignalKind::child())?, listen(SignalKind::terminate())?);
    tokio::task::spawn_blocking(|| ()).await?;
    let outcome = match launch(&order) {
        Err(error) => Outcome::NotStarted(error.to_string()),
        Ok(child) => {
            let mut supervised = Supervised::new(order, child);
            while !supervised.gone()? {
                let next = supervised.next();
                tokio::select! {
                    _ = ends.recv() => {}
                    _ = asked.recv() => supervised.ask(OWN_GRACE),
                    grace = next_stop(&mut lines), if supervised.server => supervised.told(grace),
                    used = counted(&mut supervised.count) => supervised.counted(used),
                    () = sleep_until(next) => {}
                }
                supervised.act();
            }
            supervised.outcome()
        }
    };
    let line = serde_json::to_string(&outcome)?;
    // a server that is gone does not need to know
    let _ = write.write_all(format!("{line}\n").as_bytes()).await;
    Ok(())
}

/// The grace of the server's next `stop`; none once the server is gone.
async fn next_stop(lines: &mut Lines<BufReader<OwnedReadHalf>>) -> Option<Duration> {
    let line = lines.next_line().await.ok()??;
    Some(Duration::from_millis(line.strip_prefix("stop ")?.parse().ok()?))
}

async fn counted(count: &mut Option<JoinHandle<(u64, Duration)>>) -> (u64, Duration) {
    match count {
        Some(running) => running.await.unwrap_or((0, Duration::ZERO)),
        None => std::future::pending().await,
    }
}

/// Whether a file grew beyond what one may have: the kernel ends who writes it, which shells and package managers tell
/// with a code.
fn wrote_too_much(status: WaitStatus) -> bool {
    let signal = Signal::XFSZ.as_raw();
    status.terminating_signal() == Some(signal) || status.exit_status() == Some(SIGNALLED + signal)
}

/// How far the end of a command is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stop {
    /// It runs.
    No,
    /// It was asked to end, and is not any more at this moment.
    Asked(Instant),
    /// Everything is ended until nothing is left.
    Now,
}

struct Supervised {
    order: Order,
    child: Pid,
    status: Option<WaitStatus>,
    exceeded: Option<Limit>,
    stop: Stop,
    /// Whether the server is there.
    server: bool,
    next_look: Instant,
    next_count: Instant,
    count: Option<JoinHandle<(u64, Duration)>>,
    /// Bytes free on the disk at the last count.
    free: u64,
}

impl Supervised {
    fn new(order: Order, child: Pid) -> Self {
        let now = Instant::now();
        Self { order, child, status: None, exceeded: None, stop: Stop::No, server: true, next_look: now, next_count: now, count: None, free: u64::MAX }
    }

    /// Takes note of what ended, and says whether nothing is left: the kernel knows of no child.
    fn gone(&mut self) -> io::Result<bool> {
        loop {
            match wait(WaitOptions::NOHANG) {
                Ok(Some((pid, status))) if pid == self.child => {
                    self.status = Some(status);
                    // what it left in the background has no grace unless it was asked to end, too
                    if self.stop == Stop::No {
                        self.stop = Stop::Now;
                    }
                }
                Ok(Some(_)) | Err(Errno::INTR) => {}
                Ok(None) => return Ok(false),
                Err(Errno::CHILD) => return Ok(true),
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Asks all to end, bubblewrap excepted: it would take the rest with it at once.
    fn ask(&mut self, grace: Duration) {
        if grace.is_zero() {
            self.stop = Stop::Now;
        }
        if self.stop == Stop::No {
            let asked = descendants_of(getpid()).into_iter().map(|process| process.pid).filter(|pid| !(self.order.sandboxed && *pid == self.child));
            asked.for_each(|pid| signal(pid, Signal::TERM));
            self.stop = Stop::Asked(Instant::now() + grace);
        }
    }

    fn told(&mut self, grace: Option<Duration>) {
        match grace {
            Some(grace) => self.ask(grace),
            None => (self.server, self.stop) = (false, Stop::Now),
        }
    }

    /// When there is something to do, whatever happens.
    fn next(&self) -> Instant {
        match self.stop {
            Stop::No => self.next_look,
            Stop::Asked(until) => until.min(self.next_look),
            Stop::Now => Instant::now() + PASS,
        }
    }

    fn act(&mut self) {
        let now = Instant::now();
        if matches!(self.stop, Stop::Asked(until) if now >= until) {
            self.stop = Stop::Now;
        }
        if self.stop != Stop::Now && now >= self.next_look {
            self.look();
        }
        if self.stop == Stop::Now {
            kill_descendants_of(getpid());
        }
    }

    fn exceed(&mut self, limit: Limit) {
        self.exceeded.get_or_insert(limit);
        self.stop = Stop::Now;
    }

    fn look(&mut self) {
        let begun = Instant::now();
        let usage = Usage::below(getpid());
        if let Some(limit) = usage.exceeds(self.order.limits) {
            self.exceed(limit);
        }
        let pause = if usage.is_much(self.order.limits) { LOOK } else { LOOK_QUIET };
        self.next_look = begun + pause.max(begun.elapsed() * LOOK_SHARE);
        let disk = &self.order.limits.disk_bytes;
        let free = rustix::fs::statvfs(&self.order.work).map_or(0, |fs| fs.f_bavail * fs.f_frsize);
        let quiet = self.free.saturating_sub(free) < disk / 16;
        if self.count.is_none() && begun >= self.next_count + if quiet { COUNT_QUIET } else { Duration::ZERO } {
            self.free = free;
            let work = self.order.work.clone();
            self.count = Some(tokio::task::spawn_blocking(move || {
                let begun = Instant::now();
                // in this order: what loses its name meanwhile is not counted twice, but with the next count
                let nameless = nameless_bytes(getpid());
                (nameless.saturating_add(disk_bytes(&work)), begun.elapsed())
            }));
        }
    }

    fn counted(&mut self, (used, took): (u64, Duration)) {
        self.count = None;
        self.next_count = Instant::now() + COUNT.max(took * COUNT_SHARE);
        if used > self.order.limits.disk_bytes {
            self.exceed(Limit::Disk);
        }
    }

    /// The outcome, once nothing is left. A command that ended well may have filled the disk since the last count.
    fn outcome(self) -> Outcome {
        let well = self.status.is_some_and(|status| status.exit_status() == Some(0));
        let over = || self.status.is_some_and(wrote_too_much) || well && disk_bytes(&self.order.work) > self.order.limits.disk_bytes;
        match self.exceeded.or_else(|| over().then_some(Limit::Disk)) {
            Some(limit) => Outcome::Exceeded(limit),
            None => Outcome::Ended(self.status.and_then(WaitStatus::exit_status)),
        }
    }
}

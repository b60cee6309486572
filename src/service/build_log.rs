//! The log of an attempt at a build, as the engine writes it.

use super::Services;
use super::line_writer::Request;
use super::work::Claim;
use crate::domain::event::Phase;
use crate::domain::line::LineGatherer;
use crate::domain::log::{LineDraft, LogStream};
use crate::store::StoreError;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use tokio::sync::oneshot;

/// The log of one attempt. Cloning shares it.
#[derive(Debug, Clone)]
pub struct BuildLog {
    services: Services,
    lines: Arc<Lines>,
}

/// What the writer knows of an attempt's log.
#[derive(Debug)]
pub(super) struct Lines {
    pub build_id: String,
    pub project_id: String,
    pub fencing_token: i64,
    /// The build is another worker's, or has ended.
    fenced: AtomicBool,
    /// There is no room for more.
    full: AtomicBool,
    dropped: AtomicU64,
}

impl Services {
    /// The log of an attempt that this node holds.
    pub fn build_log(&self, claim: &Claim) -> BuildLog {
        let lines = Lines {
            build_id: claim.build_id.clone(),
            project_id: claim.project_id.clone(),
            fencing_token: claim.fencing_token,
            fenced: AtomicBool::default(),
            full: AtomicBool::default(),
            dropped: AtomicU64::default(),
        };
        BuildLog { services: self.clone(), lines: Arc::new(lines) }
    }
}

impl BuildLog {
    /// Gathers the lines of one output, masked and cut as the log wants them.
    pub fn gatherer(&self) -> LineGatherer {
        let settings = &self.services.inner.settings;
        LineGatherer::new(settings.mask.clone(), settings.log_line_bytes_max)
    }

    /// Writes a line that a command printed, from a gatherer. Waits only while the database is behind: what the log has no
    /// room for is counted, and dropped at once.
    pub async fn write(&self, stream: LogStream, step: Phase, text: &str) {
        if self.lines.full.load(Ordering::Relaxed) {
            self.lines.dropped.fetch_add(1, Ordering::Relaxed);
        } else {
            self.send(stream, step, text).await;
        }
    }

    /// Counts lines that nobody looked at.
    pub fn drop_lines(&self, lines: u64) {
        self.lines.dropped.fetch_add(lines, Ordering::Relaxed);
    }

    /// Writes a word of the server's own, with what belongs to it.
    pub async fn say(&self, step: Phase, text: &str) {
        self.send(LogStream::System, step, text).await;
    }

    /// Says how many lines were dropped, if any, and waits until all is committed.
    pub async fn close(&self, step: Phase) {
        let dropped = self.lines.dropped.swap(0, Ordering::Relaxed);
        if dropped > 0 {
            self.say(step, &format!("log_dropped lines={dropped}")).await;
        }
        self.flush().await;
    }

    /// Waits until all lines so far are committed, or lost for good.
    pub async fn flush(&self) {
        let (done, wait) = oneshot::channel();
        if self.services.inner.lines.send(Request::Flush(done)).await.is_ok() {
            let _ = wait.await;
        }
    }

    async fn send(&self, stream: LogStream, step: Phase, text: &str) {
        if self.lines.fenced.load(Ordering::Relaxed) {
            return;
        }
        let line = LineDraft::new(self.services.new_id(), self.services.now_ms(), stream, step, text);
        // the writer outlives whoever could send
        let _ = self.services.inner.lines.send(Request::Line(self.lines.clone(), line)).await;
    }
}

impl Lines {
    pub(super) fn fence(&self) {
        self.fenced.store(true, Ordering::Relaxed);
    }

    pub(super) fn note(&self, dropped: u64, full: bool) {
        self.dropped.fetch_add(dropped, Ordering::Relaxed);
        self.full.store(full, Ordering::Relaxed);
    }

    /// Lines that the database refused.
    pub(super) fn lose(&self, lines: usize, error: &StoreError) {
        tracing::error!(build_id = self.build_id, lines, %error, "lines of a build are lost");
        self.dropped.fetch_add(lines as u64, Ordering::Relaxed);
    }
}

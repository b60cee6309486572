//! What a command prints: each line goes to the build's log, masked and cut, and then to the step that waits for it. Past
//! a total, lines are only counted, so that a flood costs little time.

use crate::domain::event::Phase;
use crate::domain::log::LogStream;
use crate::service::build_log::BuildLog;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::sync::mpsc;

/// Bytes of a command's output that are looked at; a line costs some besides its text.
const OUTPUT_MAX_BYTES: u64 = 16 << 20;
const LINE_COST_BYTES: u64 = 64;
const BUFFER_BYTES: usize = 64 << 10;

/// How much a command printed.
#[derive(Debug, Default)]
pub(super) struct Printed {
    kept_bytes: AtomicU64,
    dropped_lines: AtomicU64,
    dropped_bytes: AtomicU64,
}

impl Printed {
    fn is_full(&self) -> bool {
        self.kept_bytes.load(Ordering::Relaxed) >= OUTPUT_MAX_BYTES
    }

    /// Counts what is not kept, and gives the number of its lines.
    fn drop_all(&self, bytes: &[u8]) -> u64 {
        let lines = bytes.iter().filter(|b| **b == b'\n').count() as u64;
        self.dropped_lines.fetch_add(lines, Ordering::Relaxed);
        self.dropped_bytes.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        lines
    }

    /// Lines and bytes that were not kept, where there were any.
    pub fn dropped(&self) -> Option<(u64, u64)> {
        let (lines, bytes) = (self.dropped_lines.load(Ordering::Relaxed), self.dropped_bytes.load(Ordering::Relaxed));
        (bytes > 0).then_some((lines, bytes))
    }
}

/// One output of a command.
pub(super) struct Output {
    pub log: BuildLog,
    pub stream: LogStream,
    /// The phase that the command belongs to.
    pub step: Phase,
    /// The step that runs the command.
    pub to: mpsc::Sender<String>,
    /// What both outputs of the command come to.
    pub printed: Arc<Printed>,
}

impl Output {
    /// Reads until the output ends: also what a command printed that was killed, when its step is gone. Nothing but a
    /// database that is behind holds the command up.
    pub async fn read(self, output: impl AsyncRead + Unpin) {
        let mut reader = BufReader::with_capacity(BUFFER_BYTES, output);
        let mut line = self.log.gatherer();
        loop {
            let (used, ended) = match reader.fill_buf().await {
                Ok([]) | Err(_) => break,
                Ok(bytes) if self.printed.is_full() => {
                    self.log.drop_lines(self.printed.drop_all(bytes));
                    (bytes.len(), false)
                }
                Ok(bytes) => {
                    let end = bytes.iter().position(|b| *b == b'\n');
                    let part = &bytes[..end.unwrap_or(bytes.len())];
                    line.push(part);
                    self.printed.kept_bytes.fetch_add(part.len() as u64 + LINE_COST_BYTES, Ordering::Relaxed);
                    (part.len() + usize::from(end.is_some()), end.is_some())
                }
            };
            reader.consume(used);
            if ended {
                self.give(line.take()).await;
            }
        }
        // a last line without its end
        if !line.is_empty() {
            self.give(line.take()).await;
        }
    }

    async fn give(&self, line: String) {
        self.log.write(self.stream, self.step, &line).await;
        // nobody listening is fine
        let _ = self.to.send(line).await;
    }
}

//! What a command prints: each line goes to the build's log, masked and cut, and then to the step that waits for it.

use crate::domain::event::Phase;
use crate::domain::log::LogStream;
use crate::service::build_log::BuildLog;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::sync::mpsc;

/// One output of a command.
pub(super) struct Output {
    pub log: BuildLog,
    pub stream: LogStream,
    /// The phase that the command belongs to.
    pub step: Phase,
    /// The step that runs the command.
    pub to: mpsc::Sender<String>,
}

impl Output {
    /// Reads until the output ends: also what a command printed that was killed, when its step is gone.
    pub async fn read(self, output: impl AsyncRead + Unpin) {
        let mut reader = BufReader::new(output);
        let mut line = self.log.gatherer();
        loop {
            let (used, ended) = match reader.fill_buf().await {
                Ok([]) | Err(_) => break,
                Ok(bytes) => {
                    let end = bytes.iter().position(|b| *b == b'\n');
                    let part = &bytes[..end.unwrap_or(bytes.len())];
                    line.push(part);
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

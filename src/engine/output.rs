//! The lines that a command prints, each cut at a length, so that one endless line costs no memory; past a total they
//! are only counted, so that a flood costs little time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::sync::mpsc;

/// Bytes of a line that are kept.
const LINE_MAX_BYTES: usize = 8 << 10;
/// Bytes of a command's output that are looked at; a line costs some besides its text.
const OUTPUT_MAX_BYTES: u64 = 16 << 20;
const LINE_COST_BYTES: u64 = 64;
const BUFFER_BYTES: usize = 64 << 10;

/// How much a command printed.
#[derive(Debug, Default)]
pub(super) struct Output {
    kept_bytes: AtomicU64,
    dropped_lines: AtomicU64,
    dropped_bytes: AtomicU64,
}

impl Output {
    fn is_full(&self) -> bool {
        self.kept_bytes.load(Ordering::Relaxed) >= OUTPUT_MAX_BYTES
    }

    fn drop_all(&self, bytes: &[u8]) {
        let lines = bytes.iter().filter(|b| **b == b'\n').count();
        self.dropped_lines.fetch_add(lines as u64, Ordering::Relaxed);
        self.dropped_bytes.fetch_add(bytes.len() as u64, Ordering::Relaxed);
    }

    /// Lines and bytes that were not kept, where there were any.
    pub fn dropped(&self) -> Option<(u64, u64)> {
        let (lines, bytes) = (self.dropped_lines.load(Ordering::Relaxed), self.dropped_bytes.load(Ordering::Relaxed));
        (bytes > 0).then_some((lines, bytes))
    }
}

/// Sends each line until the output ends or nobody listens any more; then reads on to its end, so that the command is
/// not held up.
pub(super) async fn lines(out: impl AsyncRead + Unpin, to: mpsc::Sender<String>, output: Arc<Output>) {
    let mut reader = BufReader::with_capacity(BUFFER_BYTES, out);
    let mut line = Vec::new();
    loop {
        let (used, ended) = match reader.fill_buf().await {
            Ok([]) | Err(_) => break,
            Ok(bytes) if output.is_full() || to.is_closed() => {
                output.drop_all(bytes);
                (bytes.len(), false)
            }
            Ok(bytes) => {
                let end = bytes.iter().position(|b| *b == b'\n');
                let part = &bytes[..end.unwrap_or(bytes.len())];
                line.extend_from_slice(&part[..part.len().min(LINE_MAX_BYTES - line.len())]);
                output.kept_bytes.fetch_add(part.len() as u64 + LINE_COST_BYTES, Ordering::Relaxed);
                (part.len() + usize::from(end.is_some()), end.is_some())
            }
        };
        reader.consume(used);
        if ended {
            // nobody listening any more is seen above
            let _ = to.send(take(&mut line)).await;
        }
    }
    if !line.is_empty() {
        // a last line without its end; nobody listening is fine
        let _ = to.send(take(&mut line)).await;
    }
}

fn take(line: &mut Vec<u8>) -> String {
    let text = String::from_utf8_lossy(line).into_owned();
    line.clear();
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn lines_are_cut_and_the_last_one_counts() {
        let long = format!("{}\na\r\n\nlast", "x".repeat(LINE_MAX_BYTES * 3));
        let (sender, mut lines_of) = mpsc::channel(16);
        lines(long.as_bytes(), sender, Arc::default()).await;
        let mut got = vec![];
        while let Some(line) = lines_of.recv().await {
            got.push(line);
        }
        assert_eq!(got[0].len(), LINE_MAX_BYTES);
        assert_eq!(got[1..], ["a\r", "", "last"]);
    }

    #[tokio::test]
    async fn a_flood_is_read_to_its_end_and_only_its_beginning_kept() {
        let (sender, mut lines_of) = mpsc::channel(16);
        let (output, flood) = (Arc::new(Output::default()), "0123456789\n".repeat(1 << 20));
        let reading = tokio::spawn({
            let output = output.clone();
            async move { lines(flood.as_bytes(), sender, output).await }
        });
        let mut kept = 0;
        while lines_of.recv().await.is_some() {
            kept += 1;
        }
        reading.await.unwrap();
        let (dropped, bytes) = output.dropped().unwrap();
        // the reader's buffer may end within a line, whose parts are kept and dropped
        assert!(kept + dropped >= 1 << 20 && kept + dropped <= (1 << 20) + 1, "{kept} {dropped}");
        assert!(kept < 300_000 && bytes > 8 << 20);
    }
}

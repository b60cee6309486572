//! The lines that a command prints, each cut at a length, so that one endless line costs no memory.

use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::sync::mpsc;

/// Bytes of a line that are kept.
const LINE_MAX_BYTES: usize = 8 << 10;

/// Sends each line until the output ends or nobody listens any more.
pub(super) async fn lines(output: impl AsyncRead + Unpin, to: mpsc::Sender<String>) {
    let mut reader = BufReader::new(output);
    let mut line = Vec::new();
    loop {
        let (used, ended) = match reader.fill_buf().await {
            Ok([]) | Err(_) => break,
            Ok(bytes) => {
                let end = bytes.iter().position(|b| *b == b'\n');
                let part = &bytes[..end.unwrap_or(bytes.len())];
                line.extend_from_slice(&part[..part.len().min(LINE_MAX_BYTES - line.len())]);
                (part.len() + usize::from(end.is_some()), end.is_some())
            }
        };
        reader.consume(used);
        if ended && to.send(take(&mut line)).await.is_err() {
            return;
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
        lines(long.as_bytes(), sender).await;
        let mut got = vec![];
        while let Some(line) = lines_of.recv().await {
            got.push(line);
        }
        assert_eq!(got[0].len(), LINE_MAX_BYTES);
        assert_eq!(got[1..], ["a\r", "", "last"]);
    }
}

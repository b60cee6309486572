//! What an archive is read from: a file or memory, at any place, by several threads at once.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

/// Bytes that can be read at any place.
pub trait ReadAt: Sync {
    /// How many there are.
    fn byte_count(&self) -> io::Result<u64>;

    /// Fills the buffer from this place on; an error when there is less.
    fn fill(&self, buffer: &mut [u8], at: u64) -> io::Result<()>;
}

impl ReadAt for File {
    fn byte_count(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }

    fn fill(&self, buffer: &mut [u8], at: u64) -> io::Result<()> {
        self.read_exact_at(buffer, at)
    }
}

impl ReadAt for [u8] {
    fn byte_count(&self) -> io::Result<u64> {
        Ok(self.len() as u64)
    }

    fn fill(&self, buffer: &mut [u8], at: u64) -> io::Result<()> {
        let at = usize::try_from(at).unwrap_or(usize::MAX);
        let bytes = self.get(at..).and_then(|rest| rest.get(..buffer.len())).ok_or(io::ErrorKind::UnexpectedEof)?;
        buffer.copy_from_slice(bytes);
        Ok(())
    }
}

/// Small reads one after the other, from a piece that is kept.
pub(super) struct Window<'a, R: ?Sized> {
    zip: &'a R,
    end: u64,
    piece: Vec<u8>,
    start: u64,
}

const PIECE_BYTES: u64 = 8 << 10;

impl<'a, R: ReadAt + ?Sized> Window<'a, R> {
    /// A window over the bytes before `end`.
    pub(super) const fn new(zip: &'a R, end: u64) -> Self {
        Self { zip, end, piece: Vec::new(), start: 0 }
    }

    /// So many bytes from this place on; none when they would not end before the window's end.
    pub(super) fn get(&mut self, at: u64, count: usize) -> io::Result<Option<&[u8]>> {
        let Some(end) = at.checked_add(count as u64).filter(|end| *end <= self.end) else { return Ok(None) };
        if at < self.start || end > self.start + self.piece.len() as u64 {
            let length = PIECE_BYTES.max(count as u64).min(self.end - at);
            self.piece.resize(usize::try_from(length).map_err(io::Error::other)?, 0);
            self.start = at;
            self.zip.fill(&mut self.piece, at)?;
        }
        let from = usize::try_from(at - self.start).map_err(io::Error::other)?;
        Ok(self.piece.get(from..from + count))
    }
}

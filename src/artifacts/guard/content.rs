//! What an entry holds, piece by piece, held to the size and the checksum that it says.

use super::entry::{Entry, STORED};
use super::{ReadAt, UnpackError, refused};
use crate::domain::files::quoted;
use flate2::{Crc, Decompress, FlushDecompress, Status};

const PIECE_BYTES: usize = 128 << 10;

/// Reads entries one after the other, with buffers that are used again.
pub(in crate::artifacts) struct Reader {
    inflate: Decompress,
    packed: Vec<u8>,
    piece: Vec<u8>,
}

/// Takes what was read.
type Take<'a> = dyn FnMut(&[u8]) -> Result<(), UnpackError> + 'a;

impl Reader {
    pub(in crate::artifacts) fn new() -> Self {
        Self { inflate: Decompress::new(false), packed: vec![0; PIECE_BYTES], piece: vec![0; PIECE_BYTES] }
    }

    /// Gives an entry's content to `take`, never more than it says. What is wrong with it may be found after its last piece.
    pub(in crate::artifacts) fn read<R: ReadAt + ?Sized>(&mut self, zip: &R, entry: &Entry, take: &mut Take<'_>) -> Result<(), UnpackError> {
        let mut crc = Crc::new();
        let mut checked = |piece: &[u8]| {
            crc.update(piece);
            take(piece)
        };
        match entry.method {
            STORED => self.copy(zip, entry, &mut checked)?,
            _ => self.inflate(zip, entry, &mut checked)?,
        }
        if crc.sum() != entry.crc {
            return Err(refused(format!("{} has another checksum than it says", quoted(&entry.name))));
        }
        Ok(())
    }

    fn copy<R: ReadAt + ?Sized>(&mut self, zip: &R, entry: &Entry, take: &mut Take<'_>) -> Result<(), UnpackError> {
        let mut done = 0;
        while done < entry.bytes {
            let piece = &mut self.piece[..size(entry.bytes - done)];
            zip.fill(piece, entry.data + done)?;
            done += piece.len() as u64;
            take(piece)?;
        }
        Ok(())
    }

    fn inflate<R: ReadAt + ?Sized>(&mut self, zip: &R, entry: &Entry, take: &mut Take<'_>) -> Result<(), UnpackError> {
        self.inflate.reset(false);
        let (mut fetched, mut input, mut ended) = (0, 0..0, false);
        loop {
            if input.is_empty() && fetched < entry.packed_bytes {
                input = 0..size(entry.packed_bytes - fetched);
                zip.fill(&mut self.packed[input.clone()], entry.data + fetched)?;
                fetched += input.len() as u64;
            }
            let (in_before, out_before) = (self.inflate.total_in(), self.inflate.total_out());
            let status = self.inflate.decompress(&self.packed[input.clone()], &mut self.piece, FlushDecompress::None);
            let status = status.map_err(|_| refused(format!("{} is not deflated", quoted(&entry.name))))?;
            let (read, made) = (self.inflate.total_in() - in_before, self.inflate.total_out() - out_before);
            input.start += read as usize;
            if self.inflate.total_out() > entry.bytes {
                break;
            }
            take(&self.piece[..made as usize])?;
            ended = status == Status::StreamEnd;
            // without an end it would ask for more for ever
            if ended || (read == 0 && made == 0) {
                break;
            }
        }
        if !ended || self.inflate.total_in() != entry.packed_bytes || self.inflate.total_out() != entry.bytes {
            return Err(refused(format!("{} is not as large as it says", quoted(&entry.name))));
        }
        Ok(())
    }
}

fn size(left: u64) -> usize {
    usize::try_from(left).map_or(PIECE_BYTES, |left| left.min(PIECE_BYTES))
}

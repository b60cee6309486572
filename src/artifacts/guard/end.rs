//! The end record: where the directory lies and how many entries it has. It is read first, because it bounds what is read
//! after it.

use super::{ReadAt, UnpackError, broken, u16_at, u32_at, u64_at};
use std::ops::Range;

const END_BYTES: usize = 22;
const LOCATOR_BYTES: usize = 20;
const LARGE_BYTES: usize = 56;

/// What the end record says.
pub(super) struct End {
    /// Entries of the directory.
    pub(super) entries: u64,
    /// The directory's place: right before the end records.
    pub(super) directory: Range<u64>,
}

/// Reads it, 64 KiB and some bytes of the archive at most.
pub(super) fn read<R: ReadAt + ?Sized>(zip: &R) -> Result<End, UnpackError> {
    let length = zip.byte_count()?;
    let mut tail = vec![0; usize::try_from(length).unwrap_or(usize::MAX).min(LOCATOR_BYTES + END_BYTES + usize::from(u16::MAX))];
    let tail_start = length - tail.len() as u64;
    zip.fill(&mut tail, tail_start)?;
    // the last one: a comment that holds another is one that some readers would take for the end
    let at = tail.windows(4).rposition(|bytes| bytes == b"PK\x05\x06").ok_or_else(|| broken("it has no end record"))?;
    let record = &tail[at..];
    if record.len() < END_BYTES || record.len() != END_BYTES + usize::from(u16_at(record, 20)) {
        return Err(broken("it does not end with its end record"));
    }
    let stated = Stated {
        disks: [u16_at(record, 4), u16_at(record, 6)].map(u64::from),
        entries: [u16_at(record, 8), u16_at(record, 10)].map(u64::from),
        size: u32_at(record, 12).into(),
        start: u32_at(record, 16).into(),
    };
    let position = tail_start + at as u64;
    let locator = at.checked_sub(LOCATOR_BYTES).map(|from| &tail[from..at]).filter(|bytes| bytes.starts_with(b"PK\x06\x07"));
    match locator {
        None => stated.end(position),
        Some(locator) => large(zip, locator, position - LOCATOR_BYTES as u64, &stated),
    }
}

/// The record with 64-bit numbers; the other one has to say the same where it can.
fn large<R: ReadAt + ?Sized>(zip: &R, locator: &[u8], locator_at: u64, small: &Stated) -> Result<End, UnpackError> {
    let at = u64_at(locator, 8);
    if u32_at(locator, 4) != 0 || u32_at(locator, 16) != 1 || at.checked_add(LARGE_BYTES as u64) != Some(locator_at) {
        return Err(broken("its 64-bit end record is not where it says"));
    }
    let mut record = [0; LARGE_BYTES];
    zip.fill(&mut record, at)?;
    let stated = Stated {
        disks: [u32_at(&record, 16), u32_at(&record, 20)].map(u64::from),
        entries: [u64_at(&record, 24), u64_at(&record, 32)],
        size: u64_at(&record, 40),
        start: u64_at(&record, 48),
    };
    if !record.starts_with(b"PK\x06\x06") || u64_at(&record, 4) != LARGE_BYTES as u64 - 12 || !small.agrees(&stated) {
        return Err(broken("its two end records do not agree"));
    }
    stated.end(at)
}

/// The numbers of an end record.
struct Stated {
    disks: [u64; 2],
    entries: [u64; 2],
    size: u64,
    start: u64,
}

impl Stated {
    /// Whether the larger record says the same, or what only it has room for.
    fn agrees(&self, large: &Self) -> bool {
        let narrow = [self.disks[0], self.disks[1], self.entries[0], self.entries[1]];
        let wide = [large.disks[0], large.disks[1], large.entries[0], large.entries[1]];
        narrow.iter().zip(wide).all(|(narrow, wide)| *narrow == u64::from(u16::MAX) || *narrow == wide)
            && [(self.size, large.size), (self.start, large.start)].iter().all(|(narrow, wide)| *narrow == u64::from(u32::MAX) || narrow == wide)
    }

    /// The end, of an archive in one piece whose directory lies right before `position`.
    fn end(&self, position: u64) -> Result<End, UnpackError> {
        if self.disks != [0, 0] || self.entries[0] != self.entries[1] {
            return Err(broken("it is one part of several"));
        }
        if self.start.checked_add(self.size) != Some(position) {
            return Err(broken("its directory is not where its end record says"));
        }
        Ok(End { entries: self.entries[0], directory: self.start..position })
    }
}

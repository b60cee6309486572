//! The directory: one record an entry, as many as the end record says, and nothing after them.

use super::end::End;
use super::entry::{Entry, extras, large_numbers, links, renames};
use super::{ReadAt, UnpackError, broken, refused, u16_at, u32_at};
use crate::domain::files::quoted;

const RECORD_BYTES: usize = 46;

/// Reads it whole: the caller has checked that it is small.
pub(super) fn read<R: ReadAt + ?Sized>(zip: &R, end: &End) -> Result<Vec<Entry>, UnpackError> {
    let size = usize::try_from(end.directory.end - end.directory.start).map_err(|_| broken("its directory is too large"))?;
    let mut bytes = vec![0; size];
    zip.fill(&mut bytes, end.directory.start)?;
    let mut rest = bytes.as_slice();
    let mut entries = vec![];
    for _ in 0..end.entries {
        let (entry, more) = record(rest)?;
        entries.push(entry);
        rest = more;
    }
    match rest.is_empty() {
        true => Ok(entries),
        false => Err(refused(format!("its directory goes on after {} entries, as many as its end record says", end.entries))),
    }
}

/// The first record, and what follows it.
fn record(bytes: &[u8]) -> Result<(Entry, &[u8]), UnpackError> {
    let cut = || broken("its directory is cut off");
    let (head, rest) = bytes.split_at_checked(RECORD_BYTES).ok_or_else(cut)?;
    if !head.starts_with(b"PK\x01\x02") {
        return Err(broken("its directory has something that is no entry"));
    }
    let (raw_name, rest) = rest.split_at_checked(u16_at(head, 28).into()).ok_or_else(cut)?;
    let (extra, rest) = rest.split_at_checked(u16_at(head, 30).into()).ok_or_else(cut)?;
    let (_, rest) = rest.split_at_checked(u16_at(head, 32).into()).ok_or_else(cut)?;
    let name = String::from_utf8_lossy(raw_name).into_owned();
    let unreadable = || refused(format!("{} has extra fields that can't be read", quoted(&name)));
    let extras = extras(extra).ok_or_else(unreadable)?;
    let narrow = [u32_at(head, 24), u32_at(head, 20), u32_at(head, 42)];
    let [bytes, packed_bytes, header] = large_numbers(narrow, &extras).ok_or_else(unreadable)?;
    let entry = Entry {
        utf8: std::str::from_utf8(raw_name).is_ok(),
        name,
        flags: u16_at(head, 8),
        method: u16_at(head, 10),
        crc: u32_at(head, 16),
        attributes: u32_at(head, 38),
        disk: u16_at(head, 34),
        bytes,
        packed_bytes,
        header,
        data: 0,
        two_named: renames(&extras, raw_name),
        link: links(&extras),
    };
    Ok((entry, rest))
}

//! Where entries lie: one after the other, from the first byte to the directory. So none overlaps another, none hides
//! between two, and each says the same in its own header as in the directory.

use super::entry::{DESCRIBED_AFTER, Entry, UNREADABLE, describes, extras, large_numbers, links, renames};
use super::read_at::Window;
use super::{ReadAt, UnpackError, refused, u16_at, u32_at};
use crate::domain::files::quoted;

const HEADER_BYTES: usize = 30;

/// Sorts the entries by their place, checks their own headers and notes where their content begins.
pub(super) fn check<R: ReadAt + ?Sized>(zip: &R, entries: &mut [Entry], directory: u64) -> Result<(), UnpackError> {
    entries.sort_by_key(|entry| entry.header);
    if entries.first().map_or(directory, |entry| entry.header) != 0 {
        return Err(refused("bytes before the first entry belong to none".into()));
    }
    let mut window = Window::new(zip, directory);
    let mut at = 0;
    while let [entry, rest @ ..] = &mut entries[at..] {
        let next = rest.first().map_or(directory, |next| next.header);
        entry.data = own_header(&mut window, entry)?;
        let Some(gap) = entry.data.checked_add(entry.packed_bytes).and_then(|end| next.checked_sub(end)) else {
            return Err(refused(match rest.first() {
                Some(next) => format!("{} and {} overlap", quoted(&entry.name), quoted(&next.name)),
                None => format!("{} and the directory overlap", quoted(&entry.name)),
            }));
        };
        let described = match (entry.flags & DESCRIBED_AFTER != 0, gap) {
            (false, gap) => gap == 0,
            (true, 12..=24) => window.get(next - gap, gap as usize)?.is_some_and(|bytes| describes(bytes, entry)),
            (true, _) => false,
        };
        if !described {
            return Err(refused(format!("what follows {} is no part of it and no other entry", quoted(&entry.name))));
        }
        at += 1;
    }
    Ok(())
}

/// Where the content begins, when the entry's own header says what the directory says.
fn own_header<R: ReadAt + ?Sized>(window: &mut Window<'_, R>, entry: &Entry) -> Result<u64, UnpackError> {
    let missing = || refused(format!("{} has no header of its own", quoted(&entry.name)));
    let differs = |what: &str| refused(format!("{} has another {what} in its own header", quoted(&entry.name)));
    let mut head = [0; HEADER_BYTES];
    head.copy_from_slice(window.get(entry.header, HEADER_BYTES)?.filter(|head| head.starts_with(b"PK\x03\x04")).ok_or_else(missing)?);
    let (name_bytes, extra_bytes) = (usize::from(u16_at(&head, 26)), usize::from(u16_at(&head, 28)));
    let after = entry.header + HEADER_BYTES as u64;
    let tail = window.get(after, name_bytes + extra_bytes)?.ok_or_else(missing)?;
    let (name, extra) = tail.split_at(name_bytes);
    if name != entry.name.as_bytes() {
        return Err(differs("name"));
    }
    let fields = extras(extra).ok_or_else(|| differs("extra field"))?;
    if renames(&fields, name) || links(&fields) {
        return Err(differs("name or kind"));
    }
    if (u16_at(&head, 6) ^ entry.flags) & (UNREADABLE | DESCRIBED_AFTER) != 0 || u16_at(&head, 8) != entry.method {
        return Err(differs("way of packing"));
    }
    let [bytes, packed_bytes] = large_numbers([u32_at(&head, 22), u32_at(&head, 18)], &fields).ok_or_else(|| differs("size"))?;
    let told = [(bytes, entry.bytes), (packed_bytes, entry.packed_bytes), (u32_at(&head, 14).into(), entry.crc.into())];
    // what is told after the content may be left open here
    let open = entry.flags & DESCRIBED_AFTER != 0;
    if told.iter().any(|(own, directory)| own != directory && !(open && *own == 0)) {
        return Err(differs("size or checksum"));
    }
    Ok(after + tail.len() as u64)
}

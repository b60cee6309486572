//! An entry as the directory has it, and what is wrong with it by itself.

use super::{u16_at, u32_at, u64_at};
use crate::domain::files::{FileLimits, quoted};

/// Kept as it is.
pub(super) const STORED: u16 = 0;
/// Packed with deflate.
pub(super) const DEFLATED: u16 = 8;
/// The entry's sizes follow its content.
pub(super) const DESCRIBED_AFTER: u16 = 1 << 3;
/// Encrypted, patched data, strongly encrypted, encrypted directory.
pub(super) const UNREADABLE: u16 = 1 | 1 << 5 | 1 << 6 | 1 << 13;

/// The kind of file in a mode of Unix; a folder in the attributes of DOS.
const KIND: u32 = 0o170_000;
const DOS_FOLDER: u32 = 0x10;
/// A ratio is looked at from this size on: small text may well shrink much.
const RATIO_FROM_BYTES: u64 = 1 << 20;
/// An empty file, deflated.
const NOTHING_DEFLATED_BYTES: u64 = 2;

/// An entry.
#[derive(Debug)]
pub(in crate::artifacts) struct Entry {
    /// Its path; a folder's ends with `/`.
    pub(in crate::artifacts) name: String,
    /// Its size.
    pub(in crate::artifacts) bytes: u64,
    /// Its size in the archive.
    pub(super) packed_bytes: u64,
    /// The CRC-32 of what it holds.
    pub(super) crc: u32,
    /// Stored or deflated.
    pub(super) method: u16,
    /// Where its own header begins.
    pub(super) header: u64,
    /// Where its content begins; known once its own header was read.
    pub(super) data: u64,
    pub(super) flags: u16,
    /// Attributes for Unix above those for DOS.
    pub(super) attributes: u32,
    pub(super) disk: u16,
    pub(super) utf8: bool,
    /// An extra field has another name for it.
    pub(super) two_named: bool,
    /// An extra field makes it a link or a special file.
    pub(super) link: bool,
}

impl Entry {
    /// Whether its name is a folder's.
    pub(super) fn is_folder(&self) -> bool {
        self.name.ends_with('/')
    }

    /// All that is wrong with it.
    pub(super) fn faults(&self, limits: FileLimits) -> Vec<String> {
        let mode = self.attributes >> 16;
        let (says_file, says_folder) = (mode & KIND == 0o100_000, mode & KIND == 0o040_000 || self.attributes & DOS_FOLDER != 0);
        let mut faults: Vec<String> = [
            (!self.utf8, "has a name that is not UTF-8"),
            (self.two_named, "has another name in an extra field"),
            (self.disk != 0, "lies in another part"),
            (self.flags & UNREADABLE != 0, "is encrypted"),
            (!matches!(self.method, STORED | DEFLATED), "is packed in a way that is not read here"),
            (self.link || !plain(mode), "is a link or a special file"),
            (if self.is_folder() { says_file } else { says_folder }, "is both a file and a folder"),
            (self.is_folder() && (self.bytes > 0 || self.packed_bytes > NOTHING_DEFLATED_BYTES), "is a folder with content"),
            (self.method == STORED && self.bytes != self.packed_bytes, "is not as large as it says"),
        ]
        .iter()
        .filter(|(is, _)| *is)
        .map(|(_, fault)| format!("{} {fault}", quoted(&self.name)))
        .collect();
        if self.bytes > limits.file_bytes {
            faults.push(format!("{} has {} bytes, more than {}", quoted(&self.name), self.bytes, limits.file_bytes));
        }
        if self.bytes > RATIO_FROM_BYTES && self.bytes / self.packed_bytes.max(1) > limits.ratio {
            faults.push(format!("{} expands more than {} times", quoted(&self.name), limits.ratio));
        }
        faults
    }
}

/// A file, a folder, or nothing said.
const fn plain(mode: u32) -> bool {
    matches!(mode & KIND, 0 | 0o100_000 | 0o040_000)
}

/// Whether an extra field gives it another name, which other readers would take.
pub(super) fn renames(extras: &[Extra<'_>], name: &[u8]) -> bool {
    extras.iter().any(|(id, data)| *id == UNICODE_PATH && data.get(5..) != Some(name))
}

/// Whether an extra field makes it a link or a special file.
pub(super) fn links(extras: &[Extra<'_>]) -> bool {
    extras.iter().any(|(id, data)| *id == ASI_UNIX && (data.len() != 14 || !plain(u16_at(data, 4).into())))
}

/// An extra field: its id and its data.
pub(super) type Extra<'a> = (u16, &'a [u8]);

const LARGE_NUMBERS: u16 = 0x0001;
const UNICODE_PATH: u16 = 0x7075;
const ASI_UNIX: u16 = 0x756e;

/// The extra fields; none when they do not fill their room.
pub(super) fn extras(mut bytes: &[u8]) -> Option<Vec<Extra<'_>>> {
    let mut fields = vec![];
    while !bytes.is_empty() {
        let (head, rest) = bytes.split_at_checked(4)?;
        let (data, rest) = rest.split_at_checked(u16_at(head, 2).into())?;
        fields.push((u16_at(head, 0), data));
        bytes = rest;
    }
    Some(fields)
}

/// Numbers of which those that are all ones stand in the 64-bit extra field, in this order; none when they do not.
pub(super) fn large_numbers<const N: usize>(narrow: [u32; N], extras: &[Extra<'_>]) -> Option<[u64; N]> {
    let mut fields = extras.iter().filter(|(id, _)| *id == LARGE_NUMBERS);
    let mut data = fields.next().map_or(&[][..], |(_, data)| *data);
    if fields.next().is_some() {
        return None;
    }
    let mut wide = narrow.map(u64::from);
    for number in wide.iter_mut().filter(|number| **number == u64::from(u32::MAX)) {
        let (bytes, rest) = data.split_at_checked(8)?;
        (*number, data) = (u64_at(bytes, 0), rest);
    }
    Some(wide)
}

/// What follows an entry's content when its sizes do: with or without a signature, with narrow or wide sizes.
pub(super) fn describes(bytes: &[u8], entry: &Entry) -> bool {
    let fields = match bytes.len() {
        16 | 24 => bytes.strip_prefix(b"PK\x07\x08"),
        12 | 20 => Some(bytes),
        _ => None,
    };
    fields.is_some_and(|fields| {
        let sizes = if fields.len() == 12 { [u32_at(fields, 4), u32_at(fields, 8)].map(u64::from) } else { [u64_at(fields, 4), u64_at(fields, 12)] };
        u32_at(fields, 0) == entry.crc && sizes == [entry.packed_bytes, entry.bytes]
    })
}

//! Writes archives byte by byte, so that each number in them may be a lie.

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};
use std::io::Write;

/// The mode of a plain file in an entry's attributes, of a folder and of a symbolic link.
pub const FILE: u32 = 0o100_644 << 16;
pub const FOLDER: u32 = 0o040_755 << 16;
pub const LINK: u32 = 0o120_777 << 16;

/// CRC, packed size and size, as one record says them.
#[derive(Debug, Clone, Copy)]
pub struct Told {
    pub crc: u32,
    pub packed_bytes: u32,
    pub bytes: u32,
}

/// An entry.
#[derive(Debug, Clone)]
pub struct Part {
    pub name: Vec<u8>,
    pub own_name: Vec<u8>,
    /// What lies in the archive.
    pub packed: Vec<u8>,
    pub method: u16,
    pub own_method: u16,
    pub flags: u16,
    pub own_flags: u16,
    pub attributes: u32,
    pub told: Told,
    pub own: Told,
    pub extra: Vec<u8>,
    pub own_extra: Vec<u8>,
    pub comment: Vec<u8>,
    /// Where its header is said to be; where it is when none is said.
    pub header: Option<u32>,
    /// What follows its content.
    pub after: Vec<u8>,
    /// It stands in the directory only.
    pub listed_only: bool,
}

impl Part {
    pub fn stored(name: impl AsRef<[u8]>, content: &[u8]) -> Self {
        Self::new(name.as_ref(), 0, content, content.to_vec())
    }

    pub fn deflated(name: impl AsRef<[u8]>, content: &[u8]) -> Self {
        let mut encoder = DeflateEncoder::new(vec![], Compression::default());
        encoder.write_all(content).unwrap();
        Self::new(name.as_ref(), 8, content, encoder.finish().unwrap())
    }

    fn new(name: &[u8], method: u16, content: &[u8], packed: Vec<u8>) -> Self {
        let mut crc = Crc::new();
        crc.update(content);
        let told = Told { crc: crc.sum(), packed_bytes: packed.len() as u32, bytes: content.len() as u32 };
        Self {
            name: name.into(),
            own_name: name.into(),
            packed,
            method,
            own_method: method,
            flags: 0,
            own_flags: 0,
            attributes: FILE,
            told,
            own: told,
            extra: vec![],
            own_extra: vec![],
            comment: vec![],
            header: None,
            after: vec![],
            listed_only: false,
        }
    }

    /// The part with something changed.
    pub fn but(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    /// Its sizes follow its content, in so many bytes: 12, 16, 20 or 24.
    pub fn described(mut self, bytes: usize) -> Self {
        (self.flags, self.own_flags) = (self.flags | 8, self.own_flags | 8);
        self.own = Told { crc: 0, packed_bytes: 0, bytes: 0 };
        let mut after = vec![];
        if bytes.is_multiple_of(8) {
            after.extend(b"PK\x07\x08");
        }
        after.extend(self.told.crc.to_le_bytes());
        for size in [self.told.packed_bytes, self.told.bytes] {
            after.extend(&u64::from(size).to_le_bytes()[..if bytes < 20 { 4 } else { 8 }]);
        }
        self.after = after;
        self
    }

    /// Its own header and its content.
    pub fn body(&self) -> Vec<u8> {
        let mut body = b"PK\x03\x04\x14\0".to_vec();
        head(&mut body, [self.own_flags, self.own_method], self.own, &self.own_name, &self.own_extra);
        [body, self.own_name.clone(), self.own_extra.clone(), self.packed.clone(), self.after.clone()].concat()
    }

    fn record(&self, at: u32) -> Vec<u8> {
        // made by Unix
        let mut record = b"PK\x01\x02\x14\x03\x14\0".to_vec();
        head(&mut record, [self.flags, self.method], self.told, &self.name, &self.extra);
        record.extend((self.comment.len() as u16).to_le_bytes());
        record.extend([0; 4]);
        record.extend(self.attributes.to_le_bytes());
        record.extend(self.header.unwrap_or(at).to_le_bytes());
        [record, self.name.clone(), self.extra.clone(), self.comment.clone()].concat()
    }
}

/// What both headers have in common.
fn head(into: &mut Vec<u8>, [flags, method]: [u16; 2], told: Told, name: &[u8], extra: &[u8]) {
    [flags, method, 0, 0x21].iter().for_each(|number| into.extend(number.to_le_bytes()));
    [told.crc, told.packed_bytes, told.bytes].iter().for_each(|number| into.extend(number.to_le_bytes()));
    [name, extra].iter().for_each(|field| into.extend((field.len() as u16).to_le_bytes()));
}

/// An extra field.
pub fn extra(id: u16, data: &[u8]) -> Vec<u8> {
    [&id.to_le_bytes()[..], &(data.len() as u16).to_le_bytes(), data].concat()
}

/// The numbers of an end record.
#[derive(Debug, Clone, Copy)]
pub struct End {
    pub entries: u64,
    pub size: u64,
    pub start: u64,
}

impl End {
    /// The small record, with a comment.
    pub fn small(self, comment: &[u8]) -> Vec<u8> {
        let mut end = b"PK\x05\x06\0\0\0\0".to_vec();
        let entries = u16::try_from(self.entries).unwrap_or(u16::MAX).to_le_bytes();
        [entries, entries].iter().for_each(|number| end.extend(number));
        [self.size, self.start].iter().for_each(|number| end.extend(u32::try_from(*number).unwrap_or(u32::MAX).to_le_bytes()));
        end.extend((comment.len() as u16).to_le_bytes());
        [end, comment.to_vec()].concat()
    }

    /// The record with 64-bit numbers and its locator, which says that it lies at `at`.
    pub fn large(self, at: u64) -> Vec<u8> {
        let mut end = b"PK\x06\x06".to_vec();
        end.extend(44_u64.to_le_bytes());
        end.extend([45, 3, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        [self.entries, self.entries, self.size, self.start].iter().for_each(|number| end.extend(number.to_le_bytes()));
        end.extend(b"PK\x06\x07\0\0\0\0");
        end.extend(at.to_le_bytes());
        end.extend(1_u32.to_le_bytes());
        end
    }
}

/// The bodies and the directory of these parts, and an honest end record's numbers.
pub fn open_ended(parts: &[Part]) -> (Vec<u8>, End) {
    let (mut bytes, mut directory) = (vec![], vec![]);
    for part in parts {
        directory.extend(part.record(bytes.len() as u32));
        if !part.listed_only {
            bytes.extend(part.body());
        }
    }
    let end = End { entries: parts.len() as u64, size: directory.len() as u64, start: bytes.len() as u64 };
    bytes.extend(directory);
    (bytes, end)
}

/// An archive of these parts.
pub fn archive(parts: &[Part]) -> Vec<u8> {
    let (bytes, end) = open_ended(parts);
    [bytes, end.small(b"")].concat()
}

//! A built site, served straight from its artifact: an index of the zip's `output/`, and reads of single entries.

use flate2::read::DeflateDecoder;
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::path::Path;
use zip::{CompressionMethod, ZipArchive};

/// The folder of an artifact that is served.
pub const OUTPUT: &str = "output/";
/// The folder of an artifact that a rollback restores.
pub const SOURCE: &str = "source/";

/// One file of a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SiteFile {
    offset: u64,
    stored_bytes: u64,
    deflated: bool,
    /// Its bytes.
    pub bytes: u64,
    /// The CRC-32 of its bytes, good for an ETag.
    pub crc32: u32,
}

/// An open artifact with the index of its output.
#[derive(Debug)]
pub struct Site {
    zip: File,
    files: HashMap<String, SiteFile>,
}

impl Site {
    /// Opens an artifact and reads its directory.
    pub fn open(path: &Path) -> io::Result<Self> {
        let mut archive = ZipArchive::new(io::BufReader::new(File::open(path)?)).map_err(io::Error::from)?;
        let mut files = HashMap::with_capacity(archive.len());
        for index in 0..archive.len() {
            let entry = archive.by_index_raw(index).map_err(io::Error::from)?;
            let name = entry.name().map_err(io::Error::from)?.into_owned();
            let Some(path) = name.strip_prefix(OUTPUT).filter(|_| entry.is_file()) else { continue };
            let deflated = match entry.compression() {
                CompressionMethod::Stored => false,
                CompressionMethod::Deflated => true,
                other => return Err(io::Error::other(format!("{name:?} is packed with {other}"))),
            };
            let offset = entry.data_start().ok_or_else(|| io::Error::other("an entry has no place"))?;
            files.insert(path.to_owned(), SiteFile { offset, stored_bytes: entry.compressed_size(), deflated, bytes: entry.size(), crc32: entry.crc32() });
        }
        Ok(Self { zip: File::open(path)?, files })
    }

    /// The file at this path.
    pub fn file(&self, path: &str) -> Option<SiteFile> {
        self.files.get(path).copied()
    }

    /// The variant of a file that was compressed beforehand. A project may bring a `.gz` of its own beside a file: only
    /// one whose trailer says that it holds this very file counts. Blocks on the disk.
    pub fn gzip_of(&self, path: &str) -> Option<SiteFile> {
        let (plain, packed) = (self.file(path)?, self.file(&format!("{path}.gz"))?);
        if packed.deflated || packed.stored_bytes < 18 {
            return None;
        }
        let mut trailer = [0; 8];
        self.zip.read_exact_at(&mut trailer, packed.offset + packed.stored_bytes - 8).ok()?;
        let (crc32, bytes) = trailer.split_at(4);
        let holds = crc32 == plain.crc32.to_le_bytes() && u64::from(u32::from_le_bytes(bytes.try_into().ok()?)) == plain.bytes;
        holds.then_some(packed)
    }

    /// A file's bytes. Blocks on the disk.
    pub fn read(&self, file: SiteFile) -> io::Result<Vec<u8>> {
        let mut stored = vec![0; usize::try_from(file.stored_bytes).map_err(io::Error::other)?];
        self.zip.read_exact_at(&mut stored, file.offset)?;
        if !file.deflated {
            return Ok(stored);
        }
        let mut bytes = Vec::with_capacity(usize::try_from(file.bytes).map_err(io::Error::other)?);
        DeflateDecoder::new(stored.as_slice()).take(file.bytes + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 == file.bytes { Ok(bytes) } else { Err(io::Error::other("an entry is not as large as it says")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::artifacts::pack::{Content, Entries, pack};

    #[test]
    fn a_site_reads_its_output_and_nothing_else() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let text = "hello ".repeat(1000);
        let entries: Entries<'_> = [
            ("output/index.html".into(), Content::Bytes(text.as_bytes())),
            ("output/a/b.png".into(), Content::Bytes(b"png")),
            ("source/secret.ts".into(), Content::Bytes(b"s")),
        ]
        .into();
        pack(&entries, file.reopen().unwrap(), &std::sync::atomic::AtomicBool::new(false)).unwrap();
        let site = Site::open(file.path()).unwrap();
        assert_eq!(site.read(site.file("index.html").unwrap()).unwrap(), text.as_bytes());
        assert_eq!(site.read(site.file("a/b.png").unwrap()).unwrap(), b"png");
        assert!(site.file("secret.ts").is_none() && site.file("../source/secret.ts").is_none());
    }
}

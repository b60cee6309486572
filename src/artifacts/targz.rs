//! A zip's entries as a tar.gz: the same zip gives the same bytes. Made as it is stored, so that it never lies on this
//! machine whole, and the memory that it takes does not depend on its size.

use super::store::sha256_of_file;
use super::upload::PART_BYTES;
use super::{ArtifactError, ArtifactStore};
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::path::Path;
use tokio::sync::mpsc;
use zip::ZipArchive;

/// An object that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// Its bytes.
    pub bytes: u64,
    /// Their SHA-256, in hex.
    pub sha256: String,
}

/// Hands what is written to the store, a part at a time, and counts it.
struct Outgoing {
    part: Vec<u8>,
    to: mpsc::Sender<Bytes>,
    hash: Sha256,
    bytes: u64,
}

/// A reader of exactly so many bytes, to their very end: that is where a checksum is compared.
struct Exactly<R> {
    inner: R,
    left: u64,
}

impl ArtifactStore {
    /// Stores the entries of a zip as a tar.gz under another key. `Corrupt` when the zip is not the one of that hash.
    pub async fn store_targz(&self, zip: &str, zip_sha256: &str, key: &str) -> Result<Made, ArtifactError> {
        let file = self.fetch(zip).await?;
        let (to, mut parts) = mpsc::channel(1);
        let (wanted, name) = (zip_sha256.to_owned(), zip.to_owned());
        let packing = tokio::task::spawn_blocking(move || {
            if sha256_of_file(&file)? != wanted {
                return Err(ArtifactError::Corrupt(name));
            }
            let mut outgoing = Outgoing { part: Vec::with_capacity(PART_BYTES), to, hash: Sha256::new(), bytes: 0 };
            repack(&file, &mut outgoing)
                .map_err(|error| if error.kind() == io::ErrorKind::InvalidData { ArtifactError::Corrupt(name) } else { error.into() })?;
            outgoing.send()?;
            Ok(Made { bytes: outgoing.bytes, sha256: hex::encode(outgoing.hash.finalize()) })
        });
        let mut upload = self.parts(key).await?;
        while let Some(part) = parts.recv().await {
            upload.put(part).await?;
        }
        let made = packing.await.map_err(io::Error::other)??;
        upload.finish().await?;
        Ok(made)
    }
}

impl Outgoing {
    fn send(&mut self) -> io::Result<()> {
        let part = std::mem::replace(&mut self.part, Vec::with_capacity(PART_BYTES));
        self.to.blocking_send(part.into()).map_err(|_| io::Error::new(io::ErrorKind::BrokenPipe, "nobody wants it any more"))
    }
}

impl Write for Outgoing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = &bytes[..bytes.len().min(PART_BYTES - self.part.len())];
        self.part.extend_from_slice(taken);
        self.hash.update(taken);
        self.bytes += taken.len() as u64;
        if self.part.len() == PART_BYTES {
            self.send()?;
        }
        Ok(taken.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<R: Read> Read for Exactly<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        match self.left.checked_sub(read as u64) {
            Some(left) if read > 0 || left == 0 || buffer.is_empty() => self.left = left,
            _ => return Err(io::Error::new(io::ErrorKind::InvalidData, "an entry is not as large as it says")),
        }
        Ok(read)
    }
}

/// Writes the entries in their order, with no times, owners or links.
fn repack(zip: &Path, into: &mut impl Write) -> io::Result<()> {
    let mut zip = ZipArchive::new(BufReader::new(File::open(zip)?)).map_err(broken)?;
    let mut tar = tar::Builder::new(GzEncoder::new(into, Compression::default()));
    for index in 0..zip.len() {
        let entry = zip.by_index(index).map_err(broken)?;
        if !entry.is_file() {
            continue;
        }
        let (name, size) = (entry.name().map_err(broken)?.into_owned(), entry.size());
        let mut header = tar::Header::new_gnu();
        header.set_size(size);
        header.set_mode(0o644);
        header.set_mtime(0);
        header.set_uid(0);
        header.set_gid(0);
        header.set_entry_type(tar::EntryType::Regular);
        tar.append_data(&mut header, &name, Exactly { inner: entry, left: size })?;
    }
    tar.into_inner()?.finish()?;
    Ok(())
}

fn broken(error: zip::result::ZipError) -> io::Error {
    match error {
        zip::result::ZipError::Io(error) => error,
        other => io::Error::new(io::ErrorKind::InvalidData, other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::artifacts::pack::{Content, Entries, pack};
    use std::collections::BTreeMap;
    use std::sync::atomic::AtomicBool;

    fn zip(entries: &Entries<'_>) -> Vec<u8> {
        pack(entries, io::Cursor::new(vec![]), &AtomicBool::new(false)).unwrap().into_inner()
    }

    async fn made(store: &ArtifactStore, zip: &[u8]) -> Result<Made, ArtifactError> {
        store.put("a.zip", zip.to_vec()).await.unwrap();
        store.store_targz("a.zip", &hex::encode(Sha256::digest(zip)), "a.tar.gz").await
    }

    #[tokio::test]
    async fn the_entries_are_the_zips_and_the_bytes_the_same_each_time() {
        let folder = tempfile::tempdir().unwrap();
        let store = ArtifactStore::local(folder.path()).unwrap();
        // more than a part, and not to be compressed
        let mut random = vec![0; 2 * PART_BYTES + 7];
        getrandom::fill(&mut random).unwrap();
        let long = format!("source/{}/x", ["folder"; 40].join("/"));
        let entries: Entries<'_> = [
            ("output/index.html".into(), Content::Bytes(b"<h1>")),
            ("output/empty".into(), Content::Bytes(b"")),
            ("output/large.bin".into(), Content::Bytes(&random)),
            ("source/\u{e9}\u{4f60}.txt".into(), Content::Bytes(b"name")),
            (long.clone(), Content::Bytes(b"deep")),
        ]
        .into();
        let first = made(&store, &zip(&entries)).await.unwrap();
        let bytes = std::fs::read(folder.path().join("a.tar.gz")).unwrap();
        assert_eq!(first, Made { bytes: bytes.len() as u64, sha256: hex::encode(Sha256::digest(&bytes)) });
        assert_eq!(made(&store, &zip(&entries)).await.unwrap(), first);
        let mut tar = tar::Archive::new(flate2::read::GzDecoder::new(bytes.as_slice()));
        let mut found = BTreeMap::new();
        for entry in tar.entries().unwrap() {
            let mut entry = entry.unwrap();
            assert_eq!((entry.header().mtime().unwrap(), entry.header().mode().unwrap(), entry.header().uid().unwrap()), (0, 0o644, 0));
            let (name, mut content) = (entry.path().unwrap().to_str().unwrap().to_owned(), vec![]);
            entry.read_to_end(&mut content).unwrap();
            found.insert(name, content);
        }
        let packed = entries.iter().map(|(name, content)| (name.clone(), if let Content::Bytes(bytes) = content { bytes.to_vec() } else { vec![] }));
        assert_eq!(found, packed.collect());
        assert!(found.contains_key(&long));
    }

    #[tokio::test]
    async fn a_zip_that_is_not_what_was_stored_makes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let store = ArtifactStore::local(folder.path()).unwrap();
        let content = vec![b'x'; 5000];
        let good = zip(&[("output/a".into(), Content::Bytes(&content))].into());
        store.put("a.zip", good.clone()).await.unwrap();
        assert!(matches!(store.store_targz("a.zip", "another", "a.tar.gz").await, Err(ArtifactError::Corrupt(_))));
        // the hash is right, but a size lies
        let mut lying = good;
        let places: Vec<usize> = lying.windows(4).enumerate().filter(|(_, bytes)| *bytes == 5000_u32.to_le_bytes()).map(|(at, _)| at).collect();
        assert!(!places.is_empty());
        places.iter().for_each(|at| lying[*at..at + 4].copy_from_slice(&4000_u32.to_le_bytes()));
        assert!(made(&store, &lying).await.is_err());
        assert!(made(&store, b"no zip").await.is_err());
        assert!(matches!(store.store_targz("nothing.zip", "", "a.tar.gz").await, Err(ArtifactError::Missing(_))));
        assert!(!store.exists("a.tar.gz").await.unwrap());
    }
}

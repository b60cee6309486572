//! An entry: one file, a tar of what an install left, followed by what is said of it and that text's length. The text
//! holds the tar's SHA-256; an entry that does not match it is not used.

use super::tree::{Item, Kind, is_below, stays_inside};
use rustix::fs::OFlags;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, lchown, symlink};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use tar::{Archive, Builder, EntryType, Header};

/// Bytes of the text's length, at the very end.
const LENGTH_BYTES: u64 = 8;
/// Bytes of the text at most.
const ABOUT_MAX_BYTES: u64 = 1 << 20;
const BUFFER_BYTES: usize = 1 << 20;

/// What is said of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct About {
    /// Packages that the install counted.
    pub packages: u64,
    /// When it was stored, epoch milliseconds.
    pub stored_at_ms: i64,
    /// The places that it fills, relative to the project's folder.
    pub roots: Vec<PathBuf>,
    /// The tar's SHA-256, in hex.
    pub sha256: String,
}

/// Why an entry was not brought back.
#[derive(Debug, thiserror::Error)]
pub(super) enum Broken {
    /// It is not what was stored.
    #[error("the entry is damaged: {0}")]
    Damaged(String),
    /// The build is over.
    #[error("the build is over")]
    Over,
    /// It could not be read, or the project's folder not be written.
    #[error(transparent)]
    Disk(#[from] io::Error),
}

impl Broken {
    /// Whether the entry is no good to anybody else.
    pub fn is_for_good(&self) -> bool {
        match self {
            Self::Damaged(_) => true,
            Self::Over => false,
            Self::Disk(error) => !matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded),
        }
    }
}

fn damaged(why: impl std::fmt::Display) -> Broken {
    Broken::Damaged(why.to_string())
}

/// Counts what passes into a hash.
struct Hashing<T> {
    inner: T,
    hash: Sha256,
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.hash.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(bytes)?;
        self.hash.update(&bytes[..read]);
        Ok(read)
    }
}

/// Writes an entry of these things of a project's folder.
pub(super) fn write(file: File, project: &Path, items: &[Item], about: About, over: &AtomicBool) -> io::Result<()> {
    let out = BufWriter::with_capacity(BUFFER_BYTES, Hashing { inner: file, hash: Sha256::new() });
    let mut tar = Builder::new(out);
    for item in items {
        if over.load(Ordering::Relaxed) {
            return Err(io::Error::other("the build is over"));
        }
        add(&mut tar, project, item)?;
    }
    let Hashing { inner: mut file, hash } = tar.into_inner()?.into_inner().map_err(io::IntoInnerError::into_error)?;
    let about = About { sha256: hex::encode(hash.finalize()), ..about };
    let text = serde_json::to_vec(&about)?;
    if text.len() as u64 > ABOUT_MAX_BYTES {
        return Err(io::Error::other("too many places"));
    }
    file.write_all(&text)?;
    file.write_all(&(text.len() as u64).to_le_bytes())
}

fn add(tar: &mut Builder<impl Write>, project: &Path, item: &Item) -> io::Result<()> {
    let mut header = Header::new_gnu();
    match &item.kind {
        Kind::Folder => {
            header.set_entry_type(EntryType::Directory);
            header.set_mode(0o755);
            header.set_size(0);
            tar.append_data(&mut header, &item.path, io::empty())
        }
        Kind::File { bytes, executable } => {
            header.set_mode(if *executable { 0o755 } else { 0o644 });
            header.set_size(*bytes);
            // what the walk saw as a file may be something else by now
            let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
            let file = OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(project.join(&item.path))?;
            if file.metadata()?.len() != *bytes || !file.metadata()?.is_file() {
                return Err(io::Error::other("a file changed while it was read"));
            }
            tar.append_data(&mut header, &item.path, file.take(*bytes))
        }
        Kind::Link(target) => {
            header.set_entry_type(EntryType::Symlink);
            header.set_mode(0o777);
            header.set_size(0);
            tar.append_link(&mut header, &item.path, target)
        }
    }
}

/// Reads what is said of an entry, and how long its tar is. The file is left at the tar's start.
pub(super) fn about(file: &mut File) -> Result<(About, u64), Broken> {
    let all = file.metadata()?.len();
    let mut length = [0; LENGTH_BYTES as usize];
    let before_length = all.checked_sub(LENGTH_BYTES).ok_or_else(|| damaged("too short"))?;
    file.seek(SeekFrom::Start(before_length))?;
    file.read_exact(&mut length)?;
    let length = u64::from_le_bytes(length);
    let tar = before_length.checked_sub(length).filter(|_| length <= ABOUT_MAX_BYTES).ok_or_else(|| damaged("its end is cut"))?;
    file.seek(SeekFrom::Start(tar))?;
    let text = io::read_to_string(file.take(length)).map_err(damaged)?;
    let about: About = serde_json::from_str(&text).map_err(damaged)?;
    if !about.roots.iter().all(|root| is_below(root)) {
        return Err(damaged("a place leads outside"));
    }
    file.seek(SeekFrom::Start(0))?;
    Ok((about, tar))
}

/// Makes what an entry holds again in a project's folder. What is made there when this fails is for the caller to remove.
pub(super) fn read(file: File, length: u64, sha256: &str, project: &Path, over: &AtomicBool) -> Result<(), Broken> {
    let hashing = Hashing { inner: file.take(length), hash: Sha256::new() };
    let mut archive = Archive::new(BufReader::with_capacity(BUFFER_BYTES, hashing));
    let make = Make::into(project)?;
    for entry in archive.entries().map_err(damaged)? {
        if over.load(Ordering::Relaxed) {
            return Err(Broken::Over);
        }
        let mut entry = entry.map_err(damaged)?;
        let path = entry.path().map_err(damaged)?.into_owned();
        if !is_below(&path) {
            return Err(damaged("a path leads outside"));
        }
        match entry.header().entry_type() {
            EntryType::Directory => make.folder(&path)?,
            EntryType::Regular => {
                let executable = entry.header().mode().map_err(damaged)? & 0o111 != 0;
                make.file(&path, executable, &mut entry)?;
            }
            EntryType::Symlink => {
                let target = entry.link_name().map_err(damaged)?.ok_or_else(|| damaged("a link to nothing"))?.into_owned();
                make.link(&path, &target)?;
            }
            _ => return Err(damaged("something that is never stored")),
        }
    }
    let mut rest = archive.into_inner();
    io::copy(&mut rest, &mut io::sink()).map_err(damaged)?;
    let found = hex::encode(rest.into_inner().hash.finalize());
    if found == sha256 { Ok(()) } else { Err(damaged("its hash is another")) }
}

/// Makes things in a project's folder, for whoever that folder belongs to.
struct Make<'a> {
    project: &'a Path,
    /// The owner that things get, when it is not who makes them.
    owner: Option<(u32, u32)>,
}

impl<'a> Make<'a> {
    fn into(project: &'a Path) -> io::Result<Self> {
        let meta = project.metadata()?;
        let (user, group) = (rustix::process::geteuid().as_raw(), rustix::process::getegid().as_raw());
        Ok(Self { project, owner: Some((meta.uid(), meta.gid())).filter(|owner| *owner != (user, group)) })
    }

    fn folder(&self, path: &Path) -> io::Result<()> {
        let path = self.project.join(path);
        std::fs::create_dir_all(&path)?;
        self.give(&path)
    }

    fn file(&self, path: &Path, executable: bool, from: &mut impl Read) -> Result<(), Broken> {
        let path = self.project.join(path);
        let mode = if executable { 0o755 } else { 0o644 };
        let mut file = match OpenOptions::new().write(true).create_new(true).mode(mode).open(&path) {
            // a place beside `node_modules`, whose own folder is not part of the entry
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                std::fs::create_dir_all(path.parent().unwrap_or(self.project))?;
                OpenOptions::new().write(true).create_new(true).mode(mode).open(&path)?
            }
            file => file?,
        };
        io::copy(from, &mut file)?;
        Ok(self.give(&path)?)
    }

    fn link(&self, path: &Path, target: &Path) -> Result<(), Broken> {
        if !stays_inside(path, target) {
            return Err(damaged("a link leads outside"));
        }
        let path = self.project.join(path);
        symlink(target, &path)?;
        Ok(self.give(&path)?)
    }

    /// Gives a thing to the owner of the project's folder: builds may run as another user than the server.
    fn give(&self, path: &Path) -> io::Result<()> {
        self.owner.map_or(Ok(()), |(user, group)| lchown(path, Some(user), Some(group)))
    }
}

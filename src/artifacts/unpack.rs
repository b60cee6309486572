//! The zip guard: a zip is hostile until every entry has been checked. All that the directory tells is checked before
//! a byte is written; the real sizes are held while it streams, because a header may lie.

use crate::domain::files::{FileLimits, path_faults};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use zip::ZipArchive;
use zip::result::ZipError;

/// Why a zip is refused, whole.
#[derive(Debug, thiserror::Error)]
pub enum UnpackError {
    /// Not a zip, or a broken one.
    #[error("is not a readable zip: {0}")]
    Broken(String),
    /// What is wrong with its entries.
    #[error("{}", .0.join("; "))]
    Refused(Vec<String>),
    /// Nobody wants it any more.
    #[error("was stopped")]
    Stopped,
    /// The disk's trouble.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl From<ZipError> for UnpackError {
    fn from(error: ZipError) -> Self {
        match error {
            ZipError::Io(io) if io.raw_os_error().is_some() => Self::Io(io),
            other => Self::Broken(other.to_string()),
        }
    }
}

/// What a checked zip holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contents {
    /// Files.
    pub files: usize,
    /// Their bytes.
    pub bytes: u64,
}

/// Checks what the zip's directory tells, for the entries below `prefix`.
fn check<R: Read + Seek>(zip: &mut ZipArchive<R>, prefix: &str, limits: FileLimits) -> Result<Vec<(usize, String, u64)>, UnpackError> {
    // twice the count: the entries below other prefixes count too
    if zip.len() > limits.count * 2 {
        return Err(UnpackError::Refused(vec![format!("{} entries are more than {}", zip.len(), limits.count)]));
    }
    if zip.has_overlapping_files()? {
        return Err(UnpackError::Refused(vec!["entries overlap".into()]));
    }
    let (mut files, mut faults, mut total) = (Vec::new(), Vec::new(), 0_u64);
    for index in 0..zip.len() {
        let entry = zip.by_index_raw(index)?;
        let name = entry.name()?.into_owned();
        if entry.encrypted() {
            faults.push(format!("{name:?} is encrypted"));
        }
        if entry.is_symlink() || entry.unix_mode().is_some_and(|mode| !matches!(mode & 0o170_000, 0 | 0o100_000 | 0o040_000)) {
            faults.push(format!("{name:?} is a link or a special file"));
        }
        if entry.size() > limits.file_bytes {
            faults.push(format!("{name:?} has {} bytes, more than {}", entry.size(), limits.file_bytes));
        }
        if entry.size() > 1 << 20 && entry.size() / entry.compressed_size().max(1) > limits.ratio {
            faults.push(format!("{name:?} expands more than {} times", limits.ratio));
        }
        total = total.saturating_add(entry.size());
        if !entry.is_dir() {
            files.push((index, name, entry.size()));
        } else if let fault @ Some(_) = crate::domain::files::path_fault(name.trim_end_matches('/')) {
            faults.extend(fault.map(|fault| format!("{name:?} {fault}")));
        }
    }
    faults.extend(path_faults(files.iter().map(|(_, name, _)| name.as_str())));
    if total > limits.total_bytes {
        faults.push(format!("{total} bytes in all are more than {}", limits.total_bytes));
    }
    files.retain_mut(|(_, name, _)| match name.strip_prefix(prefix).map(str::to_owned) {
        Some(rest) => {
            *name = rest;
            true
        }
        None => false,
    });
    if files.len() > limits.count {
        faults.push(format!("{} files are more than {}", files.len(), limits.count));
    }
    if files.is_empty() {
        faults.push("there is no file".into());
    }
    faults.truncate(20);
    if faults.is_empty() { Ok(files) } else { Err(UnpackError::Refused(faults)) }
}

/// Opens a zip whose directory names each entry once, and as the entry's own header does. The library keeps the last of
/// those with one name, and believes the directory.
fn open<R: Read + Seek>(reader: R) -> Result<ZipArchive<R>, UnpackError> {
    let mut zip = ZipArchive::new(reader)?;
    let (start, count) = (zip.central_directory_start(), zip.len());
    let mut entries = Vec::with_capacity(count);
    for index in 0..count {
        let entry = zip.by_index_raw(index)?;
        entries.push((entry.header_start(), entry.name_raw().to_vec()));
    }
    let mut reader = zip.into_inner();
    if directory_entries(&mut reader, start)? != count {
        return Err(UnpackError::Refused(vec!["a name stands in it twice".into()]));
    }
    for (start, name) in entries {
        if own_name(&mut reader, start)? != name {
            return Err(UnpackError::Refused(vec![format!("{:?} has another name in its own header", String::from_utf8_lossy(&name))]));
        }
    }
    Ok(ZipArchive::new(reader)?)
}

/// Entries of the directory as it is written.
fn directory_entries<R: Read + Seek>(reader: &mut R, start: u64) -> io::Result<usize> {
    reader.seek(SeekFrom::Start(start))?;
    let (mut count, mut head) = (0, [0_u8; 46]);
    while reader.read_exact(&mut head).is_ok() && head.starts_with(b"PK\x01\x02") {
        let tail: i64 = [28, 30, 32].iter().map(|at| i64::from(u16::from_le_bytes([head[*at], head[at + 1]]))).sum();
        reader.seek_relative(tail)?;
        count += 1;
    }
    Ok(count)
}

/// The name that an entry's own header says.
fn own_name<R: Read + Seek>(reader: &mut R, start: u64) -> Result<Vec<u8>, UnpackError> {
    let mut head = [0_u8; 30];
    let mut read = || {
        reader.seek(SeekFrom::Start(start))?;
        reader.read_exact(&mut head)?;
        let mut name = vec![0; usize::from(u16::from_le_bytes([head[26], head[27]]))];
        reader.read_exact(&mut name)?;
        Ok::<_, io::Error>(name)
    };
    read().map_err(|_| UnpackError::Broken("an entry has no header".into()))
}

/// Reads every entry to its end without writing it: what a request's zip has to pass.
pub fn inspect<R: Read + Seek>(zip: R, limits: FileLimits) -> Result<Contents, UnpackError> {
    let mut zip = open(zip)?;
    let files = check(&mut zip, "", limits)?;
    let mut bytes = 0;
    for (index, name, claimed) in &files {
        bytes += copy(&mut zip, *index, name, *claimed, &mut io::sink())?;
    }
    Ok(Contents { files: files.len(), bytes })
}

/// Unpacks the entries below `prefix` (such as `source/`, or empty for all) into a folder that holds nothing yet.
/// `watch` hears the files written and the files in all, before the first and after each, and may stop it.
pub fn unpack(
    zip: &Path,
    prefix: &str,
    into: &Path,
    limits: FileLimits,
    watch: &mut dyn FnMut(usize, usize) -> ControlFlow<()>,
) -> Result<Contents, UnpackError> {
    let mut zip = open(io::BufReader::with_capacity(1 << 16, File::open(zip)?))?;
    let files = check(&mut zip, prefix, limits)?;
    let mut made = BTreeSet::<PathBuf>::new();
    let mut bytes = 0;
    let mut hear = |done| if watch(done, files.len()).is_break() { Err(UnpackError::Stopped) } else { Ok(()) };
    hear(0)?;
    for (at, (index, name, claimed)) in files.iter().enumerate() {
        let path = into.join(name);
        if let Some(folder) = path.parent()
            && made.insert(folder.to_path_buf())
        {
            std::fs::create_dir_all(folder)?;
        }
        // create_new: never follows a link, never writes over what is there
        let mut file = File::options().write(true).create_new(true).open(&path)?;
        bytes += copy(&mut zip, *index, name, *claimed, &mut file)?;
        hear(at + 1)?;
    }
    Ok(Contents { files: files.len(), bytes })
}

fn copy<R: Read + Seek>(zip: &mut ZipArchive<R>, index: usize, name: &str, claimed: u64, to: &mut impl io::Write) -> Result<u64, UnpackError> {
    let got = io::copy(&mut zip.by_index(index)?.take(claimed + 1), to).map_err(|error| match error.raw_os_error() {
        Some(_) => UnpackError::Io(error),
        None => UnpackError::Broken(format!("{name:?}: {error}")),
    })?;
    if got == claimed { Ok(got) } else { Err(UnpackError::Refused(vec![format!("{name:?} is not as large as it says")])) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::files::FILE_LIMITS;
    use std::io::{Cursor, Write};
    use zip::write::SimpleFileOptions;
    use zip::{CompressionMethod, ZipWriter};

    fn zip(build: impl FnOnce(&mut ZipWriter<Cursor<Vec<u8>>>)) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(vec![]));
        build(&mut writer);
        writer.finish().unwrap().into_inner()
    }

    fn named(names: &[&str]) -> Vec<u8> {
        zip(|w| names.iter().for_each(|name| w.start_file(*name, SimpleFileOptions::default()).and_then(|()| Ok(w.write_all(b"x")?)).unwrap()))
    }

    #[test]
    fn hostile_zips_are_refused_and_nothing_is_written() {
        let mut lying = zip(|w| {
            w.start_file("z", SimpleFileOptions::default().compression_method(CompressionMethod::Deflated)).unwrap();
            w.write_all(&vec![7; 1 << 20]).unwrap();
        });
        let real = (1_u32 << 20).to_le_bytes();
        let places: Vec<usize> = lying.windows(4).enumerate().filter(|(_, bytes)| *bytes == real).map(|(at, _)| at).collect();
        places.iter().for_each(|at| lying[*at..at + 4].copy_from_slice(&10_u32.to_le_bytes()));
        // the same name twice, and a header that says another name than the directory
        let twice = named(&["one.html", "two.html"]).windows(8).fold(named(&["one.html", "two.html"]), |mut bytes, _| {
            while let Some(at) = bytes.windows(8).position(|w| w == b"two.html") {
                bytes[at..at + 8].copy_from_slice(b"one.html");
            }
            bytes
        });
        let mut two_named = named(&["one.html"]);
        let at = two_named.windows(8).position(|w| w == b"one.html").unwrap();
        two_named[at..at + 8].copy_from_slice(b"two.html");
        let cases = [
            ("stands in it twice", twice),
            ("another name in its own header", two_named),
            ("leaves", named(&["a/../../evil"])),
            ("absolute", named(&["/etc/evil"])),
            ("backslash", named(&["..\\evil"])),
            ("stands for the same", named(&["a/x", "A/X"])),
            ("both a file and a folder", named(&["a", "a/b"])),
            ("link", zip(|w| w.add_symlink("link", "/etc/passwd", SimpleFileOptions::default()).unwrap())),
            (
                "expands",
                zip(|w| {
                    w.start_file("z", SimpleFileOptions::default()).unwrap();
                    w.write_all(&vec![0; 8 << 20]).unwrap();
                }),
            ),
            ("no file", zip(|_| {})),
            ("zip", b"not a zip".to_vec()),
            ("larger than its declared", lying),
        ];
        for (why, bytes) in cases {
            let (folder, file) = (tempfile::tempdir().unwrap(), tempfile::NamedTempFile::new().unwrap());
            std::fs::write(file.path(), &bytes).unwrap();
            let error = inspect(Cursor::new(&bytes), FILE_LIMITS).unwrap_err().to_string();
            assert!(error.contains(why), "{why}: {error}");
            let into = folder.path().join("in");
            std::fs::create_dir(&into).unwrap();
            assert!(unpack(file.path(), "", &into, FILE_LIMITS, &mut |_, _| ControlFlow::Continue(())).is_err(), "{why}");
            assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "{why}: something was written outside");
        }
    }

    #[test]
    fn a_prefix_is_taken_off_and_other_entries_stay_away() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), named(&["source/a/b", "output/c"])).unwrap();
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(unpack(file.path(), "source/", folder.path(), FILE_LIMITS, &mut |_, _| ControlFlow::Continue(())).unwrap(), Contents { files: 1, bytes: 1 });
        assert!(folder.path().join("a/b").exists() && !folder.path().join("c").exists());
    }
}

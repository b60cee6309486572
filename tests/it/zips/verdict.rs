//! What must hold of every archive, whatever it is: the test's and the fuzzer's judgement.

use buildcast::domain::files::FileLimits;
use buildcast::service::unpack::{UnpackError, inspect, unpack};
use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Read};
use std::ops::ControlFlow;
use std::path::Path;

/// Small, so that whatever goes beyond them is soon there.
pub const LIMITS: FileLimits = FileLimits { count: 100, file_bytes: 4 << 20, total_bytes: 6 << 20, ratio: 200 };

/// Files by path.
pub type Found = BTreeMap<String, Vec<u8>>;

/// What an archive came to.
#[derive(Debug)]
pub struct Verdict {
    /// What was written, also of an archive that was refused.
    pub written: Found,
    /// Why it was refused, when it was read and when it was unpacked.
    pub refused: Option<[UnpackError; 2]>,
}

/// Reads and unpacks the archive in a folder that holds nothing, and leaves it so.
pub fn judge(zip: &[u8], scratch: &Path) -> Verdict {
    let (file, into) = (scratch.join("zip"), scratch.join("in"));
    fs::write(&file, zip).unwrap();
    fs::create_dir(&into).unwrap();
    let mut told = vec![];
    let unpacked = unpack(&file, "", &into, LIMITS, &mut |done, total| {
        told.push((done, total));
        ControlFlow::Continue(())
    });
    let mut names: Vec<_> = fs::read_dir(scratch).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["in", "zip"], "something was written outside");
    let mut written = Found::new();
    collect(&into, "", &mut written);
    fs::remove_dir_all(&into).unwrap();
    fs::remove_file(&file).unwrap();
    assert!(written.len() <= LIMITS.count && written.values().map(|bytes| bytes.len() as u64).sum::<u64>() <= LIMITS.total_bytes);
    let refused = match (inspect(zip, LIMITS), unpacked) {
        (Ok(read), Ok(unpacked)) => {
            assert_eq!(read, unpacked);
            assert_eq!((read.files, read.bytes), (written.len(), written.values().map(|bytes| bytes.len() as u64).sum()));
            assert!(told.iter().copied().eq((0..=read.files).map(|done| (done, read.files))), "{told:?}");
            agree(zip, &written);
            None
        }
        (Err(read), Err(unpacked)) => {
            for error in [&read, &unpacked] {
                assert!(matches!(error, UnpackError::Broken(_) | UnpackError::Refused(_)), "{error:?}");
                assert!(error.to_string().len() < 20_000, "a reason of {} bytes", error.to_string().len());
            }
            Some([read, unpacked])
        }
        (read, unpacked) => panic!("read: {read:?}; unpacked: {unpacked:?}"),
    };
    Verdict { written, refused }
}

/// Files and folders only.
fn collect(folder: &Path, prefix: &str, into: &mut Found) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let (kind, path) = (entry.file_type().unwrap(), format!("{prefix}{}", entry.file_name().to_str().unwrap()));
        match kind.is_dir() {
            true => collect(&entry.path(), &format!("{path}/"), into),
            false => {
                assert!(kind.is_file(), "{path} is {kind:?}");
                into.insert(path, fs::read(entry.path()).unwrap());
            }
        }
    }
}

/// What the guard lets through means the same to another reader, when that one can read it.
fn agree(zip: &[u8], written: &Found) {
    let Ok(mut archive) = zip::ZipArchive::new(Cursor::new(zip)) else { return };
    let mut files = 0;
    for index in 0..archive.len() {
        let Ok(mut entry) = archive.by_index(index) else { return };
        let name = String::from_utf8(entry.name_raw().to_vec()).unwrap();
        if name.ends_with('/') {
            continue;
        }
        files += 1;
        let mut content = vec![];
        // one byte more than is said, not a bomb's worth
        if entry.by_ref().take(LIMITS.total_bytes + 1).read_to_end(&mut content).is_ok() {
            assert!(written.get(&name) == Some(&content), "{name:?} has other content for another reader");
        }
    }
    assert_eq!(files, written.len(), "another reader sees other files");
}

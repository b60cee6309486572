//! What unpacking does besides checking: it tells of each file, stops when it is told to, and keeps to its folder.

use super::build::{Part, archive};
use super::verdict::LIMITS;
use buildcast::service::unpack::{Contents, UnpackError, unpack};
use std::fs;
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::os::unix::fs::symlink;

fn on_disk(parts: &[Part]) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(&archive(parts)).unwrap();
    file
}

const ON: ControlFlow<()> = ControlFlow::Continue(());

#[test]
fn a_stop_ends_it_and_nothing_is_told_after_it() {
    let parts: Vec<Part> = (0..100).map(|n| Part::deflated(format!("{}/{n}", n % 7), b"content")).collect();
    let zip = on_disk(&parts);
    for stop_at in [0, 1, 3, 100] {
        let (into, mut told) = (tempfile::tempdir().unwrap(), vec![]);
        let error = unpack(zip.path(), "", into.path(), LIMITS, &mut |done, total| {
            told.push((done, total));
            if done == stop_at { ControlFlow::Break(()) } else { ON }
        });
        assert!(matches!(error, Err(UnpackError::Stopped)), "{error:?}");
        assert_eq!(told, (0..=stop_at).map(|done| (done, 100)).collect::<Vec<_>>());
        assert!(stop_at > 0 || fs::read_dir(into.path()).unwrap().next().is_none());
    }
}

#[test]
fn what_is_there_already_is_neither_followed_nor_written_over() {
    let zip = on_disk(&[Part::stored("a/b", b"evil")]);
    let (folder, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fs::write(outside.path().join("b"), "kept").unwrap();
    for (link, target) in [("a", ""), ("a/b", "b")] {
        let into = folder.path().join(link.replace('/', "-"));
        fs::create_dir(&into).unwrap();
        if link == "a/b" {
            fs::create_dir(into.join("a")).unwrap();
        }
        symlink(outside.path().join(target), into.join(link)).unwrap();
        let error = unpack(zip.path(), "", &into, LIMITS, &mut |_, _| ON);
        assert!(matches!(&error, Err(UnpackError::Io(error)) if error.kind() == io::ErrorKind::AlreadyExists), "{error:?}");
        assert_eq!(fs::read(outside.path().join("b")).unwrap(), b"kept");
    }
}

#[test]
fn a_prefix_is_taken_off_and_other_entries_stay_away() {
    // what a build made may have names that no source may have
    let zip = on_disk(&[Part::stored("source/a/b", b"x"), Part::stored("output/aux", b"y"), Part::stored("output/AUX", b"y")]);
    let into = tempfile::tempdir().unwrap();
    assert_eq!(unpack(zip.path(), "source/", into.path(), LIMITS, &mut |_, _| ON).unwrap(), Contents { files: 1, bytes: 1 });
    assert!(into.path().join("a/b").exists() && fs::read_dir(into.path()).unwrap().count() == 1);
    let error = unpack(zip.path(), "none/", into.path(), LIMITS, &mut |_, _| ON).unwrap_err().to_string();
    assert_eq!(error, "there is no file");
}

//! Archives that mean harm, and those that only look unusual.

mod build;
mod extraction;
mod hostile;
mod shape;
mod verdict;

use build::{End, FOLDER, Part, archive, extra, open_ended};
use buildcast::domain::files::FILE_LIMITS;
use buildcast::service::unpack::{ReadAt, inspect, unpack};
use proptest::prelude::*;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::atomic::{AtomicU64, Ordering};
use verdict::judge;

#[test]
fn hostile_archives_are_refused_whole_with_a_reason_that_names_the_entry() {
    let scratch = tempfile::tempdir().unwrap();
    for case in [hostile::names(), hostile::kinds(), hostile::layouts(), hostile::sizes()].into_iter().flatten() {
        let verdict = judge(&case.zip, scratch.path());
        for error in verdict.refused.unwrap_or_else(|| panic!("{} {}: let through", case.names, case.says)) {
            let reason = error.to_string();
            assert!(reason.contains(case.says) && reason.contains(case.names), "{} {}: {reason}", case.names, case.says);
        }
        assert!(!case.before_writing || verdict.written.is_empty(), "{} {}: {:?}", case.names, case.says, verdict.written.keys());
    }
}

#[test]
fn an_archive_that_is_cut_anywhere_is_refused() {
    let scratch = tempfile::tempdir().unwrap();
    let (open, end) = open_ended(&[Part::stored("a", b"x"), Part::deflated("b/c", &[b'y'; 50]).described(16)]);
    for whole in [[open.clone(), end.small(b"comment")].concat(), [open.clone(), end.large(open.len() as u64), end.small(b"")].concat()] {
        assert!(judge(&whole, scratch.path()).refused.is_none());
        for length in 0..whole.len() {
            assert!(judge(&whole[..length], scratch.path()).refused.is_some(), "cut at {length}");
        }
    }
}

#[test]
fn no_changed_byte_gives_other_files() {
    let scratch = tempfile::tempdir().unwrap();
    let whole = archive(&[Part::stored("a", b"x"), Part::deflated("b/c", &[b'y'; 50]).described(16), Part::stored("d", b"z")]);
    let honest = judge(&whole, scratch.path()).written;
    assert_eq!(honest.len(), 3);
    for at in 0..whole.len() {
        for change in [1, 0x20, 0x80, 0xff] {
            let mut changed = whole.clone();
            changed[at] ^= change;
            let verdict = judge(&changed, scratch.path());
            assert!(verdict.refused.is_some() || verdict.written == honest, "byte {at}: {:?}", verdict.written);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn whatever_lies_are_combined_no_promise_is_broken(dice in proptest::collection::vec(any::<u8>(), 0..200)) {
        let scratch = tempfile::tempdir().unwrap();
        judge(&shape::shaped(&dice), scratch.path());
    }
}

#[test]
fn unusual_archives_are_read() {
    let scratch = tempfile::tempdir().unwrap();
    let text = [b'z'; 3000];
    let wide = |p: &mut Part| {
        let [size, packed] = [p.told.bytes, p.told.packed_bytes].map(|n| u64::from(n).to_le_bytes());
        p.extra = extra(1, &[size, packed].concat());
        p.own_extra = p.extra.clone();
        (p.told.bytes, p.told.packed_bytes, p.own.bytes, p.own.packed_bytes) = (u32::MAX, u32::MAX, u32::MAX, u32::MAX);
    };
    let parts = [
        Part::stored("folder/", b"").but(|p| p.attributes = FOLDER),
        Part::deflated("empty folder/", b"").but(|p| p.attributes = 0x10),
        Part::stored("folder/empty", b""),
        Part::deflated("folder/described 12", &text).described(12),
        Part::deflated("folder/described 16", &text).described(16),
        Part::stored("described 20", &text).described(20),
        Part::deflated("described 24", &text).described(24),
        Part::deflated("wide", &text).but(wide),
        Part::deflated("m\u{fc}nchen", &text).but(|p| p.extra = extra(0x7075, &[b"\x01\0\0\0\0", "m\u{fc}nchen".as_bytes()].concat())),
        Part::stored("no mode", &text).but(|p| p.attributes = 0x20),
        Part::stored("times", &text).but(|p| (p.extra, p.own_extra, p.comment) = (extra(0x5455, &[1; 5]), extra(0x5455, &[3; 9]), b"remark".to_vec())),
    ];
    let (open, end) = open_ended(&parts);
    let large = [open.clone(), end.large(open.len() as u64), End { entries: u64::MAX, size: u64::MAX, start: u64::MAX }.small(b"")].concat();
    for zip in [[open, end.small(&[b'c'; 65_535])].concat(), large] {
        let verdict = judge(&zip, scratch.path());
        assert!(verdict.refused.is_none(), "{:?}", verdict.refused);
        assert_eq!(verdict.written.len(), 9);
        assert!(verdict.written.iter().all(|(name, content)| content == if name.ends_with("empty") { &[][..] } else { &text[..] }));
    }
}

/// A long file that is nothing but an end, and how much of it was read.
struct Counted {
    length: u64,
    end: Vec<u8>,
    read: AtomicU64,
}

impl ReadAt for Counted {
    fn byte_count(&self) -> io::Result<u64> {
        Ok(self.length)
    }

    fn fill(&self, buffer: &mut [u8], at: u64) -> io::Result<()> {
        self.read.fetch_add(buffer.len() as u64, Ordering::Relaxed);
        buffer.fill(0);
        let end_at = self.length - self.end.len() as u64;
        (0..).zip(buffer).filter(|(n, _)| at + n >= end_at).for_each(|(n, byte)| *byte = self.end[(at + n - end_at) as usize]);
        Ok(())
    }
}

#[test]
fn a_million_entries_are_refused_before_their_directory_is_read() {
    let (length, directory) = (120_000_000, 60_000_000);
    let tell = |entries, size| {
        let (large_at, numbers) = (length - 98, End { entries, size, start: length - 98 - size });
        let end = [numbers.large(large_at), End { entries: u64::MAX, size: u64::MAX, start: u64::MAX }.small(b"")].concat();
        assert_eq!(end.len(), 98);
        end
    };
    for (end, says) in [
        (tell(1_000_000, directory), "1000000 entries are more than 60000"),
        (tell(60_000, directory), "a directory of 60000000 bytes is too much for 60000 entries"),
        (tell(1, directory), "a directory of 60000000 bytes is too much for 1 entries"),
    ] {
        let zip = Counted { length, end, read: AtomicU64::new(0) };
        let error = inspect(&zip, FILE_LIMITS).unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
        assert!(zip.read.load(Ordering::Relaxed) < 70_000, "{} bytes were read", zip.read.load(Ordering::Relaxed));
        // as a file, too, which has holes
        let (file, into) = (tempfile::NamedTempFile::new().unwrap(), tempfile::tempdir().unwrap());
        file.as_file().set_len(length).unwrap();
        file.as_file().write_all_at(&zip.end, length - 98).unwrap();
        let error = unpack(file.path(), "", into.path(), FILE_LIMITS, &mut |_, _| panic!("it is told of")).unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
    }
}

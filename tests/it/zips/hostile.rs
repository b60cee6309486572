//! The corpus of hostile archives, each with words of the reason that it must be refused with.

use super::build::{End, FILE, FOLDER, LINK, Part, archive, extra, open_ended};

/// An archive, what its refusal must say, and whether that is found before anything is written.
pub struct Case {
    pub says: &'static str,
    pub names: &'static str,
    pub zip: Vec<u8>,
    pub before_writing: bool,
}

fn case(says: &'static str, names: &'static str, zip: Vec<u8>) -> Case {
    Case { says, names, zip, before_writing: true }
}

fn named(name: impl AsRef<[u8]>) -> Vec<u8> {
    archive(&[Part::stored("fine.html", b"fine"), Part::stored(name, b"x")])
}

fn beside(part: Part) -> Vec<u8> {
    archive(&[Part::stored("fine.html", b"fine"), part])
}

/// Names that lead elsewhere, or that not every reader takes for the same.
pub fn names() -> Vec<Case> {
    let long = "n".repeat(usize::from(u16::MAX));
    vec![
        case("leaves the project", "a/../../evil", named("a/../../evil")),
        case("leaves the project", "../evil/", beside(folder("../evil/"))),
        case("is absolute", "/etc/evil", named("/etc/evil")),
        case("is absolute", "//host/evil", named("//host/evil")),
        case("is absolute", "C:evil", named("C:evil")),
        case("is absolute", "c:/evil", named("c:/evil")),
        case("backslash", "..\\\\evil", named("..\\evil")),
        case("backslash", "C\\\\evil", named("C\\evil")),
        case("empty or '.' part", "a//b", named("a//b")),
        case("empty or '.' part", "./a", named("./a")),
        case("is empty", "\"\"", named("")),
        case("is absolute", "/", beside(folder("/"))),
        case("control character", "a\\0b", named("a\0b")),
        case("control character", "a\\u{1b}[2J", named("a\x1b[2J")),
        case("control character", "a\\nb", named("a\nb")),
        case("not UTF-8", "a\u{fffd}", named(b"a\xff")),
        case("device's name", "sub/NUL.txt", named("sub/NUL.txt")),
        case("inside .git", ".GIT/hooks/post-checkout", named(".GIT/hooks/post-checkout")),
        case("longer than 512 bytes", "nnnn", named(long)),
        case("deeper than 32 folders", "d/d/d/", named("d/".repeat(40) + "f")),
        case("longer than 255 bytes", "nnnn", named("n".repeat(300))),
        case("stands in it twice", "fine.html", named("fine.html")),
        case("stands in it twice", "d/", archive(&[folder("d/"), folder("d/"), Part::stored("f", b"x")])),
        case("stands for the same file", "FINE.html", named("FINE.html")),
        case("stands for the same file", "caf", archive(&[Part::stored("caf\u{e9}", b"1"), Part::stored("cafe\u{301}", b"2")])),
        case("stands for the same file", "STRASSE", archive(&[Part::stored("stra\u{df}e", b"1"), Part::stored("STRASSE", b"2")])),
        case("both a file and a folder", "fine.html", named("fine.html/b")),
        case("both a file and a folder", "FINE.html", archive(&[Part::stored("FINE.html", b"1"), Part::stored("fine.html/b", b"2")])),
        case("stands in it twice", "fine.html/", beside(folder("fine.html/"))),
        case("another name in its own header", "fine.txt", beside(Part::stored("fine.txt", b"x").but(|p| p.own_name = b"evil.txt".to_vec()))),
        case("another name in an extra field", "fine.txt", beside(Part::stored("fine.txt", b"x").but(|p| p.extra = renaming()))),
        case("another name or kind in its own header", "fine.txt", beside(Part::stored("fine.txt", b"x").but(|p| p.own_extra = renaming()))),
    ]
}

fn folder(name: &str) -> Part {
    Part::stored(name, b"").but(|p| p.attributes = FOLDER)
}

fn renaming() -> Vec<u8> {
    extra(0x7075, b"\x01\0\0\0\0../evil")
}

/// Entries that are no plain files.
pub fn kinds() -> Vec<Case> {
    let of = |attributes: u32| beside(Part::stored("it", b"/etc/passwd").but(|p| p.attributes = attributes));
    let asi = extra(0x756e, &[&[0; 4][..], &0o120_777_u16.to_le_bytes(), &[0; 8], b"/etc/passwd"].concat());
    vec![
        case("a link or a special file", "it", of(LINK)),
        case("a link or a special file", "it", of(0o020_666 << 16)),
        case("a link or a special file", "it", of(0o060_666 << 16)),
        case("a link or a special file", "it", of(0o010_666 << 16)),
        case("a link or a special file", "it", of(0o140_666 << 16)),
        case("a link or a special file", "it", beside(Part::stored("it", b"x").but(|p| p.extra = asi.clone()))),
        case("a link or a special file", "d/", beside(folder("d/").but(|p| p.attributes = LINK))),
        // a file below a link: the classic way out
        case("a link or a special file", "it", archive(&[Part::stored("it", b"/tmp").but(|p| p.attributes = LINK), Part::stored("it/evil", b"x")])),
        case("both a file and a folder", "it", of(FOLDER)),
        case("both a file and a folder", "it", of(0x10)),
        case("both a file and a folder", "d/", beside(folder("d/").but(|p| p.attributes = FILE))),
        case("a folder with content", "d/", beside(Part::stored("d/", b"hidden").but(|p| p.attributes = FOLDER))),
        case("is encrypted", "it", beside(Part::stored("it", b"x").but(|p| (p.flags, p.own_flags) = (1, 1)))),
        case("is encrypted", "it", beside(Part::stored("it", b"x").but(|p| (p.flags, p.own_flags) = (0x41, 0x41)))),
        case("another way of packing", "it", beside(Part::stored("it", b"x").but(|p| p.own_flags = 1))),
        case("another way of packing", "it", beside(Part::stored("it", b"x").but(|p| p.own_method = 8))),
        case("packed in a way that is not read", "it", beside(Part::stored("it", b"x").but(|p| (p.method, p.own_method) = (12, 12)))),
        case("packed in a way that is not read", "it", beside(Part::stored("it", b"x").but(|p| (p.method, p.own_method) = (99, 99)))),
        case("extra fields that can't be read", "it", beside(Part::stored("it", b"x").but(|p| p.extra = vec![1, 0, 200, 0, 7]))),
        case("extra fields that can't be read", "it", beside(Part::stored("it", b"x").but(|p| p.extra = [extra(1, &[0; 8]), extra(1, &[0; 8])].concat()))),
        case("extra fields that can't be read", "it", beside(Part::stored("it", b"x").but(|p| p.told.bytes = u32::MAX))),
        case("another extra field", "it", beside(Part::stored("it", b"x").but(|p| p.own_extra = vec![0; 3]))),
    ]
}

/// Archives whose parts do not lie one after the other.
pub fn layouts() -> Vec<Case> {
    let inner = Part::stored("inner", b"x");
    let quoting = Part::stored("outer", &inner.body());
    let quoted = inner.clone().but(|p| (p.listed_only, p.header) = (true, Some(35)));
    let twin = Part::stored("twin", b"0123456789");
    let fine = [Part::stored("fine", b"x"), Part::deflated("more", &[b'y'; 100])];
    let whole = archive(&fine);
    let (open, end) = open_ended(&fine);
    let hidden = inner.clone().but(|p| (p.header, p.after) = (Some(0), twin.body()));
    let (first, first_end) = open_ended(&[Part::stored("first", b"x")]);
    let (shifted, shifted_end) = open_ended(&[inner.clone().but(|p| p.header = Some(7))]);
    let second_at = first.len() + 22;
    let second = End { start: second_at as u64, ..first_end };
    let comment = [&first[first_end.start as usize..], &second.small(b"")].concat();
    vec![
        case("overlap", "twin", archive(&[twin.clone(), twin.clone().but(|p| (p.name, p.listed_only, p.header) = (b"other".to_vec(), true, Some(0)))])),
        case("overlap", "outer", archive(&[quoting, quoted])),
        case("overlap", "the directory", beside(Part::stored("it", &[0; 50]).but(|p| p.packed.truncate(1)))),
        case("no part of it and no other entry", "inner", archive(&[hidden])),
        case("bytes before the first entry", "", [b"garbage".to_vec(), shifted, End { start: shifted_end.start + 7, ..shifted_end }.small(b"")].concat()),
        case("no header of its own", "inner", archive(&[inner.clone().but(|p| p.listed_only = true)])),
        case("is not where its end record says", "", [b"garbage".to_vec(), whole.clone()].concat()),
        case("does not end with its end record", "", [whole.clone(), b"garbage".to_vec()].concat()),
        case("is not where its end record says", "", [whole.clone(), whole.clone()].concat()),
        case("is not where its end record says", "", [open.clone(), b"between".to_vec(), end.small(b"")].concat()),
        // an end record in the comment: of nothing, and of another directory that lies there, too
        case("is not where its end record says", "", [open.clone(), end.small(&[b"PK\x05\x06".to_vec(), vec![0; 18]].concat())].concat()),
        case("no part of it", "first", [first.clone(), first_end.small(&comment)].concat()),
        case("does not end with its end record", "", [open.clone(), end.small(b"a comment: PK\x05\x06")].concat()),
        case("there is no file", "", End { entries: 0, size: 0, start: 0 }.small(b"")),
        case("there is no file", "", archive(&[folder("d/")])),
        case("no end record", "", vec![]),
        case("no end record", "", b"not a zip".to_vec()),
        case("no end record", "", vec![0; 100_000]),
    ]
}

/// Sizes and counts that are lies, or too large.
pub fn sizes() -> Vec<Case> {
    let late = |says, names, zip| Case { says, names, zip, before_writing: false };
    let told = |bytes: u32| beside(Part::deflated("it", &[b'z'; 1000]).but(|p| (p.told.bytes, p.own.bytes) = (bytes, bytes)));
    let zeros = |name: &str, mib: usize| Part::deflated(name, &vec![0; mib << 20]);
    let many: Vec<Part> = (0..301).map(|n| Part::stored(format!("{n}"), b"")).collect();
    let files: Vec<Part> = (0..101).map(|n| Part::stored(format!("{n}"), b"")).collect();
    let all: Vec<Part> = (0..7).map(|n| zeros(&format!("{n}"), 1)).collect();
    let wide: Vec<Part> = files[..10].iter().map(|part| part.clone().but(|p| p.comment = vec![b'c'; 65_535])).collect();
    let (open, end) = open_ended(&files[..50]);
    let at = open.len() as u64;
    let large = |numbers: End, at: u64| [open.clone(), numbers.large(at), End { entries: u64::MAX, size: u64::MAX, start: u64::MAX }.small(b"")].concat();
    vec![
        late("not as large as it says", "it", told(999)),
        late("not as large as it says", "it", told(1001)),
        late("not as large as it says", "it", told(0)),
        late("not deflated", "it", beside(Part::deflated("it", b"x").but(|p| p.packed[0] = 7))),
        late("another checksum", "it", beside(Part::stored("it", b"x").but(|p| (p.told.crc, p.own.crc) = (1, 1)))),
        late("not as large as it says", "it", beside(Part::deflated("it", b"x").but(padded))),
        case("another size or checksum", "it", beside(Part::deflated("it", b"x").but(|p| p.own.bytes = 2))),
        case("another size or checksum", "it", beside(Part::deflated("it", b"x").but(|p| p.own.packed_bytes = 1))),
        case("another size or checksum", "it", beside(Part::deflated("it", b"x").but(|p| p.own.crc = 0))),
        case("not as large as it says", "it", beside(Part::stored("it", b"xy").but(|p| (p.told.bytes, p.own.bytes) = (1, 1)))),
        case("no part of it", "it", beside(Part::deflated("it", b"x").described(16).but(|p| p.after[8] ^= 1))),
        case("no part of it", "it", beside(Part::deflated("it", b"x").described(24).but(|p| p.after[4] ^= 1))),
        case("no part of it", "it", beside(Part::deflated("it", b"x").described(12).but(|p| p.after.clear()))),
        case("expands more than 200 times", "bomb", beside(zeros("bomb", 3))),
        case("more than 4194304", "large", beside(Part::stored("large", &vec![1; 5 << 20]))),
        case("7340032 bytes in all are more than 6291456", "", archive(&all)),
        case("301 entries are more than 300", "", archive(&many)),
        case("101 files are more than 100", "", archive(&files)),
        case("goes on after 1 entries", "", [open.clone(), End { entries: 1, ..end }.small(b"")].concat()),
        case("is cut off", "", [open.clone(), End { entries: 51, ..end }.small(b"")].concat()),
        case("18446744073709551615 entries", "", large(End { entries: u64::MAX, ..end }, at)),
        case("is not where its end record says", "", large(End { size: u64::MAX, ..end }, at)),
        case("is not where its end record says", "", large(End { start: u64::MAX, ..end }, at)),
        case("64-bit end record is not where it says", "", large(end, u64::MAX)),
        case("64-bit end record is not where it says", "", large(end, at - 1)),
        case("do not agree", "", [open.clone(), End { entries: 49, ..end }.large(at), end.small(b"")].concat()),
        case("is too much for 10 entries", "", archive(&wide)),
    ]
}

/// Content that goes on after the end of its deflate stream.
fn padded(part: &mut Part) {
    part.packed.extend(b"hidden");
    (part.told.packed_bytes, part.own.packed_bytes) = (part.packed.len() as u32, part.packed.len() as u32);
}

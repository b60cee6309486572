//! A project's files as a request brings them: which paths, counts and sizes are allowed. Checked before anything is
//! written.

use std::collections::{BTreeMap, HashMap, HashSet};
use unicode_normalization::UnicodeNormalization;

/// Limits of a project's sources.
#[derive(Debug, Clone, Copy)]
pub struct FileLimits {
    /// Files at most.
    pub count: usize,
    /// Bytes of one file at most.
    pub file_bytes: u64,
    /// Bytes of all files at most.
    pub total_bytes: u64,
    /// Times its packed size that a file of more than a MiB may have at most, in a zip that somebody else packed.
    pub ratio: u64,
}

/// What a project may hold unless it is set otherwise.
pub const FILE_LIMITS: FileLimits = FileLimits { count: 20_000, file_bytes: 64 << 20, total_bytes: 512 << 20, ratio: 200 };

/// Limits of a zip that was checked or packed here: text may well shrink a thousand times.
pub const CHECKED_LIMITS: FileLimits = FileLimits { ratio: u64::MAX, ..FILE_LIMITS };

/// The longest path, in bytes, and the most folders in it.
const PATH_MAX_BYTES: usize = 512;
const PATH_MAX_DEPTH: usize = 32;
/// Offending paths named in one answer.
const NAMED_AT_MOST: usize = 20;
/// Characters of a path in a message at most.
const SHOWN_CHARS: usize = 100;

/// A project's files by path.
pub type Files = BTreeMap<String, Vec<u8>>;

/// Why a path can't be in a project.
pub fn path_fault(path: &str) -> Option<&'static str> {
    if path.is_empty() {
        return Some("is empty");
    }
    if path.len() > PATH_MAX_BYTES {
        return Some("is longer than 512 bytes");
    }
    if path.starts_with('/') || path.as_bytes().get(1) == Some(&b':') {
        return Some("is absolute");
    }
    if path.contains('\\') {
        return Some("has a backslash");
    }
    if path.chars().any(char::is_control) {
        return Some("has a control character");
    }
    let parts: Vec<&str> = path.split('/').collect();
    if parts.len() > PATH_MAX_DEPTH + 1 {
        return Some("is deeper than 32 folders");
    }
    if parts.contains(&"..") {
        return Some("leaves the project");
    }
    if parts.iter().any(|part| part.is_empty() || *part == ".") {
        return Some("has an empty or '.' part");
    }
    if parts.iter().any(|part| part.len() > 255) {
        return Some("has a name longer than 255 bytes");
    }
    if parts.iter().any(|part| is_device(part)) {
        return Some("is a device's name on some systems");
    }
    if parts.iter().any(|part| part.eq_ignore_ascii_case(".git")) {
        return Some("is inside .git");
    }
    if parts.contains(&"node_modules") {
        return Some("is inside node_modules, which the build installs itself");
    }
    None
}

/// CON, PRN, AUX, NUL, COM1 to COM9 and LPT1 to LPT9, with or without an extension.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_ascii_uppercase();
    let numbered = |prefix: &str| stem.strip_prefix(prefix).is_some_and(|n| n.len() == 1 && matches!(n.as_bytes()[0], b'1'..=b'9'));
    ["CON", "PRN", "AUX", "NUL"].contains(&stem.as_str()) || numbered("COM") || numbered("LPT")
}

/// A path as a message shows it: escaped, and cut when it is long.
pub fn quoted(path: &str) -> String {
    match path.char_indices().nth(SHOWN_CHARS) {
        Some((end, _)) => format!("{:?}…", &path[..end]),
        None => format!("{path:?}"),
    }
}

/// The path as a file system sees it that tells neither cases apart nor how accents are put together.
fn folded(path: &str) -> String {
    if path.is_ascii() {
        return path.to_ascii_lowercase();
    }
    // upper case first: it is what makes SS of ß
    path.nfc().collect::<String>().to_uppercase().to_lowercase().nfc().collect()
}

/// All that is wrong with a set of paths: each offending one named, up to a number.
pub fn path_faults<'a>(paths: impl Iterator<Item = &'a str> + Clone) -> Vec<String> {
    let mut faults: Vec<String> = paths.clone().filter_map(|path| path_fault(path).map(|fault| format!("{} {fault}", quoted(path)))).collect();
    let all: Vec<(&str, String)> = paths.map(|path| (path, folded(path))).collect();
    let (mut folders, mut seen) = (HashSet::new(), HashMap::<&str, &str>::with_capacity(all.len()));
    for (path, folded) in &all {
        // from the deepest up, as far as they are new
        let _ = folded.rmatch_indices('/').all(|(at, _)| folders.insert(&folded[..at]));
        // there the later one would silently replace the earlier
        if let Some(twin) = seen.insert(folded, path) {
            faults.push(format!("{} stands for the same file as {}", quoted(path), quoted(twin)));
        }
    }
    let both = all.iter().filter(|(_, folded)| folders.contains(folded.as_str()));
    faults.extend(both.map(|(path, _)| format!("{} is both a file and a folder", quoted(path))));
    let more = faults.len().saturating_sub(NAMED_AT_MOST);
    faults.truncate(NAMED_AT_MOST);
    if more > 0 {
        faults.push(format!("and {more} more"));
    }
    faults
}

/// All that is wrong with a project's files.
pub fn file_faults(files: &Files, limits: FileLimits) -> Vec<String> {
    let mut faults = path_faults(files.keys().map(String::as_str));
    if files.is_empty() {
        faults.push("there is no file".into());
    }
    if files.len() > limits.count {
        faults.push(format!("{} files are more than {}", files.len(), limits.count));
    }
    let large = files.iter().filter(|(_, bytes)| bytes.len() as u64 > limits.file_bytes);
    faults.extend(large.take(NAMED_AT_MOST).map(|(path, bytes)| format!("{} has {} bytes, more than {}", quoted(path), bytes.len(), limits.file_bytes)));
    let total: u64 = files.values().map(|bytes| bytes.len() as u64).sum();
    if total > limits.total_bytes {
        faults.push(format!("{total} bytes in all are more than {}", limits.total_bytes));
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_paths_are_allowed() {
        // the last part is the file
        let deep = "d/".repeat(PATH_MAX_DEPTH);
        assert_eq!((path_fault(&format!("{deep}f")), path_fault(&format!("{deep}d/f"))), (None, Some("is deeper than 32 folders")));
        for path in ["index.html", "src/a b.ts", ".env.example", "a/b/c/d.txt", "münchen.txt", "..hidden"] {
            assert_eq!(path_fault(path), None, "{path}");
        }
    }

    #[test]
    fn paths_that_leave_the_project_or_play_tricks_are_not() {
        for path in [
            "",
            "/etc/passwd",
            "../x",
            "a/../x",
            "a//b",
            "a/./b",
            "a/",
            "C:x",
            "a\\b",
            "a\0b",
            "a\nb",
            ".git/config",
            "CON",
            "a/aux.txt",
            "Com1.js",
            "x/.GIT/hooks/a",
            "node_modules/x/y",
            &"a".repeat(600),
            &"a/".repeat(40),
        ] {
            assert!(path_fault(path).is_some(), "{path:?}");
        }
    }

    #[test]
    fn twins_and_files_that_are_folders_are_named() {
        let files: Files = [("a", "1"), ("A", "2"), ("b", "3"), ("B/c", "4")].into_iter().map(|(p, b)| (p.into(), b.into())).collect();
        let faults = file_faults(&files, FILE_LIMITS);
        assert_eq!(faults.len(), 2, "{faults:?}");
        assert!(file_faults(&Files::new(), FILE_LIMITS)[0].contains("no file"));
    }

    #[test]
    fn names_that_look_the_same_are_twins_however_their_accents_are_put_together() {
        for twins in [["caf\u{e9}.html", "cafe\u{301}.html"], ["\u{c9}", "e\u{301}"], ["stra\u{df}e", "STRASSE"], ["\u{212a}", "k"]] {
            let faults = path_faults(twins.into_iter());
            assert!(faults.len() == 1 && faults[0].contains("stands for the same file"), "{twins:?}: {faults:?}");
        }
        assert!(path_faults(["caf\u{e9}", "cafe"].into_iter()).is_empty());
    }

    #[test]
    fn a_long_path_is_cut_in_a_message() {
        let faults = path_faults([("\u{7}".repeat(70_000)).as_str()].into_iter());
        assert!(faults[0].len() < 1000 && faults[0].ends_with("is longer than 512 bytes"), "{faults:?}");
    }

    #[test]
    fn counts_and_bytes_are_limited() {
        let files: Files = (0..30).map(|n| (format!("../{n}"), vec![0; 10])).collect();
        let faults = file_faults(&files, FileLimits { count: 29, file_bytes: 9, total_bytes: 299, ratio: 200 });
        assert!(
            faults.iter().any(|f| f == "and 10 more") && faults.iter().any(|f| f.contains("30 files")) && faults.iter().any(|f| f.contains("300 bytes in all"))
        );
    }
}

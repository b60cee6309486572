//! A project's files as a request brings them: which paths, counts and sizes are allowed. Checked before anything is
//! written.

use std::collections::{BTreeMap, BTreeSet};

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
    if parts.len() > PATH_MAX_DEPTH {
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

/// All that is wrong with a set of paths: each offending one named, up to a number.
pub fn path_faults<'a>(paths: impl Iterator<Item = &'a str> + Clone) -> Vec<String> {
    let mut faults: Vec<String> = paths.clone().filter_map(|path| path_fault(path).map(|fault| format!("{path:?} {fault}"))).collect();
    let (mut folders, mut seen) = (BTreeSet::new(), BTreeMap::<String, &str>::new());
    for path in paths.clone() {
        folders.extend(path.match_indices('/').map(|(at, _)| path[..at].to_lowercase()));
        // on a file system that folds case the later one would silently replace the earlier
        if let Some(twin) = seen.insert(path.to_lowercase(), path) {
            faults.push(format!("{path:?} stands for the same file as {twin:?}"));
        }
    }
    faults.extend(paths.filter(|path| folders.contains(&path.to_lowercase())).map(|path| format!("{path:?} is both a file and a folder")));
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
    faults.extend(large.take(NAMED_AT_MOST).map(|(path, bytes)| format!("{path:?} has {} bytes, more than {}", bytes.len(), limits.file_bytes)));
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
    fn counts_and_bytes_are_limited() {
        let files: Files = (0..30).map(|n| (format!("../{n}"), vec![0; 10])).collect();
        let faults = file_faults(&files, FileLimits { count: 29, file_bytes: 9, total_bytes: 299, ratio: 200 });
        assert!(
            faults.iter().any(|f| f == "and 10 more") && faults.iter().any(|f| f.contains("30 files")) && faults.iter().any(|f| f.contains("300 bytes in all"))
        );
    }
}

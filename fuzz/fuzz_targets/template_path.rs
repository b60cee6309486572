//! `templateFiles` and their paths: what is accepted is what plain JSON says, and is written inside of its folder, each
//! file as another.

#![no_main]

use buildcast::api::template_files;
use buildcast::domain::files::{FILE_LIMITS, Files, file_faults, path_fault, path_faults};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use std::collections::HashSet;
use std::path::{Component, Path};

fuzz_target!(|input: &[u8]| {
    if let Some(files) = template_files(input) {
        decoded(&serde_json::from_slice(input).expect("accepted files are JSON"), &files);
        if file_faults(&files, FILE_LIMITS).is_empty() {
            together(&files.keys().map(String::as_str).collect::<Vec<_>>());
        }
    }
    let Ok(text) = std::str::from_utf8(input) else { return };
    text.split('\n').filter(|path| path_fault(path).is_none()).for_each(stays_inside);
    let paths: Vec<&str> = text.split('\n').collect();
    if path_faults(paths.iter().copied()).is_empty() {
        together(&paths);
    }
});

/// Every file that plain JSON names, and no other.
fn decoded(json: &Value, files: &Files) {
    let named: HashSet<&str> = match json {
        Value::Object(by_path) => by_path.keys().map(String::as_str).collect(),
        Value::Array(list) => list.iter().filter_map(|file| file.get("path")?.as_str()).collect(),
        other => panic!("{other}"),
    };
    assert_eq!(named, files.keys().map(String::as_str).collect());
    let Value::Object(by_path) = json else { return };
    for (path, content) in by_path {
        if let Value::String(text) = content {
            assert_eq!(files[path], text.as_bytes());
        }
    }
}

fn stays_inside(path: &str) {
    assert!(!path.contains(['\0', '\\', '\n', '\r']) && path.len() <= 512, "{path:?}");
    let mut depth = 0;
    for part in Path::new(path).components() {
        assert!(matches!(part, Component::Normal(_)), "{path:?}");
        depth += 1;
    }
    assert!(depth >= 1 && depth == path.split('/').count(), "{path:?}");
    let joined = Path::new("/folder").join(path);
    assert!(joined.starts_with("/folder") && joined != Path::new("/folder"), "{path:?}");
    assert!(!path.split('/').any(|part| part.eq_ignore_ascii_case(".git") || part == "node_modules" || part.len() > 255), "{path:?}");
}

/// None replaces another, on a file system that does not tell cases apart either, and none is another's folder.
fn together(paths: &[&str]) {
    let mut seen = HashSet::new();
    for path in paths {
        stays_inside(path);
        assert!(seen.insert(path.to_ascii_lowercase()), "{path:?} twice");
    }
    for path in paths {
        let lower = path.to_ascii_lowercase();
        assert!(lower.match_indices('/').all(|(at, _)| !seen.contains(&lower[..at])), "{path:?} lies in a file");
    }
}

//! Small sites that differ in every file, and folders to compare them with.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;

/// Files by path.
pub type Tree = BTreeMap<String, String>;

/// A site of so many files that all hold a word.
pub fn of(word: &str, files: usize) -> Tree {
    let page = format!("<!doctype html><html lang=en><title>{word}</title><meta name=viewport content=x><h1>{word}</h1>");
    let others = (1..files).map(|at| (format!("a/{}/{word}-{at}.txt", at % 7), format!("{word} {at}\n").repeat(at % 50 + 1)));
    std::iter::once(("index.html".to_owned(), page)).chain(others).collect()
}

/// A start with these files.
pub fn project(project_id: Option<&str>, files: &Tree) -> Value {
    let mut start = json!({"userId": "u", "templateFiles": files});
    if let Some(id) = project_id {
        start["projectId"] = json!(id);
    }
    start
}

/// The files below a folder.
pub fn tree_of(folder: &Path) -> Tree {
    let files = buildcast::artifacts::pack::files_under(folder, &[]).unwrap_or_default();
    files.into_iter().map(|(path, file)| (path, std::fs::read_to_string(file).unwrap())).collect()
}

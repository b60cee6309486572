//! What leaves this server: the instruction, the request, and the project's files as far as they may be shown.

use crate::domain::generation::hidden::{holds_secret, is_hidden};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The instruction: the same for every project.
const SYSTEM: &str = include_str!("system.txt");
/// Bytes of all contents at most, and of one.
const CONTENTS_MAX_BYTES: usize = 200 << 10;
const CONTENT_MAX_BYTES: usize = 64 << 10;
/// Files listed at most, and bytes of their paths.
const LISTED_MAX: usize = 2000;
const PATHS_MAX_BYTES: usize = 64 << 10;
/// What is shown first: what a project is made of.
const FIRST: &[&str] = &["package.json", "index.html"];
/// What nobody reads.
const UNREAD: &[&str] = &["package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "yarn.lock", "bun.lock", "bun.lockb"];

/// A request to a provider.
#[derive(Debug, Clone)]
pub(in crate::engine) struct Request {
    /// The instruction.
    pub system: &'static str,
    /// The owner's words and the project, as one JSON object: neither can pass for the other.
    pub user: String,
}

impl Request {
    /// Puts a request together. Blocks on the disk.
    pub fn new(prompt: &str, files: &BTreeMap<String, PathBuf>) -> Self {
        let mut shown: Vec<(&String, &PathBuf)> = files.iter().filter(|(path, _)| !is_hidden(path)).collect();
        let rank = |path: &str| FIRST.iter().position(|first| *first == path).unwrap_or(FIRST.len());
        shown.sort_by_key(|(path, _)| (rank(path), path.split('/').count()));
        let (mut listed, mut paths, mut room) = (Vec::new(), 0, CONTENTS_MAX_BYTES);
        for (path, file) in &shown {
            paths += path.len();
            if listed.len() == LISTED_MAX || paths > PATHS_MAX_BYTES {
                break;
            }
            listed.push(entry(path, file, &mut room));
        }
        let user = json!({ "request": prompt, "filesNotListed": shown.len() - listed.len(), "files": listed });
        Self { system: SYSTEM, user: user.to_string() }
    }
}

/// A file as it is shown, with its content while there is room.
fn entry(path: &str, file: &Path, room: &mut usize) -> Value {
    let bytes = file.metadata().map_or(0, |meta| meta.len());
    match content(path, file, bytes, *room) {
        Ok(content) => {
            *room -= content.len();
            json!({ "path": path, "bytes": bytes, "content": content })
        }
        Err(omitted) => json!({ "path": path, "bytes": bytes, "omitted": omitted }),
    }
}

fn content(path: &str, file: &Path, bytes: u64, room: usize) -> Result<String, &'static str> {
    if UNREAD.contains(&path.rsplit('/').next().unwrap_or_default()) {
        return Err("lock file");
    }
    if bytes > CONTENT_MAX_BYTES as u64 {
        return Err("too large");
    }
    if bytes > room as u64 {
        return Err("no room");
    }
    let text = std::fs::read(file).ok().and_then(|bytes| String::from_utf8(bytes).ok()).filter(|text| !text.contains('\0')).ok_or("not text")?;
    if holds_secret(&text) { Err("looks like it holds a secret") } else { Ok(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(files: &[(&str, &[u8])]) -> Value {
        let folder = tempfile::tempdir().unwrap();
        let write = |(n, (path, bytes)): (usize, &(&str, &[u8]))| {
            let file = folder.path().join(n.to_string());
            std::fs::write(&file, bytes).unwrap();
            ((*path).to_owned(), file)
        };
        let files = files.iter().enumerate().map(write).collect();
        serde_json::from_str(&Request::new("make it \"blue\"", &files).user).unwrap()
    }

    #[test]
    fn the_manifest_and_the_page_come_first_and_secrets_not_at_all() {
        let token = format!("const key = '{}{}'", "sk-ant-", "x".repeat(30));
        let user = request(&[
            (".env", b"SECRET=hunter2"),
            ("a/b/deep.txt", b"deep"),
            ("app.js", token.as_bytes()),
            ("index.html", b"<h1>"),
            ("logo.png", b"\x89PNG\0"),
            ("package-lock.json", b"{}"),
            ("package.json", b"{}"),
        ]);
        assert_eq!(user["request"], "make it \"blue\"");
        let files = user["files"].as_array().unwrap();
        let paths: Vec<&str> = files.iter().map(|f| f["path"].as_str().unwrap()).collect();
        assert_eq!(paths, ["package.json", "index.html", "app.js", "logo.png", "package-lock.json", "a/b/deep.txt"]);
        let omitted: Vec<&Value> = files.iter().map(|f| &f["omitted"]).collect();
        assert_eq!(omitted, [&Value::Null, &Value::Null, &json!("looks like it holds a secret"), &json!("not text"), &json!("lock file"), &Value::Null]);
        assert_eq!((&files[1]["content"], &files[1]["bytes"]), (&json!("<h1>"), &json!(4)));
        assert!(!user.to_string().contains("hunter2") && !user.to_string().contains("sk-ant-"));
    }

    #[test]
    fn what_is_sent_is_bounded() {
        let names: Vec<String> = (0..3000).map(|n| format!("{n:04}.txt")).collect();
        let large = vec![b'x'; 60_000];
        let files: Vec<(&str, &[u8])> =
            names.iter().enumerate().map(|(n, name)| (name.as_str(), if n < 5 { large.as_slice() } else { b"y".as_slice() })).collect();
        let user = request(&files);
        assert_eq!((user["files"].as_array().unwrap().len(), &user["filesNotListed"]), (2000, &json!(1000)));
        let sent: usize = user["files"].as_array().unwrap().iter().filter_map(|f| f["content"].as_str()).map(str::len).sum();
        assert!((180_000..=200 << 10).contains(&sent), "{sent}");
        assert_eq!(user["files"][3]["omitted"], "no room");
        assert_eq!(request(&[("big.css", &[b'x'; 70_000])])["files"][0]["omitted"], "too large");
    }
}

//! The walls of the house: each room only names the rooms that its row allows.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The table of docs/ARCHITECTURE.md.
const MAY_NAME: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("config", &["domain"]),
    ("store", &["domain"]),
    ("metrics", &[]),
    ("hub", &["domain", "metrics"]),
    ("artifacts", &["domain"]),
    ("fleet", &["domain", "metrics"]),
    ("service", &["domain", "store", "hub", "fleet", "artifacts", "metrics"]),
    ("playback", &["domain"]),
    ("engine", &["domain", "service"]),
    ("api", &["domain", "service"]),
];

/// Crates that belong to some rooms only.
const CRATES: &[(&str, &[&str])] = &[
    ("poem", &["api", "app.rs"]),
    ("poem_openapi", &["api"]),
    ("sqlx", &["store"]),
    ("tokio", &["hub", "fleet", "artifacts", "service", "engine", "playback", "api", "app.rs", "cli"]),
    ("object_store", &["artifacts"]),
    ("prometheus", &["metrics"]),
    ("redis", &["hub", "fleet"]),
    ("governor", &["fleet"]),
    ("reqwest", &["engine", "cli"]),
    ("rustls", &["artifacts", "engine", "cli"]),
    ("opentelemetry", &["cli"]),
    ("opentelemetry_http", &["cli"]),
    ("opentelemetry_otlp", &["cli"]),
    ("opentelemetry_sdk", &["cli"]),
    ("tracing_subscriber", &["cli"]),
];

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

/// The code of a file without its comments and its tests.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let before_tests = text.split("#[cfg(test)]").next().unwrap().to_owned();
    before_tests.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The first segment of each `crate::…` path, groups included.
fn named(source: &str) -> BTreeSet<String> {
    let flat: String = source.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut names = BTreeSet::new();
    for (at, _) in flat.match_indices("crate::") {
        let rest = flat[at + "crate::".len()..].trim_start();
        match rest.strip_prefix('{') {
            None => drop(names.insert(rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect())),
            Some(group) => {
                let (mut depth, mut word, mut first) = (0, String::new(), true);
                for c in group.chars() {
                    match c {
                        '{' => depth += 1,
                        '}' if depth == 0 => break,
                        '}' => depth -= 1,
                        ',' if depth == 0 => {
                            names.insert(std::mem::take(&mut word));
                            first = true;
                        }
                        ':' if depth == 0 => first = false,
                        c if depth == 0 && first && (c.is_alphanumeric() || c == '_') => word.push(c),
                        _ => {}
                    }
                }
                names.insert(word);
            }
        }
    }
    names
}

#[test]
fn rooms_only_name_the_rooms_that_their_row_allows() {
    let rooms: BTreeSet<&str> = MAY_NAME.iter().map(|(room, _)| *room).chain(["app", "cli", "node"]).collect();
    for (room, may) in MAY_NAME {
        let mut found = vec![];
        files(&Path::new("src").join(room), &mut found);
        assert!(!found.is_empty(), "src/{room} is gone: mend this table");
        for file in found {
            for name in named(&code(&file)) {
                let allowed = !rooms.contains(name.as_str()) || name == *room || may.contains(&name.as_str());
                assert!(allowed, "{}: {room} may not name {name}", file.display());
            }
        }
    }
}

#[test]
fn frameworks_stay_in_their_rooms() {
    let mut found = vec![];
    files(Path::new("src"), &mut found);
    for file in found {
        let place = file.strip_prefix("src").unwrap().iter().next().unwrap().to_str().unwrap().to_owned();
        let code = code(&file);
        for (name, rooms) in CRATES {
            let used = code.match_indices(&format!("{name}::")).any(|(at, _)| !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':'));
            assert!(!used || rooms.contains(&place.as_str()), "{}: {name} belongs to {rooms:?}", file.display());
        }
    }
}

#[test]
fn grouped_imports_are_seen() {
    let names = named("use crate::{domain::{a, b}, store}; use crate::hub::Hub; pub(crate) fn x() {}");
    assert_eq!(names, ["domain", "hub", "store"].map(String::from).into());
}

//! The review: generated files become a project's only if every one of them may. Nothing is mended, nothing left out.

use super::hidden::is_hidden;
use super::reply::Edit;
use crate::domain::files::{FileLimits, path_faults};
use crate::domain::framework::Manifest;
use std::collections::{BTreeMap, BTreeSet};

/// What package managers write; a generated one would be made up.
const LOCK_FILES: &[&str] = &["package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "yarn.lock", "bun.lock", "bun.lockb"];
const MANIFEST: &str = "package.json";
/// Faults named at most.
const NAMED_AT_MOST: usize = 20;

/// What passed the review.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reviewed {
    /// Files to write, with their content.
    pub writes: BTreeMap<String, String>,
    /// Files to remove.
    pub removals: BTreeSet<String>,
}

/// A project as it is before.
#[derive(Debug, Clone, Copy)]
pub struct Before<'a> {
    /// Its files with their bytes.
    pub sizes: &'a BTreeMap<String, u64>,
    /// Its manifest.
    pub manifest: Option<&'a Manifest>,
}

/// Reviews all of a reply: what to do, or everything that is wrong with it.
pub fn review(edits: Vec<Edit>, before: Before<'_>, limits: FileLimits) -> Result<Reviewed, Vec<String>> {
    let (mut reviewed, mut faults, mut seen) = (Reviewed::default(), Vec::new(), BTreeSet::new());
    for Edit { path, content } in edits {
        if !seen.insert(path.clone()) {
            faults.push(format!("{path:?} stands in it twice"));
        }
        match content {
            Some(content) => {
                faults.extend(write_fault(&path, &content, before).map(|fault| format!("{path:?} {fault}")));
                reviewed.writes.insert(path, content);
            }
            None if is_hidden(&path) => faults.push(format!("{path:?} is not shown, so it can't be removed")),
            None if before.sizes.contains_key(&path) => drop(reviewed.removals.insert(path)),
            None => {}
        }
    }
    match changed_manifest(&reviewed, before) {
        Ok(false) => {}
        // packages locked for another list of dependencies would stop the install
        Ok(true) => reviewed.removals.extend(LOCK_FILES.iter().filter(|lock| before.sizes.contains_key(**lock)).map(|lock| (*lock).to_owned())),
        Err(fault) => faults.push(fault),
    }
    faults.extend(merged_faults(&reviewed, before, limits));
    faults.truncate(NAMED_AT_MOST);
    if faults.is_empty() { Ok(reviewed) } else { Err(faults) }
}

fn write_fault(path: &str, content: &str, before: Before<'_>) -> Option<&'static str> {
    let name = path.rsplit('/').next().unwrap_or_default();
    if LOCK_FILES.contains(&name) {
        return Some("is a lock file, which only a package manager writes");
    }
    if is_hidden(path) && before.sizes.contains_key(path) {
        return Some("is not shown, so it can't be replaced");
    }
    // these two kinds may have comments
    let strict = name.ends_with(".json") && !name.starts_with("tsconfig") && !name.starts_with("jsconfig");
    (strict && serde_json::from_str::<serde::de::IgnoredAny>(content).is_err()).then_some("is not JSON")
}

/// Whether the manifest that is written asks for other packages.
fn changed_manifest(reviewed: &Reviewed, before: Before<'_>) -> Result<bool, String> {
    let Some(text) = reviewed.writes.get(MANIFEST) else { return Ok(false) };
    let object: Option<serde_json::Map<String, serde_json::Value>> = serde_json::from_str(text).ok();
    let after: Option<Manifest> = object.and_then(|object| serde_json::from_value(object.into()).ok());
    let after = after.ok_or_else(|| format!("{MANIFEST:?} is not a manifest"))?;
    let lists = |m: &Manifest| [m.dependencies.clone(), m.dev_dependencies.clone(), m.optional_dependencies.clone()];
    Ok(lists(&after) != before.manifest.map(lists).unwrap_or_default())
}

/// What is wrong with the project as it would be.
fn merged_faults(reviewed: &Reviewed, before: Before<'_>, limits: FileLimits) -> Vec<String> {
    let mut merged: BTreeMap<&str, u64> = before.sizes.iter().map(|(path, size)| (path.as_str(), *size)).collect();
    merged.retain(|path, _| !reviewed.removals.contains(*path));
    merged.extend(reviewed.writes.iter().map(|(path, content)| (path.as_str(), content.len() as u64)));
    let mut faults = path_faults(merged.keys().copied());
    if merged.is_empty() {
        faults.push("there would be no file left".into());
    }
    if merged.len() > limits.count {
        faults.push(format!("{} files would be more than {}", merged.len(), limits.count));
    }
    let large = reviewed.writes.iter().filter(|(_, content)| content.len() as u64 > limits.file_bytes);
    faults.extend(large.map(|(path, content)| format!("{path:?} has {} bytes, more than {}", content.len(), limits.file_bytes)));
    let total: u64 = merged.values().sum();
    if total > limits.total_bytes {
        faults.push(format!("{total} bytes in all would be more than {}", limits.total_bytes));
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::files::FILE_LIMITS;

    const MANIFEST_TEXT: &str = r#"{"scripts":{"build":"vite build"},"dependencies":{"vite":"8"}}"#;

    fn check(edits: &[(&str, Option<&str>)], limits: FileLimits) -> Result<Reviewed, Vec<String>> {
        let sizes = ["index.html", "package.json", "package-lock.json", ".env"].map(|path| (path.to_owned(), 10)).into();
        let manifest: Manifest = serde_json::from_str(MANIFEST_TEXT).unwrap();
        let edits = edits.iter().map(|(path, content)| Edit { path: (*path).into(), content: content.map(str::to_owned) }).collect();
        review(edits, Before { sizes: &sizes, manifest: Some(&manifest) }, limits)
    }

    #[test]
    fn plain_files_pass_and_removals_of_nothing_are_nothing() {
        let passed = check(
            &[("src/a.ts", Some("x")), ("data.json", Some("[1]")), ("index.html", None), ("gone", None), ("tsconfig.json", Some("{} // x"))],
            FILE_LIMITS,
        );
        let passed = passed.unwrap();
        assert_eq!(passed.writes.keys().collect::<Vec<_>>(), ["data.json", "src/a.ts", "tsconfig.json"]);
        assert_eq!(passed.removals.into_iter().collect::<Vec<_>>(), ["index.html"]);
    }

    #[test]
    fn one_bad_file_refuses_all() {
        for (path, content, why) in [
            ("../x", Some(""), "leaves the project"),
            ("/etc/passwd", Some(""), "absolute"),
            (".git/hooks/post-checkout", Some(""), ".git"),
            ("src/CON", Some(""), "device"),
            ("node_modules/x.js", Some(""), "node_modules"),
            ("a.json", Some("{oops"), "not JSON"),
            ("package.json", Some("[]"), "not a manifest"),
            ("package.json", Some(r#"{"scripts": 7}"#), "not a manifest"),
            ("web/yarn.lock", Some(""), "lock file"),
            (".env", Some("KEY="), "can't be replaced"),
            (".env", None, "can't be removed"),
            ("INDEX.html", Some(""), "stands for the same file"),
            ("index.html/x", Some(""), "both a file and a folder"),
            ("fine.txt", Some(""), "twice"),
        ] {
            let faults = check(&[("fine.txt", Some("x")), (path, content)], FILE_LIMITS).unwrap_err();
            assert!(faults.iter().any(|fault| fault.contains(why)), "{path}: {faults:?}");
        }
    }

    #[test]
    fn limits_hold_for_the_project_as_it_would_be() {
        let limits = FileLimits { count: 5, file_bytes: 5, total_bytes: 45, ratio: 1 };
        assert!(check(&[("a", Some("12345"))], limits).is_ok());
        assert!(check(&[("a", Some("123456"))], limits).unwrap_err()[0].contains("more than 5"));
        assert!(check(&[("a", Some("1")), ("b", Some("1"))], limits).unwrap_err()[0].contains("6 files"));
        assert!(
            check(&[("a", Some("1234")), ("b", Some("1234")), ("index.html", None)], FileLimits { total_bytes: 37, ..limits }).unwrap_err()[0]
                .contains("38 bytes")
        );
        let none = check(&[("index.html", None), ("package.json", None), ("package-lock.json", None)], limits).unwrap();
        assert_eq!(none.removals.len(), 3, "the hidden file is left");
    }

    #[test]
    fn a_lock_file_goes_with_the_dependencies_it_locks() {
        assert!(check(&[("package.json", Some(MANIFEST_TEXT))], FILE_LIMITS).unwrap().removals.is_empty());
        let more = r#"{"dependencies":{"vite":"8","react":"19"}}"#;
        assert!(check(&[("package.json", Some(more))], FILE_LIMITS).unwrap().removals.contains("package-lock.json"));
    }
}

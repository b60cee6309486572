//! How many packages an install left, as the package manager's own record says, or else as they stand there. All of it may
//! have been written by the project: only small plain files are read.

use crate::domain::lock_file;
use crate::domain::package_manager::PackageManager;
use std::collections::HashSet;
use std::path::Path;

/// The most bytes of a record that are read.
const RECORD_MAX_BYTES: u64 = 32 << 20;
/// Packages that are counted one by one.
const COUNTED_MAX: u64 = 100_000;

/// Packages below a project's folder; none where nothing tells.
pub(super) fn count(source: &Path, manager: PackageManager) -> Option<u64> {
    let modules = source.join("node_modules");
    let recorded = match manager {
        PackageManager::Npm => listed("package-lock.json", &modules.join(".package-lock.json")),
        PackageManager::Pnpm => listed("pnpm-lock.yaml", &modules.join(".pnpm/lock.yaml")),
        PackageManager::YarnClassic => resolved(&modules.join(".yarn-integrity")),
        PackageManager::YarnBerry => located(&modules.join(".yarn-state.yml")),
        PackageManager::Bun => None,
    };
    recorded.or_else(|| {
        let mut found = 0;
        count_in(&modules, &mut found);
        (found > 0).then_some(found)
    })
}

fn read(path: &Path) -> Option<Vec<u8>> {
    let meta = path.symlink_metadata().ok()?;
    if meta.is_file() && meta.len() <= RECORD_MAX_BYTES { std::fs::read(path).ok() } else { None }
}

/// npm and pnpm leave a lock file of what they installed.
fn listed(name: &str, path: &Path) -> Option<u64> {
    Some(lock_file::read(name, &read(path)?)?.packages.len() as u64)
}

/// Yarn 1.x names the archive of each range that it resolved.
fn resolved(path: &Path) -> Option<u64> {
    let json: serde_json::Value = serde_json::from_slice(&read(path)?).ok()?;
    let archives: HashSet<&str> = json["lockfileEntries"].as_object()?.values().filter_map(serde_json::Value::as_str).collect();
    Some(archives.len() as u64)
}

/// Yarn 2 and later has an entry for each package, and for the project's own.
fn located(path: &Path) -> Option<u64> {
    let text = String::from_utf8(read(path)?).ok()?;
    let entries = text.lines().filter(|line| line.starts_with('"') && line.ends_with(':') && !line.contains("@workspace:"));
    Some(entries.count() as u64)
}

/// Counts folders with a manifest in a `node_modules`, and in those of its packages.
fn count_in(modules: &Path, found: &mut u64) {
    for entry in std::fs::read_dir(modules).into_iter().flatten().flatten() {
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        let name = entry.file_name();
        if !is_folder || *found >= COUNTED_MAX || name.as_encoded_bytes().starts_with(b".") {
            continue;
        }
        if name.as_encoded_bytes().starts_with(b"@") {
            count_in(&entry.path(), found);
        } else if entry.path().join("package.json").is_file() {
            *found += 1;
            count_in(&entry.path().join("node_modules"), found);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(files: &[(&str, &str)], manager: PackageManager) -> Option<u64> {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        count(folder.path(), manager)
    }

    #[test]
    fn records_and_folders_are_counted() {
        let npm = r#"{"lockfileVersion":3,"packages":{"node_modules/a":{},"node_modules/b":{}}}"#;
        assert_eq!(left(&[("node_modules/.package-lock.json", npm)], PackageManager::Npm), Some(2));
        let pnpm = "lockfileVersion: '9.0'\n\npackages:\n\n  a@1.0.0:\n    resolution: {integrity: x}\n";
        assert_eq!(left(&[("node_modules/.pnpm/lock.yaml", pnpm)], PackageManager::Pnpm), Some(1));
        let yarn = r#"{"lockfileEntries":{"a@1":"https://r.example/a.tgz","a@^1":"https://r.example/a.tgz","b@2":"https://r.example/b.tgz"}}"#;
        assert_eq!(left(&[("node_modules/.yarn-integrity", yarn)], PackageManager::YarnClassic), Some(2));
        let berry = "__metadata:\n  version: 1\n\n\"a@npm:1.0.0\":\n  locations:\n    - \"node_modules/a\"\n\n\"me@workspace:.\":\n  locations:\n    - \"\"\n";
        assert_eq!(left(&[("node_modules/.yarn-state.yml", berry)], PackageManager::YarnBerry), Some(1));
        let bun = [("node_modules/a/package.json", "{}"), ("node_modules/@s/b/package.json", "{}"), ("node_modules/a/node_modules/c/package.json", "{}")];
        assert_eq!(left(&bun, PackageManager::Bun), Some(3));
        assert_eq!(left(&bun, PackageManager::Npm), Some(3), "without its record");
        assert_eq!(left(&[], PackageManager::Bun), None);
    }
}

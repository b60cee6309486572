//! What an install is known by in the cache: who makes it, with what, and all that it reads.
//!
//! The user is part of it. Scripts of packages run in an install, and may write anything among the packages: what they
//! leave comes back to builds of the same user only. Where code or content of the project itself takes part, every file of
//! the project counts, so that no other project of that user gets it either.

use crate::domain::install::{has_reader, is_manifest, reads, seen_of, takes_in, uses_own_files};
use crate::domain::lock_file::LockFile;
use crate::domain::package_manager::PackageManager;
use crate::engine::cache::Key;
use crate::service::sha256_of_file;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

/// Changes when entries of before can't be used any more.
const FORMAT: &str = "1";

/// Who makes an install, and with what.
pub(super) struct MadeBy {
    pub user_id: String,
    pub manager: PackageManager,
    /// The package manager's exact version.
    pub version: String,
    /// Version and platform of Node.js.
    pub node: String,
    /// Further settings of the package manager.
    pub asked: BTreeMap<String, String>,
}

/// The key of an install of these files.
pub(super) fn of(made_by: &MadeBy, lock: &LockFile, files: &BTreeMap<String, PathBuf>) -> io::Result<Key> {
    let mut hash = Sha256::new();
    for part in [FORMAT, &made_by.user_id, made_by.manager.word(), &made_by.version, &made_by.node] {
        add(&mut hash, part.as_bytes());
    }
    let server = std::env::vars().filter(|(name, _)| name.to_ascii_lowercase().starts_with("npm_config_")).collect::<BTreeMap<_, _>>();
    for (name, value) in made_by.asked.iter().chain(&server) {
        add(&mut hash, name.as_bytes());
        add(&mut hash, value.as_bytes());
    }
    let mut own = files.keys().any(|path| takes_in(path)) || has_reader(&lock.packages);
    for (path, file) in files {
        if is_manifest(path) {
            let bytes = std::fs::read(file)?;
            add(&mut hash, path.as_bytes());
            // one that does not parse is none of a package manager's
            match serde_json::from_slice(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes)) {
                Ok(manifest) => {
                    own |= uses_own_files(&manifest);
                    add(&mut hash, seen_of(&manifest, path == "package.json").to_string().as_bytes());
                }
                Err(_) => add(&mut hash, &bytes),
            }
        } else if reads(path) {
            add(&mut hash, path.as_bytes());
            add(&mut hash, &std::fs::read(file)?);
        }
    }
    if own {
        for (path, file) in files {
            add(&mut hash, path.as_bytes());
            add(&mut hash, sha256_of_file(file)?.as_bytes());
        }
    }
    Ok(Key(hex::encode(hash.finalize())))
}

/// Each part with its length: no two lists of parts read the same.
fn add(hash: &mut Sha256, part: &[u8]) {
    hash.update((part.len() as u64).to_le_bytes());
    hash.update(part);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::lock_file;

    const LOCK: &str = r#"{"lockfileVersion":3,"packages":{"node_modules/a":{"version":"1.0.0"}}}"#;

    fn made_by(user_id: &str) -> MadeBy {
        MadeBy { user_id: user_id.into(), manager: PackageManager::Npm, version: "11.0.0".into(), node: "v20 linux x64".into(), asked: BTreeMap::new() }
    }

    fn key(made_by: &MadeBy, files: &[(&str, &str)]) -> Key {
        let folder = tempfile::tempdir().unwrap();
        let mut written = BTreeMap::new();
        for (at, (path, text)) in files.iter().enumerate() {
            let file = folder.path().join(at.to_string());
            std::fs::write(&file, text).unwrap();
            written.insert((*path).to_owned(), file);
        }
        of(made_by, &lock_file::read("package-lock.json", LOCK.as_bytes()).unwrap(), &written).unwrap()
    }

    fn with(more: &[(&str, &str)]) -> Key {
        let mut files = vec![("package.json", r#"{"dependencies":{"a":"1"},"scripts":{"build":"x"}}"#), ("package-lock.json", LOCK), ("src/a.js", "1")];
        files.retain(|(path, _)| !more.iter().any(|(other, _)| path == other));
        files.extend_from_slice(more);
        key(&made_by("u"), &files)
    }

    #[test]
    fn sources_and_build_scripts_do_not_count_but_all_that_an_install_reads() {
        assert_eq!(with(&[]), with(&[("src/a.js", "2"), ("src/b.js", "")]));
        assert_eq!(with(&[]), with(&[("package.json", r#"{"version":"2.0.0","dependencies":{"a":"1"},"scripts":{"build":"y"}}"#)]));
        for other in [
            ("package.json", r#"{"dependencies":{"a":"2"},"scripts":{"build":"x"}}"#),
            ("package.json", r#"{"dependencies":{"a":"1"},"scripts":{"build":"x","postinstall":"y"}}"#),
            ("package-lock.json", "{}"),
            (".npmrc", "registry=https://r.example"),
            ("packages/a/package.json", "{}"),
        ] {
            assert_ne!(with(&[]), with(&[other]), "{other:?}");
        }
    }

    #[test]
    fn who_makes_it_and_with_what_counts() {
        let files = [("package.json", "{}"), ("package-lock.json", LOCK)];
        let mine = key(&made_by("u"), &files);
        assert_eq!(mine, key(&made_by("u"), &files));
        assert_ne!(mine, key(&made_by("v"), &files));
        assert_ne!(mine, key(&MadeBy { version: "11.0.1".into(), ..made_by("u") }, &files));
        assert_ne!(mine, key(&MadeBy { node: "v22 linux x64".into(), ..made_by("u") }, &files));
        assert_ne!(mine, key(&MadeBy { manager: PackageManager::Bun, ..made_by("u") }, &files));
    }

    #[test]
    fn where_the_projects_code_takes_part_every_file_counts() {
        let script = ("package.json", r#"{"scripts":{"postinstall":"node patch.js"}}"#);
        assert_ne!(with(&[script, ("patch.js", "1")]), with(&[script, ("patch.js", "2")]));
        let local = ("package.json", r#"{"dependencies":{"own":"file:./own"}}"#);
        assert_ne!(with(&[local, ("own/index.js", "1")]), with(&[local, ("own/index.js", "2")]));
    }
}

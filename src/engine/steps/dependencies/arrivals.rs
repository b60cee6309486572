//! Yarn 2 and later does not say which packages it fetches: its folder of archives does, whose names come from those in the
//! lock file.

use super::package_log::Fetched;
use crate::domain::lock_file::LockFile;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// The packages of a lock file that have not come yet.
pub(super) struct Arrivals {
    /// Where archives come to be: in Yarn's own folder, or in the project's.
    folders: [PathBuf; 2],
    /// By what their archives' names begin with.
    awaited: HashMap<String, Fetched>,
}

impl Arrivals {
    /// Packages of a lock file that Yarn fetches in a build's folder.
    pub fn within(work: &Path, lock: Option<&LockFile>) -> Self {
        let packages = lock.map(|lock| lock.packages.as_slice()).unwrap_or_default();
        Self { folders: [work.join("yarn/cache"), work.join("source/.yarn/cache")], awaited: packages.iter().filter_map(|name| awaited(name)).collect() }
    }

    /// Those that have come since it was asked last.
    pub fn fresh(&mut self) -> Vec<Fetched> {
        let files = self.folders.iter().filter_map(|folder| std::fs::read_dir(folder).ok()).flatten().flatten();
        // the name ends with hashes: the archive's, and that of how it was made
        let begins = |name: &str| Some(name.strip_suffix(".zip")?.rsplitn(3, '-').last()?.to_owned());
        files.filter_map(|file| self.awaited.remove(&begins(file.file_name().to_str()?)?)).collect()
    }
}

/// Reads `name@npm:version`, as a lock file resolves a package.
fn awaited(resolution: &str) -> Option<(String, Fetched)> {
    let (package, version) = resolution.split_once("@npm:").filter(|(package, _)| !package.is_empty())?;
    Some((format!("{}-npm-{version}", package.replace('/', "-")), Fetched { package: package.into(), version: version.into() }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::lock_file;

    #[test]
    fn archives_name_their_packages_once() {
        let work = tempfile::tempdir().unwrap();
        let cache = work.path().join("yarn/cache");
        std::fs::create_dir_all(&cache).unwrap();
        let lock = "__metadata:\n  version: 8\n\n\"@s/a@npm:1\":\n  resolution: \"@s/a@npm:1.0.0-rc.1\"\n\n\"b@npm:2\":\n  resolution: \"b@npm:2.0.0\"\n";
        let mut arrivals = Arrivals::within(work.path(), lock_file::read("yarn.lock", lock.as_bytes()).as_ref());
        assert_eq!(arrivals.fresh(), vec![]);
        for name in ["@s-a-npm-1.0.0-rc.1-0123456789-10c0.zip", "other-npm-1.0.0-0123456789-10c0.zip", "b-npm-2.0.0-part"] {
            std::fs::write(cache.join(name), "").unwrap();
        }
        assert_eq!(arrivals.fresh(), [Fetched { package: "@s/a".into(), version: "1.0.0-rc.1".into() }]);
        assert_eq!(arrivals.fresh(), vec![]);
    }
}

//! Which package manager installs a project, and at which version: the lock file decides, then the manifest.

/// A package manager. Yarn is two programs: 1.x, and all that came after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PackageManager {
    /// npm
    Npm,
    /// pnpm
    Pnpm,
    /// Yarn 1.x
    YarnClassic,
    /// Yarn 2 and later
    YarnBerry,
    /// Bun
    Bun,
}

/// What a lock file says of the program that wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockFormat {
    /// The program.
    pub manager: PackageManager,
    /// The first number of the format's version: that of `lockfileVersion` or of `__metadata`; 0 where there is none.
    pub version: u32,
}

/// The package manager that a project gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Which.
    pub manager: PackageManager,
    /// The exact version that the manifest asks for.
    pub version: Option<String>,
    /// The lock file that is kept to, a path in the project's root.
    pub lock: Option<&'static str>,
}

/// Lock files, in the order that decides when there are several and the manifest does not: npm's last, since a stray
/// `npm install` leaves one behind in projects of the others. Of npm's two its own order holds.
pub const LOCK_FILES: &[&str] = &["pnpm-lock.yaml", "yarn.lock", "bun.lock", "bun.lockb", "npm-shrinkwrap.json", "package-lock.json"];

/// Characters of a version at most.
const VERSION_MAX: usize = 64;

impl PackageManager {
    /// Its name in events, and the name of its program.
    pub fn word(self) -> &'static str {
        match self {
            Self::Npm => "npm",
            Self::Pnpm => "pnpm",
            Self::YarnClassic | Self::YarnBerry => "yarn",
            Self::Bun => "bun",
        }
    }

    /// The package of the npm registry that holds it.
    pub fn package(self) -> &'static str {
        match self {
            Self::Npm => "npm",
            Self::Pnpm => "pnpm",
            Self::YarnClassic => "yarn",
            Self::YarnBerry => "@yarnpkg/cli-dist",
            Self::Bun => "bun",
        }
    }

    /// The version that is fetched for a lock file when nobody says which; `lock` is the version of the lock's format.
    /// All of them run on Node.js 20. None for npm, which comes with Node.js.
    pub fn default_version(self, lock: u32) -> Option<&'static str> {
        match (self, lock) {
            (Self::Npm, _) => None,
            (Self::Pnpm, 5) => Some("7.33.7"),
            (Self::Pnpm, 6) => Some("8.15.9"),
            (Self::Pnpm, _) => Some("10.34.9"),
            (Self::YarnClassic, _) => Some("1.22.22"),
            (Self::YarnBerry, 1..=6) => Some("3.8.7"),
            (Self::YarnBerry, _) => Some("4.18.1"),
            (Self::Bun, _) => Some("1.4.5"),
        }
    }

    /// Whether a program that reports `version` can keep to a lock file of this format without changing it.
    pub fn reads(self, version: &str, lock: u32) -> bool {
        let Some(major) = major(version) else { return false };
        match (self, lock) {
            (Self::Npm | Self::Bun, _) => true,
            (Self::Pnpm, 5) => (3..=7).contains(&major),
            (Self::Pnpm, 6) => major == 8,
            (Self::Pnpm, _) => major >= 9,
            (Self::YarnClassic, _) => major == 1,
            (Self::YarnBerry, 1..=6) => (2..=3).contains(&major),
            (Self::YarnBerry, _) => major >= 4,
        }
    }

    fn is_kin(self, other: Self) -> bool {
        self.word() == other.word()
    }
}

/// Which kind of lock file a name is, before anybody looked inside: Yarn's counts as 1.x.
fn manager_of(lock: &str) -> PackageManager {
    match lock {
        "pnpm-lock.yaml" => PackageManager::Pnpm,
        "yarn.lock" => PackageManager::YarnClassic,
        "bun.lock" | "bun.lockb" => PackageManager::Bun,
        _ => PackageManager::Npm,
    }
}

/// Chooses. `field` is the manifest's `packageManager`, `has` says whether a path is among the project's files, and
/// `is_berry` whether its `yarn.lock` is that of Yarn 2 or later.
pub fn choose(field: Option<&str>, has: impl Fn(&str) -> bool, is_berry: bool) -> Choice {
    let asked = field.and_then(read_field);
    let present: Vec<_> = LOCK_FILES.iter().copied().filter(|name| has(name)).collect();
    let of_asked = asked.as_ref().and_then(|(manager, _)| present.iter().copied().find(|lock| manager_of(lock).is_kin(*manager)));
    let Some(lock) = of_asked.or(present.first().copied()) else {
        let (manager, version) = asked.unwrap_or((PackageManager::Npm, None));
        return Choice { manager, version, lock: None };
    };
    let of_lock = if lock == "yarn.lock" && is_berry { PackageManager::YarnBerry } else { manager_of(lock) };
    match asked {
        // its version decides which Yarn, and that one says whether the lock file suits it
        Some((manager, Some(version))) if manager.is_kin(of_lock) => Choice { manager, version: Some(version), lock: Some(lock) },
        _ => Choice { manager: of_lock, version: None, lock: Some(lock) },
    }
}

/// Reads `name@version`, with or without the hash that may follow; anything but an exact version leaves the version open.
fn read_field(field: &str) -> Option<(PackageManager, Option<String>)> {
    let (name, version) = field.trim().split_once('@').unwrap_or((field.trim(), ""));
    let version = version.split('+').next().filter(|version| is_exact(version)).map(str::to_owned);
    let manager = match name {
        "npm" => PackageManager::Npm,
        "pnpm" => PackageManager::Pnpm,
        "yarn" if version.as_deref().and_then(major).is_some_and(|major| major > 1) => PackageManager::YarnBerry,
        "yarn" => PackageManager::YarnClassic,
        "bun" => PackageManager::Bun,
        _ => return None,
    };
    Some((manager, version))
}

fn major(version: &str) -> Option<u32> {
    version.split('.').next()?.parse().ok()
}

/// Whether a text is one version of semver, without build data: nothing that a command or a path could take otherwise.
pub fn is_exact(version: &str) -> bool {
    let (numbers, pre) = version.split_once('-').map_or((version, None), |(numbers, pre)| (numbers, Some(pre)));
    let is_number = |part: &str| !part.is_empty() && part.len() <= 9 && part.bytes().all(|b| b.is_ascii_digit());
    let is_word = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let parts: Vec<&str> = numbers.split('.').collect();
    version.len() <= VERSION_MAX && parts.len() == 3 && parts.into_iter().all(is_number) && pre.is_none_or(|pre| pre.split('.').all(is_word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use PackageManager::{Bun, Npm, Pnpm, YarnBerry, YarnClassic};

    fn is(field: Option<&str>, files: &[&str], manager: PackageManager, version: Option<&str>, lock: Option<&'static str>) {
        let choice = choose(field, |name| files.contains(&name), false);
        assert_eq!(choice, Choice { manager, version: version.map(str::to_owned), lock }, "{field:?} {files:?}");
    }

    #[test]
    fn the_lock_file_decides() {
        is(None, &["package-lock.json"], Npm, None, Some("package-lock.json"));
        is(None, &["npm-shrinkwrap.json", "package-lock.json"], Npm, None, Some("npm-shrinkwrap.json"));
        is(None, &["pnpm-lock.yaml"], Pnpm, None, Some("pnpm-lock.yaml"));
        is(None, &["yarn.lock"], YarnClassic, None, Some("yarn.lock"));
        is(None, &["bun.lockb"], Bun, None, Some("bun.lockb"));
        is(None, &[], Npm, None, None);
        assert_eq!(choose(None, |name| name == "yarn.lock", true).manager, YarnBerry);
        // a field for another tool does not turn a lock file away
        is(Some("yarn@4.1.0"), &["pnpm-lock.yaml"], Pnpm, None, Some("pnpm-lock.yaml"));
    }

    #[test]
    fn the_manifest_decides_between_lock_files_and_without_one() {
        is(None, &["package-lock.json", "bun.lock", "pnpm-lock.yaml"], Pnpm, None, Some("pnpm-lock.yaml"));
        is(Some("npm@10.2.0"), &["package-lock.json", "pnpm-lock.yaml"], Npm, Some("10.2.0"), Some("package-lock.json"));
        is(Some("bun"), &["package-lock.json", "yarn.lock"], YarnClassic, None, Some("yarn.lock"));
        is(Some("yarn@4.1.0"), &[], YarnBerry, Some("4.1.0"), None);
        is(Some("cnpm@9.0.0"), &[], Npm, None, None);
    }

    #[test]
    fn an_exact_version_is_kept_and_anything_else_left_open() {
        is(Some("pnpm@9.1.0"), &["pnpm-lock.yaml"], Pnpm, Some("9.1.0"), Some("pnpm-lock.yaml"));
        is(Some("pnpm@9.1.0+sha512.abc"), &["pnpm-lock.yaml"], Pnpm, Some("9.1.0"), Some("pnpm-lock.yaml"));
        is(Some("yarn@3.6.0"), &["yarn.lock"], YarnBerry, Some("3.6.0"), Some("yarn.lock"));
        for open in ["pnpm@^9", "pnpm@latest", "pnpm@9.1", "pnpm@file:../x", "pnpm@1.0.0;rm", "pnpm@1.0.0 2", "pnpm@../../1.0.0", "pnpm@"] {
            is(Some(open), &["pnpm-lock.yaml"], Pnpm, None, Some("pnpm-lock.yaml"));
        }
        assert!(is_exact("1.0.0-beta.2") && !is_exact("1.0.0-") && !is_exact("1.0.0-a..b") && !is_exact("v1.0.0"));
    }

    #[test]
    fn every_default_reads_the_lock_files_that_it_is_for() {
        for (manager, locks) in [(Pnpm, 5..=9), (YarnClassic, 1..=1), (YarnBerry, 4..=10), (Bun, 0..=2)] {
            for lock in locks {
                let version = manager.default_version(lock).unwrap();
                assert!(is_exact(version) && manager.reads(version, lock), "{manager:?} {version} {lock}");
            }
        }
        assert!(!Pnpm.reads("8.15.9", 9) && !YarnClassic.reads("4.1.0", 1) && !YarnBerry.reads("1.22.22", 8) && !Bun.reads("?", 0));
    }
}

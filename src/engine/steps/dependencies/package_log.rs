//! What package managers say of packages in what they print: which one was fetched.

use crate::domain::package_manager::PackageManager;
use serde::Deserialize;

/// Characters of a package's name at most: the registry's own limit. A version has as many.
const NAME_MAX: usize = 214;

/// A package that was fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fetched {
    pub package: String,
    pub version: String,
}

/// Reads a line: one that tells of a fetch names the package, anything else names none. Yarn 2 and later tells of none.
pub(super) fn fetched(manager: PackageManager, line: &str) -> Option<Fetched> {
    let found = match manager {
        // at log level `http`
        PackageManager::Npm => tarball(line.strip_prefix("npm http ")?),
        PackageManager::Pnpm => pnpm(line),
        PackageManager::YarnClassic => tarball(line.strip_prefix("verbose ")?.split_once(" Performing \"GET\" request to ")?.1),
        PackageManager::YarnBerry => None,
        PackageManager::Bun => tarball(line.trim_start().strip_prefix("HTTP/1.1 GET ")?),
    };
    // a project's scripts can print such lines too
    found.filter(|found| found.package.len() <= NAME_MAX && found.version.len() <= NAME_MAX)
}

/// The package that a tarball's address names.
fn tarball(text: &str) -> Option<Fetched> {
    let word = |word: &&str| word.starts_with("http") && word.contains("/-/");
    let address = text.split_whitespace().map(|word| word.trim_matches(['"', '.'])).find(word)?;
    let (before, file) = address.split_once("/-/")?;
    let file = file.split(['?', '#']).next()?.strip_suffix(".tgz")?;
    let mut segments = before.rsplit('/');
    let name = segments.next()?;
    let package = match segments.next() {
        Some(scope) if scope.starts_with('@') => format!("{scope}/{name}"),
        _ => name.replace("%2f", "/").replace("%2F", "/"),
    };
    let version = file.strip_prefix(package.rsplit('/').next()?)?.strip_prefix('-')?;
    Some(Fetched { version: version.to_owned(), package })
}

#[derive(Deserialize)]
struct Progress<'a> {
    name: &'a str,
    status: &'a str,
    #[serde(rename = "packageId")]
    package_id: &'a str,
}

/// pnpm's JSON lines, in which an id is `name@version`, or in older ones `host/name/version`.
fn pnpm(line: &str) -> Option<Fetched> {
    let progress: Progress<'_> = serde_json::from_str(line).ok()?;
    if progress.name != "pnpm:progress" || !["fetched", "found_in_store"].contains(&progress.status) {
        return None;
    }
    let id = progress.package_id.split('(').next()?;
    let (package, version) = match id.rsplit_once('@').filter(|(package, version)| !package.is_empty() && !version.contains('/')) {
        Some((package, version)) => (package.to_owned(), version),
        None => {
            let mut segments = id.rsplit('/');
            let (version, name) = (segments.next()?, segments.next()?);
            let scope = segments.next().filter(|scope| scope.starts_with('@'));
            (scope.map_or_else(|| name.to_owned(), |scope| format!("{scope}/{name}")), version)
        }
    };
    Some(Fetched { package, version: version.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    use PackageManager::{Bun, Npm, Pnpm, YarnClassic};

    fn is(manager: PackageManager, line: &str, package: &str, version: &str) {
        assert_eq!(fetched(manager, line), Some(Fetched { package: package.into(), version: version.into() }), "{line}");
    }

    #[test]
    fn tarballs_name_their_packages() {
        is(Npm, "npm http fetch GET 200 https://r.example/vite/-/vite-8.3.4.tgz 12ms (cache miss)", "vite", "8.3.4");
        is(Npm, "npm http fetch GET 200 https://r.example/a/@scope/pkg/-/pkg-1.0.0-beta.2.tgz 12ms", "@scope/pkg", "1.0.0-beta.2");
        is(Npm, "npm http fetch GET 200 https://r.example/@scope%2fpkg/-/pkg-1.0.0.tgz 1ms", "@scope/pkg", "1.0.0");
        is(Npm, "npm http cache https://r.example/react/-/react-19.0.0.tgz 0ms (cache hit)", "react", "19.0.0");
        is(YarnClassic, r#"verbose 0.41 Performing "GET" request to "https://r.example/@s/a/-/a-1.1.1.tgz"."#, "@s/a", "1.1.1");
        is(Bun, " HTTP/1.1 GET https://r.example/is-number/-/is-number-7.0.0.tgz", "is-number", "7.0.0");
    }

    #[test]
    fn pnpm_names_packages_by_id() {
        for (id, package, version) in [
            ("is-number@7.0.0", "is-number", "7.0.0"),
            ("@s/a@1.0.0(react@19.0.0)", "@s/a", "1.0.0"),
            ("r.example/is-number/7.0.0", "is-number", "7.0.0"),
            ("r.example/@s/a/1.0.0", "@s/a", "1.0.0"),
        ] {
            let line = format!(r#"{{"level":"debug","name":"pnpm:progress","packageId":"{id}","requester":"/x","status":"fetched"}}"#);
            is(Pnpm, &line, package, version);
        }
        assert_eq!(fetched(Pnpm, r#"{"name":"pnpm:progress","packageId":"a@1.0.0","status":"resolved"}"#), None);
    }

    #[test]
    fn other_lines_name_none() {
        for line in [
            "",
            "added 3 packages",
            "npm http fetch GET 200 https://r.example/vite 3ms",
            "npm http fetch GET 404 https://r.example/x/-/y.tgz",
            "npm error /-/x-1.tgz",
            &format!("npm http fetch GET 200 https://r.example/x/-/x-{}.tgz", "1".repeat(215)),
        ] {
            assert_eq!(fetched(Npm, line), None, "{line}");
        }
    }
}

//! What npm's own log says of packages: which one was fetched.

/// Characters of a package's name at most: the registry's own limit. A version has as many.
const NAME_MAX: usize = 214;

/// A package as its tarball's address names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fetched {
    pub package: String,
    pub version: String,
}

/// Reads a line of npm at log level `http`: a tarball's fetch names the package, anything else names none.
pub(super) fn fetched(line: &str) -> Option<Fetched> {
    let rest = line.strip_prefix("npm http ")?;
    let address = rest.split_whitespace().find(|word| word.starts_with("http") && word.contains("/-/"))?;
    let (before, file) = address.split_once("/-/")?;
    let file = file.split(['?', '#']).next()?.strip_suffix(".tgz")?;
    let mut segments = before.rsplit('/');
    let name = segments.next()?;
    let package = match segments.next() {
        Some(scope) if scope.starts_with('@') => format!("{scope}/{name}"),
        _ => name.replace("%2f", "/").replace("%2F", "/"),
    };
    let version = file.strip_prefix(package.rsplit('/').next()?)?.strip_prefix('-')?;
    // a project's scripts can print such lines too
    (package.len() <= NAME_MAX && version.len() <= NAME_MAX).then(|| Fetched { version: version.to_owned(), package })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is(line: &str, package: &str, version: &str) {
        assert_eq!(fetched(line), Some(Fetched { package: package.into(), version: version.into() }), "{line}");
    }

    #[test]
    fn tarballs_name_their_packages() {
        is("npm http fetch GET 200 https://r.example/vite/-/vite-8.3.4.tgz 12ms (cache miss)", "vite", "8.3.4");
        is("npm http fetch GET 200 https://r.example/a/@scope/pkg/-/pkg-1.0.0-beta.2.tgz 12ms", "@scope/pkg", "1.0.0-beta.2");
        is("npm http fetch GET 200 https://r.example/@scope%2fpkg/-/pkg-1.0.0.tgz 1ms", "@scope/pkg", "1.0.0");
        is("npm http cache https://r.example/react/-/react-19.0.0.tgz 0ms (cache hit)", "react", "19.0.0");
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
            assert_eq!(fetched(line), None, "{line}");
        }
    }
}

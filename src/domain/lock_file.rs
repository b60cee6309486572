//! Lock files: what wrote one, how many packages it lists, and whether it can be one at all. The package managers read
//! them for real; this looks only as far as a build's events and its refusals need.

use super::package_manager::{LockFormat, PackageManager};
use serde_json::Value;

/// What a lock file tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockFile {
    /// What wrote it.
    pub format: LockFormat,
    /// Packages that it lists, the project's own left out.
    pub packages: Vec<String>,
}

/// What the binary lock file of Bun begins with.
const BUN_BINARY: &[u8] = b"#!/usr/bin/env bun\nbun-lockfile-format-v0\n";

/// Reads a lock file by its name; none when it is not what its name says.
pub fn read(name: &str, bytes: &[u8]) -> Option<LockFile> {
    if name == "bun.lockb" {
        let format = LockFormat { manager: PackageManager::Bun, version: 0 };
        return bytes.starts_with(BUN_BINARY).then_some(LockFile { format, packages: vec![] });
    }
    // some editors leave a byte order mark
    let text = std::str::from_utf8(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)).ok()?;
    match name {
        "pnpm-lock.yaml" => pnpm(text),
        "yarn.lock" => yarn(text),
        "bun.lock" => bun(text),
        _ => npm(text),
    }
}

fn npm(text: &str) -> Option<LockFile> {
    let json: Value = serde_json::from_str(text).ok()?;
    let version = json["lockfileVersion"].as_u64().and_then(|version| u32::try_from(version).ok()).unwrap_or(0);
    // the entry with the empty name is the project itself; links are its own folders
    let listed = json["packages"].as_object().into_iter().flatten().filter(|(path, entry)| !path.is_empty() && entry["link"] != true);
    let packages = listed.map(|(path, _)| path.clone()).collect();
    json.is_object().then_some(LockFile { format: LockFormat { manager: PackageManager::Npm, version }, packages })
}

/// The sections and entries of a text that is indented as YAML: each line with its indentation and its key. None where a
/// line can't be one: tabs, or the marks of a merge that went wrong.
fn keys(text: &str) -> Option<Vec<(usize, &str)>> {
    let mut keys = Vec::new();
    for line in text.lines() {
        let body = line.trim_start_matches(' ');
        if ["<<<<<<<", "=======", ">>>>>>>"].iter().any(|mark| line.starts_with(mark)) || body.starts_with('\t') {
            return None;
        }
        if !body.is_empty() && !body.starts_with('#') {
            keys.push((line.len() - body.len(), body));
        }
    }
    Some(keys)
}

fn pnpm(text: &str) -> Option<LockFile> {
    let keys = keys(text)?;
    let version = keys.iter().find_map(|(indent, key)| key.strip_prefix("lockfileVersion:").filter(|_| *indent == 0))?;
    let version = version.trim().trim_matches(['\'', '"']).split('.').next()?.parse().ok()?;
    if keys.iter().any(|(indent, key)| *indent == 0 && !key.contains(':')) {
        return None;
    }
    let section = keys.iter().skip_while(|(indent, key)| *indent > 0 || *key != "packages:").skip(1);
    let entries =
        section.take_while(|(indent, _)| *indent > 0).filter(|(indent, key)| *indent == 2 && key.trim_end().trim_end_matches("{}").trim_end().ends_with(':'));
    let packages = entries.map(|(_, key)| key.trim_end_matches("{}").trim_end().trim_end_matches(':').trim_matches(['\'', '"']).to_owned()).collect();
    Some(LockFile { format: LockFormat { manager: PackageManager::Pnpm, version }, packages })
}

fn yarn(text: &str) -> Option<LockFile> {
    let keys = keys(text)?;
    let mut entries = keys.iter().filter(|(indent, _)| *indent == 0);
    if entries.clone().any(|(_, key)| !key.trim_end().ends_with(':')) {
        return None;
    }
    if let Some(at) = keys.iter().position(|(indent, key)| *indent == 0 && key.trim_end() == "__metadata:") {
        let version = keys[at + 1..].iter().find_map(|(_, key)| key.strip_prefix("version:"))?.trim().parse().ok()?;
        // a resolution names the package, its source and its version; what is within the project is a workspace
        let resolutions = keys.iter().filter_map(|(_, key)| key.strip_prefix("resolution:")).map(|name| name.trim().trim_matches('"'));
        let packages = resolutions.filter(|name| !name.contains("@workspace:")).map(str::to_owned).collect();
        return Some(LockFile { format: LockFormat { manager: PackageManager::YarnBerry, version }, packages });
    }
    // an empty one is what a project without packages has
    let is_one = text.contains("# yarn lockfile v1") || entries.next().is_some() || text.trim().is_empty();
    let packages = keys.iter().filter(|(indent, _)| *indent == 0).map(|(_, key)| key.trim_end().trim_end_matches(':').to_owned()).collect();
    is_one.then_some(LockFile { format: LockFormat { manager: PackageManager::YarnClassic, version: 1 }, packages })
}

fn bun(text: &str) -> Option<LockFile> {
    let json: Value = serde_json::from_str(&without_trailing_commas(text)).ok()?;
    let version = u32::try_from(json["lockfileVersion"].as_u64()?).ok()?;
    let packages = json["packages"].as_object().map(|packages| packages.keys().cloned().collect()).unwrap_or_default();
    Some(LockFile { format: LockFormat { manager: PackageManager::Bun, version }, packages })
}

/// JSON of a text that has commas before closing brackets, as Bun writes it.
fn without_trailing_commas(text: &str) -> String {
    let (mut json, mut in_text, mut escaped) = (String::with_capacity(text.len()), false, false);
    for c in text.chars() {
        if in_text {
            in_text = escaped || c != '"';
            escaped = c == '\\' && !escaped;
        } else if c == '"' {
            in_text = true;
        } else if c == '}' || c == ']' {
            let kept = json.trim_end();
            if kept.ends_with(',') {
                json.truncate(kept.len() - 1);
            }
        }
        json.push(c);
    }
    json
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str, text: &str) -> (PackageManager, u32, usize) {
        let lock = read(name, text.as_bytes()).unwrap_or_else(|| panic!("{name} is refused: {text}"));
        (lock.format.manager, lock.format.version, lock.packages.len())
    }

    #[test]
    fn packages_are_counted_without_the_projects_own() {
        let npm = r#"{"lockfileVersion":3,"packages":{"":{},"node_modules/a":{},"node_modules/w":{"link":true},"node_modules/a/node_modules/b":{}}}"#;
        assert_eq!(of("package-lock.json", npm), (PackageManager::Npm, 3, 2));
        let pnpm = "lockfileVersion: '9.0'\n\nimporters:\n\n  .:\n    dependencies:\n      a:\n        version: 1.0.0\n\npackages:\n\n  a@1.0.0:\n    resolution: {integrity: x}\n\n  '@s/b@2.0.0':\n    resolution: {integrity: y}\n\nsnapshots:\n\n  a@1.0.0: {}\n";
        assert_eq!(of("pnpm-lock.yaml", pnpm), (PackageManager::Pnpm, 9, 2));
        assert_eq!(
            of("pnpm-lock.yaml", "lockfileVersion: 5.4\n\nspecifiers:\n  a: 1\n\npackages:\n\n  /a/1.0.0:\n    dev: false\n"),
            (PackageManager::Pnpm, 5, 1)
        );
        assert_eq!(
            of("yarn.lock", "# yarn lockfile v1\n\n\na@1, a@^1.0:\n  version \"1.0.0\"\n\nb@2:\n  version \"2.0.0\"\n"),
            (PackageManager::YarnClassic, 1, 2)
        );
        let berry = "__metadata:\n  version: 8\n  cacheKey: 10c0\n\n\"a@npm:1\":\n  version: 1.0.0\n  resolution: \"a@npm:1.0.0\"\n\n\"me@workspace:.\":\n  version: 0.0.0-use.local\n  resolution: \"me@workspace:.\"\n";
        assert_eq!(of("yarn.lock", berry), (PackageManager::YarnBerry, 8, 1));
        assert_eq!(of("bun.lock", "{\n \"lockfileVersion\": 1,\n \"packages\": {\n  \"a\": [\"a@1, ]\\\"\", \"\",],\n },\n}"), (PackageManager::Bun, 1, 1));
        assert_eq!(of("bun.lockb", "#!/usr/bin/env bun\nbun-lockfile-format-v0\n..."), (PackageManager::Bun, 0, 0));
    }

    #[test]
    fn what_is_no_lock_file_is_refused() {
        let cases = [
            ("package-lock.json", "no"),
            ("package-lock.json", "[]"),
            ("pnpm-lock.yaml", "{oops"),
            ("pnpm-lock.yaml", "packages:\n"),
            ("pnpm-lock.yaml", "lockfileVersion: '9.0'\n<<<<<<< HEAD\n"),
            ("pnpm-lock.yaml", "lockfileVersion: '9.0'\n\tpackages: 1\n"),
            ("pnpm-lock.yaml", "lockfileVersion: nine\n"),
            ("yarn.lock", "{oops"),
            ("yarn.lock", "a@1:\n  version \"1\"\n=======\n"),
            ("yarn.lock", "__metadata:\n  cacheKey: 8\n"),
            ("bun.lock", "{oops"),
            ("bun.lock", "{}"),
            ("bun.lockb", "text"),
        ];
        for (name, text) in cases {
            assert_eq!(read(name, text.as_bytes()), None, "{name}: {text}");
        }
        assert_eq!(read("yarn.lock", b"\xff"), None);
    }
}

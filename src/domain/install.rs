//! What decides how an install comes out: the files that it reads, and whether the project's own code takes part in it.

use super::package_manager::LOCK_FILES;
use serde_json::Value;

/// Files that package managers read besides the manifest and the lock file, wherever they stand.
const SETTINGS: &[&str] =
    &[".npmrc", ".yarnrc", ".yarnrc.yml", "pnpm-workspace.yaml", "bunfig.toml", ".pnpmfile.cjs", ".pnpmfile.mjs", "package.yaml", "package.json5"];
/// Scripts of a manifest that an install runs.
const INSTALL_SCRIPTS: &[&str] =
    &["preinstall", "install", "postinstall", "preprepare", "prepare", "postprepare", "prepublish", "dependencies", "pnpm:devPreinstall"];
/// Parts of a manifest that no package manager looks at.
const IDLE: &[&str] =
    &["author", "bugs", "contributors", "description", "eslintConfig", "funding", "homepage", "keywords", "license", "prettier", "repository", "browserslist"];
/// Ranges of a dependency that lead to the project's own files.
const LOCAL: &[&str] = &["file:", "link:", "portal:", "patch:", "exec:", "workspace:", "./", "../", "~/", "/"];
/// Packages whose install scripts are known to read the project's own files.
const READ_THE_PROJECT: &[&str] = &["@prisma/client"];
const DEPENDENCIES: &[&str] = &["dependencies", "devDependencies", "optionalDependencies", "peerDependencies", "resolutions", "overrides"];

/// Whether an install reads this file of a project, a manifest aside.
pub fn reads(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    SETTINGS.contains(&name) || LOCK_FILES.contains(&name)
}

/// Whether a path is a manifest.
pub fn is_manifest(path: &str) -> bool {
    path == "package.json" || path.ends_with("/package.json")
}

/// What an install can see of a manifest: all but what is known to be idle, and scripts that it does not run. The
/// version matters where another manifest of the project may ask for it.
pub fn seen_of(manifest: &Value, is_root: bool) -> Value {
    let Value::Object(fields) = manifest else { return manifest.clone() };
    let mut seen = fields.clone();
    seen.retain(|name, _| !(IDLE.contains(&name.as_str()) || is_root && name == "version"));
    if let Some(Value::Object(scripts)) = seen.get_mut("scripts") {
        scripts.retain(|name, _| INSTALL_SCRIPTS.contains(&name.as_str()));
    }
    Value::Object(seen)
}

/// Whether an install of this manifest runs or copies files of the project itself.
pub fn uses_own_files(manifest: &Value) -> bool {
    let runs = manifest["scripts"].as_object().is_some_and(|scripts| INSTALL_SCRIPTS.iter().any(|name| scripts.contains_key(*name)));
    let local = DEPENDENCIES.iter().any(|field| has_local(&manifest[*field]));
    runs || local || !manifest["workspaces"].is_null() || has_local(&manifest["pnpm"])
}

/// Whether a range anywhere in here leads to the project's own files.
fn has_local(value: &Value) -> bool {
    match value {
        Value::String(range) => LOCAL.iter().any(|prefix| range.starts_with(prefix)),
        Value::Object(fields) => fields.iter().any(|(name, value)| name == "patchedDependencies" || has_local(value)),
        Value::Array(values) => values.iter().any(has_local),
        _ => false,
    }
}

/// Whether a file of a project is code or content that an install takes in, whatever the manifest says.
pub fn takes_in(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let within = |folder: &str| path.split('/').rev().skip(1).any(|part| part == folder);
    name.starts_with(".pnpmfile.")
        || name.starts_with(".pnp.")
        || ["binding.gyp", "pnpm-workspace.yaml", "package.yaml", "package.json5"].contains(&name)
        || ["node_modules", ".yarn", "patches"].into_iter().any(within)
}

/// Whether one of the packages of a lock file has an install script that reads the project's own files.
pub fn has_reader(packages: &[String]) -> bool {
    packages.iter().any(|package| READ_THE_PROJECT.iter().any(|reader| package.contains(reader)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_an_install_does_not_see_is_left_out() {
        let manifest = json!({"name": "x", "version": "1.0.0", "description": "d", "scripts": {"build": "vite", "prepare": "husky"}, "dependencies": {"a": "1"}, "odd": 1});
        assert_eq!(seen_of(&manifest, true), json!({"name": "x", "scripts": {"prepare": "husky"}, "dependencies": {"a": "1"}, "odd": 1}));
        assert_eq!(seen_of(&manifest, false)["version"], "1.0.0");
    }

    #[test]
    fn own_files_are_noticed() {
        for manifest in [
            json!({"scripts": {"postinstall": "node x.js"}}),
            json!({"dependencies": {"own": "file:./own"}}),
            json!({"devDependencies": {"own": "workspace:*"}}),
            json!({"overrides": {"a": {"b": "../b"}}}),
            json!({"workspaces": ["packages/*"]}),
            json!({"pnpm": {"patchedDependencies": {"a@1": "patches/a.patch"}}}),
        ] {
            assert!(uses_own_files(&manifest), "{manifest}");
        }
        assert!(!uses_own_files(&json!({"scripts": {"build": "vite"}, "dependencies": {"a": "^1", "b": "npm:c@2"}, "pnpm": {"overrides": {"d": "1"}}})));
    }

    #[test]
    fn files_are_told_apart_by_name_and_place() {
        for path in [".npmrc", "packages/a/.yarnrc.yml", "yarn.lock"] {
            assert!(reads(path), "{path}");
        }
        assert!(!reads("src/main.js") && is_manifest("a/package.json") && !is_manifest("my-package.json"));
        for path in [".pnpmfile.cjs", ".yarn/releases/yarn-4.0.0.cjs", "node_modules/a/index.js", "patches/a.patch", "binding.gyp", "a/.pnp.cjs"] {
            assert!(takes_in(path), "{path}");
        }
        assert!(!takes_in("src/patches.js") && !takes_in("yarn.lock") && !takes_in("patches"));
        assert!(has_reader(&["node_modules/@prisma/client".into()]) && !has_reader(&["node_modules/react".into()]));
    }
}

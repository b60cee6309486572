//! Which framework a project uses, from its manifest and files, and how sure that is.

use serde::Deserialize;
use std::collections::BTreeMap;

/// The parts of a `package.json` that a build looks at.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Manifest {
    /// Scripts by name.
    #[serde(default)]
    pub scripts: BTreeMap<String, String>,
    /// Dependencies with their version ranges.
    #[serde(default)]
    pub dependencies: BTreeMap<String, String>,
    /// Development dependencies with their version ranges.
    #[serde(default, rename = "devDependencies")]
    pub dev_dependencies: BTreeMap<String, String>,
    /// Optional dependencies with their version ranges.
    #[serde(default, rename = "optionalDependencies")]
    pub optional_dependencies: BTreeMap<String, String>,
    /// Package manager and version, as `name@version`.
    #[serde(default, rename = "packageManager")]
    package_manager: Option<serde_json::Value>,
    /// Where further manifests are that belong to it.
    #[serde(default)]
    workspaces: Option<serde_json::Value>,
}

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Framework {
    /// One of [`FRAMEWORKS`]; `node` for another build script.
    pub name: &'static str,
    /// The version range that the manifest asks for.
    pub version: Option<String>,
    /// From 0 to 1.
    pub confidence: f64,
}

/// Every framework's name, as a start may hint at it and a build may find it.
pub const FRAMEWORKS: &[&str] = &["static", "vite", "react", "vue", "svelte", "next", "astro", "nuxt", "angular", "node"];

/// Package that tells, framework, confidence: the more specific first, since most of them also use Vite.
const TELLS: &[(&str, &str, f64)] = &[
    ("next", "next", 0.99),
    ("astro", "astro", 0.99),
    ("nuxt", "nuxt", 0.99),
    ("@sveltejs/kit", "svelte", 0.99),
    ("@angular/core", "angular", 0.99),
    ("svelte", "svelte", 0.95),
    ("vue", "vue", 0.95),
    ("react", "react", 0.95),
    ("vite", "vite", 0.95),
];

impl Manifest {
    /// All that an install brings, counted once.
    pub fn dependency_count(&self) -> usize {
        let mut names: Vec<_> = self.dependencies.keys().chain(self.dev_dependencies.keys()).chain(self.optional_dependencies.keys()).collect();
        names.sort_unstable();
        names.dedup();
        names.len()
    }

    /// The project's own build script.
    pub fn build_script(&self) -> Option<&str> {
        self.scripts.get("build").map(String::as_str).filter(|script| !script.trim().is_empty())
    }

    /// The package manager that it asks for.
    pub fn package_manager(&self) -> Option<&str> {
        self.package_manager.as_ref()?.as_str()
    }

    /// Whether it has members with manifests of their own.
    pub fn has_workspaces(&self) -> bool {
        self.workspaces.is_some()
    }

    fn range_of(&self, package: &str) -> Option<&String> {
        self.dependencies.get(package).or_else(|| self.dev_dependencies.get(package))
    }
}

/// Finds the framework of a project; one without a manifest is static.
pub fn detect(manifest: Option<&Manifest>, has_index_html: bool) -> Framework {
    let told = manifest.and_then(|m| TELLS.iter().find_map(|(package, name, sure)| m.range_of(package).map(|range| (*name, range.clone(), *sure))));
    if let Some((name, version, confidence)) = told {
        return Framework { name, version: Some(version), confidence };
    }
    match manifest.and_then(Manifest::build_script) {
        Some(_) => Framework { name: "node", version: None, confidence: 0.5 },
        None => Framework { name: "static", version: None, confidence: if has_index_html { 1.0 } else { 0.6 } },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(json: &str) -> Manifest {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn the_more_specific_framework_wins() {
        let m = manifest(r#"{"dependencies":{"react":"^19","next":"15.1.0"},"devDependencies":{"vite":"8"}}"#);
        assert_eq!(detect(Some(&m), true), Framework { name: "next", version: Some("15.1.0".into()), confidence: 0.99 });
        assert_eq!(m.dependency_count(), 3);
    }

    #[test]
    fn whatever_can_be_found_can_be_hinted_at() {
        assert!(TELLS.iter().all(|(_, name, _)| FRAMEWORKS.contains(name)));
        assert!(["node", "static"].iter().all(|name| FRAMEWORKS.contains(name)));
    }

    #[test]
    fn a_project_without_a_manifest_is_static() {
        assert_eq!(detect(None, true).name, "static");
        assert_eq!(detect(Some(&manifest("{}")), false).confidence, 0.6);
        assert_eq!(detect(Some(&manifest(r#"{"scripts":{"build":"make"}}"#)), false).name, "node");
        assert_eq!(manifest(r#"{"scripts":{"build":" "}}"#).build_script(), None);
    }
}
